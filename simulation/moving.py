"""Agreements that start, and the staff who move, leave or are redundant with the work."""

import numpy as np

from agents.columns import BUY, MAKE, N_LINES, NOBODY, SHARE, State, Supplier
from agents.compiled import rule
from agents.dates import APRIL_2013, now
from agents.elementary import power
from agents.events import (
    HANDOVER,
    HOST_LEFT,
    MADE_REDUNDANT,
    SHARE_ENDED,
    STRANDED_COST,
    TRANSFERRED,
    WORK_MOVED,
    note,
)
from agents.leaving import (
    attached_fte,
    ccg_redundancy_share,
    is_present,
    nest_of,
    redeployed_share,
    stranded_cost,
    transferred_share,
)
from agents.ledger import pay_redundancy, pay_stranded
from agents.seller import serve
from agents.supplier import is_of_nhs

LEARNING = 0.02
"""Share of the way to each award's result by which a supplier's expectation moves (assumed, A-18)."""


@rule
def move_staff(state: State) -> None:
    """Start the agreements that are due, and move the staff attached to the work.

    What is attached to each agreement is worked out from the start of the phase, so that order does not matter.
    """
    starting, count = np.empty(state.n_ccgs * N_LINES + 1, np.int64), 0
    attached = np.empty(state.n_ccgs * N_LINES)
    for ccg in range(state.n_ccgs):
        for line in range(N_LINES if state.ccgs[ccg].signed > 0 else 0):
            starting[count] = ccg * N_LINES + line
            count += state.agreements[ccg].next_start[line] == state.board[0].month
    for place in range(count):
        attached[place] = attached_fte(state, starting[place] // N_LINES, starting[place] % N_LINES)
    for place in range(count):
        start_agreement(state, starting[place] // N_LINES, starting[place] % N_LINES, attached[place])
    join_teams(state)
    if count > 0:
        close_bidding(state)


@rule
def start_agreement(state: State, ccg: int, line: int, attached: float) -> None:
    """Put a signed agreement in force; where the source changes, its staff and charges move with it."""
    agreements, month = state.agreements[ccg], state.board[0].month
    if month > APRIL_2013:
        count_bids(state, ccg, line)
    if not is_present(state, ccg, line, agreements.next_kind[line], agreements.next_supplier[line]):
        move_work(state, ccg, line, attached)
        state.board[0].switches += 1 if month > APRIL_2013 else 0
    serve(state, ccg, line, agreements.next_kind[line], agreements.next_supplier[line])
    agreements.price[line] = agreements.next_price[line]
    agreements.start[line], agreements.end[line] = month, month + agreements.next_months[line]
    agreements.next_start[line] = NOBODY
    state.ccgs[ccg].signed -= 1


@rule
def move_work(state: State, ccg: int, line: int, attached: float) -> None:
    """Move one line's attached staff (FTE): transfer, redeployment, leaving and redundancy; book who pays what."""
    agreements, board = state.agreements[ccg], state.board[0]
    to_kind, to = agreements.next_kind[line], agreements.next_supplier[line]
    nest, bought = nest_of(state, to_kind, to), agreements.kind[line] == BUY
    transferred = attached * transferred_share(state, line, nest)
    rest = attached - transferred
    loser = agreements.supplier[line] if agreements.kind[line] == BUY else NOBODY
    of_nhs = loser != NOBODY and is_of_nhs(state, loser)
    redeployed = rest * redeployed_share(state, ccg, line) if of_nhs else 0.0
    left = (rest - redeployed) * board.left_in_notice
    redundant = rest - redeployed - left
    take_staff(state, ccg, line, transferred + left + redundant)
    add_staff(state, ccg, line, to_kind, to, transferred)
    board.fte_transferred += transferred
    if loser != NOBODY and not of_nhs:
        left, redundant = left + redundant, 0.0
    board.fte_left += left
    bill = pay_redundancy(state, loser, ccg, ccg_redundancy_share(state, bought, nest), redundant)
    note_move(state, ccg, line, transferred, bill)
    if of_nhs and board.month > APRIL_2013:
        strand(state, ccg, line, loser, to_kind)


@rule
def take_staff(state: State, ccg: int, line: int, fte: float) -> None:
    """Take staff from whoever does a CCG's line now."""
    agreements = state.agreements[ccg]
    if agreements.kind[line] == BUY:
        state.suppliers[agreements.supplier[line]].fte[line] -= fte
    else:
        state.ccgs[ccg if agreements.kind[line] == MAKE else agreements.supplier[line]].fte[line] -= fte


@rule
def add_staff(state: State, ccg: int, line: int, kind: int, supplier: int, fte: float) -> None:
    """Give staff to whoever does a CCG's line next; what is taken over in a rush knocks a supplier's quality."""
    if kind == BUY:
        row, people = state.suppliers[supplier], state.ccgs[ccg].population
        knock = state.policy[now(state)].experience_rush_knock
        row.fte[line] += fte
        row.on_nhs_terms[line] += fte
        row.quality[line] -= knock * people / (row.heads[line] + people)
    else:
        state.ccgs[ccg if kind == MAKE else supplier].fte[line] += fte


@rule
def note_move(state: State, ccg: int, line: int, transferred: float, bill: float) -> None:
    """Log the transfer and the redundancy of one move."""
    agreements = state.agreements[ccg]
    loser = agreements.supplier[line] if agreements.kind[line] == BUY else NOBODY
    winner = agreements.next_supplier[line] if agreements.next_kind[line] == BUY else NOBODY
    reason = HANDOVER if state.board[0].month == APRIL_2013 else WORK_MOVED
    note(state, TRANSFERRED, reason, loser, winner, ccg, line, transferred)
    if bill > 0.0:
        note(state, MADE_REDUNDANT, reason, loser, winner, ccg, line, bill)


@rule
def strand(state: State, ccg: int, line: int, loser: int, to_kind: int) -> None:
    """Book the fixed cost that a leaver strands; who takes work in house pays a share and its business case."""
    policy = state.policy[now(state)]
    amount = stranded_cost(state, ccg, line)
    share = policy.stranded_ccg_share_in_house if to_kind != BUY else 0.0
    pay_stranded(state, loser, ccg, amount, share)
    state.suppliers[loser].covered_heads[line] += share * state.ccgs[ccg].population
    note(state, STRANDED_COST, WORK_MOVED, loser, NOBODY, ccg, line, amount)
    if to_kind != BUY:
        case = policy.in_house_business_case_cost * state.lines[line].need_share
        state.ccgs[ccg].charges += case
        state.board[0].charges += case


@rule
def count_bids(state: State, ccg: int, line: int) -> None:
    """Count an agreement for which the sellers of its region and line bid, and who won it, outside the NHS.

    A winner that sells there no longer has bid all the same.
    """
    agreements, region = state.agreements[ccg], state.ccgs[ccg].region
    state.regions[region].started[line] += 1
    if agreements.next_kind[line] == BUY:
        supplier = agreements.next_supplier[line]
        seller = state.suppliers[supplier]
        seller.wins += 1
        seller.bids += 1 - state.offered[region, supplier, line]


@rule
def close_bidding(state: State) -> None:
    """Move each provider's expectation towards the share of the month's reviews that it won."""
    for supplier in range(state.n_suppliers):
        row = state.suppliers[supplier]
        if not is_of_nhs(state, supplier):
            learn_chance(row, row.bids + count_offered(state, supplier))
        row.bids, row.wins = 0, 0
    for region in range(state.n_regions):
        state.regions[region].started[:] = 0


@rule
def count_offered(state: State, supplier: int) -> int:
    """Return how many of the agreements that started are in regions and lines that a supplier offers."""
    row, total = state.suppliers[supplier], 0
    for region in range(row.first_region, row.end_region):
        for line in range(N_LINES):
            total += state.offered[region, supplier, line] * state.regions[region].started[line]
    return total


@rule
def learn_chance(supplier: Supplier, bids: int) -> None:
    """Move a supplier's expectation of winning by each of its bids of the month towards the share that it won."""
    if bids > 0:
        kept = power(1.0 - LEARNING, bids)
        supplier.win_chance = kept * supplier.win_chance + (1.0 - kept) * supplier.wins / bids


@rule
def join_teams(state: State) -> None:
    """Bring who shares with whom up to date: hosts share, and a CCG whose host has gone makes the line itself."""
    book, teams = state.book[0], state.n_suppliers
    if book.deserted:
        leave_the_gone(state)
    for ccg in range(state.n_ccgs):
        for line in range(N_LINES if book.changed[teams + ccg] else 0):
            if book.seller[ccg, line] == teams + ccg:
                mark_host(state, ccg, line)


@rule
def leave_the_gone(state: State) -> None:
    """Let every CCG whose host no longer makes a line go alone."""
    book, teams = state.book[0], state.n_suppliers
    for ccg in range(state.n_ccgs):
        for line in range(N_LINES):
            host = book.seller[ccg, line] - teams
            joined = (host >= 0) & (host != ccg)
            if joined and book.seller[host, line] != teams + host:
                go_alone(state, ccg, line)
    book.deserted = 0


@rule
def go_alone(state: State, ccg: int, line: int) -> None:
    """Let a CCG whose host has gone make the line itself, to be looked at again at once."""
    agreements, board = state.agreements[ccg], state.board[0]
    note(state, SHARE_ENDED, HOST_LEFT, NOBODY, NOBODY, ccg, line, 0.0)
    serve(state, ccg, line, MAKE, NOBODY)
    agreements.end[line] = board.month + int(state.policy[now(state)].agreement_notice) + 1


@rule
def mark_host(state: State, ccg: int, line: int) -> None:
    """Call a CCG's own team shared where, and only where, a neighbour is in it; it serves the CCG either way."""
    agreements, shared = state.agreements[ccg], state.book[0].users[state.n_suppliers + ccg, line] > 1
    agreements.kind[line] = SHARE if shared else MAKE
    agreements.supplier[line] = ccg if shared else NOBODY
