"""Chart of an outcome over two parameters of a sweep, with the scenario's own place marked."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_hex
from matplotlib.patches import Rectangle

from outputs.charts.chart import Chart, Material
from outputs.charts.experiments import outcome_shown, setting_words, unit_words
from outputs.charts.house import LABEL_SIZE, colour, ink_on, style
from outputs.charts.page import Page, Words, text_width
from outputs.charts.readings import reading
from outputs.charts.study import Study
from outputs.charts.words import alt_text, sentence
from simulation.faults import InputError

BINS = 6
"""Cells a side where a parameter takes more values than can be shown each on its own."""
MOST_VALUES = 9


def measure(given: Material) -> pd.DataFrame:
    """Return the median of the outcome over points and seeds for each cell of two parameters."""
    results = given.results
    across, up = _axes_of(given)
    outcome = outcome_shown(given)
    rows = _rows(given, outcome)
    x, y = _cells(rows[across]), _cells(rows[up])
    grouped = rows.assign(x=x["cell"], y=y["cell"]).groupby(["x", "y"])[outcome]
    table = grouped.median().rename("value").reset_index().assign(runs=grouped.size().to_numpy())
    for name, cells in (("x", x), ("y", y)):
        named = cells.drop_duplicates("cell").set_index("cell")["words"]
        table[f"{name}_words"] = table[name].map(named)
    own = [_own_cell(results.own_value(name), rows[name]) for name in (across, up)]
    return table.assign(
        outcome=outcome,
        across=across,
        up=up,
        month=rows["month"].iloc[0],
        scenario=results.scenarios[0],
        scenario_x=own[0],
        scenario_y=own[1],
    )


def _rows(given: Material, outcome: str) -> pd.DataFrame:
    """Return the outcome of every run of the first scenario in the last month, with what varies."""
    rows = given.results.last([outcome])
    return rows[rows["scenario"] == given.results.scenarios[0]]


def _axes_of(given: Material) -> tuple[str, str]:
    """Return the two parameters: chosen, or those whose values tell most about the outcome.

    Raises:
        InputError: Fewer than two vary, or never two at once.
    """
    if given.results.method == "one_at_a_time":
        raise InputError(["needs points that vary two parameters at once, and these vary one at a time"])
    names = given.results.factors
    if len(names) < 2:
        raise InputError(["needs two parameters that vary, and this folder has " + (names[0] if names else "none")])
    chosen = [value for value in (given.choice.across, given.choice.up) if value]
    rest = [name for name in _by_weight(given) if name not in chosen]
    across = given.choice.across or rest.pop(0)
    return across, given.choice.up or rest.pop(0)


def _by_weight(given: Material) -> list[str]:
    """Return the parameters by how much of the outcome's variance the means of their cells make up, the most first."""
    outcome = outcome_shown(given)
    rows = _rows(given, outcome)
    weights = {
        name: rows.groupby(_cells(rows[name])["cell"].to_numpy())[outcome].transform("mean").var(ddof=0)
        for name in given.results.factors
    }
    return sorted(weights, key=lambda name: (-round(float(weights[name]), 12), name))


