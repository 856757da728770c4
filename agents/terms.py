"""The terms by which a CCG values a source, each in GBP a head a year: first for the bundle, then for a line."""

from agents.columns import BODY, BUY, CUSTOMER_OWNED, MAKE, Offers, Options, State
from agents.compiled import part, rule
from agents.dates import APRIL_2013, now
from agents.rules.sourcing import Terms, line_terms


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
    options.presence[c] = state.near[who, ccg] * row.taste_presence
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


@part
def quality_seen(state: State, line: int, options: Options, c: int) -> float:
    """Return the quality (0 to 1) that a CCG counts on from a source for a line: what it gets now, or expects."""
    if c == options.offers[line].present and options.kind[c] == BUY:
        return state.suppliers[options.supplier[c]].quality[line]
    return options.quality[c]


@part
def moving_to(options: Options, offers: Offers, c: int) -> float:
    """Return the cost of moving a line to an option (GBP a head a year): nothing to what serves the CCG now."""
    return 0.0 if c == offers.present else offers.moving[options.nest[c]]


@part
def terms_of(state: State, ccg: int, line: int, options: Options, c: int) -> Terms:
    """Return the terms of an option for a line; staff of the CCG's own who do it already are trusted."""
    row, offers = state.ccgs[ccg], options.offers[line]
    known = options.kind[c] == MAKE and row.own_line[line]
    return line_terms(
        state.lines[line], offers.price[c], moving_to(options, offers, c),
        quality_seen(state, line, options, c) * row.taste_quality, options.presence[c],
        row.taste_known if known else options.relations[c], options.pressure[c], options.own_hands[c],
    )  # fmt: skip
