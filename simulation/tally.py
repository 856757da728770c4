"""Who serves whom this month, and what passes between them: counted afresh from the agreements, in a fixed order."""

import numpy as np

from agents.columns import BUY, N_LINES, N_REGIONS, NOBODY, Array, State
from agents.compiled import rule
from agents.dates import APRIL_2013
from agents.provider import QUARTER
from agents.rules.experience import clipped
from agents.seller import seller_of
from agents.supplier import vat_rate
from agents.team import team_price

NEVER, YEAR = 10_000, 12


@rule
def start_month(state: State) -> None:
    """Set the month's flows to nothing."""
    board = state.board[0]
    board.charges = 0.0
    for ccg in range(state.n_ccgs):
        state.ccgs[ccg].charges = 0.0
    for supplier in range(state.n_suppliers):
        state.suppliers[supplier].charges = 0.0
        state.suppliers[supplier].taken_on = 0.0


@rule
def count_heads(state: State) -> None:
    """Count the people whom each supplier and each CCG's own team serve, and its customers."""
    book = state.book[0]
    book.users[:], book.heads[:] = 0, 0.0
    for supplier in range(state.n_suppliers):
        row = state.suppliers[supplier]
        row.served, row.customers, row.intended_served = 0.0, 0, 0.0
    last = np.full(state.n_suppliers, NOBODY)
    for ccg in range(state.n_ccgs):
        count_lines(state, ccg)
        count_customer(state, ccg, last)
    for supplier in range(state.n_suppliers):
        state.suppliers[supplier].heads[:] = book.heads[supplier]
    for ccg in range(state.n_ccgs):
        state.ccgs[ccg].heads[:] = book.heads[state.n_suppliers + ccg]
    if state.board[0].month < APRIL_2013:
        count_intentions(state)


@rule
def count_lines(state: State, ccg: int) -> None:
    """Enter who serves each of a CCG's lines, and note when the first agreement ends with nothing to follow."""
    book, people, first_end = state.book[0], state.ccgs[ccg].population, NEVER
    for line in range(N_LINES):
        agreement = state.agreements[ccg, line]
        who = seller_of(state, ccg, agreement.kind, agreement.supplier)
        book.seller[ccg, line] = who
        book.users[who, line] += 1
        book.heads[who, line] += people
        first_end = min(first_end, agreement.end if agreement.next_start == NOBODY else NEVER)
    state.ccgs[ccg].first_end = first_end


@rule
def count_customer(state: State, ccg: int, last: Array) -> None:
    """Count a CCG once at each supplier that serves it; ``last`` holds the last one counted at each, [supplier]."""
    for line in range(N_LINES):
        who = state.book[0].seller[ccg, line]
        if who < state.n_suppliers and last[who] != ccg:
            last[who] = ccg
            state.suppliers[who].served += state.ccgs[ccg].population
            state.suppliers[who].customers += 1


@rule
def count_intentions(state: State) -> None:
    """Count the people of the CCGs that intend to buy from each supplier in April 2013, by line and in all."""
    last = np.full(state.n_suppliers, NOBODY)
    for supplier in range(state.n_suppliers):
        state.suppliers[supplier].intended_heads[:] = 0.0
    for ccg in range(state.n_ccgs):
        people = state.ccgs[ccg].population
        for line in range(N_LINES):
            agreement = state.agreements[ccg, line]
            if agreement.next_kind == BUY:
                seller = state.suppliers[agreement.next_supplier]
                seller.intended_heads[line] += people
                seller.intended_served += people if last[agreement.next_supplier] != ccg else 0.0
                last[agreement.next_supplier] = ccg


@rule
def count_money(state: State) -> None:
    """Work out what each CCG pays at the service level that its allowance bears, and what each supplier receives."""
    board, book = state.board[0], state.book[0]
    board.paid_by_ccgs, board.in_house_cost, board.charges_paid = 0.0, 0.0, board.charges
    book.gross[:] = 0.0
    price_teams(state)
    for ccg in range(state.n_ccgs):
        pay_for_support(state, ccg)
        board.paid_by_ccgs += state.ccgs[ccg].support_spend + state.ccgs[ccg].charges
    share_out(state)


@rule
def price_teams(state: State) -> None:
    """Price each line of each CCG's own team at the scale that it has, with coordination for each partner."""
    book = state.book[0]
    for ccg in range(state.n_ccgs):
        for line in range(N_LINES):
            team = state.n_suppliers + ccg
            heads = max(book.heads[team, line], state.ccgs[ccg].population)
            book.team_price[ccg, line] = team_price(state, ccg, line, heads, max(1, book.users[team, line]))


@rule
def pay_for_support(state: State, ccg: int) -> None:
    """Set what the CCG's own lines cost, cut the service where the allowance falls short, and pay for a month."""
    row, policy, book = state.ccgs[ccg], state.policy[state.board[0].month], state.book[0]
    price = 0.0
    for line in range(N_LINES):
        agreement, team = state.agreements[ccg, line], book.seller[ccg, line] - state.n_suppliers
        own = book.team_price[max(team, 0), line]
        agreement.price = own if team >= 0 else agreement.price
        price += agreement.price * (1.0 if team >= 0 else 1.0 + policy.choice_contract_management)
    early = state.board[0].month < APRIL_2013
    room = max(0.0, row.allowance - policy.allowance_core_cost)
    row.service_level = 1.0 if early else clipped(room / (price * row.population))
    people = row.population * row.service_level / 12.0
    row.support_spend = price * people
    for line in range(N_LINES):
        book.gross[book.seller[ccg, line]] += state.agreements[ccg, line].price * people


@rule
def share_out(state: State) -> None:
    """Share what was paid: suppliers net of VAT, the VAT, own teams and the management of agreements."""
    board, book, bought, own = state.board[0], state.book[0], 0.0, 0.0
    for supplier in range(state.n_suppliers):
        row, gross = state.suppliers[supplier], book.gross[supplier]
        row.receipts = gross / (1.0 + vat_rate(state, supplier))
        row.vat = gross - row.receipts
        bought += gross
    for ccg in range(state.n_ccgs):
        own += book.gross[state.n_suppliers + ccg]
    board.in_house_cost = own + bought * state.policy[board.month].choice_contract_management


@rule
def count_work_due(state: State) -> None:
    """Count, once a quarter, the work (GBP a year) that comes up in the next 12 months, by region and line."""
    board = state.board[0]
    if board.month % QUARTER != 0:
        return
    for region in range(N_REGIONS):
        for line in range(N_LINES):
            board.due[region, line] = 0.0
    open_share = share_open(state)
    for ccg in range(state.n_ccgs):
        row = state.ccgs[ccg]
        for line in range(N_LINES):
            if state.agreements[ccg, line].end <= board.month + YEAR:
                board.due[row.region, line] += state.lines[line].need * row.population * open_share


@rule
def share_open(state: State) -> float:
    """Return the share of the work that comes up which a CCG may sign away: for April 2013 case by case unless free."""
    policy = state.policy[state.board[0].month]
    if state.board[0].month >= APRIL_2013 or policy.choice_free == 1.0:
        return 1.0
    return policy.choice_case_by_case_share
