"""The NHS Commissioning Board: checkpoints, leaders, hosting and its end, mergers agreed, failures, the framework."""

import mesa
import numpy as np

from agents.chance import FORM, JUDGEMENT, LEADER, draw_key, normal, uniform
from agents.columns import (
    AUTHORISED,
    BUY,
    CLOSED,
    CUSTOMER_OWNED,
    EXITED,
    FREE_STANDING,
    GRADE_A,
    GRADE_B,
    HOSTED,
    MERGED,
    N_LINES,
    NHS,
    NHS_BODY,
    NOBODY,
    PRIVATE,
    RAPID_MANAGEMENT,
    SALE,
    SOCIAL_ENTERPRISE,
    STOPPED,
    TAKEN_OVER,
    UNIT,
    Array,
    State,
)
from agents.compiled import rule, together
from agents.css import fixed_cost, led_efficiency, partner
from agents.dates import APRIL_2013, JUNE_2012, MARCH_2013, MAY_2012, OCTOBER_2012
from agents.elementary import sum_in_order
from agents.events import (
    BELOW_MARK,
    CAPITAL_LOST,
    CHECKPOINT_2,
    CLEAR,
    CONDITIONS,
    DEBT,
    FIXED_COST,
    FORMED,
    GRADED,
    HOSTING_ENDED,
    JOINED,
    LEADER_APPOINTED,
    NO_CUSTOMERS,
    NO_PLACE,
    PLACE_AWARDED,
    RANKED,
    SAVING,
    SECOND_FAILURE,
    TOO_SMALL,
    note_unit,
)
from agents.events import CLOSED as CLOSURE
from agents.events import EXITED as EXIT
from agents.events import STOPPED as STOP
from agents.events import TAKEN_OVER as TAKEOVER
from agents.lineage import absorb, wind_up
from agents.rules.experience import clipped
from agents.rules.viability import checkpoint_score, fixed_cost_share, grade, plan_score
from agents.supplier import lacks_place, sells

LEADER_SPREAD = 0.12
"""Standard deviation of leaders' ability (leadership, 0 to 1; assumed, A-14)."""
MONTHS_TO_CLOSURE = 6
END_TO_END_LINES = 6
"""Fewest lines of a supplier of end-to-end support."""
FORM_SHARES = (0.4, 0.65, 0.85)
"""Cumulative shares of units that choose to be an NHS body, a social enterprise, customer-owned; the rest are sold
(assumed: no form was decided, K-11; A-16)."""


@rule
def is_unit(state: State, supplier: int) -> bool:
    """Say whether a supplier is an NHS unit in the market."""
    row = state.suppliers[supplier]
    return row.kind == UNIT and row.sector == NHS and sells(state, supplier)


@rule
def oversee(state: State) -> None:
    """Do the board's work at the end of a month, in this order."""
    agree_mergers(state)
    hold_checkpoint(state)
    appoint_leaders(state)
    close_the_unviable(state)
    let_providers_leave(state)


@rule
def set_standing(state: State) -> None:
    """Do what is due at the start of a month: take units under hosting, end it, and award places on the framework."""
    take_hosts(state)
    end_hosting(state)
    award_places(state)


@rule
def agree_mergers(state: State) -> None:
    """Join the units that want a partner, the smallest first; the larger of a pair goes on and keeps its id."""
    wanted = 0
    for unit in range(state.n_suppliers):
        wanted += state.suppliers[unit].suitor != NOBODY
    if wanted == 0:
        return
    order = by_size(state)
    for place in range(order.size - 1, -1, -1):
        unit = order[place]
        suitor = state.suppliers[unit].suitor
        if suitor == NOBODY or not is_unit(state, unit) or not is_unit(state, suitor):
            continue
        heir, gone = (suitor, unit) if size_of(state, suitor) >= size_of(state, unit) else (unit, suitor)
        reason = NO_PLACE if lacks_place(state, unit) else SAVING
        reason = TOO_SMALL if state.board[0].month < APRIL_2013 else reason
        note_unit(state, JOINED, reason, gone, heir, size_of(state, gone))
        absorb(state, heir, gone, MERGED)
        state.suppliers[heir].suitor = NOBODY


@rule
def by_size(state: State) -> Array:
    """Return the suppliers' rows by the people of their home CCGs, the most first."""
    people = np.empty(state.n_suppliers)
    for supplier in range(state.n_suppliers):
        people[supplier] = -state.suppliers[supplier].home_population
    return np.argsort(people, kind="mergesort")


@rule
def size_of(state: State, unit: int) -> float:
    """Return the people by whom a unit's size is judged: those at home at first, then those whom it serves."""
    row = state.suppliers[unit]
    return row.home_population if state.board[0].month < APRIL_2013 else row.served


