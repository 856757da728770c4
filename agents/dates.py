"""The months that the rules know, counted from 0 for January 2012 (K-10; policy path), and the one that it is."""

import numpy as np

from agents.columns import State
from agents.compiled import rule

FEBRUARY_2012, MARCH_2012, APRIL_2012, MAY_2012, JUNE_2012, OCTOBER_2012 = 1, 2, 3, 4, 5, 9
JANUARY_2013, MARCH_2013, APRIL_2013, JANUARY_2014 = 12, 14, 15, 24


@rule
def now(state: State) -> np.uint16:
    """Return the month as a place in a table by month: without a sign, so that no look-up tests for one."""
    return np.uint16(state.board[0].month)
