"""People who come and go."""

from agents.compiled import rule
from agents.rules.experience import clipped


@rule
def staff_needed(fte_per_gbp: float, cost: float) -> float:
    """Return the staff (FTE) that work of a cost (GBP a year) needs. Source: K-45."""
    return fte_per_gbp * cost


@rule
def monthly_turnover(yearly: float, uncertain: bool, factor: float) -> float:
    """Return the share of staff who leave in a month, more of them under uncertainty. Source: K-54."""
    return yearly / 12.0 * (factor if uncertain else 1.0)


@rule
def vacancies_share(needed: float, staff: float, left_share: float) -> float:
    """Return how far (0 to 1) a unit has posts for staff whose work moves.

    All of them where it is not overstaffed, none where its surplus is all that will leave over the notice.

    Args:
        needed: Staff whom its work needs (FTE).
        staff: Staff whom it has (FTE).
        left_share: Share of staff who leave over the notice.

    Source:
        K-08.
    """
    room = needed * left_share
    if room <= 0.0:
        return 0.0
    return clipped((needed - staff * (1.0 - left_share)) / room)


@rule
def hires(needed: float, staff: float, rate: float) -> float:
    """Return the posts (FTE) filled in a month: a share of the vacancies, none when there are none."""
    return max(0.0, needed - staff) * rate


@rule
def shed(needed: float, staff: float, rate: float) -> float:
    """Return the staff (FTE) made redundant in a month: a share of those beyond need, none when there are none."""
    return max(0.0, staff - needed) * rate
