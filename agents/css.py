"""NHS commissioning support services: the units that grew out of the trusts' clusters."""

import mesa
import numpy as np

from agents.chance import AGREED, EARLY, OWN_WILL, VIGOUR, draw_key, uniform
from agents.columns import (
    CUSTOMER_OWNED,
    FREE_STANDING,
    N_LINES,
    NHS,
    NOBODY,
    SOCIAL_ENTERPRISE,
    STATUSES,
    UNIT,
    State,
)
from agents.compiled import rule, verb
from agents.dates import APRIL_2013, FEBRUARY_2012, MARCH_2012
from agents.events import MADE_REDUNDANT, SURPLUS_STAFF, note_unit
from agents.ledger import pay_redundancy, settle_month
from agents.rules.cost import unit_cost
from agents.rules.entry import entrant_price
from agents.rules.merging import merger_gain
from agents.rules.staffing import hires, monthly_turnover, shed, staff_needed
from agents.supplier import LEAST_VOLUME, bundle_price, expect_volume, lacks_place, learn_quality, line_cost, sells

OTHER_REGION = 2.0
"""How much farther a unit of another region seems to one that looks for a partner (assumed, A-12)."""


@rule
def set_prices(state: State, unit: int) -> None:
    """Post prices that recover the expected average cost, the surplus asked for and the hosting charge."""
    row, policy = state.suppliers[unit], state.policy[state.board[0].month]
    if not sells(state, unit):
        return
    hosted = row.status < FREE_STANDING
    for line in range(N_LINES):
        service = state.lines[line]
        heads = max(row.expected_heads[line], LEAST_VOLUME)
        cost = unit_cost(service.fixed, service.variable, heads, row.efficiency) * (1.0 + form_cost(state, unit))
        if row.sector == NHS:
            charge = policy.hosting_charge * service.need_share if hosted else 0.0
            row.price[line] = cost * (1.0 + policy.cost_surplus_target) + charge
        else:
            row.price[line] = entrant_price(cost, policy.entry_margin, 0.0, policy.entry_vat_wedge)
    row.bundle_price = bundle_price(state, unit)


@rule
def form_cost(state: State, unit: int) -> float:
    """Return what a unit's form adds to its cost (share)."""
    form, policy = state.suppliers[unit].form, state.policy[state.board[0].month]
    if form == SOCIAL_ENTERPRISE:
        return policy.hosting_social_enterprise_cost
    return policy.hosting_customer_owned_cost if form == CUSTOMER_OWNED else 0.0


@rule
def deliver(state: State, unit: int) -> None:
    """Staff the unit, bear a month's cost, and let quality and expected volume follow."""
    if not sells(state, unit):
        return
    row, policy, board = state.suppliers[unit], state.policy[state.board[0].month], state.board[0]
    early = board.month < APRIL_2013
    rate = monthly_turnover(policy.staffing_turnover, is_uncertain(state), policy.staffing_uncertainty_factor)
    cost, redundant = 0.0, 0.0
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
        surplus = max(0.0, row.fte[line] - needed)
        cost += yearly + surplus * policy.redundancy_salary * (1.0 + policy.redundancy_on_cost)
        learn_quality(state, unit, line, needed, policy.experience_agenda_cost * state.lines[line].local_weight)
    expect_volume(state, unit)
    if early:
        return
    row.cost = cost * (1.0 + form_cost(state, unit)) / 12.0
    if redundant > 0.0:
        bill = pay_redundancy(state, unit, NOBODY, 0.0, redundant)
        note_unit(state, MADE_REDUNDANT, SURPLUS_STAFF, unit, NOBODY, bill)
    settle_month(state, unit, row.status < FREE_STANDING)


@rule
def is_uncertain(state: State) -> bool:
    """Say whether staff live under uncertainty: until April 2013, and in the year before hosting ends."""
    month, ends = state.board[0].month, state.policy[state.board[0].month].hosting_ends - 1.0
    return month < APRIL_2013 or (ends > 0.0 and ends - 12.0 <= month < ends)


@rule
def led_efficiency(state: State, leadership: float) -> float:
    """Return the efficiency of a unit that is led with an ability; at 0.5 it is 1."""
    return 1.0 + state.policy[state.board[0].month].cost_leadership_gain * (leadership - 0.5)


