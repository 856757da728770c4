"""Chart of the frontier of cost against plurality: no other scenario has more choice for less."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray
from scipy.stats import t

from outputs.charts.chart import EXPERIMENT, Chart, Material
from outputs.charts.experiments import marker_of, scenario_ink, scenario_names
from outputs.charts.house import LABEL_SIZE, colour
from outputs.charts.page import Page, Words
from outputs.charts.study import Study
from outputs.charts.words import alt_text, listed, number, plural, pounds, sentence

COST, CHOICE = "spend_per_head", "ccgs_with_three_offers"
MOST_NAMED = 8
FEW = 10
"""Runs a point under which luck has much to say in what lies on the line."""


def measure(given: Material) -> pd.DataFrame:
    """Return each point's mean cost and choice with their 95% intervals, and if it is on the frontier.

    A point off the frontier is ``clearly_beaten`` where one on it is better on both, seed by seed, beyond luck.
    """
    rows = given.results.last((COST, CHOICE))
    keys = ["point", "scenario", *given.results.factors]
    grouped = rows.groupby("point", sort=True)
    table = grouped[[COST, CHOICE]].mean().assign(runs=grouped.size())
    for name in (COST, CHOICE):
        half = _half_widths(grouped[name].var(), table["runs"])
        table[f"{name}_low"], table[f"{name}_high"] = table[name] - half, table[name] + half
    on_line = _frontier(table[COST].to_numpy(), table[CHOICE].to_numpy())
    table = table.assign(on_frontier=on_line, clearly_beaten=_clearly_beaten(rows, on_line))
    design = given.results.places[keys].set_index("point")
    return design.join(table, how="inner").reset_index().assign(month=rows["month"].iloc[0])


def _half_widths(variance: pd.Series, runs: pd.Series) -> pd.Series:
    """Return half the 95% interval of each point's mean; where runs are few, from the spread of all points together.

    Not a number where a point has one run.
    """
    free = runs - 1
    if runs.min() < FEW and free.sum():
        variance, free = (variance * free).sum() / free.sum() + 0 * variance, 0 * free + free.sum()
    wide: pd.Series = t.ppf(0.975, free.where(free > 0)) * np.sqrt(variance / runs)
    return wide


def _clearly_beaten(rows: pd.DataFrame, on_line: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which points one on the line beats on both, the 95% interval of each paired difference beyond zero."""
    cost, choice = (rows.pivot(index="point", columns="seed", values=name).to_numpy() for name in (COST, CHOICE))
    beaten = np.zeros(len(cost), dtype=bool)
    for best in np.flatnonzero(on_line):
        beaten |= _above_zero(cost - cost[best]) & _above_zero(choice[best] - choice)
    return beaten


