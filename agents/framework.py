"""A procurement framework for end-to-end support: who holds a place, and who sells through one that does."""

import numpy as np

from agents.columns import GENERALIST, NOBODY, UNIT, State
from agents.compiled import rule
from agents.dates import APRIL_2013, now
from agents.events import PLACE_AWARDED, RANKED, note_unit
from agents.supplier import distance, mean_quality, sells

END_TO_END_LINES = 6
"""Fewest lines of a supplier of end-to-end support."""


@rule
def lacks_place(state: State, supplier: int) -> bool:
    """Say whether a supplier of end-to-end support has no place on a framework that is in force."""
    seller = state.suppliers[supplier]
    end_to_end = seller.kind == UNIT or seller.kind == GENERALIST
    return state.board[0].framework_open == 1 and end_to_end and seller.on_framework == 0


@rule
def is_barred(state: State, supplier: int) -> bool:
    """Say whether a supplier may sign nothing: it lacks a place, and nobody with one would sell for it."""
    if not lacks_place(state, supplier):
        return False
    wanted = state.policy[now(state)].framework_minimum_quality
    return mean_quality(state, supplier) < wanted or holder_for(state, supplier) == NOBODY


@rule
def holder_for(state: State, supplier: int) -> int:
    """Return the nearest supplier with a place, through which another may sell, or NOBODY."""
    best, best_distance = NOBODY, np.inf
    for other in range(state.n_suppliers):
        if state.suppliers[other].on_framework and sells(state, other):
            far = distance(state, supplier, other)
            if far < best_distance:
                best, best_distance = other, far
    return best


@rule
def fee_share(state: State, supplier: int) -> float:
    """Return the fee in a supplier's price, over its price without: none for one that needs nobody's place."""
    return state.policy[now(state)].framework_fee if lacks_place(state, supplier) else 0.0


@rule
def pay_fees(state: State) -> None:
    """Pass the month's fees from those who sell through a place to those who hold it."""
    for supplier in range(state.n_suppliers if state.board[0].framework_open else 0):
        holder = holder_for(state, supplier) if lacks_place(state, supplier) else NOBODY
        if holder != NOBODY:
            share = fee_share(state, supplier)
            fee = state.suppliers[supplier].receipts * share / (1.0 + share)
            state.suppliers[supplier].charges -= fee
            state.suppliers[holder].charges += fee


@rule
def award_places(state: State) -> None:
    """While a framework is in force give its places, when it starts and each April, to the best of a size."""
    board, policy = state.board[0], state.policy[now(state)]
    if policy.framework_in_force == 0.0 or board.month < APRIL_2013:
        board.framework_open = 0
        return
    if board.framework_open and board.month % 12 != 3:
        return
    board.framework_open = 1
    merit = np.full(state.n_suppliers, -1.0)
    for supplier in range(state.n_suppliers):
        state.suppliers[supplier].on_framework = 0
        if may_hold_place(state, supplier):
            merit[supplier] = mean_quality(state, supplier)
    order = np.argsort(-merit, kind="mergesort")
    for place in range(min(order.size, int(policy.framework_places))):
        supplier = order[place]
        if merit[supplier] >= policy.framework_minimum_quality:
            state.suppliers[supplier].on_framework = 1
            note_unit(state, PLACE_AWARDED, RANKED, supplier, NOBODY, merit[supplier])


@rule
def may_hold_place(state: State, supplier: int) -> bool:
    """Say whether a supplier sells end-to-end support and serves enough people for a place."""
    row = state.suppliers[supplier]
    if not sells(state, supplier):
        return False
    size = row.served if row.kind == UNIT else state.policy[now(state)].entry_other_business + row.served
    end_to_end = row.can.sum() >= END_TO_END_LINES
    return end_to_end and size >= state.policy[now(state)].framework_minimum_population
