"""How the outcomes of a month are worked out from the state of the market."""

import numpy as np

from agents.choice import allowance_a_head
from agents.columns import (
    BODY,
    BY_OTHER,
    BY_PRIVATE,
    CLOSED,
    FREE_STANDING,
    HOME_CSS,
    IN_HOUSE,
    MERGED,
    N_LINES,
    NHS,
    NOBODY,
    NOT_SATISFIED,
    OTHER_CSS,
    PAID_BY_BOARD,
    PAID_BY_CCG,
    PAID_BY_PCT,
    PAID_BY_UNIT,
    QUITE_SATISFIED,
    RAPID_MANAGEMENT,
    SALE,
    SHARED,
    STOPPED,
    TAKEN_OVER,
    UNIT,
    VERY_SATISFIED,
    State,
)
from agents.compiled import rule
from agents.considering import heir_of
from agents.dates import APRIL_2013, now
from agents.elementary import sum_in_order
from agents.supplier import is_provider, sells
from simulation.calendar import N_MONTHS
from simulation.concentration import record_concentration
from simulation.sales import add_sales, served_by
from simulation.signing import capacity

ENOUGH_OFFERS = 3
HALF = 0.5


@rule
def record(state: State) -> None:
    """9. The month's outcomes are recorded, where they are wanted; what later months build on is kept always."""
    keep_saving(state)
    if not state.board[0].recorded[state.board[0].month]:
        return
    add_sales(state)
    count_suppliers(state)
    record_spend(state)
    record_concentration(state)
    record_money(state)
    record_bargaining(state)
    record_people(state)
    record_experience(state)


@rule
def keep_saving(state: State) -> None:
    """Add up what CCGs save since April 2013 against what they paid in that month."""
    board = state.board[0]
    if board.month < APRIL_2013:
        return
    if board.month == APRIL_2013:
        board.april_spend = board.support_spend
    board.saving += board.april_spend - board.support_spend


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
    total, record = 0, state.record[0]
    count_provider_offers(state)
    note_unit_offers(state)
    for region in range(state.n_regions):
        record.wanted[region] = units_wanted(state, region)
    for ccg in range(state.n_ccgs):
        total += has_unit_offers(state, ccg, record.wanted[state.ccgs[ccg].region])
    return total


@rule
def count_provider_offers(state: State) -> None:
    """Count the providers that sell, by region and line."""
    offers = state.record[0].offers
    offers[:] = 0
    for supplier in range(state.n_units, state.n_suppliers):
        row = state.suppliers[supplier]
        if is_provider(state, supplier) and sells(state, supplier):
            for region in range(row.first_region, row.end_region):
                for line in range(N_LINES):
                    offers[region, line] += state.offered[region, supplier, line]


@rule
def units_wanted(state: State, region: int) -> int:
    """Return how many units must offer, beside a region's providers, so that there are enough for half of need."""
    units = 0
    while covered_share(state, region, units) < HALF:
        units += 1
    return units


@rule
def covered_share(state: State, region: int, units: int) -> float:
    """Return the share of need for which a region's providers, and so many units, are enough."""
    covered = 0.0
    for line in range(N_LINES):
        enough = state.record[0].offers[region, line] + units >= ENOUGH_OFFERS
        covered += state.lines[line].need_share if enough else 0.0
    return covered


@rule
def note_unit_offers(state: State) -> None:
    """Note of each supplier its heir, whom that could take on, and its price.

    They stand in the row of the supplier itself, so that what reaches a CCG is looked up without following heirs.
    """
    record = state.record[0]
    for supplier in range(state.n_suppliers):
        heir = heir_of(state, supplier)
        record.heir[supplier], record.counted[supplier] = heir, NOBODY
        record.room[supplier] = capacity(state, heir) if sells(state, heir) else 0.0
        record.asks[supplier] = state.suppliers[heir].bundle_price


