"""Whether a merger pays."""

from agents.compiled import rule


@rule
def merger_gain(fixed: float, saved_share: float, horizon: float, income: float, disruption: float) -> float:
    """Return what two units gain by merging (GBP).

    Args:
        fixed: The smaller partner's fixed cost (GBP a year).
        saved_share: Part of it that one unit does not need (0 to 1).
        horizon: Years of saving that count.
        income: The smaller partner's income (GBP a year).
        disruption: Cost of merging (share of that income).

    Source:
        K-42; A-15.
    """
    return fixed * saved_share * horizon - income * disruption