def _above_zero(apart: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return in which rows of paired differences the 95% interval of the mean lies above zero."""
    pairs = (~np.isnan(apart)).sum(axis=1)
    table = pd.DataFrame(apart)
    half = t.ppf(0.975, np.maximum(pairs - 1, 1)) * table.std(axis=1) / np.sqrt(pairs)
    above: NDArray[np.bool_] = (table.mean(axis=1) - half > 0).to_numpy() & (pairs > 1)
    return above


def _frontier(cost: NDArray[np.float64], choice: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points no other beats, by as much choice for no more cost with one of the two better."""
    better = (cost[None] <= cost[:, None]) & (choice[None] >= choice[:, None])
    strictly = (cost[None] < cost[:, None]) | (choice[None] > choice[:, None])
    beaten: NDArray[np.bool_] = np.any(better & strictly, axis=1)
    return ~beaten


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return which points are on the frontier, its cheapest and its most plural end."""
    front = table[table["on_frontier"]].sort_values(COST)
    cheap, plural_end = front.iloc[0], front.iloc[-1]
    by_name = table["scenario"].is_unique
    what = "scenario" if by_name else "point"
    ends = f"from {number(round(cheap[CHOICE]))} CCGs with three offers at {pounds(cheap[COST])} a head to "
    ends += f"{number(round(plural_end[CHOICE]))} at {pounds(plural_end[COST])}"
    if len(front) == 1:
        who = cheap["scenario"].replace("_", " ") if by_name else "one point"
        finding = f"{who} has at once the least spend, {pounds(cheap[COST])} a head, and the most choice, "
        finding += f"{number(round(cheap[CHOICE]))} CCGs with three offers"
    elif len(front) == len(table):
        finding = f"more choice comes with more spend in all {len(table)} {what}s: {ends}"
    else:
        finding = f"{number(len(front))} of {plural(len(table), what)} are not beaten on both spend and choice: {ends}"
    runs, unclear = int(table["runs"].min()), table[~table["on_frontier"] & ~table["clearly_beaten"].astype(bool)]
    if len(front) == 1 and by_name and len(unclear) and study.runs > 1:
        finding += f"; not clear of luck against {listed([name.replace('_', ' ') for name in unclear['scenario']])}"
    if 1 < runs < FEW:
        finding = f"by means of {runs} runs a {what}, {finding}"
    named = f"On the frontier: {listed([name.replace('_', ' ') for name in front['scenario']])}." if by_name else ""
    return Words(
        title=study.told(finding),
        subtitle="Spend on support, £ per head per year (2012/13 prices), against the number of CCGs that three "
        "suppliers could "
        f"serve, England, {table['month'].iloc[0]:%B %Y}; {study.over_runs('mean')} a {what}",
        alt=alt_text([f"Scatter of {plural(len(table), what)}.", f"{sentence(finding)}.", named], "frontier"),
        note=_note(table, runs, what),
    )


def _note(table: pd.DataFrame, runs: int, what: str) -> str:
    """Return how to read the line, and how far luck has made it."""
    read = "On the line nothing else has more choice for less; to the lower right is better for both. Spend leaves out "
    read += "redundancy and other one-off charges."
    if runs == 1:
        return f"{read} One run a {what}: luck alone lifts some onto the line."
    beaten, others = int(table["clearly_beaten"].sum()), int((~table["on_frontier"]).sum())
    read += " Thin lines: 95% intervals of means."
    if others:
        read += f" Beaten on both beyond luck (same seeds, 95%): {beaten} of {plural(others, 'other')}."
    if runs < FEW:
        read += " With so few runs luck lifts some onto the line, which looks better than it is."
    return read


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw the points, the frontier, and intervals: of all points where they are few, else of those on the line."""
    by_name = table["scenario"].is_unique and len(table) <= MOST_NAMED
    axes = page.panel(left=0.62, right=1.6 if by_name else 0.25, above=0.3, below=0.48)
    names = table["scenario"].drop_duplicates().tolist()
    front = table[table["on_frontier"]].sort_values([COST, CHOICE])
    for place, name in enumerate(names):
        rows = table[table["scenario"] == name]
        ink = scenario_ink(place if by_name else place + 1)
        if by_name:
            _draw_intervals(axes, rows, ink)
        axes.plot(
            rows[CHOICE],
            rows[COST],
            marker_of(place),
            color=ink,
            markersize=7 if by_name else 4,
            alpha=1 if by_name else 0.55,
            markeredgecolor=colour("paper"),
            markeredgewidth=0.7,
            zorder=3,
        )
    axes.step(front[CHOICE], front[COST], where="pre", color=colour("accent"), linewidth=1.4, zorder=2)
    if not by_name:
        _draw_intervals(axes, front, colour("accent"))
        axes.plot(front[CHOICE], front[COST], "D", color=colour("accent"), markersize=5, zorder=4)
    axes.grid(True, axis="both")
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(lambda value, _: f"£{value:,.2f}")
    axes.set_xlabel("CCGs that three suppliers could serve →", loc="right", size=LABEL_SIZE)
    axes.text(0, 1.03, "£ per head per year", transform=axes.transAxes, size=LABEL_SIZE, color=colour("quiet"))
    axes.margins(0.08)
    axes.autoscale_view()
    if by_name:
        scenario_names(axes, [(row.scenario, getattr(row, CHOICE), getattr(row, COST)) for row in table.itertuples()])


def _draw_intervals(axes: Axes, rows: pd.DataFrame, ink: str) -> None:
    """Draw the 95% intervals of both means of each point, where it has them."""
    style: dict[str, Any] = {"color": ink, "linewidth": 0.9, "alpha": 0.6, "zorder": 1}
    for row in rows.dropna(subset=[f"{COST}_low"]).to_dict("records"):
        axes.plot([row[f"{CHOICE}_low"], row[f"{CHOICE}_high"]], [row[COST]] * 2, **style)
        axes.plot([row[CHOICE]] * 2, [row[f"{COST}_low"], row[f"{COST}_high"]], **style)


FRONTIER = Chart(
    "frontier",
    "The frontier of cost against plurality: which scenarios or points nothing else beats on both.",
    measure,
    describe,
    draw,
    needs={"outcomes": (COST, CHOICE)},
    kinds=EXPERIMENT,
)
