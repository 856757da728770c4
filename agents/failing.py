"""Suppliers that cannot go on: units taken over or wound up, providers that leave."""

from agents.columns import CLOSED, EXITED, FREE_STANDING, IDLE, NOBODY, TAKEN_OVER, State
from agents.compiled import rule
from agents.css import fixed_cost, partner
from agents.dates import APRIL_2013, now
from agents.events import CAPITAL_LOST, DEBT, FIXED_COST, NO_CUSTOMERS, NO_RETURN, note_unit
from agents.events import CLOSED as CLOSURE
from agents.events import EXITED as EXIT
from agents.events import TAKEN_OVER as TAKEOVER
from agents.leaving import give_notice
from agents.lineage import absorb, follow_heirs, wind_up
from agents.provider import leave_markets
from agents.rules.viability import fixed_cost_share
from agents.size import by_size
from agents.supplier import is_provider, sells

MONTHS_TO_CLOSURE = 6


@rule
def end_the_unviable(state: State) -> None:
    """Wind up or have taken over the units that cannot go on, the smallest first.

    A unit whose customers cannot carry its fixed costs, or that has none, is wound up even if solvent. One in debt
    is taken over at the board's word while it is hosted; one that stands alone fails.
    """
    if state.board[0].month < APRIL_2013:
        return
    doomed = 0
    for unit in range(state.n_units):
        if sells(state, unit):
            watch(state, unit)
            doomed += reason_to_end(state, unit) != NOBODY
    if doomed > 0:
        end_smallest_first(state)


@rule
def end_smallest_first(state: State) -> None:
    """End the units that cannot go on, the smallest first; what became of one may change that of the next."""
    order = by_size(state)
    for place in range(order.size - 1, -1, -1):
        unit = order[place]
        if sells(state, unit):
            reason = reason_to_end(state, unit)
            if reason != NOBODY:
                end_unit(state, unit, reason)


@rule
def watch(state: State, unit: int) -> None:
    """Count the months in a row in which a unit's fixed cost is too large a part of its income."""
    row, policy = state.suppliers[unit], state.policy[now(state)]
    share = fixed_cost_share(fixed_cost(state, unit), row.receipts * 12.0)
    row.months_unviable = row.months_unviable + 1 if share > policy.merging_closure_fixed_share else 0


@rule
def reason_to_end(state: State, unit: int) -> int:
    """Return the cause for which a unit cannot go on, or NOBODY where it can."""
    row, policy = state.suppliers[unit], state.policy[now(state)]
    if row.customers == 0:
        return NO_CUSTOMERS
    if row.months_unviable >= MONTHS_TO_CLOSURE:
        return FIXED_COST
    return DEBT if -row.reserves > policy.merging_failure_share * row.receipts * 12.0 else NOBODY


@rule
def end_unit(state: State, unit: int, reason: int) -> None:
    """End a unit: a hosted one in debt goes to the nearest unit where that is solvent; the others are wound up."""
    row, near = state.suppliers[unit], partner(state, unit)
    if reason == DEBT and row.status < FREE_STANDING:
        if near != NOBODY and state.suppliers[near].reserves >= 0.0:
            note_unit(state, TAKEOVER, DEBT, unit, near, row.served)
            absorb(state, near, unit, TAKEN_OVER)
            follow_heirs(state)
        return
    note_unit(state, CLOSURE, reason, unit, near, row.served)
    wind_up(state, unit, CLOSED)


@rule
def let_providers_leave(state: State) -> None:
    """Let providers that have lost their capital give notice, and leave for good once nobody is served by them.

    One that has given up its last market of its own accord leaves too, and may return.
    """
    for provider in range(state.n_units, state.n_suppliers):
        row = state.suppliers[provider]
        if not is_provider(state, provider) or not sells(state, provider):
            continue
        if not row.leaving and row.reserves < -state.policy[now(state)].entry_capital:
            row.leaving = 1
            leave_markets(state, provider)
            give_notice(state, provider)
        if row.leaving and row.customers == 0:
            note_unit(state, EXIT, CAPITAL_LOST, provider, NOBODY, row.reserves)
            row.status = EXITED
            state.board[0].exits += 1
        elif row.gives_up and row.customers == 0:
            give_notice(state, provider)
            note_unit(state, EXIT, NO_RETURN, provider, NOBODY, row.reserves)
            row.status = IDLE
            state.board[0].exits += 1
        row.gives_up = 0
