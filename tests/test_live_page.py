"""The live page in a real browser: does it answer a hand, keep its state in its link, and serve every reader?"""

import csv
import io
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from chromium import NEEDS_CHROMIUM, chromium
from workshop_server import workshop

from scenarios.provenance import milestones
from scenarios.scenario import load_scenario
from simulation.version import VERSION

pytestmark = NEEDS_CHROMIUM

ALLOWANCE = "#lever-allowance-per_head"
SETTLED = 'body[data-stage="200"]'
LAPTOP, PROJECTOR, PHONE = (1366, 768), (1920, 1080), (390, 844)
WAIT = 60_000
"""Most ms that a slow machine may take for 200 runs."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a workshop."""
    with workshop(tmp_path_factory.mktemp("live")) as (found, _):
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Return a browser."""
    with chromium() as one:
        yield one


class Visit:
    """One visit to the live page, with what the browser complained of and asked for."""

    def __init__(self, browser: Any, address: str, size: tuple[int, int] = LAPTOP) -> None:
        self.page = browser.new_page(viewport={"width": size[0], "height": size[1]})
        self.page.set_default_timeout(WAIT)
        self.address, self.wrong, self.asked = address, [], []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("websocket", lambda socket: self.asked.append(socket.url))

    def open(self, link: str = "") -> Any:
        """Go to a link and return the page once it shows 200 runs."""
        self.page.goto(f"{self.address}/{link}")
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until what was asked last is answered with 200 runs."""
        self.page.wait_for_selector(SETTLED)

    def press(self, selector: str, *keys: str) -> None:
        """Press keys on a control, then wait for the answer."""
        for key in keys:
            self.page.press(selector, key)
        self.settle()


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Visit]:
    """Return a visit from a laptop, which must end without complaints of the browser."""
    one = Visit(browser, address)
    yield one
    one.page.close()
    assert one.wrong == []


def values_of(link: str) -> dict[str, str]:
    """Return what a link holds."""
    return dict(pair.split("=") for pair in link.split("#")[1].split("&"))


# ---- A hand on a lever -------------------------------------------------------------------------------------


def test_while_a_lever_is_dragged_the_first_line_comes_then_the_bands(visit: Visit) -> None:
    page = visit.open()
    page.evaluate("""() => {
        window.stages = [];
        const seen = () => { const stage = document.body.dataset.stage; if (stage) window.stages.push(Number(stage)); };
        new MutationObserver(seen).observe(document.body, { attributes: true, attributeFilter: ["data-stage"] });
        window.numbers = new Set();
        const number = document.getElementById("number");
        new MutationObserver(() => window.numbers.add(number.textContent)).observe(number, { childList: true });
    }""")
    page.select_option("#outcome", "spend_per_head")
    box = page.locator(ALLOWANCE).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(box["x"] + box["width"] * (0.5 - step * 0.03), box["y"] + box["height"] / 2)
        page.wait_for_selector("body[data-stage]")
    page.mouse.up()
    visit.settle()
    stages = page.evaluate("window.stages")
    assert stages[0] == 1 and stages[-1] == 200 and 20 in stages
    assert len(page.evaluate("[...window.numbers]")) > 3
    assert "nine runs of ten" in page.inner_text("#spread")
    assert page.locator("#figure-0 svg g[data-mark=area]").count() == 2


def test_undo_takes_back_one_gesture_and_redo_brings_it_back(visit: Visit) -> None:
    page = visit.open()
    visit.press(ALLOWANCE, "ArrowLeft")
    visit.press(ALLOWANCE, "PageDown")
    moved = page.input_value(ALLOWANCE)
    assert float(moved) < 24.75
    page.keyboard.press("Control+z")
    assert page.input_value(ALLOWANCE) == "24.75"
    page.click("#undo")
    assert page.input_value(ALLOWANCE) == "25" and page.is_disabled("#undo")
    page.keyboard.press("Control+Shift+z")
    page.click("#redo")
    assert page.input_value(ALLOWANCE) == moved and page.is_disabled("#redo")


