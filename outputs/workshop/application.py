"""The application: the live page, the game's room, and their files."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outputs.workshop.desk import Desk
from outputs.workshop.guard import Guard
from outputs.workshop.live.routes import LivePage
from outputs.workshop.room.routes import Room


def build_application(desk: Desk, room: Room) -> Starlette:
    """Return the workshop as an ASGI application.

    Args:
        desk: What its parts share.
        room: The room of that desk.
    """
    live = LivePage(desk)

    @asynccontextmanager
    async def running(_: Starlette) -> AsyncIterator[None]:
        async with live.running(), room.running():
            yield

    return Starlette(
        routes=[Route("/static/{name:path}", _static(desk)), *live.routes(), *room.routes()],
        middleware=[Middleware(Guard, hosts=desk.hosts)],
        lifespan=running,
    )


def _static(desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    """Return what serves a file by its name: one of a fixed list."""

    async def static(request: Request) -> Response:
        found = desk.files.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        return found.reply(request)

    return static
