"""What becomes of a unit's staff, customers and debts when it joins another, is taken over or is wound up."""

import numpy as np

from agents.columns import BUY, MAKE, N_LINES, NOBODY, Array, State
from agents.compiled import rule
from agents.considering import heir_of
from agents.dates import APRIL_2013, now
from agents.events import MADE_REDUNDANT, TRANSFERRED, UNIT_GONE, note, note_unit
from agents.leaders import release_leader
from agents.ledger import pay_redundancy
from agents.rules.experience import clipped
from agents.seller import serve
from agents.supplier import is_unit


@rule
def absorb(state: State, heir: int, gone: int, status: int) -> None:
    """Let one unit carry on another: its staff, reserves and good name; both are knocked for a while.

    Its CCGs come along once ``follow_heirs`` is called.

    Args:
        state: The market.
        heir: Row of the unit that goes on.
        gone: Row of the unit that ends.
        status: MERGED or TAKEN_OVER.
    """
    to, old = state.suppliers[heir], state.suppliers[gone]
    release_leader(state, gone)
    blend_quality(state, heir, gone)
    for line in range(N_LINES):
        to.fte[line] += old.fte[line]
        to.heads[line] += old.heads[line]
        to.expected_heads[line] += old.expected_heads[line]
        to.covered_heads[line] += old.covered_heads[line]
        to.intended_heads[line] += old.intended_heads[line]
        old.fte[line], old.heads[line] = 0.0, 0.0
    to.served += old.served
    to.intended_served += old.intended_served
    to.home_population += old.home_population
    to.receipts += old.receipts
    to.cost += old.cost
    to.fee += old.fee
    to.reserves += old.reserves
    to.charges += old.charges
    old.reserves, old.charges, old.home_population = 0.0, 0.0, 0.0
    old.receipts, old.cost, old.fee = 0.0, 0.0, 0.0
    old.status, old.heir = status, heir
    for ccg in range(state.n_ccgs):
        state.near[heir, ccg] = max(state.near[heir, ccg], state.near[gone, ccg])
        state.trust[heir, ccg] = max(state.trust[heir, ccg], state.trust[gone, ccg])


@rule
def blend_quality(state: State, heir: int, gone: int) -> None:
    """Give the joint unit the mean quality by people served, less the disruption where more than a plan is joined."""
    to, old = state.suppliers[heir], state.suppliers[gone]
    month = state.board[0].month
    loss = state.policy[now(state)].experience_disruption if month >= APRIL_2013 else 0.0
    for line in range(N_LINES):
        heads = to.heads[line] + old.heads[line]
        part = 0.5 if heads <= 0.0 else old.heads[line] / heads
        mixed = to.quality[line] * (1.0 - part) + old.quality[line] * part
        to.quality[line] = clipped(mixed - loss)


@rule
def follow_heirs(state: State) -> None:
    """Take every CCG's home, and what is agreed, signed or intended, from units that were absorbed to their heirs."""
    for ccg in range(state.n_ccgs):
        row, agreements = state.ccgs[ccg], state.agreements[ccg]
        if row.home != NOBODY:
            row.home = heir_of(state, row.home)
        for line in range(N_LINES):
            if agreements.kind[line] == BUY:
                heir = heir_of(state, agreements.supplier[line])
                if heir != agreements.supplier[line]:
                    serve(state, ccg, line, BUY, heir)
            if agreements.next_kind[line] == BUY:
                agreements.next_supplier[line] = heir_of(state, agreements.next_supplier[line])


@rule
def wind_up(state: State, gone: int, status: int) -> None:
    """End a unit: the nearest unit of each customer minds its work until it has chosen; without one it is in house.

    Staff go with the work. The rest are redundant: the trust pays until April 2013, then the board and the unit. The
    board meets a debt that is left.

    Args:
        state: The market.
        gone: Row of the unit that ends.
        status: STOPPED or CLOSED.
    """
    board, old = state.board[0], state.suppliers[gone]
    release_leader(state, gone)
    before = np.empty(N_LINES)
    for line in range(N_LINES):
        before[line] = old.fte[line]
    for ccg in range(state.n_ccgs):
        if state.ccgs[ccg].home == gone:
            state.ccgs[ccg].home = NOBODY
        if depends_on(state, ccg, gone):
            hand_over(state, ccg, gone, caretaker_for(state, ccg, gone), before)
    redundant = 0.0
    for line in range(N_LINES):
        redundant += max(0.0, old.fte[line])
        old.fte[line], old.heads[line] = 0.0, 0.0
    bill = pay_redundancy(state, gone, NOBODY, 0.0, redundant)
    note_unit(state, MADE_REDUNDANT, UNIT_GONE, gone, NOBODY, bill)
    result = old.reserves + old.charges
    if result < 0.0:
        board.paid_for_failures -= result
    old.status, old.reserves, old.charges = status, 0.0, 0.0


