"""What a seat sees before it chooses: a CCG's sources, bills and neighbours, a unit's books, the board's levers."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from agents.columns import BUY, FREE_STANDING, NEST_NHS, NHS, NOBODY, SHARE, STATUSES
from agents.dates import APRIL_2013
from outputs.workshop.room.played import IF_AGREED, OUTLOOK, look
from outputs.workshop.room.table import Run, by_line
from outputs.workshop.room.who import Who
from simulation.calendar import first_day

MOST_OF_A_NEST = 3
MOST_NEIGHBOURS = 4
NEAREST_UNITS = 4
DEAREST, LEAST_DEAR = 0.15, -0.15
"""How far a director may set prices from the model's (share)."""
MOST_HIRED, MOST_CUT = 0.2, -0.2
LEAST_ALLOWANCE, MOST_ALLOWANCE = 15.0, 35.0
LEAST_MARK, MOST_MARK = 0.4, 0.9


def month_name(month: int) -> str:
    """Return a month in words (0 is January 2012)."""
    return first_day(min(month, 119)).strftime("%b %Y")


def ccg_view(run: Run, who: Who, code: str, lines: Sequence[str], played: set[str]) -> dict[str, Any]:
    """Return what a CCG's seat sees.

    Args:
        run: The room's run.
        who: What ids mean.
        code: Its ODS code.
        lines: Ids of the lines in play.
        played: ODS codes of the CCGs that have a person.
    """
    columns, row = run.market.columns, who.ccg_row[code]
    outlook = np.zeros(1, OUTLOOK)
    look(columns, row, outlook)
    seen = {name: outlook[name][0].tolist() for name in outlook.dtype.names or ()}
    ccg = columns["ccgs"][0, row]
    agreements, month = by_line(columns["agreements"][0, row]), run.market.month
    policy = columns["policy"][0][month]
    costs = [
        price_now(agreements[k], month, float(policy["choice_contract_management"])) for k in range(len(who.lines))
    ]
    home = int(ccg["home"])
    room = float((ccg["allowance"] - policy["allowance_core_cost"]) / ccg["population"])
    return {
        "kind": "ccg",
        "people": int(ccg["population"]),
        "room": round(room, 4),
        "costs": {line: round(costs[k], 4) for k, line in enumerate(who.lines)},
        "satisfaction": round(float(ccg["satisfaction"]), 3),
        "home": who.supplier_names[home] if home != NOBODY else "",
        "trust_pays": month < APRIL_2013,
        "lines": [_line_view(seen, agreements, who, row, line, month, played, home) for line in lines],
    }


def price_now(agreement: Mapping[str, Any], month: int, management: float) -> float:
    """Return what a line will cost if nothing is said (GBP a head a year): as signed, or before 2013 as intended."""
    ahead = month < APRIL_2013 or agreement["next_start"] != NOBODY
    kind, price = (
        (agreement["next_kind"], agreement["next_price"]) if ahead else (agreement["kind"], agreement["price"])
    )
    return price * (1.0 + management if kind == BUY else 1.0)


def _line_view(
    seen: Any, agreements: Any, who: Who, row: int, line: str, month: int, played: set[str], home: int
) -> dict[str, Any]:
    place, early = who.line_row[line], month < APRIL_2013
    agreement = agreements[place]
    signed = not early and agreement["next_start"] != NOBODY
    return {
        "id": line,
        "name": who.line_names[place],
        "now": who.told(agreement["kind"], agreement["supplier"], row),
        "until": month_name(agreement["end"]),
        "plan": who.told(agreement["next_kind"], agreement["next_supplier"], row) if early or signed else "",
        "open": not signed,
        "staff": round(seen["attached"][place], 1),
        "sources": [] if signed else _sources(seen, agreement, who, row, place, played, home),
    }


def _sources(
    seen: Any, agreement: Any, who: Who, row: int, line: int, played: set[str], home: int
) -> list[dict[str, Any]]:
    picked = _picked(seen, who, agreement, line, played, home)
    return [_source(seen, agreement, who, row, line, c) for c in picked]


def _picked(seen: Any, who: Who, agreement: Any, line: int, played: set[str], home: int) -> list[int]:
    """Return the sources to show: own team, likely neighbours, the home unit, and the cheapest of the others."""
    open_ones = [c for c in range(seen["n"]) if seen["open"][c][line]]
    price = {c: seen["price"][c][line] for c in open_ones}
    picked = [c for c in open_ones if seen["kind"][c] not in (SHARE, BUY)]
    sharers = [c for c in open_ones if seen["kind"][c] == SHARE]
    sharers.sort(
        key=lambda c: (seen["open"][c][line] == IF_AGREED, who.ccgs[seen["supplier"][c]] not in played, price[c])
    )
    picked += sharers[:MOST_NEIGHBOURS]
    for of_nhs in (True, False):
        nest = [c for c in open_ones if seen["kind"][c] == BUY and (seen["nest"][c] == NEST_NHS) == of_nhs]
        nest.sort(key=lambda c: (seen["supplier"][c] not in (home, agreement["supplier"]), price[c]))
        picked += nest[:MOST_OF_A_NEST]
    present = [
        c for c in open_ones if (seen["kind"][c], seen["supplier"][c]) == (agreement["kind"], agreement["supplier"])
    ]
    return picked + [c for c in present if c not in picked]


