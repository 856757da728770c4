"""What support costs, by scale."""

from agents.compiled import rule


@rule
def unit_cost(fixed: float, variable: float, heads: float, efficiency: float) -> float:
    """Return what one line costs per head at a scale.

    Args:
        fixed: Fixed cost (GBP a year).
        variable: Variable cost (GBP a head a year).
        heads: People served (above 0).
        efficiency: Ratio to an ordinary NHS unit (above 0).

    Returns:
        The average cost (GBP a head a year).

    Source:
        A fixed and a variable part, from K-41 and K-42: half of the fixed cost per head is saved by twice the heads.
    """
    return (fixed / heads + variable) / efficiency


@rule
def shared_cost(cost: float, partners: int, coordination_charge: float) -> float:
    """Return a team's cost with what working together adds, for each partner beyond the first.

    Source:
        Assumed; A-06.
    """
    return cost * (1.0 + coordination_charge * (partners - 1))
