"""NHS commissioning support services: the units that grew out of the trusts' clusters."""

import numpy as np

from agents.chance import AGREED, EARLY, OWN_WILL, VIGOUR, draw_key, uniform
from agents.columns import (
    CUSTOMER_OWNED,
    FREE_STANDING,
    HOSTED,
    N_LINES,
    NHS,
    NOBODY,
    RAPID_MANAGEMENT,
    SOCIAL_ENTERPRISE,
    State,
)
from agents.compiled import rule
from agents.dates import APRIL_2013, FEBRUARY_2012, MARCH_2012, now
from agents.events import MADE_REDUNDANT, SURPLUS_STAFF, note_unit
from agents.framework import fee_share, lacks_place
from agents.ledger import pay_redundancy, settle_month
from agents.rules.cost import unit_cost
from agents.rules.entry import entrant_price
from agents.rules.experience import clipped
from agents.rules.merging import merger_gain
from agents.rules.staffing import hires, monthly_turnover, shed, staff_needed, vacancies_share
from agents.supplier import (
    LEAST_VOLUME,
    bundle_price,
    expect_volume,
    is_unit,
    learn_quality,
    line_cost,
    sells,
)


@rule
def set_prices(state: State, unit: int) -> None:
    """Post prices that recover the expected average cost, the surplus asked for, the hosting charge and any fee."""
    row, policy = state.suppliers[unit], state.policy[now(state)]
    if not sells(state, unit):
        return
    hosted, fee, form = row.status < FREE_STANDING, fee_share(state, unit), form_cost(state, unit)
    for line in range(N_LINES):
        service = state.lines[line]
        cost = unit_cost(service.fixed, service.variable, priced_heads(state, unit, line), row.efficiency)
        cost *= 1.0 + form
        if row.sector == NHS:
            charge = policy.hosting_charge * service.need_share if hosted else 0.0
            row.price[line] = (cost * (1.0 + policy.cost_surplus_target) + charge) * (1.0 + fee)
        else:
            row.price[line] = entrant_price(cost, policy.entry_margin, 0.0, policy.entry_vat_wedge) * (1.0 + fee)
    row.bundle_price = bundle_price(state, unit)


@rule
def priced_heads(state: State, unit: int, line: int) -> float:
    """Return the people over whom a unit spreads a line's fixed cost in its price.

    They are those whom it expects and those whose part leavers have paid, but never fewer than it hopes to hold.
    """
    row, policy = state.suppliers[unit], state.policy[now(state)]
    expected = row.expected_heads[line] + row.covered_heads[line]
    return max(expected, policy.cost_hoped_share * row.home_population, LEAST_VOLUME)


@rule
def form_cost(state: State, unit: int) -> float:
    """Return what a unit's form adds to its cost (share)."""
    form, policy = state.suppliers[unit].form, state.policy[now(state)]
    if form == SOCIAL_ENTERPRISE:
        return policy.hosting_social_enterprise_cost
    return policy.hosting_customer_owned_cost if form == CUSTOMER_OWNED else 0.0


@rule
def deliver(state: State, unit: int) -> None:
    """Staff the unit, bear a month's cost, and let quality and expected volume follow."""
    if not sells(state, unit):
        return
    row, policy, board = state.suppliers[unit], state.policy[now(state)], state.board[0]
    early = board.month < APRIL_2013
    rate = turnover_of(state, unit)
    cost, redundant, needed_in_all, staff_in_all = 0.0, 0.0, 0.0, 0.0
    with_on_cost, left_to_lapse = 1.0 + policy.redundancy_on_cost, 1.0 - 1.0 / max(1.0, policy.stranded_months)
    for line in range(N_LINES):
        yearly = line_cost(state, unit, line, row.heads[line])
        needed = staff_needed(state.lines[line].fte_per_gbp, yearly)
        left = row.fte[line] * rate
        staff = row.fte[line] - left
        hired = 0.0 if early else hires(needed, staff, policy.staffing_hiring_rate)
        gone = 0.0 if early else shed(needed, staff, policy.staffing_shedding_rate)
        row.fte[line] = staff + hired - gone
        board.fte_left += left
        board.fte_hired += hired
        redundant += gone
        needed_in_all += needed
        staff_in_all += row.fte[line]
        surplus = max(0.0, row.fte[line] - needed)
        cost += yearly + surplus * policy.redundancy_salary * with_on_cost
        learn_quality(state, unit, line, needed, policy.experience_agenda_cost * state.lines[line].local_weight)
        row.covered_heads[line] *= left_to_lapse
    row.redeploys = vacancies_share(needed_in_all, staff_in_all, board.left_in_notice)
    bound = row.status == RAPID_MANAGEMENT
    expect_volume(state, unit, 1.0 if bound else policy.cost_volume_learning)
    if early:
        return
    row.cost = cost * (1.0 + form_cost(state, unit)) / 12.0
    if redundant > 0.0:
        make_redundant(state, unit, redundant, redundant / (staff_in_all + redundant))
    settle_month(state, unit, row.status < FREE_STANDING)


