"""Whether a unit can stand: the checkpoint's score and grade, and the weight of its fixed costs."""

from agents.columns import GRADE_A, GRADE_B, GRADE_C
from agents.compiled import rule
from agents.rules.experience import clipped

SHORTFALL_TOLERATED = 0.3
"""A plan whose income falls this far short of cost (share) scores nothing for it; assumed, A-13."""


@rule
def plan_score(served: float, minimum_population: float, income: float, cost: float) -> float:
    """Return the score (0 to 1) of a business plan: half for size, half for income against cost.

    Args:
        served: People of the CCGs that intend to buy any line.
        minimum_population: People that score full marks.
        income: Projected from stated intentions (GBP a year).
        cost: Of the work that they would bring (GBP a year).

    Source:
        K-07, K-42.
    """
    size = 1.0 if served >= minimum_population else served / minimum_population
    if cost <= 0.0:
        return 0.5 * size
    shortfall = max(0.0, cost - income) / cost
    return 0.5 * size + 0.5 * clipped(1.0 - shortfall / SHORTFALL_TOLERATED)


@rule
def checkpoint_score(leadership: float, plan: float, customers: float, judgement: float) -> float:
    """Return the mean of the three domains (each 0 to 1) and the panel's judgement. Source: K-07."""
    return (leadership + plan + customers) / 3.0 + judgement


@rule
def grade(score: float, pass_mark: float, stop_margin: float) -> int:
    """Return A from the pass mark, C below it by more than the margin, B between. Source: K-07."""
    if score >= pass_mark:
        return GRADE_A
    return GRADE_C if score < pass_mark - stop_margin else GRADE_B


@rule
def fixed_cost_share(fixed: float, income: float) -> float:
    """Return fixed cost over income (both GBP a year); 1 where there is no income."""
    return 1.0 if income <= 0.0 else fixed / income
