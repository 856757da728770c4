"""The facilitator's pack says what the model does: every figure and direction in its notes, on the same luck."""

import re
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from room_server import WAIT, Screen, Server, cheapest_sheet, host, phone, serving
from small_market import england

from scenarios.scenario import load_scenario
from simulation.engine import run_seeds

APRIL_2013, DECEMBER_2016 = 15, 59
SEEDS = range(1, 41)
STATIC = Path(str(files("outputs.workshop"))) / "static"
PAGE = STATIC / "room_pack.html"


@lru_cache
def values(scenario: str, outcome: str, month: int = DECEMBER_2016) -> Any:
    """Return an outcome of each run."""
    return np.array([history.outcomes[outcome][month] for history in histories(scenario)])


@lru_cache
def histories(scenario: str) -> tuple[Any, ...]:
    """Return 40 runs."""
    return tuple(run_seeds(england(), load_scenario(scenario).plan, list(SEEDS)))


percent, percent_1, pounds, whole = "{:.0%}".format, "{:.1%}".format, "£{:.2f}".format, "{:,.0f}".format


def millions(value: float) -> str:
    return f"£{value / 1e6:.0f}m"


def millions_1(value: float) -> str:
    return f"£{value / 1e6:.1f}m"


FIGURES = {
    "Q1A": ("baseline", "home_css_share", percent, APRIL_2013),
    "Q1B": ("free_choice", "home_css_share", percent, APRIL_2013),
    "Q1C": ("baseline", "outside_nhs_share", percent, APRIL_2013),
    "Q1D": ("free_choice", "outside_nhs_share", percent, APRIL_2013),
    "Q1E": ("baseline", "home_css_share", percent),
    "Q1F": ("free_choice", "home_css_share", percent),
    "Q2A": ("baseline", "switches_to_date", whole),
    "Q2B": ("ccgs_carry_redundancy", "switches_to_date", whole),
    "Q2C": ("redundancy_underwritten", "switches_to_date", whole),
    "Q2D": ("baseline", "redundancy_cost_ccg_to_date", millions),
    "Q2E": ("redundancy_underwritten", "redundancy_cost_ccg_to_date", millions),
    "Q2F": ("baseline", "redundancy_cost_to_date", millions),
    "Q2G": ("redundancy_underwritten", "redundancy_cost_to_date", millions),
    "Q3A": ("baseline", "spend_per_head", pounds),
    "Q3B": ("allowance_cut", "spend_per_head", pounds),
    "Q3C": ("baseline", "unmet_need_share", percent_1),
    "Q3D": ("allowance_cut", "unmet_need_share", percent_1),
    "Q3E": ("baseline", "in_house_share", percent),
    "Q3F": ("allowance_cut", "in_house_share", percent),
    "Q4A": ("baseline", "in_house_share", percent),
    "Q4B": ("bma_minimum", "in_house_share", percent),
    "Q4C": ("baseline", "css_operating", whole),
    "Q4D": ("bma_minimum", "css_operating", whole),
    "Q4E": ("baseline", "spend_per_head", pounds),
    "Q4F": ("bma_minimum", "spend_per_head", pounds),
    "Q5A": ("baseline", "css_operating", whole),
    "Q5B": ("hosting_for_ever", "css_operating", whole),
    "Q5C": ("baseline", "outside_nhs_share", percent),
    "Q5D": ("hosting_for_ever", "outside_nhs_share", percent),
    "Q5E": ("baseline", "board_support_to_date", millions_1),
    "Q5F": ("hosting_for_ever", "board_support_to_date", millions_1),
}
"""What each figure of the notes is: a scenario's mean of an outcome, how it is written, and in which month."""

