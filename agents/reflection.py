"""What a CCG makes of a review afterwards: whether it felt a choice, and its main reason."""

import numpy as np

from agents.columns import (
    ANSWER_HOME,
    ANSWER_OTHER,
    ANSWER_OUTSIDE,
    ANSWER_UNDECIDED,
    BUY,
    BY_MOVING_COST,
    BY_OWN_HANDS,
    BY_PRESENCE,
    BY_PRESSURE,
    BY_PRICE,
    BY_QUALITY,
    BY_RELATIONS,
    N_LINES,
    NEST_OUTSIDE,
    NO_CHOICE,
    NOBODY,
    UNDECIDED,
    Offers,
    Options,
    State,
)
from agents.compiled import rule
from agents.dates import now
from agents.terms import moving_to, terms_of

WHOLE = 0.99
"""Share of need from which a review is of the whole mix."""
HALF = 0.5


@rule
def reflect(state: State, ccg: int, options: Options) -> None:
    """Write whether the CCG felt a choice, and what it would answer about a mix that it chose as a whole."""
    row, reviewed, forced = state.ccgs[ccg], 0.0, 0.0
    for k in range(options.n_due):
        line = options.lines[k]
        row.felt_no_choice[line] = felt_no_choice(state, ccg, line, options)
        forced += state.lines[line].need_share * row.felt_no_choice[line]
        reviewed += state.lines[line].need_share
    if reviewed > WHOLE:
        row.answer = leading_answer(state, ccg, options)
        close = compare_all(state, ccg, options, row.answer)
        if row.answer == ANSWER_HOME and forced > HALF:
            row.main_reason = NO_CHOICE
        elif close > HALF:
            row.answer, row.main_reason = ANSWER_UNDECIDED, UNDECIDED
        else:
            row.main_reason = int(np.argmax(options.difference))


@rule
def answer_survey(state: State, ccg: int) -> None:
    """Keep what the CCG would answer in April 2012 to the survey of CCGs. Source: K-25, K-26."""
    row = state.ccgs[ccg]
    row.survey_answer, row.survey_reason = row.answer, row.main_reason


@rule
def leading_answer(state: State, ccg: int, options: Options) -> int:
    """Return where most of a CCG's need would go: the home unit, outside the NHS, or neither."""
    home, outside, other = 0.0, 0.0, 0.0
    for line in range(N_LINES):
        answer, share = answer_of(state, ccg, options, line), state.lines[line].need_share
        home += share if answer == ANSWER_HOME else 0.0
        outside += share if answer == ANSWER_OUTSIDE else 0.0
        other += share if answer == ANSWER_OTHER else 0.0
    if home >= other and home >= outside:
        return ANSWER_HOME
    return ANSWER_OUTSIDE if outside >= other else ANSWER_OTHER


@rule
def answer_of(state: State, ccg: int, options: Options, line: int) -> int:
    """Return where one line would go."""
    c = options.offers[line].chosen
    if is_home(state, ccg, options, c):
        return ANSWER_HOME
    return ANSWER_OUTSIDE if options.nest[c] == NEST_OUTSIDE else ANSWER_OTHER


@rule
def is_home(state: State, ccg: int, options: Options, c: int) -> bool:
    """Say whether an option is the CCG's home unit."""
    return options.kind[c] == BUY and options.supplier[c] == state.ccgs[ccg].home


@rule
def felt_no_choice(state: State, ccg: int, line: int, options: Options) -> int:
    """Say (1 or 0) whether a line goes to the home unit only for want of another, pressure or the cost of moving."""
    offers, weight = options.offers[line], state.ccgs[ccg].price_weight
    chosen = offers.chosen
    if not is_home(state, ccg, options, chosen):
        return 0
    if offers.next_best == NOBODY:
        return 1
    share = state.lines[line].need_share
    home = unforced_value(options, offers, chosen, share, weight)
    for c in range(options.n):
        if options.nest[c] != options.nest[chosen] and unforced_value(options, offers, c, share, weight) > home:
            return 1
    return 0


@rule
def unforced_value(options: Options, offers: Offers, c: int, need_share: float, weight: float) -> float:
    """Return an option's value to a CCG without pressure and without the cost of moving (GBP a head a year)."""
    forced = options.pressure[c] * need_share - moving_to(options, offers, c)
    value = offers.worth[c] - forced - weight * offers.price[c]
    return value + nest_luck(options, offers, c)


@rule
def compare_all(state: State, ccg: int, options: Options, answer: int) -> float:
    """Return the share of need where the next best is nearly as good as the choice.

    What sets the choice apart from its rival is added up over the lines that go where the CCG answers.
    """
    weight, margin, close = state.ccgs[ccg].price_weight, state.policy[now(state)].choice_undecided_margin, 0.0
    options.difference[:] = 0.0
    for line in range(N_LINES):
        offers = options.offers[line]
        if offers.next_best != NOBODY:
            lead = value_of(options, offers, offers.chosen, weight)
            lead -= value_of(options, offers, offers.next_best, weight)
            close += state.lines[line].need_share * (lead < margin * state.lines[line].need)
        rival = rival_of(state, ccg, options, offers)
        if rival != NOBODY and answer_of(state, ccg, options, line) == answer:
            compare(state, ccg, line, options, rival)
    return close


@rule
def value_of(options: Options, offers: Offers, c: int, weight: float) -> float:
    """Return an option's value to a CCG, with the luck of its nest (GBP a head a year)."""
    return offers.worth[c] - weight * offers.price[c] + nest_luck(options, offers, c)


@rule
def nest_luck(options: Options, offers: Offers, c: int) -> float:
    """Return the luck of an option's nest (GBP a head a year)."""
    return options.luck[offers.draws + options.draw_of[options.nest[c]]]


@rule
def rival_of(state: State, ccg: int, options: Options, offers: Offers) -> int:
    """Return the option with which a choice is compared for its reason, or NOBODY.

    Whoever takes the home unit says why it and not another supplier; for any other choice it is the next best.
    """
    weight = state.ccgs[ccg].price_weight
    if not is_home(state, ccg, options, offers.chosen):
        return offers.next_best
    best, most = NOBODY, -np.inf
    for c in range(options.n):
        if c != offers.chosen and options.kind[c] == BUY:
            value = value_of(options, offers, c, weight)
            if value > most:
                best, most = c, value
    return best


@rule
def compare(state: State, ccg: int, line: int, options: Options, rival: int) -> None:
    """Add what sets a line's choice apart from its rival, term by term.

    A supplier's nearness goes with relations: both are what a CCG gets from people whom it knows. Luck gives no reason.
    """
    mine = terms_of(state, ccg, line, options, options.offers[line].chosen)
    theirs = terms_of(state, ccg, line, options, rival)
    difference = options.difference
    difference[BY_PRICE] += state.ccgs[ccg].price_weight * (theirs[BY_PRICE] - mine[BY_PRICE])
    difference[BY_MOVING_COST] += theirs[BY_MOVING_COST] - mine[BY_MOVING_COST]
    difference[BY_QUALITY] += mine[BY_QUALITY] - theirs[BY_QUALITY]
    difference[BY_RELATIONS] += mine[BY_PRESENCE] - theirs[BY_PRESENCE] + mine[BY_RELATIONS] - theirs[BY_RELATIONS]
    difference[BY_PRESSURE] += mine[BY_PRESSURE] - theirs[BY_PRESSURE]
    difference[BY_OWN_HANDS] += mine[BY_OWN_HANDS] - theirs[BY_OWN_HANDS]
