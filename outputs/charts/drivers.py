"""Chart of what each change of a scenario brings: the waterfall from the base, with the interaction by name."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from outputs.charts.chart import Chart, Material
from outputs.charts.experiments import leaves_out_zero, outcome_shown, setting_words
from outputs.charts.house import LABEL_SIZE, NOTE_SIZE, colour
from outputs.charts.page import MARGIN, Page, Words, text_width
from outputs.charts.readings import bare_change, reading
from outputs.charts.study import Study
from outputs.charts.words import NOTHING, alt_text, interval, listed, plural, sentence, signed
from outputs.experiment import Experiment
from scenarios.compare import INTERACTION, TOTAL, Comparison, summed_up
from simulation.faults import InputError

MOST = 3
"""Scenarios that a sheet has room for."""
LINES = 21
"""Lines that it has room for."""
REST, CHANGE = "rest", "change"
TOGETHER = {INTERACTION: "interaction", TOTAL: "all together"}
NO_PARTS = (
    "needs a scenario that makes several changes, each run alone too: compare with one that does, without --no-drivers"
)


def measure(given: Material) -> pd.DataFrame:
    """Return what each change of the scenarios brings alone, their interaction and all together: a row a step.

    A step is ``clear`` where the 95% interval of its mean leaves out zero; ``start`` is where its bar begins.
    """
    results, outcome = given.results, outcome_shown(given)
    steps = Comparison(results.folder).steps(outcome)
    known = {name: table for name, table in steps.items() if len(table)}
    if not known:
        raise InputError([NO_PARTS])
    drawn = list(known)[:MOST]
    base = results.last([outcome]).groupby("scenario")[outcome].mean()[results.scenarios[0]]
    most = LINES // len(drawn) - 3
    parts = [_waterfall(results, name, known[name], most, float(base)) for name in drawn]
    return pd.concat(parts, ignore_index=True).assign(
        base=results.scenarios[0],
        base_mean=base,
        outcome=outcome,
        month=results.last_month,
        left_out="; ".join(name for name in results.scenarios[1:] if name not in drawn),
    )


def _waterfall(results: Experiment, name: str, steps: pd.DataFrame, most: int, base: float) -> pd.DataFrame:
    """Return one scenario's steps, the largest first; those beyond the most that are drawn are added up."""
    changes = steps.drop(columns=list(TOGETHER))
    order = changes.mean().abs().sort_values(ascending=False, kind="stable").index
    shown = order if len(order) <= most else order[: most - 1]
    rest = changes[order.difference(shown, sort=False)]
    rows = [_step(CHANGE, one, _setting(results, name, one), changes[one]) for one in shown]
    if len(rest.columns):
        rows.append(_step(REST, REST, f"{plural(len(rest.columns), 'smaller change')}, added up", rest.sum(axis=1)))
    rows += [_step(one, one, words, steps[one]) for one, words in TOGETHER.items()]
    table = pd.DataFrame(rows)
    ends = table["difference"].cumsum()
    beyond_rounding = table["difference"].abs() > NOTHING * abs(base)
    return table.assign(
        start=np.where(table["kind"] == TOTAL, 0.0, ends - table["difference"]),
        clear=leaves_out_zero(table["low"], table["high"], table["runs"]) & beyond_rounding,
        scenario=name,
    )


def _step(kind: str, driver: str, words: str, apart: pd.Series) -> dict[str, Any]:
    return {"kind": kind, "driver": driver, "words": words} | summed_up(apart.to_numpy(dtype=float))