@rule
def hold_checkpoint(state: State) -> None:
    """Grade every unit in May and October 2012 and March 2013, and act on the grades."""
    month = state.board[0].month
    if state.policy[state.board[0].month].checkpoint_in_force == 0.0 or not (
        month == MAY_2012 or month == OCTOBER_2012 or month == MARCH_2013
    ):
        return
    before = np.zeros(state.n_suppliers, np.int8)
    for unit in range(state.n_suppliers):
        if is_unit(state, unit):
            before[unit] = state.suppliers[unit].grade
            score = score_of(state, unit)
            given = grade(
                score,
                state.policy[state.board[0].month].checkpoint_pass_mark,
                state.policy[state.board[0].month].checkpoint_stop_margin,
            )
            state.suppliers[unit].grade = given
            reason = CLEAR if given == GRADE_A else (CONDITIONS if given == GRADE_B else BELOW_MARK)
            note_unit(state, GRADED, reason, unit, NOBODY, score)
    order = by_size(state)
    for place in range(order.size - 1, -1, -1):
        if is_unit(state, order[place]):
            act_on_grade(state, order[place], before[order[place]])


@rule
def score_of(state: State, unit: int) -> float:
    """Return a unit's score: leadership, plan, what its home CCGs intend and think, the panel's judgement."""
    row, policy, board = state.suppliers[unit], state.policy[state.board[0].month], state.board[0]
    need = 0.0
    for line in range(N_LINES):
        need += state.lines[line].need
    plan = plan_score(row.intended_served, policy.checkpoint_minimum_population, row.bundle_price, need)
    luck = normal(draw_key(board.seed, JUDGEMENT, row.key, board.month))
    return checkpoint_score(
        row.leadership, plan, customer_score(state, unit), policy.checkpoint_judgement_spread * luck
    )


@rule
def customer_score(state: State, unit: int) -> float:
    """Return the mean over home CCGs, by people, of what they intend to buy from the unit and of their satisfaction."""
    total, people = 0.0, 0.0
    for ccg in range(state.n_ccgs):
        row = state.ccgs[ccg]
        if row.home == unit:
            intended = 0.0
            for line in range(N_LINES):
                agreement = state.agreements[ccg, line]
                if agreement.next_kind == BUY and agreement.next_supplier == unit:
                    intended += state.lines[line].need_share
            total += row.population * 0.5 * (intended + row.satisfaction)
            people += row.population
    return 0.0 if people <= 0.0 else total / people


@rule
def act_on_grade(state: State, unit: int, before: int) -> None:
    """Authorise on an A, put under rapid management with a stronger hand on a B, stop or have taken over on a C."""
    row = state.suppliers[unit]
    if row.grade == GRADE_A:
        row.status = AUTHORISED
    elif row.grade == GRADE_B:
        row.status = RAPID_MANAGEMENT
        row.leadership = max(row.leadership, state.policy[state.board[0].month].leaders_able - LEADER_SPREAD)
        row.efficiency = led_efficiency(state, row.leadership)
    else:
        near = partner(state, unit, False)
        if before == GRADE_B and near != NOBODY and state.suppliers[near].grade == GRADE_A:
            note_unit(state, TAKEOVER, SECOND_FAILURE, unit, near, row.intended_served)
            absorb(state, near, unit, TAKEN_OVER)
        else:
            note_unit(state, STOP, BELOW_MARK, unit, near, row.intended_served)
            wind_up(state, unit, STOPPED, near)


@rule
def appoint_leaders(state: State) -> None:
    """In June 2012 give the units able leaders, the largest first, until the pool is empty; others keep theirs."""
    board, policy = state.board[0], state.policy[state.board[0].month]
    if board.month != JUNE_2012:
        return
    order = by_size(state)
    left = int(policy.leaders_pool)
    for place in range(order.size):
        unit = order[place]
        if left > 0 and is_unit(state, unit):
            row = state.suppliers[unit]
            luck = normal(draw_key(board.seed, LEADER, row.key, 0))
            row.leadership = max(row.leadership, clipped(policy.leaders_able + LEADER_SPREAD * luck))
            row.efficiency = led_efficiency(state, row.leadership)
            note_unit(state, LEADER_APPOINTED, CHECKPOINT_2, unit, NOBODY, row.leadership)
            left -= 1


@rule
def take_hosts(state: State) -> None:
    """In April 2013 take every unit that is left under the board's hosting."""
    if state.board[0].month == APRIL_2013:
        for unit in range(state.n_suppliers):
            if is_unit(state, unit):
                state.suppliers[unit].status = HOSTED


@rule
def end_hosting(state: State) -> None:
    """Let units stand alone, each in its form, from the month in which hosting ends."""
    board, ends = state.board[0], int(state.policy[state.board[0].month].hosting_ends)
    if board.hosting_over or ends == 0 or board.month < max(APRIL_2013, ends - 1):
        return
    board.hosting_over = 1
    for unit in range(state.n_suppliers):
        if is_unit(state, unit):
            take_form(state, unit)


@rule
def take_form(state: State, unit: int) -> None:
    """Give a unit the form that policy has, or else the one that it chooses; one that is sold leaves the NHS."""
    row = state.suppliers[unit]
    row.form = int(state.policy[state.board[0].month].hosting_form)
    if row.form == 0:
        row.form = chosen_form(uniform(draw_key(state.board[0].seed, FORM, row.key, 0)))
    row.status = FREE_STANDING
    if row.form == SALE:
        row.sector = PRIVATE
    note_unit(state, FORMED, HOSTING_ENDED, unit, NOBODY, row.reserves)


