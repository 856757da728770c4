"""Chart of the age of a market: local concentration against spend per head, as the years pass."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from outputs.charts.chart import Chart, Material
from outputs.charts.experiments import dash_of, scenario_ink, scenario_names
from outputs.charts.house import LABEL_SIZE, NOTE_SIZE, colour
from outputs.charts.page import Page, Words, text_width
from outputs.charts.study import Study
from outputs.charts.words import alt_text, going, index, pounds, sentence
from outputs.experiment import Experiment

COLUMNS = ("hhi_local", "spend_per_head")
BESIDE = np.array([(1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1.4), (0, -1.4), (1.2, 0), (-1.2, 0)])
"""Directions in which the name of an April may stand."""
APRIL_2013 = pd.Timestamp("2013-04-01")


def measure(given: Material) -> pd.DataFrame:
    """Return the medians over runs of both outcomes by month from April 2013, for each scenario."""
    results = given.results
    outcomes = results.values(COLUMNS) if isinstance(results, Experiment) else results.outcomes
    rows = outcomes[outcomes["month"] >= APRIL_2013].assign(scenario=lambda table: table["scenario"].astype(str))
    names = rows["scenario"].drop_duplicates().tolist()
    table = rows.groupby(["scenario", "month"])[list(COLUMNS)].median().reset_index()
    table["order"] = table["scenario"].map(names.index)
    return table.sort_values(["order", "month"], ignore_index=True).drop(columns="order")


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return where the first scenario's market goes, and where others end."""
    ends = {name: rows.iloc[[0, -1]] for name, rows in table.groupby("scenario", sort=False)}
    base = next(iter(ends))
    first, last = ends[base].iloc[0], ends[base].iloc[1]
    path = f"local concentration {_move(first, last, 'hhi_local', index)} and spend a head "
    path += _move(first, last, "spend_per_head", pounds)
    others = [
        f"{name} ends at {index(rows.iloc[1]['hhi_local'])}, {pounds(rows.iloc[1]['spend_per_head'])}"
        for name, rows in ends.items()
        if name != base
    ]
    where = f" under {base}" if others else ""
    title = study.told(f"{path}{where}") if not study.points else f"{sentence(path)}{where}"
    months = (table["month"].min(), table["month"].max())
    return Words(
        title=title,
        subtitle="Local concentration (Herfindahl-Hirschman index, 0 to 10,000) against spend on support (£ per "
        "head per year, "
        f"2012/13 prices), England, {months[0]:%B %Y} to {months[1]:%B %Y}; {study.over_runs('median')}",
        alt=alt_text(
            ["A path through time for each scenario.", f"{sentence(path)}{where}.", *(f"{other}." for other in others)],
            "market_age",
        ),
        note="A dot each April, and at the end. Medians of each month and outcome, so no run need follow the path.",
    )


def _move(first: pd.Series, last: pd.Series, outcome: str, show: Callable[[float], str]) -> str:
    """Return how an outcome goes, as it reads."""
    before, after = show(first[outcome]), show(last[outcome])
    if before == after:
        return f"stays at {after}"
    return f"{going(first[outcome], last[outcome])}s from {before} to {after}"


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw each scenario's path with its Aprils."""
    axes = page.panel(left=0.62, right=1.5 if table["scenario"].nunique() > 1 else 0.3, above=0.28, below=0.5)
    x, y = (table[column] for column in COLUMNS)
    for axis, values in ((axes.set_xlim, x), (axes.set_ylim, y)):
        pad = 0.08 * float(np.ptp(values)) or 0.05
        axis(values.min() - pad, values.max() + 1.6 * pad)
    axes.xaxis.set_major_formatter(lambda value, _: index(value))
    axes.yaxis.set_major_formatter(lambda value, _: f"£{value:,.2f}")
    axes.grid(True, axis="both")
    axes.set_xlabel("local concentration →", loc="right", size=LABEL_SIZE)
    axes.text(
        0, 1.03, "£ per head per year", transform=axes.transAxes, size=LABEL_SIZE, color=colour("quiet"), ha="left"
    )
    alone = table["scenario"].nunique() == 1
    drawn = _drawn_at(axes, table)
    for place, (_, rows) in enumerate(table.groupby("scenario", sort=False)):
        _draw_path(axes, rows, place + alone, place == 0, alone, drawn)
    if not alone:
        scenario_names(axes, _ends(table))


