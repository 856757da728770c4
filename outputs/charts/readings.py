"""How outcomes read in words, and which of them are weighed."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from outputs.charts.words import index, millions, number, percent, pounds, signed


@dataclass(frozen=True)
class Reading:
    """How an outcome reads in a headline.

    Args:
        words: What it is.
        show: How a value reads.
        show_change: How a difference without its sign reads.
    """

    words: str
    show: Callable[[float], str]
    show_change: Callable[[float], str]

    def show_mean(self, value: float) -> str:
        """Return how a mean reads: that of a count keeps a decimal."""
        return number(round(value, 1)) if self.show is number else self.show(value)


def _points(share: float) -> str:
    return f"{100 * share:z.1f} points"


READINGS = {
    "css_operating": Reading("NHS units operating", number, number),
    "home_css_share": Reading("home units' share of spend", percent, _points),
    "private_share": Reading("private suppliers' share of spend", percent, _points),
    "in_house_share": Reading("share of spend in house", percent, _points),
    "spend_per_head": Reading("spend per head", pounds, pounds),
    "hhi_local": Reading("local concentration", index, index),
    "hhi_national": Reading("national concentration", index, index),
    "redundancy_cost_to_date": Reading("redundancy cost", millions, millions),
    "not_satisfied_share": Reading("share of CCGs not satisfied", percent, _points),
    "unmet_need_share": Reading("unmet need", percent, _points),
    "switches_to_date": Reading("switches of supplier", number, number),
    "ccgs_with_three_offers": Reading("CCGs with three offers", number, number),
    "providers_active": Reading("suppliers outside the NHS", number, number),
}
"""The outcomes whose names are not words enough."""
MAIN_OUTCOMES = (
    "css_operating",
    "home_css_share",
    "private_share",
    "in_house_share",
    "hhi_local",
    "spend_per_head",
    "redundancy_cost_to_date",
    "not_satisfied_share",
)
"""The outcomes by which runs, scenarios and points are weighed against each other."""
START, END = pd.Timestamp("2013-04-01"), pd.Timestamp("2016-12-01")
"""Between which dates figures are told: the first month in which CCGs buy, and the last."""
SHORT_FORMS = ("css", "nhs", "hhi", "fte", "ccg", "vat", "pct")


def reading(outcome: str) -> Reading:
    """Return how an outcome reads; any other reads by its name."""
    if outcome in READINGS:
        return READINGS[outcome]
    if outcome.endswith("_share"):
        return Reading(f"{_spelt(outcome.removesuffix('_share'))} share", percent, _points)
    return Reading(_spelt(outcome), lambda value: f"{value:,.4g}", lambda value: f"{value:,.3g}")


def bare_change(value: float, outcome: str) -> str:
    """Return a difference with its sign, without the word ``points`` where it is of a share."""
    return signed(value, reading(outcome).show_change).replace(" points", "")


def _spelt(name: str) -> str:
    """Return a column's name as words, short forms in capitals."""
    return " ".join(word.upper() if word in SHORT_FORMS else word for word in name.split("_"))
