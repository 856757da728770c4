"""Clinical commissioning groups: when each looks at its agreements, and what it comes to think of its support."""

import numpy as np

from agents.choice import review, review_all
from agents.columns import BUY, N_LINES, NO_SELLER, NOBODY, State
from agents.compiled import rule
from agents.dates import APRIL_2012, APRIL_2013, JANUARY_2013, now
from agents.reflection import answer_survey
from agents.rules.experience import clipped, moved, quality_target, satisfaction_target
from agents.rules.staffing import hires, monthly_turnover, staff_needed

WINTER, HALF_YEAR = 3, 6


@rule
def state_intention(state: State, ccg: int) -> None:
    """Say which source is intended for each line: in January 2012, then once in its turn from April to September."""
    month = state.board[0].month
    if month == 0 or month == APRIL_2012 + state.ccgs[ccg].turn:
        review_all(state, ccg)
    if month == APRIL_2012:
        answer_survey(state, ccg)


@rule
def choose_sources(state: State, ccg: int) -> None:
    """Choose for April 2013 in the winter before; afterwards look again at what ends, or has lost its trust."""
    month, row = state.board[0].month, state.ccgs[ccg]
    if JANUARY_2013 <= month < APRIL_2013:
        if month - JANUARY_2013 == row.turn % WINTER:
            review_all(state, ccg)
    elif month >= APRIL_2013 and looks_up(state, ccg) and mark_due(state, ccg):
        review(state, ccg)


@rule
def looks_up(state: State, ccg: int) -> bool:
    """Say whether this month could hold anything to review: an end within notice, or the CCG's turn."""
    month, row = state.board[0].month, state.ccgs[ccg]
    notice = state.policy[now(state)].agreement_notice
    return row.first_end <= month + notice or month % HALF_YEAR == row.turn


@rule
def mark_due(state: State, ccg: int) -> bool:
    """Mark the lines that are looked at now, and say whether there are any."""
    mark_ending(state, ccg)
    if state.board[0].month % HALF_YEAR == state.ccgs[ccg].turn:
        mark_distrusted(state, ccg)
    due, found = state.options[0].due, 0
    for line in range(N_LINES):
        found |= due[line]
    return found == 1


@rule
def mark_ending(state: State, ccg: int) -> None:
    """Mark as due the lines whose agreement ends within notice with nothing signed to follow."""
    agreements, due = state.agreements[ccg], state.options[0].due
    last = state.board[0].month + int(state.policy[now(state)].agreement_notice)
    for line in range(N_LINES):
        due[line] = (agreements.next_start[line] == NOBODY) & (agreements.end[line] <= last)


@rule
def mark_distrusted(state: State, ccg: int) -> None:
    """Mark as due the lines whose supplier, once it has had time to settle, has lost the CCG's trust."""
    agreements, month, due = state.agreements[ccg], state.board[0].month, state.options[0].due
    least = state.policy[now(state)].agreement_walk_trust
    for line in range(N_LINES):
        settled = agreements.kind[line] == BUY and month - agreements.start[line] >= HALF_YEAR
        if settled and agreements.next_start[line] == NOBODY:
            due[line] |= state.trust[agreements.supplier[line], ccg] < least


@rule
def has_team(state: State, ccg: int) -> bool:
    """Say whether a CCG has staff of its own, or work for them."""
    if state.book[0].customers[state.n_suppliers + ccg] > 0:
        return True
    most = 0.0
    for line in range(N_LINES):
        most = max(most, state.ccgs[ccg].fte[line])
    return most > 0.0


@rule
def staff_team(state: State, ccg: int) -> None:
    """Let staff of the CCG's own team come and go, and its quality follow their number."""
    if not has_team(state, ccg):
        return
    row, policy, board = state.ccgs[ccg], state.policy[now(state)], state.board[0]
    early = board.month < APRIL_2013
    rate = monthly_turnover(policy.staffing_turnover, early, policy.staffing_uncertainty_factor)
    hiring = 0.0 if early else policy.staffing_hiring_rate
    needed_in_all, staff_in_all, left_in_all, hired_in_all = 0.0, 0.0, 0.0, 0.0
    for line in range(N_LINES):
        heads = row.heads[line]
        needed = staff_needed(state.lines[line].fte_per_gbp, state.book[0].team_cost[ccg, line] * heads)
        left = row.fte[line] * (rate if heads > 0.0 else 1.0)
        hired = hires(needed, row.fte[line] - left, hiring)
        row.fte[line] += hired - left
        left_in_all += left
        hired_in_all += hired
        needed_in_all += needed
        staff_in_all += min(needed, row.fte[line])
    board.fte_left += left_in_all
    board.fte_hired += hired_in_all
    if needed_in_all > 0.0:
        target = quality_target(0.5, row.capability, staff_in_all / needed_in_all)
        row.quality = moved(row.quality, target, policy.experience_quality_learning)


@rule
def judge_support(state: State, ccg: int) -> None:
    """Let satisfaction, and trust in each supplier, follow quality and price."""
    row, policy, book = state.ccgs[ccg], state.policy[now(state)], state.book[0]
    price, delivered, agreements = 0.0, 0.0, state.agreements[ccg]
    for line in range(N_LINES):
        price += agreements.price[line]
        delivered += state.lines[line].need_share * book.quality[book.seller[ccg, line], line]
    row.delivered = delivered
    target = satisfaction_target(delivered * row.service_level, price, state.board[0].need, row.relations)
    row.satisfaction = moved(row.satisfaction, target, policy.experience_learning)
    speed, usual, suppliers = policy.experience_learning * N_LINES, row.satisfaction - delivered, state.n_suppliers
    last, trust = NO_SELLER, np.float32(0.0)
    for line in range(N_LINES):
        who = book.seller[ccg, line]
        if who < suppliers:
            seen = clipped(usual + book.quality[who, line])
            if who != last:
                last, trust = who, state.trust[who, ccg]
            trust = np.float32(moved(float(trust), seen, speed * state.lines[line].need_share))
            state.trust[who, ccg] = trust
