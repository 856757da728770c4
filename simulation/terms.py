"""The terms of trade in force: what lines cost, and each CCG's allowance, in GBP of 2012/13."""

from agents.columns import N_LINES, State
from agents.compiled import rule
from agents.dates import APRIL_2012, now
from agents.rules.cost import unit_cost
from agents.rules.redundancy import mean_payment, share_left

REFERENCE_HEADS = 3_000_000.0
"""People at whom what a line ordinarily costs is measured."""


@rule
def set_terms(state: State) -> None:
    """Bring lines and allowances to the policy in force; cash after 2012/13 is brought to its prices."""
    policy, deflator, bundle, local = state.policy[now(state)], 1.0, 0.0, 0.0
    for _ in range(max(0, (state.board[0].month - APRIL_2012) // 12)):
        deflator *= 1.0 + policy.economy_inflation
    state.board[0].deflator = deflator
    state.board[0].redundancy_payment = mean_payment(
        policy.redundancy_salary, policy.redundancy_cap_months, policy.redundancy_salary_cap / deflator
    )
    state.board[0].left_in_notice = share_left(policy.staffing_turnover / 12.0, policy.agreement_notice)
    for line in range(N_LINES):
        row = state.lines[line]
        row.fixed = row.base_fixed * policy.cost_fixed_scale
        row.variable = row.base_variable * policy.cost_variable_scale
        row.need = unit_cost(row.fixed, row.variable, REFERENCE_HEADS, 1.0)
        bundle += row.need
    state.board[0].need = bundle
    for line in range(N_LINES):
        state.lines[line].need_share = state.lines[line].need / bundle
        local += state.lines[line].need_share * state.lines[line].local_weight
    for line in range(N_LINES):
        row = state.lines[line]
        row.hands_share = row.need_share * row.local_weight / local if local > 0.0 else row.need_share
    people, allowance = 0.0, 0.0
    for ccg_row in range(state.n_ccgs):
        row = state.ccgs[ccg_row]
        row.core_cost = policy.allowance_core_cost
        row.allowance = row.published_allowance * policy.allowance_per_head / 25.0 / deflator
        people += row.population
        allowance += row.allowance
    state.board[0].people, state.board[0].allowance = people, allowance
