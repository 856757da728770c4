"""How soon forty phones hear that a season has closed, and what a full room costs: python -m benchmarks.room.

Wants the extra ``test``. Server and phones share this machine. It prints one JSON object.
"""

import asyncio
import json
import re
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from websockets.asyncio.client import ClientConnection, connect

sys.path.append(str(Path(__file__).parent.parent / "tests"))
from room_server import cheapest_sheet
from workshop_server import workshop

from outputs.workshop.room.commands import decide, do
from outputs.workshop.room.game import Game
from simulation.inputs import read_england

PLAYERS, DASHBOARDS, SEASONS = 40, 30, (1, 2, 3)


def main() -> None:
    """Measure and print."""
    with TemporaryDirectory() as folder, workshop(Path(folder), "--room") as (address, server):
        assert server.stdout is not None
        code, secret = told(server.stdout.readline())
        found: dict[str, Any] = asyncio.run(full_room(address.replace("http", "ws"), code, secret, server.pid))
        found["market_alone_ms_median"] = market_alone(Path(folder) / "here")
    json.dump(found, sys.stdout, indent=2)


def told(line: str) -> tuple[str, str]:
    """Return the code and the facilitator's secret that the server prints."""
    match = re.search(r"code is (\S+)\. .*#([0-9a-f]+)", line)
    assert match, line
    return match[1], match[2]


async def full_room(address: str, code: str, secret: str, pid: int) -> dict[str, Any]:
    """Return ms until the last phone heard, and the server's memory, with forty phones and thirty dashboards."""
    process = psutil.Process(pid)
    desk = await connect(f"{address}/room/socket", max_size=None)
    await desk.send(json.dumps({"do": "hello", "as": "host", "token": secret}))
    await state(desk, phase="lobby")
    before = process.memory_info().rss / 1e6
    live = [await connect(f"{address}/live", max_size=None) for _ in range(DASHBOARDS)]
    phones = [await joined(address, code, number) for number in range(PLAYERS)]
    heard, opened, chosen = [], [], []
    for season in SEASONS:
        began = time.perf_counter()
        await desk.send(json.dumps({"do": "open", "n": season}))
        states = await asyncio.gather(*(state(phone, phase="open") for phone in phones))
        opened.append(1e3 * (time.perf_counter() - began))
        chosen += [await choose(phone, season, one) for phone, one in zip(phones, states, strict=True)]
        began = time.perf_counter()
        await desk.send(json.dumps({"do": "close", "n": 100 + season, "season": season}))
        times = await asyncio.gather(*(when(phone, season) for phone in phones))
        heard.append({"first_ms": 1e3 * (min(times) - began), "last_ms": 1e3 * (max(times) - began)})
    during = process.memory_info().rss / 1e6
    for socket in (*live, *phones, desk):
        await socket.close()
    return {"memory_mb": {"empty_room": before, "full": during}, "open_to_last_ms_max": max(opened),
            "choice_ms_median": statistics.median(chosen), "close": heard}  # fmt: skip


async def joined(address: str, code: str, number: int) -> ClientConnection:
    """Return a phone that has joined."""
    phone, token = await connect(f"{address}/room/socket", max_size=None), f"{number:032x}"
    await phone.send(json.dumps({"do": "hello", "token": token}))
    await phone.send(json.dumps({"do": "join", "n": 0, "code": code, "name": f"Player {number}"}))
    await state(phone)
    return phone


async def state(socket: ClientConnection, **wanted: Any) -> dict[str, Any]:
    """Return the first state with some values."""
    while True:
        message: dict[str, Any] = json.loads(await socket.recv())
        if message["do"] == "state" and all(message[name] == value for name, value in wanted.items()):
            return message


async def when(phone: ClientConnection, played: int) -> float:
    """Return when a phone heard that a season has been played."""
    await state(phone, phase="lobby", played=played)
    return time.perf_counter()


async def choose(phone: ClientConnection, season: int, seen: dict[str, Any]) -> float:
    """Return ms until a choice was acknowledged."""
    began = time.perf_counter()
    sheet = cheapest_sheet(seen["view"])
    await phone.send(json.dumps({"do": "choose", "n": season, "season": season, "sheet": sheet}))
    while json.loads(await phone.recv())["do"] != "done":
        pass
    return 1e3 * (time.perf_counter() - began)


def market_alone(folder: Path) -> float:
    """Return ms that the market takes to move one season, for the room and for the agents alone."""
    game, times = Game(folder, read_england()), []
    game.bring()
    game.table.alone(0)
    for season in range(len(SEASONS)):
        do(game, "host", {"do": "open"})
        game.take(decide(game, "host", {"do": "close"}))
        began = time.perf_counter()
        game.bring()
        game.table.alone(season + 1)
        times.append(1e3 * (time.perf_counter() - began))
    game.close()
    return statistics.median(times)


if __name__ == "__main__":
    main()
