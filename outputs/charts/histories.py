"""Chart of ten possible histories: the number of NHS units in ten runs drawn by luck."""

import numpy as np
import pandas as pd

from outputs.charts import bands
from outputs.charts.axes import align_left
from outputs.charts.chart import Chart, Material
from outputs.charts.house import LABEL_SIZE, colour
from outputs.charts.page import Page, Words
from outputs.charts.study import Study
from outputs.charts.units import KNOWN, KNOWN_WORDS
from outputs.charts.words import number, span
from simulation.calendar import FIRST_YEAR, N_MONTHS

MOST = 10
LUCK = 20120101
"""The seed of the draw, the same for everyone, so that nobody picks the histories."""


def measure(given: Material) -> pd.DataFrame:
    """Return the number of units by month in at most ten runs, drawn without looking at them."""
    values = bands.runs_by_month(given.results.outcomes, "css_operating")
    drawn = np.random.default_rng(LUCK).permutation(len(values.columns))[:MOST]
    runs = values.columns[np.sort(drawn)]
    table = values[runs].rename_axis("month").reset_index().melt("month", var_name="run", value_name="units")
    known = pd.DataFrame(KNOWN, columns=["month", "known", "known_source"])
    known["month"] = pd.to_datetime(known["month"])
    return table.merge(known, on="month", how="left").sort_values(["run", "month"], ignore_index=True)


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return how far apart the ends are."""
    ends = _ends(table)
    low, high = number(ends.min()), number(ends.max())
    if len(ends) == 1:
        finding = f"In one run, {low} NHS units are left in December 2016"
    elif low == high:
        finding = f"In each of {len(ends)} runs drawn by luck {low} NHS units are left in December 2016"
    else:
        finding = (
            f"The same rules leave {span(low, high)} NHS units in December 2016, over {len(ends)} runs drawn by luck"
        )
    return Words(
        title=finding,
        subtitle="NHS commissioning support services (CSS), number operating, England, 2012 to 2016; a panel for "
        "each of "
        f"{len(ends)} runs"
        if len(ends) > 1
        else "NHS commissioning support services (CSS), number operating, England, 2012 to 2016; one run",
        alt=f"Small multiples of steps. {finding}. Ends in order: {', '.join(number(end) for end in sorted(ends))}. "
        "Table: histories.csv.",
        note=f"Drawn without looking at them, by a fixed seed, from {study.runs} runs; each is as likely as the "
        f"others. "
        f"Points are the number {KNOWN_WORDS}.",
    )


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw a panel a run, with its end value."""
    runs = table["run"].drop_duplicates().tolist()
    columns = min(len(runs), 5 if page.width > 6.5 else 4)
    top = 1.1 * float(table[["units", "known"]].max().max() or 1)
    for i, (axes, run) in enumerate(zip(page.panels(len(runs), columns, 0.4, 0.14, (0.26, 0.26)), runs, strict=True)):
        rows = table[table["run"] == run]
        axes.set(xlim=(0, N_MONTHS + 1), ylim=(0, top))
        axes.set_xticks([0, 24, 48], labels=[f"{FIRST_YEAR + year}" for year in (0, 2, 4)])
        align_left(axes)
        axes.step(*bands.stepped(rows["month"], rows["units"]), where="post", color=colour("model"), linewidth=1.8)
        known = rows.dropna(subset="known")
        axes.plot(
            bands.position(known["month"]) + bands.HALF_MONTH, known["known"], "D", color=colour("record"), markersize=3
        )
        axes.tick_params(labelleft=i % columns == 0)
        axes.set_title(f"run {run}", loc="left", size=LABEL_SIZE, color=colour("quiet"), pad=3)
        axes.set_title(
            f"{number(rows['units'].iloc[-1])} left",
            loc="right",
            size=LABEL_SIZE,
            weight="bold",
            color=colour("model"),
            pad=3,
        )


def _ends(table: pd.DataFrame) -> pd.Series:
    return table[table["month"] == table["month"].max()].set_index("run")["units"]


HISTORIES = Chart(
    "histories",
    "Ten possible histories of the number of NHS units, drawn by luck and not by hand.",
    measure,
    describe,
    draw,
    needs={"outcomes": ("run", "css_operating")},
)
