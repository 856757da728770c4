"""How a CCG chooses: the best of what it considers, line by line, within its allowance.

Each nest (make, share, NHS, outside the NHS) is stood for by its best option; luck within a nest settles which
that is, and luck between nests is drawn once a nest, so that a longer list of suppliers wins nothing by its length.
"""

from typing import NamedTuple

import numpy as np

from agents.columns import N_LINES, N_NESTS, NOBODY, Array
from agents.compiled import rule

MOST_WEIGHT = 64.0
HALVINGS = 12


class Options(NamedTuple):
    """What a CCG considers at one review. Worths and prices are GBP a head a year.

    Attributes:
        kind: MAKE, SHARE or BUY, [n].
        supplier: Row of the supplier, of the host when shared, NOBODY when made, [n].
        nest: Nest, [n].
        worth: What speaks for it, price apart; minus infinity where it is not open, [line, n].
        price: [line, n].
        within: Luck within a nest, [line, n].
        between: Luck of each nest, [line, nest].
        moving: Cost of moving to a nest, for a source that is not there already, [line, nest].
        forced: What speaks for an option only through pressure, less the cost of moving to it, [line, n].
        due: True for the lines under review, [line].
    """

    kind: Array
    supplier: Array
    nest: Array
    worth: Array
    price: Array
    within: Array
    between: Array
    moving: Array
    forced: Array
    due: Array


@rule
def best_option(options: Options, line: int, price_weight: float, but_not: int) -> int:
    """Return the option that a CCG chooses for a line, or NOBODY when none is open; ties go to the earlier nest.

    Args:
        options: What it considers.
        line: Row of the line.
        price_weight: How much more than itself a pound of price counts (ratio, 1 or more).
        but_not: A nest to leave out, or NOBODY.

    Source:
        Random utility (McFadden 1974), in two stages.
    """
    champion = np.full(N_NESTS, NOBODY)
    leading = np.full(N_NESTS, -np.inf)
    for c in range(options.kind.size):
        value = options.worth[line, c] - price_weight * options.price[line, c] + options.within[line, c]
        nest = options.nest[c]
        if value > leading[nest]:
            leading[nest], champion[nest] = value, c
    best, best_value = NOBODY, -np.inf
    for nest in range(N_NESTS):
        c = champion[nest]
        if c != NOBODY and nest != but_not:
            value = options.worth[line, c] - price_weight * options.price[line, c] + options.between[line, nest]
            if value > best_value:
                best, best_value = c, value
    return best


@rule
def total_price(options: Options, price_weight: float) -> float:
    """Return what the lines under review would cost (GBP a head a year) at a weight of price."""
    total = 0.0
    for line in range(N_LINES):
        if options.due[line]:
            c = best_option(options, line, price_weight, NOBODY)
            if c != NOBODY:
                total += options.price[line, c]
    return total


@rule
def price_weight_that_fits(options: Options, budget: float) -> float:
    """Return the least weight of price, from 1, at which the lines under review fit the budget (GBP a head a year).

    Found by bisection; where even the cheapest sources do not fit, the greatest weight is returned.
    """
    if total_price(options, 1.0) <= budget:
        return 1.0
    low, high = 1.0, MOST_WEIGHT
    if total_price(options, high) > budget:
        return high
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        if total_price(options, middle) <= budget:
            high = middle
        else:
            low = middle
    return high
