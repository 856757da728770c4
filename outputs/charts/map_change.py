"""What maps show of each CCG: whether its main source of support changed between two dates, and to what."""

import pandas as pd

from outputs.charts.chart import Material
from outputs.charts.house import HATCHES, SOURCE_NOTE, SOURCES, colour, fill_of
from outputs.charts.map_source import NEEDS, NO_SPEND, main_sources
from outputs.charts.maps import Look, Subject, map_chart, snapshots_of
from outputs.charts.page import Words
from outputs.charts.study import Study
from outputs.charts.words import month_name, number, plural

ENDS = ("2013-04", "2016-12")
SAME = "same"


def measure(given: Material) -> pd.DataFrame:
    """Return each CCG's main source at the last date where it is another than at the first, and ``same`` elsewhere."""
    months = snapshots_of(given.leaders.months, ENDS)
    table = main_sources(given, [months[0], months[-1]])
    first, last = (table[table["month"] == month].reset_index(drop=True) for month in (months[0], months[-1]))
    group = last["group"].where(last["group"] != first["group"], SAME)
    return last.assign(group=group, source_before=first["group"], month_before=months[0])


def looks(table: pd.DataFrame) -> dict[str, Look]:
    """Return how each new source looks, and how no change does."""
    shown = {SAME: Look("", "no change", colour("nothing"))}
    shown |= {
        source: Look(style.letter, f"to {style.words}", fill_of(source), HATCHES.get(source, ""))
        for source, style in SOURCES.items()
    }
    return shown | ({NO_SPEND: Look("-", "no spend", colour("paper"))} if (table["group"] == NO_SPEND).any() else {})


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return how many CCGs changed, and to what most."""
    moved = table[table["group"] != SAME]
    since = month_name(table["month_before"].iloc[0])
    finding = f"{number(len(moved))} of {plural(len(table), 'CCG')} have another main source than in {since}"
    if to := moved["group"].mode().tolist():
        finding += f"; {_to(to[0])} most, {number((moved['group'] == to[0]).sum())}"
    shown = "; ".join(f"{_to(group)} {number(count)}" for group, count in moved["group"].value_counts().items())
    over = "" if study.runs == 1 else " Sources are those that a CCG has most often over the runs."
    return Words(
        title=study.told(finding),
        subtitle=f"Main source of commissioning support by spend, where it is another than in {since}",
        alt=f"{finding[0].upper()}{finding[1:]}{': ' if shown else ''}{shown}.",
        note=f"{SOURCE_NOTE}{over}",
    )


def _to(group: str) -> str:
    return f"to {SOURCES[group].words}" if group in SOURCES else "to no spend"


SHOWS = "Which CCGs changed their main source between April 2013 and December 2016, and to what"
CHANGE = Subject("change", SHOWS, measure, looks, describe, needs=NEEDS)
TILE_MAP_CHANGE = map_chart(CHANGE, "tile_map_change", real=False)
MAP_CHANGE = map_chart(CHANGE, "map_change", real=True)