MORE, LESS = 1.0, -1.0
DIRECTIONS = (
    ("free_choice", "home_css_share", LESS, APRIL_2013),
    ("free_choice", "outside_nhs_share", MORE, APRIL_2013),
    ("ccgs_carry_redundancy", "redundancy_cost_to_date", LESS, DECEMBER_2016),
    ("ccgs_carry_redundancy", "redundancy_cost_ccg_to_date", MORE, DECEMBER_2016),
    ("redundancy_underwritten", "switches_to_date", MORE, DECEMBER_2016),
    ("redundancy_underwritten", "redundancy_cost_ccg_to_date", LESS, DECEMBER_2016),
    ("redundancy_underwritten", "redundancy_cost_to_date", MORE, DECEMBER_2016),
    ("allowance_cut", "spend_per_head", LESS, DECEMBER_2016),
    ("allowance_cut", "unmet_need_share", MORE, DECEMBER_2016),
    ("allowance_cut", "not_satisfied_share", MORE, DECEMBER_2016),
    ("allowance_cut", "in_house_share", LESS, DECEMBER_2016),
    ("allowance_cut", "redundancy_cost_to_date", MORE, DECEMBER_2016),
    ("bma_minimum", "unmet_need_share", LESS, DECEMBER_2016),
    ("bma_minimum", "in_house_share", MORE, DECEMBER_2016),
    ("bma_minimum", "switches_to_date", LESS, DECEMBER_2016),
    ("bma_minimum", "css_operating", LESS, DECEMBER_2016),
    ("bma_minimum", "spend_per_head", MORE, DECEMBER_2016),
    ("hosting_for_ever", "css_operating", MORE, DECEMBER_2016),
    ("hosting_for_ever", "outside_nhs_share", LESS, DECEMBER_2016),
    ("hosting_for_ever", "board_support_to_date", MORE, DECEMBER_2016),
)


def figure(mark: str) -> str:
    """Return a figure as the notes should write it."""
    scenario, outcome, form, *month = FIGURES[mark]
    return form(float(values(scenario, outcome, *month).mean()))


@pytest.mark.parametrize(
    ("scenario", "outcome", "sign", "month"), DIRECTIONS, ids=[f"{s}-{o}" for s, o, *_ in DIRECTIONS]
)
def test_each_note_points_the_way_that_nine_runs_in_ten_go(
    scenario: str, outcome: str, sign: float, month: int
) -> None:
    difference = sign * (values(scenario, outcome, month) - values("baseline", outcome, month))
    assert (difference > 0).mean() >= 0.9


def test_each_figure_of_the_notes_is_what_the_model_gives() -> None:
    page = PAGE.read_text(encoding="utf-8")
    wrong = [f"{mark}: {figure(mark)}" for mark in FIGURES if f'<b data-figure="{mark}">{figure(mark)}</b>' not in page]
    assert page.count("data-figure") == len(FIGURES) and wrong == []


def test_the_gap_of_free_choice_has_nearly_closed_and_the_pack_says_so() -> None:
    early, late = (
        float((values("baseline", "home_css_share", m) - values("free_choice", "home_css_share", m)).mean())
        for m in (APRIL_2013, DECEMBER_2016)
    )
    assert late < 0.3 * early


def test_what_ccgs_pay_hardly_differs_with_hosting_for_ever() -> None:
    ever, baseline = (float(values(name, "spend_per_head").mean()) for name in ("hosting_for_ever", "baseline"))
    assert abs(ever / baseline - 1.0) < 0.01


ROW = re.compile(r"<tr><td>(\d):(\d\d)</td><td>(\d+)</td><td>(.*?)</td><td>(.*?)</td></tr>")
PRESSES: dict[str, Callable[[Screen], dict[str, Any]]] = {
    "Open the season": lambda desk: {"do": "open"},
    "One minute more": lambda desk: {"do": "extend", "seconds": 60},
    "Freeze screens": lambda desk: {"do": "switch", "switch": "freeze", "on": not desk.state["frozen"]},
    "Close: the market moves": lambda desk: {"do": "close"},
    "The model plays the rest": lambda desk: {"do": "finish"},
    "Erase all names": lambda desk: {"do": "erase"},
}
"""What the buttons that the plan's timings name do."""
PAGES = {"Live page": "/", "Screen": "/room/screen", "Debrief": "/room/debrief"}


