"""Chart of how many CCGs have which main source, at each snapshot."""

import numpy as np
import pandas as pd

from outputs.charts.chart import Chart, Material
from outputs.charts.house import LABEL_SIZE, NOTE_SIZE, SOURCE_NOTE, SOURCES, colour, fill_of, ink_of, ink_on
from outputs.charts.labels import EndLabel, label_ends
from outputs.charts.map_source import NEEDS
from outputs.charts.page import Page, Words
from outputs.charts.study import Study
from outputs.charts.words import counter_move, month_name, number

GAP = 1.2
LEAST_SHOWN = 8.0


def measure(given: Material) -> pd.DataFrame:
    """Return the mean number of CCGs over runs by main source: a row a snapshot, a column a source."""
    led = given.leaders
    counts = np.stack([(led.place == source).sum(axis=2).mean(axis=1) for source in range(len(SOURCES))], axis=1)
    table = pd.DataFrame(counts, columns=list(SOURCES))
    order = table.sum().sort_values(ascending=False, kind="stable").index
    return table[order].assign(month=led.months)[["month", *order]]


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return for how many CCGs the home unit is the main source, first and last."""
    counts = table.set_index("month")[list(SOURCES)].round()
    first, last = counts.iloc[0], counts.iloc[-1]
    start, end = (month_name(month) for month in counts.index[[0, -1]])
    against = counter_move(first, last, "home_css", number)
    finding = f"the home NHS unit is the main source for {number(first['home_css'])} CCGs in {start} and for "
    finding += f"{number(last['home_css'])} in {end}{against}"
    shown = "; ".join(f"{SOURCES[s].words} {number(first[s])}, {number(last[s])}" for s in SOURCES)
    return Words(
        title=study.told(finding),
        subtitle=f"Number of CCGs by main source of support by spend, England, {start} to {end}; "
        f"{study.over_runs('mean')}",
        alt=f"Stacked columns of CCGs, {start} and {end}: {shown}. Table: main_sources.csv.",
        note=f"{SOURCE_NOTE} Until March 2013 intentions. Counts are rounded.",
    )


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw a column a snapshot."""
    axes = page.panel(left=0.45, right=1.75, above=0.12, below=0.42)
    x = np.arange(len(table), dtype=float)
    floor = np.zeros(len(table))
    middles: dict[str, float] = {}
    for source in table.columns[1:]:
        heights = table[source].to_numpy(dtype=float)
        axes.bar(x, heights, 0.74, floor, color=fill_of(source), edgecolor=colour("paper"), linewidth=GAP)
        for place, height, low in zip(x, heights, floor, strict=True):
            if height >= LEAST_SHOWN:
                axes.text(
                    place,
                    low + height / 2,
                    number(round(height)),
                    size=NOTE_SIZE,
                    color=ink_on(fill_of(source)),
                    ha="center",
                    va="center",
                )
        middles[source] = float(floor[-1] + heights[-1] / 2)
        floor = floor + heights
    axes.set(xlim=(-0.5, len(table) - 0.5), ylim=(0, floor.max() or 1))
    axes.grid(False)
    axes.set_xticks(x, labels=[f"{month:%b}\n{month:%Y}" for month in table["month"]])
    last = table.iloc[-1]
    words = {source: f"{SOURCES[source].words} {number(round(last[source]))}" for source in middles}
    label_ends(axes, len(table) - 0.63, [EndLabel(words[s], y, ink_of(s), "bold") for s, y in middles.items()])
    axes.tick_params(axis="x", length=0, labelsize=LABEL_SIZE)


MAIN_SOURCES = Chart(
    "main_sources",
    "How many CCGs have which main source of support, at each snapshot.",
    measure,
    describe,
    draw,
    needs=NEEDS,
)
