"""Clinical commissioning groups: what each considers, chooses and comes to think of it."""

import numpy as np

from agents.chance import (
    LENGTH,
    LONG,
    NEST_LUCK_NOW,
    SUPPLIER_LUCK_NOW,
    TIME_TO_LOOK,
    TURN,
    WILLING,
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
    N_LINES,
    N_NESTS,
    N_TERMS,
    NEST_MAKE,
    NEST_NHS,
    NEST_OUTSIDE,
    NEST_SHARE,
    NHS,
    NO_CHOICE,
    NOBODY,
    SHARE,
    UNDECIDED,
    UNIT,
    Array,
    State,
)
from agents.compiled import rule
from agents.ledger import redundancy_mean
from agents.rules.cost import shared_cost, unit_cost
from agents.rules.experience import clipped, moved, quality_target, satisfaction_target
from agents.rules.redundancy import left_behind_share, share_left
from agents.rules.sourcing import Options, best_option, price_weight_that_fits
from agents.rules.staffing import hires, monthly_turnover, staff_needed
from agents.supplier import lacks_place

JANUARY_2013, MARCH_2013, APRIL_2013, JANUARY_2014 = 12, 14, 15, 24
TURNS = 3
MOST_OPTIONS = 80
Terms = tuple[float, float, float, float, float, float, float]
"""The terms of an appraisal, in the order of the reasons: price, cost of moving, quality and so on."""


@rule
def turn(state: State, ccg: int) -> int:
    """Return which of three months in a quarter is the CCG's turn to state its intentions."""
    return int(uniform(draw_key(state.board[0].seed, TURN, state.ccgs[ccg].key, 0)) * TURNS)


@rule
def state_intention(state: State, ccg: int) -> None:
    """Say which source is intended for each line: in January 2012, then once a quarter until the winter."""
    month = state.board[0].month
    if month < JANUARY_2013 and (month == 0 or month % TURNS == turn(state, ccg)):
        review(state, ccg, np.ones(N_LINES, np.bool_))


@rule
def choose_sources(state: State, ccg: int) -> None:
    """Choose for April 2013 in the winter before; afterwards look again at what ends, or has lost its trust."""
    month = state.board[0].month
    if JANUARY_2013 <= month < APRIL_2013:
        if month - JANUARY_2013 == turn(state, ccg):
            review(state, ccg, np.ones(N_LINES, np.bool_))
    elif month >= APRIL_2013:
        due = np.zeros(N_LINES, np.bool_)
        anything = False
        for line in range(N_LINES):
            due[line] = is_due(state, ccg, line)
            anything = anything or due[line]
        if anything:
            review(state, ccg, due)


@rule
def is_due(state: State, ccg: int, line: int) -> bool:
    """Say whether an agreement is looked at this month: notice before its end, or at a half-year once trust is lost."""
    agreement = state.agreements[ccg, line]
    month, policy = state.board[0].month, state.policy[state.board[0].month]
    if agreement.next_start != NOBODY:
        return False
    if agreement.end <= month + policy.agreement_notice:
        return True
    if agreement.kind != BUY or (month - agreement.start) % 6 != 5:
        return False
    return state.links[ccg, agreement.supplier].trust < policy.agreement_walk_trust