def test_a_lever_says_its_band_and_what_is_behind_it(visit: Visit) -> None:
    page = visit.open("#v=1&s.allowance.per_head=21")
    assert page.get_attribute(ALLOWANCE, "aria-valuetext") == "£21.00 a head · deep cut"
    page.get_by_role("button", name="About: Management allowance").click()
    told = page.inner_text(f"{ALLOWANCE}-info")
    assert "Planned: £25.00 a head" in told and "£0.00 a head to £50.00 a head" in told and "K-21" in told


# ---- What is said ------------------------------------------------------------------------------------------


def test_the_gap_to_the_baseline_is_said_on_the_same_luck(visit: Visit) -> None:
    page = visit.open()
    assert "This is the baseline" in page.inner_text("#gap")
    page.select_option("#preset", "open_door")
    visit.settle()
    assert re.search(r"(fewer|more) than baseline on average, \w+ in \d+ of 200 runs", page.inner_text("#gap"))
    page.wait_for_selector("#said:has-text('open door')", state="attached")
    page.click("#differs summary")
    assert "VAT that a CCG cannot recover: 7.0% → 0.0%" in page.inner_text("#differs ul")


def test_a_pinned_baseline_is_named_and_differences_begin_there(visit: Visit) -> None:
    page = visit.open("#v=1&p=open_door")
    page.click("#pin")
    visit.settle()
    assert "This is the baseline" in page.inner_text("#gap")
    visit.press(ALLOWANCE, "PageDown")
    assert "than open door on average" in page.inner_text("#gap")
    page.click("#reset")
    visit.settle()
    assert page.input_value("#preset") == "baseline" and "Nothing differs from baseline" in page.inner_text(
        "#differs summary"
    )


def test_why_tells_of_levers_and_events(visit: Visit) -> None:
    page = visit.open("#v=1&s.allowance.per_head=20&s.hosting.ends=28")
    page.click("#why")
    page.wait_for_selector("#dialog-body h3:has-text('largest step')")
    told = page.inner_text("#dialog-body")
    assert "Management allowance: " in told and "together beyond that" in told and "Only in baseline + 2" in told


def test_predictions_are_hidden_then_revealed_with_the_gap(visit: Visit) -> None:
    page = visit.open()
    page.click("#predict")
    page.select_option("#preset", "hosting_for_ever")
    visit.settle()
    assert page.inner_text("#number") == "?" and page.inner_text("#gap") == ""
    for guess in ("9", "30"):
        page.fill("#guess", guess)
        page.keyboard.press("Enter")
    assert "2 guesses, 9 to 30, in the middle 19.5" in page.inner_text(
        "#verdict"
    ) and "model says" not in page.inner_text("#verdict")
    page.click("#reveal")
    number = page.inner_text("#number")
    assert number.isdigit() and f"The model says {number}: " in page.inner_text("#verdict")


def test_single_runs_stand_in_for_bands(visit: Visit) -> None:
    page = visit.open()
    page.click("#runs")
    page.wait_for_selector("#figure-0 svg g[data-mark=line] >> nth=10")
    assert page.locator("#figure-0 svg g[data-mark=area]").count() == 0


# ---- The link ----------------------------------------------------------------------------------------------


def test_a_link_holds_what_differs_and_brings_it_back(visit: Visit, browser: Any, address: str) -> None:
    page = visit.open()
    page.select_option("#preset", "framework")
    visit.press(ALLOWANCE, "PageDown")
    page.select_option("#month", "3")
    page.select_option("#chart-1", "quality")
    page.click("#link")
    link = page.input_value("#dialog-body input")
    held = values_of(link)
    assert held.keys() == {"v", "model", "p", "s.allowance.per_head", "m", "c"} and held["v"] == "1"
    other = Visit(browser, address)
    again = other.open("#" + link.split("#")[1])
    assert again.input_value(ALLOWANCE) == page.input_value(ALLOWANCE) and again.input_value("#preset") == "framework"
    assert again.input_value("#month") == "3" and again.input_value("#chart-1") == "quality"
    assert again.inner_text("#number") == page.inner_text("#number")
    other.page.close()


