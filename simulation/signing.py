"""What is signed of what was chosen: sharing needs both sides, growth has its cap, capacity goes by a keyed order."""

import numpy as np

from agents.chance import LET_THROUGH, QUEUE, draw_key, fold, uniform
from agents.columns import BODY, BUY, MAKE, N_LINES, NOBODY, SHARE, Array, State
from agents.compiled import rule
from agents.dates import APRIL_2013, JANUARY_2013, now
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
from agents.team import hosts, is_own_team, team_heads, team_price

LEAST_CAPACITY = 3_000_000.0
"""A supplier may always grow as if it served this many people (assumed, A-08)."""
EXTENSION = 6
"""Months by which an agreement runs on when what was chosen can't be had."""


@rule
def sign_agreements(state: State) -> None:
    """Turn the choices of the month into intentions, until the winter of 2012/13, or into signed agreements."""
    choosers = who_chose(state)
    settle_sharing(state, choosers)
    if state.board[0].month < JANUARY_2013:
        note_intentions(state, choosers)
        return
    if state.board[0].month < APRIL_2013:
        let_through(state, choosers)
    else:
        ration(state, choosers)
    for ccg in choosers:
        for line in range(N_LINES):
            if state.agreements[ccg].choice_kind[line] != NOBODY:
                sign(state, ccg, line)


@rule
def who_chose(state: State) -> Array:
    """Return the rows of the CCGs that chose anything this month, and forget that they did."""
    rows, count = np.empty(state.n_ccgs, np.int64), 0
    for ccg in range(state.n_ccgs):
        rows[count] = ccg
        count += state.ccgs[ccg].chose
        state.ccgs[ccg].chose = 0
    return rows[:count]


@rule
def settle_sharing(state: State, choosers: Array) -> None:
    """Where two CCGs chose each other the larger hosts; a CCG whose host goes another way makes the line itself."""
    alone = np.zeros((choosers.size, N_LINES), np.bool_)
    for place in range(choosers.size):
        ccg = choosers[place]
        agreements = state.agreements[ccg]
        for line in range(N_LINES):
            if agreements.choice_kind[line] == SHARE and agreements.choice_supplier[line] != ccg:
                alone[place, line] = is_left_alone(state, ccg, line)
    for place in range(choosers.size):
        for line in range(N_LINES):
            if alone[place, line]:
                choose_own_team(state, choosers[place], line)


@rule
def choose_own_team(state: State, ccg: int, line: int) -> None:
    """Let a CCG choose to make a line itself, in place of what it chose."""
    agreements, heads = state.agreements[ccg], team_heads(state, ccg, line, MAKE, NOBODY)
    agreements.choice_kind[line], agreements.choice_supplier[line] = MAKE, NOBODY
    agreements.choice_price[line] = team_price(state, ccg, line, heads, 1)


@rule
def is_left_alone(state: State, ccg: int, line: int) -> bool:
    """Say whether a CCG that chose to share must make the line: it is the host, or its host goes another way."""
    host = state.agreements[ccg].choice_supplier[line]
    other = state.agreements[host]
    if other.choice_kind[line] == SHARE and other.choice_supplier[line] == ccg:
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
    agreements = state.agreements[host]
    if agreements.choice_kind[line] != NOBODY:
        return is_own_team(agreements.choice_kind[line], agreements.choice_supplier[line], host)
    if agreements.next_start[line] != NOBODY:
        return is_own_team(agreements.next_kind[line], agreements.next_supplier[line], host)
    return hosts(state, host, line)


@rule
def note_intentions(state: State, choosers: Array) -> None:
    """Write what was chosen as intentions, which bind nobody."""
    for ccg in choosers:
        for line in range(N_LINES):
            intend(state, ccg, line)
            state.agreements[ccg].choice_kind[line] = NOBODY


@rule
def intend(state: State, ccg: int, line: int) -> None:
    """Write one choice as what comes next."""
    agreements = state.agreements[ccg]
    agreements.next_kind[line] = agreements.choice_kind[line]
    agreements.next_supplier[line] = agreements.choice_supplier[line]
    agreements.next_price[line] = agreements.choice_price[line]
    agreements.next_months[line] = agreements.choice_months[line]


@rule
def let_through(state: State, choosers: Array) -> None:
    """For April 2013, unless choice is free, let moves from the home unit to another supplier through case by case.

    What policy gives to an at-scale body is not asked about.
    """
    policy, seed = state.policy[now(state)], state.board[0].seed
    if policy.choice_free == 1.0:
        return
    for ccg in choosers:
        home, agreements = state.ccgs[ccg].home, state.agreements[ccg]
        for line in range(N_LINES):
            if agreements.choice_kind[line] != BUY or home == NOBODY or agreements.choice_supplier[line] == home:
                continue
            if state.suppliers[agreements.choice_supplier[line]].kind == BODY:
                continue
            if uniform(draw_key(seed, LET_THROUGH, state.ccgs[ccg].key, line)) >= policy.choice_case_by_case_share:
                note(state, REFUSED, NOT_LET_THROUGH, agreements.choice_supplier[line], home, ccg, line, 0.0)
                agreements.choice_supplier[line] = home
                agreements.choice_price[line] = state.suppliers[home].price[line]


