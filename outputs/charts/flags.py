"""The time axis and the policy dates that stand above it as flags."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from outputs.charts.bands import position
from outputs.charts.house import NOTE_SIZE, colour
from outputs.charts.page import MARGIN, Page, line_height, text_width
from scenarios.provenance import by_month
from simulation.calendar import FIRST_YEAR, N_MONTHS, first_day

MOST_ROWS = 5
"""Above this many rows of flags they become numbers, with a key."""
PAD = 0.04
"""Room between a flag's pole and its words (inches)."""


def policy_marks(milestones: Sequence[dict[str, str]]) -> pd.Series:
    """Return what happened by policy in each month: labels as ``by_month`` has them, indexed by its first day."""
    labels = by_month(milestones)
    return pd.Series(labels.values(), index=pd.DatetimeIndex([first_day(month) for month in labels]), dtype=object)


def rows_of(starts: Sequence[float], widths: Sequence[float]) -> list[int]:
    """Return the row of each flag (0 is lowest), so that no words and no pole cross other words.

    Words stand to the right of their pole, so a flag stands above every later flag whose pole is under its words.

    Args:
        starts: Where the poles stand, in rising order.
        widths: How far the words reach from the pole, in the same unit.
    """
    rows = [0] * len(starts)
    for i in reversed(range(len(starts))):
        under = [rows[j] for j in range(i + 1, len(starts)) if starts[j] < starts[i] + widths[i]]
        rows[i] = max(under, default=-1) + 1
    return rows


def flagged_panel(page: Page, marks: pd.Series, left: float, right: float) -> Axes:
    """Return a panel with a time axis and policy flags above it.

    Args:
        page: The sheet.
        marks: Labels by month, in order of time.
        left: Room to the left (inches).
        right: Room to the right (inches).
    """
    inch = (page.width - left - right) / N_MONTHS
    places = position(marks.index).tolist()
    starts = [left + place * inch for place in places]
    texts = [str(text) for text in marks]
    if not _fits(page, starts, texts):
        key = " · ".join(f"{i}\u00a0{text}" for i, text in enumerate(texts, start=1))
        page.write_above(f"Policy dates: {key}", NOTE_SIZE, "quiet")
        texts = [str(i) for i in range(1, len(texts) + 1)]
    rows = rows_of(starts, _widths(texts))
    axes = page.panel(left, right, above=0.08 + (max(rows, default=-1) + 1) * line_height(NOTE_SIZE))
    time_axis(axes)
    for place, text, row in zip(places, texts, rows, strict=True):
        _hoist(axes, place, text, row, inch)
    return axes


def time_axis(axes: Axes) -> None:
    """Give a panel the months of the model, each year named in its middle."""
    years = range(N_MONTHS // 12)
    axes.set_xlim(0, N_MONTHS)
    axes.set_xticks(range(0, N_MONTHS + 1, 12), labels=[])
    axes.set_xticks([12 * year + 6 for year in years], labels=[str(FIRST_YEAR + year) for year in years], minor=True)
    axes.tick_params(axis="x", which="minor", length=0, labelcolor=colour("quiet"))


def _widths(texts: Sequence[str]) -> list[float]:
    """Return how far flags' words reach from their poles (inches)."""
    return [text_width(text, NOTE_SIZE) + 2 * PAD for text in texts]


def _fits(page: Page, starts: Sequence[float], texts: Sequence[str]) -> bool:
    """Return whether flags can carry their own words: few rows, and none beyond the sheet."""
    widths = _widths(texts)
    inside = all(start + width <= page.width - MARGIN for start, width in zip(starts, widths, strict=True))
    return inside and max(rows_of(starts, widths), default=0) < MOST_ROWS


def _hoist(axes: Axes, place: float, text: str, row: int, inch: float) -> None:
    """Draw one flag: a pole through the panel and words beside its top."""
    panel_height = axes.get_window_extent().height / axes.figure.dpi
    top = 1 + (0.03 + (row + 1) * line_height(NOTE_SIZE)) / panel_height
    across = axes.get_xaxis_transform()
    axes.plot(
        [place, place], [0, top], transform=across, color=colour("pole"), linewidth=0.8, clip_on=False, zorder=0.9
    )
    axes.text(
        place + PAD / inch, top, text, transform=across, size=NOTE_SIZE, color=colour("quiet"), va="top", clip_on=False
    )
