"""The month: nine phases, in this order. Everyone decides on the same picture; then the changes are applied."""

from agents import board, ccg, css, provider
from agents.chance import PREPARATION, PREPARATION_MONTH, PREPARER, draw_key, uniform
from agents.columns import FREE_STANDING, IDLE, NOBODY, State
from agents.compiled import rule
from agents.considering import note_standing
from agents.dates import APRIL_2013, now
from agents.events import AUTHORISATION, ENTERED, EXPECTED_RETURN, PREPARED, note
from agents.framework import pay_fees
from agents.supplier import is_of_nhs, is_provider, sells
from simulation.calendar import N_MONTHS
from simulation.moving import move_staff
from simulation.recording import close_records, record
from simulation.signing import sign_agreements
from simulation.tally import count_heads, count_money, count_quality, count_work_due, start_month
from simulation.terms import set_terms

KNOWN_FROM_PREPARATION = 0.5
"""Trust (0 to 1) in a supplier that helped to prepare (assumed, A-18)."""


@rule
def apply_policies_due(state: State) -> None:
    """1. The dated policies of the scenario take effect in the month that holds their date."""
    start_month(state)
    set_terms(state)
    board.set_standing(state)


@rule
def post_offers(state: State) -> None:
    """2. Suppliers post prices; providers weigh entering or widening; then those who enter open."""
    count_work_due(state)
    for supplier in range(state.n_suppliers):
        if is_of_nhs(state, supplier):
            css.set_prices(state, supplier)
        else:
            provider.set_prices(state, supplier)
            provider.weigh_entry(state, supplier)
    open_entries(state)


@rule
def open_entries(state: State) -> None:
    """Let the providers that decided to enter a region's line open it."""
    barrier = state.policy[now(state)].entry_barrier
    for supplier in range(state.n_suppliers):
        row = state.suppliers[supplier]
        if is_of_nhs(state, supplier) or row.wanted_region == NOBODY:
            continue
        if row.status == IDLE:
            row.status, row.entered = FREE_STANDING, state.board[0].month
            state.board[0].entries += 1
        state.offered[row.wanted_region, supplier, row.wanted_line] = 1
        row.reserves -= barrier
        note(state, ENTERED, EXPECTED_RETURN, supplier, NOBODY, NOBODY, row.wanted_line, barrier)
        row.wanted_region = NOBODY
    list_sellers(state)
    note_standing(state)


@rule
def list_sellers(state: State) -> None:
    """List the providers that sell in each region; units, sold or not, sell by reach instead."""
    for region in range(state.n_regions):
        state.regions[region].n_sellers = 0
    for supplier in range(state.n_units, state.n_suppliers):
        row = state.suppliers[supplier]
        if is_provider(state, supplier) and sells(state, supplier):
            for region in range(row.first_region, row.end_region):
                if state.offered[region, supplier].any():
                    here = state.regions[region]
                    here.sellers[here.n_sellers] = supplier
                    here.n_sellers += 1


@rule
def state_intentions(state: State) -> None:
    """3. Before April 2013 each CCG states, in its turn, which source it intends for each line."""
    for row in range(state.n_ccgs):
        ccg.state_intention(state, row)


@rule
def choose_sources(state: State) -> None:
    """4. Each CCG chooses sources for the lines that are up for decision, within its allowance."""
    for row in range(state.n_ccgs):
        ccg.choose_sources(state, row)


@rule
def deliver(state: State) -> None:
    """7. Support is delivered and paid for; staff, quality, satisfaction and trust follow."""
    tally(state)
    for supplier in range(state.n_suppliers):
        if is_of_nhs(state, supplier):
            css.deliver(state, supplier)
    for supplier in range(state.n_suppliers):
        if is_provider(state, supplier):
            provider.deliver(state, supplier)
    for row in range(state.n_ccgs):
        ccg.staff_team(state, row)
    count_quality(state)
    for row in range(state.n_ccgs):
        ccg.judge_support(state, row)


@rule
def tally(state: State) -> None:
    """Count who serves whom and what is paid; until April 2013 what CCGs intend stands in for volume."""
    count_heads(state)
    count_money(state)
    pay_fees(state)
    buy_preparation(state)


@rule
def buy_preparation(state: State) -> None:
    """Let some CCGs buy help to prepare for authorisation in 2012, each once. Source: K-33."""
    board, policy = state.board[0], state.policy[now(state)]
    if board.month >= APRIL_2013:
        return
    for row in range(state.n_ccgs):
        key = state.ccgs[row].key
        month = int(uniform(draw_key(board.seed, PREPARATION_MONTH, key, 0)) * APRIL_2013)
        if month == board.month and uniform(draw_key(board.seed, PREPARATION, key, 0)) < policy.preparation_share:
            helper = preparer_for(state, row)
            if helper != NOBODY:
                state.trust[helper, row] = max(state.trust[helper, row], KNOWN_FROM_PREPARATION)
            board.preparation += policy.preparation_amount
            note(state, PREPARED, AUTHORISATION, helper, NOBODY, row, NOBODY, policy.preparation_amount)


@rule
def preparer_for(state: State, ccg: int) -> int:
    """Return a supplier outside the NHS in its region that helps a CCG to prepare, or NOBODY: one from afar."""
    row = state.ccgs[ccg]
    region = state.regions[row.region]
    if region.n_sellers == 0:
        return NOBODY
    luck = uniform(draw_key(state.board[0].seed, PREPARER, row.key, 0))
    return region.sellers[int(luck * region.n_sellers)]


@rule
def oversee(state: State) -> None:
    """8. Units look for partners; then the board oversees: mergers, checkpoints, leaders, failures, exits."""
    for unit in range(state.n_units):
        css.review_unit(state, unit)
    board.oversee(state)


PHASES = (
    "apply_policies_due", "post_offers", "state_intentions", "choose_sources", "sign_agreements", "move_staff",
    "deliver", "oversee", "record",
)  # fmt: skip


@rule
def one_month(state: State) -> None:
    """Do the nine phases of a month, as ``PHASES`` lists them."""
    apply_policies_due(state)
    post_offers(state)
    state_intentions(state)
    choose_sources(state)
    sign_agreements(state)
    move_staff(state)
    deliver(state)
    oversee(state)
    record(state)


@rule
def advance(state: State, until: int) -> None:
    """Run a market month by month, up to but not including a month; at the end of the last, close the records."""
    while state.board[0].month < until:
        one_month(state)
        state.board[0].month += 1
    if until == N_MONTHS:
        close_records(state)
