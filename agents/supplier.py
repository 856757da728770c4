"""What every supplier does alike, NHS unit or not: it staffs its lines, delivers them and remembers volume."""

from agents.columns import COUNCIL, FREE_STANDING, GENERALIST, N_LINES, NHS, UNIT, State
from agents.compiled import rule
from agents.dates import APRIL_2013
from agents.rules.cost import unit_cost
from agents.rules.experience import moved, quality_target

LEAST_VOLUME = 50_000.0
"""Fewest people for whom a supplier prices a line (assumed, A-05)."""


@rule
def sells(state: State, supplier: int) -> bool:
    """Say whether a supplier is in the market."""
    return state.suppliers[supplier].status <= FREE_STANDING


@rule
def lacks_place(state: State, supplier: int) -> bool:
    """Say whether a supplier of end-to-end support may sign nothing, for want of a place on the framework."""
    seller = state.suppliers[supplier]
    end_to_end = seller.kind == UNIT or seller.kind == GENERALIST
    return state.board[0].framework_open == 1 and end_to_end and seller.on_framework == 0


@rule
def line_cost(state: State, supplier: int, line: int, heads: float) -> float:
    """Return what a supplier's line costs at a number of people (GBP a year); nothing for nobody."""
    if heads <= 0.0:
        return 0.0
    row, service, policy = state.suppliers[supplier], state.lines[line], state.policy[state.board[0].month]
    spread = heads if row.kind == UNIT else heads + policy.entry_other_business
    return heads * unit_cost(service.fixed, service.variable, spread, row.efficiency)


@rule
def expect_volume(state: State, supplier: int) -> None:
    """Let the volume for which a supplier prices follow what it has, or until April 2013 what CCGs intend."""
    row, speed = state.suppliers[supplier], state.policy[state.board[0].month].cost_volume_learning
    early = state.board[0].month < APRIL_2013
    for line in range(N_LINES):
        volume = row.intended_heads[line] if early else row.heads[line]
        row.expected_heads[line] = moved(row.expected_heads[line], volume, speed)


@rule
def learn_quality(state: State, supplier: int, line: int, needed: float, loss: float) -> None:
    """Move a line's quality towards what leadership and staffing allow, less a loss that its nature brings."""
    row = state.suppliers[supplier]
    staffing = 1.0 if needed <= 0.0 else row.fte[line] / needed
    target = quality_target(row.start_quality - loss, row.leadership, staffing)
    row.quality[line] = moved(row.quality[line], target, state.policy[state.board[0].month].experience_quality_learning)


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
def vat_rate(state: State, supplier: int) -> float:
    """Return the VAT in a supplier's price that its customers cannot recover: none from the NHS or a council."""
    row = state.suppliers[supplier]
    return 0.0 if row.sector == NHS or row.kind == COUNCIL else state.policy[state.board[0].month].entry_vat_wedge
