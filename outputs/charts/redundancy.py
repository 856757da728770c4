"""Chart of what redundancy has cost, month by month, with a dot for each twentieth of the runs beside it."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from outputs.charts import bands
from outputs.charts.chart import Chart, Material
from outputs.charts.flags import time_axis
from outputs.charts.house import LABEL_SIZE, colour
from outputs.charts.labels import EndLabel, label_ends
from outputs.charts.page import MARGIN, POINTS, Page, Words
from outputs.charts.study import Study
from outputs.charts.words import millions, month_name, span

SHADES = dict.fromkeys((0.9, 0.7, 0.5, 0.3), 0.18)
"""How dark each band is; they lie over each other."""
MOST_DOTS = 20
DOT_ROWS = 36
"""How many dots, one upon another, fill the height of the panel."""
LEFT, LABELS, DOTS = 0.6, 1.4, 1.5
"""Room to the left of the fan, for labels beside it, and for the dots (inches)."""


def measure(given: Material) -> pd.DataFrame:
    """Return the fan by month and, under it, the dots of the last month (£ of 2012/13)."""
    values = bands.runs_by_month(given.results.outcomes, "redundancy_cost_to_date")
    fan = bands.spread(values, SHADES).reset_index().assign(panel="fan")
    if not bands.levels_in(fan, SHADES):
        return fan
    totals = quantile_dots(values.iloc[-1].to_numpy(dtype=float))
    dots = pd.DataFrame({"month": values.index[-1], "panel": "dots", "dot_total": totals})
    return _stacked(pd.concat([fan, dots], ignore_index=True))


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return what redundancy costs in the end, and how far runs differ."""
    fan = table[table["panel"] == "fan"]
    banded = bool(bands.levels_in(fan, SHADES))
    headline = study.told(_finding(fan, study.runs), alike=not banded)
    return Words(
        title=headline,
        subtitle="Cumulative redundancy cost, £ million of 2012/13, England, January 2012 to December 2016; "
        + study.over_runs("median"),
        alt=f"{'Fan' if banded else 'Line'} chart. {headline}. {_half_way(fan)}Table: redundancy.csv.",
        note=f"{_band_note(fan, study.runs)}{study.spread_note(banded)}",
    )


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw the fan and, beside it on the same scale, the dots."""
    fan, dots = table[table["panel"] == "fan"], table[table["panel"] == "dots"]
    axes = page.panel(LEFT, right=LABELS + DOTS + MARGIN if len(dots) else LABELS + MARGIN, above=0.4)
    time_axis(axes)
    _scale(axes, _top(table))
    bands.draw_fan(axes, fan, colour("model"), SHADES)
    label_ends(axes, bands.position(fan["month"])[-1], _end_labels(fan, study))
    if len(dots):
        _draw_dots(page, dots, _top(table), study.runs)


def quantile_dots(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return at most 20 values that stand for equal shares of the runs; with fewer runs, each run's own."""
    count = min(len(values), MOST_DOTS)
    return np.quantile(values, (np.arange(count) + 0.5) / count, method="hazen")


def _stacked(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the height (£) at which each dot is drawn and its place in its row (1 is leftmost)."""
    step = _top(table) / DOT_ROWS
    row = table["dot_total"] // step
    place = table.groupby(row).cumcount() + 1
    return table.assign(dot_height=(row + 0.5) * step, dot_place=place.where(row.notna()))


def _top(table: pd.DataFrame) -> float:
    """Return the top of the scale (£): above everything drawn, or a million where nothing is."""
    drawn = table.drop(columns=["month", "panel", "dot_height", "dot_place"], errors="ignore")
    return 1.08 * float(drawn.max().max()) or 1e6


def _last(fan: pd.DataFrame, column: str) -> str:
    """Return an amount of the last month in words."""
    return millions(fan[column].iloc[-1])


def _finding(fan: pd.DataFrame, n_runs: int) -> str:
    """Return the headline's clause."""
    levels = bands.levels_in(fan, SHADES)
    cost = "nothing" if fan["median"].iloc[-1] == 0 else _last(fan, "median")
    finding = f"redundancy costs {cost} by December 2016"
    if not levels:
        return finding
    low, high = (_last(fan, end) for end in bands.ends(levels[0]))
    return f"{finding} in the median run; {bands.band_words(levels[0], n_runs)} end at {span(low, high)}"


def _half_way(fan: pd.DataFrame) -> str:
    """Return when half of the cost drawn has arisen; nothing if there is none."""
    total = fan["median"].iloc[-1]
    if total == 0:
        return ""
    month = fan["month"][fan["median"] >= total / 2].iloc[0]
    return f"Half of that by {month_name(month)}. "


def _band_note(fan: pd.DataFrame, n_runs: int) -> str:
    """Return which bands there are, and that they are not paths."""
    levels = bands.levels_in(fan, SHADES)
    names = ", ".join(bands.band_words(level, n_runs) for level in levels)
    pointwise = "bands are pointwise, so no run need follow an edge"
    return f"From the widest: {names}, month by month; {pointwise}. " if levels else ""


def _end_labels(fan: pd.DataFrame, study: Study) -> list[EndLabel]:
    """Return the labels of the median and of the widest band's ends."""
    levels = bands.levels_in(fan, SHADES)
    words = f"{study.middle(bool(levels))}\n{_last(fan, 'median')}"
    labels = [EndLabel(words, fan["median"].iloc[-1], colour("model"), "bold")]
    for level in levels[:1]:
        percentiles = bands.left_out(level, study.runs)
        names = ("5th percentile", "95th percentile") if percentiles else ("lowest run", "highest run")
        for end, name in zip(bands.ends(level), names, strict=True):
            labels.append(EndLabel(f"{name}\n{_last(fan, end)}", fan[end].iloc[-1], colour("model")))
    return labels


def _scale(axes: Axes, top: float) -> None:
    """Give a panel the scale in £ million that both share."""
    axes.set_ylim(0, top)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(lambda pounds, _: f"£{pounds / 1e6:g}m")


def _draw_dots(page: Page, dots: pd.DataFrame, top: float, n_runs: int) -> None:
    """Draw the dots in rows, and say what one stands for."""
    axes = page.panel(page.width - DOTS - MARGIN, right=MARGIN, above=0.4)
    dot = axes.get_position().height * page.height / DOT_ROWS
    axes.set_xlim(0.3, 0.3 + DOTS / dot)
    _scale(axes, top)
    axes.tick_params(bottom=False, labelbottom=False, labelleft=False)
    size = 0.92 * dot * POINTS
    axes.plot(
        dots["dot_place"],
        dots["dot_height"],
        "o",
        color=colour("model"),
        markersize=size,
        markeredgewidth=0,
        clip_on=False,
    )
    share = "each dot is a run" if n_runs <= MOST_DOTS else f"each dot is\none run in {MOST_DOTS}"
    axes.set_title(f"Dec 2016: {share}", loc="left", size=LABEL_SIZE, color=colour("quiet"))


REDUNDANCY = Chart(
    "redundancy",
    "What redundancy has cost since the hand-over, with bands over runs and a dot for each twentieth of them.",
    measure,
    describe,
    draw,
    needs={"outcomes": ("redundancy_cost_to_date",)},
)