def plan() -> list[tuple[int, int, list[str], str]]:
    """Return the plan's rows: start and length (minutes), buttons to press in order, and what is on the wall."""
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    return [
        (60 * int(hours) + int(minutes), int(length), re.findall("<kbd>(.*?)</kbd>", what), wall)
        for hours, minutes, length, what, wall in rows
    ]


def test_the_session_plan_fills_two_hours_without_a_gap() -> None:
    starts, lengths = [row[0] for row in plan()], [row[1] for row in plan()]
    assert starts[0] == 0
    assert [start + length for start, length in zip(starts, lengths, strict=True)] == [*starts[1:], 120]


def test_every_button_that_the_pack_names_is_on_the_facilitators_page() -> None:
    named = set(re.findall("<kbd>(.*?)</kbd>", PAGE.read_text(encoding="utf-8")))
    page = "".join((STATIC / name).read_text(encoding="utf-8") for name in ("room_host.html", "room_host.js"))
    assert named >= PRESSES.keys() and [name for name in named if not re.search(rf"""[>"]{name}[<"]""", page)] == []


def test_the_session_plan_can_be_followed_from_start_to_end(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        desk, wall = host(server), host(server, "screen")
        desk.until(phase="lobby")
        follow(server, desk, wall, players=6)
        told = fetch(server, "/room/debrief.json")
        assert len(told["seats"]) == 6 and told["until"] == "Dec 2016"
        assert all(not entry.get("name") for entry in fetch(server, "/room/log.json"))


def follow(
    server: Server, desk: Screen, wall: Screen, players: int, pause: Callable[[int], None] = lambda at: None
) -> None:
    """Follow the plan with some phones, and see that each step does what the plan says.

    Args:
        server: The workshop.
        desk: The facilitator's page.
        wall: The screen on the wall.
        players: Phones; all of them choose in each season.
        pause: Is called with the minute at which each row starts.
    """
    phones: list[Screen] = []
    for start, _, presses, seen in plan():
        pause(start)
        if "Join by QR code" in row_text(start):
            phones += [phone(server, f"Player {number}") for number in range(players)]
        for press in presses:
            if press in PRESSES:
                follow_press(desk, phones, press)
                desk.until(at=server.game.record.entries)
            elif press == "CSV":
                assert fetch(server, "/room/room.csv").startswith("season,")
        page = PAGES[seen.split(",")[0]]
        assert httpx.get(f"http://{server.address}{page}").status_code == 200
        wall.until(frozen=seen.endswith("frozen"), at=server.game.record.entries)


def row_text(start: int) -> str:
    """Return what the plan says for a row."""
    page = PAGE.read_text(encoding="utf-8")
    return page.split(f"<td>{start // 60}:{start % 60:02}</td>")[1].split("</tr>")[0]


def follow_press(desk: Screen, phones: list[Screen], press: str) -> None:
    """Press a button; where a season opens every phone chooses, where it closes every phone hears what came."""
    answer = desk.tell(**PRESSES[press](desk))
    assert answer["do"] == "done", (press, answer)
    if press == "Open the season":
        for one in phones:
            view = one.until(phase="open")["view"]
            assert one.tell("choose", season=one.state["season"]["id"], sheet=cheapest_sheet(view))["do"] == "done"
    elif press == "Close: the market moves":
        played = desk.until(phase="lobby")["played"]
        for one in phones:
            assert one.until(phase="lobby", played=played)["last"]["season"]
    elif press == "The model plays the rest":
        for one in phones:
            one.until(phase="finished")


def fetch(server: Server, path: str) -> Any:
    """Return what only the facilitator may take away."""
    reply = httpx.get(
        f"http://{server.address}{path}", headers={"authorization": f"Bearer {server.token}"}, timeout=WAIT
    )
    return reply.json() if path.endswith("json") else reply.text
