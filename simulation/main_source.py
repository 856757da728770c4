"""The main source of each CCG, read from a market as it stands."""

import numpy as np

from agents.columns import N_LINES, N_SOURCES, NOBODY, Array, State
from agents.compiled import rule
from simulation.sales import call_sources, served_by, source_for, spent_on

DIGITS = 1e9
"""Pounds a head a year count to nine digits after the point: of equals the earlier leads, whatever was added first."""


@rule
def fill_main_sources(state: State, found: Array) -> None:
    """Fill the source on which each CCG spends most, as agreed or until March 2013 as intended; of equals the first.

    Args:
        state: The market.
        found: Place of the source, or NOBODY where nothing is spent, [ccg].
    """
    amounts = np.empty(N_SOURCES)
    call_sources(state)
    for ccg in range(state.n_ccgs):
        row = state.ccgs[ccg]
        amounts[:] = 0.0
        for line in range(N_LINES):
            source = source_for(state, row.home, line, served_by(state, ccg, line))
            amounts[source] += spent_on(state, ccg, line, row.population * row.service_level)
        found[ccg] = largest_of(amounts, row.population)


@rule
def largest_of(amounts: Array, people: float) -> int:
    """Return the place of the largest amount (GBP a year) by nine digits a head, or NOBODY where all are nothing."""
    best, most = NOBODY, 0.0
    for place in range(amounts.size):
        amount = np.rint(amounts[place] / people * DIGITS)
        if amount > most:
            best, most = place, amount
    return best
