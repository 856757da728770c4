"""Chart of how many NHS units operate, month by month."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from outputs.charts import bands
from outputs.charts.chart import Chart, Material
from outputs.charts.flags import flagged_panel, policy_marks
from outputs.charts.house import LABEL_SIZE, colour
from outputs.charts.labels import EndLabel, label_ends
from outputs.charts.page import Page, Words
from outputs.charts.study import Study
from outputs.charts.words import going, number, span

SHADES = {0.9: 0.2, 0.5: 0.35}
"""How dark each band is."""
KNOWN = (("2012-01", 41, "K-04"), ("2012-02", 35, "K-05"), ("2012-03", 25, "K-07"), ("2012-05", 23, "K-07"))
"""Month, number of units and evidence key: what was known by mid-2012."""
KNOWN_WORDS = "known by mid-2012"


def measure(given: Material) -> pd.DataFrame:
    """Return the median and bands by month, with what was known and the policy dates beside them."""
    table = bands.spread(bands.runs_by_month(given.results.outcomes, "css_operating"), SHADES)
    known = pd.DataFrame(KNOWN, columns=["month", "known", "known_source"])
    known.index = pd.DatetimeIndex(known.pop("month"))
    policy = policy_marks(given.results.manifest["milestones"]).rename("policy")
    return table.join(known).join(policy).rename_axis("month").reset_index()


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return what happens to the number of units."""
    banded = bool(bands.levels_in(table, SHADES))
    headline = study.told(_path(table["median"]) + _ending(table, study.runs), alike=not banded)
    lowest, highest = number(table["median"].min()), number(table["median"].max())
    keys = ", ".join(dict.fromkeys(table["known_source"].dropna()))
    return Words(
        title=headline,
        subtitle="NHS commissioning support services (CSS), number operating, England, 2012 to 2016; "
        + study.over_runs("median"),
        alt=f"Step chart. {headline}. Lowest {lowest}, highest {highest}. {_known_words(table)}. Table: units.csv.",
        note=f"{study.spread_note(banded)} Points are the number {KNOWN_WORDS} (evidence {keys}).",
    )


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw bands, median, known points and policy dates."""
    axes = flagged_panel(page, table.set_index("month")["policy"].dropna(), left=0.45, right=1.75)
    axes.set_ylim(0, 1.08 * table[["known", *_columns(table)]].max().max())
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    bands.draw_steps(axes, table, colour("model"), SHADES)
    _draw_known(axes, table)
    label_ends(axes, bands.position(table["month"])[-1] + bands.HALF_MONTH, _end_labels(table, study))


def _path(median: pd.Series) -> str:
    """Return how the median goes from the first month to the last."""
    first, last = median.iloc[0], median.iloc[-1]
    if median.nunique() == 1:
        return f"NHS units stay at {number(first)} from 2012 to 2016"
    if first == last:
        return f"NHS units start and end at {number(first)}"
    return f"NHS units {going(first, last)} from {number(first)} to {number(last)} by December 2016"


def _ending(table: pd.DataFrame, n_runs: int) -> str:
    """Return where most runs end, to follow the headline."""
    levels = bands.levels_in(table, SHADES)
    return f"; {bands.band_words(levels[0], n_runs)} end with {_range(table, levels[0])}" if levels else ""


def _range(table: pd.DataFrame, level: float) -> str:
    """Return a band's ends in the last month."""
    low, high = bands.ends(level)
    return span(number(table[low].iloc[-1]), number(table[high].iloc[-1]))


def _known_words(table: pd.DataFrame) -> str:
    """Return what was known, from its first to its last point."""
    known = table.dropna(subset="known")
    return f"Known by mid-2012: {known['known'].iloc[0]:.0f}, then {known['known'].iloc[-1]:.0f}"


def _columns(table: pd.DataFrame) -> list[str]:
    """Return the names of the columns that hold the model's numbers."""
    return ["median", *(end for level in bands.levels_in(table, SHADES) for end in bands.ends(level))]


def _end_labels(table: pd.DataFrame, study: Study) -> list[EndLabel]:
    """Return the labels of the median, of the wide band at its top and of the narrow one at its bottom."""
    levels, last = bands.levels_in(table, SHADES), table.iloc[-1]
    labels = [
        EndLabel(f"{study.middle(bool(levels))}: {number(last['median'])}", last["median"], colour("model"), "bold")
    ]
    for level, end in zip(levels, (1, 0), strict=False):
        height = last[bands.ends(level)[end]]
        labels.append(
            EndLabel(f"{bands.band_words(level, study.runs)}: {_range(table, level)}", height, colour("model"))
        )
    return labels


def _draw_known(axes: Axes, table: pd.DataFrame) -> None:
    """Draw the known points in the middle of their months, named where the model leaves most room."""
    known = table.dropna(subset="known")
    x = bands.position(known["month"]) + bands.HALF_MONTH
    axes.plot(
        x,
        known["known"],
        "D",
        color=colour("record"),
        markersize=5,
        markeredgecolor=colour("paper"),
        markeredgewidth=0.8,
        zorder=4,
    )
    row = _roomiest(table, known)
    axes.annotate(
        KNOWN_WORDS,
        (x[row], known["known"].iloc[row]),
        (7, 0),
        textcoords="offset points",
        va="center",
        color=colour("record"),
        size=LABEL_SIZE,
        bbox={"facecolor": colour("paper"), "edgecolor": "none", "pad": 1},
        zorder=3.5,
    )


def _roomiest(table: pd.DataFrame, known: pd.DataFrame) -> int:
    """Return which known point has most height between it and the model in the 15 months that its name covers."""
    drawn = table.iloc[1:16][_columns(table)].to_numpy()
    heights = known["known"].to_numpy()
    room = [np.abs(drawn - height).min() for height in heights]
    return int(np.argmax(room))


UNITS = Chart(
    "units",
    "How many NHS units operate, month by month, with bands over runs and what was known by mid-2012.",
    measure,
    describe,
    draw,
    needs={"outcomes": ("css_operating",)},
)
