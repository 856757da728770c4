"""The terms by which a CCG values a source for a line, each in GBP a head a year."""

from agents.columns import CUSTOMER_OWNED, MAKE, Options, State
from agents.compiled import rule
from agents.dates import APRIL_2013
from agents.rules.sourcing import Terms, supplier_terms, team_terms


@rule
def quality_seen(state: State, line: int, options: Options, c: int) -> float:
    """Return the quality (0 to 1) that a CCG expects of a supplier: what it gets now, or what it has heard."""
    if c == options.offers[line].present:
        return state.suppliers[options.supplier[c]].quality[line]
    return options.word[c]


@rule
def terms_of_supplier(
    state: State, ccg: int, line: int, supplier: int, quality: float, price: float, moving: float
) -> Terms:
    """Return the terms of a supplier, given its quality, its price with management and the cost of moving to it."""
    row, link, policy = state.ccgs[ccg], state.links[ccg, supplier], state.policy[state.board[0].month]
    at_home = supplier == row.home
    pressed = at_home and state.board[0].month < APRIL_2013
    loyal = at_home and state.suppliers[supplier].form == CUSTOMER_OWNED
    return supplier_terms(
        price, moving, quality * row.taste_quality,
        link.near * row.taste_presence * state.lines[line].local_weight,
        link.trust * row.taste_known + (policy.hosting_customer_owned_loyalty if loyal else 0.0),
        policy.choice_pressure if pressed else 0.0, state.lines[line].need_share,
    )  # fmt: skip


@rule
def terms_of_team(state: State, ccg: int, line: int, kind: int, host: int, price: float, moving: float) -> Terms:
    """Return the terms of the CCG's own team, or of a neighbour's that it would join.

    Own hands are worth the more, the more local knowledge a line asks; staff who do it already are known and trusted.
    """
    row, service, alone = state.ccgs[ccg], state.lines[line], kind == MAKE
    quality = state.ccgs[ccg if alone else host].quality * row.taste_quality
    own_hands = row.taste_in_house * service.hands_share / service.need_share
    known = row.taste_known if alone and row.own_line[line] else 0.0
    return team_terms(
        price, moving, quality, row.taste_presence * service.local_weight, known, own_hands, 1.0 if alone else 0.5,
        service.need_share,
    )  # fmt: skip
