"""The log of what happened and why, so that "why did this unit fail?" has an answer."""

from agents.columns import NOBODY, State
from agents.compiled import rule

(AWARDED, EXTENDED, REFUSED, NOTICE_GIVEN, TRANSFERRED, MADE_REDUNDANT, STRANDED_COST, ENTERED, EXITED,
 JOINED, TAKEN_OVER, STOPPED, CLOSED, GRADED, LEADER_APPOINTED, FORMED, PLACE_AWARDED, PREPARED,
 SHARE_ENDED, LEADER_LEFT) = range(20)  # fmt: skip
EVENTS = (
    "award", "extension", "refusal", "notice", "transfer", "redundancy", "stranded_cost", "entry", "exit",
    "merger", "takeover", "stop", "closure", "grade", "leader", "form", "framework_place", "preparation",
    "share_ended", "leader_left",
)  # fmt: skip

# Amounts: GBP a year for awards and extensions; FTE for transfers; GBP for redundancy, stranded cost, entry, exit
# (reserves) and preparation; people for mergers, takeovers, stops and closures; a score or ability for grades and
# leaders.

(BEST_WORTH, CHEAPEST_THAT_FITS, AT_CAPACITY, NOT_LET_THROUGH, LOST_TRUST, WORK_MOVED, SURPLUS_STAFF, EXPECTED_RETURN,
 CAPITAL_LOST, TOO_SMALL, SAVING, SECOND_FAILURE, BELOW_MARK, CLEAR, CONDITIONS, FIXED_COST, DEBT, HOSTING_ENDED,
 CHECKPOINT_2, RANKED, AUTHORISATION, HOST_LEFT, UNIT_GONE, HANDOVER, NO_PLACE, NO_CUSTOMERS,
 NO_RETURN, NEW_HAND, SHARED, LEFT) = range(30)  # fmt: skip
CAUSES = (
    "best_worth", "cheapest_that_fits", "at_capacity", "not_let_through", "lost_trust", "work_moved", "surplus_staff",
    "expected_return", "capital_lost", "too_small", "saving", "second_failure", "below_mark", "clear", "conditions",
    "fixed_cost", "debt", "hosting_ended", "checkpoint_2", "ranked", "authorisation",
    "host_left", "unit_gone", "handover",
    "no_place", "no_customers", "no_return", "new_hand", "shared", "left",
)  # fmt: skip


@rule
def note(state: State, event: int, reason: int, who: int, whom: int, ccg: int, line: int, amount: float) -> None:
    """Add an event to the log where it is kept; where there is no room it is counted."""
    board = state.board[0]
    if board.keeps_events == 0:
        return
    place = board.n_events
    board.n_events = place + 1
    if place >= state.events.size:
        return
    row = state.events[place]
    row.month = board.month
    row.event = event
    row.reason = reason
    row.who = who
    row.whom = whom
    row.ccg = ccg
    row.line = line
    row.amount = amount


@rule
def note_unit(state: State, event: int, reason: int, who: int, whom: int, amount: float) -> None:
    """Add an event that concerns suppliers alone."""
    note(state, event, reason, who, whom, NOBODY, NOBODY, amount)
