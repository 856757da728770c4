"""What is signed of what was chosen: sharing needs both sides, growth has its cap, capacity goes by a keyed order."""

import numpy as np

from agents.chance import LET_THROUGH, QUEUE, draw_key, fold, uniform
from agents.columns import BODY, BUY, MAKE, N_LINES, NOBODY, SHARE, State
from agents.compiled import rule
from agents.dates import APRIL_2013, JANUARY_2013
from agents.events import (
    AT_CAPACITY,
    AWARDED,
    BEST_WORTH,
    CHEAPEST_THAT_FITS,
    EXTENDED,
    LOST_TRUST,
    NOT_LET_THROUGH,
    NOTICE_GIVEN,
    REFUSED,
    note,
)
from agents.leaving import is_present
from agents.team import hosts, team_heads, team_price

LEAST_CAPACITY = 3_000_000.0
"""A supplier may always grow as if it served this many people (assumed, A-08)."""
EXTENSION = 6
"""Months by which an agreement runs on when what was chosen can't be had."""


@rule
def sign_agreements(state: State) -> None:
    """Turn the choices of the month into intentions, until the winter of 2012/13, or into signed agreements."""
    settle_sharing(state)
    if state.board[0].month < JANUARY_2013:
        note_intentions(state)
        return
    if state.board[0].month < APRIL_2013:
        let_through(state)
    else:
        ration(state)
    for ccg in range(state.n_ccgs):
        for line in range(N_LINES if state.ccgs[ccg].chose else 0):
            sign(state, ccg, line)
        state.ccgs[ccg].chose = 0


@rule
def settle_sharing(state: State) -> None:
    """Where two CCGs chose each other the larger hosts; a CCG whose host goes another way makes the line itself."""
    alone = np.zeros((state.n_ccgs, N_LINES), np.bool_)
    for ccg in range(state.n_ccgs):
        for line in range(N_LINES if state.ccgs[ccg].chose else 0):
            agreement = state.agreements[ccg, line]
            if agreement.choice_kind == SHARE and agreement.choice_supplier != ccg:
                alone[ccg, line] = is_left_alone(state, ccg, line)
    for ccg in range(state.n_ccgs):
        for line in range(N_LINES):
            if alone[ccg, line]:
                agreement = state.agreements[ccg, line]
                agreement.choice_kind, agreement.choice_supplier = MAKE, NOBODY
                heads = team_heads(state, ccg, line, MAKE, NOBODY)
                agreement.choice_price = team_price(state, ccg, line, heads, 1)


@rule
def is_left_alone(state: State, ccg: int, line: int) -> bool:
    """Say whether a CCG that chose to share must make the line: it is the host, or its host goes another way."""
    host = state.agreements[ccg, line].choice_supplier
    other = state.agreements[host, line]
    if other.choice_kind == SHARE and other.choice_supplier == ccg:
        return leads(state, ccg, host)
    return not stays_host(state, host, line)


@rule
def leads(state: State, ccg: int, other: int) -> bool:
    """Say whether a CCG hosts what it shares with another: the larger does, and of equals the one of lower key."""
    a, b = state.ccgs[ccg], state.ccgs[other]
    return a.population > b.population or (a.population == b.population and a.key < b.key)


@rule
def stays_host(state: State, host: int, line: int) -> bool:
    """Say whether a CCG will make the line itself after this phase."""
    agreement = state.agreements[host, line]
    if agreement.choice_kind != NOBODY:
        return agreement.choice_kind == MAKE or (agreement.choice_kind == SHARE and agreement.choice_supplier == host)
    if agreement.next_start != NOBODY:
        return agreement.next_kind == MAKE or (agreement.next_kind == SHARE and agreement.next_supplier == host)
    return hosts(state, host, line)


@rule
def note_intentions(state: State) -> None:
    """Write what was chosen as intentions, which bind nobody."""
    for ccg in range(state.n_ccgs):
        for line in range(N_LINES if state.ccgs[ccg].chose else 0):
            intend(state, ccg, line)
            state.agreements[ccg, line].choice_kind = NOBODY
        state.ccgs[ccg].chose = 0


@rule
def intend(state: State, ccg: int, line: int) -> None:
    """Write one choice as what comes next."""
    agreement = state.agreements[ccg, line]
    agreement.next_kind = agreement.choice_kind
    agreement.next_supplier = agreement.choice_supplier
    agreement.next_price = agreement.choice_price
    agreement.next_months = agreement.choice_months


