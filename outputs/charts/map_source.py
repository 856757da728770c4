"""What maps show of each CCG: its main source of support."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outputs.charts.chart import Material
from outputs.charts.house import HATCHES, SOURCE_NOTE, SOURCES, colour, fill_of
from outputs.charts.maps import Look, Subject, counts_of, map_chart, snapshots_of
from outputs.charts.page import Words
from outputs.charts.study import Study
from outputs.charts.words import counter_move, month_name, number, percent, plural

NO_SPEND = "none"
NEEDS = {"sourcing": ("run", "ods_code", "month", "source", "price_per_head")}


def measure(given: Material) -> pd.DataFrame:
    """Return each CCG's main source at each snapshot, and in how many runs it is that."""
    return main_sources(given, snapshots_of(given.leaders.months))


def main_sources(given: Material, months: Sequence[pd.Timestamp]) -> pd.DataFrame:
    """Return the source that is each CCG's main one in most runs, at some snapshots."""
    codes = given.england.ccgs.ods_code
    led = given.leaders.runs_led(months)
    tables = [_led_in(month, codes, counts) for month, counts in zip(months, led, strict=True)]
    return pd.concat(tables, ignore_index=True)


def looks(table: pd.DataFrame) -> dict[str, Look]:
    """Return how each source looks; no spend only where it is there."""
    shown = {
        source: Look(style.letter, style.words, fill_of(source), HATCHES.get(source, ""))
        for source, style in SOURCES.items()
    }
    return shown | ({NO_SPEND: Look("-", "no spend", colour("nothing"))} if (table["group"] == NO_SPEND).any() else {})


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return for how many CCGs the home unit is the main source, and who gains or loses against it."""
    counts = counts_of(table, list(looks(table)))
    months = counts.columns
    headline = study.told(_finding(counts, often="" if study.runs == 1 else "most often "))
    shown = "; ".join(f"{SOURCES[s].words} {_path(counts.loc[s])}" for s in SOURCES)
    when = " and ".join(month_name(month) for month in dict.fromkeys((months[0], months[-1])))
    return Words(
        title=headline,
        subtitle="Main source of commissioning support by spend",
        alt=f"CCGs by main source, {when}: {shown}.",
        note=f"{agreement(table, study, 'the source')} {SOURCE_NOTE}",
    )


def agreement(table: pd.DataFrame, study: Study, what: str) -> str:
    """Return how sure a map is: how often what is shown of a CCG is so."""
    if study.runs == 1:
        return "One run."
    latest = table[table["month"] == table["month"].max()]
    middle = percent(latest["runs"].median() / study.runs)
    return (
        f"Shown is {what} that a CCG has most often in the {study.runs} runs; in the last map, in {middle} of them for "
        "the median CCG."
    )


def _led_in(month: pd.Timestamp, codes: Sequence[str], led: NDArray[np.int64]) -> pd.DataFrame:
    """Return the CCGs of one snapshot with the source that leads in most runs."""
    most = led.max(axis=1)
    group = np.where(most > 0, np.array(list(SOURCES))[led.argmax(axis=1)], NO_SPEND)
    return pd.DataFrame({"month": month, "ods_code": codes, "group": group, "runs": most})


def _finding(counts: pd.DataFrame, often: str) -> str:
    """Return the headline."""
    first, last = counts.iloc[:, 0], counts.iloc[:, -1]
    home = (
        f"the home NHS unit is {often}the main source for {number(first['home_css'])} of {plural(first.sum(), 'CCG')}"
    )
    if len(counts.columns) == 1:
        return f"{home} in {month_name(counts.columns[0])}"
    first_month, last_month = (month_name(month) for month in counts.columns[[0, -1]])
    against = counter_move(first[list(SOURCES)], last[list(SOURCES)], "home_css", number)
    return f"{home} in {first_month} and for {number(last['home_css'])} in {last_month}{against}"


def _path(row: pd.Series) -> str:
    """Return a source's first and last count."""
    return number(row.iloc[0]) if len(row) == 1 else f"{number(row.iloc[0])}, {number(row.iloc[-1])}"


SHOWS = "Main source of support of each CCG, by year"
SOURCE = Subject("source", SHOWS, measure, looks, describe, needs=NEEDS)
TILE_MAP = map_chart(SOURCE, "tile_map", real=False)
MAP = map_chart(SOURCE, "map", real=True)