@rule
def make_redundant(state: State, unit: int, fte: float, share: float) -> None:
    """Pay the redundancy of surplus staff (FTE); quality is knocked by their share of all."""
    row, knock = state.suppliers[unit], state.policy[now(state)].experience_redundancy_knock
    for line in range(N_LINES):
        row.quality[line] = clipped(row.quality[line] - knock * share)
    bill = pay_redundancy(state, unit, NOBODY, 0.0, fte)
    note_unit(state, MADE_REDUNDANT, SURPLUS_STAFF, unit, NOBODY, bill)


@rule
def turnover_of(state: State, unit: int) -> float:
    """Return the share of a unit's staff who leave in a month: more under uncertainty, fewer while safely hosted."""
    policy, uncertain = state.policy[now(state)], is_uncertain(state)
    rate = monthly_turnover(policy.staffing_turnover, uncertain, policy.staffing_uncertainty_factor)
    return rate * (policy.staffing_hosted_factor if state.suppliers[unit].status == HOSTED and not uncertain else 1.0)


@rule
def is_uncertain(state: State) -> bool:
    """Say whether staff live under uncertainty: until April 2013, and in the year before hosting ends."""
    month, ends = state.board[0].month, state.policy[now(state)].hosting_ends - 1.0
    return month < APRIL_2013 or (ends > 0.0 and ends - 12.0 <= month < ends)


@rule
def review_unit(state: State, unit: int) -> None:
    """Look for a unit to join: before April 2012 for want of scale, after April 2013 to save, or for a place."""
    row = state.suppliers[unit]
    row.suitor = NOBODY
    if not is_unit(state, unit):
        return
    month = state.board[0].month
    if month <= MARCH_2012:
        if wants_scale(state, unit):
            row.suitor = viable_partner(state, unit)
    elif month >= APRIL_2013 + 6 and month % 6 == APRIL_2013 % 6:
        row.n_reviews += 1
        near = holding_partner(state, unit) if lacks_place(state, unit) else partner(state, unit)
        if near != NOBODY and wants_merger(state, unit, near):
            row.suitor = near


@rule
def wants_scale(state: State, unit: int) -> bool:
    """Say whether a proposal is too small for its SHA, or where nobody presses for scale, for its own liking."""
    row, policy, board = state.suppliers[unit], state.policy[now(state)], state.board[0]
    vigour = 1.0 + policy.formation_vigour_spread * (
        2.0 * uniform(draw_key(board.seed, VIGOUR, state.regions[row.region].key, 0)) - 1.0
    )
    if row.home_population >= policy.formation_minimum_population * vigour:
        return False
    if policy.checkpoint_in_force == 0.0:
        willing = uniform(draw_key(board.seed, OWN_WILL, row.key, 0)) < policy.formation_own_will_share
        return board.month == MARCH_2012 and willing
    early = uniform(draw_key(board.seed, EARLY, row.key, 0)) < policy.formation_early_share
    return board.month == MARCH_2012 or (board.month == FEBRUARY_2012 and early)


@rule
def wants_merger(state: State, unit: int, near: int) -> bool:
    """Say whether joining another would pay and is agreed; who lacks a place on the framework agrees at once."""
    row, policy = state.suppliers[unit], state.policy[now(state)]
    smaller = unit if row.served <= state.suppliers[near].served else near
    gain = merger_gain(
        fixed_cost(state, smaller), policy.merging_saved_share, policy.merging_horizon,
        state.suppliers[smaller].receipts * 12.0, policy.merging_disruption,
    )  # fmt: skip
    if lacks_place(state, unit):
        return gain > 0.0
    share = policy.merging_agreed_share
    if row.leader != NOBODY and row.leader == state.suppliers[near].leader:
        share *= policy.merging_shared_leader_factor
    return gain > 0.0 and uniform(draw_key(state.board[0].seed, AGREED, row.key, row.n_reviews)) < share


@rule
def fixed_cost(state: State, unit: int) -> float:
    """Return the fixed cost of the lines that a unit delivers (GBP a year)."""
    total = 0.0
    for line in range(N_LINES):
        if state.suppliers[unit].heads[line] > 0.0:
            total += state.lines[line].fixed / state.suppliers[unit].efficiency
    return total


@rule
def partner(state: State, unit: int) -> int:
    """Return the unit that it would join: the nearest, where other regions seem farther, or NOBODY."""
    return nearest_unit(state, unit, False, 0.0)


@rule
def holding_partner(state: State, unit: int) -> int:
    """Return the nearest unit that holds a place on the framework, or NOBODY."""
    return nearest_unit(state, unit, True, 0.0)


@rule
def viable_partner(state: State, unit: int) -> int:
    """Return the proposal to join for viability: near, and with it as large as it takes, or NOBODY. Source: K-42."""
    return nearest_unit(state, unit, False, state.policy[now(state)].formation_minimum_population)


@rule
def nearest_unit(state: State, unit: int, with_place: bool, wanted: float) -> int:
    """Return the unit that seems nearest: another region, and people wanting to the joint size, make it farther."""
    best, best_distance, mine = NOBODY, np.inf, state.suppliers[unit]
    for place in range(state.n_units - 1):
        other, far = state.nearest[unit, place], state.far[unit, place]
        if far >= best_distance:
            break
        candidate = state.suppliers[other]
        if is_unit(state, other) and (candidate.on_framework or not with_place):
            short = max(0.0, wanted - mine.home_population - candidate.home_population) / max(1.0, wanted)
            if far * (1.0 + short) < best_distance:
                best, best_distance = other, far * (1.0 + short)
    return best
