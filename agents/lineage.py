"""What becomes of a unit's staff, customers and debts when it joins another, is taken over or is wound up."""

from agents.columns import (
    BUY,
    MAKE,
    N_LINES,
    NOBODY,
    State,
)
from agents.compiled import rule
from agents.dates import APRIL_2013
from agents.events import MADE_REDUNDANT, TRANSFERRED, UNIT_GONE, note_unit
from agents.leaving import attached_fte
from agents.ledger import pay_redundancy
from agents.rules.experience import clipped
from agents.seller import serve


@rule
def absorb(state: State, heir: int, gone: int, status: int) -> None:
    """Let one unit carry on another: its staff, reserves, customers, trust and home CCGs; both are knocked for a while.

    Args:
        state: The market.
        heir: Row of the unit that goes on.
        gone: Row of the unit that ends.
        status: MERGED or TAKEN_OVER.
    """
    to, old = state.suppliers[heir], state.suppliers[gone]
    blend_quality(state, heir, gone)
    for line in range(N_LINES):
        to.fte[line] += old.fte[line]
        to.heads[line] += old.heads[line]
        to.expected_heads[line] += old.expected_heads[line]
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
        follow(state, ccg, gone, heir)


@rule
def blend_quality(state: State, heir: int, gone: int) -> None:
    """Give the joint unit the mean quality by people served, less the disruption where more than a plan is joined."""
    to, old = state.suppliers[heir], state.suppliers[gone]
    month = state.board[0].month
    loss = state.policy[month].experience_disruption if month >= APRIL_2013 else 0.0
    for line in range(N_LINES):
        heads = to.heads[line] + old.heads[line]
        part = 0.5 if heads <= 0.0 else old.heads[line] / heads
        mixed = to.quality[line] * (1.0 - part) + old.quality[line] * part
        to.quality[line] = clipped(mixed - loss)


@rule
def follow(state: State, ccg: int, gone: int, heir: int) -> None:
    """Take a CCG's home, trust and agreements from a unit that is gone to its heir."""
    row = state.ccgs[ccg]
    if row.home == gone:
        row.home = heir
    old, new = state.links[ccg, gone], state.links[ccg, heir]
    new.near = max(new.near, old.near)
    new.trust = max(new.trust, old.trust)
    for line in range(N_LINES):
        rename(state, ccg, line, gone, heir)


@rule
def rename(state: State, ccg: int, line: int, gone: int, heir: int) -> None:
    """Put the heir in the place of a unit that is gone, in what is agreed, signed or intended."""
    agreement = state.agreements[ccg, line]
    if agreement.kind == BUY and agreement.supplier == gone:
        serve(state, ccg, line, BUY, heir)
    if agreement.next_kind == BUY and agreement.next_supplier == gone:
        agreement.next_supplier = heir


@rule
def wind_up(state: State, gone: int, status: int, caretaker: int) -> None:
    """End a unit: the caretaker minds its work until the customers have chosen; without one they do it themselves.

    Staff transfer with the work. The rest are redundant: the trust pays until April 2013, then the board and the
    unit. The board meets a debt that is left.

    Args:
        state: The market.
        gone: Row of the unit that ends.
        status: STOPPED or CLOSED.
        caretaker: Row of the unit that minds its work, or NOBODY.
    """
    board, old = state.board[0], state.suppliers[gone]
    hand_on_staff(state, gone, caretaker)
    for ccg in range(state.n_ccgs):
        if state.ccgs[ccg].home == gone:
            state.ccgs[ccg].home = NOBODY
        for line in range(N_LINES):
            hand_on_work(state, ccg, line, gone, caretaker)
    if caretaker != NOBODY:
        for line in range(N_LINES):
            state.suppliers[caretaker].heads[line] += old.heads[line]
            state.suppliers[caretaker].intended_heads[line] += old.intended_heads[line]
    for line in range(N_LINES):
        old.heads[line] = 0.0
    result = old.reserves + old.charges
    if result < 0.0:
        board.paid_for_failures -= result
    old.status, old.reserves, old.charges = status, 0.0, 0.0


@rule
def hand_on_staff(state: State, gone: int, caretaker: int) -> None:
    """Transfer a unit's staff to the caretaker, or to the CCGs that take its work in house, and let the rest go."""
    policy, old, board = state.policy[state.board[0].month], state.suppliers[gone], state.board[0]
    moved, redundant = 0.0, 0.0
    share = policy.tupe_to_nhs if caretaker != NOBODY else policy.tupe_to_in_house
    for line in range(N_LINES):
        going = old.fte[line] * share * policy.tupe_transfer_share * state.lines[line].tupe_share
        if caretaker != NOBODY:
            state.suppliers[caretaker].fte[line] += going
        else:
            going = hand_to_ccgs(state, gone, line, going)
        moved += going
        redundant += old.fte[line] - going
    for line in range(N_LINES):
        old.fte[line] = 0.0
    board.fte_transferred += moved
    note_unit(state, TRANSFERRED, UNIT_GONE, gone, caretaker, moved)
    bill = pay_redundancy(state, gone, NOBODY, 0.0, redundant)
    note_unit(state, MADE_REDUNDANT, UNIT_GONE, gone, NOBODY, bill)


@rule
def hand_to_ccgs(state: State, gone: int, line: int, going: float) -> float:
    """Spread staff of one line over a unit's customers, and return how many found a place (FTE)."""
    old, placed = state.suppliers[gone], 0.0
    for ccg in range(state.n_ccgs):
        agreement = state.agreements[ccg, line]
        if agreement.kind == BUY and agreement.supplier == gone:
            part = attached_fte(state, ccg, line) / max(old.fte[line], 1e-12) * going
            state.ccgs[ccg].fte[line] += part
            placed += part
    return placed


@rule
def hand_on_work(state: State, ccg: int, line: int, gone: int, caretaker: int) -> None:
    """Pass one line's agreement to the caretaker, to be looked at again at once; without one the CCG makes it."""
    board, agreement = state.board[0], state.agreements[ccg, line]
    notice = int(state.policy[state.board[0].month].agreement_notice)
    if agreement.kind == BUY and agreement.supplier == gone:
        serve(state, ccg, line, BUY if caretaker != NOBODY else MAKE, caretaker)
        if caretaker == NOBODY:
            state.ccgs[ccg].heads[line] += state.ccgs[ccg].population
        if board.month >= APRIL_2013:
            agreement.start = board.month
            agreement.end = board.month + notice + 1
            board.switches += 1
        if caretaker != NOBODY and board.month >= APRIL_2013:
            agreement.price = state.suppliers[caretaker].price[line]
    if agreement.next_kind == BUY and agreement.next_supplier == gone:
        agreement.next_kind = BUY if caretaker != NOBODY else MAKE
        agreement.next_supplier = caretaker
        if caretaker != NOBODY:
            agreement.next_price = state.suppliers[caretaker].price[line]
        if board.month >= APRIL_2013 and agreement.next_start != NOBODY:
            agreement.next_start = NOBODY
            state.ccgs[ccg].signed -= 1