def test_the_address_follows_what_is_set(visit: Visit) -> None:
    page = visit.open()
    visit.press(ALLOWANCE, "ArrowRight")
    page.wait_for_url("**/#*s.allowance.per_head=25.25*")


@pytest.mark.parametrize(
    ("link", "words", "value"),
    [
        ("#v=1&s.allowance.per_head=9999", "brought into its range", "50"),
        ("#v=1&s.allowance.per_head=-3", "brought into its range", "0"),
        ("#v=1&s.allowance.per_head=much", "left out", "25"),
        ("#v=1&s.no.lever=3&p=%3Cscript%3E", "not in the library", "25"),
        ("#v=1&seed=-4", "seed 1 stands in", "25"),
        ("#v=1&model=0.0.1", "another version of the model", "25"),
        ("#%%%&&&==", "another version of the page", "25"),
    ],
)
def test_a_bad_link_is_mended_and_says_so(link: str, words: str, value: str, visit: Visit) -> None:
    page = visit.open(link)
    assert words in page.inner_text("#notice") and page.input_value(ALLOWANCE) == value
    assert VERSION != "0.0.1"


def test_a_link_of_an_unknown_version_can_be_read_but_not_moved(visit: Visit) -> None:
    page = visit.open("#v=2&s.allowance.per_head=10")
    assert page.is_disabled(ALLOWANCE) and page.is_disabled("#preset")
    assert "another version" in page.inner_text("#notice")
    page.click("#reset")
    visit.settle()
    assert page.is_enabled(ALLOWANCE) and page.is_hidden("#notice")


# ---- Tables and files --------------------------------------------------------------------------------------


def test_every_chart_gives_its_table_and_files(visit: Visit) -> None:
    page = visit.open("#v=1&p=open_door")
    for figure in ("#figure-0", "#figure-shares", "#figure-map"):
        page.click(f"{figure} .tools button")
        rows = page.locator("#dialog-body tbody tr").count()
        assert rows == (211 if figure == "#figure-map" else 60)
        files = {}
        for name in ("CSV", "SVG", "PNG", "What it is of (JSON)"):
            with page.expect_download() as download:
                page.get_by_role("button", name=name, exact=True).click()
            files[name] = download.value.path().read_bytes()
        assert len(list(csv.reader(io.StringIO(files["CSV"].decode())))) == rows + 1
        assert files["SVG"].startswith(b"<svg") and b"<title>" in files["SVG"] and b"csmarket" in files["SVG"]
        assert files["PNG"].startswith(b"\x89PNG") and len(files["PNG"]) > 5000
        assert json.loads(files["What it is of (JSON)"])["scenario"]["preset"] == "open_door"
        page.click("#close")


