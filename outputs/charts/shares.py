"""Chart of who supplies what share of spend."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from outputs.charts.bands import HALF_MONTH, position
from outputs.charts.chart import Chart, Material
from outputs.charts.flags import time_axis
from outputs.charts.house import NOTE_SIZE, SOURCE_NOTE, SOURCES, colour, fill_of, ink_of
from outputs.charts.labels import EndLabel, label_ends
from outputs.charts.page import MARGIN, Page, Words, text_width
from outputs.charts.study import Study
from outputs.charts.words import counter_move, going, percent

COLUMNS = {f"{source}_share": source for source in SOURCES} | {"other_supplier_share": "other"}
COLUMNS.pop("other_share")
GAP = 1.125
"""Width of the white gaps between areas (points; 1.5 pixels on a screen)."""
THIN = 0.01
START = pd.Timestamp("2013-04-01")
"""When intentions become agreements."""
INTENTIONS = ("intentions", "until March 2013: intentions")
AGREEMENTS = ("agreements", "from April 2013: agreements")
"""What the two sides are called, in short and in full."""
MONTHS = ("April 2013", "December 2016")
"""The months that the headline compares."""


def measure(given: Material) -> pd.DataFrame:
    """Return each source's mean share over runs by month, the largest over all months first."""
    means = given.results.outcomes.groupby("month")[list(COLUMNS)].mean().fillna(0.0).rename(columns=COLUMNS)
    return means[means.sum().sort_values(ascending=False, kind="stable").index].reset_index()


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return how the home units' share goes, and who moves most against it."""
    first, last = _ends(table)
    headline = study.told(_finding(first, last))
    shares = "; ".join(f"{SOURCES[str(s)].words} {_short(first[s])}, {_short(last[s])}" for s in first.index)
    return Words(
        title=headline,
        subtitle="Share of spend on commissioning support by source, England, January 2012 to December 2016; "
        + study.over_runs("mean"),
        alt=f"Stacked area chart, shares of spend in April 2013 and December 2016: {shares}. Table: shares.csv.",
        note=f"{SOURCE_NOTE}{_mean_note(last, study)}",
    )


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw the areas from the bottom, their names, and where intentions end."""
    axes = page.panel(left=0.5, right=1.95, above=0.42)
    time_axis(axes)
    axes.set_ylim(0, 1)
    axes.set_yticks(np.linspace(0, 1, 5), labels=[f"{tick}%" for tick in range(0, 101, 25)])
    axes.grid(False)
    edges = _edges(table)
    x = np.append(position(table["month"]), position(table["month"])[-1] + HALF_MONTH)
    for source, low, high in zip(table.columns[1:], edges[:-1], edges[1:], strict=True):
        axes.fill_between(x, low, high, step="post", color=fill_of(source), linewidth=0)
    for edge in _gaps(edges):
        axes.step(x, edge, where="post", color=colour("paper"), linewidth=GAP)
    _mark_start(axes)
    label_ends(axes, x[-1], _end_labels(table, edges[:, -1]))


def _gaps(edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where white gaps run between areas; none beside an area that a gap would hide."""
    heights = np.diff(edges, axis=0)
    return np.where(np.minimum(heights[:-1], heights[1:]) < THIN, np.nan, edges[1:-1])


def _edges(table: pd.DataFrame) -> NDArray[np.float64]:
    """Return the heights between areas, from 0 up: a row an edge, a column a month, the last one twice."""
    heights = table.drop(columns="month").to_numpy().T.cumsum(axis=0)
    edges = np.vstack([np.zeros(heights.shape[1]), heights])
    return np.hstack([edges, edges[:, -1:]])


def _ends(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the shares when agreements start and in the last month, in the house order."""
    shares = table.set_index("month")[list(SOURCES)]
    return shares.loc[START], shares.iloc[-1]


def _finding(first: pd.Series, last: pd.Series) -> str:
    """Return the headline, by what the shares do as they read."""
    unspent = [month for month, shares in zip(MONTHS, (first, last), strict=True) if shares.sum() == 0]
    if unspent:
        return f"nothing is spent on support in {' or '.join(unspent)}, so there are no shares to compare"
    before, after = first.map(percent), last.map(percent)
    if before.equals(after):
        still = f"no share of spend changes by a point between {' and '.join(MONTHS)}"
        return f"{still}; home NHS units have {after['home_css']}"
    return _home_path(first["home_css"], last["home_css"]) + counter_move(first, last, "home_css", percent)


def _home_path(first: float, last: float) -> str:
    """Return how the home units' share goes."""
    if percent(first) == percent(last):
        return f"home NHS units have {percent(first)} of spend in {' and in '.join(MONTHS)}"
    verb = going(first, last)
    return f"home NHS units {verb} from {percent(first)} of spend in {MONTHS[0]} to {percent(last)} in {MONTHS[1]}"


def _short(share: float) -> str:
    """Return a percentage in few letters."""
    return percent(share).replace("under ", "<").replace("over ", ">")


def _mean_note(last: pd.Series, study: Study) -> str:
    """Return what the mean is of, and a warning where the labels do not add up."""
    mean = "" if study.runs == 1 else f" Runs differ by {study.varied}."
    adds_up = last.map(lambda share: round(100 * share)).sum() == 100
    return mean if adds_up else f"{mean} Labels are rounded and do not add to 100%."


def _mark_start(axes: Axes) -> None:
    """Mark where intentions end and agreements start; in short where there is no room."""
    start = position([START])[0]
    across = axes.get_xaxis_transform()
    axes.axvline(start, color=colour("paper"), linewidth=2.0)
    axes.plot(
        [start, start], [0, 1.13], transform=across, color=colour("ink"), linewidth=1.0, linestyle=(0, (4, 2)),
        clip_on=False,
    )  # fmt: skip
    room = axes.transData.transform((start, 0))[0] / axes.figure.dpi
    long = int(text_width(INTENTIONS[1], NOTE_SIZE) < room - MARGIN)
    for words, side, shift in ((INTENTIONS[long], "right", -0.5), (AGREEMENTS[long], "left", 0.5)):
        axes.text(
            start + shift, 1.12, words, transform=across, ha=side, va="top", size=NOTE_SIZE, color=colour("quiet")
        )


def _end_labels(table: pd.DataFrame, edges: NDArray[np.float64]) -> list[EndLabel]:
    """Return each source's name and last share, in the middle of its area."""
    middles = (edges[:-1] + edges[1:]) / 2
    last = table.set_index("month").iloc[-1]
    labels = zip(last.index, middles, strict=True)
    return [EndLabel(f"{SOURCES[s].words} {percent(last[s])}", y, ink_of(s), "bold") for s, y in labels]


SHARES = Chart(
    "shares",
    "Who supplies what share of spend, month by month.",
    measure,
    describe,
    draw,
    needs={"outcomes": tuple(COLUMNS)},
)
