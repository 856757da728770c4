"""Managing directors: a pool of able leaders, too few for the posts, who lead one unit or share two."""

import numpy as np

from agents.chance import ACTING_LEADER, LEADER, LEADER_LEAVES, SHARED_POST, draw_key, normal, uniform
from agents.columns import MOST_LEADERS, NOBODY, State
from agents.compiled import rule
from agents.dates import JUNE_2012, MAY_2012, now
from agents.events import CHECKPOINT_2, LEADER_APPOINTED, LEADER_LEFT, LEFT, NEW_HAND, SHARED, note_unit
from agents.rules.experience import clipped
from agents.size import by_size
from agents.supplier import distance, is_unit

LEADER_SPREAD = 0.12
"""Standard deviation of able leaders' ability (leadership, 0 to 1; assumed, A-14)."""
ACTING_SPREAD = 0.15
"""Standard deviation of the ability of those who lead for want of another (assumed, A-14)."""
GONE = -1.0
HALF_YEAR = 6


@rule
def open_pool(state: State) -> None:
    """Draw the ability of the able leaders, who are free until May 2012."""
    board, policy = state.board[0], state.policy[now(state)]
    for leader in range(MOST_LEADERS):
        luck = normal(draw_key(board.seed, LEADER, leader, 0))
        there = leader < policy.leaders_pool
        board.ability[leader] = clipped(policy.leaders_able + LEADER_SPREAD * luck) if there else GONE
        board.posts[leader] = 0


@rule
def acting_ability(state: State, unit: int, n: int) -> float:
    """Return the ability (0 to 1) of whoever leads a unit for want of an able leader, for the ``n``-th time."""
    luck = normal(draw_key(state.board[0].seed, ACTING_LEADER, state.suppliers[unit].key, n))
    return clipped(state.policy[now(state)].leaders_acting + ACTING_SPREAD * luck)


@rule
def led_efficiency(state: State, leadership: float) -> float:
    """Return the efficiency of a unit that is led with an ability; at 0.5 it is 1."""
    return 1.0 + state.policy[now(state)].cost_leadership_gain * (leadership - 0.5)


@rule
def lead(state: State, unit: int, leadership: float) -> None:
    """Put a unit under leadership of an ability (0 to 1); its efficiency follows."""
    row = state.suppliers[unit]
    row.leadership = leadership
    row.efficiency = led_efficiency(state, leadership)


@rule
def place_leaders(state: State) -> None:
    """Let leaders go; in June 2012 and each half-year fill the vacant posts, the largest unit first, then share."""
    month = state.board[0].month
    if month <= MAY_2012:
        return
    let_leaders_leave(state)
    if month % HALF_YEAR != JUNE_2012 % HALF_YEAR:
        return
    order = by_size(state)
    for place in range(order.size):
        if is_unit(state, order[place]) and state.suppliers[order[place]].leader == NOBODY:
            appoint(state, order[place], CHECKPOINT_2 if month == JUNE_2012 else NEW_HAND)
    for place in range(order.size):
        if is_unit(state, order[place]) and state.suppliers[order[place]].leader == NOBODY:
            share_leader(state, order[place])


@rule
def appoint(state: State, unit: int, reason: int) -> None:
    """Give a unit the ablest free leader, where that is better than whoever leads it."""
    board, row = state.board[0], state.suppliers[unit]
    best, most = NOBODY, row.leadership
    for leader in range(MOST_LEADERS):
        if board.posts[leader] == 0 and board.ability[leader] > most:
            best, most = leader, board.ability[leader]
    if best != NOBODY:
        release_leader(state, unit)
        board.posts[best] = 1
        row.leader = best
        lead(state, unit, board.ability[best])
        note_unit(state, LEADER_APPOINTED, reason, unit, NOBODY, row.leadership)


@rule
def share_leader(state: State, unit: int) -> None:
    """Let a unit without an able leader share that of the nearest unit with one, where the two would."""
    board, row, policy = state.board[0], state.suppliers[unit], state.policy[now(state)]
    if uniform(draw_key(board.seed, SHARED_POST, row.key, board.month // HALF_YEAR)) >= policy.leaders_shared_share:
        return
    near, least = NOBODY, np.inf
    for other in range(state.n_units):
        leader = state.suppliers[other].leader
        if other != unit and leader != NOBODY and board.posts[leader] == 1 and is_unit(state, other):
            far = distance(state, unit, other)
            if far < least:
                near, least = other, far
    if near == NOBODY:
        return
    leader = state.suppliers[near].leader
    divided = clipped(board.ability[leader] - policy.leaders_shared_loss)
    if divided > row.leadership:
        board.posts[leader] = 2
        row.leader, row.shares_leader, state.suppliers[near].shares_leader = leader, 1, 1
        lead(state, unit, divided)
        lead(state, near, divided)
        note_unit(state, LEADER_APPOINTED, SHARED, unit, near, divided)


@rule
def release_leader(state: State, unit: int) -> None:
    """Free a unit's leader from its post; a unit that had the other half of one has the whole again."""
    board, row = state.board[0], state.suppliers[unit]
    leader = row.leader
    if leader == NOBODY:
        return
    board.posts[leader] -= 1
    row.leader, row.shares_leader = NOBODY, 0
    for other in range(state.n_units if board.posts[leader] == 1 else 0):
        if state.suppliers[other].leader == leader:
            state.suppliers[other].shares_leader = 0
            lead(state, other, board.ability[leader])


@rule
def let_leaders_leave(state: State) -> None:
    """Let some leaders leave their posts and the pool; whoever is there leads on."""
    board, chance = state.board[0], state.policy[now(state)].leaders_turnover / 12.0
    for unit in range(state.n_units):
        leader = state.suppliers[unit].leader
        if leader != NOBODY and uniform(draw_key(board.seed, LEADER_LEAVES, leader, board.month)) < chance:
            board.ability[leader] = GONE
            board.posts[leader] -= 1
            state.suppliers[unit].leader, state.suppliers[unit].shares_leader = NOBODY, 0
            lead(state, unit, acting_ability(state, unit, board.month))
            note_unit(state, LEADER_LEFT, LEFT, unit, NOBODY, state.suppliers[unit].leadership)
