"""People who come and go."""

from agents.compiled import rule


@rule
def staff_needed(fte_per_gbp: float, cost: float) -> float:
    """Return the staff (FTE) that work of a cost (GBP a year) needs. Source: K-45."""
    return fte_per_gbp * cost


@rule
def monthly_turnover(yearly: float, uncertain: bool, factor: float) -> float:
    """Return the share of staff who leave in a month, more of them under uncertainty. Source: K-54."""
    return yearly / 12.0 * (factor if uncertain else 1.0)


@rule
def hires(needed: float, staff: float, rate: float) -> float:
    """Return the posts (FTE) filled in a month: a share of the vacancies, none when there are none."""
    return max(0.0, needed - staff) * rate


@rule
def shed(needed: float, staff: float, rate: float) -> float:
    """Return the staff (FTE) made redundant in a month: a share of those beyond need, none when there are none."""
    return max(0.0, staff - needed) * rate
