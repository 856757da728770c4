"""Quality as delivered, satisfaction with it, and trust."""

from agents.compiled import rule

ABILITY_GAIN = 0.4
SHORTAGE_COST = 0.4
PRICE_WEIGHT = 0.3
"""Units of quality per unit of ability and of shortage, and of satisfaction per unit of price; assumed, A-11."""


@rule
def quality_target(start: float, ability: float, staffing: float) -> float:
    """Return the quality (0 to 1) that a team can come to.

    Args:
        start: What its people bring (0 to 1).
        ability: Ability of those who lead it (0 to 1; 0.5 is ordinary).
        staffing: Staff over need (ratio; more than 1 adds nothing).
    """
    shortage = max(0.0, 1.0 - staffing)
    return clipped(start + ABILITY_GAIN * (ability - 0.5) - SHORTAGE_COST * shortage)


@rule
def satisfaction_target(quality: float, price: float, need: float, relations: float) -> float:
    """Return the satisfaction (0 to 1) that quality and price lead to.

    Args:
        quality: Delivered quality (0 to 1).
        price: Paid (GBP a head a year).
        need: What the same support ordinarily costs (GBP a head a year).
        relations: What past relations add or take.

    Source:
        K-27 for the part of relations; the rest assumed, A-11.
    """
    return clipped(quality + PRICE_WEIGHT * (need - price) / need + relations)


@rule
def moved(value: float, target: float, speed: float) -> float:
    """Return a value moved towards a target by a share of the way: exponential smoothing."""
    return value + speed * (target - value)


@rule
def clipped(value: float) -> float:
    """Return a value brought into 0 to 1."""
    return min(1.0, max(0.0, value))
