"""What came of what a seat said: line by line for a CCG, in a few figures for each seat."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from agents.columns import BUY, MAKE, NOBODY, SHARE
from agents.events import AT_CAPACITY, NOT_LET_THROUGH, REFUSED
from outputs.workshop.room.looking import month_name
from outputs.workshop.room.seasons import SEASONS
from outputs.workshop.room.table import Stage
from outputs.workshop.room.who import Who

SOURCES = {"make": MAKE, "share": SHARE, "buy": BUY}
WHY = {NOT_LET_THROUGH: "not let through", AT_CAPACITY: "the supplier was full"}


def lines_of(who: Who, code: str, season: int, sheet: Mapping[str, Any], after: Stage) -> list[dict[str, str]]:
    """Return what a CCG asked for each line, and what came of it by the end of the season."""
    row, told = who.ccg_row[code], []
    for line, source in sheet.get("lines", {}).items():
        place = who.line_row[line]
        told.append(
            {
                "line": line,
                "name": who.line_names[place],
                "asked": who.told(*who.read_source(source), row),
                "came": _came(who, row, place, who.read_source(source), season, after),
            }
        )
    return told


def _came(who: Who, row: int, line: int, asked: tuple[int, int], season: int, after: Stage) -> str:
    agreement = after.agreement(row, line)
    now = agreement["kind"], agreement["supplier"]
    coming = agreement["next_kind"], agreement["next_supplier"]
    intended = SEASONS[season].end <= 12
    if intended:
        return "stated" if _is(asked, coming, row, after) else f"stated instead: {who.told(*coming, row)}"
    if _is(asked, now, row, after):
        return f"in force since {month_name(agreement['start'])}"
    if agreement["next_start"] != NOBODY and _is(asked, coming, row, after):
        return f"signed, starts {month_name(agreement['next_start'])}"
    why = _refusal(row, line, season, after)
    return f"{why or 'could not be had'}; you have: {who.told(*now, row)}"


def _is(asked: tuple[int, int], had: tuple[int, int], row: int, after: Stage) -> bool:
    """Say whether a source is the one asked for; a unit's heir is, and a team that a neighbour joined."""
    kind, supplier = asked
    if kind == BUY and had[0] == BUY:
        while supplier != had[1] and after.suppliers[supplier]["heir"] != NOBODY:
            supplier = int(after.suppliers[supplier]["heir"])
        return supplier == had[1]
    own = had[0] == MAKE or had == (SHARE, row)
    if kind == MAKE:
        return own
    return had == asked or had == (SHARE, row)


def _refusal(row: int, line: int, season: int, after: Stage) -> str:
    events = after.events
    mine = (events["event"] == REFUSED) & (events["ccg"] == row) & (events["line"] == line)
    reasons = events["reason"][mine & (events["month"] >= SEASONS[season].first)]
    return WHY.get(int(reasons[-1]), "refused") if reasons.size else ""


def figures(who: Who, seat: str, before: Stage, after: Stage) -> dict[str, float]:
    """Return a few figures of a seat at the end of a stretch; money in GBP."""
    kind, _, name = seat.partition(":")
    if kind == "ccg":
        return ccg_figures(after, [who.ccg_row[name]], before.month)
    if kind == "unit":
        unit = after.suppliers[who.supplier_row[name]]
        return {
            "customers": int(unit["customers"]), "people": int(unit["served"]), "reserves": float(unit["reserves"]),
            "staff": round(float(unit["fte"].sum()), 1), "quality": round(float(unit["quality"].mean()), 3),
        }  # fmt: skip
    last = after.outcomes[-1]
    return {
        "units": int(last["css_operating"]), "spend": round(float(last["spend_per_head"]), 3),
        "unmet": round(float(last["unmet_need_share"]), 4),
    }  # fmt: skip


def ccg_figures(stage: Stage, rows: list[int], since: int) -> dict[str, float]:
    """Return figures of some CCGs together: spend a head and satisfaction by people, redundancy since a month (GBP)."""
    people, kinds = stage.ccgs["population"][rows], stage.agreements["kind"][rows]
    of_people = people / people.sum()
    return {
        "spend": round(float(stage.ccgs["support_spend"][rows].sum() * 12.0 / people.sum()), 3),
        "satisfaction": round(float(stage.ccgs["satisfaction"][rows] @ of_people), 4),
        "unmet": round(float((1.0 - stage.ccgs["service_level"][rows]) @ of_people), 4),
        "redundancy": round(float(stage.redundancy(since)[rows].sum()), -2),
        **{name: round(float(np.count_nonzero(kinds == kind) / kinds.size), 4) for name, kind in SOURCES.items()},
    }
