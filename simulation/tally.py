"""What passes between CCGs and those who serve them this month: people, money and quality, in a fixed order."""

import numpy as np

from agents.columns import BUY, N_LINES, NOBODY, State
from agents.compiled import rule
from agents.dates import APRIL_2013, now
from agents.provider import QUARTER
from agents.rules.cost import shared_cost
from agents.rules.experience import clipped
from agents.supplier import vat_rate
from agents.team import team_cost

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
        state.suppliers[supplier].asked, state.suppliers[supplier].taken_on = 0.0, 0.0


@rule
def count_heads(state: State) -> None:
    """Write to suppliers and CCGs, from the book, the people whom each and its own team serve, and its customers."""
    book = state.book[0]
    for supplier in range(state.n_suppliers):
        row = state.suppliers[supplier]
        row.intended_served = 0.0
        if book.changed[supplier]:
            row.served, row.customers = book.served[supplier], book.customers[supplier]
            for line in range(N_LINES):
                row.heads[line] = book.heads[supplier, line]
    for ccg in range(state.n_ccgs):
        row, team = state.ccgs[ccg], state.n_suppliers + ccg
        for line in range(N_LINES if book.changed[team] else 0):
            row.heads[line] = book.heads[team, line]
    book.changed[:] = 0
    if state.board[0].month < APRIL_2013:
        count_intentions(state)


@rule
def count_intentions(state: State) -> None:
    """Count the people of the CCGs that intend to buy from each supplier in April 2013, by line and in all."""
    last = np.full(state.n_suppliers, NOBODY)
    for supplier in range(state.n_suppliers):
        state.suppliers[supplier].intended_heads[:] = 0.0
    for ccg in range(state.n_ccgs):
        agreements, people = state.agreements[ccg], state.ccgs[ccg].population
        for line in range(N_LINES):
            if agreements.next_kind[line] == BUY:
                seller = state.suppliers[agreements.next_supplier[line]]
                seller.intended_heads[line] += people
                if last[agreements.next_supplier[line]] != ccg:
                    seller.intended_served += people
                    last[agreements.next_supplier[line]] = ccg


@rule
def count_money(state: State) -> None:
    """Work out what each CCG pays at the service level that its allowance bears, and what each supplier receives."""
    board, support, paid = state.board[0], 0.0, 0.0
    price_teams(state)
    state.book[0].sales[:] = 0.0
    for ccg in range(state.n_ccgs):
        note_first_end(state, ccg)
        pay_for_support(state, ccg)
        support += state.ccgs[ccg].support_spend
        paid += state.ccgs[ccg].support_spend + state.ccgs[ccg].charges
    board.support_spend, board.paid_by_ccgs, board.charges_paid = support, paid, board.charges
    share_out(state)


@rule
def price_teams(state: State) -> None:
    """Price each line of the CCGs' teams that serve anyone at the scale that each has, and with each partner."""
    book, charge = state.book[0], state.policy[now(state)].in_house_coordination_charge
    for ccg in range(state.n_ccgs):
        team = state.n_suppliers + ccg
        for line in range(N_LINES if book.customers[team] > 0 else 0):
            users, heads = book.users[team, line], book.heads[team, line]
            if users > 0:
                cost = team_cost(state, ccg, line, heads)
                book.team_cost[ccg, line], book.team_price[ccg, line] = cost, shared_cost(cost, users, charge)


@rule
def note_first_end(state: State, ccg: int) -> None:
    """Note when the first of a CCG's agreements ends with nothing to follow."""
    first_end, agreements = NEVER, state.agreements[ccg]
    for line in range(N_LINES):
        signed = agreements.next_start[line] != NOBODY
        first_end = min(first_end, agreements.end[line] + NEVER * signed)
    state.ccgs[ccg].first_end = first_end


@rule
def pay_for_support(state: State, ccg: int) -> None:
    """Set what the CCG's own lines cost, cut the service where the allowance falls short, and pay for a month."""
    row, policy, book = state.ccgs[ccg], state.policy[now(state)], state.book[0]
    managed, room = 1.0 + policy.choice_contract_management, max(0.0, row.allowance - policy.allowance_core_cost)
    teams, early, bought, own = state.n_suppliers, state.board[0].month < APRIL_2013, 0.0, 0.0
    agreements = state.agreements[ccg]
    for line in range(N_LINES):
        who = book.seller[ccg, line]
        if who >= teams:
            agreements.price[line] = book.team_price[who - teams, line]
            own += agreements.price[line]
        else:
            bought += agreements.price[line]
    price = own + bought * managed
    row.service_level = 1.0 if early else clipped(room / (price * row.population))
    people = row.population * row.service_level
    row.support_spend = price * people / 12.0
    for line in range(N_LINES):
        book.sales[book.seller[ccg, line], line] += agreements.price[line] * people


@rule
def share_out(state: State) -> None:
    """Share what was paid: suppliers net of VAT, the VAT, own teams and the management of agreements."""
    board, bought, own = state.board[0], 0.0, 0.0
    for supplier in range(state.n_suppliers):
        row, gross = state.suppliers[supplier], gross_of(state, supplier)
        row.receipts = gross / (1.0 + vat_rate(state, supplier))
        row.vat = gross - row.receipts
        bought += gross
    for ccg in range(state.n_ccgs):
        own += gross_of(state, state.n_suppliers + ccg)
    board.in_house_cost = own + bought * state.policy[now(state)].choice_contract_management


@rule
def gross_of(state: State, seller: int) -> float:
    """Return what is paid this month for what a seller delivers, with VAT (GBP)."""
    total = 0.0
    for line in range(N_LINES if state.book[0].customers[seller] > 0 else 0):
        total += state.book[0].sales[seller, line]
    return total / 12.0


@rule
def count_quality(state: State) -> None:
    """Enter in the book the quality of each line of those who serve anyone."""
    book = state.book[0]
    for supplier in range(state.n_suppliers):
        for line in range(N_LINES if book.customers[supplier] > 0 else 0):
            book.quality[supplier, line] = state.suppliers[supplier].quality[line]
    for ccg in range(state.n_ccgs):
        team, quality = state.n_suppliers + ccg, state.ccgs[ccg].quality
        for line in range(N_LINES if book.customers[team] > 0 else 0):
            book.quality[team, line] = quality


@rule
def count_work_due(state: State) -> None:
    """Count, once a quarter, the work (GBP a year) that comes up in the next 12 months, by region and line."""
    board = state.board[0]
    if board.month % QUARTER != 0:
        return
    for region in range(state.n_regions):
        state.regions[region].due[:] = 0.0
    open_share = share_open(state)
    for ccg in range(state.n_ccgs):
        row = state.ccgs[ccg]
        due = state.regions[row.region].due
        for line in range(N_LINES):
            if state.agreements[ccg].end[line] <= board.month + YEAR:
                due[line] += state.lines[line].need * row.population * open_share


@rule
def share_open(state: State) -> float:
    """Return the share of the work that comes up which a CCG may sign away: for April 2013 case by case unless free."""
    policy = state.policy[now(state)]
    if state.board[0].month >= APRIL_2013 or policy.choice_free == 1.0:
        return 1.0
    return policy.choice_case_by_case_share
