"""Chart of what an outcome depends on: swings between low and high values, and measures of sensitivity."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from outputs.charts.chart import Chart, Material
from outputs.charts.experiments import is_scale, outcome_shown, setting_words
from outputs.charts.house import LABEL_SIZE, NOTE_SIZE, colour
from outputs.charts.page import MARGIN, Page, Words, text_width
from outputs.charts.readings import reading
from outputs.charts.study import Study
from outputs.charts.words import alt_text, listed, plural, sentence
from scenarios.sensitivity import EFFECT, FIRST, LUCK, MAIN, NOISE, PAWN, SWING, TOTAL, VARIANCE
from simulation.faults import InputError

MOST = 12
TAIL = 0.2
"""The share of points at each end whose means make a swing."""
BESIDE = {TOTAL: FIRST, VARIANCE: PAWN}
"""The measure that is drawn beside the main one."""
MEASURES = {
    TOTAL: "total share of variance",
    FIRST: "share alone",
    VARIANCE: "share of variance",
    PAWN: "shift of the distribution",
    EFFECT: "mean effect, low to high",
    SWING: "swing, low to high",
}
MEANINGS = {
    TOTAL: "Total: the share of the variance between points that a parameter has a part in; alone: without others.",
    VARIANCE: "Share of the variance between points that a parameter explains alone; and how far it shifts the "
    "distribution (PAWN, 0 to 1).",
    EFFECT: "Mean size of the change that a parameter brings over its whole range (Morris).",
    SWING: "Most less least over a parameter's values, all else as the scenario has it.",
}


def measure(given: Material) -> pd.DataFrame:
    """Return a row a parameter: means of the outcome at its low and high end, and its measures, the largest first."""
    results, outcome = given.results, outcome_shown(given)
    if not results.factors:
        raise InputError(["needs parameters that vary, and this folder has none"])
    indices = results.indices(outcome)
    if indices.empty:
        raise InputError([f"{outcome} does not vary over these points"])
    main = next(name for name in MAIN if (indices["measure"] == name).any())
    table = _measured(indices, main).join(
        _measured(indices, BESIDE.get(main, ""))[["value", "low", "high"]].add_prefix("beside_")
    )
    noise = indices[(indices["measure"] == main) & indices["factor"].isin(NOISE)]
    values = results.last([outcome])
    values = values[values["scenario"] == results.scenarios[0]]
    swings = [_swing(values, str(name), outcome) for name in table.index]
    ends = pd.DataFrame(
        swings, index=table.index, columns=["low_value_mean", "high_value_mean", "low_words", "high_words"]
    )
    table = table.join(ends).rename_axis("parameter").reset_index()
    return table.assign(
        measure=main,
        noise=float(np.nan_to_num(noise["high"].max())),
        luck_known=bool(noise.loc[noise["factor"] == LUCK, "value"].notna().any()),
        outcome=outcome,
        mean=float(values[outcome].mean()),
        scenario=results.scenarios[0],
        month=results.last_month,
        points=int(indices["points"].iloc[0]),
    ).sort_values("value", ascending=False, kind="stable", ignore_index=True)


def _measured(indices: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return one measure of each parameter, without the noise."""
    rows = indices[(indices["measure"] == measure) & ~indices["factor"].isin(NOISE)]
    return rows.set_index("factor")[["value", "low", "high", "clear"]]


def _swing(values: pd.DataFrame, name: str, outcome: str) -> tuple[float, float, str, str]:
    """Return the outcome's means where a parameter is low and where it is high, and its ends in words."""
    rows = values[values[name].notna()]
    column = rows[name]
    if not is_scale(column):
        ends = sorted(column.unique().tolist())
        low, high = column == ends[0], column == ends[-1]
    else:
        ends = [column.min(), column.max()]
        marks = column.quantile([TAIL, 1 - TAIL]).tolist()
        low, high = column <= marks[0], column >= marks[1]
    span = float(ends[-1] - ends[0]) if column.dtype.kind in "iuf" else 0.0
    means = [float(rows.loc[which, outcome].mean()) for which in (low, high)]
    return means[0], means[1], setting_words(ends[0], span), setting_words(ends[-1], span)


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return the parameters that matter most, and how many cannot be told from noise."""
    read, main = reading(table["outcome"].iloc[0]), str(table["measure"].iloc[0])
    clear = table[table["clear"].astype(bool)]
    top = [f"{row.parameter} ({_said(row.value, table)})" for row in clear.head(2).itertuples()]
    weak, known = len(table) - len(clear), plural(len(table), "parameter")
    if top:
        verb = "depend" if read.words.endswith("operating") else "depends"
        finding = f"{read.words} {verb} most on {listed(top)}"
        finding += f"; {weak} of {known} cannot be told from noise" if weak else ""
    else:
        finding = f"{read.words}: none of {known} can be told from noise"
    drawn = f"{MEASURES[main]} (diamond)"
    drawn += f", {MEASURES[BESIDE[main]]} (dot)" if main in BESIDE else ""
    return Words(
        title=sentence(finding),
        subtitle=f"{sentence(read.words)}, {table['month'].iloc[0]:%B %Y}: left, means in the lowest and highest fifth "
        f"of each parameter's range; right, {drawn}",
        alt=alt_text(
            [f"Swings and sensitivity of {known} for {table['outcome'].iloc[0]}.", f"{sentence(finding)}."],
            "sensitivity",
        ),
        note=f"{MEANINGS[main]} Lines are 95% intervals over resampled points ({int(table['points'].iloc[0]):,} used). "
        "Grey: what an input without effect, or other seeds, would show; hollow: not clear of it."
        + ("" if table["luck_known"].iloc[0] else " With one seed it is not known what luck alone would show.")
        + (f" The first {MOST} of {len(table)} are drawn." if len(table) > MOST else ""),
    )


def _said(value: float, table: pd.DataFrame) -> str:
    """Return the main measure in words: a share, or an amount of the outcome."""
    return f"{value:z.2f}" if _is_share(table) else reading(table["outcome"].iloc[0]).show_change(value)


def _is_share(table: pd.DataFrame) -> bool:
    return table["measure"].iloc[0] in BESIDE


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw swings to the left and measures to the right, a row a parameter."""
    rows = table.head(MOST)
    left = 0.2 + max(text_width(name, LABEL_SIZE) for name in rows["parameter"])
    rest = page.width - left - MARGIN
    swings = page.panel(left, page.width - left - 0.56 * rest, above=0.3, below=0.3)
    measures = page.panel(left + 0.62 * rest, MARGIN + 0.05, above=0.3, below=0.3)
    y = np.arange(len(rows))
    _draw_swings(swings, rows, y)
    _draw_measures(measures, rows, y)
    swings.set_yticks(y, labels=rows["parameter"])
    swings.tick_params(axis="y", labelcolor=colour("ink"))
    for axes, words in (
        (swings, f"mean {reading(rows['outcome'].iloc[0]).words}"),
        (measures, "share of variance" if _is_share(table) else MEASURES[rows["measure"].iloc[0]]),
    ):
        axes.set(ylim=(len(rows) - 0.4, -0.6))
        axes.grid(True, axis="x")
        axes.grid(False, axis="y")
        axes.set_title(words, loc="left", size=LABEL_SIZE, color=colour("quiet"), pad=4)