@rule
def review_unit(state: State, unit: int) -> None:
    """Look for a unit to join: before April 2012 for want of scale, after April 2013 to save, or for a place."""
    row = state.suppliers[unit]
    row.suitor = NOBODY
    if not sells(state, unit) or row.sector != NHS:
        return
    month = state.board[0].month
    if month <= MARCH_2012:
        if wants_scale(state, unit):
            row.suitor = partner(state, unit, False)
    elif month >= APRIL_2013 + 6 and month % 6 == APRIL_2013 % 6:
        row.n_reviews += 1
        near = partner(state, unit, lacks_place(state, unit))
        if near != NOBODY and wants_merger(state, unit, near):
            row.suitor = near


@rule
def wants_scale(state: State, unit: int) -> bool:
    """Say whether a proposal is too small for its SHA, or where nobody presses for scale, for its own liking."""
    row, policy, board = state.suppliers[unit], state.policy[state.board[0].month], state.board[0]
    vigour = 1.0 + policy.formation_vigour_spread * (
        2.0 * uniform(draw_key(board.seed, VIGOUR, board.region_key[row.region], 0)) - 1.0
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
    """Say whether joining another would pay and is agreed, or is needed for a place on the framework."""
    row, policy = state.suppliers[unit], state.policy[state.board[0].month]
    smaller = unit if row.served <= state.suppliers[near].served else near
    gain = merger_gain(
        fixed_cost(state, smaller), policy.merging_saved_share, policy.merging_horizon,
        state.suppliers[smaller].receipts * 12.0, policy.merging_disruption,
    )  # fmt: skip
    if lacks_place(state, unit):
        return True
    agreed = uniform(draw_key(state.board[0].seed, AGREED, row.key, row.n_reviews)) < policy.merging_agreed_share
    return gain > 0.0 and agreed


@rule
def fixed_cost(state: State, unit: int) -> float:
    """Return the fixed cost of the lines that a unit delivers (GBP a year)."""
    total = 0.0
    for line in range(N_LINES):
        if state.suppliers[unit].heads[line] > 0.0:
            total += state.lines[line].fixed / state.suppliers[unit].efficiency
    return total


@rule
def partner(state: State, unit: int, with_place: bool) -> int:
    """Return the nearest other unit that sells, preferring its own region, or NOBODY."""
    best, best_distance = NOBODY, np.inf
    for other in range(state.n_suppliers):
        candidate = state.suppliers[other]
        if other == unit or candidate.kind != UNIT or candidate.sector != NHS or not sells(state, other):
            continue
        if with_place and candidate.on_framework == 0:
            continue
        far = distance(state, unit, other) * (1.0 if candidate.region == state.suppliers[unit].region else OTHER_REGION)
        if far < best_distance:
            best, best_distance = other, far
    return best


@rule
def distance(state: State, one: int, other: int) -> float:
    """Return the distance between two suppliers (km)."""
    a, b = state.suppliers[one], state.suppliers[other]
    return np.sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y))


class Css(mesa.Agent):  # type: ignore[misc]
    """An NHS commissioning support service: it owns one row of the market's suppliers.

    Args:
        model: The market.
        row: Its row.
        name: Its id.
    """

    _set_prices = staticmethod(verb(set_prices))
    _deliver = staticmethod(verb(deliver))
    _review_unit = staticmethod(verb(review_unit))

    def __init__(self, model: mesa.Model, row: int, name: str) -> None:
        super().__init__(model)
        self.row, self.name = row, name

    def set_prices(self) -> None:
        """Post prices for the month."""
        self._set_prices(self.model.columns, self.row)

    def deliver(self) -> None:
        """Staff the unit and bear the month's cost."""
        self._deliver(self.model.columns, self.row)

    def review_unit(self) -> None:
        """Look for a unit to join."""
        self._review_unit(self.model.columns, self.row)

    @property
    def status(self) -> str:
        """Where it stands, from proposed to closed."""
        return STATUSES[self.model.columns["suppliers"][0, self.row]["status"]]

    @property
    def customers(self) -> int:
        """CCGs that buy any line from it."""
        return int(self.model.columns["suppliers"][0, self.row]["customers"])
