"""What is sold in a month: from which source, by whom, and how concentrated that is in each area team.

All is as agreed, or until March 2013 as intended. CCGs are gone through once, area team by area team.
"""

import numpy as np

from agents.columns import (
    BY_OTHER,
    BY_PRIVATE,
    HOME_CSS,
    IN_HOUSE,
    N_LINES,
    NHS,
    NOBODY,
    OTHER_CSS,
    PRIVATE,
    SHARE,
    SHARED,
    TOGETHER,
    Array,
    Record,
    State,
)
from agents.compiled import rule
from agents.dates import APRIL_2013
from agents.seller import seller_of


@rule
def add_sales(state: State) -> None:
    """Fill the month's record: spend and people by source, sales by seller, and the mean index of area teams.

    Lines lie side by side: additions that follow each other then go to different places, and need not wait.
    """
    record, place = state.record[0], 0
    call_sources(state)
    record.amounts[:], record.people[:] = 0.0, 0.0
    record.sold[:], record.sales[:] = 0.0, 0.0
    record.there[:], record.index_local[:], record.bought[:] = NOBODY, 0.0, 0.0
    while place < state.n_ccgs:
        area, count = state.ccgs[state.by_area[place]].area, 0
        while place < state.n_ccgs and state.ccgs[state.by_area[place]].area == area:
            count = add_ccg(state, state.by_area[place], area, count)
            place += 1
        add_area(state, count)
    for line in range(record.bought.size):
        bought = record.bought[line]
        record.index_local[line] = record.index_local[line] / bought if bought > 0.0 else 0.0


@rule
def call_sources(state: State) -> None:
    """Call each supplier by its sector, and each team in house until a CCG that does not host it is in it.

    From April 2013 a host is always in its own team, so that two CCGs make it shared; an intended host may not be.
    """
    record, teams, early = state.record[0], state.n_suppliers, state.board[0].month < APRIL_2013
    for supplier in range(teams):
        source = source_of(state.suppliers[supplier].sector)
        for line in range(N_LINES):
            record.source[supplier, line] = source
    for team in range(teams, teams + state.n_ccgs):
        for line in range(N_LINES):
            joined = (state.book[0].users[team, line] > 1) & (not early)
            record.source[team, line] = SHARED if joined else IN_HOUSE
    for ccg in range(state.n_ccgs if early else 0):
        agreements = state.agreements[ccg]
        for line in range(N_LINES):
            if agreements.next_kind[line] == SHARE and agreements.next_supplier[line] != ccg:
                record.source[teams + agreements.next_supplier[line], line] = SHARED


@rule
def source_of(sector: int) -> int:
    """Return the source of what a supplier sells to CCGs that it is not home to."""
    if sector == NHS:
        return OTHER_CSS
    return BY_PRIVATE if sector == PRIVATE else BY_OTHER


@rule
def served_by(state: State, ccg: int, line: int) -> np.uint16:
    """Return the seller (see ``agents.seller``) that serves a CCG's line, or until March 2013 is meant to."""
    if state.board[0].month >= APRIL_2013:
        return state.book[0].seller[ccg, line]
    agreements = state.agreements[ccg]
    return np.uint16(seller_of(state, ccg, agreements.next_kind[line], agreements.next_supplier[line]))


@rule
def spent_on(state: State, ccg: int, line: int, people: float) -> float:
    """Return what a CCG spends on a line for its people, or until March 2013 means to (GBP a year)."""
    agreements = state.agreements[ccg]
    price = agreements.price[line] if state.board[0].month >= APRIL_2013 else agreements.next_price[line]
    return price * people


@rule
def source_for(state: State, home: int, line: int, who: np.uint16) -> np.uint8:
    """Return the source of what a seller does for a CCG with a home unit, once sources are called."""
    source = state.record[0].source[who, line]
    return np.uint8(HOME_CSS) if (who == home) & (source == OTHER_CSS) else source


@rule
def add_ccg(state: State, ccg: int, area: int, count: int) -> int:
    """Add what a CCG buys or makes, and its suppliers to those ``seen`` in its area, each once; return how many."""
    record, row, suppliers = state.record[0], state.ccgs[ccg], state.n_suppliers
    people, home = row.population * row.service_level, row.home
    for line in range(N_LINES):
        who, spent = served_by(state, ccg, line), spent_on(state, ccg, line, people)
        source = source_for(state, home, line, who)
        record.amounts[source, line] += spent
        record.people[source, line] += people
        record.sold[who, line] += spent
        record.seen[count] = who
        count += (record.there[who] != area) & (who < suppliers)
        record.there[who] = area
    return count


@rule
def add_area(state: State, count: int) -> None:
    """Add what suppliers sell in an area to the nation's, and its index, by what is bought there, to the mean."""
    record = state.record[0]
    record.bought_here[:], record.squares_here[:] = 0.0, 0.0
    for k in range(count):
        add_bought(record, record.seen[k])
        move_sales(record, record.seen[k])
    for line in range(record.bought.size):
        bought = record.bought_here[line]
        record.index_local[line] += record.squares_here[line] / bought if bought > 0.0 else 0.0
        record.bought[line] += bought


@rule
def add_bought(record: Record, supplier: int) -> None:
    """Add what a supplier sells in an area, and its square, by line and together."""
    sold, together = record.sold[supplier], sum_of_lines(record.sold, supplier)
    for line in range(N_LINES):
        record.bought_here[line] += sold[line]
        record.squares_here[line] += sold[line] * sold[line]
    record.bought_here[TOGETHER] += together
    record.squares_here[TOGETHER] += together * together


@rule
def move_sales(record: Record, supplier: int) -> None:
    """Add what a supplier sells in an area to what it sells in all, and clear the area's."""
    for line in range(N_LINES):
        record.sales[supplier, line] += record.sold[supplier, line]
        record.sold[supplier, line] = 0.0


@rule
def sum_of_lines(sales: Array, who: int) -> float:
    """Return what a seller sells of all lines."""
    total = 0.0
    for line in range(N_LINES):
        total += sales[who, line]
    return total
