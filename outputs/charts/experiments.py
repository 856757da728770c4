"""What charts of experiments share: how scenarios look and are named, which outcome is shown, and what is clear."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from outputs.charts.chart import Material
from outputs.charts.house import LABEL_SIZE, colour
from outputs.charts.labels import apart
from simulation.faults import InputError
from simulation.parameters import DECLARED

DASHES = ((0, ()), (0, (5, 2)), (0, (1.5, 1.5)), (0, (7, 2, 1.5, 2)), (0, (3, 1)), (0, (9, 2)))
DEFAULT = "css_operating"
MARKERS = ("o", "s", "^", "D", "v", "P")
INKS = ("baseline", "model", "accent", "in_house_ink", "shared_ink", "other_css_ink")


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


def leaves_out_zero(low: pd.Series, high: pd.Series, runs: pd.Series) -> pd.Series:
    """Return whether the intervals of differences leave out zero; that of one run tells nothing."""
    return ((low > 0) | (high < 0)) & (runs > 1)


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
    """Write scenarios' names in the margin to the right, each joined to its point by a dotted line.

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
                "linestyle": (0, (1, 2)),
                "shrinkA": 1,
                "shrinkB": 3,
                "relpos": (0, 0.5),
            },
        )


def setting_words(value: object, span: float = 0.0) -> str:
    """Return a parameter's value in words, rounded to a hundredth of the span of its values, if there is one."""
    if isinstance(value, pd.Timestamp):
        return f"{value:%b %Y}"
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if not isinstance(value, (int, float, np.number)):
        return str(value).replace("_", " ")
    if span > 0:
        value = round(float(value), 1 - math.floor(math.log10(span)))
    return f"{float(value) + 0.0:,.6f}".rstrip("0").rstrip(".")


def unit_of(name: str) -> str:
    """Return the unit of what varies in words; nothing where it has none."""
    if name in DECLARED:
        return DECLARED[name].unit.replace("GBP", "£") or "switch"
    return {"from": "month", "in_force": "switch"}.get(name.rpartition(".")[2], "")


def unit_words(name: str) -> str:
    """Return the unit of what varies in brackets after a space; nothing where it has none."""
    unit = unit_of(name)
    return f" ({unit})" if unit else ""


def is_scale(values: pd.Series) -> bool:
    """Say whether the values of a factor have an order: numbers and dates, and not switches and words."""
    return bool(values.dtype.kind in "ifuM")
