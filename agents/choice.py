"""One review of a CCG: what it considers, how it weighs each option, what it chooses, and why."""

import numpy as np

from agents.chance import (
    LENGTH,
    LONG,
    NEST_LUCK,
    NEST_LUCK_NOW,
    SUPPLIER_LUCK,
    SUPPLIER_LUCK_NOW,
    TIME_TO_LOOK,
    draw_key,
    fold,
    gumbel,
    uniform,
)
from agents.columns import (
    BUY,
    BY_LUCK,
    BY_MOVING_COST,
    BY_OWN_HANDS,
    BY_PRESENCE,
    BY_PRESSURE,
    BY_PRICE,
    BY_QUALITY,
    BY_RELATIONS,
    FREE_STANDING,
    MAKE,
    MOST_OPTIONS,
    N_LINES,
    N_NESTS,
    NHS,
    NO_CHOICE,
    NOBODY,
    SHARE,
    UNDECIDED,
    Array,
    Options,
    State,
)
from agents.compiled import rule
from agents.dates import APRIL_2013, JANUARY_2013, JANUARY_2014
from agents.leaving import cost_moving, is_present, nest_of
from agents.rules.cost import shared_cost, unit_cost
from agents.rules.experience import clipped, moved
from agents.rules.sourcing import (
    Terms,
    choose_within,
    supplier_terms,
    team_terms,
    worth_of,
)
from agents.supplier import lacks_place

WHOLE = 0.99
"""Share of need from which a review is of the whole mix."""


@rule
def review(state: State, ccg: int, due: Array) -> None:
    """Choose a source for each line that is due, and write it in the ``choice`` fields of its agreements."""
    row = state.ccgs[ccg]
    row.looks_around = has_time(state, ccg)
    options = state.options[0]
    for line in range(N_LINES):
        options.due[line] = due[line]
    consider(state, ccg, options)
    for line in range(N_LINES):
        if due[line]:
            cost_moving(state, ccg, line, options.moving)
    weigh(state, ccg, options)
    draw_luck(state, ccg, options)
    row.price_weight = choose_within(options, room_in_allowance(state, ccg, options.due))
    row.chose = 1
    for line in range(N_LINES):
        if due[line]:
            c = options.chosen[line]
            write_choice(state, ccg, line, options.kind[c], options.supplier[c])
    reflect(state, ccg, options)
    for line in range(N_LINES):
        row.n_reviews[line] += due[line]
    row.n_rounds += 1


