"""How a CCG chooses: the best of what it considers, line by line, within its allowance.

Each nest (make, share, NHS, outside the NHS) is stood for by its best option; luck within a nest settles which
that is, and luck between nests is drawn once a nest, so that a longer list of suppliers wins nothing by its length.
"""

import numpy as np

from agents.columns import (
    AT_ONCE,
    BY_MOVING_COST,
    BY_OWN_HANDS,
    BY_PRESENCE,
    BY_PRESSURE,
    BY_QUALITY,
    BY_RELATIONS,
    N_LINES,
    N_NESTS,
    NOBODY,
    Options,
)
from agents.compiled import rule

MOST_WEIGHT = 64.0
HALVINGS = 8


Gains = tuple[float, float, float, float, float]
"""Quality, presence, relations, pressure, own hands: the order of the reasons in ``columns``, after the first two."""

Terms = tuple[float, float, float, float, float, float, float]
"""Price and cost of moving, then the gains."""


@rule
def list_draws(options: Options, scale_within: float) -> None:
    """List the draws of luck that a line takes: one for each nest, followed by one for each of several in it.

    Args:
        options: What the CCG considers (an OPTIONS record).
        scale_within: Luck within a nest over that between nests (ratio).
    """
    place = 0
    for nest in range(N_NESTS):
        first, end = options.first[nest], options.first[nest + 1]
        options.draw_of[nest], options.whose[place], options.scale[place] = place, nest, 1.0
        place += first < end
        for c in range(first, end if end - first > 1 else first):
            options.whose[place], options.scale[place] = options.key[c], scale_within
            place += 1
    options.n_draws = place


@rule
def in_steps(n_due: int) -> int:
    """Return a number of lines brought up to whole steps of ``AT_ONCE``; what is worked out beyond them is not read."""
    return (n_due + AT_ONCE - 1) & -AT_ONCE


@rule
def choose_all(options: Options, price_weight: float) -> float:
    """Choose for every line under review and return what that costs (GBP a head a year).

    It writes the option of the greatest value, and the best of the other nests, or NOBODY. Ties go to the earlier
    option, and between nests to the earlier nest.

    Args:
        options: What the CCG considers (an OPTIONS record).
        price_weight: How much more than itself a pound of price counts (ratio, 1 or more).

    Source:
        Random utility (McFadden 1974), in two stages.
    """
    total = 0.0
    forget_choice(options)
    for nest in range(N_NESTS):
        several = options.first[nest + 1] - options.first[nest]
        if several == 1:
            value_only_option(options, nest, price_weight)
        elif several > 1:
            find_champion(options, nest, price_weight)
        if several > 0:
            rank_champion(options)
    for k in range(options.n_due):
        total += options.price[options.chosen[k], k]
    return total


@rule
def forget_choice(options: Options) -> None:
    """Let no option be chosen, nor be the next best."""
    for k in range(N_LINES):
        options.chosen[k], options.next_best[k] = NOBODY, NOBODY
        options.best_value[k], options.second_value[k] = -np.inf, -np.inf


@rule
def value_only_option(options: Options, nest: int, price_weight: float) -> None:
    """Let the only option of a nest stand for it, with the luck of the nest."""
    c, draw = options.first[nest], options.draw_of[nest]
    for k in range(in_steps(options.n_due)):
        options.champion[k] = c
        options.value[k] = options.worth[c, k] - price_weight * options.price[c, k] + options.luck[draw, k]


@rule
def find_champion(options: Options, nest: int, price_weight: float) -> None:
    """Let the best option of a nest of several, each with its own luck, stand for it, with the luck of the nest."""
    first, end, draw = options.first[nest], options.first[nest + 1], options.draw_of[nest]
    for k in range(N_LINES):
        options.champion[k], options.leading[k], options.value[k] = first, -np.inf, -np.inf
    for c in range(first, end):
        own = draw + 1 + c - first
        for k in range(in_steps(options.n_due)):
            plain = options.worth[c, k] - price_weight * options.price[c, k]
            lucky = plain + options.luck[own, k]
            leads = lucky > options.leading[k]
            options.champion[k] = c if leads else options.champion[k]
            options.leading[k] = lucky if leads else options.leading[k]
            options.value[k] = plain + options.luck[draw, k] if leads else options.value[k]


@rule
def rank_champion(options: Options) -> None:
    """Let the champion of a nest be chosen, or be the next best, where it beats those of the nests before."""
    for k in range(in_steps(options.n_due)):
        value, best_value, second_value = options.value[k], options.best_value[k], options.second_value[k]
        leads, follows = value > best_value, value > second_value
        options.second_value[k] = best_value if leads else value if follows else second_value
        options.best_value[k] = value if leads else best_value
        best, champion = options.chosen[k], options.champion[k]
        options.next_best[k] = best if leads else champion if follows else options.next_best[k]
        options.chosen[k] = champion if leads else best


@rule
def choose_within(options: Options, budget: float) -> float:
    """Choose for every line under review within a budget (GBP a head a year); return the weight of price that it took.

    The weight is the least, from 1, at which the lines fit, found by halving its ratio to the greatest; where even
    the cheapest sources do not fit it is the greatest.
    """
    if choose_all(options, 1.0) <= budget:
        return 1.0
    low, high = 1.0, MOST_WEIGHT
    if choose_all(options, high) > budget:
        return high
    for _ in range(HALVINGS):
        middle = np.sqrt(low * high)
        if choose_all(options, middle) <= budget:
            high = middle
        else:
            low = middle
    choose_all(options, high)
    return high


@rule
def line_gains(
    options: Options, k: int, quality: float, presence: float, relations: float, pressure: float, own_hands: float
) -> Gains:
    """Return what a line gains from a source, term by term (GBP a head a year).

    Args:
        options: What the CCG considers (an OPTIONS record).
        k: Place of the line among those under review.
        quality: Quality of the source at the CCG's taste (GBP a head a year for the bundle, as the four that follow).
        presence: Its nearness.
        relations: Trust in it.
        pressure: The cluster's pressure to use it.
        own_hands: What doing it oneself is worth.
    """
    share = options.need_share[k]
    near, hands = presence * options.local_weight[k] * share, own_hands * options.hands_share[k]
    return quality * share, near, relations * share, pressure * share, hands


@rule
def worth_of(terms: Terms) -> float:
    """Return the worth of a source apart from its price (GBP a head a year)."""
    gains = terms[BY_QUALITY] + terms[BY_PRESENCE] + terms[BY_RELATIONS] + terms[BY_PRESSURE] + terms[BY_OWN_HANDS]
    return gains - terms[BY_MOVING_COST]