@rule
def review(state: State, ccg: int, due: Array) -> None:
    """Choose a source for each line that is due, and write it in the ``choice`` fields of its agreements."""
    row = state.ccgs[ccg]
    row.looks_around = has_time(state, ccg)
    options = consider(state, ccg, due)
    for line in range(N_LINES):
        if due[line]:
            cost_moving(state, ccg, line, options.moving[line])
            weigh(state, ccg, line, options)
            draw_luck(state, ccg, line, options)
    row.price_weight = price_weight_that_fits(options, room_in_allowance(state, ccg, due))
    reflect(state, ccg, options)
    for line in range(N_LINES):
        if due[line]:
            c = best_option(options, line, row.price_weight, NOBODY)
            write_choice(state, ccg, line, options.kind[c], options.supplier[c])
            row.n_reviews[line] += 1


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
def consider(state: State, ccg: int, due: Array) -> Options:
    """Return the consideration set: make, willing neighbours, who serves it now, the home unit, who reaches it."""
    row = state.ccgs[ccg]
    kinds, suppliers = np.empty(MOST_OPTIONS, np.int8), np.empty(MOST_OPTIONS, np.int32)
    kinds[0], suppliers[0] = MAKE, NOBODY
    n = 1
    for line in range(N_LINES):
        agreement = state.agreements[ccg, line]
        if agreement.kind != MAKE and agreement.supplier != ccg:
            n = add_option(kinds, suppliers, n, agreement.kind, agreement.supplier)
    if row.home != NOBODY:
        n = add_option(kinds, suppliers, n, BUY, row.home)
    if row.looks_around:
        n = look_around(state, ccg, kinds, suppliers, n)
    shape = (N_LINES, n)
    options = Options(
        kinds[:n], suppliers[:n], np.empty(n, np.int8), np.empty(shape), np.zeros(shape), np.zeros(shape),
        np.zeros((N_LINES, N_NESTS)), np.zeros((N_LINES, N_NESTS)), np.zeros(shape), due,
    )  # fmt: skip
    for c in range(n):
        options.nest[c] = nest_of(state, kinds[c], suppliers[c])
    return options


@rule
def look_around(state: State, ccg: int, kinds: Array, suppliers: Array, n: int) -> int:
    """Add willing neighbours, units within reach and all others who sell; return the set's size."""
    row = state.ccgs[ccg]
    for k in range(row.n_neighbours):
        if is_willing(state, ccg, row.neighbours[k]):
            n = add_option(kinds, suppliers, n, SHARE, row.neighbours[k])
    for k in range(row.n_reach):
        unit = heir_of(state, row.reach[k])
        if state.suppliers[unit].status <= FREE_STANDING:
            n = add_option(kinds, suppliers, n, BUY, unit)
    for supplier in range(state.n_suppliers):
        if state.suppliers[supplier].kind != UNIT and state.suppliers[supplier].status <= FREE_STANDING:
            n = add_option(kinds, suppliers, n, BUY, supplier)
    return n


@rule
def add_option(kinds: Array, suppliers: Array, n: int, kind: int, supplier: int) -> int:
    """Add one source to a consideration set, once, while there is room; return the set's size."""
    for c in range(n):
        if kinds[c] == kind and suppliers[c] == supplier:
            return n
    if n < kinds.size:
        kinds[n], suppliers[n] = kind, supplier
        n += 1
    return n


@rule
def nest_of(state: State, kind: int, supplier: int) -> int:
    """Return the nest of a source."""
    if kind != BUY:
        return NEST_MAKE if kind == MAKE else NEST_SHARE
    return NEST_NHS if state.suppliers[supplier].sector == NHS else NEST_OUTSIDE


@rule
def heir_of(state: State, supplier: int) -> int:
    """Return the supplier that carries on the work of one that may have merged: itself, or its heir's heir."""
    while state.suppliers[supplier].heir != NOBODY:
        supplier = state.suppliers[supplier].heir
    return supplier


@rule
def is_willing(state: State, one: int, other: int) -> bool:
    """Say whether two neighbouring CCGs are willing to share a team; the same whoever asks."""
    low = min(state.ccgs[one].key, state.ccgs[other].key)
    high = max(state.ccgs[one].key, state.ccgs[other].key)
    key = fold(draw_key(state.board[0].seed, WILLING, low, 0), high)
    return uniform(key) < state.policy[state.board[0].month].in_house_willing_share


@rule
def is_open(state: State, ccg: int, line: int, kind: int, supplier: int) -> bool:
    """Say whether a candidate offers the line to this CCG at this review."""
    row, agreement = state.ccgs[ccg], state.agreements[ccg, line]
    if kind == MAKE:
        return row.looks_around == 1 or row.own_line[line] == 1 or agreement.kind != BUY
    present = agreement.kind == kind and agreement.supplier == supplier
    if kind == SHARE:
        return present or (row.looks_around == 1 and hosts(state, supplier, line))
    seller = state.suppliers[supplier]
    if seller.offered[row.region, line] == 0 or lacks_place(state, supplier):
        return False
    return present or row.looks_around == 1 or supplier == row.home


