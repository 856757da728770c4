"""How large units are, and in which order the board takes them."""

import numpy as np

from agents.columns import Array, State
from agents.compiled import rule
from agents.dates import APRIL_2013


@rule
def by_size(state: State) -> Array:
    """Return the suppliers' rows by the people of their home CCGs, the most first."""
    people = np.empty(state.n_suppliers)
    for supplier in range(state.n_suppliers):
        people[supplier] = -state.suppliers[supplier].home_population
    return np.argsort(people, kind="mergesort")


@rule
def size_of(state: State, unit: int) -> float:
    """Return the people by whom a unit's size is judged: those at home at first, then those whom it serves."""
    row = state.suppliers[unit]
    return row.home_population if state.board[0].month < APRIL_2013 else row.served
