"""How concentrated bought support is: Herfindahl-Hirschman indices, over England and in each area team."""

import numpy as np

from agents.columns import N_LINES, NOBODY, Array, Record, State
from agents.compiled import rule

TOGETHER = N_LINES
"""Row of all lines together, after the lines."""


@rule
def record_concentration(state: State) -> None:
    """Record the indices of bought support, of all lines together and of each, from the month's record."""
    out, suppliers = state.outcomes[state.board[0].month], state.n_suppliers
    local, sales = np.zeros(N_LINES + 1), state.record[0].sales
    add_areas(state, local)
    record_lines(state, local)
    together = np.empty(suppliers + state.n_ccgs)
    for who in range(together.size):
        together[who] = sum_of_lines(sales, who)
    out.hhi_national, out.hhi_local = index_of(together[:suppliers]), local[TOGETHER]
    out.hhi_with_in_house = index_of(together)


@rule
def record_lines(state: State, local: Array) -> None:
    """Record the indices of each line.

    Args:
        state: The market.
        local: Index within area teams, by line.
    """
    total, squares = np.zeros(N_LINES), np.zeros(N_LINES)
    for supplier in range(state.n_suppliers):
        for line in range(N_LINES):
            amount = state.record[0].sales[supplier, line]
            total[line] += amount
            squares[line] += amount * amount
    for line in range(N_LINES):
        row = state.line_outcomes[state.board[0].month, line]
        row.hhi_national, row.hhi_local = index_from(total[line], squares[line]), local[line]


@rule
def add_areas(state: State, local: Array) -> None:
    """Add sales by seller, area team by area team, and fill the mean over areas, by sales, of each area's index.

    Teams are counted in sales, but not in the index. Lines lie side by side: additions that follow each other then
    go to different places, and need not wait for each other.

    Args:
        state: The market.
        local: Index of each line, and of all together.
    """
    record, amount, squares = state.record[0], np.zeros(local.size), np.zeros(local.size)
    total, place = np.zeros(local.size), 0
    record.sales[:], record.there[:] = 0.0, NOBODY
    while place < state.n_ccgs:
        area, count = state.ccgs[state.by_area[place]].area, 0
        while place < state.n_ccgs and state.ccgs[state.by_area[place]].area == area:
            count = add_ccg(record, state.by_area[place], area, count)
            place += 1
        for k in range(count):
            add_seller(record, record.seen[k], state.n_suppliers, amount, squares)
        add_index(amount, squares, local, total)
    for line in range(local.size):
        local[line] = local[line] / total[line] if total[line] > 0.0 else 0.0


@rule
def add_ccg(record: Record, ccg: int, area: int, count: int) -> int:
    """Add a CCG's spend to its area's sales, and its sellers to those ``seen`` there, each once; return how many."""
    for line in range(N_LINES):
        who = record.seller[ccg, line]
        record.here[who, line] += record.spend[ccg, line]
        record.seen[count] = who
        count += record.there[who] != area
        record.there[who] = area
    return count


@rule
def add_seller(record: Record, who: int, suppliers: int, amount: Array, squares: Array) -> None:
    """Add what a seller sells in an area to the nation's sales, and where it is bought to the area's; clear it."""
    here = record.here
    if who < suppliers:
        together = sum_of_lines(here, who)
        for line in range(N_LINES):
            amount[line] += here[who, line]
            squares[line] += here[who, line] * here[who, line]
        amount[TOGETHER] += together
        squares[TOGETHER] += together * together
    for line in range(N_LINES):
        record.sales[who, line] += here[who, line]
        here[who, line] = 0.0


@rule
def add_index(amount: Array, squares: Array, local: Array, total: Array) -> None:
    """Add an area's index times its sales to the mean, and clear its sales."""
    for line in range(local.size):
        local[line] += squares[line] / amount[line] if amount[line] > 0.0 else 0.0
        total[line] += amount[line]
        amount[line], squares[line] = 0.0, 0.0


@rule
def sum_of_lines(sales: Array, who: int) -> float:
    """Return what a seller sells of all lines."""
    total = 0.0
    for line in range(N_LINES):
        total += sales[who, line]
    return total


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
