"""Chart of a rule found by scenario discovery: the points that meet it and those that do not, and its box."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from outputs.charts.chart import Chart, Material
from outputs.charts.experiments import last_values, outcome_shown, reading, setting_words, unit_words
from outputs.charts.house import LABEL_SIZE, NOTE_SIZE, colour
from outputs.charts.page import MARGIN, Page, Words, text_width
from outputs.charts.study import Study
from outputs.charts.words import alt_text, listed, percent, sentence
from simulation.faults import InputError

LACKING = "needs discovery.csv, which is not in this folder: 'csmarket discover DIR' writes it from a finished sweep"


def measure(given: Material) -> pd.DataFrame:
    """Return the box of the first rule, a row a parameter, and the points over its two tightest parameters."""
    found = given.results.discovery
    if found is None:
        raise InputError([LACKING])
    rule = found[found["rule"] == found["rule"].iloc[0]].copy()
    outcome = outcome_shown(given)
    values = last_values(given.results, [outcome])
    spans = {
        name: (float(values[name].min()), float(values[name].max())) for name in rule["parameter"] if name in values
    }
    rule = rule[rule["parameter"].isin(spans)]
    if rule.empty:
        raise InputError(["discovery.csv names no parameter that varies in this folder: have it written again"])
    rule["span_low"] = [spans[name][0] for name in rule["parameter"]]
    rule["span_high"] = [spans[name][1] for name in rule["parameter"]]
    rule["low"] = rule["low"].fillna(rule["span_low"])
    rule["high"] = rule["high"].fillna(rule["span_high"])
    width = (rule["high"] - rule["low"]) / (rule["span_high"] - rule["span_low"]).replace(0, 1)
    rule = rule.assign(width=width).sort_values("width", kind="stable", ignore_index=True)
    across = rule["parameter"].iloc[0]
    up = (
        rule["parameter"].iloc[1]
        if len(rule) > 1
        else next(
            name for name in [*given.results.parameters, across] if name != across or len(given.results.parameters) == 1
        )
    )
    points = (
        values.groupby("point")[[across, up, outcome]].mean()
        if across != up
        else values.groupby("point")[[across, outcome]].mean()
    )
    points = pd.DataFrame(
        {
            "point": points.index,
            "x": points[across].to_numpy(),
            "y": points[up].to_numpy(),
            "value": points[outcome].to_numpy(),
        }
    )
    inside = pd.Series(True, index=values.index)
    for row in rule.itertuples():
        inside &= values[row.parameter].between(row.low, row.high)
    in_box = values.assign(inside=inside).groupby("point")["inside"].all()
    points["in_box"] = points["point"].map(in_box)
    table = pd.concat([rule.assign(panel="box"), points.assign(panel="points")], ignore_index=True)
    return table.assign(across=across, up=up, outcome=outcome)


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return the rule in words, with its density and coverage."""
    rule, points = table[table["panel"] == "box"], table[table["panel"] == "points"]
    terms = [_term(row) for row in rule.itertuples()]
    coverage, density = rule["coverage"].iloc[0], rule["density"].iloc[0]
    name = str(rule["rule"].iloc[0]).replace("_", " ")
    finding = (
        f"where {listed(terms)}, {percent(density)} of points meet the rule's case; the box holds "
        f"{percent(coverage)} of all such"
    )
    inside = points["in_box"].astype(bool)
    read = reading(table["outcome"].iloc[0])
    means = (
        f"Mean {read.words}: {read.show(points.loc[inside, 'value'].mean())} in the box, "
        f"{read.show(points.loc[~inside, 'value'].mean())} outside."
    )
    return Words(
        title=sentence(finding),
        subtitle=f"Rule {name}: points of the sweep by {table['across'].iloc[0]} and {table['up'].iloc[0]}, and "
        f"the box that the rule draws",
        alt=alt_text([f"Scatter of {len(points)} points with a box.", f"{sentence(finding)}.", means], "discovery"),
        note=f"Density: of the points in the box, how many are cases. Coverage: of all cases, how many are in the "
        f"box. {means} Filled: in "
        "the box in all its parameters; hollow: outside in at least one.",
    )


