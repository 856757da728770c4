"""How a CCG chooses: the best of what it considers, line by line, within its allowance.

Each nest (make, share, NHS, outside the NHS) is stood for by its best option; luck within a nest settles which
that is, and luck between nests is drawn once a nest, so that a longer list of suppliers wins nothing by its length.
"""

import numpy as np

from agents.columns import (
    BY_MOVING_COST,
    BY_OWN_HANDS,
    BY_PRESENCE,
    BY_PRESSURE,
    BY_QUALITY,
    BY_RELATIONS,
    N_NESTS,
    NOBODY,
    Line,
    Offers,
    Options,
)
from agents.compiled import rule

MOST_WEIGHT = 64.0
HALVINGS = 8


Terms = tuple[float, float, float, float, float, float, float]
"""Price, cost of moving, quality, presence, relations, pressure, own hands: the order of the reasons in ``columns``."""


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
def choose(options: Options, offers: Offers, price_weight: float) -> None:
    """Choose for a line: write the option of the greatest value, and the best of the other nests, or NOBODY.

    Ties go to the earlier option, and between nests to the earlier nest.

    Args:
        options: What the CCG considers (an OPTIONS record).
        offers: What is open for the line (an OFFERS record).
        price_weight: How much more than itself a pound of price counts (ratio, 1 or more).

    Source:
        Random utility (McFadden 1974), in two stages.
    """
    best, second, best_value, second_value = NOBODY, NOBODY, -np.inf, -np.inf
    for nest in range(N_NESTS):
        first, end, draw = options.first[nest], options.first[nest + 1], offers.draws + options.draw_of[nest]
        if first < end:
            champion = first
            if end - first > 1:
                champion = champion_of(options, offers, first, end, draw + 1, price_weight)
            value = offers.worth[champion] - price_weight * offers.price[champion] + options.luck[draw]
            leads, follows = value > best_value, value > second_value
            second = best if leads else champion if follows else second
            second_value = best_value if leads else value if follows else second_value
            best, best_value = champion if leads else best, value if leads else best_value
    offers.chosen, offers.next_best = best, second


@rule
def champion_of(options: Options, offers: Offers, first: int, end: int, draw: int, price_weight: float) -> int:
    """Return the best option of a nest of several, each with its own luck.

    Args:
        options: What the CCG considers.
        offers: What is open for the line.
        first: The nest's first option.
        end: The first after it.
        draw: Place of the luck of the first; the others' follow.
        price_weight: As for ``choose``.
    """
    champion, leading = first, -np.inf
    for c in range(first, end):
        value = offers.worth[c] - price_weight * offers.price[c] + options.luck[draw + c - first]
        leads = value > leading
        champion, leading = c if leads else champion, value if leads else leading
    return champion


@rule
def choose_all(options: Options, price_weight: float) -> float:
    """Choose for every line under review and return what that costs (GBP a head a year)."""
    total = 0.0
    for k in range(options.n_due):
        offers = options.offers[options.lines[k]]
        choose(options, offers, price_weight)
        total += offers.price[offers.chosen]
    return total


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
def line_terms(
    line: Line,
    price: float,
    moving: float,
    quality: float,
    presence: float,
    relations: float,
    pressure: float,
    own_hands: float,
) -> Terms:
    """Return the terms of a source for one line, each in GBP a head a year.

    Args:
        line: The line (a LINE record).
        price: With the management of the agreement.
        moving: Cost of moving to it.
        quality: Its quality at the CCG's taste, for the whole bundle, as the four that follow.
        presence: Its nearness.
        relations: Trust in it.
        pressure: The cluster's pressure to use it.
        own_hands: What doing it oneself is worth.
    """
    share = line.need_share
    near = presence * line.local_weight * share
    return price, moving, quality * share, near, relations * share, pressure * share, own_hands * line.hands_share


@rule
def worth_of(terms: Terms) -> float:
    """Return the worth of a source apart from its price (GBP a head a year)."""
    gains = terms[BY_QUALITY] + terms[BY_PRESENCE] + terms[BY_RELATIONS] + terms[BY_PRESSURE] + terms[BY_OWN_HANDS]
    return gains - terms[BY_MOVING_COST]
