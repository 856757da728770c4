"""Chart of scenarios against the base on the same seeds: each on its own, and the paired differences."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from outputs.charts.axes import align_left
from outputs.charts.bands import HALF_MONTH, position
from outputs.charts.chart import Chart, Material
from outputs.charts.experiments import leaves_out_zero, outcome_shown, scenario_ink
from outputs.charts.house import LABEL_SIZE, NOTE_SIZE, colour
from outputs.charts.page import Page, Words
from outputs.charts.readings import bare_change, reading
from outputs.charts.redundancy import quantile_dots
from outputs.charts.study import Study
from outputs.charts.words import MINUS, alt_text, interval, sentence
from outputs.experiment import Experiment
from scenarios.compare import summed_up
from simulation.calendar import FIRST_YEAR, N_MONTHS
from simulation.faults import InputError

MOST = 4
DOTS = 20


def measure(given: Material) -> pd.DataFrame:
    """Return, for each scenario but the base, both medians by month, and dots of the paired differences at the end."""
    results = given.results
    names = results.scenarios
    outcome = outcome_shown(given)
    points = results.places.set_index("scenario")["point"]
    values = results.values([outcome])
    base = _by_seed(values, points[names[0]], outcome)
    tables = [
        _pair(names[0], name, base, _by_seed(values, points[name], outcome))
        for name in names[1 : MOST + 1]
        if len(base.columns.intersection(values.loc[values["point"] == points[name], "seed"]))
    ]
    if not tables:
        raise InputError(["needs runs of the base and of another scenario on the same seeds"])
    return pd.concat(tables, ignore_index=True).assign(outcome=outcome)


def pairs(results: Experiment, outcomes: Sequence[str]) -> pd.DataFrame:
    """Return the paired differences from the base in the last month, a row a scenario and outcome.

    Columns: ``scenario``, ``outcome``, ``base_mean``, ``scenario_mean``, ``difference_mean``, its 95% interval
    ``difference_low`` to ``difference_high``, in how many ``seeds`` it is ``more`` and ``fewer``, whether the interval
    leaves out zero (``clear``), and ``weight``, the difference in standard deviations of the base.
    """
    names = results.scenarios
    points = results.places.set_index("scenario")["point"]
    values = results.last(outcomes).set_index(["point", "seed"])
    stored = set(values.index.get_level_values("point"))
    rows = []
    for name in (name for name in names[1:] if points[name] in stored):
        for outcome in outcomes:
            base, other = (values.xs(points[one])[outcome] for one in (names[0], name))
            apart = (other - base).dropna().to_numpy(dtype=float)
            spread = float(base.std(ddof=0)) or 1.0
            told = _summed(apart)
            rows.append(
                {
                    "scenario": name,
                    "outcome": outcome,
                    "base_mean": base.mean(),
                    "scenario_mean": other.mean(),
                    **told,
                    "weight": abs(told["difference_mean"]) / spread,
                }
            )
    table = pd.DataFrame(rows)
    return table.assign(clear=_clear(table))


def _clear(sums: pd.DataFrame) -> pd.Series:
    return leaves_out_zero(sums["difference_low"], sums["difference_high"], sums["seeds"])


def _summed(apart: NDArray[np.float64]) -> dict[str, float]:
    """Return what paired differences sum up to; with one pair the interval is the difference."""
    told = summed_up(apart)
    low, high = (told[end] if len(apart) > 1 else told["difference"] for end in ("low", "high"))
    return {
        "difference_mean": told["difference"],
        "difference_low": low,
        "difference_high": high,
        "more": int((apart > 0).sum()),
        "fewer": int((apart < 0).sum()),
        "seeds": told["runs"],
    }


def _by_seed(values: pd.DataFrame, point: object, outcome: str) -> pd.DataFrame:
    rows = values[values["point"] == point]
    return rows.pivot(index="month", columns="seed", values=outcome).sort_index()


def _pair(base_name: str, name: str, base: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Return one scenario's rows: a path, the dots, and what the differences sum up to."""
    shared = base.columns.intersection(other.columns)
    path = pd.DataFrame({"base_median": base[shared].median(axis=1), "median": other[shared].median(axis=1)})
    apart = (other[shared] - base[shared]).iloc[-1].dropna().to_numpy(dtype=float)
    dots = pd.DataFrame({"month": base.index[-1], "difference": quantile_dots(apart)})
    summed = pd.DataFrame([_summed(apart)]).assign(panel="sum", month=base.index[-1])
    parts = [path.reset_index().assign(panel="path"), dots.assign(panel="dots"), summed]
    return pd.concat(parts, ignore_index=True).assign(base=base_name, scenario=name)


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return each scenario's mean difference and in how many seeds it is more: what is clear first, by size."""
    outcome = table["outcome"].iloc[0]
    read, sums = reading(outcome), table[table["panel"] == "sum"]
    base, month = table["base"].iloc[0], table["month"].max()
    ordered = sums.assign(clear=_clear(sums), size=sums["difference_mean"].abs())
    ordered = ordered.sort_values(["clear", "size"], ascending=False, kind="stable")
    told = [_told(row, outcome) for row in ordered.itertuples()]
    return Words(
        title=f"{sentence(read.words)}, {month:%B %Y}, against {base.replace('_', ' ')}: {told[0]}"
        + (f"; {told[1]}" if len(told) > 1 else ""),
        subtitle=f"{sentence(read.words)}: above, medians month by month, dashed {base.replace('_', ' ')}; below, "
        f"differences on the "
        f"same seeds in {month:%B %Y}, England",
        alt=alt_text(
            [f"{sentence(read.words)} against {base} in {month:%B %Y}, paired by seed.", *(f"{one}." for one in told)],
            "comparison",
        ),
        note=f"{_dot_words(table)} Blue: higher than {base.replace('_', ' ')}; orange: lower; hollow: the same. In "
        "brackets the 95% interval of the mean, which more seeds would narrow; it is no forecast error.",
    )


