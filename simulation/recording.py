"""How the outcomes of a month are worked out from the state of the market."""

import numpy as np

from agents.ccg import delivered_quality
from agents.choice import heir_of
from agents.columns import (
    BUY,
    CLOSED,
    FREE_STANDING,
    MAKE,
    MERGED,
    N_LINES,
    N_REGIONS,
    NHS,
    NOBODY,
    NOT_SATISFIED,
    PAID_BY_BOARD,
    PAID_BY_CCG,
    PAID_BY_PCT,
    PAID_BY_UNIT,
    PRIVATE,
    QUITE_SATISFIED,
    RAPID_MANAGEMENT,
    SALE,
    STOPPED,
    TAKEN_OVER,
    UNIT,
    VERY_SATISFIED,
    Array,
    State,
)
from agents.compiled import rule
from agents.supplier import sells
from simulation.calendar import APRIL_2013, N_MONTHS
from simulation.signing import capacity

ENOUGH_OFFERS = 3


@rule
def record(state: State) -> None:
    """9. The month's outcomes are recorded."""
    count_suppliers(state)
    spend = view_of_spend(state)
    record_shares(state, spend)
    record_concentration(state, spend)
    record_money(state, spend)
    record_people(state)
    record_experience(state)


@rule
def count_suppliers(state: State) -> None:
    """Count suppliers by status."""
    out, board = state.outcomes[state.board[0].month], state.board[0]
    for supplier in range(state.n_suppliers):
        row = state.suppliers[supplier]
        if row.kind == UNIT and row.sector == NHS:
            out.css_operating += sells(state, supplier)
            out.css_rapid_management += row.status == RAPID_MANAGEMENT
            out.css_free_standing += row.status == FREE_STANDING
            out.css_stopped_to_date += row.status == STOPPED
            out.css_merged_to_date += row.status == MERGED or row.status == TAKEN_OVER
            out.css_closed_to_date += row.status == CLOSED
        else:
            out.css_sold_to_date += row.form == SALE
            out.providers_active += sells(state, supplier)
    out.provider_entries_to_date = board.entries
    out.provider_exits_to_date = board.exits
    out.switches_to_date = board.switches
    out.ccgs_with_three_offers = count_ccgs_with_offers(state)


@rule
def count_ccgs_with_offers(state: State) -> int:
    """Count the CCGs to whom enough suppliers could offer lines that make up half of their need."""
    offers = np.zeros((N_REGIONS, N_LINES), np.int64)
    for supplier in range(state.n_suppliers):
        row = state.suppliers[supplier]
        if row.kind != UNIT and sells(state, supplier):
            for region in range(N_REGIONS):
                for line in range(N_LINES):
                    offers[region, line] += row.offered[region, line]
    total, counted = 0, np.full(state.n_suppliers, NOBODY)
    for ccg in range(state.n_ccgs):
        units = count_unit_offers(state, ccg, counted)
        covered = 0.0
        for line in range(N_LINES):
            if units + offers[state.ccgs[ccg].region, line] >= ENOUGH_OFFERS:
                covered += state.lines[line].need_share
        total += covered >= 0.5
    return total


@rule
def count_unit_offers(state: State, ccg: int, counted: Array) -> int:
    """Count the units that reach a CCG, have capacity for it and fit its allowance; a unit counts once.

    Args:
        state: The market.
        ccg: Row of the CCG.
        counted: The last CCG for which each supplier was counted, [supplier].
    """
    row = state.ccgs[ccg]
    room = (row.allowance - state.policy[state.board[0].month].allowance_core_cost) / row.population
    total = 0
    for k in range(row.n_reach):
        unit = heir_of(state, row.reach[k])
        if counted[unit] != ccg and sells(state, unit):
            counted[unit] = ccg
            total += state.suppliers[unit].bundle_price <= room and row.population <= capacity(state, unit)
    return total


