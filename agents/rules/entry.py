"""Whether entering a market pays, and what an entrant charges."""

from agents.compiled import rule

YEARS_OF_RETURN = 4.0
"""Years for which an entrant counts on work that it wins; assumed, A-18."""


@rule
def expected_return(work: float, win_chance: float, margin: float, hurdle: float, standing_cost: float) -> float:
    """Return what entering is worth today (GBP).

    Args:
        work: Work that comes up in the region and line (GBP a year).
        win_chance: Share of it that the entrant expects to win (0 to 1).
        margin: Share of income that is profit.
        hurdle: Return wanted (share a year).
        standing_cost: Cost of staying in the market (GBP a year).

    Source:
        Net present value of a level stream, by simple discounting; A-18.
    """
    yearly = work * win_chance * margin - standing_cost
    return yearly * YEARS_OF_RETURN / (1.0 + hurdle * YEARS_OF_RETURN / 2.0)


@rule
def entrant_price(cost: float, margin: float, discount: float, vat_wedge: float) -> float:
    """Return the price that a CCG bears (GBP a head a year): cost, margin, discount, VAT. Source: K-49."""
    return cost * (1.0 + margin) * (1.0 - discount) * (1.0 + vat_wedge)
