"""What maps show of each CCG: what it spends on support per head."""

import itertools

import numpy as np
import pandas as pd

from outputs.charts.chart import Material
from outputs.charts.house import style
from outputs.charts.maps import Look, Subject, map_chart, snapshots_of
from outputs.charts.page import Words
from outputs.charts.study import Study
from outputs.charts.words import going, month_name, pounds

ENDS = ("2013-04", "2016-12")
CLASSES = 4


def measure(given: Material) -> pd.DataFrame:
    """Return each CCG's mean spend over runs (£ per head per year), and which of four classes it falls in."""
    ccgs = given.results.ccgs
    rows = ccgs[ccgs["month"].isin(snapshots_of(ccgs["month"].unique(), ENDS))]
    table = rows.groupby(["month", "ods_code"], observed=True)["spend_per_head"].mean().reset_index()
    marks = _marks(table["spend_per_head"])
    group = np.searchsorted(marks, table["spend_per_head"].to_numpy(), side="right")
    edges = [
        f"under {pounds(marks[0])}",
        *(f"{pounds(a)} to {pounds(b)}" for a, b in itertools.pairwise(marks)),
    ]
    names = np.array([*edges, f"{pounds(marks[-1])} or more"])
    return table.assign(group=group + 1, group_words=names[group])


def looks(table: pd.DataFrame) -> dict[int, Look]:
    """Return how each class looks, from little to much."""
    named = table.drop_duplicates("group").set_index("group")["group_words"].sort_index()
    return {group: Look(str(group), words, style().ladder[group - 1]) for group, words in named.items()}


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return what the median CCG spends at the two dates, and how far CCGs differ."""
    by_month = table.groupby("month")["spend_per_head"]
    middle, last = by_month.median(), table[table["month"] == table["month"].max()]["spend_per_head"]
    first_month, last_month = (month_name(month) for month in middle.index[[0, -1]])
    before, after = pounds(middle.iloc[0]), pounds(middle.iloc[-1])
    if before == after:
        path = f"the median CCG spends {after} a head, in {first_month} as in {last_month}"
    else:
        verb = {"fall": "falls", "rise": "rises"}[going(middle.iloc[0], middle.iloc[-1])]
        path = f"the median CCG's spend {verb} from {before} a head in {first_month} to {after} in {last_month}"
    low, high = (pounds(value) for value in np.percentile(last, (10, 90)))
    return Words(
        title=study.told(path),
        subtitle="Spend on commissioning support, £ per head per year at 2012/13 prices; " + study.over_runs("mean"),
        alt=f"CCGs in four classes of spend. {path[0].upper()}{path[1:]}. In {last_month} one in ten spends "
        f"under {low}, one in ten over {high}.",
        note="Darker is more; the classes are the same at both dates. Charges and the CCGs' own core cost are apart.",
    )


def _marks(spend: pd.Series) -> list[float]:
    """Return three rounded marks that part the CCGs into four classes of about the same number."""
    quarters = np.percentile(spend, (25, 50, 75))
    for step in (0.5, 0.25, 0.1, 0.01):
        marks = np.round(quarters / step) * step
        if len(set(marks.tolist())) == CLASSES - 1:
            return [float(round(mark, 2)) for mark in marks]
    return [float(mark) for mark in sorted({round(float(quarter), 2) for quarter in quarters})]


SHOWS = "Spend on support per head of each CCG in April 2013 and December 2016"
SPEND = Subject("spend", SHOWS, measure, looks, describe, needs={"ccgs": ("ods_code", "month", "spend_per_head")})
TILE_MAP_SPEND = map_chart(SPEND, "tile_map_spend", real=False)
MAP_SPEND = map_chart(SPEND, "map_spend", real=True)