def _told(row: Any, outcome: str) -> str:
    """Return one scenario's difference in words."""
    read = reading(outcome)
    mean, low, high = row.difference_mean, row.difference_low, row.difference_high
    name = row.scenario.replace("_", " ")
    more, fewer, seeds = int(row.more), int(row.fewer), int(row.seeds)
    if not more and not fewer:
        return f"{name} the same in all {seeds}" if seeds > 1 else f"{name} the same"
    if low <= 0 <= high and seeds > 1:
        return f"{name} no clear difference (higher in {more}, lower in {fewer} of {seeds} runs)"
    word, count = ("higher", more) if mean > 0 else ("lower", fewer)
    if seeds == 1:
        return f"{name} {read.show_change(abs(mean))} {word} in one run"
    return f"{name} {read.show_change(abs(mean))} {word} on average, in {count} of {seeds} runs"


def _dot_words(table: pd.DataFrame) -> str:
    """Return what a dot stands for."""
    seeds = int(table.loc[table["panel"] == "sum", "seeds"].max())
    return "Each dot is a seed." if seeds <= DOTS else f"Each dot stands for a twentieth of the {seeds} seeds."


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw a column a scenario: paths above, dots below."""
    names = table["scenario"].drop_duplicates().tolist()
    left, gap = 0.62, 0.3
    width = (page.width - left - 0.15) / len(names)
    paths = table[table["panel"] == "path"]
    dots = table[table["panel"] == "dots"]["difference"]
    reach = 1.15 * float(dots.abs().max() or 1.0)
    middle = page.bottom + 0.54 * (page.top - page.bottom)
    top = (float(paths[["base_median", "median"]].min().min()), float(paths[["base_median", "median"]].max().max()))
    for i, name in enumerate(names):
        rows = table[table["scenario"] == name]
        start, right = left + i * width, page.width - left - (i + 1) * width + gap
        upper = page.panel(start, right, above=0.3, below=middle - page.bottom + 0.2)
        _draw_paths(upper, rows[rows["panel"] == "path"], top, table["outcome"].iloc[0], first=i == 0)
        upper.set_title(
            name.replace("_", " "), loc="left", size=LABEL_SIZE + 0.5, weight="bold", color=scenario_ink(1), pad=4
        )
        lower = page.panel(start, right, above=page.top - middle + 0.5, below=0.3)
        _draw_dots(lower, rows, reach, table["outcome"].iloc[0])


def _draw_paths(axes: Axes, rows: pd.DataFrame, ends: tuple[float, float], outcome: str, first: bool) -> None:
    x = position(rows["month"]) + HALF_MONTH
    axes.plot(x, rows["base_median"], color=colour("baseline"), linewidth=1.5, linestyle=(0, (4, 2)))
    axes.plot(x, rows["median"], color=colour("model"), linewidth=2.0)
    low, high = ends
    axes.set(
        xlim=(0, N_MONTHS),
        ylim=(min(0.0, low) if low < 0.4 * high else low - 0.1 * (high - low), high + 0.1 * (high - low or 1)),
    )
    axes.set_xticks([0, 24, 48], labels=[f"{FIRST_YEAR + year}" for year in (0, 2, 4)])
    align_left(axes)
    axes.yaxis.set_major_formatter(lambda value, _: reading(outcome).show(value))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.tick_params(labelleft=first)


def _draw_dots(axes: Axes, rows: pd.DataFrame, reach: float, outcome: str) -> None:
    """Draw one scenario's differences as dots stacked over a scale, those of no difference on the zero line."""
    values = np.sort(rows.loc[rows["panel"] == "dots", "difference"].to_numpy(dtype=float))
    box, inch = axes.get_window_extent(), axes.figure.dpi
    diameter = 0.085
    bins = max(8, int(box.width / inch / diameter))
    step = 2 * reach / bins
    zero = np.abs(values) <= 1e-9
    place = np.where(zero, 0, np.sign(values) * np.ceil(np.abs(values) / step)).astype(int)
    tall = box.height / inch
    height = pd.Series(place).groupby(place).cumcount().to_numpy() * diameter + diameter / 2 + 0.03
    height = height * min(1.0, 0.94 * tall / max(height.max(), 1e-9))
    inks = np.where(values > 0, colour("more"), colour("less"))
    dots: dict[str, Any] = {"s": (0.92 * diameter * 72) ** 2, "clip_on": False}
    x = place * step
    axes.scatter(x[~zero], height[~zero], c=inks[~zero], linewidths=0, **dots)
    axes.scatter(x[zero], height[zero], facecolors="none", edgecolors=colour("baseline"), linewidths=0.8, **dots)
    axes.set(xlim=(-reach, reach), ylim=(0, tall))
    axes.axvline(0, color=colour("ink"), linewidth=1.0)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(4, symmetric=True))
    axes.xaxis.set_major_formatter(
        lambda value, _: f"{'+' if value > 0 else MINUS if value < 0 else ''}{_bare(value, outcome)}"
    )
    axes.tick_params(axis="x", labelsize=NOTE_SIZE)
    row = rows[rows["panel"] == "sum"].iloc[0]
    said = bare_change(row["difference_mean"], outcome)
    if row["seeds"] > 1:
        said += f" ({interval(row['difference_low'], row['difference_high'], reading(outcome).show_change)})"
    word, count = ("lower", row["fewer"]) if row["difference_mean"] < 0 else ("higher", row["more"])
    said = f"{said}\n{word} in {count:.0f} of {row['seeds']:.0f}"
    axes.text(0, 1.04, said, size=NOTE_SIZE + 0.4, va="bottom", linespacing=1.3, transform=axes.transAxes)


def _bare(value: float, outcome: str) -> str:
    return reading(outcome).show_change(abs(value)).replace(" points", "").replace(".0", "") if value else "0"


COMPARISON = Chart(
    "comparison",
    "Scenarios against the base on the same seeds: medians, and paired differences with a dot for each twentieth "
    "of them.",
    measure,
    describe,
    draw,
    kinds=("compare",),
    size=(7.2, 5.4),
    wide=8.4,
    square=6.6,
)
