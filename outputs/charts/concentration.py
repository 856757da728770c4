"""Chart of how concentrated each service line is, locally, as small multiples."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from outputs.charts import bands
from outputs.charts.axes import align_left
from outputs.charts.chart import Chart, Material
from outputs.charts.house import LABEL_SIZE, NOTE_SIZE, colour
from outputs.charts.page import Page, Words
from outputs.charts.study import Study
from outputs.charts.words import index, number, plural
from simulation.calendar import FIRST_YEAR, N_MONTHS

SHADES = {0.9: 0.2, 0.5: 0.35}
HIGH, MODERATE = 0.2, 0.1
"""Marks of the index: from the first a market is called highly concentrated, from the second concentrated."""


def measure(given: Material) -> pd.DataFrame:
    """Return the median and bands of each line's local index by month."""
    lines = given.results.lines.assign(line=given.results.lines["line"].astype(str))
    known = given.england.lines
    tables = []
    for line, name in zip(known.line, known.name, strict=True):
        rows = lines[lines["line"] == line]
        values = rows.pivot(index="month", columns="run", values="hhi_local").sort_index().fillna(0.0)
        tables.append(bands.spread(values, SHADES).rename_axis("month").reset_index().assign(line=line, name=name))
    table = pd.concat(tables, ignore_index=True)
    return table[["line", "name", *(column for column in table if column not in ("line", "name"))]]


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return how many lines are highly concentrated at the end, and which is most."""
    last = table[table["month"] == table["month"].max()].set_index("name")["median"]
    first = table[table["month"] == table["month"].min()].set_index("name")["median"]
    high, was = int((last >= HIGH).sum()), int((first >= HIGH).sum())
    kept = (
        f"{number(high)} of {plural(len(last), 'service line')}"
        if high < len(last)
        else f"all {len(last)} service lines"
    )
    verb = "is" if high == 1 else "are"
    finding = (
        f"{kept} {verb} still highly concentrated locally in December 2016"
        if high == was
        else (f"{kept} {verb} highly concentrated locally in December 2016, against {number(was)} in January 2012")
    )
    most, least = last.idxmax(), last.idxmin()
    ends = f"from {_plain(least)}, {index(last[least])}, to {_plain(most)}, {index(last[most])}"
    lower = int((last < first).sum())
    fallen = "all" if lower == len(last) else f"{number(lower)} of {len(last)}"
    return Words(
        title=study.told(f"{finding}; {ends}"),
        subtitle="Concentration of what area teams' CCGs buy (Herfindahl-Hirschman index, 0 to 10,000), England, "
        "January 2012 to "
        f"December 2016; {study.over_runs('median')}",
        alt=f"Small multiples of lines. {finding[0].upper()}{finding[1:]}, {ends}. Lower than in January 2012: "
        f"{fallen}. "
        "Table: concentration.csv.",
        note=f"Above {index(HIGH)} (shaded) a market is called highly concentrated. Until March 2013 intentions. "
        f"{study.spread_note(bool(bands.levels_in(table, SHADES)))}",
    )


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw a panel a line, all on one scale."""
    names = table["name"].drop_duplicates().tolist()
    columns = 4 if page.width > 6.5 else 2
    top = 1.05 * float(table.drop(columns=["line", "name", "month"]).max().max())
    for i, (axes, name) in enumerate(zip(page.panels(len(names), columns, 0.5, 0.42, (0.28, 0.3)), names, strict=True)):
        _draw_line(axes, table[table["name"] == name], max(top, 1.3 * HIGH))
        axes.set_title(_plain(name, first=True), loc="left", size=LABEL_SIZE, weight="bold", pad=4)
        axes.tick_params(labelleft=i % columns == 0)
        if i == 0:
            axes.text(0.5, HIGH + 0.012, "highly concentrated", size=NOTE_SIZE - 0.5, color=colour("accent"))


def _draw_line(axes: Axes, rows: pd.DataFrame, top: float) -> None:
    """Draw one line's index, with its end value."""
    axes.set(xlim=(0, N_MONTHS), ylim=(0, top))
    axes.axhspan(HIGH, top, color=colour("zone"), alpha=0.5, linewidth=0)
    for mark in (MODERATE, HIGH):
        axes.axhline(mark, color=colour("rule"), linewidth=0.7, linestyle=(0, (4, 2)))
    axes.grid(False)
    axes.set_yticks(np.arange(0, top, 0.2), labels=[index(tick) for tick in np.arange(0, top, 0.2)])
    axes.set_xticks([0, 24, 48], labels=[str(FIRST_YEAR + year) for year in (0, 2, 4)])
    align_left(axes)
    bands.draw_fan(axes, rows, colour("model"), SHADES)
    last = rows.iloc[-1]
    axes.annotate(
        index(last["median"]),
        (N_MONTHS - 1, last["median"]),
        (3, 0),
        textcoords="offset points",
        size=LABEL_SIZE,
        color=colour("model"),
        weight="bold",
        va="center",
        annotation_clip=False,
    )


def _plain(name: str, first: bool = False) -> str:
    """Return a line's name in short, without brackets or what follows a comma; in small letters unless first."""
    short = name.split(" (")[0].split(",")[0].replace("Individual and continuing-care cases", "Individual cases")
    short = short.replace("IT and information support", "IT support").replace(
        "Contracting with providers", "Contracting"
    )
    return short if first or short.startswith("IT") else short[0].lower() + short[1:]


CONCENTRATION = Chart(
    "concentration",
    "How concentrated each service line is in local markets, month by month, with the usual marks.",
    measure,
    describe,
    draw,
    needs={"lines": ("run", "month", "line", "hhi_local")},
    size=(7.2, 5.4),
    wide=8.4,
    square=6.4,
)
