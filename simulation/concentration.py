"""How concentrated bought support is: Herfindahl-Hirschman indices, over England and in each area team."""

import numpy as np

from agents.columns import N_LINES, TOGETHER, Array, State
from agents.compiled import rule
from simulation.sales import sum_of_lines


@rule
def record_concentration(state: State) -> None:
    """Record the indices of bought support, of all lines together and of each, from the month's sales."""
    out, record, suppliers = state.outcomes[state.board[0].month], state.record[0], state.n_suppliers
    record_lines(state)
    together, sellers = record.together, suppliers + state.n_ccgs
    for supplier in range(suppliers):
        together[supplier] = sum_of_lines(record.sales, supplier)
    for team in range(suppliers, sellers):
        together[team] = sum_of_lines(record.sold, team)
    out.hhi_national, out.hhi_local = index_of(together[:suppliers]), record.index_local[TOGETHER]
    out.hhi_with_in_house = index_of(together[:sellers])


@rule
def record_lines(state: State) -> None:
    """Record the indices of each line."""
    total, squares = np.zeros(N_LINES), np.zeros(N_LINES)
    for supplier in range(state.n_suppliers):
        for line in range(N_LINES):
            amount = state.record[0].sales[supplier, line]
            total[line] += amount
            squares[line] += amount * amount
    for line in range(N_LINES):
        row = state.line_outcomes[state.board[0].month, line]
        row.hhi_national, row.hhi_local = index_from(total[line], squares[line]), state.record[0].index_local[line]


@rule
def index_of(sales: Array) -> float:
    """Return the Herfindahl-Hirschman index (0 to 1) of sellers' sales; 0 where nothing is sold."""
    total, squares = 0.0, 0.0
    for seller in range(sales.size):
        total += sales[seller]
        squares += sales[seller] * sales[seller]
    return index_from(total, squares)


@rule
def index_from(total: float, squares: float) -> float:
    """Return the index given the sum of sales (GBP) and of their squares."""
    return squares / (total * total) if total > 0.0 else 0.0
