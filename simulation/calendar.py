"""The one clock: months from January 2012, counted from 0 in the code and from 1 for users."""

from datetime import date

N_MONTHS = 60
FIRST_YEAR = 2012
APRIL_2012, JANUARY_2013, MARCH_2013, APRIL_2013 = 3, 12, 14, 15
SNAPSHOTS = (0, 3, 15, 27, 39, 51, 59)
"""January 2012, each April, and December 2016."""

CHECKPOINTS = (0, 4, 9, 14)
"""Months of the four checkpoints: 31 January, 14 May and 1 October 2012, 1 March 2013 (policy path)."""

LEADERS_APPOINTED = 5
"""June 2012 (K-09)."""

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


def years_after_2012_13(month: int) -> int:
    """Return the whole financial years by which a month follows 2012/13 (0 until March 2013)."""
    return max(0, (month - APRIL_2012) // 12)
