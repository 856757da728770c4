"""What maps show of each CCG: what it says of its support."""

import pandas as pd

from outputs.charts.chart import Material
from outputs.charts.house import colour
from outputs.charts.map_source import agreement
from outputs.charts.maps import Look, Subject, counts_of, map_chart, snapshots_of
from outputs.charts.page import Words
from outputs.charts.study import Study
from outputs.charts.words import month_name, number, plural

ANSWERS = {
    "very": ("V", "very satisfied", "model"),
    "quite": ("Q", "quite satisfied", "#BBD6EF"),
    "not": ("N", "not satisfied", "less"),
}


def measure(given: Material) -> pd.DataFrame:
    """Return what each CCG says in most runs at each snapshot, and in how many; of two equal answers the worse."""
    ccgs = given.results.ccgs
    rows = ccgs[ccgs["month"].isin(snapshots_of(ccgs["month"].unique()))]
    counts = rows.groupby(["month", "ods_code", "satisfaction"], observed=True).size().unstack(fill_value=0)
    counts = counts.reindex(columns=list(ANSWERS)[::-1], fill_value=0)
    table = pd.DataFrame({"group": counts.idxmax(axis=1).astype(str), "runs": counts.max(axis=1)})
    return table.reset_index()


def looks(table: pd.DataFrame) -> dict[str, Look]:
    """Return how each answer looks."""
    return {
        answer: Look(letter, words, role if role.startswith("#") else colour(role))
        for answer, (letter, words, role) in ANSWERS.items()
    }


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return how many CCGs are not satisfied at the first and the last date."""
    counts = counts_of(table, list(ANSWERS))
    first, last = counts.iloc[:, 0], counts.iloc[:, -1]
    often = "" if study.runs == 1 else "most often "
    finding = f"{number(last['not'])} of {plural(last.sum(), 'CCG')} are {often}not satisfied"
    finding += f" in {month_name(counts.columns[-1])}"
    if len(counts.columns) > 1:
        finding += f"; in {month_name(counts.columns[0])} it was {number(first['not'])}"
    shown = "; ".join(f"{words} {number(last[answer])}" for answer, (_, words, _) in ANSWERS.items())
    return Words(
        title=study.told(finding),
        subtitle="What CCGs say of their commissioning support",
        alt=f"{finding[0].upper()}{finding[1:]}. Last map: {shown}.",
        note=agreement(table, study, "the answer"),
    )


SHOWS = "How satisfied each CCG is with its support, by year"
SATISFACTION_OF_CCGS = Subject(
    "satisfaction", SHOWS, measure, looks, describe, needs={"ccgs": ("ods_code", "month", "satisfaction")}
)
TILE_MAP_SATISFACTION = map_chart(SATISFACTION_OF_CCGS, "tile_map_satisfaction", real=False)
MAP_SATISFACTION = map_chart(SATISFACTION_OF_CCGS, "map_satisfaction", real=True)
