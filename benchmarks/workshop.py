"""How fast the live page answers, how large it is, and what thirty of them cost: python -m benchmarks.workshop.

Wants the extra ``test`` and a chromium. Browser and server share this machine. It prints one JSON object.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from playwright.sync_api import Page, sync_playwright
from websockets.asyncio.client import connect

sys.path.append(str(Path(__file__).parent.parent / "tests"))
from chromium import CHROMIUM
from workshop_server import workshop

PRESSES, SETTLED, DASHBOARDS = 40, 'body[data-stage="200"]', 30
WATCH = """() => {
  window.drawn = [];
  const path = document.getElementById("figure-1");
  const seen = () => window.drawn.push([performance.now(), document.body.dataset.stage]);
  new MutationObserver(seen).observe(path, { childList: true, subtree: true });
  const press = () => { window.pressed = performance.now(); window.drawn.length = 0; };
  addEventListener("keydown", press, true);
}"""


def main() -> None:
    """Measure and print."""
    with TemporaryDirectory() as folder, workshop(Path(folder)) as (address, server):
        found: dict[str, Any] = {"socket": asyncio.run(over_the_socket(address))}
        found |= {"memory_mb": asyncio.run(memory(address, server)), "browser": in_browser(address)}
    json.dump(found, sys.stdout, indent=2)


def ask(number: int, value: float) -> str:
    base = {"preset": "baseline", "set": {}}
    scenario = {"preset": "baseline", "set": {"allowance.per_head": value}}
    return json.dumps({"v": 1, "id": number, "kind": "show", "scenario": scenario, "base": base, "seed": 1,
                       "outcome": "css_operating"})  # fmt: skip


async def over_the_socket(address: str) -> dict[str, float]:
    """Return ms from a request to its first line and to 200 runs, as a browser on another machine would see them."""
    first, last = [], []
    async with connect(address.replace("http", "ws") + "/live") as socket:
        for number in range(12):
            began = time.perf_counter()
            await socket.send(ask(number, 20 + number / 8))
            stage = 0
            while stage != 200:
                told = json.loads(await socket.recv())
                stage = told["body"]["stage"]
                if stage == 1:
                    first.append(1e3 * (time.perf_counter() - began))
            last.append(1e3 * (time.perf_counter() - began))
    return {"first_line_ms_median": statistics.median(first), "runs_200_ms_median": statistics.median(last[1:]),
            "runs_200_ms_max": max(last[1:])}  # fmt: skip


async def memory(address: str, server: "subprocess.Popen[str]") -> dict[str, float]:
    """Return the server's memory without dashboards and with thirty that each ask for scenarios of their own."""
    process = psutil.Process(server.pid)
    before = process.memory_info().rss / 1e6
    live = address.replace("http", "ws") + "/live"
    sockets = [await connect(live) for _ in range(DASHBOARDS)]
    for turn in range(2):
        for place, socket in enumerate(sockets):
            await socket.send(ask(turn, 10 + place / 4 + turn / 8))
        await asyncio.gather(*(settle(socket, turn) for socket in sockets))
    during = process.memory_info().rss / 1e6
    for socket in sockets:
        await socket.close()
    return {"without": before, "with_thirty": during}


async def settle(socket: Any, number: int) -> None:
    while (told := json.loads(await socket.recv()))["id"] != number or told["body"]["stage"] != 200:
        pass


def in_browser(address: str) -> dict[str, Any]:
    """Return ms from a key press to the first line and to 200 runs on the screen, and bytes over the wire."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        page.wait_for_selector(SETTLED)
        page.evaluate(WATCH)
        pairs = [pressed(page, "ArrowRight" if turn % 20 < 10 else "ArrowLeft", turn) for turn in range(PRESSES)]
        browser.close()
    first = sorted(pair[0] for pair in pairs)
    last = sorted(pair[1] for pair in pairs if pair[1])
    return {"key_to_line_ms_p50": first[len(first) // 2], "key_to_line_ms_p90": first[int(0.9 * len(first))],
            "key_to_200_ms_max": last[-1], "bytes": sum(size(url) for url in dict.fromkeys(asked))}  # fmt: skip


def pressed(page: Page, key: str, turn: int) -> tuple[float, float]:
    """Return ms from one press to the first drawing, and to the last where the lever was left alone after it."""
    page.press("#lever-allowance-per_head", key)
    page.wait_for_selector("body[data-stage]")
    page.wait_for_selector(SETTLED)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    began, drawn = page.evaluate("[window.pressed, window.drawn]")
    return drawn[0][0] - began, drawn[-1][0] - began


def size(url: str) -> int:
    """Return the bytes of a file as it goes over the wire."""
    with urllib.request.urlopen(urllib.request.Request(url, headers={"accept-encoding": "gzip"})) as reply:
        return len(reply.read())


if __name__ == "__main__":
    main()
