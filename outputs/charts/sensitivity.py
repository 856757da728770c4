"""Chart of what an outcome depends on: swings between low and high values, and indices of sensitivity."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from outputs.charts.chart import Chart, Material
from outputs.charts.experiments import last_values, outcome_shown, reading, setting_words
from outputs.charts.house import LABEL_SIZE, NOTE_SIZE, colour
from outputs.charts.page import MARGIN, Page, Words, text_width
from outputs.charts.study import Study
from outputs.charts.words import alt_text, listed, plural, sentence
from simulation.faults import InputError

MOST = 12
TAIL = 0.2
"""The share of points at each end whose means make a swing."""
MATTERS = 0.05
LACKING = (
    "needs sensitivity.csv, which is not in this folder: 'csmarket sensitivity DIR' writes it from a finished sweep"
)


def measure(given: Material) -> pd.DataFrame:
    """Return a row a parameter: means of the outcome at its low and high end, and its indices, the largest first."""
    indices = given.results.sensitivity
    if indices is None:
        raise InputError([LACKING])
    outcome = _outcome(given, indices)
    rows = indices[indices["outcome"] == outcome]
    latest = rows[rows["month"] == rows["month"].max()].drop_duplicates("parameter", keep="last")
    values = last_values(given.results, [outcome])
    middle = float(values[outcome].mean())
    swings = [_swing(values, name, outcome) for name in latest["parameter"]]
    low, high, low_words, high_words = zip(*swings, strict=True)
    table = latest.assign(
        low_value_mean=low, high_value_mean=high, low_words=low_words, high_words=high_words, mean=middle
    )
    return table.sort_values("total_order", ascending=False, kind="stable", ignore_index=True)


def _outcome(given: Material, indices: pd.DataFrame) -> str:
    """Return the outcome that is chosen or usual, if it has indices, else the first that has."""
    known = indices["outcome"].drop_duplicates().tolist()
    if given.choice.outcome is not None and given.choice.outcome not in known:
        raise InputError(
            [f"--outcome = {given.choice.outcome!r} has no indices here: choose one of {', '.join(known)}"]
        )
    wanted = outcome_shown(given)
    return wanted if wanted in known else str(known[0])


def _swing(values: pd.DataFrame, name: str, outcome: str) -> tuple[float, float, str, str]:
    """Return the outcome's means where a parameter is low and where it is high, and its ends in words."""
    if name not in values:
        return np.nan, np.nan, "", ""
    column = values[name]
    ends = sorted(column.unique().tolist(), key=str) if column.dtype == object else [column.min(), column.max()]
    if column.dtype == object or column.dtype == bool:
        means = [float(values.loc[column == end, outcome].mean()) for end in (ends[0], ends[-1])]
    else:
        marks = column.quantile([TAIL, 1 - TAIL]).tolist()
        means = [
            float(values.loc[column <= marks[0], outcome].mean()),
            float(values.loc[column >= marks[1], outcome].mean()),
        ]
    span = float(ends[-1] - ends[0]) if isinstance(ends[0], (int, float)) and not isinstance(ends[0], bool) else 0.0
    return means[0], means[1], setting_words(ends[0], span), setting_words(ends[-1], span)


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return the two parameters that matter most, and how many hardly do."""
    outcome, read = table["outcome"].iloc[0], reading(table["outcome"].iloc[0])
    known = table.dropna(subset="total_order")
    top = [f"{row.parameter} ({row.total_order:.2f})" for row in known.head(2).itertuples()]
    weak = int((known["total_order"] < MATTERS).sum())
    finding = f"{read.words} {'depends' if not read.words.endswith('operating') else 'depend'} most on {listed(top)}"
    rest = f"; {weak} of {plural(len(known), 'parameter')} hardly matter" if weak else "; none can be left out"
    method = str(table["method"].iloc[0])
    return Words(
        title=sentence(f"{finding}{rest}"),
        subtitle=f"{sentence(read.words)}, {pd.Timestamp(table['month'].iloc[0]):%B %Y}: left, means in the lowest "
        f"and highest fifth of "
        f"each parameter's range; right, {method} indices, first order (dot) and total (diamond)",
        alt=alt_text(
            [f"Swings and indices of {plural(len(table), 'parameter')} for {outcome}.", f"{sentence(finding)}{rest}."],
            "sensitivity",
        ),
        note=f"An index is a share of the outcome's variance over the sweep; total includes working with others. "
        f"Bars are 95% "
        f"intervals. Under {MATTERS} counts as hardly mattering."
        + (f" The first {MOST} of {len(table)} are drawn." if len(table) > MOST else ""),
    )


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw swings to the left and indices to the right, a row a parameter."""
    rows = table.head(MOST)
    left = 0.2 + max(text_width(name, LABEL_SIZE) for name in rows["parameter"])
    rest = page.width - left - MARGIN
    swings = page.panel(left, page.width - left - 0.56 * rest, above=0.3, below=0.3)
    indices = page.panel(left + 0.62 * rest, MARGIN + 0.05, above=0.3, below=0.3)
    y = np.arange(len(rows))
    _draw_swings(swings, rows, y)
    _draw_indices(indices, rows, y)
    swings.set_yticks(y, labels=rows["parameter"])
    swings.tick_params(axis="y", labelcolor=colour("ink"))
    for axes, words in ((swings, f"mean {reading(rows['outcome'].iloc[0]).words}"), (indices, "share of variance")):
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
        words = rows[column.replace("value_mean", "words")].fillna("")
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


def _draw_indices(axes: Axes, rows: pd.DataFrame, y: np.ndarray) -> None:
    for order, marker, role, shift in (("first", "o", "model", -0.14), ("total", "D", "accent", 0.14)):
        values = rows[f"{order}_order"].to_numpy(dtype=float)
        spans = np.clip(
            np.abs(rows[[f"{order}_low", f"{order}_high"]].to_numpy(dtype=float) - values[:, None]).T, 0, None
        )
        axes.errorbar(
            values, y + shift, xerr=np.nan_to_num(spans), fmt=marker, color=colour(role), markersize=4.5, elinewidth=1.0
        )
    axes.axvline(0, color=colour("ink"), linewidth=0.8)
    axes.set_xlim(
        min(-0.05, float(np.nanmin(rows[["first_low", "total_low"]].to_numpy(dtype=float), initial=0.0))), None
    )
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(4))


SENSITIVITY_CHART = Chart(
    "sensitivity",
    "What an outcome depends on: swings between low and high values of each parameter, and indices of sensitivity.",
    measure,
    describe,
    draw,
    kinds=("sweep",),
)