# ---- For every reader --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "projected"), [(LAPTOP, False), (PROJECTOR, True), (PHONE, False)], ids=["laptop", "projector", "phone"]
)
def test_axe_finds_no_violation(size: tuple[int, int], projected: bool, browser: Any, address: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    visit = Visit(browser, address, size)
    page = visit.open("#v=1&p=open_door")
    if projected:
        page.click("#projector")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    page.wait_for_selector("#lever-entry-reach_km, #lever-choice-reach_km")
    page.get_by_role("button", name="About: Management allowance").click()
    found = Axe().run(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.click("#figure-0 .tools button")
    dialog = Axe().run(page)
    page.close()
    assert found.violations_count == 0, found.generate_report()
    assert dialog.violations_count == 0, dialog.generate_report()
    assert wide <= size[0] and visit.wrong == []


def test_keys_lead_through_scenarios_on_a_projector_only(visit: Visit) -> None:
    page = visit.open()
    page.keyboard.press("n")
    assert page.input_value("#preset") == "baseline"
    page.click("#projector")
    page.keyboard.press("n")
    visit.settle()
    second = page.input_value("#preset")
    page.keyboard.press("p")
    visit.settle()
    assert second != "baseline" and page.input_value("#preset") == "baseline"
    page.keyboard.press("b")
    assert page.is_visible("#blank")
    page.keyboard.press("b")
    assert page.is_hidden("#blank")


def test_type_on_a_projector_fills_the_same_part_of_the_wall(visit: Visit) -> None:
    page = visit.open()
    page.click("#projector")
    sizes = {}
    for width, height in ((1920, 1080), (1280, 720)):
        page.set_viewport_size({"width": width, "height": height})
        size = page.evaluate("getComputedStyle(document.querySelector('.lever label')).fontSize")
        sizes[height] = float(size.removesuffix("px"))
    assert sizes[1080] == 24 and sizes[720] >= 24 * 720 / 1080


@pytest.mark.parametrize("size", [LAPTOP, PHONE, PROJECTOR])
def test_policy_dates_stand_on_every_chart_over_time_and_their_numbers_do_not_meet(
    browser: Any, address: str, size: tuple[int, int]
) -> None:
    visit = Visit(browser, address, size)
    page = visit.open("#v=1&p=as_it_happened")
    if size == PROJECTOR:
        page.click("#projector")
    key = page.inner_text("#dates")
    charts = page.evaluate("""() => [...document.querySelectorAll("[data-mark=flags]")]
        .filter(one => one.checkVisibility()).map(one => [...one.children].map(text => {
          const box = text.getBoundingClientRect();
          return [text.textContent, box.left, box.right];
        }))""")
    page.close()
    told = [mark["label"] for mark in milestones(load_scenario("as_it_happened"))]
    assert all(label in key for label in told) and len(charts) == (2 if size == PROJECTOR else 4)
    for flags in charts:
        assert [number for number, _, _ in flags] == [str(place) for place in range(1, len(flags) + 1)]
        assert all(f"{number}\u00a0" in key for number, _, _ in flags)
        assert all(left[2] <= right[1] + 0.5 for left, right in pairwise(flags))


def test_a_lever_that_moves_a_date_of_policy_moves_its_mark(visit: Visit) -> None:
    page = visit.open()
    assert "Hosting ends" in page.inner_text("#dates")
    page.goto("about:blank")
    visit.open("#v=1&s.hosting.ends=0")
    assert "Checkpoint 1" in page.inner_text("#dates") and "Hosting ends" not in page.inner_text("#dates")


def test_what_can_be_pressed_is_large_enough_for_a_thumb(browser: Any, address: str) -> None:
    visit = Visit(browser, address, PHONE)
    page = visit.open()
    small = page.evaluate("""() => [...document.querySelectorAll("button, select, input, summary")]
        .filter(one => one.checkVisibility()).map(one => [one.id || one.textContent, one.getBoundingClientRect()])
        .filter(([, box]) => box.height < 44 || box.width < 44).map(([name]) => name)""")
    page.close()
    assert small == []


def test_nothing_is_asked_of_another_host(visit: Visit) -> None:
    page = visit.open("#v=1&p=open_door")
    page.click("#why")
    page.wait_for_selector("#dialog-body h3:has-text('largest step')")
    host = visit.address.split("//")[1]
    assert visit.asked and all(
        url.split("//")[1].split("/")[0] == host for url in visit.asked if not url.startswith(("blob:", "data:"))
    )


def test_the_page_comes_back_when_the_server_does(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("again")
    with workshop(folder) as (address, _):
        visit = Visit(browser, address)
        page = visit.open()
    page.wait_for_selector("#progress:has-text('does not answer')")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})  # all is drawn anew
    page.wait_for_function("document.querySelector('#figures svg').clientWidth < 390")
    assert "does not answer" in page.inner_text("#progress")
    with workshop(folder, "--port", address.rpartition(":")[2]):
        page.wait_for_selector("#progress:has-text('200 runs')")
    page.close()
