"""The terms by which a CCG values a source, each in GBP a head a year: first for the bundle, then for a line."""

from agents.columns import BODY, BUY, CUSTOMER_OWNED, MAKE, NOBODY, Options, State
from agents.compiled import part, rule
from agents.dates import APRIL_2013, now
from agents.rules.sourcing import Terms, in_steps, line_gains, worth_of
from agents.supplier import nearness


@rule
def value_supplier(state: State, ccg: int, options: Options, c: int, quality: float) -> None:
    """Write what a supplier is worth to a CCG for the bundle, given the quality (0 to 1) that is expected of it.

    A CCG without time to look around looks at what is at home alone.
    """
    who = options.supplier[c]
    row, supplier, policy = state.ccgs[ccg], state.suppliers[who], state.policy[now(state)]
    at_home = who == row.home
    loyal = at_home and supplier.form == CUSTOMER_OWNED
    options.is_near[c] = row.looks_around == 1 or at_home or supplier.kind == BODY
    options.quality[c] = quality
    options.presence[c] = nearness(state, who, ccg) * row.taste_presence
    options.relations[c] = state.trust[who, ccg] * row.taste_known
    options.relations[c] += policy.hosting_customer_owned_loyalty if loyal else 0.0
    options.pressure[c] = policy.choice_pressure if at_home and state.board[0].month < APRIL_2013 else 0.0
    options.own_hands[c] = 0.0


@rule
def value_team(state: State, ccg: int, options: Options, c: int) -> None:
    """Write what the CCG's own team, or a neighbour's that it would join, is worth for the bundle."""
    row, alone = state.ccgs[ccg], options.kind[c] == MAKE
    own = 1.0 if alone else 0.5
    options.quality[c] = state.ccgs[ccg if alone else options.supplier[c]].quality
    options.presence[c] = row.taste_presence * (0.5 + 0.5 * own)
    options.relations[c] = 0.0
    options.pressure[c] = 0.0
    options.own_hands[c] = row.taste_in_house * own


@rule
def value_options(state: State, ccg: int, options: Options) -> None:
    """Fill what each option is worth for each line under review (GBP a head a year, price apart).

    All are valued alike at first; then what serves a line now, and staff of the CCG's own who do it, as they are known.
    """
    taste = state.ccgs[ccg].taste_quality
    for c in range(options.n):
        nest, quality = options.nest[c], options.quality[c] * taste
        presence, relations = options.presence[c], options.relations[c]
        pressure, own_hands = options.pressure[c], options.own_hands[c]
        for k in range(in_steps(options.n_due)):
            gains = line_gains(options, k, quality, presence, relations, pressure, own_hands)
            options.worth[c, k] = worth_of((0.0, options.moving[nest, k], *gains))
    for k in range(options.n_due):
        present = options.present[k]
        if present != NOBODY:
            options.worth[present, k] = worth_of(terms_of(state, ccg, options, present, k))
        if state.ccgs[ccg].own_line[options.lines[k]]:
            options.worth[0, k] = worth_of(terms_of(state, ccg, options, 0, k))


@part
def quality_seen(state: State, options: Options, c: int, k: int) -> float:
    """Return the quality (0 to 1) that a CCG counts on from a source for a line: what it gets now, or expects."""
    if c == options.present[k] and options.kind[c] == BUY:
        return state.suppliers[options.supplier[c]].quality[options.lines[k]]
    return options.quality[c]


@part
def moving_to(options: Options, c: int, k: int) -> float:
    """Return the cost of moving a line to an option (GBP a head a year): nothing to what serves the CCG now."""
    return 0.0 if c == options.present[k] else options.moving[options.nest[c], k]


@part
def terms_of(state: State, ccg: int, options: Options, c: int, k: int) -> Terms:
    """Return the terms of an option for a line; staff of the CCG's own who do it already are trusted."""
    row = state.ccgs[ccg]
    known = options.kind[c] == MAKE and row.own_line[options.lines[k]]
    gains = line_gains(
        options, k, quality_seen(state, options, c, k) * row.taste_quality, options.presence[c],
        row.taste_known if known else options.relations[c], options.pressure[c], options.own_hands[c],
    )  # fmt: skip
    return (options.price[c, k], moving_to(options, c, k), *gains)
