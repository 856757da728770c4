"""What maps show of each CCG: its home unit, in one run."""

import numpy as np
import pandas as pd

from outputs.charts.chart import Material
from outputs.charts.genealogy import short_name
from outputs.charts.house import colour
from outputs.charts.maps import Look, Subject, map_chart, snapshots_of
from outputs.charts.one_run import rule_words, run_shown
from outputs.charts.page import Words
from outputs.charts.study import Study
from outputs.charts.words import month_name, number, plural

ENDS = ("2013-04", "2016-12")
NOBODY = "none"
FILLS = ("#86B4DC", "#F9BC9B", "#1F8577", "#9C80CC", "#E8D68A", "#C9C9C9", "#F29CB7")
"""Colours that part areas side by side, in grey too for the first four; they stand for no particular unit."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def measure(given: Material) -> pd.DataFrame:
    """Return each CCG's home unit in the run shown, with a colour number that no neighbouring area shares."""
    ccgs, run = given.results.ccgs, run_shown(given)
    rows = ccgs[(ccgs["run"] == run) & ccgs["month"].isin(snapshots_of(ccgs["month"].unique(), ENDS))]
    home = rows["home_unit"].astype(object).where(rows["home_unit"].notna(), NOBODY).astype(str)
    table = rows[["month", "ods_code"]].assign(group=home).reset_index(drop=True)
    names = dict(zip(given.england.clusters.unit, given.england.clusters.unit_name, strict=True))
    units = [unit for unit in sorted(table["group"].unique()) if unit != NOBODY]
    letters = dict(zip(units, LETTERS, strict=False)) | {NOBODY: "-"}
    fills = _fills(table, given)
    chosen = given.choice.run is not None
    return table.assign(
        unit_name=table["group"].map(names).fillna("no unit"),
        letter=table["group"].map(letters),
        fill=table["group"].map(fills),
        run_shown=run,
        run_chosen=chosen,
    )


def looks(table: pd.DataFrame) -> dict[str, Look]:
    """Return how each unit looks, in the order of their letters."""
    units = table.drop_duplicates("group").sort_values("letter", key=lambda letters: letters.map(LETTERS.find) % 99)
    return {
        row.group: Look(
            row.letter, short_name(row.unit_name), FILLS[int(row.fill)] if row.fill >= 0 else colour("nothing")
        )
        for row in units.itertuples()
    }


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return how many units CCGs have as home units, first and last."""
    homes = table[table["group"] != NOBODY].groupby("month")["group"].nunique()
    months = sorted(table["month"].unique())
    first, last = (int(homes.get(month, 0)) for month in (months[0], months[-1]))
    finding = f"CCGs have {plural(first, 'home unit')} in {month_name(months[0])}"
    if len(months) > 1:
        finding += f" and {number(last)} in {month_name(months[-1])}"
    without = int((table[table["month"] == months[-1]]["group"] == NOBODY).sum())
    finding += f"; {number(without)} of {plural(table['ods_code'].nunique(), 'CCG')} have none then"
    run = int(table["run_shown"].iloc[0])
    largest = table[table["month"] == months[-1]]["unit_name"].value_counts()
    return Words(
        title=f"In one run, {finding}",
        subtitle="Home NHS unit of each CCG: the one proposed for its cluster, or its heir",
        alt=f"{finding}. Largest in the last map: {largest.index[0]}, {plural(int(largest.iloc[0]), 'CCG')}.",
        note=f"{rule_words(run, bool(table['run_chosen'].iloc[0]), study.runs)} Colours only part neighbours.",
    )


def labels(rows: pd.DataFrame) -> dict[str, str]:
    """Return each unit's letter at the CCG in the middle of its area."""
    found = {}
    for _, area in rows[rows["group"] != NOBODY].groupby("group"):
        places = area[["tile_x", "tile_y"]].to_numpy(dtype=float)
        middle = np.abs(places - np.median(places, axis=0)).sum(axis=1).argmin()
        found[area["ods_code"].iloc[middle]] = area["letter"].iloc[0]
    return found


def _fills(table: pd.DataFrame, given: Material) -> dict[str, int]:
    """Return a colour number for each unit, so that no two areas side by side share one; the largest choose first."""
    codes = list(given.england.ccgs.ods_code)
    touching: dict[str, set[str]] = {unit: set() for unit in table["group"]}
    for _, rows in table.groupby("month"):
        home = dict(zip(rows["ods_code"].astype(str), rows["group"], strict=True))
        for a, b in given.england.neighbours.pairs.tolist():
            one, two = home[codes[a]], home[codes[b]]
            if one != two:
                touching[one].add(two)
                touching[two].add(one)
    fills: dict[str, int] = {NOBODY: -1}
    for unit in sorted(touching, key=lambda unit: (-len(touching[unit]), unit)):
        taken = {fills.get(other) for other in touching[unit]}
        free = (number for number in range(len(FILLS)) if number not in taken)
        fills.setdefault(unit, next(free, 0))
    return fills


SHOWS = "Home NHS unit of each CCG in one run, in April 2013 and December 2016"
UNIT = Subject(
    "unit",
    SHOWS,
    measure,
    looks,
    describe,
    needs={"ccgs": ("run", "ods_code", "month", "home_unit")},
    counted=False,
    labels=labels,
)
TILE_MAP_UNIT = map_chart(UNIT, "tile_map_unit", real=False)
MAP_UNIT = map_chart(UNIT, "map_unit", real=True)