def _setting(results: Experiment, name: str, driver: str) -> str:
    """Return a change in words: the parameter with its value, or that it goes by dates."""
    by_name = {one["name"]: one for one in results.manifest["scenarios"]}
    ends = (by_name[results.scenarios[0]], by_name[name])
    if any(driver in policy["changes"] for one in ends for policy in one["policy"]):
        return f"{driver}, by date"
    alone = by_name[results.manifest["variants"][name][driver]]
    return f"{driver} = {setting_words(alone['changes'][driver])}"


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return what the scenario that differs most brings all together, its largest clear part, and the interaction."""
    first, totals = table.iloc[0], table[table["kind"] == TOTAL]
    read, base = reading(first.outcome), first.base.replace("_", " ")
    ordered = totals.reindex(totals["difference"].abs().sort_values(ascending=False, kind="stable").index)
    told = [_told(table[table["scenario"] == name], base) for name in ordered["scenario"]]
    lead = f"{read.words}, {first.month:%B %Y}"
    left_out = "" if pd.isna(first.left_out) or not first.left_out else str(first.left_out)
    return Words(
        title=f"{sentence(lead)}, against {base}: {told[0]}",
        subtitle=f"What each change of a scenario adds alone to {base}'s mean of {read.show_mean(first.base_mean)} "
        f"({read.words}, England, {first.month:%B %Y}), what only all of them add, and all together; "
        f"{study.over_runs('mean')}",
        alt=alt_text(
            [f"Waterfall: {lead}, against {base}, paired by seed.", *(f"{sentence(one)}." for one in told)], "drivers"
        ),
        note=_note(int(totals["runs"].max()), base)
        + (f" Not drawn: {listed(left_out.replace('_', ' ').split('; '))}." if left_out else ""),
    )


def _note(runs: int, base: str) -> str:
    alone = f"Each change is run alone on {base}, on the same seeds; the interaction is the rest of the difference."
    if runs == 1:
        return f"{alone} One seed, so no intervals: another could give other parts."
    return (
        f"{alone} Filled: the 95% interval of the mean (thin line) leaves out zero; hollow: it does not. More seeds "
        "would narrow intervals; they are no forecast error."
    )


def _told(rows: pd.DataFrame, base: str) -> str:
    """Return one scenario's difference, its largest clear part and its interaction where that is clear."""
    read = reading(rows["outcome"].iloc[0])
    total = rows[rows["kind"] == TOTAL].iloc[0]
    name, runs = total["scenario"].replace("_", " "), int(total["runs"])
    if runs == 1:
        part = rows[rows["kind"] == CHANGE].iloc[0]
        return f"in one run, {name} {_by(total, read)}; the largest change alone, {_part(part, read)}"
    head = f"{name} {_by(total, read)}" if total["clear"] else f"{name} no clear difference"
    if total["same"] == runs:
        head = f"{name} the same in all {runs}"
    clear = rows[rows["clear"].astype(bool)].set_index("kind")
    parts = clear[clear.index == CHANGE]
    largest = f"largest clear part {_part(parts.iloc[0], read)}" if len(parts) else "no change alone is clear"
    between = f"; interaction {_part_size(clear.loc[INTERACTION], read)}" if INTERACTION in clear.index else ""
    return f"{head}; {largest}{between}"


def _by(row: Any, read: Any) -> str:
    return f"{read.show_change(abs(row['difference']))} {'higher' if row['difference'] > 0 else 'lower'}"


def _part(row: Any, read: Any) -> str:
    return f"{row['driver']}, {_part_size(row, read)}"


def _part_size(row: Any, read: Any) -> str:
    return signed(row["difference"], read.show_change)


