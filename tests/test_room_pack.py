"""The facilitator's pack says what the model does: every figure and direction in its notes, on the same luck."""

from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from small_market import england

from scenarios.scenario import load_scenario
from simulation.engine import run_seeds

APRIL_2013, DECEMBER_2016 = 15, 59
SEEDS = range(1, 41)
PAGE = files("outputs.workshop") / "static" / "room_pack.html"


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
    ("ccgs_carry_redundancy", "switches_to_date", LESS, DECEMBER_2016),
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


def test_the_session_plan_fills_two_hours_without_a_gap() -> None:
    import re

    rows = re.findall(r"<tr><td>(\d):(\d\d)</td><td>(\d+)</td>", PAGE.read_text(encoding="utf-8"))
    starts = [60 * int(hours) + int(minutes) for hours, minutes, _ in rows]
    lengths = [int(length) for *_, length in rows]
    assert starts[0] == 0
    assert [start + length for start, length in zip(starts, lengths, strict=True)] == [*starts[1:], 120]