@rule
def hosts(state: State, ccg: int, line: int) -> bool:
    """Say whether a CCG makes a line itself, or before April 2013 intends to, so that another may join it."""
    agreement = state.agreements[ccg, line]
    early = state.board[0].month < APRIL_2013
    kind = agreement.next_kind if early else agreement.kind
    supplier = agreement.next_supplier if early else agreement.supplier
    return kind == MAKE or (kind == SHARE and supplier == ccg)


@rule
def weigh(state: State, ccg: int, line: int, options: Options) -> None:
    """Fill the worth (price apart) and the price of each option for one line; make stays open where nothing else is."""
    anything = False
    for c in range(options.kind.size - 1, -1, -1):
        kind, supplier = options.kind[c], options.supplier[c]
        if not is_open(state, ccg, line, kind, supplier) and (c > 0 or anything):
            options.worth[line, c] = -np.inf
            continue
        anything = True
        terms = appraise(state, ccg, line, kind, supplier, options.moving[line])
        options.price[line, c] = terms[BY_PRICE]
        options.worth[line, c] = worth_of(terms)
        options.forced[line, c] = terms[BY_PRESSURE] - terms[BY_MOVING_COST]


@rule
def worth_of(terms: Terms) -> float:
    """Return the worth of a source apart from its price (GBP a head a year)."""
    return (
        terms[BY_QUALITY] + terms[BY_PRESENCE] + terms[BY_RELATIONS] + terms[BY_PRESSURE] + terms[BY_OWN_HANDS]
        - terms[BY_MOVING_COST]
    )  # fmt: skip


@rule
def appraise(state: State, ccg: int, line: int, kind: int, supplier: int, moving: Array) -> Terms:
    """Return the terms by which a CCG values a source of one line: price and cost of moving, then what speaks for it.

    All are GBP a head a year and fall on a line in proportion to its need.

    Args:
        state: The market.
        ccg: Row of the CCG.
        line: Row of the line.
        kind: MAKE, SHARE or BUY.
        supplier: Row of the supplier; of the host when shared.
        moving: Cost of moving to each nest (GBP a head a year); a source that is there already costs nothing to keep.
    """
    row, service, policy = state.ccgs[ccg], state.lines[line], state.policy[state.board[0].month]
    share, local = service.need_share, service.need_share * service.local_weight
    cost = 0.0 if is_present(state, ccg, line, kind, supplier) else moving[nest_of(state, kind, supplier)]
    if kind != BUY:
        host = ccg if kind == MAKE else supplier
        own = 1.0 if kind == MAKE else 0.5
        price = team_price(state, host, line, team_heads(state, ccg, line, kind, supplier), 1 if kind == MAKE else 2)
        quality = state.ccgs[host].quality * row.taste_quality * share
        presence = (0.5 + 0.5 * own) * row.taste_presence * local
        return price, cost, quality, presence, 0.0, 0.0, own * row.taste_in_house * share
    seller, link = state.suppliers[supplier], state.links[ccg, supplier]
    pressed = supplier == row.home and state.board[0].month < APRIL_2013
    return (
        seller.price[line] * (1.0 + policy.choice_contract_management),
        cost,
        seller.quality[line] * row.taste_quality * share,
        link.near * row.taste_presence * local,
        link.trust * row.taste_known * share,
        policy.choice_pressure * share if pressed else 0.0,
        0.0,
    )


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
def cost_moving(state: State, ccg: int, line: int, moving: Array) -> None:
    """Fill the one-off cost of moving a line to each nest, spread over an agreement (GBP a head a year).

    It holds the CCG's share of redundancy and of stranded cost, its own effort of procurement, and the business
    case for work taken in house.
    """
    bought = state.agreements[ccg, line].kind == BUY
    policy, share = state.policy[state.board[0].month], state.lines[line].need_share
    attached = attached_fte(state, ccg, line) * redundancy_mean(state)
    own_effort = stranded_cost(state, ccg, line) * policy.stranded_ccg_share_in_house
    own_effort += policy.in_house_business_case_cost * share
    for nest in range(N_NESTS):
        total = attached * redundant_share(state, line, bought, nest) * ccg_redundancy_share(state, bought, nest)
        if nest == NEST_NHS or nest == NEST_OUTSIDE:
            total += policy.choice_procurement_cost * share
        elif bought:
            total += own_effort
        moving[nest] = total / (state.ccgs[ccg].population * policy.agreement_months / 12.0)


