"""Chart of where an outcome falls in a range: the points that do and do not, and the surest rule's box."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from outputs.charts.chart import Chart, Material
from outputs.charts.experiments import outcome_shown, setting_words, unit_words
from outputs.charts.house import LABEL_SIZE, NOTE_SIZE, colour
from outputs.charts.page import MARGIN, Page, Words, text_width
from outputs.charts.readings import reading
from outputs.charts.study import Study
from outputs.charts.words import alt_text, listed, percent, plural, sentence
from outputs.experiment import Experiment
from scenarios.discovery import Feature, columns_of, rules
from simulation.calendar import first_day
from simulation.faults import InputError

DOT = 4.5
"""Size of a point's mark (points)."""
TOP = 0.75
"""Where no range is given, the quarter of points with the highest outcome is what is looked for."""
NO_RULE = "no rule holds on the points that were held out, so that no part of the space stands out"
NO_SCALE = "needs a parameter that is a number or a date, and this folder's are words and switches"


def measure(given: Material) -> pd.DataFrame:
    """Return the limits of the surest rule, a row a parameter, and the points over its two tightest parameters.

    Where one parameter alone has an order there is nothing up: no ``up`` and no ``y``.
    """
    results, outcome = given.results, outcome_shown(given)
    points = results.at_points([outcome]).merge(results.places[["point", "scenario"]], on="point", suffixes=("_", ""))
    points = points[points["scenario"] == results.scenarios[0]].dropna(subset=[outcome])
    least, most = given.choice.at_least, given.choice.at_most
    if least is None and most is None:
        least = float(f"{points[outcome].quantile(TOP):.4g}")
    rule = _surest(results, outcome, least, most)
    columns, features = columns_of(results, points)
    limits = _limits(rule["box"], features, columns)
    across, up = _drawn(limits, features)
    column = {feature.factor: columns[:, place] for place, feature in enumerate(features)}
    dots = pd.DataFrame(
        {
            "panel": "points",
            "point": points["point"].to_numpy(),
            "x": column[across],
            "y": column[up] if up else np.nan,
            "value": points[outcome].to_numpy(),
            "wanted": points[outcome].between(-np.inf if least is None else least, np.inf if most is None else most),
            "in_box": rule["box"].holds(columns),
        }
    )
    told = {name: rule[name] for name in ("coverage", "density", "base_rate")}
    table = pd.concat([limits.assign(panel="box", **told), dots], ignore_index=True)
    kinds = {feature.factor: feature.kind for feature in features}
    ends = {"at_least": np.nan if least is None else least, "at_most": np.nan if most is None else most}
    return table.assign(
        across=across, up=up, across_kind=kinds[across], up_kind=kinds.get(up, ""), outcome=outcome,
        month=results.last_month, held_out=rule["points"], **ends,
    )  # fmt: skip


def _surest(results: Experiment, outcome: str, at_least: float | None, at_most: float | None) -> dict[str, Any]:
    """Return the surest rule of the first scenario.

    Raises:
        InputError: There are too few points, or no rule holds.
    """
    found = rules(results, outcome, at_least=at_least, at_most=at_most)
    mine = [rule for rule in found if rule["scenario"] == results.scenarios[0] and rule["holds"]]
    if not mine:
        raise InputError([NO_RULE])
    return mine[0]


def _limits(box: Any, features: list[Feature], columns: np.ndarray) -> pd.DataFrame:
    """Return a row a parameter that the rule speaks of, the tightest first, words and switches last."""
    rows = []
    for place in sorted({*box.low, *box.high}):
        feature, values = features[place], columns[:, place]
        span = (float(values.min()), float(values.max()))
        low, high = box.low.get(place, -np.inf), box.high.get(place, np.inf)
        row = {"parameter": feature.factor, "kind": feature.kind, "words": feature.words(low, high)}
        if feature.kind != "word":
            ends = (max(low, span[0]), min(high, span[1]))
            row |= {"low": ends[0], "high": ends[1], "span_low": span[0], "span_high": span[1]}
            row["width"] = (ends[1] - ends[0]) / ((span[1] - span[0]) or 1.0)
        rows.append(row)
    table = pd.DataFrame(rows, columns=["parameter", "kind", "words", "low", "high", "span_low", "span_high", "width"])
    return table.sort_values("width", kind="stable", ignore_index=True)


