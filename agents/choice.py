"""One review of a CCG: how it weighs what is open for each line, what it chooses, and what it writes down."""

import numpy as np

from agents.chance import (
    LENGTH,
    LONG,
    SOURCE_LUCK,
    VIEW,
    draw_key,
    draws_key,
    fold,
    gumbel,
    source_key,
    uniform,
)
from agents.columns import (
    BUY,
    BY_MOVING_COST,
    BY_PRESSURE,
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
from agents.rules.sourcing import choose_within, worth_of
from agents.team import is_own_team, team_heads, team_is_open, team_partners, team_price
from agents.terms import terms_of

AT_ONCE = 4
"""Numbers that a processor draws at once; ``MOST_LUCK`` is a multiple of it."""


@rule
def review_all(state: State, ccg: int) -> None:
    """Choose a source for every line."""
    state.options[0].due[:] = 1
    review(state, ccg)


@rule
def review(state: State, ccg: int) -> None:
    """Choose a source for each line that is marked as due, and write it in the ``choice`` fields of its agreements."""
    row, options = state.ccgs[ccg], state.options[0]
    row.looks_around = has_time(state, ccg)
    consider(state, ccg, options)
    for line in range(N_LINES):
        if options.due[line]:
            weigh(state, ccg, line, options, options.offers[line])
    draw_luck(state, ccg, options)
    row.price_weight = choose_within(options, room_in_allowance(state, ccg, options.due))
    row.chose = 1
    reflect(state, ccg, options)
    write_choices(state, ccg, options)


@rule
def weigh(state: State, ccg: int, line: int, options: Options, offers: Offers) -> None:
    """Fill price, worth and what is forced for every option that is open; make is, where nothing else is.

    An at-scale line is open to the region's body alone, where policy has one.
    """
    agreements = state.agreements[ccg]
    own = is_own_team(agreements.kind[line], agreements.supplier[line], ccg)
    offers.present = 0 if own else place_of(options, agreements.kind[line], agreements.supplier[line])
    cost_moving(state, ccg, line, offers.moving)
    offers.n = 1
    for nest in range(N_NESTS):
        offers.key[nest] = nest
    body = state.board[0].body[state.ccgs[ccg].region]
    settled = state.lines[line].at_scale == 1 and body != NOBODY
    for c in range(1, options.n):
        if options.kind[c] == BUY:
            if not settled or options.supplier[c] == body:
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
    offers, who = options.offers[line], options.supplier[c]
    seller = state.suppliers[who]
    if (options.is_near[c] or c == offers.present) and seller.offered[state.ccgs[ccg].region, line]:
        managed = 1.0 + state.policy[state.board[0].month].choice_contract_management
        enter(state, ccg, line, options, c, offers.n, seller.price[line] * managed)


@rule
def weigh_team(state: State, ccg: int, line: int, options: Options, c: int, place: int) -> None:
    """Weigh the CCG's own team, or a neighbour's, for a line."""
    kind, host = options.kind[c], options.supplier[c]
    heads, partners = team_heads(state, ccg, line, kind, host), team_partners(state, ccg, line, kind, host)
    price = team_price(state, ccg if kind == MAKE else host, line, heads, partners)
    enter(state, ccg, line, options, c, place, price)


@rule
def enter(state: State, ccg: int, line: int, options: Options, c: int, place: int, price: float) -> None:
    """Enter an option's price and worth in a line's table, and count it."""
    offers = options.offers[line]
    offers.option[place], offers.nest[place], offers.key[N_NESTS + place] = c, options.nest[c], options.key[c]
    offers.price[place] = price
    terms = terms_of(state, ccg, line, options, place)
    offers.worth[place] = worth_of(terms)
    offers.forced[place] = terms[BY_PRESSURE] - terms[BY_MOVING_COST]
    offers.n = place + 1


@rule
def draw_luck(state: State, ccg: int, options: Options) -> None:
    """Fill the unexplained part of a choice, between nests and within them, for every line under review.

    It is the CCG's view of who suits a line, which stays as it is until the CCG forms one anew.
    """
    row, seed, policy = state.ccgs[ccg], state.board[0].seed, state.policy[state.board[0].month]
    views, lucks = draws_key(seed, VIEW, row.key), draws_key(seed, SOURCE_LUCK, row.key)
    for line in range(N_LINES):
        if options.due[line]:
            review = row.n_reviews[line]
            if uniform(fold(fold(views, review), line)) >= policy.choice_noise_persistence:
                row.formed[line] = review
            scale = policy.choice_noise * state.lines[line].need_share
            draw(options.offers[line], fold(fold(lucks, row.formed[line]), line), scale)
            scale_within(options.offers[line], policy.choice_noise_within)


@rule
def draw(offers: Offers, view: np.uint64, scale: float) -> None:
    """Draw the luck of each nest and option for a line, ``AT_ONCE`` at a time; the last may run beyond the options."""
    end = (N_NESTS + offers.n + AT_ONCE - 1) // AT_ONCE * AT_ONCE
    for place in range(end):
        offers.luck[place] = scale * gumbel(source_key(view, offers.key[place]))


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
    agreements = state.agreements[ccg]
    signed = agreements.next_start[line] != NOBODY
    kind = agreements.next_kind[line] if signed else agreements.kind[line]
    price = agreements.next_price[line] if signed else agreements.price[line]
    return price * (1.0 + state.policy[state.board[0].month].choice_contract_management) if kind == BUY else price


@rule
def write_choices(state: State, ccg: int, options: Options) -> None:
    """Write what the CCG decided for each line under review, with the price and a length of agreement."""
    row = state.ccgs[ccg]
    usual, longs = usual_length(state, ccg), draws_key(state.board[0].seed, LONG, row.key)
    agreements = state.agreements[ccg]
    for line in range(N_LINES):
        if options.due[line]:
            offers = options.offers[line]
            c = offers.option[offers.chosen]
            write_source(state, ccg, line, options.kind[c], options.supplier[c])
            agreements.choice_months[line] = agreed_length(state, usual, fold(fold(longs, row.n_reviews[line]), line))
            row.n_reviews[line] += 1
    row.n_rounds += 1


@rule
def write_source(state: State, ccg: int, line: int, kind: int, supplier: int) -> None:
    """Write the source that the CCG decided on for a line, with its price."""
    agreements = state.agreements[ccg]
    agreements.choice_kind[line], agreements.choice_supplier[line] = kind, supplier
    if kind == BUY:
        agreements.choice_price[line] = state.suppliers[supplier].price[line]
    else:
        heads, partners = team_heads(state, ccg, line, kind, supplier), team_partners(state, ccg, line, kind, supplier)
        agreements.choice_price[line] = team_price(state, ccg if kind == MAKE else supplier, line, heads, partners)


@rule
def usual_length(state: State, ccg: int) -> int:
    """Return the length of most agreements of a round of reviews (months), spread about the ordinary one.

    What a CCG agrees in one round ends together, but for the lines with a long agreement.

    Source:
        K-53.
    """
    row, policy = state.ccgs[ccg], state.policy[state.board[0].month]
    luck = uniform(draw_key(state.board[0].seed, LENGTH, row.key, row.n_rounds))
    return max(1, int(policy.agreement_months * (1.0 + policy.agreement_spread * (2.0 * luck - 1.0)) + 0.5))


@rule
def agreed_length(state: State, usual: int, key: np.uint64) -> int:
    """Return the length of one agreement (months): the usual one, or by luck up to 60."""
    policy = state.policy[state.board[0].month]
    if uniform(key) >= policy.agreement_long_share:
        return usual
    ordinary = policy.agreement_months
    return int(ordinary + uniform(fold(key, 1)) * max(0.0, 60.0 - ordinary))