@rule
def let_through(state: State) -> None:
    """For April 2013, unless choice is free, let moves from the home unit to another supplier through case by case.

    What policy gives to an at-scale body is not asked about.
    """
    policy, seed = state.policy[state.board[0].month], state.board[0].seed
    if policy.choice_free == 1.0:
        return
    for ccg in range(state.n_ccgs):
        home = state.ccgs[ccg].home
        for line in range(N_LINES if state.ccgs[ccg].chose else 0):
            agreement = state.agreements[ccg, line]
            if agreement.choice_kind != BUY or home == NOBODY or agreement.choice_supplier == home:
                continue
            if state.suppliers[agreement.choice_supplier].kind == BODY:
                continue
            if uniform(draw_key(seed, LET_THROUGH, state.ccgs[ccg].key, line)) >= policy.choice_case_by_case_share:
                note(state, REFUSED, NOT_LET_THROUGH, agreement.choice_supplier, home, ccg, line, 0.0)
                agreement.choice_supplier = home
                agreement.choice_price = state.suppliers[home].price[line]


@rule
def ration(state: State) -> None:
    """Hand out what suppliers can take on this month in a keyed order; who comes too late keeps what it has."""
    count, queue = 0, np.empty(state.n_ccgs * N_LINES, np.int64)
    luck = np.empty(state.n_ccgs * N_LINES)
    for ccg in range(state.n_ccgs):
        for line in range(N_LINES if state.ccgs[ccg].chose else 0):
            if moves_to_supplier(state, ccg, line):
                key = draw_key(state.board[0].seed, QUEUE, state.ccgs[ccg].key, state.ccgs[ccg].n_reviews[line])
                queue[count], luck[count] = ccg * N_LINES + line, uniform(fold(key, line))
                count += 1
    order = np.argsort(luck[:count], kind="mergesort")
    for place in range(count):
        take_on(state, queue[order[place]] // N_LINES, queue[order[place]] % N_LINES)


@rule
def moves_to_supplier(state: State, ccg: int, line: int) -> bool:
    """Say whether a CCG chose to buy a line from a supplier that does not serve it now."""
    agreement = state.agreements[ccg, line]
    if agreement.choice_kind != BUY:
        return False
    return agreement.kind != BUY or agreement.supplier != agreement.choice_supplier


@rule
def take_on(state: State, ccg: int, line: int) -> None:
    """Let a supplier take on one line of a CCG, or where that is more than it can, let what is there run on."""
    agreement = state.agreements[ccg, line]
    seller = state.suppliers[agreement.choice_supplier]
    wanted = state.ccgs[ccg].population * state.lines[line].need_share
    if seller.taken_on + wanted <= capacity(state, agreement.choice_supplier):
        seller.taken_on += wanted
        return
    note(state, REFUSED, AT_CAPACITY, agreement.choice_supplier, NOBODY, ccg, line, 0.0)
    agreement.choice_kind, agreement.choice_supplier = agreement.kind, agreement.supplier
    agreement.choice_price = agreement.price
    agreement.choice_months = EXTENSION


@rule
def capacity(state: State, supplier: int) -> float:
    """Return what a supplier may take on in a month (people, weighted by need)."""
    served = max(state.suppliers[supplier].served, LEAST_CAPACITY)
    return served * state.policy[state.board[0].month].agreement_growth_cap


@rule
def sign(state: State, ccg: int, line: int) -> None:
    """Sign what a CCG chose: it starts when the old agreement ends, or after notice."""
    agreement, board, policy = state.agreements[ccg, line], state.board[0], state.policy[state.board[0].month]
    if agreement.choice_kind == NOBODY:
        return
    same = is_present(state, ccg, line, agreement.choice_kind, agreement.choice_supplier)
    ending = agreement.end <= board.month + policy.agreement_notice
    if board.month < APRIL_2013 or ending or not same:
        intend(state, ccg, line)
        state.ccgs[ccg].signed += agreement.next_start == NOBODY
        agreement.next_start = start_of(state, ccg, line, ending)
        note_signing(state, ccg, line, same, ending)
    agreement.choice_kind = NOBODY


@rule
def start_of(state: State, ccg: int, line: int, ending: bool) -> int:
    """Return the month in which a signed agreement starts: April 2013, the end of the old one, or after notice."""
    board = state.board[0]
    if board.month < APRIL_2013:
        return APRIL_2013
    if ending:
        return max(state.agreements[ccg, line].end, board.month + 1)
    return board.month + int(state.policy[state.board[0].month].agreement_notice)


@rule
def note_signing(state: State, ccg: int, line: int, same: bool, ending: bool) -> None:
    """Log an award or an extension, and notice where it comes before the end."""
    agreement, row = state.agreements[ccg, line], state.ccgs[ccg]
    seller = agreement.next_supplier if agreement.next_kind == BUY else NOBODY
    before = agreement.supplier if agreement.kind == BUY else NOBODY
    if state.board[0].month >= APRIL_2013 and not ending:
        note(state, NOTICE_GIVEN, LOST_TRUST, before, seller, ccg, line, 0.0)
    reason = CHEAPEST_THAT_FITS if row.price_weight > 1.0 else BEST_WORTH
    amount = agreement.next_price * row.population
    note(state, EXTENDED if same else AWARDED, reason, seller, before, ccg, line, amount)