# ---- Drawing -----------------------------------------------------------------------------------------------


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw a waterfall a scenario, one under the other on one scale."""
    names = table["scenario"].drop_duplicates().tolist()
    outcome, several = table["outcome"].iloc[0], bool(table["runs"].max() > 1)
    said = [_size_words(row, outcome) for row in table.to_dict("records")]
    left = MARGIN + 0.1 + max(text_width(words, LABEL_SIZE) for words in table["words"])
    shrink = min(1.0, 0.42 * page.width / left)
    right = MARGIN + 0.12 + max(text_width(words, LABEL_SIZE) for words in [*said, _head(outcome, several)])
    below = 0.34
    line = (page.top - page.bottom - below) / (len(table) + len(names))
    ends = _ends(table)
    top = 0.0
    for name in names:
        rows = table[table["scenario"] == name]
        above = top + line
        top = above + line * len(rows)
        last = name == names[-1]
        axes = page.panel(left * shrink, right, above, page.top - page.bottom - top)
        axes.set(xlim=ends, ylim=(len(rows) - 0.5, -0.5))
        _draw_steps(axes, rows.reset_index(drop=True))
        _write_rows(axes, rows, outcome, LABEL_SIZE * shrink)
        axes.text(
            -left * shrink / (page.width - left * shrink - right) + MARGIN / (page.width - left * shrink - right), 1.0,
            name.replace("_", " "), transform=axes.transAxes, size=LABEL_SIZE + 0.5, weight="bold", va="bottom",
            color=colour("model"),
        )  # fmt: skip
        axes.text(1.0, 1.0, f"  {_head(outcome, several)}", transform=axes.transAxes, size=LABEL_SIZE,
                  color=colour("quiet"), va="bottom")  # fmt: skip
        axes.tick_params(axis="x", labelbottom=last, length=3 if last else 0)
        axes.spines["bottom"].set_visible(last)


def _head(outcome: str, several: bool) -> str:
    """Return what the numbers to the right are."""
    unit = "points" if reading(outcome).show_change(0.1).endswith("points") else "mean"
    return f"{unit} (95% interval)" if several else unit


def _size_words(row: Any, outcome: str) -> str:
    """Return a step in numbers."""
    mean = bare_change(row["difference"], outcome)
    if row["runs"] == 1:
        return mean
    return f"{mean} ({interval(row['low'], row['high'], reading(outcome).show_change)})"


def _ends(table: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of the scale: all bars and intervals, and zero."""
    ends = [0.0, *table["start"], *(table["start"] + table["difference"])]
    ends += [*(table["start"] + table["low"]).dropna(), *(table["start"] + table["high"]).dropna()]
    low, high = min(ends), max(ends)
    room = 0.04 * (high - low) or 1.0
    return low - room, high + room


def _draw_steps(axes: Axes, rows: pd.DataFrame) -> None:
    """Draw the bars with their intervals, joined from step to step, and the line of the base."""
    axes.axvline(0, color=colour("ink"), linewidth=1.0, zorder=1)
    for place, row in rows.iterrows():
        end, low, high = (row["start"] + row[name] for name in ("difference", "low", "high"))
        ink = colour("model" if row["kind"] == TOTAL else "more" if row["difference"] > 0 else "less")
        filled: dict[str, Any] = {"facecolor": ink, "edgecolor": colour("paper")}
        hollow: dict[str, Any] = {"facecolor": colour("paper"), "edgecolor": ink}
        bar: dict[str, Any] = {"y": place, "width": row["difference"], "height": 0.6, "left": row["start"], "zorder": 2}
        hatch = "////" if row["kind"] == INTERACTION else ""
        axes.barh(**bar, **(filled if row["clear"] else hollow), hatch=hatch, linewidth=0)
        axes.barh(**bar, facecolor="none", edgecolor=ink, linewidth=1.3)
        if row["runs"] > 1:
            axes.plot([low, high], [place] * 2, color=colour("paper"), linewidth=3.0, zorder=3)
            axes.plot([low, high], [place] * 2, color=colour("ink"), linewidth=1.1, zorder=4)
        if row["kind"] != TOTAL:
            axes.plot([end] * 2, [place - 0.3, place + 1.3], color=colour("rule"), linewidth=0.7, zorder=1)


def _write_rows(axes: Axes, rows: pd.DataFrame, outcome: str, size: float) -> None:
    """Write the changes to the left and their numbers to the right; what is clear in bold."""
    axes.set_yticks(range(len(rows)), labels=rows["words"])
    axes.tick_params(axis="y", labelsize=size, labelcolor=colour("ink"))
    for place, row in enumerate(rows.to_dict("records")):
        axes.annotate(_size_words(row, outcome), (1.0, place), (6, 0), xycoords=("axes fraction", "data"),
                      textcoords="offset points", size=LABEL_SIZE, va="center_baseline")  # fmt: skip
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(lambda value, _: bare_change(value, outcome))
    axes.tick_params(axis="x", labelsize=NOTE_SIZE)


DRIVERS = Chart(
    "drivers",
    "What each single change of a scenario brings alone, their interaction, and all together: a waterfall from the "
    "base.",
    measure,
    describe,
    draw,
    kinds=("compare",),
    size=(7.2, 5.8),
    wide=9.0,
    square=7.2,
)
