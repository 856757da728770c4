"""Who serves whom this month, and what passes between them: counted afresh from the agreements, in a fixed order."""

import numpy as np

from agents.choice import team_price
from agents.columns import BUY, MAKE, N_LINES, N_REGIONS, NOBODY, Array, State
from agents.compiled import rule
from agents.dates import APRIL_2013
from agents.provider import QUARTER
from agents.rules.experience import clipped
from agents.supplier import vat_rate

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
    for supplier in range(state.n_suppliers):
        row = state.suppliers[supplier]
        row.served, row.customers, row.intended_served = 0.0, 0, 0.0
        for line in range(N_LINES):
            row.heads[line], row.intended_heads[line] = 0.0, 0.0
    for ccg in range(state.n_ccgs):
        for line in range(N_LINES):
            state.ccgs[ccg].heads[line] = 0.0
    buyer, intender = np.full(state.n_suppliers, NOBODY), np.full(state.n_suppliers, NOBODY)
    for ccg in range(state.n_ccgs):
        count_customer(state, ccg, buyer, intender)


@rule
def count_customer(state: State, ccg: int, buyer: Array, intender: Array) -> None:
    """Count one CCG's people at whoever serves each line, and at whom it intends to buy from.

    Args:
        state: The market.
        ccg: Row of the CCG.
        buyer: The last CCG counted as a customer of each supplier, [supplier].
        intender: The last one counted as intending to be, [supplier].
    """
    people, early = state.ccgs[ccg].population, state.board[0].month < APRIL_2013
    first_end = NEVER
    for line in range(N_LINES):
        agreement = state.agreements[ccg, line]
        if agreement.next_start == NOBODY:
            first_end = min(first_end, agreement.end)
        if agreement.kind == BUY:
            seller = state.suppliers[agreement.supplier]
            seller.heads[line] += people
            if buyer[agreement.supplier] != ccg:
                buyer[agreement.supplier] = ccg
                seller.served += people
                seller.customers += 1
        else:
            state.ccgs[ccg if agreement.kind == MAKE else agreement.supplier].heads[line] += people
        if early and agreement.next_kind == BUY:
            seller = state.suppliers[agreement.next_supplier]
            seller.intended_heads[line] += people
            if intender[agreement.next_supplier] != ccg:
                intender[agreement.next_supplier] = ccg
                seller.intended_served += people
    state.ccgs[ccg].first_end = first_end


@rule
def count_money(state: State) -> None:
    """Work out what each CCG pays at the service level that its allowance bears, and what each supplier receives."""
    board = state.board[0]
    board.paid_by_ccgs, board.in_house_cost, board.charges_paid = 0.0, 0.0, board.charges
    for supplier in range(state.n_suppliers):
        state.suppliers[supplier].receipts, state.suppliers[supplier].vat = 0.0, 0.0
    for ccg in range(state.n_ccgs):
        set_service_level(state, ccg)
        pay_for_support(state, ccg)
        board.paid_by_ccgs += state.ccgs[ccg].support_spend + state.ccgs[ccg].charges


@rule
def set_service_level(state: State, ccg: int) -> None:
    """Price the CCG's own lines at the scale that they have, and cut the service where the allowance falls short."""
    row, policy = state.ccgs[ccg], state.policy[state.board[0].month]
    price = 0.0
    for line in range(N_LINES):
        agreement = state.agreements[ccg, line]
        if agreement.kind == BUY:
            price += agreement.price * (1.0 + policy.choice_contract_management)
        else:
            agreement.price = own_price(state, ccg, line)
            price += agreement.price
    room = max(0.0, row.allowance - policy.allowance_core_cost)
    early = state.board[0].month < APRIL_2013
    row.service_level = 1.0 if early else clipped(room / (price * row.population))
    row.support_spend = price * row.population * row.service_level / 12.0


@rule
def own_price(state: State, ccg: int, line: int) -> float:
    """Return what a line costs in the CCG's own team or its host's, with coordination for each partner beyond one."""
    agreement = state.agreements[ccg, line]
    host = ccg if agreement.kind == MAKE else agreement.supplier
    heads = state.ccgs[host].heads[line]
    return team_price(state, host, line, heads, partners_of(state, host, line))


@rule
def partners_of(state: State, host: int, line: int) -> int:
    """Return how many CCGs a team serves, the host among them."""
    if state.ccgs[host].heads[line] <= state.ccgs[host].population:
        return 1
    partners = 1
    for k in range(state.ccgs[host].n_neighbours):
        agreement = state.agreements[state.ccgs[host].neighbours[k], line]
        if agreement.kind != BUY and agreement.supplier == host:
            partners += 1
    return partners


@rule
def pay_for_support(state: State, ccg: int) -> None:
    """Pay suppliers net of VAT, the VAT, and the CCG's own teams with the management of its agreements."""
    row, board = state.ccgs[ccg], state.board[0]
    for line in range(N_LINES):
        agreement = state.agreements[ccg, line]
        amount = agreement.price * row.population * row.service_level / 12.0
        if agreement.kind != BUY:
            board.in_house_cost += amount
            continue
        seller = state.suppliers[agreement.supplier]
        net = amount / (1.0 + vat_rate(state, agreement.supplier))
        seller.receipts += net
        seller.vat += amount - net
        board.in_house_cost += amount * state.policy[state.board[0].month].choice_contract_management


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