@rule
def depends_on(state: State, ccg: int, unit: int) -> bool:
    """Say whether a CCG buys a line from a unit, has signed to, or intends to."""
    agreements, depends = state.agreements[ccg], False
    for line in range(N_LINES):
        depends |= (agreements.kind[line] == BUY) & (agreements.supplier[line] == unit)
        depends |= (agreements.next_kind[line] == BUY) & (agreements.next_supplier[line] == unit)
    return depends


@rule
def caretaker_for(state: State, ccg: int, gone: int) -> int:
    """Return the nearest unit in reach of a CCG that can mind its work, or NOBODY."""
    row = state.ccgs[ccg]
    for k in range(row.n_reach):
        unit = heir_of(state, row.reach[k])
        if unit != gone and is_unit(state, unit):
            return unit
    return NOBODY


@rule
def hand_over(state: State, ccg: int, gone: int, caretaker: int, before: Array) -> None:
    """Pass a CCG's work and its part of the staff from a unit that is gone to a caretaker, or to its own team.

    Args:
        state: The market.
        ccg: Row of the CCG.
        gone: Row of the unit that ends.
        caretaker: Row of the unit that minds the work, or NOBODY.
        before: Staff of the unit that ends, as it was (FTE), [line].
    """
    moved, agreements = 0.0, state.agreements[ccg]
    for line in range(N_LINES):
        if agreements.kind[line] == BUY and agreements.supplier[line] == gone:
            moved += hand_on_staff(state, ccg, line, gone, caretaker, before[line])
            hand_on_work(state, ccg, line, gone, caretaker)
        if agreements.next_kind[line] == BUY and agreements.next_supplier[line] == gone:
            hand_on_plan(state, ccg, line, gone, caretaker)
    state.board[0].fte_transferred += moved
    if moved > 0.0:
        note(state, TRANSFERRED, UNIT_GONE, gone, caretaker, ccg, NOBODY, moved)


@rule
def hand_on_staff(state: State, ccg: int, line: int, gone: int, caretaker: int, before: float) -> float:
    """Transfer a CCG's part of a unit's staff with one line, and return how many go (FTE)."""
    policy, old, people = state.policy[now(state)], state.suppliers[gone], state.ccgs[ccg].population
    share = policy.tupe_to_nhs if caretaker != NOBODY else policy.tupe_to_in_house
    part = before * people / max(old.heads[line], people)
    going = min(old.fte[line], part * share * policy.tupe_transfer_share * state.lines[line].tupe_share)
    old.fte[line] -= going
    if caretaker != NOBODY:
        state.suppliers[caretaker].fte[line] += going
    else:
        state.ccgs[ccg].fte[line] += going
    return going


@rule
def hand_on_work(state: State, ccg: int, line: int, gone: int, caretaker: int) -> None:
    """Pass one line's agreement to the caretaker, to be looked at again at once; without one the CCG makes it."""
    board, agreements, people = state.board[0], state.agreements[ccg], state.ccgs[ccg].population
    serve(state, ccg, line, BUY if caretaker != NOBODY else MAKE, caretaker)
    if caretaker != NOBODY:
        state.suppliers[caretaker].heads[line] += people
    else:
        state.ccgs[ccg].heads[line] += people
    if board.month >= APRIL_2013:
        agreements.start[line] = board.month
        agreements.end[line] = board.month + int(state.policy[now(state)].agreement_notice) + 1
        board.switches += 1
        if caretaker != NOBODY:
            agreements.price[line] = state.suppliers[caretaker].price[line]


@rule
def hand_on_plan(state: State, ccg: int, line: int, gone: int, caretaker: int) -> None:
    """Pass what a CCG intends, or call off what it has signed, with a unit that is gone."""
    agreements = state.agreements[ccg]
    if caretaker != NOBODY:
        agreements.next_supplier[line] = caretaker
        agreements.next_price[line] = state.suppliers[caretaker].price[line]
        state.suppliers[caretaker].intended_heads[line] += state.ccgs[ccg].population
    else:
        agreements.next_kind[line], agreements.next_supplier[line] = MAKE, NOBODY
    if state.board[0].month >= APRIL_2013 and agreements.next_start[line] != NOBODY:
        agreements.next_start[line] = NOBODY
        state.ccgs[ccg].signed -= 1
