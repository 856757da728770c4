"""A workshop that serves a room in this process, and phones as scripts: real sockets, no browser."""

import json
import secrets
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import uvicorn
from websockets.sync.client import ClientConnection, connect

from outputs.serving import LONGEST_MESSAGE
from outputs.workshop.application import build_application
from outputs.workshop.desk import Desk
from outputs.workshop.files import static_files
from outputs.workshop.room.game import Game
from outputs.workshop.room.routes import Room

WAIT = 300.0
"""Seconds after which a message that never comes fails a test; a first compile takes a minute or more."""


@lru_cache
def files() -> Mapping[str, Any]:
    """Return the static files."""
    return static_files()


class Server:
    """A workshop on a free port of this machine.

    Attributes:
        address: Such as ``127.0.0.1:40123``.
        token: The facilitator's secret.
        game: The game of its room.
    """

    def __init__(self, folder: Path) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        port = self.listening.getsockname()[1]
        self.address = f"127.0.0.1:{port}"
        self.desk = Desk(folder, f"http://{self.address}", files=files())
        room = Room(self.desk)
        config = uvicorn.Config(
            build_application(self.desk, room),
            log_level="error",
            ws_max_size=LONGEST_MESSAGE,
            timeout_graceful_shutdown=1,
        )
        self.server = uvicorn.Server(config)
        self.game: Game = room.hub.game
        self.token = self.game.token
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.listening]}, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """Stop serving."""
        self.server.should_exit = True
        self.thread.join()
        self.listening.close()


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Serve a room from a folder."""
    server = Server(folder)
    try:
        yield server
    finally:
        server.stop()


class Screen:
    """One socket, spoken to by a script.

    Args:
        server: Where.
        token: A secret; a new one without it.
        source: Address from which it comes.
    """

    def __init__(self, server: Server, token: str | None = None, source: str = "127.0.0.1") -> None:
        self.token = token or secrets.token_hex(16)
        self._opened = ExitStack()
        address = f"ws://{server.address}/room/socket"
        self.socket: ClientConnection = self._opened.enter_context(
            connect(address, source_address=(source, 0), max_size=2**22)
        )
        self.state: dict[str, Any] = {}
        self.n = 0

    def send(self, **message: Any) -> None:
        """Send a message."""
        self.socket.send(json.dumps(message))

    def hear(self, *kinds: str) -> dict[str, Any]:
        """Return the next message of some kinds; states on the way are kept."""
        while True:
            message: dict[str, Any] = json.loads(self.socket.recv(WAIT))
            if message["do"] == "state":
                self.state = message
            if message["do"] in kinds:
                return message

    def until(self, **wanted: Any) -> dict[str, Any]:
        """Wait until the state has some values, and return it."""
        while any(self.state.get(name) != value for name, value in wanted.items()):
            self.hear("state")
        return self.state

    def tell(self, do: str, **more: Any) -> dict[str, Any]:
        """Send a numbered command and return the answer: done or refused."""
        self.n += 1
        self.send(do=do, n=self.n, **more)
        while (answer := self.hear("done", "refused"))["n"] != self.n:
            pass
        return answer

    def close(self) -> None:
        """Close it."""
        self._opened.close()


def host(server: Server, kind: str = "host") -> Screen:
    """Return the facilitator's page, or the screen on the wall."""
    screen = Screen(server, server.token)
    screen.send(do="hello", **{"as": kind}, token=server.token)
    screen.hear("state")
    return screen


def phone(server: Server, name: str = "Ann", *, code: str | None = None, seat: str = "any", **more: Any) -> Screen:
    """Return a phone that has joined."""
    screen = Screen(server, **more)
    screen.send(do="hello", token=screen.token)
    if not screen.hear("welcome")["joined"]:
        screen.send(do="join", n=1, code=code or server.game.record.code, name=name, seat=seat)
        screen.hear("welcome")
    screen.hear("state")
    screen.n = screen.state["me"]["n"]
    return screen


def cheapest_sheet(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return a CCG's sheet with the cheapest source of each open line; what costs less as it is, is left so."""
    chosen = {}
    for line in view["lines"]:
        cheapest = min(line["sources"], key=lambda one: one["price"], default=None)
        if cheapest is not None and cheapest["price"] <= view["costs"][line["id"]]:
            chosen[line["id"]] = cheapest["id"]
    return {"lines": chosen}
