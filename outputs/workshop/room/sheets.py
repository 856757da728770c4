"""Sheets: what a seat says for a season, read from what a browser sent and held against what is allowed."""

import math
from collections.abc import Mapping
from typing import Any

from outputs.workshop.room.refusal import Refused

CLOSE = 1e-6


def read_sheet(raw: object, view: Mapping[str, Any]) -> dict[str, Any]:
    """Return a sheet as the log keeps it.

    Args:
        raw: What was sent.
        view: What the seat sees (see ``looking``).

    Raises:
        Refused: Something in it is not allowed; all faults at once.
    """
    if not isinstance(raw, Mapping):
        raise Refused("A sheet must be a table of choices.")
    reader = {"ccg": _ccg_sheet, "unit": _unit_sheet, "board": _board_sheet}[view["kind"]]
    return reader(raw, view)


def _ccg_sheet(raw: Mapping[str, Any], view: Mapping[str, Any]) -> dict[str, Any]:
    lines, faults = raw.get("lines"), []
    if not isinstance(lines, Mapping) or set(raw) != {"lines"}:
        raise Refused("A CCG's sheet must hold 'lines' and nothing else.")
    known = {line["id"]: line for line in view["lines"]}
    kept, total = {}, dict(view["costs"])
    for name, source in lines.items():
        line = known.get(name) if isinstance(name, str) else None
        if line is None:
            faults.append("A line is named that is not in play.")
            continue
        offers = {one["id"]: one for one in line["sources"]}
        if not line["open"]:
            faults.append(f"{line['name']}: what follows is signed already ({line['plan']}).")
        elif not isinstance(source, str) or source not in offers:
            faults.append(f"{line['name']}: this source is not among those on offer.")
        else:
            kept[name], total[name] = source, offers[source]["price"]
    if faults:
        raise Refused(faults)
    check_room(sum(total.values()), sum(view["costs"].values()), view["room"])
    return {"lines": kept}


def check_room(total: float, now: float, room: float) -> None:
    """Refuse a mix that is over the allowance and dearer than what the CCG has.

    Raises:
        Refused: With both amounts, in GBP a head a year.
    """
    if total > room + CLOSE and total > now + CLOSE:
        raise Refused(
            f"This comes to £{total:.2f} a head, and the allowance leaves £{room:.2f}: take something cheaper, "
            f"or leave more to your staff (as things stand it is £{now:.2f})."
        )


def _unit_sheet(raw: Mapping[str, Any], view: Mapping[str, Any]) -> dict[str, Any]:
    if not view["sells"]:
        raise Refused("This unit is not in the market any more.")
    faults: list[str] = []
    price = _number(raw, "price", view["limits"]["price"], faults, percent=True)
    staff = _number(raw, "staff", view["limits"]["staff"], faults, percent=True)
    merger = raw.get("merger", "model")
    allowed = {"model", "no", *(partner["id"] for partner in view["partners"])}
    if not isinstance(merger, str) or merger not in allowed:
        faults.append("merger: this unit is not one that you can join.")
    if faults or set(raw) - {"price", "staff", "merger"}:
        raise Refused(faults or "A director's sheet holds price, staff and merger.")
    return {"price": price or 0.0, "staff": staff or 0.0, "merger": merger}


def _board_sheet(raw: Mapping[str, Any], view: Mapping[str, Any]) -> dict[str, Any]:
    faults: list[str] = []
    allowance = _number(raw, "allowance", view["limits"]["allowance"], faults)
    mark = _number(raw, "pass_mark", view["limits"]["pass_mark"], faults)
    if faults or set(raw) - {"allowance", "pass_mark"}:
        raise Refused(faults or "The board's sheet holds allowance and pass_mark.")
    return {"allowance": allowance if view["april"] else None, "pass_mark": mark if view["checkpoint"] else None}


def _number(
    raw: Mapping[str, Any], name: str, limits: list[float], faults: list[str], *, percent: bool = False
) -> float | None:
    value = raw.get(name)
    if value is None:
        return None
    usable = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not usable or not limits[0] <= value <= limits[1]:
        low, high = (f"{one:+.0%}" if percent else f"{one:g}" for one in limits)
        faults.append(f"{name.replace('_', ' ')}: it must be a number from {low} to {high}.")
        return None
    return float(value)
