"""One review of a CCG: how it weighs what is open for each line, what it chooses, and what it writes down."""

import numpy as np

from agents.chance import (
    LENGTH,
    LONG,
    SOURCE_LUCK,
    SOURCE_LUCK_NOW,
    draw_key,
    draws_key,
    fold,
    gumbel,
    uniform,
)
from agents.columns import (
    BODY,
    BUY,
    BY_MOVING_COST,
    BY_PRESSURE,
    BY_PRICE,
    MAKE,
    N_LINES,
    N_NESTS,
    NOBODY,
    SHARE,
    Array,
    Offers,
    Options,
    State,
)
from agents.compiled import rule
from agents.considering import consider, has_time, place_of
from agents.leaving import cost_moving
from agents.reflection import reflect
from agents.rules.sourcing import Terms, choose_within, worth_of
from agents.team import team_heads, team_is_open, team_partners, team_price
from agents.terms import quality_seen, terms_of_supplier, terms_of_team

AT_ONCE = 8
"""Numbers that a processor draws at once; ``MOST_LUCK`` is a multiple of it."""


@rule
def review(state: State, ccg: int, due: Array) -> None:
    """Choose a source for each line that is due, and write it in the ``choice`` fields of its agreements."""
    row, options = state.ccgs[ccg], state.options[0]
    row.looks_around = has_time(state, ccg)
    for line in range(N_LINES):
        options.due[line] = due[line]
    consider(state, ccg, options)
    for line in range(N_LINES):
        if due[line]:
            weigh(state, ccg, line, options, options.offers[line])
    draw_luck(state, ccg, options)
    row.price_weight = choose_within(options, room_in_allowance(state, ccg, options.due))
    row.chose = 1
    for line in range(N_LINES):
        if due[line]:
            offers = options.offers[line]
            c = offers.option[offers.chosen]
            write_choice(state, ccg, line, options.kind[c], options.supplier[c])
    reflect(state, ccg, options)
    for line in range(N_LINES):
        row.n_reviews[line] += due[line]
    row.n_rounds += 1


@rule
def weigh(state: State, ccg: int, line: int, options: Options, offers: Offers) -> None:
    """Fill price, worth and what is forced for every option that is open; make is, where nothing else is.

    An at-scale line is open to the region's body alone, where policy has one.
    """
    agreement = state.agreements[ccg, line]
    own = agreement.kind == MAKE or (agreement.kind == SHARE and agreement.supplier == ccg)
    offers.present = 0 if own else place_of(options, agreement.kind, agreement.supplier)
    cost_moving(state, ccg, line, offers.moving)
    offers.n = 1
    for nest in range(N_NESTS):
        offers.key[nest] = nest
    settled = state.lines[line].at_scale == 1 and state.board[0].body[state.ccgs[ccg].region] != NOBODY
    for c in range(1, options.n):
        if options.kind[c] == BUY:
            if not settled or options.supplier[c] == state.board[0].body[state.ccgs[ccg].region]:
                weigh_supplier(state, ccg, line, options, c)
        elif not settled and team_is_open(state, ccg, line, SHARE, options.supplier[c]):
            weigh_team(state, ccg, line, options, c, offers.n)
    own_team = not settled and team_is_open(state, ccg, line, MAKE, NOBODY)
    offers.first = 0 if offers.n == 1 or own_team else 1
    if offers.first == 0:
        kept = offers.n
        weigh_team(state, ccg, line, options, 0, 0)
        offers.n = kept


@rule
def weigh_supplier(state: State, ccg: int, line: int, options: Options, c: int) -> None:
    """Weigh a supplier for a line, where it sells it and the CCG would look at it."""
    row, offers, who = state.ccgs[ccg], options.offers[line], options.supplier[c]
    near_enough = row.looks_around == 1 or c == offers.present or who == row.home or state.suppliers[who].kind == BODY
    if near_enough and state.suppliers[who].offered[row.region, line] == 1:
        price = state.suppliers[who].price[line] * (1.0 + state.policy[state.board[0].month].choice_contract_management)
        moving = 0.0 if c == offers.present else offers.moving[options.nest[c]]
        quality = quality_seen(state, line, options, c)
        enter(options, line, c, offers.n, terms_of_supplier(state, ccg, line, who, quality, price, moving))


@rule
def weigh_team(state: State, ccg: int, line: int, options: Options, c: int, place: int) -> None:
    """Weigh the CCG's own team, or a neighbour's, for a line."""
    offers, kind, host = options.offers[line], options.kind[c], options.supplier[c]
    heads = team_heads(state, ccg, line, kind, host)
    price = team_price(state, ccg if kind == MAKE else host, line, heads, team_partners(state, ccg, line, kind, host))
    moving = 0.0 if c == offers.present else offers.moving[options.nest[c]]
    enter(options, line, c, place, terms_of_team(state, ccg, line, kind, host, price, moving))