@rule
def has_unit_offers(state: State, ccg: int, wanted: int) -> bool:
    """Say whether as many units as wanted, each counted once, reach a CCG, can take it on and fit its allowance."""
    row, record, total, k = state.ccgs[ccg], state.record[0], 0, 0
    most = allowance_a_head(state, ccg)
    while k < row.n_reach and total < wanted:
        unit = row.reach[k]
        heir = record.heir[unit]
        total += (record.counted[heir] != ccg) & (record.asks[unit] <= most) & (row.population <= record.room[unit])
        record.counted[heir] = ccg
        k += 1
    return total >= wanted


@rule
def record_spend(state: State) -> None:
    """Record spend, its shares by source, and the price of what is bought."""
    month, out = state.board[0].month, state.outcomes[state.board[0].month]
    amounts = state.record[0].amounts
    for line in range(N_LINES):
        state.line_outcomes[month, line].spend = sum_in_order(amounts[:, line])
    spent = sum_in_order(amounts.ravel())
    out.spend_per_head = spent / state.board[0].people
    out.price_index = price_of_bought(state)
    if spent > 0.0:
        out.home_css_share = sum_in_order(amounts[HOME_CSS]) / spent
        out.other_css_share = sum_in_order(amounts[OTHER_CSS]) / spent
        out.private_share = sum_in_order(amounts[BY_PRIVATE]) / spent
        out.other_supplier_share = sum_in_order(amounts[BY_OTHER]) / spent
        out.in_house_share = sum_in_order(amounts[IN_HOUSE]) / spent
        out.shared_share = sum_in_order(amounts[SHARED]) / spent
        out.outside_nhs_share = out.private_share + out.other_supplier_share


@rule
def price_of_bought(state: State) -> float:
    """Return the price of bought support over what its lines ordinarily cost (ratio), by spend."""
    price, need, record = 0.0, 0.0, state.record[0]
    for source in (HOME_CSS, OTHER_CSS, BY_PRIVATE, BY_OTHER):
        for line in range(N_LINES):
            price += record.amounts[source, line]
            need += state.lines[line].need * record.people[source, line]
    return price / need if need > 0.0 else 0.0


@rule
def record_money(state: State) -> None:
    """Record the allowance used, and who paid what."""
    board, out = state.board[0], state.outcomes[state.board[0].month]
    core = state.policy[now(state)].allowance_core_cost * state.n_ccgs
    support = board.paid_by_ccgs * 12.0 if board.month >= APRIL_2013 else out.spend_per_head * state.board[0].people
    out.allowance_used_share = (support + core) / board.allowance if board.allowance > 0.0 else 0.0
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
def record_accounts(state: State) -> None:
    """Record the month's ledger, NHS units' income, and the saving to date."""
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
    out.saving_to_date = board.saving


CONTRACTING = 5
"""Row of contracting with providers."""


@rule
def record_bargaining(state: State) -> None:
    """Record what CCGs gain by contracting in a pool (GBP a year), more with the pool's size.

    Source:
        K-34; A-19.
    """
    policy, total = state.policy[now(state)], 0.0
    for ccg in range(state.n_ccgs):
        people = state.ccgs[ccg].population
        others = max(people, state.book[0].heads[served_by(state, ccg, CONTRACTING), CONTRACTING]) - people
        total += people * policy.bargaining_benefit * others / (others + policy.bargaining_half_population)
    state.outcomes[state.board[0].month].bargaining_benefit = total


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
    out, policy = state.outcomes[state.board[0].month], state.policy[now(state)]
    people = state.board[0].people
    answers, quality, no_choice, unmet = np.zeros(3), 0.0, 0.0, 0.0
    for ccg in range(state.n_ccgs):
        row = state.ccgs[ccg]
        row.says = answer(row.satisfaction, policy.experience_quite_mark, policy.experience_very_mark)
        answers[row.says] += 1.0
        forced = 0.0
        for line in range(N_LINES):
            forced += state.lines[line].need_share * row.felt_no_choice[line]
        quality += row.delivered * row.population / people
        no_choice += (forced > HALF) / state.n_ccgs
        unmet += (1.0 - row.service_level) * row.population / people
    out.quality, out.no_choice_share, out.unmet_need_share = quality, no_choice, unmet
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