@rule
def chosen_form(luck: float) -> int:
    """Return the form that a unit chooses, by luck from 0 to 1."""
    if luck < FORM_SHARES[0]:
        return NHS_BODY
    if luck < FORM_SHARES[1]:
        return SOCIAL_ENTERPRISE
    return CUSTOMER_OWNED if luck < FORM_SHARES[2] else SALE


@rule
def close_the_unviable(state: State) -> None:
    """Wind up units that their customers cannot carry, and those that stand alone and cannot pay their debts."""
    if state.board[0].month < APRIL_2013:
        return
    order = by_size(state)
    for place in range(order.size - 1, -1, -1):
        unit = order[place]
        if state.suppliers[unit].kind != UNIT or not sells(state, unit):
            continue
        row, policy = state.suppliers[unit], state.policy[state.board[0].month]
        share = fixed_cost_share(fixed_cost(state, unit), row.receipts * 12.0)
        row.months_unviable = row.months_unviable + 1 if share > policy.merging_closure_fixed_share else 0
        indebted = row.status == FREE_STANDING and -row.reserves > policy.merging_failure_share * row.receipts * 12.0
        if row.months_unviable >= MONTHS_TO_CLOSURE or row.customers == 0 or indebted:
            caretaker = partner(state, unit, False)
            reason = DEBT if indebted else (NO_CUSTOMERS if row.customers == 0 else FIXED_COST)
            note_unit(state, CLOSURE, reason, unit, caretaker, row.served)
            wind_up(state, unit, CLOSED, caretaker)


@rule
def let_providers_leave(state: State) -> None:
    """Let providers that have lost their capital give notice, and leave the market once nobody is served by them."""
    for provider in range(state.n_suppliers):
        row = state.suppliers[provider]
        if row.kind == UNIT or not sells(state, provider):
            continue
        if not row.leaving and row.reserves < -state.policy[state.board[0].month].entry_capital:
            row.leaving = 1
            row.offered[:, :] = 0
            give_notice(state, provider)
        if row.leaving and row.customers == 0:
            note_unit(state, EXIT, CAPITAL_LOST, provider, NOBODY, row.reserves)
            row.status = EXITED
            state.board[0].exits += 1


@rule
def give_notice(state: State, provider: int) -> None:
    """End a provider's agreements at its notice, and call off those that it has signed but not begun."""
    last = state.board[0].month + int(state.policy[state.board[0].month].agreement_notice)
    for ccg in range(state.n_ccgs):
        for line in range(N_LINES):
            agreement = state.agreements[ccg, line]
            if agreement.kind == BUY and agreement.supplier == provider:
                agreement.end = min(agreement.end, last)
            signed = agreement.next_start != NOBODY and agreement.next_kind == BUY
            if signed and agreement.next_supplier == provider:
                agreement.next_start = NOBODY
                state.ccgs[ccg].signed -= 1


@rule
def award_places(state: State) -> None:
    """While a framework is in force give its places, when it starts and each April, to the best of a size."""
    board, policy = state.board[0], state.policy[state.board[0].month]
    if policy.framework_in_force == 0.0 or board.month < APRIL_2013:
        board.framework_open = 0
        return
    if board.framework_open and board.month % 12 != 3:
        return
    board.framework_open = 1
    merit = np.full(state.n_suppliers, -1.0)
    for supplier in range(state.n_suppliers):
        state.suppliers[supplier].on_framework = 0
        if may_hold_place(state, supplier):
            merit[supplier] = sum_in_order(state.suppliers[supplier].quality) / N_LINES
    order = np.argsort(-merit, kind="mergesort")
    for place in range(min(order.size, int(policy.framework_places))):
        supplier = order[place]
        if merit[supplier] >= 0.0:
            state.suppliers[supplier].on_framework = 1
            note_unit(state, PLACE_AWARDED, RANKED, supplier, NOBODY, merit[supplier])


@rule
def may_hold_place(state: State, supplier: int) -> bool:
    """Say whether a supplier sells end-to-end support and serves enough people for a place."""
    row = state.suppliers[supplier]
    if not sells(state, supplier):
        return False
    size = row.served if row.kind == UNIT else state.policy[state.board[0].month].entry_other_business + row.served
    end_to_end = row.can.sum() >= END_TO_END_LINES
    return end_to_end and size >= state.policy[state.board[0].month].framework_minimum_population


class Board(mesa.Agent):  # type: ignore[misc]
    """The NHS Commissioning Board, which oversees the units.

    Args:
        model: The market.
    """

    _oversee = staticmethod(together(oversee))

    def __init__(self, model: mesa.Model) -> None:
        super().__init__(model)

    def oversee(self) -> None:
        """Agree mergers, hold checkpoints, place leaders, end hosting, close the unviable and award places."""
        self._oversee(self.model.columns)
