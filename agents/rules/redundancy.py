"""What becomes of staff whose work moves, what their redundancy costs and who pays."""

import numpy as np

from agents.compiled import rule

SERVICE_YEARS = np.array([1.0, 3.5, 7.5, 12.5, 17.5, 25.0])
SERVICE_SHARES = np.array([0.12, 0.20, 0.24, 0.20, 0.12, 0.12])
"""Length of service of support staff (years, and shares that sum to 1); assumed after NHS workforce shapes, A-09."""


@rule
def redundancy_payment(service_years: float, salary: float, cap_months: float, salary_cap: float) -> float:
    """Return what one redundant member of staff is paid.

    One month's pay for each complete year of service, none under two years, at most ``cap_months``. Pay above
    ``salary_cap`` does not count.

    Args:
        service_years: Continuous NHS service (years, 0 or more).
        salary: Pay (GBP a year).
        cap_months: Most months that count (months).
        salary_cap: Most pay that counts (GBP a year).

    Returns:
        The payment (GBP).

    Source:
        K-47; Agenda for Change handbook, section 16.
    """
    if service_years < 2.0:
        return 0.0
    months = min(np.floor(service_years), cap_months)
    return months * min(salary, salary_cap) / 12.0


@rule
def mean_payment(salary: float, cap_months: float, salary_cap: float) -> float:
    """Return the mean payment (GBP) over the lengths of service of support staff.

    Source:
        K-47: GBP 24,000 to 40,000 is what the terms give.
    """
    total = 0.0
    for band in range(SERVICE_YEARS.size):
        total += SERVICE_SHARES[band] * redundancy_payment(SERVICE_YEARS[band], salary, cap_months, salary_cap)
    return total


@rule
def left_behind_share(transferred: float, redeployed_share: float, left_share: float) -> float:
    """Return the share of attached staff who are redundant.

    Of those who do not transfer, a part finds another post and a part has left by the time that the work moves.

    Args:
        transferred: Share who transfer under TUPE (0 to 1).
        redeployed_share: Share of the rest who are redeployed (0 to 1).
        left_share: Share of those then left who go of their own accord over the notice (0 to 1).

    Source:
        K-08, K-46.
    """
    return (1.0 - transferred) * (1.0 - redeployed_share) * (1.0 - left_share)


@rule
def share_left(monthly_turnover: float, months: float) -> float:
    """Return the share of staff who leave of their own accord over a number of whole months."""
    staying = 1.0
    for _ in range(int(months)):
        staying *= 1.0 - monthly_turnover
    return 1.0 - staying