def _drawn_at(axes: Axes, table: pd.DataFrame) -> NDArray[np.float64]:
    """Return points along all paths, a few between each month and the next (pixels)."""
    paths = [axes.transData.transform(rows[list(COLUMNS)]) for _, rows in table.groupby("scenario", sort=False)]
    steps = np.linspace(0, 1, 8)[:, None, None]
    return np.vstack([(path[:-1] + steps * (path[1:] - path[:-1])).reshape(-1, 2) for path in paths])


def _ends(table: pd.DataFrame) -> list[tuple[str, float, float]]:
    last = table.groupby("scenario", sort=False).tail(1)
    return [(row.scenario, row.hhi_local, row.spend_per_head) for row in last.itertuples()]


def _draw_path(
    axes: Axes, rows: pd.DataFrame, place: int, first: bool, alone: bool, drawn: NDArray[np.float64]
) -> None:
    ink = scenario_ink(place)
    axes.plot(
        rows["hhi_local"],
        rows["spend_per_head"],
        color=ink,
        linewidth=1.6,
        linestyle=dash_of(0 if first else place),
        zorder=2,
    )
    marks = rows[(rows["month"].dt.month == 4) | (rows["month"] == rows["month"].max())]
    axes.plot(
        marks["hhi_local"],
        marks["spend_per_head"],
        "o",
        color=ink,
        markersize=4.5,
        markeredgecolor=colour("paper"),
        zorder=3,
    )
    if first:
        named = marks[marks["month"].dt.month == 4]
        _name_aprils(axes, drawn, named if alone else named.head(1))


def _name_aprils(axes: Axes, path: NDArray[np.float64], marks: pd.DataFrame) -> None:
    """Write the year beside each April, where it is furthest from the paths and from the years before.

    Args:
        axes: Where.
        path: All points that are drawn (pixels).
        marks: The Aprils.
    """
    dot = axes.figure.dpi / 72
    size = np.array([text_width("Apr 2013", NOTE_SIZE) * axes.figure.dpi, NOTE_SIZE * dot])
    box = axes.get_window_extent()
    taken = path
    for mark in marks.itertuples():
        at = axes.transData.transform((mark.hhi_local, mark.spend_per_head))
        middles = at + BESIDE * (size / 2 + 5 * dot)
        inside = ((middles - size / 2 >= box.min) & (middles + size / 2 <= box.max)).all(axis=1)
        middle = middles[np.argmax(_room(middles, size, taken) - 1e6 * ~inside)]
        axes.annotate(
            f"Apr {mark.month:%Y}",
            (mark.hhi_local, mark.spend_per_head),
            tuple((middle - at) / dot),
            textcoords="offset points",
            size=NOTE_SIZE,
            color=colour("quiet"),
            ha="center",
            va="center",
        )
        taken = np.vstack([taken, middle + size * [[-0.5, 0], [0, 0], [0.5, 0]]])


def _room(middles: NDArray[np.float64], size: NDArray[np.float64], taken: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far boxes of a size around middles are from the nearest of the points that are taken."""
    apart = np.maximum(np.abs(middles[:, None] - taken[None]) - size / 2, 0.0)
    nearest: NDArray[np.float64] = np.hypot(*np.moveaxis(apart, 2, 0)).min(axis=1)
    return nearest


MARKET_AGE = Chart(
    "market_age",
    "The age of a market: local concentration against spend per head, from April 2013 on.",
    measure,
    describe,
    draw,
    needs={"outcomes": COLUMNS},
    kinds=("run", "compare"),
)