def _term(row: Any) -> str:
    """Return one limit of the box in words."""
    name, low, high = row.parameter, row.low, row.high
    at_low, at_high = np.isclose(low, row.span_low), np.isclose(high, row.span_high)
    span = row.span_high - row.span_low
    least, most = setting_words(low, span), setting_words(high, span)
    if at_low and at_high:
        return f"{name} is any"
    if at_low:
        return f"{name} is at most {most}"
    return f"{name} is at least {least}" if at_high else f"{name} is {least} to {most}"


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw the points and the box; beside them the limits of all parameters where there are more than two."""
    rule, points = table[table["panel"] == "box"], table[table["panel"] == "points"]
    more = len(rule) > 2
    right = 0.44 * page.width if more else 0.25
    axes = page.panel(0.85, right, above=0.28, below=0.5)
    inside = points["in_box"].astype(bool)
    axes.plot(
        points.loc[~inside, "x"],
        points.loc[~inside, "y"],
        "o",
        color=colour("baseline"),
        markersize=4,
        fillstyle="none",
        markeredgewidth=0.8,
    )
    axes.plot(
        points.loc[inside, "x"], points.loc[inside, "y"], "s", color=colour("model"), markersize=4.5, markeredgewidth=0
    )
    limits = rule.set_index("parameter")
    across, up = table["across"].iloc[0], table["up"].iloc[0]
    x = limits.loc[across]
    bottom, top = (limits.loc[up, "low"], limits.loc[up, "high"]) if up in limits.index else axes.get_ylim()
    axes.add_patch(
        Rectangle(
            (x["low"], bottom),
            x["high"] - x["low"],
            top - bottom,
            fill=False,
            edgecolor=colour("accent"),
            linewidth=2.0,
        )
    )
    axes.grid(True, axis="both")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: setting_words(value))
    axes.set_xlabel(f"{across} ({unit_words(across)}) →", loc="right", size=LABEL_SIZE)
    axes.text(
        -0.12, 1.03, f"↑ {up} ({unit_words(up)})", transform=axes.transAxes, size=LABEL_SIZE, color=colour("quiet")
    )
    if more:
        _draw_limits(page, rule, right)


def _draw_limits(page: Page, rule: pd.DataFrame, room: float) -> None:
    """Draw how much of each parameter's range the box takes."""
    names = max(text_width(name, NOTE_SIZE) for name in rule["parameter"])
    axes = page.panel(page.width - room + 0.2 + names, MARGIN + 0.1, above=0.28, below=0.5)
    _draw_ranges(axes, rule)


def _draw_ranges(axes: Axes, rule: pd.DataFrame) -> None:
    span = (rule["span_high"] - rule["span_low"]).replace(0, 1)
    start = ((rule["low"] - rule["span_low"]) / span).to_numpy()
    width = ((rule["high"] - rule["low"]) / span).to_numpy()
    y = np.arange(len(rule))
    axes.barh(y, np.ones(len(rule)), 0.34, color=colour("nothing"), linewidth=0)
    axes.barh(y, width, 0.34, left=start, color=colour("accent"), linewidth=0)
    for place, row in zip(y, rule.itertuples(), strict=True):
        axes.text(0.5, place - 0.22, _limits(row), size=NOTE_SIZE, ha="center", va="bottom")
    axes.set(xlim=(0, 1), ylim=(len(rule) - 0.4, -0.7))
    axes.set_yticks(y, labels=rule["parameter"])
    axes.tick_params(axis="y", labelsize=NOTE_SIZE, labelcolor=colour("ink"))
    axes.set_xticks([])
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    axes.set_title("the box, of each range", loc="left", size=LABEL_SIZE, color=colour("quiet"))


def _limits(row: Any) -> str:
    """Return one parameter's limits."""
    span = row.span_high - row.span_low
    return f"{setting_words(row.low, span)} to {setting_words(row.high, span)}"


DISCOVERY_CHART = Chart(
    "discovery",
    "A rule found by scenario discovery: its box, its density and its coverage.",
    measure,
    describe,
    draw,
    kinds=("sweep",),
)
