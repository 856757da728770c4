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
    """The room of a desk: opened, or carried on from its log, when it is first asked for.

    Args:
        desk: What the workshop's parts share.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._hub: Hub | None = None

    @property
    def hub(self) -> Hub:
        """Its sockets and its game."""
        if self._hub is None:
            self._hub = Hub(Game(self.desk.folder, self.desk.england), self.desk.address)
        return self._hub

    @property
    def invitation(self) -> tuple[str, str]:
        """The room's code, and the facilitator's link with its secret."""
        return self.hub.game.record.code, f"/room/host#{self.hub.game.token}"

    def routes(self) -> list[BaseRoute]:
        """Return the game's pages and sockets, all of them under ``/room``."""
        return [
            *(Route(path, _page(self.desk, name)) for path, name in PAGES.items()),
            WebSocketRoute("/room/socket", self.socket),
            Route("/room/debrief.json", self.debrief),
            Route("/room/log.json", self.log),
            Route("/room/room.csv", self.csv),
        ]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Have the market ready from the start where phones are expected; let go of it at the end."""
        if self.desk.for_room:
            self.hub.warm_soon()
        try:
            yield
        finally:
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


def _page(desk: Desk, name: str) -> Any:
    async def page(request: Request) -> Response:
        return desk.files[name].reply(request)

    return page


def _forbidden() -> Response:
    return PlainTextResponse("This is for the facilitator.", status_code=403)