def _cells(values: pd.Series) -> pd.DataFrame:
    """Return the cell of each value, and the cell's words: values themselves if few, else bands of equal width."""
    known = _known(values)
    if len(known) <= MOST_VALUES:
        places = {value: i for i, value in enumerate(known)}
        return pd.DataFrame(
            {"cell": values.map(places).to_numpy(), "words": [setting_words(value) for value in values]}
        )
    low, high = values.min(), values.max()
    width = (high - low) / BINS
    cell = np.clip(((values - low) // width).to_numpy().astype(int), 0, BINS - 1)
    span = 0.0 if isinstance(low, pd.Timestamp) else float(high - low)
    return pd.DataFrame({"cell": cell, "words": [setting_words(low + (place + 0.5) * width, span) for place in cell]})


def _known(values: pd.Series) -> list[Any]:
    """Return the values in order."""
    return sorted(values.dropna().unique().tolist())


def _own_cell(own: Any, values: pd.Series) -> float:
    """Return the cell in which a value lies; not a number where it lies in none."""
    known = _known(values)
    if len(known) <= MOST_VALUES:
        return float(known.index(own)) if own in known else np.nan
    low, high = values.min(), values.max()
    if own is None or not low <= own <= high:
        return np.nan
    return float(min(BINS - 1, int((own - low) // ((high - low) / BINS))))


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return where the outcome is least and most."""
    outcome = table["outcome"].iloc[0]
    read, across, up = reading(outcome), table["across"].iloc[0], table["up"].iloc[0]
    low, high = table.loc[table["value"].idxmin()], table.loc[table["value"].idxmax()]
    if read.show(low["value"]) == read.show(high["value"]):
        finding = (
            f"{read.words} {'is' if read.words.endswith('cost') else 'stays at'} {read.show(low['value'])} "
            f"whatever {across} and {up} are"
        )
    else:
        finding = f"{read.words}: from {read.show(low['value'])} ({across} {low['x_words']}, {up} {low['y_words']}) to "
        finding += f"{read.show(high['value'])} ({across} {high['x_words']}, {up} {high['y_words']})"
    return Words(
        title=sentence(finding),
        subtitle=f"{sentence(read.words)}, median of the runs of each cell, by {across}{unit_words(across)} and "
        f"{up}{unit_words(up)}, England, {table['month'].iloc[0]:%B %Y}",
        alt=alt_text([f"Heat map of {len(table)} cells.", f"{sentence(finding)}."], "heat_map"),
        note=f"Cells pool all else that varies; {int(table['runs'].min())} to {int(table['runs'].max())} runs "
        f"each. The frame marks "
        "the scenario's own values, where they are among the cells; a blank cell has no point.",
    )


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw a square a cell with its value, and a frame around the scenario's own."""
    y_words = table.drop_duplicates("y").set_index("y")["y_words"].sort_index()
    x_words = table.drop_duplicates("x").set_index("x")["x_words"].sort_index()
    left = 0.35 + max(text_width(words, LABEL_SIZE) for words in y_words)
    axes = page.panel(left, right=0.2, above=0.28, below=0.5)
    shades = LinearSegmentedColormap.from_list("ladder", list(style().ladder))
    low, high = table["value"].min(), table["value"].max()
    scale = Normalize(low, high if high > low else low + 1)
    read = reading(table["outcome"].iloc[0])
    for row in table.itertuples():
        fill = to_hex(shades(scale(row.value)))
        axes.add_patch(
            Rectangle((row.x - 0.5, row.y - 0.5), 1, 1, facecolor=fill, edgecolor=colour("paper"), linewidth=1.5)
        )
        axes.text(row.x, row.y, read.show(row.value), size=LABEL_SIZE, color=ink_on(fill), ha="center", va="center")
    _mark_own(axes, table)
    axes.set(xlim=(-0.5, x_words.index.max() + 0.5), ylim=(-0.5, y_words.index.max() + 0.5))
    axes.set_xticks(x_words.index, labels=x_words)
    axes.set_yticks(y_words.index, labels=y_words)
    axes.tick_params(length=0)
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    axes.set_xlabel(f"{table['across'].iloc[0]} →", loc="right", size=LABEL_SIZE)
    axes.annotate(
        f"↑ {table['up'].iloc[0]}",
        (0, 1),
        (11 - 72 * left, 4),
        xycoords="axes fraction",
        textcoords="offset points",
        size=LABEL_SIZE,
        color=colour("quiet"),
        annotation_clip=False,
    )


def _mark_own(axes: Axes, table: pd.DataFrame) -> None:
    x, y = table["scenario_x"].iloc[0], table["scenario_y"].iloc[0]
    if pd.isna(x) or pd.isna(y):
        return
    axes.add_patch(
        Rectangle((x - 0.47, y - 0.47), 0.94, 0.94, fill=False, edgecolor=colour("accent"), linewidth=2.5, zorder=4)
    )


HEAT_MAP = Chart(
    "heat_map",
    "An outcome over two parameters of a sweep, with the default values marked.",
    measure,
    describe,
    draw,
    kinds=("sweep",),
)
