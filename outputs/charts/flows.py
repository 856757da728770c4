"""Chart of how CCGs move between main sources from year to year."""

import itertools

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from outputs.charts.chart import Chart, Material
from outputs.charts.house import LABEL_SIZE, NOTE_SIZE, SOURCE_NOTE, SOURCES, colour, fill_of, ink_of
from outputs.charts.labels import EndLabel, apart, label_ends
from outputs.charts.map_source import NEEDS
from outputs.charts.maps import snapshots_of
from outputs.charts.page import MARGIN, Page, Words, text_width
from outputs.charts.study import Study
from outputs.charts.words import month_name, number, percent

APRILS = ("2013-04", "2014-04", "2015-04", "2016-04")
LEAST = 3.0
"""CCGs: smaller flows go to one common flow, which is named in the note and not drawn."""
GAP = 5.0
BAR = 0.055


def measure(given: Material) -> pd.DataFrame:
    """Return the mean number of CCGs over runs that go from one main source to another between snapshots."""
    months = snapshots_of(given.leaders.months, APRILS)
    led = given.leaders.at(months)
    names = list(SOURCES)
    rows = []
    for i, (start, end) in enumerate(itertools.pairwise(months)):
        for one, two in itertools.product(range(len(names)), repeat=2):
            count = ((led[i] == one) & (led[i + 1] == two)).sum(axis=1).mean()
            rows.append((start, end, names[one], names[two], float(count)))
    return pd.DataFrame(rows, columns=["month", "next_month", "source", "next_source", "ccgs"])


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return what share of CCGs ever changes in a year, and the largest move."""
    moved = table[table["source"] != table["next_source"]]
    yearly = moved.groupby("month")["ccgs"].sum()
    total = table.groupby("month")["ccgs"].sum().iloc[0]
    first, last = table["month"].min(), table["next_month"].max()
    finding = f"{percent(yearly.mean() / total)} of CCGs change their main source in a year"
    moves = moved.groupby(["source", "next_source"])["ccgs"].sum()
    largest = ""
    if moves.max() >= 0.5:
        one, two = moves.idxmax()
        largest = (
            f"; the commonest move over all years is from {SOURCES[one].words} to {SOURCES[two].words}, "
            f"{number(round(moves.max()))} CCGs"
        )
    ends = (_sums(table, "source", first), _sums(table, "next_source", last))
    shown = "; ".join(f"{SOURCES[s].words} {number(round(ends[0][s]))}, {number(round(ends[1][s]))}" for s in SOURCES)
    return Words(
        title=study.told(f"{finding}{largest}"),
        subtitle="CCGs by main source of support by spend, and moves between sources from April to April, England, "
        f"{month_name(first)} to {month_name(last)}; {study.over_runs('mean')}",
        alt=f"Flow chart of {percent(yearly.mean() / total)} of CCGs a year that move. CCGs: {shown}. Table: "
        f"flows.csv.",
        note=f"Pale: CCGs that stay. Dark: moves, in the colour of where they come from; moves of fewer than "
        f"{LEAST:.0f} CCGs "
        f"({number(round(moved.loc[moved['ccgs'] < LEAST, 'ccgs'].sum()))} in all) are not drawn. {SOURCE_NOTE}",
    )


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw a bar of sources each April, and the flows between them."""
    months = [*sorted(table["month"].unique()), table["next_month"].max()]
    sums = [_sums(table, "source", month) for month in months[:-1]] + [_sums(table, "next_source", months[-1])]
    floors = [_floors(one) for one in sums]
    top = max(float((floor + one).max()) for floor, one in zip(floors, sums, strict=True))
    left = MARGIN + 0.1 + max(text_width(_start_words(source, sums[0]), NOTE_SIZE) for source in SOURCES)
    axes = page.panel(left=left, right=1.75, above=0.3, below=0.08)
    axes.set(xlim=(-0.02, len(months) - 1 + 0.02), ylim=(0, top))
    axes.set_axis_off()
    for i, month in enumerate(months[:-1]):
        _draw_flows(axes, table[table["month"] == month], i, floors[i], floors[i + 1])
    for i, (month, one, floor) in enumerate(zip(months, sums, floors, strict=True)):
        _draw_bar(axes, i, one, floor)
        axes.text(
            i, 1.02, f"{month:%B %Y}", transform=axes.get_xaxis_transform(), ha="center", size=LABEL_SIZE, weight="bold"
        )
    _label_start(axes, sums[0], floors[0])
    _label_end(axes, len(months) - 1, sums[-1], floors[-1])