def _source(seen: Any, agreement: Any, who: Who, row: int, line: int, c: int) -> dict[str, Any]:
    kind, supplier, nest = seen["kind"][c], seen["supplier"][c], seen["nest"][c]
    stays = (kind, supplier) == (agreement["kind"], agreement["supplier"])
    told: dict[str, Any] = {
        "id": who.source(kind, supplier),
        "what": who.told(kind, supplier, row),
        "price": round(seen["price"][c][line], 4),
        "quality": round(seen["quality"][c][line], 2),
        "redundant": 0.0 if stays else round(seen["redundant"][line][nest], 1),
        "bill": 0 if stays else round(seen["bill"][line][nest], -2),
        "own": 0 if stays else round(seen["own_part"][line][nest], -2),
    }
    if stays:
        told["stays"] = True
    if seen["open"][c][line] == IF_AGREED:
        told["if_agreed"] = True
    return told


def unit_view(run: Run, who: Who, unit: str) -> dict[str, Any]:
    """Return what a unit's director sees."""
    columns, row = run.market.columns, who.supplier_row[unit]
    supplier = columns["suppliers"][0, row]
    return {
        "kind": "unit",
        "status": STATUSES[supplier["status"]].replace("_", " "),
        "sells": bool(supplier["status"] <= FREE_STANDING),
        "customers": int(supplier["customers"]),
        "people": int(supplier["served"]),
        "staff": round(float(supplier["fte"].sum()), 1),
        "reserves": round(float(supplier["reserves"]), -3),
        "price": round(float(supplier["price"].sum()), 2),
        "quality": round(float(supplier["quality"].mean()), 2),
        "heir": who.supplier_names[supplier["heir"]] if supplier["heir"] != NOBODY else "",
        "limits": {"price": [LEAST_DEAR, DEAREST], "staff": [MOST_CUT, MOST_HIRED]},
        "partners": [{"id": who.suppliers[k], "name": who.supplier_names[k]} for k in nearest_units(columns, row, who)],
    }


def nearest_units(columns: Any, row: int, who: Who) -> list[int]:
    """Return the rows of the nearest units that could be joined."""
    suppliers = columns["suppliers"][0][: len(who.units)]
    mine = suppliers[row]
    far = (suppliers["x"] - mine["x"]) ** 2 + (suppliers["y"] - mine["y"]) ** 2
    live = [k for k in np.argsort(far, kind="stable").tolist() if _can_join(suppliers[k]) and k != row]
    return live[:NEAREST_UNITS]


def _can_join(supplier: Any) -> bool:
    return bool(supplier["status"] <= FREE_STANDING and supplier["sector"] == NHS)


def board_view(run: Run, april: int | None, checkpoint: bool) -> dict[str, Any]:
    """Return what the board's seat sees."""
    columns, month = run.market.columns, run.market.month
    policy, outcomes = columns["policy"][0][month], columns["outcomes"][0][month - 1]
    return {
        "kind": "board",
        "allowance": round(float(policy["allowance_per_head"]), 2),
        "pass_mark": round(float(policy["checkpoint_pass_mark"]), 3),
        "april": month_name(april) if april is not None else "",
        "checkpoint": checkpoint,
        "units": int(outcomes["css_operating"]),
        "spend": round(float(outcomes["spend_per_head"]), 2),
        "unmet": round(float(outcomes["unmet_need_share"]), 4),
        "limits": {"allowance": [LEAST_ALLOWANCE, MOST_ALLOWANCE], "pass_mark": [LEAST_MARK, MOST_MARK]},
    }


def neighbours_view(
    run: Run, who: Who, code: str, lines: Sequence[str], sheets: Mapping[str, Mapping[str, Any]], played: set[str]
) -> list[dict[str, Any]]:
    """Return what a CCG's neighbours have, and what those with a person say for the season."""
    agreements, shown = run.market.columns["agreements"][0], []
    ahead = "next_" if run.market.month < APRIL_2013 else ""
    near = sorted(who.beside[who.ccg_row[code]], key=lambda row: who.ccgs[row] not in played)
    for row in near[:6]:
        said = sheets.get(f"ccg:{who.ccgs[row]}", {}).get("lines", {})
        told = {line: _said(who, said[line], row) for line in lines if line in said}
        kinds, suppliers = (agreements[ahead + name][row].tolist() for name in ("kind", "supplier"))
        now = {line: who.told(kinds[who.line_row[line]], suppliers[who.line_row[line]], row) for line in lines}
        shown.append({"name": who.ccg_names[row], "played": who.ccgs[row] in played, "now": now, "says": told})
    return shown


def _said(who: Who, source: str, row: int) -> str:
    return who.told(*who.read_source(source), row)
