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
    stir,
    uniform,
)
from agents.columns import (
    BUY,
    MAKE,
    N_LINES,
    NEST_NHS,
    NOBODY,
    SHARE,
    Array,
    Options,
    State,
)
from agents.compiled import rule
from agents.considering import consider, has_time, place_of
from agents.dates import now
from agents.leaving import cost_moving
from agents.reflection import reflect
from agents.rules.sourcing import choose_within, in_steps, list_draws
from agents.supplier import body_for
from agents.team import is_own_team, team_heads, team_is_open, team_partners, team_price
from agents.terms import value_options


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
    weigh(state, ccg, options)
    draw_luck(state, ccg, options)
    row.price_weight = choose_within(options, room_in_allowance(state, ccg, options.due))
    row.chose = 1
    reflect(state, ccg, options)
    write_choices(state, ccg, options)


@rule
def weigh(state: State, ccg: int, options: Options) -> None:
    """Fill what each option costs and is worth for each line that is due."""
    options.n_due = 0
    for line in range(N_LINES):
        if options.due[line]:
            set_up_line(state, ccg, line, options, options.n_due)
            options.n_due += 1
    price_suppliers(state, ccg, options)
    price_teams(state, ccg, options)
    value_options(state, ccg, options)


@rule
def set_up_line(state: State, ccg: int, line: int, options: Options, k: int) -> None:
    """Enter a line at a place among those under review: who has it, who alone may have it, what moving it costs."""
    agreements, service = state.agreements[ccg], state.lines[line]
    own = is_own_team(agreements.kind[line], agreements.supplier[line], ccg)
    options.lines[k] = line
    options.need_share[k], options.local_weight[k] = service.need_share, service.local_weight
    options.hands_share[k] = service.hands_share
    options.present[k] = 0 if own else place_of(state, state.book[0].seller[ccg, line])
    options.body[k] = body_for(state, ccg, line)
    cost_moving(state, ccg, line, options, k)


@rule
def price_suppliers(state: State, ccg: int, options: Options) -> None:
    """Fill what each supplier costs for each line under review (GBP a head a year).

    It is infinite where the supplier does not sell the line, where the CCG would not look at it, and for all but a
    body that has the line.
    """
    managed, region = 1.0 + state.policy[now(state)].choice_contract_management, state.ccgs[ccg].region
    for c in range(options.first[NEST_NHS], options.n):
        supplier, is_near = options.supplier[c], options.is_near[c] == 1
        seller, offered = state.suppliers[supplier], state.offered[region, supplier]
        for k in range(options.n_due):
            line, body = options.lines[k], options.body[k]
            allowed = (body == NOBODY) | (body == supplier)
            is_open = (offered[line] == 1) & (is_near | (c == options.present[k])) & allowed
            options.price[c, k] = seller.price[line] * managed if is_open else np.inf


@rule
def price_teams(state: State, ccg: int, options: Options) -> None:
    """Fill what the teams of neighbours, and the CCG's own, cost for each line under review, infinite where shut.

    No team does what a body has; the CCG may always make what nobody else does.
    """
    for k in range(options.n_due):
        line, free = options.lines[k], options.body[k] == NOBODY
        for c in range(1, options.first[NEST_NHS]):
            host = options.supplier[c]
            is_open = free and team_is_open(state, ccg, line, SHARE, host)
            options.price[c, k] = own_price(state, ccg, line, SHARE, host) if is_open else np.inf
        own_team = (free and team_is_open(state, ccg, line, MAKE, NOBODY)) or not has_open(options, k)
        options.price[0, k] = own_price(state, ccg, line, MAKE, NOBODY) if own_team else np.inf


@rule
def has_open(options: Options, k: int) -> bool:
    """Say whether anybody but the CCG's own team is open to it for a line."""
    for c in range(1, options.n):
        if options.price[c, k] < np.inf:
            return True
    return False


@rule
def own_price(state: State, ccg: int, line: int, kind: int, host: int) -> float:
    """Return what the CCG's own team, or a neighbour's with the CCG in it, costs for a line (GBP a head a year)."""
    heads, partners = team_heads(state, ccg, line, kind, host), team_partners(state, ccg, line, kind, host)
    return team_price(state, ccg if kind == MAKE else host, line, heads, partners)


@rule
def draw_luck(state: State, ccg: int, options: Options) -> None:
    """Fill the unexplained part of a choice, between nests and within them, for every line under review.

    It is the CCG's view of who suits a line, which stays as it is until the CCG forms one anew.
    """
    row, seed, policy = state.ccgs[ccg], state.board[0].seed, state.policy[now(state)]
    views, lucks = draws_key(seed, VIEW, row.key), draws_key(seed, SOURCE_LUCK, row.key)
    list_draws(options, policy.choice_noise_within)
    for k in range(options.n_due):
        line = options.lines[k]
        review = row.n_reviews[line]
        if uniform(fold(fold(views, review), line)) >= policy.choice_noise_persistence:
            row.formed[line] = review
        options.luck_key[k] = fold(fold(lucks, row.formed[line]), line)
        options.noise[k] = policy.choice_noise * options.need_share[k]
    draw(options)


@rule
def draw(options: Options) -> None:
    """Draw the luck of all lines.

    The key of a view is stirred already, so that once more is enough for whoever's draw it is.
    """
    for place in range(options.n_draws):
        whose, scale = options.whose[place], options.scale[place]
        for k in range(in_steps(options.n_due)):
            options.luck[place, k] = options.noise[k] * scale * gumbel(stir(options.luck_key[k] ^ whose))


@rule
def allowance_a_head(state: State, ccg: int) -> float:
    """Return what the allowance leaves beside a CCG's core cost, GBP a head a year."""
    row, policy = state.ccgs[ccg], state.policy[now(state)]
    return (row.allowance - policy.allowance_core_cost) / row.population


@rule
def room_in_allowance(state: State, ccg: int, due: Array) -> float:
    """Return what the allowance leaves for the lines under review, GBP a head a year."""
    room = allowance_a_head(state, ccg)
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
    return price * (1.0 + state.policy[now(state)].choice_contract_management) if kind == BUY else price


@rule
def write_choices(state: State, ccg: int, options: Options) -> None:
    """Write what the CCG decided for each line under review, with the price and a length of agreement."""
    row = state.ccgs[ccg]
    usual, longs = usual_length(state, ccg), draws_key(state.board[0].seed, LONG, row.key)
    agreements = state.agreements[ccg]
    for k in range(options.n_due):
        line = options.lines[k]
        c = options.chosen[k]
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
        agreements.choice_price[line] = own_price(state, ccg, line, kind, supplier)


@rule
def usual_length(state: State, ccg: int) -> int:
    """Return the length of most agreements of a round of reviews (months), spread about the ordinary one.

    What a CCG agrees in one round ends together, but for the lines with a long agreement.

    Source:
        K-53.
    """
    row, policy = state.ccgs[ccg], state.policy[now(state)]
    luck = uniform(draw_key(state.board[0].seed, LENGTH, row.key, row.n_rounds))
    return max(1, int(policy.agreement_months * (1.0 + policy.agreement_spread * (2.0 * luck - 1.0)) + 0.5))


@rule
def agreed_length(state: State, usual: int, key: np.uint64) -> int:
    """Return the length of one agreement (months): the usual one, or by luck up to 60."""
    policy = state.policy[now(state)]
    if uniform(key) >= policy.agreement_long_share:
        return usual
    ordinary = policy.agreement_months
    return int(ordinary + uniform(fold(key, 1)) * max(0.0, 60.0 - ordinary))
