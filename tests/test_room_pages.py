"""The room's pages in Chromium: a game through the pages, what axe finds, what is fetched, and how wide they are."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import NEEDS_CHROMIUM, chromium
from room_server import Server, cheapest_sheet, host, phone, serving

pytestmark = NEEDS_CHROMIUM
WALL, LAPTOP, PHONE = (1920, 1080), (1366, 768), (390, 844)
PATIENCE = 120_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path / "room") as served:
        yield served


class Browser:
    """A browser that notes what is fetched, what fails, and what axe finds."""

    def __init__(self, browser: Any, server: Server) -> None:
        self.browser, self.server = browser, server
        self.fetched: list[str] = []
        self.faults: list[str] = []

    def open(self, path: str, size: tuple[int, int], context: Any = None) -> Any:
        """Open one of the room's pages at a size."""
        page = (context or self.browser.new_context()).new_page()
        page.set_default_timeout(PATIENCE)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.on("request", lambda request: self.fetched.append(request.url))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda told: self.faults.append(told.text) if told.type == "error" else None)
        page.goto(f"http://{self.server.address}{path}")
        return page

    def judge(self, page: Any) -> None:
        """Let axe look at a page as it stands, every part of it open, and see that it is not too wide."""
        from axe_playwright_python.sync_playwright import Axe

        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        found = Axe().run(page)
        if found.violations_count:
            self.faults.append(found.generate_report())
        width = page.viewport_size["width"]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            self.faults.append(f"{page.url} is wider than {width}")

    def strangers(self) -> list[str]:
        """Return what was fetched from any other host."""
        ours = f"http://{self.server.address}/"
        return [url for url in self.fetched if not url.startswith((ours, "data:", "blob:"))]


@pytest.fixture
def browser(server: Server) -> Iterator[Browser]:
    with chromium() as launched:
        yield Browser(launched, server)


def test_a_game_is_played_through_the_pages(server: Server, browser: Browser) -> None:
    desk = host(server)
    desk.until(phase="lobby")
    others = [phone(server, f"Player {k}") for k in range(3)]
    one = browser.open(f"/room#{server.game.record.code}", PHONE)
    one.fill("#name", "<b>Zoë</b>")
    browser.judge(one)
    one.click("#join button")
    one.wait_for_selector("text=Your allowance")
    laptop = browser.open(f"/room/host#{server.token}", LAPTOP)
    laptop.wait_for_selector("#players table")
    browser.judge(laptop)
    assert server.token not in laptop.url
    wall = browser.open("/room/screen", WALL, laptop.context)
    wall.wait_for_selector("text=<b>Zoë</b>")
    laptop.click("#open")
    one.wait_for_selector("#send")
    one.locator("#line-redesign summary").click()
    one.locator("#line-redesign input[type=radio]").nth(1).check()
    browser.judge(one)
    if one.locator("#send").is_disabled():
        one.locator("#line-redesign input[type=radio]").nth(0).check()
    one.click("#send")
    one.wait_for_selector("text=Sent.")
    for other in others:
        other.tell("choose", season=1, sheet=cheapest_sheet(other.until(phase="open")["view"]))
    wall.wait_for_selector("text=4 of 4 seats have chosen")
    laptop.wait_for_selector("#grid table")
    browser.judge(laptop)
    browser.judge(wall)
    laptop.click("text=Freeze screens")
    one.wait_for_selector("#frozen:not([hidden])")
    laptop.click("text=Freeze screens")
    laptop.click("#close")
    one.wait_for_selector("text=What came of Winter 2012/13")
    browser.judge(one)
    laptop.click("#finish")
    one.wait_for_selector("text=The game is over")
    debrief = browser.open("/room/debrief", WALL, laptop.context)
    debrief.wait_for_selector("#charts svg")
    browser.judge(debrief)
    for size in (LAPTOP, PHONE):
        debrief.set_viewport_size({"width": size[0], "height": size[1]})
        browser.judge(debrief)
    assert browser.faults == [] and browser.strangers() == []


def test_a_director_the_board_and_a_watcher_see_their_pages(server: Server, browser: Browser) -> None:
    desk = host(server)
    desk.until(phase="lobby")
    desk.tell("set", settings={"directors": True, "board": True})
    unit = next(seat for seat in server.game.seats() if seat.startswith("unit:"))
    for seat, lever in (("board", "#allowance"), (unit, "#merger")):
        page = browser.open(f"/room#{server.game.record.code}", PHONE)
        page.select_option("#want", "watch")
        page.click("#join button")
        page.wait_for_selector("#free")
        browser.judge(page)
        page.select_option("#free", seat)
        page.click("text=Take the seat")
        page.wait_for_selector(lever)
        browser.judge(page)
    assert browser.faults == []


def test_a_phone_says_that_the_connection_is_gone_and_sends_what_was_chosen_when_it_is_back(
    server: Server, browser: Browser
) -> None:
    desk = host(server)
    desk.until(phase="lobby")
    page = browser.open(f"/room#{server.game.record.code}", PHONE)
    page.click("#join button")
    page.wait_for_selector("text=Your allowance")
    desk.tell("open")
    page.wait_for_selector("#send")
    page.context.set_offline(True)
    page.evaluate("document.getElementById('offline').hidden")
    page.context.set_offline(False)
    page.click("#send")
    page.wait_for_selector("text=Sent.")
    assert desk.until(n_done=1)


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_the_pack_can_be_read_and_printed(size: tuple[int, int], server: Server, browser: Browser) -> None:
    page = browser.open("/room/pack", size)
    browser.judge(page)
    printed = page.pdf(prefer_css_page_size=True)
    assert browser.faults == [] and printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") >= 4