@rule
def is_present(state: State, ccg: int, line: int, kind: int, supplier: int) -> bool:
    """Say whether a source is the one that serves the CCG now; its own team is the same with a neighbour in it."""
    agreement = state.agreements[ccg, line]
    own_now = agreement.kind == MAKE or (agreement.kind == SHARE and agreement.supplier == ccg)
    own_then = kind == MAKE or (kind == SHARE and supplier == ccg)
    if own_now or own_then:
        return own_now and own_then
    return agreement.kind == kind and agreement.supplier == supplier


@rule
def attached_fte(state: State, ccg: int, line: int) -> float:
    """Return the staff attached to a CCG's agreement: its people's part of the team that serves it (FTE)."""
    agreement, row = state.agreements[ccg, line], state.ccgs[ccg]
    if agreement.kind == BUY:
        seller = state.suppliers[agreement.supplier]
        return seller.fte[line] * row.population / max(seller.heads[line], row.population)
    host = ccg if agreement.kind == MAKE else agreement.supplier
    team = state.ccgs[host]
    return team.fte[line] * row.population / max(team.heads[line], row.population)


@rule
def transferred_share(state: State, line: int, nest: int) -> float:
    """Return the share of attached staff who transfer under TUPE with work that moves to a nest."""
    policy = state.policy[state.board[0].month]
    share = policy.tupe_to_in_house
    if nest == NEST_NHS:
        share = policy.tupe_to_nhs
    elif nest == NEST_OUTSIDE:
        share = policy.tupe_to_outside_nhs
    return share * policy.tupe_transfer_share * state.lines[line].tupe_share


@rule
def redundant_share(state: State, line: int, bought: bool, nest: int) -> float:
    """Return the share of attached staff who would be redundant if a line moved to a nest, from a supplier or not."""
    policy = state.policy[state.board[0].month]
    redeployed = policy.redundancy_redeployed_share if bought else 0.0
    gone = share_left(policy.staffing_turnover / 12.0, policy.agreement_notice)
    return left_behind_share(transferred_share(state, line, nest), redeployed, gone)


@rule
def ccg_redundancy_share(state: State, bought: bool, nest: int) -> float:
    """Return the CCG's part of the redundancy bill: all of it for its own staff, else as policy has it."""
    policy = state.policy[state.board[0].month]
    if not bought:
        return 1.0
    if nest == NEST_NHS:
        return policy.redundancy_ccg_share_other_css
    return policy.redundancy_ccg_share_outside_nhs if nest == NEST_OUTSIDE else policy.redundancy_ccg_share_in_house


@rule
def stranded_cost(state: State, ccg: int, line: int) -> float:
    """Return the non-pay fixed cost that a CCG's leaving strands with its supplier until it lapses (GBP)."""
    agreement, policy = state.agreements[ccg, line], state.policy[state.board[0].month]
    if agreement.kind != BUY:
        return 0.0
    heads = max(state.suppliers[agreement.supplier].heads[line], state.ccgs[ccg].population)
    yearly = state.lines[line].fixed * policy.cost_nonpay_share * state.ccgs[ccg].population / heads
    return yearly * policy.stranded_months / 12.0