@rule
def has_time(state: State, ccg: int) -> int:
    """Say (1 or 0) whether the CCG has time to look around this year; one without a home unit must look."""
    row, board, policy = state.ccgs[ccg], state.board[0], state.policy[state.board[0].month]
    if row.home == NOBODY:
        return 1
    passed = clipped((board.month - JANUARY_2013 + 1) / (JANUARY_2014 - JANUARY_2013 + 1))
    share = moved(policy.choice_no_time_share, policy.choice_no_time_share_later, passed)
    return 1 if uniform(draw_key(board.seed, TIME_TO_LOOK, row.key, board.month // 12)) >= share else 0


@rule
def consider(state: State, ccg: int, options: Options) -> None:
    """Fill the consideration set, nest by nest: make, share, the NHS, outside the NHS.

    It holds what serves the CCG now and its home unit; one with time adds willing neighbours, the units within
    reach and the others who sell in its region.
    """
    options.kind[0], options.supplier[0], options.n = MAKE, NOBODY, 1
    add_teams(state, ccg, options)
    add_nhs_units(state, ccg, options)
    add_outside(state, ccg, options)
    for c in range(options.n):
        options.nest[c] = nest_of(state, options.kind[c], options.supplier[c])


@rule
def add_teams(state: State, ccg: int, options: Options) -> None:
    """Add the hosts with whom the CCG shares, and willing neighbours where it looks around."""
    row = state.ccgs[ccg]
    for line in range(N_LINES):
        agreement = state.agreements[ccg, line]
        if agreement.kind == SHARE and agreement.supplier != ccg:
            add_option(options, SHARE, agreement.supplier)
    for k in range(row.n_neighbours):
        if row.looks_around and row.willing[k]:
            add_option(options, SHARE, row.neighbours[k])


@rule
def add_nhs_units(state: State, ccg: int, options: Options) -> None:
    """Add the units that serve the CCG, its home unit, and those within reach where it looks around."""
    row = state.ccgs[ccg]
    for line in range(N_LINES):
        agreement = state.agreements[ccg, line]
        if agreement.kind == BUY and state.suppliers[agreement.supplier].sector == NHS:
            add_option(options, BUY, agreement.supplier)
    if row.home != NOBODY and state.suppliers[row.home].sector == NHS:
        add_option(options, BUY, row.home)
    if row.looks_around:
        add_units_in_reach(state, ccg, options, True)


@rule
def add_units_in_reach(state: State, ccg: int, options: Options, nhs: bool) -> None:
    """Add the units within reach that sell: those of the NHS, or those that were sold."""
    row = state.ccgs[ccg]
    for k in range(row.n_reach):
        unit = heir_of(state, row.reach[k])
        if state.suppliers[unit].status <= FREE_STANDING and (state.suppliers[unit].sector == NHS) == nhs:
            add_option(options, BUY, unit)


@rule
def add_outside(state: State, ccg: int, options: Options) -> None:
    """Add the suppliers outside the NHS that serve the CCG, and where it looks around those that sell in its region."""
    row, board = state.ccgs[ccg], state.board[0]
    for line in range(N_LINES):
        agreement = state.agreements[ccg, line]
        if agreement.kind == BUY and state.suppliers[agreement.supplier].sector != NHS:
            add_option(options, BUY, agreement.supplier)
    if row.home != NOBODY and state.suppliers[row.home].sector != NHS:
        add_option(options, BUY, row.home)
    if row.looks_around:
        add_units_in_reach(state, ccg, options, False)
        for k in range(board.n_sellers[row.region]):
            add_option(options, BUY, board.sellers[row.region, k])


@rule
def add_option(options: Options, kind: int, supplier: int) -> None:
    """Add one source to a consideration set, once, while there is room."""
    for c in range(options.n):
        if options.kind[c] == kind and options.supplier[c] == supplier:
            return
    if options.n < MOST_OPTIONS:
        options.kind[options.n], options.supplier[options.n] = kind, supplier
        options.n += 1


@rule
def heir_of(state: State, supplier: int) -> int:
    """Return the supplier that carries on the work of one that may have merged: itself, or its heir's heir."""
    while state.suppliers[supplier].heir != NOBODY:
        supplier = state.suppliers[supplier].heir
    return supplier


@rule
def weigh(state: State, ccg: int, options: Options) -> None:
    """Fill worth, price and what is forced for every option and line; make stays open where nothing else is."""
    for c in range(1, options.n):
        if options.kind[c] == BUY:
            weigh_supplier(state, ccg, c, options)
        else:
            weigh_team(state, ccg, c, options)
    weigh_team(state, ccg, 0, options)


@rule
def weigh_supplier(state: State, ccg: int, c: int, options: Options) -> None:
    """Weigh one supplier for every line."""
    row, supplier, nest = state.ccgs[ccg], options.supplier[c], options.nest[c]
    seller, link, policy = state.suppliers[supplier], state.links[ccg, supplier], state.policy[state.board[0].month]
    home, barred = supplier == row.home, lacks_place(state, supplier)
    pressure = policy.choice_pressure if home and state.board[0].month < APRIL_2013 else 0.0
    for line in range(N_LINES):
        if not options.due[line]:
            continue
        present = is_present(state, ccg, line, BUY, supplier)
        offers = seller.offered[row.region, line] == 1 and not barred
        if not offers or not (present or home or row.looks_around):
            options.worth[c, line] = -np.inf
            continue
        service, moving = state.lines[line], 0.0 if present else options.moving[line, nest]
        terms = supplier_terms(
            seller.price[line] * (1.0 + policy.choice_contract_management), moving,
            seller.quality[line] * row.taste_quality, link.near * row.taste_presence * service.local_weight,
            link.trust * row.taste_known, pressure, service.need_share,
        )  # fmt: skip
        enter(options, c, line, terms)


@rule
def weigh_team(state: State, ccg: int, c: int, options: Options) -> None:
    """Weigh the CCG's own team, or a neighbour's, for every line."""
    kind, host = options.kind[c], options.supplier[c]
    for line in range(N_LINES):
        if not options.due[line]:
            continue
        if not team_is_open(state, ccg, line, kind, host) and not is_last_resort(options, c, line):
            options.worth[c, line] = -np.inf
            continue
        present = is_present(state, ccg, line, kind, host)
        enter(options, c, line, terms_of_team(state, ccg, line, kind, host, 0.0 if present else
              options.moving[line, options.nest[c]]))  # fmt: skip


@rule
def enter(options: Options, c: int, line: int, terms: Terms) -> None:
    """Enter an option's terms in the tables."""
    options.price[c, line] = terms[BY_PRICE]
    options.worth[c, line] = worth_of(terms)
    options.forced[c, line] = terms[BY_PRESSURE] - terms[BY_MOVING_COST]


@rule
def is_last_resort(options: Options, c: int, line: int) -> bool:
    """Say whether the option is to make a line for which nothing else is open."""
    if c > 0:
        return False
    for other in range(1, options.n):
        if options.worth[other, line] > -np.inf:
            return False
    return True


@rule
def team_is_open(state: State, ccg: int, line: int, kind: int, host: int) -> bool:
    """Say whether a CCG may make a line, or join its host, at this review."""
    row, agreement = state.ccgs[ccg], state.agreements[ccg, line]
    if kind == MAKE:
        return row.looks_around == 1 or row.own_line[line] == 1 or agreement.kind != BUY
    if agreement.kind == SHARE and agreement.supplier == host:
        return True
    return row.looks_around == 1 and hosts(state, host, line)


@rule
def hosts(state: State, ccg: int, line: int) -> bool:
    """Say whether a CCG makes a line itself, or before April 2013 intends to, so that another may join it."""
    agreement = state.agreements[ccg, line]
    early = state.board[0].month < APRIL_2013
    kind = agreement.next_kind if early else agreement.kind
    supplier = agreement.next_supplier if early else agreement.supplier
    return kind == MAKE or (kind == SHARE and supplier == ccg)


@rule
def terms_of_team(state: State, ccg: int, line: int, kind: int, host: int, moving: float) -> Terms:
    """Return the terms by which a CCG values its own team, or a shared one, for a line."""
    row, service = state.ccgs[ccg], state.lines[line]
    alone = kind == MAKE
    team = ccg if alone else host
    price = team_price(state, team, line, team_heads(state, ccg, line, kind, host), 1 if alone else 2)
    return team_terms(
        price, moving, state.ccgs[team].quality * row.taste_quality, row.taste_presence * service.local_weight,
        row.taste_in_house, 1.0 if alone else 0.5, service.need_share,
    )  # fmt: skip


@rule
def team_heads(state: State, ccg: int, line: int, kind: int, host: int) -> float:
    """Return the people whom a CCG's own team, or a host's with the CCG in it, would serve."""
    if kind == MAKE:
        return max(state.ccgs[ccg].population, state.ccgs[ccg].heads[line])
    agreement = state.agreements[ccg, line]
    joined = agreement.kind == SHARE and agreement.supplier == host
    base = max(state.ccgs[host].population, state.ccgs[host].heads[line])
    return base if joined else base + state.ccgs[ccg].population


@rule
def team_price(state: State, host: int, line: int, heads: float, partners: int) -> float:
    """Return what a CCG's team costs for a line, GBP a head a year of the people whom it serves."""
    service = state.lines[line]
    cost = unit_cost(service.fixed, service.variable, heads, state.ccgs[host].efficiency)
    return shared_cost(cost, partners, state.policy[state.board[0].month].in_house_coordination_charge)


@rule
def draw_luck(state: State, ccg: int, options: Options) -> None:
    """Fill the unexplained part of a choice, between nests and within them: a part that lasts and a fresh one."""
    policy = state.policy[state.board[0].month]
    kept, fresh = np.sqrt(policy.choice_noise_persistence), np.sqrt(1.0 - policy.choice_noise_persistence)
    key_luck(state, ccg, options)
    draw_gumbels(options)
    for line in range(N_LINES):
        scale = policy.choice_noise * state.lines[line].need_share
        for nest in range(N_NESTS):
            luck = kept * options.nest_lasting[line, nest] + fresh * options.between[line, nest]
            options.between[line, nest] = scale * luck
        scale *= policy.choice_noise_within
        for c in range(1, options.n):
            luck = kept * options.lasting[c, line] + fresh * options.within[c, line]
            options.within[c, line] = scale * luck


@rule
def draw_gumbels(options: Options) -> None:
    """Draw the lasting and the fresh luck from their keys; plain loops, so that several are drawn at a time."""
    for line in range(N_LINES):
        for nest in range(N_NESTS):
            options.nest_lasting[line, nest] = gumbel(options.nest_lasting_key[line, nest])
    for line in range(N_LINES):
        for nest in range(N_NESTS):
            options.between[line, nest] = gumbel(options.nest_fresh_key[line, nest])
    for c in range(1, options.n):
        for line in range(N_LINES):
            options.lasting[c, line] = gumbel(options.lasting_key[c, line])
    for c in range(1, options.n):
        for line in range(N_LINES):
            options.within[c, line] = gumbel(options.fresh_key[c, line])


@rule
def key_luck(state: State, ccg: int, options: Options) -> None:
    """Key the luck of each nest, and of each option but make, which is alone in its nest, for the lines due."""
    row, seed = state.ccgs[ccg], state.board[0].seed
    for line in range(N_LINES):
        if options.due[line]:
            lasting = fold(draw_key(seed, NEST_LUCK, row.key, 0), line)
            now = fold(draw_key(seed, NEST_LUCK_NOW, row.key, row.n_reviews[line]), line)
            for nest in range(N_NESTS):
                options.nest_lasting_key[line, nest] = fold(lasting, nest)
                options.nest_fresh_key[line, nest] = fold(now, nest)
            lasting = fold(draw_key(seed, SUPPLIER_LUCK, row.key, 0), line)
            now = fold(draw_key(seed, SUPPLIER_LUCK_NOW, row.key, row.n_reviews[line]), line)
            for c in range(1, options.n):
                who = options.supplier[c]
                key = state.suppliers[who].key if options.kind[c] == BUY else state.ccgs[who].key
                options.lasting_key[c, line] = fold(lasting, key)
                options.fresh_key[c, line] = fold(now, key)


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
        agreement.choice_price = team_price(state, ccg if kind == MAKE else supplier, line, heads, 1 + (kind == SHARE))


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


@rule
def reflect(state: State, ccg: int, options: Options) -> None:
    """Write whether the CCG felt that it had a choice, and the main reason for a mix that it chose as a whole."""
    row = state.ccgs[ccg]
    options.difference[:] = 0.0
    close, reviewed, forced = 0.0, 0.0, 0.0
    for line in range(N_LINES):
        if options.due[line]:
            service = state.lines[line]
            chosen, other = options.chosen[line], options.next_best[line]
            row.felt_no_choice[line] = felt_no_choice(state, ccg, line, options, chosen, other)
            forced += service.need_share * row.felt_no_choice[line]
            reviewed += service.need_share
            if other != NOBODY:
                margin = compare(state, ccg, line, options, chosen, other)
                near = margin < state.policy[state.board[0].month].choice_undecided_margin * service.need
                close += service.need_share * near
    if reviewed > WHOLE:
        row.main_reason = main_reason(options.difference, close, forced)


@rule
def main_reason(differences: Array, close: float, forced: float) -> int:
    """Return the reason for a whole mix: no choice, undecided, or the largest difference from the next best.

    Args:
        differences: Of the terms, over the lines (GBP a head a year).
        close: Share of need for which the next best is nearly as good.
        forced: Share of need for which no choice was felt.
    """
    if forced > 0.5:
        return NO_CHOICE
    return UNDECIDED if close > 0.5 else int(np.argmax(differences))


@rule
def felt_no_choice(state: State, ccg: int, line: int, options: Options, chosen: int, other: int) -> int:
    """Say (1 or 0) whether a line goes to the home unit only for want of another, pressure or the cost of moving."""
    row = state.ccgs[ccg]
    if options.kind[chosen] != BUY or options.supplier[chosen] != row.home:
        return 0
    if other == NOBODY:
        return 1
    home = unforced_value(options, line, chosen, row.price_weight)
    for c in range(options.n):
        if options.worth[c, line] > -np.inf and options.nest[c] != options.nest[chosen]:
            if unforced_value(options, line, c, row.price_weight) > home:
                return 1
    return 0


@rule
def unforced_value(options: Options, line: int, c: int, weight: float) -> float:
    """Return an option's value to a CCG without pressure and without the cost of moving (GBP a head a year)."""
    value = options.worth[c, line] - options.forced[c, line] - weight * options.price[c, line]
    return value + options.between[line, options.nest[c]]


@rule
def compare(state: State, ccg: int, line: int, options: Options, chosen: int, other: int) -> float:
    """Add what sets a choice apart from the next best, term by term; return by how much it is better."""
    mine, theirs = terms_of(state, ccg, line, options, chosen), terms_of(state, ccg, line, options, other)
    weight = state.ccgs[ccg].price_weight
    luck = options.between[line, options.nest[chosen]] - options.between[line, options.nest[other]]
    price = weight * (theirs[BY_PRICE] - mine[BY_PRICE])
    options.difference[BY_PRICE] += price
    options.difference[BY_MOVING_COST] += theirs[BY_MOVING_COST] - mine[BY_MOVING_COST]
    options.difference[BY_QUALITY] += mine[BY_QUALITY] - theirs[BY_QUALITY]
    options.difference[BY_PRESENCE] += mine[BY_PRESENCE] - theirs[BY_PRESENCE]
    options.difference[BY_RELATIONS] += mine[BY_RELATIONS] - theirs[BY_RELATIONS]
    options.difference[BY_PRESSURE] += mine[BY_PRESSURE] - theirs[BY_PRESSURE]
    options.difference[BY_OWN_HANDS] += mine[BY_OWN_HANDS] - theirs[BY_OWN_HANDS]
    options.difference[BY_LUCK] += luck
    return worth_of(mine) - worth_of(theirs) + price + luck


@rule
def terms_of(state: State, ccg: int, line: int, options: Options, c: int) -> Terms:
    """Return the terms of one option for a line."""
    row, service, who = state.ccgs[ccg], state.lines[line], options.supplier[c]
    present = is_present(state, ccg, line, options.kind[c], who)
    moving = 0.0 if present else options.moving[line, options.nest[c]]
    if options.kind[c] != BUY:
        return terms_of_team(state, ccg, line, options.kind[c], who, moving)
    link, pressed = state.links[ccg, who], who == row.home and state.board[0].month < APRIL_2013
    return supplier_terms(
        options.price[c, line], moving, state.suppliers[who].quality[line] * row.taste_quality,
        link.near * row.taste_presence * service.local_weight, link.trust * row.taste_known,
        state.policy[state.board[0].month].choice_pressure if pressed else 0.0, service.need_share,
    )  # fmt: skip