@rule
def view_of_spend(state: State) -> Array:
    """Return the yearly spend of each CCG and line (GBP): as agreed, or until March 2013 as intended."""
    spend = np.empty((state.n_ccgs, N_LINES))
    early = state.board[0].month < APRIL_2013
    for ccg in range(state.n_ccgs):
        row = state.ccgs[ccg]
        for line in range(N_LINES):
            agreement = state.agreements[ccg, line]
            price = agreement.next_price if early else agreement.price
            spend[ccg, line] = price * row.population * row.service_level
    return spend


@rule
def source_of(state: State, ccg: int, line: int) -> tuple[int, int]:
    """Return the kind and the supplier in view: as agreed, or until March 2013 as intended."""
    agreement = state.agreements[ccg, line]
    if state.board[0].month < APRIL_2013:
        return agreement.next_kind, agreement.next_supplier
    return agreement.kind, agreement.supplier


@rule
def record_shares(state: State, spend: Array) -> None:
    """Record the shares of spend by source."""
    out = state.outcomes[state.board[0].month]
    total = spend.sum()
    if total <= 0.0:
        return
    for ccg in range(state.n_ccgs):
        for line in range(N_LINES):
            share = spend[ccg, line] / total
            kind, supplier = source_of(state, ccg, line)
            if kind == MAKE:
                out.in_house_share += share
            elif kind != BUY:
                out.shared_share += share
            elif supplier == state.ccgs[ccg].home and state.suppliers[supplier].sector == NHS:
                out.home_css_share += share
            elif state.suppliers[supplier].sector == NHS:
                out.other_css_share += share
            elif state.suppliers[supplier].sector == PRIVATE:
                out.private_share += share
            else:
                out.other_supplier_share += share
    out.outside_nhs_share = out.private_share + out.other_supplier_share


@rule
def record_concentration(state: State, spend: Array) -> None:
    """Record the Herfindahl-Hirschman indices of bought support: of all lines together (the last row) and of each."""
    month, out = state.board[0].month, state.outcomes[state.board[0].month]
    everything = np.zeros(state.n_suppliers)
    for line in range(N_LINES):
        row = state.line_outcomes[month, line]
        sales = np.zeros(state.n_suppliers)
        row.spend = spend[:, line].sum()
        row.hhi_local = local_index(state, spend, line, line + 1, sales)
        row.hhi_national = index_of(sales)
        everything += sales
    out.hhi_national = index_of(everything)
    out.hhi_local = local_index(state, spend, 0, N_LINES, np.zeros(state.n_suppliers))
    out.hhi_with_in_house = index_of(np.concatenate((everything, sales_of_teams(state, spend))))


@rule
def local_index(state: State, spend: Array, first: int, last: int, sales: Array) -> float:
    """Return the mean index over area teams, by sales, of what is bought of some lines; add it to sales by supplier.

    Args:
        state: The market.
        spend: GBP a year, [ccg, line].
        first: The first line.
        last: The line after the last.
        sales: GBP a year, [supplier].
    """
    weighted, total, start = 0.0, 0.0, 0
    local = np.zeros(state.n_suppliers)
    while start < state.n_ccgs:
        area, stop, amount, squares = state.ccgs[state.by_area[start]].area, start, 0.0, 0.0
        while stop < state.n_ccgs and state.ccgs[state.by_area[stop]].area == area:
            add_sales(state, state.by_area[stop], spend, first, last, local)
            stop += 1
        for place in range(start, stop):
            for line in range(first, last):
                kind, supplier = source_of(state, state.by_area[place], line)
                if kind == BUY:
                    sold, local[supplier] = local[supplier], 0.0
                    sales[supplier] += sold
                    amount += sold
                    squares += sold * sold
        if amount > 0.0:
            weighted += squares / amount
        total += amount
        start = stop
    return weighted / total if total > 0.0 else 0.0