@rule
def ration(state: State, choosers: Array) -> None:
    """Where a supplier is asked for more than it can take on, hand that out in a keyed order; the others stay."""
    count, queue, luck = 0, np.empty(choosers.size * N_LINES, np.int64), np.empty(choosers.size * N_LINES)
    ask(state, choosers)
    for ccg in choosers:
        for line in range(N_LINES):
            if moves_to_supplier(state, ccg, line) and is_short(state, state.agreements[ccg].choice_supplier[line]):
                key = draw_key(state.board[0].seed, QUEUE, state.ccgs[ccg].key, state.ccgs[ccg].n_reviews[line])
                queue[count], luck[count] = ccg * N_LINES + line, uniform(fold(key, line))
                count += 1
    if count == 0:
        return
    order = np.argsort(luck[:count], kind="mergesort")
    for place in range(count):
        take_on(state, queue[order[place]] // N_LINES, queue[order[place]] % N_LINES)


@rule
def ask(state: State, choosers: Array) -> None:
    """Add up the work that moves to each supplier as it was chosen."""
    for ccg in choosers:
        for line in range(N_LINES):
            if moves_to_supplier(state, ccg, line):
                seller = state.suppliers[state.agreements[ccg].choice_supplier[line]]
                seller.asked += state.ccgs[ccg].population * state.lines[line].need_share


@rule
def is_short(state: State, supplier: int) -> bool:
    """Say whether a supplier is asked for more than it can take on this month."""
    return state.suppliers[supplier].asked > capacity(state, supplier)


@rule
def moves_to_supplier(state: State, ccg: int, line: int) -> bool:
    """Say whether a CCG chose to buy a line from a supplier that does not serve it now."""
    agreements = state.agreements[ccg]
    if agreements.choice_kind[line] != BUY:
        return False
    return agreements.kind[line] != BUY or agreements.supplier[line] != agreements.choice_supplier[line]


@rule
def take_on(state: State, ccg: int, line: int) -> None:
    """Let a supplier take on one line of a CCG, or where that is more than it can, let what is there run on."""
    agreements = state.agreements[ccg]
    seller = state.suppliers[agreements.choice_supplier[line]]
    wanted = state.ccgs[ccg].population * state.lines[line].need_share
    if seller.taken_on + wanted <= capacity(state, agreements.choice_supplier[line]):
        seller.taken_on += wanted
        return
    note(state, REFUSED, AT_CAPACITY, agreements.choice_supplier[line], NOBODY, ccg, line, 0.0)
    agreements.choice_kind[line], agreements.choice_supplier[line] = agreements.kind[line], agreements.supplier[line]
    agreements.choice_price[line] = agreements.price[line]
    agreements.choice_months[line] = EXTENSION


@rule
def capacity(state: State, supplier: int) -> float:
    """Return what a supplier may take on in a month (people, weighted by need)."""
    served = max(state.suppliers[supplier].served, LEAST_CAPACITY)
    return served * state.policy[now(state)].agreement_growth_cap


@rule
def sign(state: State, ccg: int, line: int) -> None:
    """Sign what a CCG chose: it starts when the old agreement ends, or after notice."""
    agreements, board, policy = state.agreements[ccg], state.board[0], state.policy[now(state)]
    same = is_present(state, ccg, line, agreements.choice_kind[line], agreements.choice_supplier[line])
    ending = agreements.end[line] <= board.month + policy.agreement_notice
    if board.month < APRIL_2013 or ending or not same:
        intend(state, ccg, line)
        state.ccgs[ccg].signed += agreements.next_start[line] == NOBODY
        agreements.next_start[line] = start_of(state, ccg, line, ending)
        note_signing(state, ccg, line, same, ending)
    agreements.choice_kind[line] = NOBODY


@rule
def start_of(state: State, ccg: int, line: int, ending: bool) -> int:
    """Return the month in which a signed agreement starts: April 2013, the end of the old one, or after notice."""
    board = state.board[0]
    if board.month < APRIL_2013:
        return APRIL_2013
    if ending:
        return max(state.agreements[ccg].end[line], board.month + 1)
    return board.month + int(state.policy[now(state)].agreement_notice)


@rule
def note_signing(state: State, ccg: int, line: int, same: bool, ending: bool) -> None:
    """Log an award or an extension, and notice where it comes before the end."""
    agreements, row = state.agreements[ccg], state.ccgs[ccg]
    seller = agreements.next_supplier[line] if agreements.next_kind[line] == BUY else NOBODY
    before = agreements.supplier[line] if agreements.kind[line] == BUY else NOBODY
    if state.board[0].month >= APRIL_2013 and not ending:
        note(state, NOTICE_GIVEN, LOST_TRUST, before, seller, ccg, line, 0.0)
    reason = CHEAPEST_THAT_FITS if row.price_weight > 1.0 else BEST_WORTH
    amount = agreements.next_price[line] * row.population
    note(state, EXTENDED if same else AWARDED, reason, seller, before, ccg, line, amount)
