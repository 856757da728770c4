"""What a CCG considers at a review: what serves it now, its home unit and, where it has time, what else is in reach."""

from agents.chance import TIME_TO_LOOK, draw_key, uniform
from agents.columns import (
    BUY,
    MAKE,
    MOST_OPTIONS,
    N_LINES,
    N_NESTS,
    NEST_MAKE,
    NEST_NHS,
    NEST_OUTSIDE,
    NEST_SHARE,
    NHS,
    NOBODY,
    SHARE,
    Options,
    State,
)
from agents.compiled import rule
from agents.dates import APRIL_2013, JANUARY_2013, JANUARY_2014, now
from agents.framework import is_barred
from agents.leaving import nest_of
from agents.rules.experience import clipped, moved
from agents.supplier import sells
from agents.terms import value_supplier, value_team

ORDINARY = 0.5
"""Quality (0 to 1) that is expected of a supplier of whom nothing is known."""
RED = 2


@rule
def has_time(state: State, ccg: int) -> int:
    """Say (1 or 0) whether the CCG has time to look around this year; one without a home unit must look.

    One that is not authorised by April 2013 may not until it is, and one rated red has no shadow budget before.

    Source:
        K-29, K-54.
    """
    row, board, policy = state.ccgs[ccg], state.board[0], state.policy[now(state)]
    if row.home == NOBODY:
        return 1
    if board.month < row.authorised and (board.month >= APRIL_2013 or row.rating == RED):
        return 0
    passed = clipped((board.month - JANUARY_2013 + 1) / (JANUARY_2014 - JANUARY_2013 + 1))
    share = moved(policy.choice_no_time_share, policy.choice_no_time_share_later, passed)
    return 1 if uniform(draw_key(board.seed, TIME_TO_LOOK, row.key, board.month // 12)) >= share else 0


@rule
def consider(state: State, ccg: int, options: Options) -> None:
    """Fill the consideration set, nest by nest: make, share, the NHS, outside the NHS; and what each is worth.

    It holds what serves the CCG now and its home unit; one with time adds willing neighbours, the units within
    reach and the others who sell in its region. Who is barred by the framework is not there.
    """
    state.board[0].n_reviews += 1
    options.kind[0], options.supplier[0], options.nest[0], options.n = MAKE, NOBODY, NEST_MAKE, 1
    options.first[NEST_MAKE], options.first[NEST_SHARE] = 0, 1
    add_teams(state, ccg, options)
    options.first[NEST_NHS] = options.n
    add_suppliers(state, ccg, options)
    options.first[N_NESTS] = options.n
    for c in range(options.first[NEST_NHS]):
        value_team(state, ccg, options, c)
    for c in range(options.first[NEST_NHS], options.n):
        value_supplier(state, ccg, options, c, expected_quality(state, ccg, options.supplier[c]))


@rule
def expected_quality(state: State, ccg: int, supplier: int) -> float:
    """Return the quality (0 to 1) that a CCG expects of a supplier that does not do the line for it now.

    What it has lived through itself counts whole; else what neighbours have, in part; else an ordinary supplier's.
    """
    own, row, total, known = state.trust[supplier, ccg], state.ccgs[ccg], 0.0, 0
    if own > 0.0:
        return own
    for k in range(row.n_neighbours):
        trust = state.trust[supplier, row.neighbours[k]]
        total += trust
        known += trust > 0.0
    if known == 0:
        return ORDINARY
    return moved(ORDINARY, total / known, state.policy[now(state)].experience_neighbour_weight)


@rule
def add_teams(state: State, ccg: int, options: Options) -> None:
    """Add the hosts with whom the CCG shares, and willing neighbours where it looks around."""
    row, agreements = state.ccgs[ccg], state.agreements[ccg]
    for line in range(N_LINES):
        if agreements.kind[line] == SHARE and agreements.supplier[line] != ccg:
            add_option(state, options, SHARE, agreements.supplier[line])
    for k in range(row.n_neighbours if row.looks_around else 0):
        if row.willing[k]:
            add_option(state, options, SHARE, row.neighbours[k])


@rule
def add_suppliers(state: State, ccg: int, options: Options) -> None:
    """Add suppliers, those of the NHS first: present ones, the home unit, and others where the CCG looks around."""
    row, agreements = state.ccgs[ccg], state.agreements[ccg]
    region, options.n_outside = state.regions[row.region], 0
    for line in range(N_LINES):
        if agreements.kind[line] == BUY:
            add_supplier(state, options, agreements.supplier[line])
    if row.home != NOBODY:
        add_supplier(state, options, row.home)
    if region.body != NOBODY:
        add_option(state, options, BUY, region.body)
    for k in range(row.n_reach if row.looks_around else 0):
        unit = state.book[0].carrier[row.reach[k]]
        if unit != NOBODY:
            add_supplier(state, options, unit)
    for k in range(region.n_sellers if row.looks_around else 0):
        add_supplier(state, options, region.sellers[k])
    options.first[NEST_OUTSIDE] = options.n
    for k in range(options.n_outside):
        add_option(state, options, BUY, options.outside[k])


@rule
def add_supplier(state: State, options: Options, supplier: int) -> None:
    """Add one supplier that may sign: one of the NHS at once, one from outside it among those who come after."""
    if state.book[0].barred[supplier]:
        return
    if state.suppliers[supplier].sector == NHS:
        add_option(state, options, BUY, supplier)
    else:
        options.outside[options.n_outside] = supplier
        options.n_outside += 1


@rule
def add_option(state: State, options: Options, kind: int, supplier: int) -> None:
    """Add one source to a consideration set, once, while there is room."""
    place, book = options.n, state.book[0]
    seller = supplier if kind == BUY else state.n_suppliers + supplier
    if book.considered[seller] == state.board[0].n_reviews or place == MOST_OPTIONS:
        return
    book.considered[seller], book.place[seller] = state.board[0].n_reviews, place
    options.kind[place], options.supplier[place] = kind, supplier
    options.nest[place] = nest_of(state, kind, supplier)
    options.key[place] = state.suppliers[supplier].key if kind == BUY else state.ccgs[supplier].key
    options.n = place + 1


@rule
def place_of(state: State, seller: int) -> int:
    """Return the place of a seller (see ``agents.seller``) among what is considered at this review, or NOBODY."""
    book = state.book[0]
    return book.place[seller] if book.considered[seller] == state.board[0].n_reviews else NOBODY


@rule
def note_standing(state: State) -> None:
    """Note for a month who sells for each supplier, be it the unit that took it on, and who may sign."""
    book = state.book[0]
    for supplier in range(state.n_suppliers):
        heir = heir_of(state, supplier)
        book.carrier[supplier] = heir if sells(state, heir) else NOBODY
        book.barred[supplier] = is_barred(state, supplier)


@rule
def heir_of(state: State, supplier: int) -> int:
    """Return the supplier that carries on the work of one that may have merged: itself, or its heir's heir."""
    while state.suppliers[supplier].heir != NOBODY:
        supplier = state.suppliers[supplier].heir
    return supplier
