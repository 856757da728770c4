"""The sockets of a room: who is connected, what each may say, and how news reaches all of them.

Each socket has a writer that sends the newest state when it can: a slow phone gets fewer states, and holds nobody up.
"""

import asyncio
import contextlib
import json
from collections import Counter
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from outputs.workshop.room import views
from outputs.workshop.room.codes import mark_of
from outputs.workshop.room.commands import decide
from outputs.workshop.room.debrief import debrief
from outputs.workshop.room.game import MARKET_MOVES, Game
from outputs.workshop.room.playing import WrongCode
from outputs.workshop.room.rates import Rate
from outputs.workshop.room.refusal import Refused
from outputs.workshop.room.table import warm_up

LONGEST = 8192
"""Characters of one message."""
MOST_STRANGERS = 60
"""Sockets from one address that have neither a seat nor the facilitator's secret."""
MOST_SOCKETS = 350
MOST_OF_A_PLAYER = 4
SECONDS_TO_SAY_HELLO = 20.0
SECONDS_BETWEEN_LOOKS = 0.02
MOST_REFUSED = 200
"""Refusals after which a socket is closed."""
BUSY, RUDE, GONE = 1013, 1008, 1001


class Client:
    """One socket.

    Attributes:
        role: ``stranger``, ``player``, ``host`` or ``screen``.
        is_told: Whether it has been sent all that there is.
        who: Id of the player, or the mark of the phone.
    """

    def __init__(self, socket: WebSocket, address: str) -> None:
        self.socket, self.address = socket, address
        self.role, self.who = "stranger", ""
        self.replies: list[dict[str, Any]] = []
        self.stale, self.is_told, self.news = False, True, asyncio.Event()
        self.refused = 0

    def reply(self, message: dict[str, Any]) -> None:
        """Send an answer as soon as can be."""
        self.replies.append(message)
        self._has_news()

    def refresh(self) -> None:
        """Send the newest state as soon as can be."""
        self.stale = True
        self._has_news()

    def _has_news(self) -> None:
        self.is_told = False
        self.news.set()


