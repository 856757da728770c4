"""How large units are, and in which order the board takes them."""

import numpy as np

from agents.columns import Array, State
from agents.compiled import rule
from agents.dates import APRIL_2013
from agents.supplier import sells


@rule
def by_size(state: State) -> Array:
    """Return the rows of the units in the market, sold ones with them, by the people of their home CCGs, most first."""
    rows, people, count = np.empty(state.n_units, np.int64), np.empty(state.n_units), 0
    for unit in range(state.n_units):
        if sells(state, unit):
            rows[count], people[count] = unit, -state.suppliers[unit].home_population
            count += 1
    return rows[np.argsort(people[:count], kind="mergesort")]


@rule
def size_of(state: State, unit: int) -> float:
    """Return the people by whom a unit's size is judged: those at home at first, then those whom it serves."""
    row = state.suppliers[unit]
    return row.home_population if state.board[0].month < APRIL_2013 else row.served
