"""The one clock: months from January 2012, counted from 0 in the code and from 1 for users."""

from datetime import date

N_MONTHS = 60
FIRST_YEAR = 2012
SNAPSHOTS = (0, 3, 15, 27, 39, 51, 59)
"""January 2012, each April, and December 2016."""

MILESTONES = (
    (date(2012, 1, 31), "Checkpoint 1"),
    (date(2012, 5, 14), "Checkpoint 2"),
    (date(2012, 10, 1), "Checkpoint 3"),
    (date(2013, 3, 1), "Checkpoint 4"),
    (date(2013, 4, 1), "CCGs live, trusts abolished"),
)
"""The fixed dates of the policy path; checkpoints count only where they are in force."""


def first_day(month: int) -> date:
    """Return the first day of a month (0 is January 2012)."""
    return date(FIRST_YEAR + month // 12, month % 12 + 1, 1)


def month_of(day: date) -> int:
    """Return the month (0 is January 2012) that holds a day; outside 0 to 59 it is beyond the run."""
    return (day.year - FIRST_YEAR) * 12 + day.month - 1
