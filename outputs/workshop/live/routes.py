"""The live page, what it needs once, and its socket, on which the latest request wins."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from outputs.workshop.desk import Desk
from outputs.workshop.files import content
from outputs.workshop.live.ensembles import STAGES, Ensemble, Ensembles
from outputs.workshop.live.levers import catalogue
from outputs.workshop.live.request import Request, read_request
from outputs.workshop.live.told import difference, told
from outputs.workshop.live.why import why
from scenarios.live import LiveModel
from scenarios.work import cores
from simulation.faults import InputError

MOST_PAGES = 100
"""Live pages that are connected at once."""
BUSY = 1013
"""How a WebSocket is closed that is one too many."""
PARTS = ("scenario", "base", "assumed")
NOT_TEXT = 1003
"""How a WebSocket is closed that sends bytes."""


class LivePage:
    """The live page of one server.

    Args:
        desk: What the workshop's parts share.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._catalogue = content(json.dumps(catalogue(desk.england)).encode(), "application/json")
        self._model = LiveModel(desk.england)
        self._ensembles: Ensembles | None = None
        self._pages = 0

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the page."""
        return [
            Route("/", self.page),
            Route("/model.json", self.model),
            WebSocketRoute("/live", self.live),
        ]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hold the threads that compute while the server runs."""
        self._ensembles = Ensembles(self._model, cores())
        try:
            yield
        finally:
            self._ensembles.close()

    async def page(self, request: HttpRequest) -> Response:
        """Return the page."""
        return self._desk.files["live.html"].reply(request)

    async def model(self, request: HttpRequest) -> Response:
        """Return levers, presets, outcomes and tiles."""
        return self._catalogue.reply(request)

    async def live(self, socket: WebSocket) -> None:
        """Answer a page until it goes: its latest request only."""
        await socket.accept()
        if self._pages >= MOST_PAGES or self._ensembles is None:
            await socket.close(BUSY, "too many pages are open: close one and load this again")
            return
        self._pages += 1
        conversation = Conversation(socket, self._model, self._ensembles)
        try:
            await conversation.hold()
        finally:
            self._pages -= 1


class Conversation:
    """What one page asks and is told.

    Args:
        socket: Its socket.
        model: Runs questions.
        ensembles: Computes and keeps runs.
    """

    def __init__(self, socket: WebSocket, model: LiveModel, ensembles: Ensembles) -> None:
        self._socket, self._model, self._ensembles = socket, model, ensembles
        self._work: dict[str, asyncio.Task[None]] = {}
        self._sent: dict[str, object] = {}

    async def hold(self) -> None:
        """Take messages until the page goes."""
        try:
            while (message := await self._socket.receive())["type"] == "websocket.receive":
                text = message.get("text")
                if text is None:
                    await self._socket.close(NOT_TEXT)
                    break
                await self._take(text)
        finally:
            for work in self._work.values():
                work.cancel()

    async def _take(self, text: str) -> None:
        """Begin what a message asks, in place of what the same kind asked before."""
        try:
            asked = read_request(text)
        except InputError as error:
            await self._send("refused", None, json.dumps(error.faults))
            return
        if asked.kind in self._work:
            self._work[asked.kind].cancel()
        answer: Callable[[Request], Awaitable[None]] = self._show if asked.kind == "show" else self._why
        self._work[asked.kind] = asyncio.create_task(self._answered(answer, asked))

    async def _answered(self, answer: Callable[[Request], Awaitable[None]], asked: Request) -> None:
        """Answer, and say so where the model cannot run what was asked."""
        with suppress(WebSocketDisconnect, RuntimeError):  # the page has gone
            try:
                await answer(asked)
            except WebSocketDisconnect:
                raise
            except Exception as error:
                await self._send(
                    "failed", asked.number, json.dumps(f"The model failed: {type(error).__name__}: {error}")
                )

    async def _show(self, asked: Request) -> None:
        """Tell what is known at once, then more as it is computed."""
        under = asked.assumed
        trio = [
            self._ensembles.find(one, asked.seed) for one in (asked.scenario, asked.base, *((under,) if under else ()))
        ]
        known = min(ensemble.stage for ensemble in trio)
        first, *rest = (stage for stage in STAGES if stage >= known)
        for stages in ([first], rest):  # nothing else is computed while the first answer is made ready
            with self._ensembles.wanting(trio, stages) as reached:
                for stage in stages:
                    await reached(stage)
                    await self._tell(asked, trio, stage)

    async def _tell(self, asked: Request, trio: list[Ensemble], stage: int) -> None:
        """Send what an ensemble, its base and the base under other assumptions say; what was sent is left out."""
        parts = {"difference": await asyncio.to_thread(difference, trio[0], trio[1], stage)}
        sent: dict[str, object] = {}
        for name, ensemble in zip(PARTS, trio, strict=False):
            known = stage if name == PARTS[0] else max(stage, ensemble.stage)
            sent[name] = (ensemble.asked, ensemble.first_seed, known)
            if self._sent.get(name) != sent[name]:
                parts[name] = await asyncio.to_thread(told, ensemble, known)
        body = ", ".join(f'"{name}": {text}' for name, text in parts.items())
        await self._send("shown", asked.number, f'{{"stage": {stage}, {body}}}')
        self._sent = sent

    async def _why(self, asked: Request) -> None:
        found = await why(asked, self._model, self._ensembles)
        await self._send("because", asked.number, json.dumps(found))

    async def _send(self, kind: str, number: int | None, body: str) -> None:
        """Send one message: its kind, the number of the request that it answers, and its body as JSON."""
        await self._socket.send_text(f'{{"kind": "{kind}", "id": {json.dumps(number)}, "body": {body}}}')