@rule
def add_sales(state: State, ccg: int, spend: Array, first: int, last: int, sales: Array) -> None:
    """Add what a CCG buys of some lines to sales by supplier."""
    for line in range(first, last):
        kind, supplier = source_of(state, ccg, line)
        if kind == BUY:
            sales[supplier] += spend[ccg, line]


@rule
def sales_of_teams(state: State, spend: Array) -> Array:
    """Return the spend on each CCG's own team, its own and its partners'."""
    teams = np.zeros(state.n_ccgs)
    for ccg in range(state.n_ccgs):
        for line in range(N_LINES):
            kind, supplier = source_of(state, ccg, line)
            if kind != BUY:
                teams[ccg if kind == MAKE else supplier] += spend[ccg, line]
    return teams


@rule
def index_of(sales: Array) -> float:
    """Return the Herfindahl-Hirschman index (0 to 1) of sellers' sales; 0 where nothing is sold."""
    total, squares = 0.0, 0.0
    for seller in range(sales.size):
        total += sales[seller]
        squares += sales[seller] * sales[seller]
    return squares / (total * total) if total > 0.0 else 0.0


@rule
def record_money(state: State, spend: Array) -> None:
    """Record prices, spend, savings, and who paid what."""
    board, out = state.board[0], state.outcomes[state.board[0].month]
    population, allowance = people_of(state), 0.0
    for ccg in range(state.n_ccgs):
        allowance += state.ccgs[ccg].allowance
    out.spend_per_head = spend.sum() / population
    out.price_index = price_of_bought(state, spend)
    core = state.policy[state.board[0].month].allowance_core_cost * state.n_ccgs
    used = (board.paid_by_ccgs * 12.0 if board.month >= APRIL_2013 else spend.sum()) + core
    out.allowance_used_share = used / allowance if allowance > 0.0 else 0.0
    out.bargaining_benefit = bargaining_benefit(state)
    out.redundancy_cost_ccg_to_date = board.redundancy[PAID_BY_CCG]
    out.redundancy_cost_css_to_date = board.redundancy[PAID_BY_UNIT]
    out.redundancy_cost_board_to_date = board.redundancy[PAID_BY_BOARD]
    out.redundancy_cost_to_date = board.redundancy[PAID_BY_CCG] + board.redundancy[PAID_BY_UNIT] + board.redundancy[
        PAID_BY_BOARD
    ]  # fmt: skip
    out.redundancy_cost_pct_to_date = board.redundancy[PAID_BY_PCT]
    out.stranded_cost_to_date = board.stranded
    out.board_support_to_date = board.paid_for_failures
    if board.month >= APRIL_2013:
        record_accounts(state)


@rule
def people_of(state: State) -> float:
    """Return England's population (people)."""
    total = 0.0
    for ccg in range(state.n_ccgs):
        total += state.ccgs[ccg].population
    return total


@rule
def record_accounts(state: State) -> None:
    """Record the month's ledger, NHS units' income, and the saving since April 2013."""
    board, out = state.board[0], state.outcomes[state.board[0].month]
    income, result = 0.0, 0.0
    for supplier in range(state.n_suppliers):
        row = state.suppliers[supplier]
        out.supplier_receipts += row.receipts
        out.vat += row.vat
        if row.kind == UNIT and row.sector == NHS and sells(state, supplier):
            income += row.receipts
            result += row.receipts - row.cost - row.fee
    out.css_income = income * 12.0
    out.css_surplus_share = result / income if income > 0.0 else 0.0
    out.paid_by_ccgs = board.paid_by_ccgs
    out.in_house_cost = board.in_house_cost
    out.charges = board.charges_paid
    support = 0.0
    for ccg in range(state.n_ccgs):
        support += state.ccgs[ccg].support_spend
    if board.month == APRIL_2013:
        board.april_spend = support
    board.saving += board.april_spend - support
    out.saving_to_date = board.saving


