"""How charges are booked: each pound of redundancy and of stranded cost once, to whoever pays it."""

from agents.columns import FREE_STANDING, NOBODY, PAID_BY_BOARD, PAID_BY_CCG, PAID_BY_PCT, PAID_BY_UNIT, State
from agents.compiled import rule
from agents.dates import APRIL_2013, now


@rule
def pay_redundancy(state: State, unit: int, ccg: int, ccg_share: float, fte: float) -> float:
    """Book the redundancy of staff (FTE) and return what it costs (GBP).

    The CCG pays its share; of the rest the board pays its share where it hosts the unit, and the unit, from its
    reserves, what remains.
    Until the hand-over of April 2013 the trust (PCT) pays all, and it is booked apart.

    Args:
        state: The market.
        unit: Row of the unit that loses the work, or NOBODY when the CCG's own staff go.
        ccg: Row of the CCG, or NOBODY when none has a part in it.
        ccg_share: Its share (0 to 1).
        fte: Staff who are redundant.
    """
    board = state.board[0]
    bill = fte * board.redundancy_payment
    if board.month <= APRIL_2013:
        board.redundancy[PAID_BY_PCT] += bill
        board.fte_redundant_pct += fte
        return bill
    board.fte_redundant += fte
    by_ccg = bill * (ccg_share if ccg != NOBODY else 0.0)
    hosted = unit != NOBODY and state.suppliers[unit].status < FREE_STANDING
    by_board = (bill - by_ccg) * state.policy[now(state)].redundancy_board_share_of_rest if hosted else 0.0
    if ccg != NOBODY:
        state.ccgs[ccg].charges += by_ccg
        board.charges += by_ccg
    if unit != NOBODY:
        state.suppliers[unit].charges -= bill - by_ccg - by_board
    board.redundancy[PAID_BY_CCG] += by_ccg
    board.redundancy[PAID_BY_BOARD] += by_board
    board.redundancy[PAID_BY_UNIT] += bill - by_ccg - by_board
    return bill


@rule
def pay_stranded(state: State, unit: int, ccg: int, amount: float, ccg_share: float) -> None:
    """Book a stranded cost (GBP): the CCG pays its share to the unit, which bears the rest as it runs on."""
    state.ccgs[ccg].charges += amount * ccg_share
    state.suppliers[unit].charges += amount * ccg_share
    state.board[0].charges += amount * ccg_share
    state.board[0].stranded += amount


@rule
def settle_month(state: State, unit: int, hosted: bool) -> None:
    """Close a unit's month: income less cost, the hosting fee and its charges go to reserves.

    While it is hosted the board covers its part of a loss.
    """
    row, policy = state.suppliers[unit], state.policy[now(state)]
    row.fee = 0.0
    if hosted:
        for line in range(row.heads.size):
            row.fee += policy.hosting_charge * state.lines[line].need_share * row.heads[line] / 12.0
    result = row.receipts - row.cost - row.fee + row.charges
    if hosted and result < 0.0:
        covered = -result * policy.hosting_soft_budget
        state.board[0].paid_for_failures += covered
        result += covered
    row.reserves += result
    row.charges = 0.0
