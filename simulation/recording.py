"""How the outcomes of a month are worked out from the state of the market."""

import numpy as np

from agents.columns import (
    BODY,
    CLOSED,
    FREE_STANDING,
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
from agents.considering import heir_of
from agents.dates import APRIL_2013
from agents.elementary import sum_in_order
from agents.seller import delivered_quality, seller_of
from agents.supplier import is_provider, sells
from simulation.calendar import N_MONTHS
from simulation.signing import capacity

ENOUGH_OFFERS = 3
HOME_CSS, OTHER_CSS, BY_PRIVATE, BY_OTHER, IN_HOUSE, SHARED = range(6)
N_SOURCES = 6


@rule
def record(state: State) -> None:
    """9. The month's outcomes are recorded."""
    spend, seller = np.empty((state.n_ccgs, N_LINES)), np.empty((state.n_ccgs, N_LINES), np.int16)
    look(state, spend, seller)
    count_suppliers(state)
    record_shares(state, spend, seller)
    record_concentration(state, spend, seller)
    record_money(state, spend, seller)
    record_people(state)
    record_experience(state)


@rule
def look(state: State, spend: Array, seller: Array) -> None:
    """Fill who serves each CCG and line and what is spent, as agreed, or until March 2013 as intended.

    Args:
        state: The market.
        spend: GBP a year, [ccg, line].
        seller: The seller (see ``agents.seller``), [ccg, line].
    """
    early = state.board[0].month < APRIL_2013
    for ccg in range(state.n_ccgs):
        people = state.ccgs[ccg].population * state.ccgs[ccg].service_level
        for line in range(N_LINES):
            agreement = state.agreements[ccg, line]
            kind = agreement.next_kind if early else agreement.kind
            supplier = agreement.next_supplier if early else agreement.supplier
            spend[ccg, line] = (agreement.next_price if early else agreement.price) * people
            seller[ccg, line] = seller_of(state, ccg, kind, supplier)


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
        elif row.kind != BODY:
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
        if is_provider(state, supplier) and sells(state, supplier):
            for region in range(N_REGIONS):
                for line in range(N_LINES):
                    offers[region, line] += row.offered[region, line]
    most, unit_price = unit_offers(state)
    total, counted = 0, np.full(state.n_suppliers, NOBODY)
    for ccg in range(state.n_ccgs):
        units, covered = count_unit_offers(state, ccg, most, unit_price, counted), 0.0
        for line in range(N_LINES):
            enough = units + offers[state.ccgs[ccg].region, line] >= ENOUGH_OFFERS
            covered += state.lines[line].need_share if enough else 0.0
        total += covered >= 0.5
    return total


@rule
def unit_offers(state: State) -> tuple[Array, Array]:
    """Return the most people whom each unit could take on, none where it does not sell, and its bundle's price."""
    most, price = np.zeros(state.n_suppliers), np.zeros(state.n_suppliers)
    for supplier in range(state.n_suppliers):
        if sells(state, supplier):
            most[supplier] = capacity(state, supplier)
            price[supplier] = state.suppliers[supplier].bundle_price
    return most, price


@rule
def count_unit_offers(state: State, ccg: int, most: Array, price: Array, counted: Array) -> int:
    """Count the units that reach a CCG, have capacity for it and fit its allowance; a unit counts once.

    Args:
        state: The market.
        ccg: Row of the CCG.
        most: People whom each supplier could take on, [supplier].
        price: GBP a head a year of each supplier's bundle, [supplier].
        counted: The last CCG for which each supplier was counted, [supplier].
    """
    row = state.ccgs[ccg]
    room = (row.allowance - state.policy[state.board[0].month].allowance_core_cost) / row.population
    total = 0
    for k in range(row.n_reach):
        unit = heir_of(state, row.reach[k])
        new = counted[unit] != ccg
        counted[unit] = ccg
        total += new and price[unit] <= room and row.population <= most[unit]
    return total


@rule
def record_shares(state: State, spend: Array, seller: Array) -> None:
    """Record the shares of spend by source."""
    out, shares = state.outcomes[state.board[0].month], np.zeros(N_SOURCES)
    source, shared, teams = sources(state), shared_teams(state, seller), state.n_suppliers
    for ccg in range(state.n_ccgs):
        home = state.ccgs[ccg].home
        for line in range(N_LINES):
            who = seller[ccg, line]
            bought = HOME_CSS if (who == home) & (source[who] == OTHER_CSS) else source[who]
            joint = (who >= teams) & ((who != teams + ccg) | shared[ccg, line])
            shares[SHARED if joint else bought] += spend[ccg, line]
    spent = sum_in_order(shares)
    if spent > 0.0:
        out.home_css_share, out.other_css_share = shares[HOME_CSS] / spent, shares[OTHER_CSS] / spent
        out.private_share, out.other_supplier_share = shares[BY_PRIVATE] / spent, shares[BY_OTHER] / spent
        out.in_house_share, out.shared_share = shares[IN_HOUSE] / spent, shares[SHARED] / spent
        out.outside_nhs_share = out.private_share + out.other_supplier_share


@rule
def sources(state: State) -> Array:
    """Return the source of what each supplier sells to CCGs that it is not home to, and in house for each team."""
    source = np.full(state.n_suppliers + state.n_ccgs, IN_HOUSE)
    for supplier in range(state.n_suppliers):
        source[supplier] = source_of(state.suppliers[supplier].sector)
    return source


@rule
def shared_teams(state: State, seller: Array) -> Array:
    """Return True for the CCGs and lines whose team serves another CCG too, [ccg, line]."""
    shared = np.zeros(seller.shape, np.bool_)
    for ccg in range(seller.shape[0]):
        for line in range(N_LINES):
            host = seller[ccg, line] - state.n_suppliers
            if host >= 0 and host != ccg:
                shared[host, line] = True
    return shared


@rule
def source_of(sector: int) -> int:
    """Return the source of what a supplier sells to CCGs that it is not home to."""
    if sector == NHS:
        return OTHER_CSS
    return BY_PRIVATE if sector == PRIVATE else BY_OTHER


@rule
def record_concentration(state: State, spend: Array, seller: Array) -> None:
    """Record the Herfindahl-Hirschman indices of bought support: of all lines together and of each."""
    month, out = state.board[0].month, state.outcomes[state.board[0].month]
    sales = np.zeros((N_LINES + 1, state.n_suppliers + state.n_ccgs))
    local = np.zeros(N_LINES + 1)
    add_local(state, spend, seller, sales, local)
    for line in range(N_LINES):
        row = state.line_outcomes[month, line]
        row.spend = sum_in_order(spend[:, line])
        row.hhi_national, row.hhi_local = index_of(sales[line, : state.n_suppliers]), local[line]
    out.hhi_national, out.hhi_local = index_of(sales[N_LINES, : state.n_suppliers]), local[N_LINES]
    out.hhi_with_in_house = index_of(sales[N_LINES])


@rule
def add_local(state: State, spend: Array, seller: Array, sales: Array, local: Array) -> None:
    """Add sales by line and seller, area team by area team, and the mean over areas, by sales, of each area's index.

    Teams are counted in sales, but not in the index.

    Args:
        state: The market.
        spend: GBP a year, [ccg, line].
        seller: Who serves, [ccg, line].
        sales: GBP a year, [line, seller]; all lines together in the last row.
        local: Index of each line, and of all together.
    """
    total, start = np.zeros(N_LINES + 1), 0
    here, together = np.zeros(sales.shape[1]), np.zeros(sales.shape[1])
    while start < state.n_ccgs:
        area, stop = state.ccgs[state.by_area[start]].area, start
        while stop < state.n_ccgs and state.ccgs[state.by_area[stop]].area == area:
            stop += 1
        places = state.by_area[start:stop]
        for line in range(N_LINES):
            for ccg in places:
                here[seller[ccg, line]] += spend[ccg, line]
                together[seller[ccg, line]] += spend[ccg, line]
            add_index(state, seller[:, line : line + 1], places, here, sales[line], local, total, line)
        add_index(state, seller, places, together, sales[N_LINES], local, total, N_LINES)
        start = stop
    for line in range(N_LINES + 1):
        local[line] = local[line] / total[line] if total[line] > 0.0 else 0.0


@rule
def add_index(
    state: State, seller: Array, places: Array, here: Array, sales: Array, local: Array, total: Array, line: int
) -> None:
    """Add one area's sales to the nation's, and its index times its sales to the mean; leave ``here`` at nothing."""
    amount, squares = 0.0, 0.0
    for ccg in places:
        for column in range(seller.shape[1]):
            who = seller[ccg, column]
            sold, here[who] = here[who], 0.0
            sales[who] += sold
            bought = sold if who < state.n_suppliers else 0.0
            amount += bought
            squares += bought * bought
    if amount > 0.0:
        local[line] += squares / amount
        total[line] += amount


@rule
def index_of(sales: Array) -> float:
    """Return the Herfindahl-Hirschman index (0 to 1) of sellers' sales; 0 where nothing is sold."""
    total, squares = 0.0, 0.0
    for seller in range(sales.size):
        total += sales[seller]
        squares += sales[seller] * sales[seller]
    return squares / (total * total) if total > 0.0 else 0.0


@rule
def record_money(state: State, spend: Array, seller: Array) -> None:
    """Record prices, spend, savings, and who paid what."""
    board, out = state.board[0], state.outcomes[state.board[0].month]
    population, allowance = people_of(state), 0.0
    for ccg in range(state.n_ccgs):
        allowance += state.ccgs[ccg].allowance
    out.spend_per_head = sum_in_order(spend.ravel()) / population
    out.price_index = price_of_bought(state, spend, seller)
    core = state.policy[state.board[0].month].allowance_core_cost * state.n_ccgs
    used = (board.paid_by_ccgs * 12.0 if board.month >= APRIL_2013 else sum_in_order(spend.ravel())) + core
    out.allowance_used_share = used / allowance if allowance > 0.0 else 0.0
    out.bargaining_benefit = bargaining_benefit(state, seller)
    out.redundancy_cost_ccg_to_date = board.redundancy[PAID_BY_CCG]
    out.redundancy_cost_css_to_date = board.redundancy[PAID_BY_UNIT]
    out.redundancy_cost_board_to_date = board.redundancy[PAID_BY_BOARD]
    out.redundancy_cost_to_date = board.redundancy[PAID_BY_CCG] + board.redundancy[PAID_BY_UNIT] + board.redundancy[
        PAID_BY_BOARD
    ]  # fmt: skip
    out.redundancy_cost_pct_to_date = board.redundancy[PAID_BY_PCT]
    out.stranded_cost_to_date = board.stranded
    out.board_support_to_date = board.paid_for_failures
    out.preparation_cost_to_date = board.preparation
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
def price_of_bought(state: State, spend: Array, seller: Array) -> float:
    """Return the price of bought support over what its lines ordinarily cost (ratio), by spend."""
    price, need = 0.0, 0.0
    for ccg in range(state.n_ccgs):
        for line in range(N_LINES):
            if seller[ccg, line] < state.n_suppliers:
                price += spend[ccg, line]
                need += state.lines[line].need * state.ccgs[ccg].population * state.ccgs[ccg].service_level
    return price / need if need > 0.0 else 0.0


CONTRACTING = 5
"""Row of contracting with providers."""


@rule
def bargaining_benefit(state: State, seller: Array) -> float:
    """Return what CCGs gain by contracting in a pool (GBP a year), more with the pool's size.

    Source:
        K-34; A-19.
    """
    policy, total = state.policy[state.board[0].month], 0.0
    for ccg in range(state.n_ccgs):
        who, people = seller[ccg, CONTRACTING], state.ccgs[ccg].population
        if who < state.n_suppliers:
            served = state.suppliers[who].heads[CONTRACTING]
        else:
            served = state.ccgs[who - state.n_suppliers].heads[CONTRACTING]
        pool = max(people, served)
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
        if row.sector == NHS:
            out.fte_css += sum_in_order(row.fte)
        else:
            out.fte_providers += sum_in_order(row.fte)
    for ccg in range(state.n_ccgs):
        out.fte_ccg += sum_in_order(state.ccgs[ccg].fte)
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
