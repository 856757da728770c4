"""The application: the live page, the game's room, and their files."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from outputs.workshop.desk import Desk
from outputs.workshop.guard import Guard
from outputs.workshop.room.routes import routes as room_routes
from outputs.workshop.room.routes import running as room_running


def build_application(desk: Desk) -> Starlette:
    """Return the workshop as an ASGI application.

    Args:
        desk: What its parts share.
    """
    parts: list[BaseRoute] = [Route("/static/{name:path}", _static(desk)), *room_routes(desk)]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with room_running(desk):
            yield

    return Starlette(routes=parts, lifespan=lifespan, middleware=[Middleware(Guard, hosts=desk.hosts)])


def _static(desk: Desk):
    async def static(request: Request) -> Response:
        found = desk.files.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        return found.reply(request)

    return static