@rule
def price_of_bought(state: State, spend: Array) -> float:
    """Return the price of bought support over what its lines ordinarily cost (ratio), by spend."""
    price, need = 0.0, 0.0
    for ccg in range(state.n_ccgs):
        for line in range(N_LINES):
            kind, _ = source_of(state, ccg, line)
            if kind == BUY:
                price += spend[ccg, line]
                need += state.lines[line].need * state.ccgs[ccg].population * state.ccgs[ccg].service_level
    return price / need if need > 0.0 else 0.0


CONTRACTING = 5
"""Row of contracting with providers."""


@rule
def bargaining_benefit(state: State) -> float:
    """Return what CCGs gain by contracting in a pool (GBP a year): more with the pool's size, by half at half_population.

    Source:
        K-34; A-19.
    """
    policy, total = state.policy[state.board[0].month], 0.0
    for ccg in range(state.n_ccgs):
        kind, supplier = source_of(state, ccg, CONTRACTING)
        people = state.ccgs[ccg].population
        pool = people
        if kind == BUY:
            pool = max(people, state.suppliers[supplier].heads[CONTRACTING])
        elif kind != MAKE:
            pool = max(people, state.ccgs[supplier].heads[CONTRACTING])
        total += (
            people * policy.bargaining_benefit * (pool - people) / (pool - people + policy.bargaining_half_population)
        )
    return total


@rule
def record_people(state: State) -> None:
    """Record staff by employer, and flows to date."""
    board, out = state.board[0], state.outcomes[state.board[0].month]
    for supplier in range(state.n_suppliers):
        row = state.suppliers[supplier]
        if row.kind == UNIT and row.sector == NHS:
            out.fte_css += row.fte.sum()
        else:
            out.fte_providers += row.fte.sum()
    for ccg in range(state.n_ccgs):
        out.fte_ccg += state.ccgs[ccg].fte.sum()
    out.fte_transferred_to_date = board.fte_transferred
    out.fte_redundant_to_date = board.fte_redundant
    out.fte_redundant_pct_to_date = board.fte_redundant_pct
    out.fte_left_to_date = board.fte_left
    out.fte_hired_to_date = board.fte_hired


@rule
def record_experience(state: State) -> None:
    """Record satisfaction, felt choice, quality and unmet need."""
    out, policy = state.outcomes[state.board[0].month], state.policy[state.board[0].month]
    people = people_of(state)
    answers = np.zeros(3)
    for ccg in range(state.n_ccgs):
        row = state.ccgs[ccg]
        row.says = answer(row.satisfaction, policy.experience_quite_mark, policy.experience_very_mark)
        answers[row.says] += 1.0
        forced = 0.0
        for line in range(N_LINES):
            forced += state.lines[line].need_share * row.felt_no_choice[line]
            part = row.population / people * state.lines[line].need_share
            out.quality += part * delivered_quality(state, ccg, line)
        out.no_choice_share += (forced > 0.5) / state.n_ccgs
        out.unmet_need_share += (1.0 - row.service_level) * row.population / people
    out.very_satisfied_share = answers[VERY_SATISFIED] / state.n_ccgs
    out.quite_satisfied_share = answers[QUITE_SATISFIED] / state.n_ccgs
    out.not_satisfied_share = answers[NOT_SATISFIED] / state.n_ccgs


@rule
def answer(satisfaction: float, quite_mark: float, very_mark: float) -> int:
    """Return what a CCG with a satisfaction would say."""
    if satisfaction >= very_mark:
        return VERY_SATISFIED
    return QUITE_SATISFIED if satisfaction >= quite_mark else NOT_SATISFIED


@rule
def close_records(state: State) -> None:
    """Express the price index over that of April 2013, at the end of a run."""
    base = state.outcomes[APRIL_2013].price_index
    for month in range(N_MONTHS):
        out = state.outcomes[month]
        out.price_index = out.price_index / base if base > 0.0 else 0.0