@rule
def enter(options: Options, line: int, c: int, place: int, terms: Terms) -> None:
    """Enter an option's terms in a line's table, and count it."""
    offers = options.offers[line]
    offers.option[place], offers.nest[place], offers.key[N_NESTS + place] = c, options.nest[c], options.key[c]
    offers.price[place] = terms[BY_PRICE]
    offers.worth[place] = worth_of(terms)
    offers.forced[place] = terms[BY_PRESSURE] - terms[BY_MOVING_COST]
    offers.n = place + 1


@rule
def draw_luck(state: State, ccg: int, options: Options) -> None:
    """Fill the unexplained part of a choice, between nests and within them, for every line under review."""
    row, seed, policy = state.ccgs[ccg], state.board[0].seed, state.policy[state.board[0].month]
    lasting, now = draw_key(seed, SOURCE_LUCK, row.key, 0), draws_key(seed, SOURCE_LUCK_NOW, row.key)
    kept, fresh = np.sqrt(policy.choice_noise_persistence), np.sqrt(1.0 - policy.choice_noise_persistence)
    for line in range(N_LINES):
        if options.due[line]:
            scale = policy.choice_noise * state.lines[line].need_share
            fresh_key = fold(fold(now, row.n_reviews[line]), line)
            draw(options.offers[line], fold(lasting, line), fresh_key, scale * kept, scale * fresh)
            scale_within(options.offers[line], policy.choice_noise_within)


@rule
def draw(offers: Offers, lasting: np.uint64, now: np.uint64, kept: float, fresh: float) -> None:
    """Draw the luck of each nest and option for a line: a part that lasts and a fresh one, ``AT_ONCE`` at a time.

    The last block may run beyond the options.
    """
    end = (N_NESTS + offers.n + AT_ONCE - 1) // AT_ONCE * AT_ONCE
    for place in range(end):
        key = offers.key[place]
        offers.luck[place] = kept * gumbel(fold(lasting, key)) + fresh * gumbel(fold(now, key))


@rule
def scale_within(offers: Offers, scale: float) -> None:
    """Bring the luck of options to its scale within a nest; make is alone in its nest and has none."""
    offers.luck[N_NESTS] = 0.0
    for place in range(N_NESTS + 1, N_NESTS + offers.n):
        offers.luck[place] *= scale


@rule
def room_in_allowance(state: State, ccg: int, due: Array) -> float:
    """Return what the allowance leaves for the lines under review, GBP a head a year."""
    row, policy = state.ccgs[ccg], state.policy[state.board[0].month]
    room = (row.allowance - policy.allowance_core_cost) / row.population
    for line in range(N_LINES):
        if not due[line]:
            room -= committed_price(state, ccg, line)
    return room


@rule
def committed_price(state: State, ccg: int, line: int) -> float:
    """Return what a line that is not under review will cost, with its management, GBP a head a year."""
    agreement = state.agreements[ccg, line]
    signed = agreement.next_start != NOBODY
    kind = agreement.next_kind if signed else agreement.kind
    price = agreement.next_price if signed else agreement.price
    return price * (1.0 + state.policy[state.board[0].month].choice_contract_management) if kind == BUY else price


@rule
def write_choice(state: State, ccg: int, line: int, kind: int, supplier: int) -> None:
    """Write what the CCG decided for a line, with the price and a length of agreement."""
    agreement = state.agreements[ccg, line]
    agreement.choice_kind = kind
    agreement.choice_supplier = supplier
    agreement.choice_months = agreement_length(state, ccg, line)
    if kind == BUY:
        agreement.choice_price = state.suppliers[supplier].price[line]
    else:
        heads = team_heads(state, ccg, line, kind, supplier)
        agreement.choice_price = team_price(
            state, ccg if kind == MAKE else supplier, line, heads, team_partners(state, ccg, line, kind, supplier)
        )


@rule
def agreement_length(state: State, ccg: int, line: int) -> int:
    """Return the length of a new agreement (months): spread about the ordinary one, and some up to 60.

    What a CCG agrees in one round of reviews ends together, but for the lines with a long agreement.

    Source:
        K-53.
    """
    row, policy, seed = state.ccgs[ccg], state.policy[state.board[0].month], state.board[0].seed
    ordinary = policy.agreement_months
    key = fold(draw_key(seed, LONG, row.key, row.n_reviews[line]), line)
    if uniform(key) < policy.agreement_long_share:
        return int(ordinary + uniform(fold(key, 1)) * max(0.0, 60.0 - ordinary))
    luck = uniform(draw_key(seed, LENGTH, row.key, row.n_rounds))
    return max(1, int(ordinary * (1.0 + policy.agreement_spread * (2.0 * luck - 1.0)) + 0.5))
