"""Chart of where a scenario sits in its sweep: the spread of outcomes over points, and the scenario's own place."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from outputs.charts.chart import Chart, Material
from outputs.charts.experiments import is_scale
from outputs.charts.house import LABEL_SIZE, NOTE_SIZE, colour
from outputs.charts.page import MARGIN, Page, Words, text_width
from outputs.charts.readings import MAIN_OUTCOMES, reading
from outputs.charts.study import Study
from outputs.charts.words import alt_text, percent, plural, sentence
from outputs.experiment import Experiment


def measure(given: Material) -> pd.DataFrame:
    """Return the mean of each outcome at each point, and which point lies nearest the default values."""
    results = given.results
    chosen = given.choice.outcome
    outcomes = [name for name in MAIN_OUTCOMES if name in results.columns] or list(results.columns[:6])
    if chosen is not None and chosen in results.columns:
        outcomes = [chosen, *(name for name in outcomes if name != chosen)]
    means = results.last(outcomes).groupby("point")[outcomes].mean()
    own = _nearest(results.places[results.places["point"].isin(means.index)], results)
    table = means.rename_axis("point").reset_index().melt("point", var_name="outcome", value_name="value")
    return table.assign(
        is_scenario=table["point"] == own[0], scenario=results.scenarios[0], share_away=own[1], month=results.last_month
    )


def _nearest(places: pd.DataFrame, results: Experiment) -> tuple[int, float]:
    """Return the point nearest the first scenario's own values, and how far it is (mean share of the ranges)."""
    places = places[places["scenario"] == results.scenarios[0]]
    far = np.zeros(len(places))
    for name in results.factors:
        own: Any = results.own_value(name)
        if own is not None:
            far += _apart(places[name], own)
    best = int(np.argmin(far.round(9)))
    return int(places["point"].iloc[best]), float(far[best] / max(1, len(results.factors)))


def _apart(values: pd.Series, own: Any) -> NDArray[np.float64]:
    """Return how far values are from a scenario's own, as a share of their range; none where its own stands."""
    if is_scale(values):
        span = values.max() - values.min()
        return np.nan_to_num(((values - own).abs() / span).to_numpy(dtype=float)) if span else np.zeros(len(values))
    return (values.notna() & (values != own)).to_numpy(dtype=float)


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return how the scenario's first outcome ranks among the points, and where it is extreme."""
    first = table["outcome"].iloc[0]
    read = reading(first)
    rows = table[table["outcome"] == first]
    own = float(rows.loc[rows["is_scenario"], "value"].iloc[0])
    below = float((rows["value"] < own - 1e-12).mean())
    scenario = table["scenario"].iloc[0].replace("_", " ")
    finding = (
        f"{scenario} has {read.show(own)} {read.words}"
        if first in ("css_operating",)
        else f"{scenario}: {read.words} {read.show(own)}"
    )
    finding += f", more than {percent(below)} of the {plural(len(rows), 'point')} of its sweep"
    low, high = read.show(rows["value"].min()), read.show(rows["value"].max())
    away = float(table["share_away"].iloc[0])
    near = (
        "which has just the scenario's own values"
        if away < 1e-9
        else f"whose values lie {percent(away)} of their ranges from the scenario's own on average"
    )
    return Words(
        title=sentence(finding),
        subtitle=f"Where the point nearest the own values of {scenario} sits among all points, means of "
        f"{plural(study.runs, 'run')}, "
        f"England, {table['month'].iloc[0]:%B %Y}",
        alt=alt_text(
            [
                f"Strips of dots for {table['outcome'].nunique()} outcomes.",
                f"{sentence(finding)}.",
                f"All points: {low} to {high}.",
            ],
            "sweep_place",
        ),
        note=f"A line for each point of the sweep; the diamond is the point {near}.",
    )


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw a strip an outcome, each on a scale of its own from least to most."""
    outcomes = table["outcome"].drop_duplicates().tolist()
    left = 0.25 + max(text_width(sentence(reading(name).words), LABEL_SIZE) for name in outcomes)
    axes = page.panel(left, MARGIN + 0.3, above=0.15, below=0.1)
    axes.set(xlim=(-0.14, 1.14), ylim=(len(outcomes) - 0.4, -0.6))
    for lane, outcome in enumerate(outcomes):
        _draw_strip(axes, lane, table[table["outcome"] == outcome], outcome)
    axes.set_yticks(range(len(outcomes)), labels=[sentence(reading(name).words) for name in outcomes])
    axes.tick_params(axis="y", labelcolor=colour("ink"))
    axes.set_xticks([])
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)


def _draw_strip(axes: Axes, lane: int, rows: pd.DataFrame, outcome: str) -> None:
    read, values = reading(outcome), rows["value"].to_numpy(dtype=float)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    place = (values - low) / ((high - low) or 1.0)
    axes.plot([0, 1], [lane, lane], color=colour("grid"), linewidth=0.8, zorder=1)
    axes.vlines(
        place,
        lane - 0.22,
        lane + 0.22,
        color=colour("model"),
        linewidth=0.9,
        alpha=max(0.12, min(0.8, 30 / len(values))),
    )
    own = float(place[rows["is_scenario"].to_numpy()][0])
    axes.plot(own, lane, "D", color=colour("accent"), markersize=8, markeredgecolor=colour("paper"), zorder=3)
    axes.text(-0.015, lane, read.show(low), size=NOTE_SIZE, color=colour("quiet"), ha="right", va="center")
    axes.text(1.015, lane, read.show(high), size=NOTE_SIZE, color=colour("quiet"), ha="left", va="center")
    side = "left" if own < 0.15 else "right" if own > 0.85 else "center"
    axes.text(
        own,
        lane - 0.26,
        read.show(values[rows["is_scenario"].to_numpy()][0]),
        size=LABEL_SIZE,
        color=colour("accent"),
        weight="bold",
        ha=side,
        va="bottom",
    )


SWEEP_PLACE = Chart(
    "sweep_place",
    "Where a scenario sits in its sweep: the spread of each outcome over points, and the scenario's own place.",
    measure,
    describe,
    draw,
    kinds=("sweep",),
    size=(7.2, 4.9),
    wide=9.4,
)
