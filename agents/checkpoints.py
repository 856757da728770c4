"""The board's checkpoints: leadership, business plan and customer focus are graded, and the grades acted on."""

import numpy as np

from agents.chance import JUDGEMENT, draw_key, normal
from agents.columns import (
    AUTHORISED,
    BUY,
    GRADE_A,
    GRADE_B,
    N_LINES,
    NOBODY,
    RAPID_MANAGEMENT,
    STOPPED,
    TAKEN_OVER,
    Array,
    State,
)
from agents.compiled import rule
from agents.css import partner
from agents.dates import MARCH_2013, MAY_2012, OCTOBER_2012, now
from agents.events import BELOW_MARK, CLEAR, CONDITIONS, GRADED, SECOND_FAILURE, note_unit
from agents.events import STOPPED as STOP
from agents.events import TAKEN_OVER as TAKEOVER
from agents.leaders import appoint
from agents.lineage import absorb, follow_heirs, wind_up
from agents.rules.viability import checkpoint_score, grade, plan_score
from agents.size import by_size
from agents.supplier import is_unit, line_cost


@rule
def hold_checkpoint(state: State) -> None:
    """Grade every unit in May and October 2012 and March 2013, and act on the grades, the smallest unit first."""
    month, policy = state.board[0].month, state.policy[now(state)]
    due = month == MAY_2012 or month == OCTOBER_2012 or month == MARCH_2013
    if policy.checkpoint_in_force == 0.0 or not due:
        return
    before, customers = np.zeros(state.n_suppliers, np.int8), customer_scores(state)
    for unit in range(state.n_units):
        if is_unit(state, unit):
            before[unit] = state.suppliers[unit].grade
            score = score_of(state, unit, customers[unit])
            given = grade(score, policy.checkpoint_pass_mark, policy.checkpoint_stop_margin)
            state.suppliers[unit].grade = given
            reason = CLEAR if given == GRADE_A else (CONDITIONS if given == GRADE_B else BELOW_MARK)
            note_unit(state, GRADED, reason, unit, NOBODY, score)
    order = by_size(state)
    for place in range(order.size - 1, -1, -1):
        if is_unit(state, order[place]):
            act_on_grade(state, order[place], before[order[place]])


@rule
def score_of(state: State, unit: int, customers: float) -> float:
    """Return a unit's score: leadership, plan, what its home CCGs intend and think, the panel's judgement."""
    row, policy, board = state.suppliers[unit], state.policy[now(state)], state.board[0]
    income, cost = projection(state, unit)
    plan = plan_score(row.intended_served, policy.checkpoint_minimum_population, income, cost)
    luck = normal(draw_key(board.seed, JUDGEMENT, row.key, board.month))
    return checkpoint_score(row.leadership, plan, customers, policy.checkpoint_judgement_spread * luck)


@rule
def projection(state: State, unit: int) -> tuple[float, float]:
    """Return the income at posted prices, and the cost, of the work that CCGs intend to give a unit (GBP a year)."""
    row, income, cost = state.suppliers[unit], 0.0, 0.0
    for line in range(N_LINES):
        income += row.price[line] * row.intended_heads[line]
        cost += line_cost(state, unit, line, row.intended_heads[line])
    return income, cost


@rule
def customer_scores(state: State) -> Array:
    """Return of each unit the mean over home CCGs, by people, of what they intend to buy there and of satisfaction."""
    total, people = np.zeros(state.n_suppliers), np.zeros(state.n_suppliers)
    for ccg in range(state.n_ccgs):
        row, agreements, intended = state.ccgs[ccg], state.agreements[ccg], 0.0
        if row.home == NOBODY:
            continue
        for line in range(N_LINES):
            if agreements.next_kind[line] == BUY and agreements.next_supplier[line] == row.home:
                intended += state.lines[line].need_share
        total[row.home] += row.population * 0.5 * (intended + row.satisfaction)
        people[row.home] += row.population
    return total / np.maximum(people, 1.0)


@rule
def act_on_grade(state: State, unit: int, before: int) -> None:
    """Authorise on an A; on a B put under rapid management, with a new leader if there is one; stop on a C.

    A unit that gets a C after a B is taken over by the nearest unit where that has an A.
    """
    row = state.suppliers[unit]
    if row.grade == GRADE_A:
        row.status = AUTHORISED
    elif row.grade == GRADE_B:
        row.status = RAPID_MANAGEMENT
        appoint(state, unit, CONDITIONS)
    else:
        near = partner(state, unit)
        if before == GRADE_B and near != NOBODY and state.suppliers[near].grade == GRADE_A:
            note_unit(state, TAKEOVER, SECOND_FAILURE, unit, near, row.intended_served)
            absorb(state, near, unit, TAKEN_OVER)
            follow_heirs(state)
        else:
            note_unit(state, STOP, BELOW_MARK, unit, near, row.intended_served)
            wind_up(state, unit, STOPPED)
