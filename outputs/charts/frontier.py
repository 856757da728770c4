"""Chart of the frontier of cost against plurality: no other scenario has more choice for less."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from outputs.charts.chart import EXPERIMENT, Chart, Material
from outputs.charts.experiments import marker_of, scenario_ink, scenario_names
from outputs.charts.house import LABEL_SIZE, colour
from outputs.charts.page import Page, Words
from outputs.charts.study import Study
from outputs.charts.words import alt_text, listed, number, plural, pounds, sentence

COST, CHOICE = "spend_per_head", "ccgs_with_three_offers"
MOST_NAMED = 8


def measure(given: Material) -> pd.DataFrame:
    """Return each point's mean cost and choice, where 9 in 10 runs lie, and if it is on the frontier."""
    rows = given.results.last((COST, CHOICE))
    keys = ["point", "scenario", *given.results.factors]
    grouped = rows.groupby("point", sort=True)
    table = grouped[[COST, CHOICE]].mean()
    for name in (COST, CHOICE):
        table[f"{name}_p05"], table[f"{name}_p95"] = (grouped[name].quantile(q) for q in (0.05, 0.95))
    design = given.results.places[keys].set_index("point")
    table = design.join(table, how="inner").reset_index()
    return table.assign(
        on_frontier=_frontier(table[COST].to_numpy(), table[CHOICE].to_numpy()), month=rows["month"].iloc[0]
    )


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
        finding = f"{who} has at once the least cost, {pounds(cheap[COST])} a head, and the most choice, "
        finding += f"{number(round(cheap[CHOICE]))} CCGs with three offers"
    elif len(front) == len(table):
        finding = f"more choice costs more in all {len(table)} {what}s: {ends}"
    else:
        finding = f"{number(len(front))} of {plural(len(table), what)} are not beaten on both cost and choice: {ends}"
    named = f"On the frontier: {listed([name.replace('_', ' ') for name in front['scenario']])}." if by_name else ""
    return Words(
        title=sentence(finding),
        subtitle="Spend on support, £ per head per year (2012/13 prices), against the number of CCGs that three "
        "suppliers could "
        f"serve, England, {table['month'].iloc[0]:%B %Y}; mean of {plural(study.runs, 'run')} a {what}",
        alt=alt_text([f"Scatter of {plural(len(table), what)}.", f"{sentence(finding)}.", named], "frontier"),
        note="On the line nothing else has more choice for less; to the lower right is better for both."
        + (" Thin lines: 9 in 10 runs." if by_name and study.runs > 1 else ""),
    )


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw the points, their spread where they are few, and the frontier."""
    by_name = table["scenario"].is_unique and len(table) <= MOST_NAMED
    axes = page.panel(left=0.62, right=1.6 if by_name else 0.25, above=0.3, below=0.48)
    names = table["scenario"].drop_duplicates().tolist()
    if by_name:
        _draw_spread(axes, table)
    for place, name in enumerate(names):
        rows = table[table["scenario"] == name]
        axes.plot(
            rows[CHOICE],
            rows[COST],
            marker_of(place),
            color=scenario_ink(place if by_name else place + 1),
            markersize=7 if by_name else 4,
            alpha=1 if by_name else 0.55,
            markeredgecolor=colour("paper"),
            markeredgewidth=0.7,
            zorder=3,
        )
    front = table[table["on_frontier"]].sort_values([COST, CHOICE])
    axes.step(front[CHOICE], front[COST], where="pre", color=colour("accent"), linewidth=1.4, zorder=2)
    if not by_name:
        axes.plot(front[CHOICE], front[COST], "o", color=colour("accent"), markersize=5, zorder=4)
    axes.grid(True, axis="both")
    axes.yaxis.set_major_formatter(lambda value, _: f"£{value:,.2f}")
    axes.set_xlabel("CCGs that three suppliers could serve →", loc="right", size=LABEL_SIZE)
    axes.text(0, 1.03, "£ per head per year", transform=axes.transAxes, size=LABEL_SIZE, color=colour("quiet"))
    axes.margins(0.08)
    axes.autoscale_view()
    if by_name:
        scenario_names(axes, [(row.scenario, getattr(row, CHOICE), getattr(row, COST)) for row in table.itertuples()])


def _draw_spread(axes: Axes, table: pd.DataFrame) -> None:
    for place, row in enumerate(table.to_dict("records")):
        style: dict[str, Any] = {"color": scenario_ink(place), "linewidth": 0.9, "alpha": 0.6, "zorder": 1}
        axes.plot([row[f"{CHOICE}_p05"], row[f"{CHOICE}_p95"]], [row[COST]] * 2, **style)
        axes.plot([row[CHOICE]] * 2, [row[f"{COST}_p05"], row[f"{COST}_p95"]], **style)


FRONTIER = Chart(
    "frontier",
    "The frontier of cost against plurality: which scenarios or points nothing else beats on both.",
    measure,
    describe,
    draw,
    needs={"outcomes": (COST, CHOICE)},
    kinds=EXPERIMENT,
)
