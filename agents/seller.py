"""Who serves a line: suppliers and CCGs' own teams numbered alike, so that both are counted without asking which.

A seller is the row of a supplier, or the number of suppliers plus the row of the CCG that hosts a team. Who serves
whom is kept in the book, which changes with each agreement instead of being counted every month: people are whole
numbers, so it stays exact. ``serve`` alone may change who serves a CCG. It marks the sellers with whom an agreement
changed, and whether a host left its team, so that only these are looked at later in the month.
"""

from agents.columns import BUY, MAKE, N_LINES, NO_SELLER, State
from agents.compiled import rule


@rule
def seller_of(state: State, ccg: int, kind: int, supplier: int) -> int:
    """Return the seller behind a source of a CCG."""
    host = ccg if kind == MAKE else supplier
    return supplier if kind == BUY else state.n_suppliers + host


@rule
def serve(state: State, ccg: int, line: int, kind: int, supplier: int) -> None:
    """Let a source serve a CCG's line from now on."""
    agreements, seller = state.agreements[ccg], seller_of(state, ccg, kind, supplier)
    agreements.kind[line], agreements.supplier[line] = kind, supplier
    state.book[0].changed[seller] = 1
    if state.book[0].seller[ccg, line] != seller:
        leave_seller(state, ccg, line)
        join_seller(state, ccg, line, seller)


@rule
def leave_seller(state: State, ccg: int, line: int) -> None:
    """Take one line of a CCG out of the book."""
    book, people = state.book[0], state.ccgs[ccg].population
    seller = book.seller[ccg, line]
    book.seller[ccg, line] = NO_SELLER
    book.changed[seller] = 1
    book.users[seller, line] -= 1
    book.heads[seller, line] -= people
    book.deserted |= (seller == state.n_suppliers + ccg) & (book.users[seller, line] > 0)
    if lines_from(state, ccg, seller) == 0:
        book.served[seller] -= people
        book.customers[seller] -= 1


@rule
def join_seller(state: State, ccg: int, line: int, seller: int) -> None:
    """Enter in the book who serves one line of a CCG."""
    book, people = state.book[0], state.ccgs[ccg].population
    if lines_from(state, ccg, seller) == 0:
        book.served[seller] += people
        book.customers[seller] += 1
    book.seller[ccg, line] = seller
    book.users[seller, line] += 1
    book.heads[seller, line] += people
    host = seller - state.n_suppliers
    if host >= 0 and host != ccg:
        book.deserted |= book.seller[host, line] != seller


@rule
def lines_from(state: State, ccg: int, seller: int) -> int:
    """Return how many of a CCG's lines a seller serves."""
    count = 0
    for line in range(N_LINES):
        count += state.book[0].seller[ccg, line] == seller
    return count


@rule
def open_book(state: State) -> None:
    """Count afresh, from the agreements, who serves whom."""
    book = state.book[0]
    book.users[:], book.heads[:] = 0, 0.0
    book.served[:], book.customers[:] = 0.0, 0
    book.seller[:] = NO_SELLER
    book.changed[:], book.deserted = 1, 0
    for ccg in range(state.n_ccgs):
        agreements = state.agreements[ccg]
        for line in range(N_LINES):
            join_seller(state, ccg, line, seller_of(state, ccg, agreements.kind[line], agreements.supplier[line]))
