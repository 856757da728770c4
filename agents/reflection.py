"""What a CCG makes of a review afterwards: whether it felt a choice, and its main reason."""

import numpy as np

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
    N_LINES,
    NO_CHOICE,
    NOBODY,
    UNDECIDED,
    Array,
    Offers,
    Options,
    State,
)
from agents.compiled import rule
from agents.rules.sourcing import Terms, worth_of
from agents.terms import terms_of_supplier, terms_of_team

WHOLE = 0.99
"""Share of need from which a review is of the whole mix."""


@rule
def reflect(state: State, ccg: int, options: Options) -> None:
    """Write whether the CCG felt that it had a choice, and the main reason for a mix that it chose as a whole."""
    row, reviewed, forced = state.ccgs[ccg], 0.0, 0.0
    for line in range(N_LINES):
        if options.due[line]:
            row.felt_no_choice[line] = felt_no_choice(state, ccg, options, options.offers[line])
            forced += state.lines[line].need_share * row.felt_no_choice[line]
            reviewed += state.lines[line].need_share
    if reviewed > WHOLE:
        close = compare_all(state, ccg, options)
        row.main_reason = main_reason(options.difference, close, forced)


@rule
def felt_no_choice(state: State, ccg: int, options: Options, offers: Offers) -> int:
    """Say (1 or 0) whether a line goes to the home unit only for want of another, pressure or the cost of moving."""
    row, chosen = state.ccgs[ccg], offers.chosen
    c = offers.option[chosen]
    if options.kind[c] != BUY or options.supplier[c] != row.home:
        return 0
    if offers.next_best == NOBODY:
        return 1
    home = unforced_value(offers, chosen, row.price_weight)
    for place in range(offers.first, offers.n):
        if offers.nest[place] != offers.nest[chosen] and unforced_value(offers, place, row.price_weight) > home:
            return 1
    return 0


@rule
def unforced_value(offers: Offers, place: int, weight: float) -> float:
    """Return an option's value to a CCG without pressure and without the cost of moving (GBP a head a year)."""
    value = offers.worth[place] - offers.forced[place] - weight * offers.price[place]
    return value + offers.luck[offers.nest[place]]


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
def compare_all(state: State, ccg: int, options: Options) -> float:
    """Fill what sets the choice apart from the next best over all lines; return the share of need where it is close."""
    options.difference[:] = 0.0
    close = 0.0
    for line in range(N_LINES):
        if options.offers[line].next_best != NOBODY:
            margin = compare(state, ccg, line, options)
            near = margin < state.policy[state.board[0].month].choice_undecided_margin * state.lines[line].need
            close += state.lines[line].need_share * near
    return close


@rule
def compare(state: State, ccg: int, line: int, options: Options) -> float:
    """Add what sets a line's choice apart from the next best, term by term; return by how much it is better."""
    offers, weight = options.offers[line], state.ccgs[ccg].price_weight
    mine = terms_of(state, ccg, line, options, offers.chosen)
    theirs = terms_of(state, ccg, line, options, offers.next_best)
    luck = offers.luck[offers.nest[offers.chosen]] - offers.luck[offers.nest[offers.next_best]]
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
def terms_of(state: State, ccg: int, line: int, options: Options, place: int) -> Terms:
    """Return the terms of one of the options open for a line."""
    offers = options.offers[line]
    c = offers.option[place]
    kind, who, price = options.kind[c], options.supplier[c], offers.price[place]
    moving = 0.0 if c == offers.present else offers.moving[options.nest[c]]
    if kind == BUY:
        return terms_of_supplier(state, ccg, line, who, price, moving)
    return terms_of_team(state, ccg, line, kind, who, price, moving)