def _draw_swings(axes: Axes, rows: pd.DataFrame, y: np.ndarray) -> None:
    middle = rows["mean"].iloc[0]
    ends = rows[["low_value_mean", "high_value_mean"]].to_numpy(dtype=float)
    reach = float(np.nanmax(np.abs(ends - middle), initial=0.0)) or 1.0
    axes.set_xlim(middle - 1.45 * reach, middle + 1.45 * reach)
    for (column, role), left in zip(
        (("low_value_mean", "less"), ("high_value_mean", "more")), _to_left(ends - middle).T, strict=True
    ):
        values = rows[column].to_numpy(dtype=float)
        axes.barh(y, values - middle, 0.62, left=middle, color=colour(role), linewidth=0)
        words = rows[column.replace("value_mean", "words")].fillna("").astype(str)
        for place, value, word, to_left in zip(y, values, words, left, strict=True):
            if np.isfinite(value):
                at = min(value, middle) if to_left else max(value, middle)
                axes.annotate(
                    word,
                    (at, place),
                    (-3 if to_left else 3, 0),
                    textcoords="offset points",
                    size=NOTE_SIZE,
                    ha="right" if to_left else "left",
                    va="center_baseline",
                )
    axes.axvline(middle, color=colour("ink"), linewidth=1.0)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(lambda value, _: reading(rows["outcome"].iloc[0]).show(value))


def _to_left(swings: np.ndarray) -> np.ndarray:
    """Return whether the words of each end (low, high) stand to the left, always one of them to each side."""
    low, high = swings[:, 0], swings[:, 1]
    low_left = np.where((low < 0) == (high < 0), np.where(np.abs(low) >= np.abs(high), low < 0, low >= 0), low < 0)
    return np.column_stack([low_left, ~low_left])


def _draw_measures(axes: Axes, rows: pd.DataFrame, y: np.ndarray) -> None:
    """Draw both measures with their intervals, over the zone of noise."""
    axes.axvspan(0, rows["noise"].iloc[0], color=colour("nothing"), linewidth=0, zorder=0)
    for prefix, marker, role, shift in (("beside_", "o", "model", -0.14), ("", "D", "accent", 0.14)):
        values = rows[f"{prefix}value"].to_numpy(dtype=float)
        ends = rows[[f"{prefix}low", f"{prefix}high"]].to_numpy(dtype=float)
        spans = np.nan_to_num(np.clip(np.abs(ends - values[:, None]).T, 0, None))
        for place in np.flatnonzero(np.isfinite(values)):
            hollow = not prefix and not rows["clear"].iloc[place]
            axes.errorbar(
                values[place],
                y[place] + shift,
                xerr=spans[:, [place]],
                fmt=marker,
                color=colour(role),
                markerfacecolor=colour("paper") if hollow else colour(role),
                markersize=4.5,
                elinewidth=1.0,
            )
    axes.axvline(0, color=colour("ink"), linewidth=0.8)
    least = float(np.nanmin(rows[["low", "beside_low"]].to_numpy(dtype=float), initial=0.0))
    most = float(np.nanmax(rows[["high", "beside_high"]].to_numpy(dtype=float), initial=rows["noise"].iloc[0]))
    axes.set_xlim(least - 0.04 * most, 1.05 * most or 1.0)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(4))
    if not _is_share(rows):
        axes.xaxis.set_major_formatter(lambda value, _: reading(rows["outcome"].iloc[0]).show_change(value))


SENSITIVITY_CHART = Chart(
    "sensitivity",
    "What an outcome depends on: swings between low and high values of each parameter, and measures of sensitivity.",
    measure,
    describe,
    draw,
    kinds=("sweep",),
)