def _drawn(limits: pd.DataFrame, features: list[Feature]) -> tuple[str, str]:
    """Return the parameters across and up: the two tightest of the rule that have an order, or others that have.

    Up there is none (an empty name) where one alone has an order.

    Raises:
        InputError: None has.
    """
    ruled = limits.loc[limits["kind"] != "word", "parameter"].tolist()
    others = [one.factor for one in features if one.kind != "word" and one.factor not in ruled]
    names = [*ruled, *others]
    if not names:
        raise InputError([NO_SCALE])
    return names[0], names[1] if len(names) > 1 else ""


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return the rule in words, with its density and coverage."""
    rule, points = table[table["panel"] == "box"], table[table["panel"] == "points"]
    read, first = reading(table["outcome"].iloc[0]), table.iloc[0]
    case = f"{read.words} {_range_words(first, read.show)}"
    coverage, density, base = (percent(rule[name].iloc[0]) for name in ("coverage", "density", "base_rate"))
    finding = f"where {listed([_term(row) for row in rule.itertuples()])}, {density} of points have {case}, "
    finding += f"against {base} anywhere"
    wanted, inside = (points[name].astype(bool) for name in ("wanted", "in_box"))
    return Words(
        title=sentence(finding),
        subtitle=f"Points of the sweep by {first.across}{unit_words(first.across)}"
        + (
            f", {first.month:%B %Y}: above and filled, {case}; shaded, the rule"
            if _is_strip(table)
            else f" and {first.up}{unit_words(first.up)}, {first.month:%B %Y}: filled, {case}; the frame is the rule"
        ),
        alt=alt_text(
            [
                f"{'Strips' if _is_strip(table) else 'Scatter'} of {plural(len(points), 'point')}, the rule marked.",
                f"{sentence(finding)}.",
                f"The rule holds {coverage} of all such points.",
            ],
            "discovery",
        ),
        note=f"Density ({density}): of the points in the rule, how many are such. Coverage ({coverage}): of all such "
        f"points, how many are in the rule. Both on points held out from the search, {int(first.held_out)} of them in "
        f"the rule. Drawn: all {len(points)} points, {int(wanted.sum())} of them such, {int((wanted & inside).sum())} "
        "in the rule.",
    )


def _is_strip(table: pd.DataFrame) -> bool:
    """Return whether one parameter alone has an order, so that points lie along it."""
    return bool(pd.isna(table["up"].iloc[0]) or not table["up"].iloc[0])


def _range_words(row: Any, show: Callable[[float], str]) -> str:
    ends = [("at least", row.at_least), ("at most", row.at_most)]
    return " and ".join(f"{word} {show(end)}" for word, end in ends if np.isfinite(end))


def _term(row: Any) -> str:
    """Return one limit of the rule in words."""
    if row.kind == "word":
        return str(row.words)
    least, most = _end_words(row)
    if row.low <= row.span_low:
        return f"{row.parameter} is at most {most}"
    if row.high >= row.span_high:
        return f"{row.parameter} is {'above' if row.kind == 'number' else 'at least'} {least}"
    return f"{row.parameter} is {least} to {most}"


def _end_words(row: Any) -> tuple[str, str]:
    """Return both limits of a parameter in words; of whole numbers and months those that lie within."""
    low, high = (row.low, row.high) if row.kind == "number" else (math.ceil(row.low), math.floor(row.high))
    span = row.span_high - row.span_low
    return _value_words(low, row.kind, span), _value_words(high, row.kind, span)


def _value_words(value: float, kind: str, span: float = 0.0) -> str:
    """Return a value of a column that a tree splits in words."""
    if kind == "month":
        return f"{first_day(int(value)):%b %Y}"
    return setting_words(value, span)


def _tick_words(kind: str, value: float, place: int) -> str:
    return _value_words(value, kind)


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw the points and the rule, over two parameters or along one; beside them all limits where they are many."""
    if _is_strip(table):
        _draw_strips(page.panel(0.85, 0.25, above=0.28, below=0.5), table)
        return
    rule, points = table[table["panel"] == "box"], table[table["panel"] == "points"]
    scaled = rule[rule["kind"] != "word"]
    more = len(scaled) > 2
    right = 0.44 * page.width if more else 0.25
    axes = page.panel(0.85, right, above=0.28, below=0.5)
    _draw_points(axes, points, points["y"])
    _draw_box(axes, scaled.set_index("parameter"), table.iloc[0])
    axes.grid(True, axis="both")
    first = table.iloc[0]
    _scale(axes.xaxis, first.across_kind)
    _scale(axes.yaxis, first.up_kind)
    axes.set_xlabel(f"{first.across}{unit_words(first.across)} →", loc="right", size=LABEL_SIZE)
    axes.text(
        -0.12, 1.03, f"↑ {first.up}{unit_words(first.up)}", transform=axes.transAxes, size=LABEL_SIZE,
        color=colour("quiet"),
    )  # fmt: skip
    if more:
        names = max(text_width(name, NOTE_SIZE) for name in scaled["parameter"])
        _draw_ranges(page.panel(page.width - right + 0.2 + names, MARGIN + 0.1, above=0.28, below=0.5), scaled)


