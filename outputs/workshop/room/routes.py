"""Where the game plugs into the workshop: its pages, its socket, and what only the facilitator may take away."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from outputs.workshop.desk import Desk
from outputs.workshop.room.debrief import room_csv
from outputs.workshop.room.game import Game
from outputs.workshop.room.hub import Hub

PAGES = {
    "/room": "room.html",
    "/room/host": "room_host.html",
    "/room/screen": "room_screen.html",
    "/room/debrief": "room_debrief.html",
    "/room/pack": "room_pack.html",
}


class Room:
    """The room of a desk: opened, or carried on from its log, when it is first asked for."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._hub: Hub | None = None

    @property
    def hub(self) -> Hub:
        """Its sockets and its game."""
        if self._hub is None:
            self._hub = Hub(Game(self.desk.folder, self.desk.england), self.desk.address)
        return self._hub

    def close(self) -> None:
        """Let go of the market, where the room was opened."""
        if self._hub is not None:
            self._hub.close()

    async def socket(self, socket: WebSocket) -> None:
        """Serve a socket."""
        await self.hub.serve(socket)

    async def debrief(self, request: Request) -> Response:
        """Return the debrief."""
        if not self._is_host(request):
            return _forbidden()
        return JSONResponse(await self.hub.debrief())

    async def log(self, request: Request) -> Response:
        """Return the log, without what would tell who may come in."""
        if not self._is_host(request):
            return _forbidden()
        kept = [{k: v for k, v in entry.items() if k not in ("mark", "host")} for entry in self.hub.game.log.read()]
        return JSONResponse(kept)

    async def csv(self, request: Request) -> Response:
        """Return the room as CSV."""
        if not self._is_host(request):
            return _forbidden()
        return PlainTextResponse(await asyncio.to_thread(room_csv, self.hub.game), media_type="text/csv")

    def _is_host(self, request: Request) -> bool:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        return secrets.compare_digest(kind.encode(), b"Bearer") and self.hub.game.is_host(token)


_rooms: dict[int, Room] = {}


def room_of(desk: Desk) -> Room:
    """Return the room of a desk."""
    return _rooms.setdefault(id(desk), Room(desk))


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the game's pages and sockets, all of them under ``/room``.

    Args:
        desk: What the workshop's parts share.
    """
    room = room_of(desk)
    return [
        *(Route(path, _page(desk, name)) for path, name in PAGES.items()),
        WebSocketRoute("/room/socket", room.socket),
        Route("/room/debrief.json", room.debrief),
        Route("/room/log.json", room.log),
        Route("/room/room.csv", room.csv),
    ]


@asynccontextmanager
async def running(desk: Desk) -> AsyncIterator[None]:
    """Have the room's market ready from the start where phones are expected; let go of it at the end."""
    room = room_of(desk)
    if desk.for_room:
        room.hub.warm_soon()
    try:
        yield
    finally:
        _rooms.pop(id(desk), None)
        room.close()


def invitation(desk: Desk) -> tuple[str, str]:
    """Return the room's code, and the facilitator's link with its secret."""
    game = room_of(desk).hub.game
    return game.record.code, f"/room/host#{game.token}"


def _page(desk: Desk, name: str) -> Any:
    async def page(request: Request) -> Response:
        return desk.files[name].reply(request)

    return page


def _forbidden() -> Response:
    return PlainTextResponse("This is for the facilitator.", status_code=403)