def _sums(table: pd.DataFrame, column: str, month: pd.Timestamp) -> pd.Series:
    """Return how many CCGs each source leads at one snapshot, in the house order."""
    when = "month" if column == "source" else "next_month"
    return table[table[when] == month].groupby(column)["ccgs"].sum().reindex(list(SOURCES), fill_value=0.0)


def _floors(sums: pd.Series) -> pd.Series:
    """Return where each source's bar begins, from the bottom up, the house order from the top."""
    order = list(SOURCES)[::-1]
    heights = sums[order]
    return (heights.cumsum() - heights + GAP * np.arange(len(order)))[list(SOURCES)]


def _draw_flows(axes: Axes, rows: pd.DataFrame, place: int, left: pd.Series, right: pd.Series) -> None:
    """Draw the flows of one year; those that leave a bar lie in the order of where they go."""
    out, into = left.copy(), right.copy()
    order = list(SOURCES)[::-1]
    counts = rows.set_index(["source", "next_source"])["ccgs"]
    for one, two in itertools.product(order, order):
        height = counts[(one, two)]
        starts, ends = out[one], into[two]
        out[one] += height
        into[two] += height
        if height < LEAST and one != two:
            continue
        stays = one == two
        patch = _ribbon(place + BAR, place + 1 - BAR, starts, ends, height)
        axes.add_patch(
            PathPatch(
                patch,
                facecolor=fill_of(one),
                alpha=0.22 if stays else 0.8,
                linewidth=0.3 if not stays else 0,
                edgecolor=colour("paper"),
                zorder=1 if stays else 2,
            )
        )


def _ribbon(x0: float, x1: float, y0: float, y1: float, height: float) -> Path:
    """Return a band that bends from one place to another."""
    middle = (x0 + x1) / 2
    points = [
        (x0, y0),
        (middle, y0),
        (middle, y1),
        (x1, y1),
        (x1, y1 + height),
        (middle, y1 + height),
        (middle, y0 + height),
        (x0, y0 + height),
        (x0, y0),
    ]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    return Path(points, codes)


def _draw_bar(axes: Axes, place: int, sums: pd.Series, floors: pd.Series) -> None:
    """Draw one April's sources, with counts inside where there is room."""
    for source, height in sums.items():
        axes.add_patch(
            Rectangle((place - BAR, floors[source]), 2 * BAR, height, color=fill_of(str(source)), linewidth=0, zorder=3)
        )


def _label_start(axes: Axes, sums: pd.Series, floors: pd.Series) -> None:
    shown = [source for source in list(SOURCES)[::-1] if round(sums[source])]
    scale = axes.get_window_extent().height / axes.figure.dpi * 72 / axes.get_ylim()[1]
    wanted = [(floors[s] + sums[s] / 2) * scale for s in shown]
    middles = apart(wanted, [1.32 * NOTE_SIZE] * len(shown), 0, axes.get_ylim()[1] * scale)
    for source, y in zip(shown, middles / scale, strict=True):
        axes.text(
            -BAR - 0.03,
            y,
            _start_words(source, sums),
            size=NOTE_SIZE,
            color=ink_of(source),
            ha="right",
            va="center",
        )


def _start_words(source: str, sums: pd.Series) -> str:
    return f"{SOURCES[source].words} {number(round(sums[source]))}".replace("NHS ", "")


def _label_end(axes: Axes, place: int, sums: pd.Series, floors: pd.Series) -> None:
    labels = [
        EndLabel(f"{SOURCES[s].words} {number(round(sums[s]))}", floors[s] + sums[s] / 2, ink_of(s), "bold")
        for s in SOURCES
        if round(sums[s])
    ]
    label_ends(axes, place + BAR, labels)


FLOWS = Chart(
    "flows",
    "How CCGs move between main sources from April to April.",
    measure,
    describe,
    draw,
    needs=NEEDS,
)
