"""What every supplier does alike, NHS unit or not: it staffs its lines, delivers them and remembers volume."""

import numpy as np

from agents.columns import BODY, COUNCIL, FREE_STANDING, N_LINES, NHS, NOBODY, UNIT, State
from agents.compiled import rule
from agents.dates import APRIL_2013, now
from agents.rules.cost import unit_cost
from agents.rules.experience import moved, quality_target

LEAST_VOLUME = 50_000.0
"""Fewest people for whom a supplier prices a line (assumed, A-05)."""

NEARNESS = np.array((1.0, 0.2, 0.3, 0.5, 0.8, 0.3), np.float32)
"""How local a supplier is to a CCG, by kind; a unit's goes by distance instead (assumed, A-07)."""


@rule
def sells(state: State, supplier: int) -> bool:
    """Say whether a supplier is in the market."""
    return state.suppliers[supplier].status <= FREE_STANDING


@rule
def is_unit(state: State, supplier: int) -> bool:
    """Say whether a supplier is an NHS unit in the market."""
    row = state.suppliers[supplier]
    return row.kind == UNIT and row.sector == NHS and sells(state, supplier)


@rule
def is_provider(state: State, supplier: int) -> bool:
    """Say whether a supplier is a private firm, a voluntary body or a council, in the market or not."""
    return not is_of_nhs(state, supplier)


@rule
def is_of_nhs(state: State, supplier: int) -> bool:
    """Say whether a supplier is an NHS unit or an at-scale body by origin, whoever owns it now."""
    kind = state.suppliers[supplier].kind
    return kind == UNIT or kind == BODY


@rule
def body_for(state: State, ccg: int, line: int) -> int:
    """Return the at-scale body that alone does a line for a CCG, where policy has one, or NOBODY."""
    return state.regions[state.ccgs[ccg].region].body if state.lines[line].at_scale == 1 else NOBODY


@rule
def line_cost(state: State, supplier: int, line: int, heads: float) -> float:
    """Return what a supplier's line costs at a number of people (GBP a year); nothing for nobody."""
    if heads <= 0.0:
        return 0.0
    row, service, policy = state.suppliers[supplier], state.lines[line], state.policy[now(state)]
    spread = heads if is_of_nhs(state, supplier) else heads + policy.entry_other_business
    return heads * unit_cost(service.fixed, service.variable, spread, row.efficiency)


@rule
def expect_volume(state: State, supplier: int, speed: float) -> None:
    """Let the volume for which a supplier prices follow what it has, or until April 2013 what CCGs intend."""
    row, early = state.suppliers[supplier], state.board[0].month < APRIL_2013
    for line in range(N_LINES):
        volume = row.intended_heads[line] if early else row.heads[line]
        row.expected_heads[line] = moved(row.expected_heads[line], volume, speed)


@rule
def learn_quality(state: State, supplier: int, line: int, needed: float, loss: float) -> None:
    """Move a line's quality towards what leadership and staffing allow, less a loss that its nature brings."""
    row = state.suppliers[supplier]
    staffing = 1.0 if needed <= 0.0 else row.fte[line] / needed
    target = quality_target(row.start_quality - loss, row.leadership, staffing)
    quality = max(0.0, row.quality[line])
    row.quality[line] = moved(quality, target, state.policy[now(state)].experience_quality_learning)


@rule
def bundle_price(state: State, supplier: int) -> float:
    """Return the posted price of all that a supplier could sell (GBP a head a year)."""
    row = state.suppliers[supplier]
    total = 0.0
    for line in range(N_LINES):
        if row.can[line]:
            total += row.price[line]
    return total


@rule
def mean_quality(state: State, supplier: int) -> float:
    """Return the mean quality (0 to 1) of the lines that a supplier could sell."""
    row, total, count = state.suppliers[supplier], 0.0, 0
    for line in range(N_LINES):
        if row.can[line]:
            total += row.quality[line]
            count += 1
    return total / max(1, count)


@rule
def vat_rate(state: State, supplier: int) -> float:
    """Return the VAT in a supplier's price that its customers cannot recover: none from the NHS or a council."""
    row = state.suppliers[supplier]
    return 0.0 if row.sector == NHS or row.kind == COUNCIL else state.policy[now(state)].entry_vat_wedge


@rule
def nearness(state: State, supplier: int, ccg: int) -> float:
    """Return how local a supplier is to a CCG, 0 to 1: a unit by its distance, the others by their kind."""
    if supplier < state.n_units:
        return state.near[supplier, ccg]
    return NEARNESS[state.suppliers[supplier].kind]


@rule
def distance(state: State, one: int, other: int) -> float:
    """Return the distance between two suppliers (km)."""
    a, b = state.suppliers[one], state.suppliers[other]
    return np.sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y))
