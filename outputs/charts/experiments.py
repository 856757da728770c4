"""What charts of experiments share: how scenarios look and are named, which outcome is shown and how it reads."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from outputs.charts.chart import Material
from outputs.charts.house import LABEL_SIZE, colour
from outputs.charts.labels import apart
from outputs.charts.words import index, millions, number, percent, pounds
from outputs.experiment import Experiment
from simulation.faults import InputError
from simulation.parameters import DECLARED

DASHES = ((0, ()), (0, (5, 2)), (0, (1.5, 1.5)), (0, (7, 2, 1.5, 2)), (0, (3, 1)), (0, (9, 2)))
MARKERS = ("o", "s", "^", "D", "v", "P")
INKS = ("baseline", "model", "accent", "in_house_ink", "shared_ink", "other_css_ink")
LAST = pd.Timestamp("2016-12-01")


@dataclass(frozen=True)
class Reading:
    """How an outcome reads in a headline.

    Args:
        words: What it is.
        show: How a value reads.
        show_change: How a difference without its sign reads.
    """

    words: str
    show: Callable[[float], str]
    show_change: Callable[[float], str]


def _points(share: float) -> str:
    return f"{100 * share:.1f} points"


READINGS = {
    "css_operating": Reading("NHS units operating", number, number),
    "home_css_share": Reading("home units' share of spend", percent, _points),
    "private_share": Reading("private suppliers' share of spend", percent, _points),
    "in_house_share": Reading("share of spend in house", percent, _points),
    "spend_per_head": Reading("spend per head", pounds, pounds),
    "hhi_local": Reading("local concentration", index, index),
    "hhi_national": Reading("national concentration", index, index),
    "redundancy_cost_to_date": Reading("redundancy cost", millions, millions),
    "not_satisfied_share": Reading("share of CCGs not satisfied", percent, _points),
    "unmet_need_share": Reading("unmet need", percent, _points),
    "switches_to_date": Reading("switches of supplier", number, number),
    "ccgs_with_three_offers": Reading("CCGs with three offers", number, number),
    "providers_active": Reading("suppliers outside the NHS", number, number),
}
"""The outcomes whose names are not words enough."""
SHORT_FORMS = ("css", "nhs", "hhi", "fte", "ccg", "vat", "pct")
DEFAULT = "css_operating"


def reading(outcome: str) -> Reading:
    """Return how an outcome reads; any other reads by its name."""
    if outcome in READINGS:
        return READINGS[outcome]
    if outcome.endswith("_share"):
        return Reading(f"{_spelt(outcome.removesuffix('_share'))} share", percent, _points)
    return Reading(_spelt(outcome), lambda value: f"{value:,.4g}", lambda value: f"{value:,.3g}")


def _spelt(name: str) -> str:
    """Return a column's name as words, short forms in capitals."""
    return " ".join(word.upper() if word in SHORT_FORMS else word for word in name.split("_"))


def outcome_shown(given: Material) -> str:
    """Return the outcome that a chart of one outcome shows: the one chosen, or the number of units, or the first.

    Raises:
        InputError: The one chosen is not stored.
    """
    stored = given.results.columns
    chosen = given.choice.outcome
    if chosen is None:
        return DEFAULT if DEFAULT in stored else str(stored[0])
    if chosen not in stored:
        raise InputError([f"--outcome = {chosen!r} is not stored here: choose one of {', '.join(stored)}"])
    return chosen


def last_values(results: Experiment, outcomes: Sequence[str]) -> pd.DataFrame:
    """Return some outcomes of the last month stored, a row per point and seed, with the point's design."""
    rows = results.outcomes(outcomes, results.months[-1])
    return rows.merge(results.design, on="point")


def scenario_ink(place: int) -> str:
    """Return the colour of a scenario by its place; the first is the base."""
    return colour(INKS[place % len(INKS)])


def dash_of(place: int) -> tuple[int, tuple[float, ...]]:
    """Return the dash of a scenario's line by its place."""
    return DASHES[place % len(DASHES)]


def marker_of(place: int) -> str:
    """Return the marker of a scenario by its place."""
    return MARKERS[place % len(MARKERS)]


def scenario_names(axes: Axes, ends: Sequence[tuple[str, float, float]], size: float = LABEL_SIZE) -> None:
    """Write scenarios' names in the margin to the right, each joined to its point by a thin line.

    Args:
        axes: Where.
        ends: Name, x and y of each point, in the order of the scenarios.
        size: Size of the names (points).
    """
    scale = 72 / axes.figure.dpi
    box = axes.get_window_extent()
    places = {name: i for i, (name, _, _) in enumerate(ends)}
    ordered = sorted(ends, key=lambda end: end[2])
    wanted = [float(axes.transData.transform((x, y))[1]) * scale for _, x, y in ordered]
    middles = apart(wanted, [1.32 * size] * len(ordered), box.y0 * scale, box.y1 * scale)
    for (name, x, y), middle in zip(ordered, np.asarray(middles), strict=True):
        axes.annotate(
            name.replace("_", " "),
            (x, y),
            (box.x1 * scale + 8, middle),
            textcoords="figure points",
            size=size,
            color=scenario_ink(places[name]),
            weight="bold",
            va="center",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": colour("rule"),
                "linewidth": 0.6,
                "shrinkA": 1,
                "shrinkB": 3,
                "relpos": (0, 0.5),
            },
        )


def setting_words(value: object, span: float = 0.0) -> str:
    """Return a parameter's value in words, rounded to a hundredth of the span of its values, if there is one."""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if not isinstance(value, (int, float, np.number)):
        return str(value).replace("_", " ")
    if span > 0:
        value = round(float(value), 1 - math.floor(math.log10(span)))
    return f"{float(value) + 0.0:,.6f}".rstrip("0").rstrip(".")


def unit_words(name: str) -> str:
    """Return a parameter's unit in words."""
    unit = DECLARED[name].unit if name in DECLARED else ""
    return unit.replace("GBP", "£") or "switch"
