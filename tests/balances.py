"""What must balance in every month of every run: each check returns sentences about what does not."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from agents.columns import BUY, MAKE, SHARE
from simulation.history import History
from simulation.inputs import England
from simulation.opening import unit_ids

APRIL_2013 = 15
ROUNDING = 1e-9
SHARES_OF_SPEND = (
    "home_css_share", "other_css_share", "private_share", "other_supplier_share", "in_house_share", "shared_share",
)  # fmt: skip
SHARES_OF_CCGS = ("very_satisfied_share", "quite_satisfied_share", "not_satisfied_share")
INDICES = ("hhi_national", "hhi_local", "hhi_with_in_house")
COUNTS = (
    "css_operating", "css_rapid_management", "css_free_standing", "providers_active", "ccgs_with_three_offers",
)  # fmt: skip
MAY_FALL = ("saving_to_date",)
"""What is to date but a balance, not a count."""


def faults(england: England, history: History) -> list[str]:
    """Return a sentence for each identity that a run breaks."""
    checks = (not_finite, money, shares, units, staff, counts, agreements, people_served)
    return [fault for check in checks for fault in check(england, history)]


def _worst(left: Any, right: Any, what: str) -> Iterator[str]:
    """Say where two series differ by more than rounding."""
    off = np.abs(left - right) / np.maximum(1.0, np.maximum(np.abs(left), np.abs(right)))
    if off.size and not off.max() <= ROUNDING:
        place = np.unravel_index(np.argmax(off), off.shape)
        yield f"{what}: {left[place]!r} is not {right[place]!r} at {tuple(int(i) for i in place)}"


def not_finite(england: England, history: History) -> Iterator[str]:
    """Find what is not a finite number."""
    for table in ("outcomes", "line_outcomes", "ccgs", "suppliers", "agreements"):
        values = getattr(history, table)
        for name in values.dtype.names:
            if values[name].dtype.kind == "f" and not np.isfinite(values[name]).all():
                yield f"{table}.{name} is not finite"


def money(england: England, history: History) -> Iterator[str]:
    """Check that each pound is paid once, and received once."""
    out, live = history.outcomes, history.outcomes[APRIL_2013:]
    received = live["supplier_receipts"] + live["in_house_cost"] + live["vat"] + live["charges"]
    yield from _worst(live["paid_by_ccgs"], received, "what CCGs pay is what is received")
    payers = sum(out[f"redundancy_cost_{payer}_to_date"] for payer in ("ccg", "css", "board"))
    yield from _worst(out["redundancy_cost_to_date"], payers, "redundancy is paid once")


def shares(england: England, history: History) -> Iterator[str]:
    """Check that shares sum to 1 and indices lie between 0 and 1."""
    out, ones = history.outcomes, np.ones(len(history.outcomes))
    spent = out["spend_per_head"] > 0
    yield from _worst(sum(out[name] for name in SHARES_OF_SPEND)[spent], ones[spent], "shares of spend")
    yield from _worst(sum(out[name] for name in SHARES_OF_CCGS), ones, "shares of CCGs by satisfaction")
    for name in (*SHARES_OF_SPEND, *SHARES_OF_CCGS, *INDICES, "no_choice_share", "quality", "unmet_need_share"):
        if not ((out[name] >= 0).all() and (out[name] <= 1 + ROUNDING).all()):
            yield f"{name} leaves 0 to 1"
    for name in ("hhi_national", "hhi_local"):
        values = history.line_outcomes[name]
        if not ((values >= 0).all() and (values <= 1 + ROUNDING).all()):
            yield f"lines.{name} leaves 0 to 1"


def units(england: England, history: History) -> Iterator[str]:
    """Check that every unit proposed is somewhere."""
    out, ends = history.outcomes, ("stopped", "merged", "closed", "sold")
    total = out["css_operating"] + sum(out[f"css_{end}_to_date"] for end in ends)
    yield from _worst(total, np.full(len(out), float(len(unit_ids(england)))), "units proposed")


def staff(england: England, history: History) -> Iterator[str]:
    """Check that staff change by those hired, those who left and those made redundant, month by month."""
    out = history.outcomes
    stock = out["fte_css"] + out["fte_providers"] + out["fte_ccg"]
    gone = out["fte_left_to_date"] + out["fte_redundant_to_date"] + out["fte_redundant_pct_to_date"]
    yield from _worst(stock + gone - out["fte_hired_to_date"], np.full(len(out), (stock + gone)[0]
                      - out["fte_hired_to_date"][0]), "staff")  # fmt: skip
    for table in ("suppliers", "ccgs"):
        if getattr(history, table)["fte"].min() < -1e-6:
            yield f"{table}.fte falls below 0"


def counts(england: England, history: History) -> Iterator[str]:
    """Check that counts are whole and not negative, and that what is to date never falls."""
    for name in history.outcomes.dtype.names:
        values = history.outcomes[name]
        if name in COUNTS and ((values < 0).any() or (values != np.round(values)).any()):
            yield f"{name} is not a count"
        grows = name.endswith("_to_date") and name not in MAY_FALL
        if grows and (values[0] < 0 or (np.diff(values) < 0).any()):
            yield f"{name} falls"


def agreements(england: England, history: History) -> Iterator[str]:
    """Check that each CCG has one agreement a line, with a source that is there."""
    kind, supplier = history.agreements["kind"], history.agreements["supplier"]
    if not np.isin(kind, (MAKE, SHARE, BUY)).all():
        yield "an agreement is neither made, shared nor bought"
    if not ((kind == MAKE) == (supplier < 0)).all():
        yield "an agreement has no source, or makes and has one"
    snapshot = np.arange(len(kind))[:, None, None]
    selling = history.suppliers["status"][snapshot, np.where(kind == BUY, supplier, 0)] <= 4
    if not selling[kind == BUY].all():
        yield "a CCG buys from a supplier that does not sell"
    line = np.arange(kind.shape[2])[None, None, :]
    host = np.where(kind == SHARE, supplier, 0)
    is_host = (kind[snapshot, host, line] == SHARE) & (supplier[snapshot, host, line] == host)
    if not is_host[kind == SHARE].all():
        yield "a CCG shares a team whose host does not host"


def people_served(england: England, history: History) -> Iterator[str]:
    """Check that the people served by units, providers and teams are England's, line by line."""
    people, everyone = history.ccgs["population"], england.ccgs.population.sum()
    served = np.zeros((len(people), history.agreements["kind"].shape[2]))
    n, m = people.shape[1], history.suppliers.shape[1]
    for snapshot in range(len(people)):
        kind, supplier = history.agreements["kind"][snapshot], history.agreements["supplier"][snapshot]
        for line in range(served.shape[1]):
            own = np.where(kind[:, line] == MAKE, np.arange(n), supplier[:, line])
            seller = np.where(kind[:, line] == BUY, own, m + own)
            heads = np.bincount(seller, people[snapshot], m + n)
            served[snapshot, line] = heads.sum()
    yield from _worst(served, np.full(served.shape, everyone), "people served")
    counted = history.suppliers["heads"].sum(axis=1) + history.ccgs["heads"].sum(axis=1)
    yield from _worst(counted, np.full(served.shape, everyone), "people counted at suppliers and teams")