class Hub:
    """All sockets of a room.

    Args:
        game: The game.
        address: What phones open.
    """

    def __init__(self, game: Game, address: str) -> None:
        self.game, self.address = game, address
        self.clients: set[Client] = set()
        self._turn = asyncio.Lock()
        now = game.now
        self._wrong_codes = Rate(20, 0.5, now)
        self._all_wrong_codes = Rate(200, 3.0, now)
        self._wrong_tokens = Rate(10, 0.2, now)
        self._messages = Rate(40, 10.0, now)
        self._warming: asyncio.Task[None] | None = None
        self._ahead: asyncio.Task[None] | None = None
        self._qr: tuple[str, str] = ("", "")

    # ---- A socket's life ----

    async def serve(self, socket: WebSocket) -> None:
        """Serve one socket until it closes."""
        self.warm_soon()
        address = socket.client.host if socket.client else ""
        strangers = Counter(client.address for client in self.clients if client.role == "stranger")
        if len(self.clients) >= MOST_SOCKETS or strangers[address] >= MOST_STRANGERS:
            await socket.close(BUSY)
            return
        await socket.accept()
        client = Client(socket, address)
        self.clients.add(client)
        writer = asyncio.create_task(self._write(client))
        waiting = asyncio.create_task(self._expect_hello(client))
        try:
            await self._listen(client)
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self.clients.discard(client)
            writer.cancel()
            waiting.cancel()

    async def _expect_hello(self, client: Client) -> None:
        await asyncio.sleep(SECONDS_TO_SAY_HELLO)
        if not client.who and client.role == "stranger":
            await client.socket.close(GONE)

    async def _listen(self, client: Client) -> None:
        while True:
            text = await client.socket.receive_text()
            message = read_message(text)
            if not self._messages.allows(f"{id(client)}"):
                self._refuse(client, message, ("Slow down: too many messages at once.",))
            elif message is None:
                self._refuse(client, None, ("This message cannot be read.",))
            else:
                await self._hear(client, message)
            if client.refused > MOST_REFUSED:
                await client.socket.close(RUDE)
                return

    async def _write(self, client: Client) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                client.is_told = not client.news.is_set()
                await client.news.wait()
                client.news.clear()
                replies, client.replies = client.replies, []
                for message in replies:
                    await client.socket.send_text(json.dumps(message, ensure_ascii=False))
                if client.stale:
                    client.stale = False
                    state = self.state_for(client)
                    if state is not None:
                        await client.socket.send_text(json.dumps(state, ensure_ascii=False))

    # ---- What is said ----

    async def _hear(self, client: Client, message: dict[str, Any]) -> None:
        try:
            if message.get("do") == "hello":
                self._greet(client, message)
            elif message.get("do") == "join":
                await self._join(client, message)
            elif client.role == "host" and message.get("do") == "anew":
                await self._anew()
            elif client.role in ("host", "player"):
                await self.act("host" if client.role == "host" else client.who, message)
            else:
                raise Refused("Join the room first.")
        except Refused as refusal:
            self._refuse(client, message, refusal.reasons)
        else:
            if message.get("do") not in ("hello", "join"):
                client.reply({"do": "done", "n": message.get("n")})

    def _refuse(self, client: Client, message: dict[str, Any] | None, reasons: tuple[str, ...]) -> None:
        client.refused += 1
        number = message.get("n") if message else None
        client.reply({"do": "refused", "n": number if isinstance(number, int) else None, "why": list(reasons)})

    def _greet(self, client: Client, message: dict[str, Any]) -> None:
        token, wanted = message.get("token"), message.get("as")
        if wanted in ("host", "screen"):
            if not self._wrong_tokens.is_open(client.address) or not self.game.is_host(token):
                self._wrong_tokens.allows(client.address)
                raise Refused("This is not the facilitator's secret: open the link that the laptop printed.")
            client.role, client.who = str(wanted), "host"
            client.refresh()
            return
        mark = mark_of(token)
        if not mark:
            raise Refused("A phone must bring a secret of its own.")
        client.who = mark
        player = self.game.record.by_mark(mark)
        if player is None:
            client.role = "stranger"
            client.reply({"do": "welcome", "joined": False})
        else:
            self._seat(client, player.id)

    def _seat(self, client: Client, player: str) -> None:
        others = [one for one in self.clients if one is not client and one.role == "player" and one.who == player]
        if len(others) >= MOST_OF_A_PLAYER:
            raise Refused("This seat is open on too many screens: close one.")
        client.role, client.who = "player", player
        client.reply({"do": "welcome", "joined": True})
        client.refresh()

    async def _join(self, client: Client, message: dict[str, Any]) -> None:
        if client.role != "stranger" or not client.who:
            raise Refused("Say hello first.")
        if not self._wrong_codes.is_open(client.address) or not self._all_wrong_codes.is_open("all"):
            raise Refused("Too many wrong codes: wait a minute.")
        try:
            await self.act(client.who, message)
        except WrongCode:
            self._wrong_codes.allows(client.address)
            self._all_wrong_codes.allows("all")
            raise
        player = self.game.record.by_mark(client.who)
        if player is not None:
            self._seat(client, player.id)

    # ---- What is done ----

    async def act(self, who: str, message: dict[str, Any]) -> None:
        """Do a command: one at a time, on the disk before anybody hears of it.

        Raises:
            Refused: It is not allowed.
        """
        async with self._turn:
            entries = decide(self.game, who, message)
            if not entries:
                return
            moves = any(entry["what"] in MARKET_MOVES for entry in entries)
            await asyncio.to_thread(self.game.write, entries)
            self.game.take(entries)
            if moves:
                await self._move_market()
        self.tell(entries)
        if any(entry["what"] == "began" for entry in entries):
            self._ahead = asyncio.create_task(self._play_alone())

    async def _move_market(self) -> None:
        self.game.moving = True
        self.refresh_all()
        try:
            await asyncio.to_thread(self._bring)
        finally:
            self.game.moving = False

    async def _play_alone(self) -> None:
        """Let the agents alone play the season that has opened while people think, so that nobody waits for it."""
        while not all(client.is_told for client in self.clients):
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        async with self._turn:
            await asyncio.to_thread(self.game.table.alone, len(self.game.record.all_played) + 1)

    def _bring(self) -> None:
        self.game.bring()
        self.game.table.alone(len(self.game.record.all_played))
        views.prepare(self.game)

    async def _anew(self) -> None:
        async with self._turn:
            await asyncio.to_thread(self.game.anew)
            for client in self.clients:
                if client.role == "player":
                    client.role, client.who = "stranger", ""
                    client.reply({"do": "welcome", "joined": False})
        self.refresh_all()

    def warm_soon(self) -> None:
        """Bring the market to where the record stands, once, while sockets are served."""
        if self._warming is None:
            self.game.moving = True
            self._warming = asyncio.create_task(self._warm())

    async def _warm(self) -> None:
        async with self._turn:
            await asyncio.to_thread(warm_up, self.game.england)
            await self._move_market()
        self.refresh_all()

    def close(self) -> None:
        """Let go of the market."""
        for task in (self._warming, self._ahead):
            if task is not None:
                task.cancel()
        self.game.close()

    async def debrief(self) -> dict[str, Any]:
        """Return the debrief."""
        async with self._turn:
            return await asyncio.to_thread(debrief, self.game)

    # ---- Who hears of it ----

    def tell(self, entries: list[Any]) -> None:
        """Refresh the screens that entries concern."""
        seats: set[str] | None = set()
        for entry in entries:
            if entry["what"] != "chose":
                seats = None
                break
            assert seats is not None
            seats |= {entry["seat"], *self._beside(entry["seat"])}
        for client in self._phones_first():
            if client.role in ("host", "screen") or seats is None or self._sits_in(client, seats):
                client.refresh()

    def refresh_all(self) -> None:
        """Refresh every screen."""
        for client in self._phones_first():
            client.refresh()

    def _phones_first(self) -> list[Client]:
        return sorted(self.clients, key=lambda client: client.role != "player")

    def _beside(self, seat: str) -> set[str]:
        if not seat.startswith("ccg:"):
            return set()
        who = self.game.table.who
        return {f"ccg:{who.ccgs[row]}" for row in who.beside[who.ccg_row[seat[4:]]]}

    def _sits_in(self, client: Client, seats: set[str]) -> bool:
        player = self.game.record.players.get(client.who) if client.role == "player" else None
        return player is not None and player.seat in seats

    def state_for(self, client: Client) -> dict[str, Any] | None:
        """Return the state that a screen is told, or None for a stranger."""
        if client.role == "player":
            player = self.game.record.players.get(client.who)
            return views.phone(self.game, player) if player else None
        if client.role == "host":
            return views.facilitator(self.game) | {"qr": self.qr(), "address": self.address}
        if client.role == "screen":
            return views.projector(self.game) | {"qr": self.qr(), "address": self.address}
        return None

    def qr(self) -> str:
        """Return the QR code of the link by which phones join, as an image in a link."""
        code = self.game.record.code
        if self._qr[0] != code:
            import segno

            self._qr = (code, segno.make(f"{self.address}/room#{code}", micro=False).svg_data_uri(scale=8, border=2))
        return self._qr[1]


def read_message(text: str) -> dict[str, Any] | None:
    """Return a message, or None where it is none."""
    if len(text) > LONGEST:
        return None
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None