@rule
def draw_luck(state: State, ccg: int, line: int, options: Options) -> None:
    """Fill the unexplained part of a choice: a persistent and a fresh part, between nests and within them."""
    row, policy, seed = state.ccgs[ccg], state.policy[state.board[0].month], state.board[0].seed
    kept, fresh = np.sqrt(policy.choice_noise_persistence), np.sqrt(1.0 - policy.choice_noise_persistence)
    scale = policy.choice_noise * state.lines[line].need_share
    now = fold(draw_key(seed, NEST_LUCK_NOW, row.key, row.n_reviews[line]), line)
    for nest in range(N_NESTS):
        luck = kept * row.nest_luck[line, nest] + fresh * gumbel(fold(now, nest))
        options.between[line, nest] = scale * luck
    now = fold(draw_key(seed, SUPPLIER_LUCK_NOW, row.key, row.n_reviews[line]), line)
    scale *= policy.choice_noise_within
    for c in range(1, options.kind.size):
        if options.worth[line, c] > -np.inf:
            who = options.supplier[c]
            if options.kind[c] == BUY:
                luck = kept * state.links[ccg, who].luck[line] + fresh * gumbel(fold(now, state.suppliers[who].key))
            else:
                luck = gumbel(fold(now, state.ccgs[who].key))
            options.within[line, c] = scale * luck


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
    """Return the length of a new agreement (months): spread about the ordinary one, and some up to 60. Source: K-53."""
    row, policy, seed = state.ccgs[ccg], state.policy[state.board[0].month], state.board[0].seed
    key = fold(draw_key(seed, LONG, row.key, row.n_reviews[line]), line)
    luck = uniform(fold(draw_key(seed, LENGTH, row.key, row.n_reviews[line]), line))
    ordinary = policy.agreement_months
    if uniform(key) < policy.agreement_long_share:
        return int(ordinary + luck * max(0.0, 60.0 - ordinary))
    return max(1, int(ordinary * (1.0 + policy.agreement_spread * (2.0 * luck - 1.0)) + 0.5))


@rule
def reflect(state: State, ccg: int, options: Options) -> None:
    """Write whether the CCG felt that it had a choice, and the main reason for a mix that it chose as a whole."""
    row = state.ccgs[ccg]
    differences = np.zeros(N_TERMS)
    margin, reviewed, forced = 0.0, 0.0, 0.0
    for line in range(N_LINES):
        if options.due[line]:
            share = state.lines[line].need_share
            chosen = best_option(options, line, row.price_weight, NOBODY)
            other = best_option(options, line, row.price_weight, options.nest[chosen])
            row.felt_no_choice[line] = felt_no_choice(state, ccg, line, options, chosen, other)
            forced += share * row.felt_no_choice[line]
            reviewed += share
            if other != NOBODY:
                margin += compare(state, ccg, line, options, chosen, other, differences)
    if reviewed > 0.99:
        row.main_reason = main_reason(state, differences, margin, forced)


@rule
def main_reason(state: State, differences: Array, margin: float, forced: float) -> int:
    """Return the reason for a whole mix: no choice, undecided, or the largest difference from the next best."""
    if forced > 0.5:
        return NO_CHOICE
    need = 0.0
    for line in range(N_LINES):
        need += state.lines[line].need
    if margin < state.policy[state.board[0].month].choice_undecided_margin * need:
        return UNDECIDED
    return int(np.argmax(differences))


@rule
def felt_no_choice(state: State, ccg: int, line: int, options: Options, chosen: int, other: int) -> int:
    """Say (1 or 0) whether a line goes to the home unit only for want of another, pressure or the cost of moving."""
    row = state.ccgs[ccg]
    if options.kind[chosen] != BUY or options.supplier[chosen] != row.home:
        return 0
    if other == NOBODY:
        return 1
    home = unforced_value(options, line, chosen, row.price_weight)
    for c in range(options.kind.size):
        if options.worth[line, c] > -np.inf and options.nest[c] != options.nest[chosen]:
            if unforced_value(options, line, c, row.price_weight) > home:
                return 1
    return 0