def _draw_points(axes: Axes, points: pd.DataFrame, y: pd.Series) -> None:
    """Draw the points: filled squares where the outcome is in the range, else hollow rounds."""
    wanted = points["wanted"].astype(bool)
    style: dict[str, Any] = {"linestyle": "", "markersize": DOT}
    axes.plot(points.loc[~wanted, "x"], y[~wanted], marker="o", color=colour("baseline"), fillstyle="none",
              markeredgewidth=0.8, **style)  # fmt: skip
    axes.plot(points.loc[wanted, "x"], y[wanted], marker="s", color=colour("model"), markeredgewidth=0, **style)


def _scale(axis: Axis, kind: str) -> None:
    """Set the ticks of a parameter's axis."""
    axis.set_major_locator(MaxNLocator(5, integer=kind != "number"))
    axis.set_major_formatter(partial(_tick_words, kind))


def _draw_strips(axes: Axes, table: pd.DataFrame) -> None:
    """Draw the points along the one parameter, those in the range in a strip above the others, the rule shaded."""
    first, points = table.iloc[0], table[table["panel"] == "points"]
    limits = table[(table["panel"] == "box") & (table["parameter"] == first.across)]
    span = (float(points["x"].min()), float(points["x"].max()))
    room = 0.04 * (span[1] - span[0]) or 1.0
    axes.set(xlim=(span[0] - room, span[1] + room), ylim=(-0.5, 1.5))
    for row in limits.itertuples():
        low = axes.get_xlim()[0] if row.low <= row.span_low else row.low
        high = axes.get_xlim()[1] if row.high >= row.span_high else row.high
        axes.axvspan(low, high, facecolor=colour("zone"), edgecolor=colour("accent"), linewidth=1.5, zorder=0)
    wanted = points["wanted"].astype(bool)
    height = pd.concat([_stacked(axes, points[wanted], 1.0), _stacked(axes, points[~wanted], 0.0)])
    _draw_points(axes, points, height.loc[points.index])
    counts = (f"{int((~wanted).sum())}\nare not", f"{int(wanted.sum())}\nare such")
    axes.set_yticks([0, 1], labels=counts)
    axes.tick_params(axis="y", labelcolor=colour("ink"))
    axes.grid(False)
    _scale(axes.xaxis, first.across_kind)
    axes.set_xlabel(f"{first.across}{unit_words(first.across)} →", loc="right", size=LABEL_SIZE)


def _stacked(axes: Axes, points: pd.DataFrame, middle: float) -> pd.Series:
    """Return heights around the middle of a strip at which points that lie side by side do not cover each other."""
    box, dots = axes.get_window_extent(), DOT * axes.figure.dpi / 72
    low, high = axes.get_xlim()
    bins = ((points["x"] - low) / (high - low) * box.width / dots).astype(int)
    place = points.groupby(bins).cumcount()
    rank = np.where(place % 2, -(place + 1) // 2, place // 2)
    step = min(1.15 * dots * 2 / box.height, 0.42 / max(1, np.abs(rank).max(initial=0)))
    return pd.Series(middle + step * rank, index=points.index)


def _draw_box(axes: Axes, limits: pd.DataFrame, first: Any) -> None:
    """Draw the rule's box; along a parameter that it does not speak of it takes the whole axis."""
    ends = []
    for name, whole in ((first.across, axes.get_xlim()), (first.up, axes.get_ylim())):
        ends.append((limits.loc[name, "low"], limits.loc[name, "high"]) if name in limits.index else whole)
    (left, right), (bottom, top) = ends
    axes.add_patch(
        Rectangle((left, bottom), right - left, top - bottom, fill=False, edgecolor=colour("accent"), linewidth=2.0)
    )


def _draw_ranges(axes: Axes, rule: pd.DataFrame) -> None:
    """Draw how much of each parameter's range the box takes."""
    span = (rule["span_high"] - rule["span_low"]).replace(0, 1)
    start = ((rule["low"] - rule["span_low"]) / span).to_numpy()
    width = ((rule["high"] - rule["low"]) / span).to_numpy()
    y = np.arange(len(rule))
    axes.barh(y, np.ones(len(rule)), 0.34, color=colour("nothing"), linewidth=0)
    axes.barh(y, width, 0.34, left=start, color=colour("accent"), linewidth=0)
    for place, row in zip(y, rule.itertuples(), strict=True):
        axes.text(0.5, place - 0.22, " to ".join(_end_words(row)), size=NOTE_SIZE, ha="center", va="bottom")
    axes.set(xlim=(0, 1), ylim=(len(rule) - 0.4, -0.7))
    axes.set_yticks(y, labels=rule["parameter"])
    axes.tick_params(axis="y", labelsize=NOTE_SIZE, labelcolor=colour("ink"))
    axes.set_xticks([])
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    axes.set_title("the rule, of each range", loc="left", size=LABEL_SIZE, color=colour("quiet"))


DISCOVERY_CHART = Chart(
    "discovery",
    "Where an outcome falls in a range: the surest rule's box, its density and its coverage.",
    measure,
    describe,
    draw,
    kinds=("sweep",),
)
