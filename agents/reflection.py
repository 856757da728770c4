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
    NEST_OUTSIDE,
    NO_CHOICE,
    NOBODY,
    UNDECIDED,
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
        felt = felt_no_choice(state, ccg, options, k)
        row.felt_no_choice[options.lines[k]] = felt
        forced += options.need_share[k] * felt
        reviewed += options.need_share[k]
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
    for k in range(options.n_due):
        answer, share = answer_of(state, ccg, options, k), options.need_share[k]
        home += share if answer == ANSWER_HOME else 0.0
        outside += share if answer == ANSWER_OUTSIDE else 0.0
        other += share if answer == ANSWER_OTHER else 0.0
    if home >= other and home >= outside:
        return ANSWER_HOME
    return ANSWER_OUTSIDE if outside >= other else ANSWER_OTHER


@rule
def answer_of(state: State, ccg: int, options: Options, k: int) -> int:
    """Return where one line would go."""
    c = options.chosen[k]
    if is_home(state, ccg, options, c):
        return ANSWER_HOME
    return ANSWER_OUTSIDE if options.nest[c] == NEST_OUTSIDE else ANSWER_OTHER


@rule
def is_home(state: State, ccg: int, options: Options, c: int) -> bool:
    """Say whether an option is the CCG's home unit."""
    return options.kind[c] == BUY and options.supplier[c] == state.ccgs[ccg].home


@rule
def felt_no_choice(state: State, ccg: int, options: Options, k: int) -> int:
    """Say (1 or 0) whether a line goes to the home unit only for want of another, pressure or the cost of moving."""
    chosen, weight = options.chosen[k], state.ccgs[ccg].price_weight
    if not is_home(state, ccg, options, chosen):
        return 0
    if options.next_best[k] == NOBODY:
        return 1
    home, nest = unforced_value(options, chosen, k, weight), options.nest[chosen]
    for c in range(options.n):
        if options.nest[c] != nest and unforced_value(options, c, k, weight) > home:
            return 1
    return 0


@rule
def unforced_value(options: Options, c: int, k: int, weight: float) -> float:
    """Return an option's value to a CCG without pressure and without the cost of moving (GBP a head a year)."""
    forced = options.pressure[c] * options.need_share[k] - moving_to(options, c, k)
    return options.worth[c, k] - forced - weight * options.price[c, k] + nest_luck(options, c, k)


@rule
def compare_all(state: State, ccg: int, options: Options, answer: int) -> float:
    """Return the share of need where the next best is nearly as good as the choice.

    What sets the choice apart from its rival is added up over the lines that go where the CCG answers.
    """
    weight, margin, close = state.ccgs[ccg].price_weight, state.policy[now(state)].choice_undecided_margin, 0.0
    options.difference[:] = 0.0
    for k in range(options.n_due):
        if options.next_best[k] != NOBODY:
            lead = value_of(options, options.chosen[k], k, weight) - value_of(options, options.next_best[k], k, weight)
            close += options.need_share[k] * (lead < margin * state.lines[options.lines[k]].need)
        rival = rival_of(state, ccg, options, k)
        if rival != NOBODY and answer_of(state, ccg, options, k) == answer:
            compare(state, ccg, options, rival, k)
    return close


@rule
def value_of(options: Options, c: int, k: int, weight: float) -> float:
    """Return an option's value to a CCG, with the luck of its nest (GBP a head a year)."""
    return options.worth[c, k] - weight * options.price[c, k] + nest_luck(options, c, k)


@rule
def nest_luck(options: Options, c: int, k: int) -> float:
    """Return the luck of an option's nest (GBP a head a year)."""
    return options.luck[options.draw_of[options.nest[c]], k]


@rule
def rival_of(state: State, ccg: int, options: Options, k: int) -> int:
    """Return the option with which a choice is compared for its reason, or NOBODY.

    Whoever takes the home unit says why it and not another supplier; for any other choice it is the next best.
    """
    weight, chosen = state.ccgs[ccg].price_weight, options.chosen[k]
    if not is_home(state, ccg, options, chosen):
        return options.next_best[k]
    best, most = NOBODY, -np.inf
    for c in range(options.n):
        if c != chosen and options.kind[c] == BUY:
            value = value_of(options, c, k, weight)
            if value > most:
                best, most = c, value
    return best


@rule
def compare(state: State, ccg: int, options: Options, rival: int, k: int) -> None:
    """Add what sets a line's choice apart from its rival, term by term.

    A supplier's nearness goes with relations: both are what a CCG gets from people whom it knows. Luck gives no reason.
    """
    mine = terms_of(state, ccg, options, options.chosen[k], k)
    theirs = terms_of(state, ccg, options, rival, k)
    difference = options.difference
    difference[BY_PRICE] += state.ccgs[ccg].price_weight * (theirs[BY_PRICE] - mine[BY_PRICE])
    difference[BY_MOVING_COST] += theirs[BY_MOVING_COST] - mine[BY_MOVING_COST]
    difference[BY_QUALITY] += mine[BY_QUALITY] - theirs[BY_QUALITY]
    difference[BY_RELATIONS] += mine[BY_PRESENCE] - theirs[BY_PRESENCE] + mine[BY_RELATIONS] - theirs[BY_RELATIONS]
    difference[BY_PRESSURE] += mine[BY_PRESSURE] - theirs[BY_PRESSURE]
    difference[BY_OWN_HANDS] += mine[BY_OWN_HANDS] - theirs[BY_OWN_HANDS]