@rule
def unforced_value(options: Options, line: int, c: int, weight: float) -> float:
    """Return an option's value to a CCG without pressure and without the cost of moving (GBP a head a year)."""
    value = options.worth[line, c] - options.forced[line, c] - weight * options.price[line, c]
    return value + options.between[line, options.nest[c]]


@rule
def compare(state: State, ccg: int, line: int, options: Options, chosen: int, other: int, differences: Array) -> float:
    """Add what sets a choice apart from the next best, term by term; return by how much it is better."""
    mine = appraise(state, ccg, line, options.kind[chosen], options.supplier[chosen], options.moving[line])
    theirs = appraise(state, ccg, line, options.kind[other], options.supplier[other], options.moving[line])
    weight = state.ccgs[ccg].price_weight
    luck = options.between[line, options.nest[chosen]] - options.between[line, options.nest[other]]
    price = weight * (theirs[BY_PRICE] - mine[BY_PRICE])
    differences[BY_PRICE] += price
    differences[BY_MOVING_COST] += theirs[BY_MOVING_COST] - mine[BY_MOVING_COST]
    for term in range(BY_QUALITY, BY_LUCK):
        differences[term] += mine[term] - theirs[term]
    differences[BY_LUCK] += luck
    return worth_of(mine) - worth_of(theirs) + price + luck


@rule
def live_month(state: State, ccg: int) -> None:
    """Staff the CCG's own team, and let satisfaction and trust follow what was delivered."""
    staff_team(state, ccg)
    judge_support(state, ccg)


@rule
def staff_team(state: State, ccg: int) -> None:
    """Let staff of the CCG's own team come and go, and its quality follow their number."""
    row, policy, board = state.ccgs[ccg], state.policy[state.board[0].month], state.board[0]
    early = board.month < APRIL_2013
    rate = monthly_turnover(policy.staffing_turnover, early, policy.staffing_uncertainty_factor)
    needed_in_all, staff_in_all = 0.0, 0.0
    for line in range(N_LINES):
        needed = 0.0
        if row.heads[line] > 0.0:
            price = team_price(state, ccg, line, row.heads[line], 1)
            needed = staff_needed(state.lines[line].fte_per_gbp, price * row.heads[line])
        left = row.fte[line] * (rate if needed > 0.0 else 1.0)
        hired = 0.0 if early else hires(needed, row.fte[line] - left, policy.staffing_hiring_rate)
        row.fte[line] += hired - left
        board.fte_left += left
        board.fte_hired += hired
        needed_in_all += needed
        staff_in_all += min(needed, row.fte[line])
    if needed_in_all > 0.0:
        target = quality_target(0.5, row.capability, staff_in_all / needed_in_all)
        row.quality = moved(row.quality, target, policy.experience_quality_learning)


@rule
def judge_support(state: State, ccg: int) -> None:
    """Let satisfaction, and trust in each supplier, follow quality and price."""
    row, policy = state.ccgs[ccg], state.policy[state.board[0].month]
    quality, price, need = 0.0, 0.0, 0.0
    for line in range(N_LINES):
        service = state.lines[line]
        quality += service.need_share * delivered_quality(state, ccg, line)
        price += state.agreements[ccg, line].price
        need += service.need
    target = satisfaction_target(quality * row.service_level, price, need, row.relations)
    row.satisfaction = moved(row.satisfaction, target, policy.experience_learning)
    for line in range(N_LINES):
        agreement = state.agreements[ccg, line]
        if agreement.kind == BUY:
            link = state.links[ccg, agreement.supplier]
            seen = clipped(row.satisfaction + delivered_quality(state, ccg, line) - quality)
            link.trust = moved(link.trust, seen, policy.experience_learning * state.lines[line].need_share * N_LINES)


@rule
def delivered_quality(state: State, ccg: int, line: int) -> float:
    """Return the quality (0 to 1) of a line as it is delivered to a CCG."""
    agreement = state.agreements[ccg, line]
    if agreement.kind == BUY:
        return state.suppliers[agreement.supplier].quality[line]
    return state.ccgs[ccg if agreement.kind == MAKE else agreement.supplier].quality
