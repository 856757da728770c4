"""Medians and bands over runs: what they are, what they are called, how they are drawn."""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from simulation.calendar import FIRST_YEAR

HALF_MONTH = 0.5
NAMES = {0.9: "9 in 10 runs", 0.7: "7 in 10 runs", 0.5: "half of the runs", 0.3: "3 in 10 runs"}
"""Bands in words; a band leaves out the same number of runs at each end and holds at least this share of them."""


def runs_by_month(outcomes: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Return one outcome with a row a month and a column a run."""
    return outcomes.pivot(index="month", columns="run", values=outcome).sort_index()


def left_out(level: float, n_runs: int) -> int:
    """Return how many runs a band leaves out at each end."""
    return math.floor(n_runs * (1.0 - level) / 2.0 + 1e-9)


def band_words(level: float, n_runs: int) -> str:
    """Return what a band holds, in words that are true for this number of runs."""
    if left_out(level, n_runs):
        return NAMES[level]
    return "both runs" if n_runs == 2 else f"all {n_runs} runs"


def levels_drawn(levels: Iterable[float], n_runs: int) -> list[float]:
    """Return the bands worth drawing, widest first: of those that hold the same runs, the widest."""
    by_runs = {left_out(level, n_runs): level for level in sorted(levels)}
    return sorted(by_runs.values(), reverse=True)


def ends(level: float) -> tuple[str, str]:
    """Return the names of a band's columns: ``p05`` and ``p95`` for 0.9."""
    low = round(50 * (1 - level))
    return f"p{low:02d}", f"p{100 - low:02d}"


def spread(values: pd.DataFrame, levels: Iterable[float]) -> pd.DataFrame:
    """Return the median and bands over runs, month by month (pointwise).

    Args:
        values: A row a month, a column a run.
        levels: Shares of the runs that bands hold (0 to 1).

    Returns:
        A row a month with ``median`` and two columns a band; the median alone where all runs are alike, as one run is.
    """
    ordered = np.sort(values.to_numpy(dtype=float), axis=1)
    n_runs = ordered.shape[1]
    table = pd.DataFrame({"median": np.median(ordered, axis=1)}, index=values.index)
    alike = bool((ordered[:, 0] == ordered[:, -1]).all())
    for level in [] if alike else levels_drawn(levels, n_runs):
        out = left_out(level, n_runs)
        table[list(ends(level))] = ordered[:, [out, n_runs - 1 - out]]
    return table


def levels_in(table: pd.DataFrame, levels: Iterable[float]) -> list[float]:
    """Return the bands that a table holds, widest first."""
    return [level for level in sorted(levels, reverse=True) if ends(level)[0] in table]


def position(months: Sequence[pd.Timestamp] | pd.Series | pd.Index) -> NDArray[np.float64]:
    """Return where months start on the time axis (months since January 2012)."""
    index = pd.DatetimeIndex(months)
    return np.asarray((index.year - FIRST_YEAR) * 12 + index.month - 1, dtype=float)


def stepped(months: pd.Series, values: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a step line's points; the last step is drawn for half a month, or it would have no width."""
    x, y = position(months), values.to_numpy(dtype=float)
    return np.append(x, x[-1] + HALF_MONTH), np.append(y, y[-1])


def draw_steps(axes: Axes, table: pd.DataFrame, colour: str, shades: Mapping[float, float]) -> None:
    """Draw bands and median of a count as steps.

    Args:
        axes: Where.
        table: A row a month.
        colour: Of all of it.
        shades: How dark each band is (0 to 1), by its level.
    """
    for level in levels_in(table, shades):
        (x, low), (_, high) = (stepped(table["month"], table[end]) for end in ends(level))
        axes.fill_between(x, low, high, step="post", color=colour, alpha=shades[level], linewidth=0)
    axes.step(*stepped(table["month"], table["median"]), where="post", color=colour, linewidth=2.0)


def draw_fan(axes: Axes, table: pd.DataFrame, colour: str, shades: Mapping[float, float]) -> None:
    """Draw bands and median of an amount as lines; the arguments are those of ``draw_steps``."""
    x = position(table["month"])
    for level in levels_in(table, shades):
        low, high = ends(level)
        axes.fill_between(x, table[low], table[high], color=colour, alpha=shades[level], linewidth=0)
    axes.plot(x, table["median"], color=colour, linewidth=2.0)
