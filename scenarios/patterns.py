"""The patterns that were known by mid-2012: what was reported, how far off a run may be, and where to read it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.columns import (
    BUY,
    GRADE_A,
    GRADE_B,
    GRADE_C,
    MAKE,
    NHS,
    NO_CHOICE,
    NOT_SATISFIED,
    QUITE_SATISFIED,
    SHARE,
    UNDECIDED,
    VERY_SATISFIED,
    Array,
)
from agents.dates import APRIL_2012, APRIL_2013, FEBRUARY_2012, MARCH_2012, MAY_2012
from agents.events import EVENTS
from simulation.faults import plain

Measure = Callable[[Array], float]
"""Reads one number from a market as it stands at the end of a month."""

JANUARY_2012, DECEMBER_2013 = 0, 23

LARGE, SMALL = 800_000, 150_000
"""People from which a CCG counts as large, and under which as small, in the patterns of size (K-30)."""

PREPARATION = EVENTS.index("preparation")


@dataclass(frozen=True)
class Target:
    """What was reported, as the range that the mean of the runs should lie in.

    Args:
        low: Least that agrees with it; minus infinity where there is none.
        high: Most that agrees with it; infinity where there is none.
        deviation: Standard deviation of the report, by which a fit weighs a miss (above 0).
        words: How a reader would write it.
    """

    low: float
    high: float
    deviation: float
    words: str

    def holds(self, value: float) -> bool:
        """Say whether a value agrees with what was reported; one that does not exist (NaN) does not."""
        return self.low <= value <= self.high

    def miss(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far values lie from the middle of the range, or beyond its one end, in its unit."""
        if self.low == -inf:
            return np.maximum(values - self.high, 0.0)
        if self.high == inf:
            return np.maximum(self.low - values, 0.0)
        return np.abs(values - 0.5 * (self.low + self.high))


def about(value: float, tolerance: float) -> Target:
    """Return a target with a tolerance on both sides, read as two standard deviations."""
    return Target(value - tolerance, value + tolerance, tolerance / 2, f"{plain(value)} ± {plain(tolerance)}")


def between(low: float, high: float) -> Target:
    """Return a target that is a range, read as two standard deviations on both sides of its middle."""
    return Target(low, high, (high - low) / 4, f"{plain(low)} to {plain(high)}")


def at_least(value: float, deviation: float) -> Target:
    """Return a target with no upper end."""
    return Target(value, inf, deviation, f"at least {plain(value)}")


def at_most(value: float, deviation: float) -> Target:
    """Return a target with no lower end."""
    return Target(-inf, value, deviation, f"at most {plain(value)}")


@dataclass(frozen=True)
class Pattern:
    """Something that was known by mid-2012 and can be measured in a run.

    Args:
        name: Short id.
        group: The set of patterns that it belongs to.
        what: What is measured, in words.
        unit: Its unit.
        source: Keys of the evidence.
        target: What was reported.
        month: Month at whose end it is measured (0 is January 2012).
        measure: Reads it from the market.
        fitted: Whether parameters may be fitted to it; the others are checks.
    """

    name: str
    group: str
    what: str
    unit: str
    source: str
    target: Target
    month: int
    measure: Measure
    fitted: bool = True


# ---- Reading a market --------------------------------------------------------------------------------------


def _ccgs(market: Array) -> Array:
    return market["ccgs"][0, : market["n_ccgs"][0]]


def _suppliers(market: Array) -> Array:
    return market["suppliers"][0, : market["n_suppliers"][0]]


def _agreements(market: Array) -> Array:
    return market["agreements"][0, : market["n_ccgs"][0]]


def _need(market: Array) -> Array:
    """Return the share of need of each line."""
    return market["lines"][0]["need_share"]


def _outcome(market: Array, name: str, month: int) -> float:
    return float(market["outcomes"][0, month][name])


def _percent(flags: Any) -> float:
    """Return how many of some agents a flag holds for, in percent."""
    return 100.0 * float(np.mean(flags)) if np.size(flags) else float("nan")


def _units_operating(month: int, market: Array) -> float:
    return _outcome(market, "css_operating", month)


def _graded(grade: int, market: Array) -> float:
    """Return how many units hold a grade, out of every 25 that were graded."""
    grades = _suppliers(market)["grade"]
    graded = np.isin(grades, (GRADE_A, GRADE_B, GRADE_C)).sum()
    return 25.0 * float((grades == grade).sum() / graded) if graded else float("nan")


# ---- The survey of spring 2012 -----------------------------------------------------------------------------

HOME_UNIT, NOT_DECIDED, OUTSIDE_NHS, OTHER_ANSWER = range(4)


def _at_home(market: Array) -> Array:
    """Return True where a CCG intends a line for its home unit, [ccg, line]."""
    agreements, home = _agreements(market), _ccgs(market)["home"][:, None]
    return (agreements["next_kind"] == BUY) & (agreements["next_supplier"] == home)


def _respondents(market: Array) -> Array:
    """Return the CCGs that answer the survey of spring 2012: its sample, or all where none is drawn."""
    ccgs = _ccgs(market)
    return ccgs[ccgs["surveyed"] == 1] if "surveyed" in (ccgs.dtype.names or ()) else ccgs


def _survey(market: Array) -> tuple[Array, Array]:
    """Return each respondent's answer and reason."""
    asked = _respondents(market)
    if "survey_answer" in (asked.dtype.names or ()):
        return asked["survey_answer"], asked["survey_reason"]
    return _answers(market), _ccgs(market)["main_reason"]


def _answers(market: Array) -> Array:
    """Return what each CCG would answer: undecided, or from whom it means to buy most of what it buys."""
    agreements, need = _agreements(market), _need(market)
    bought = agreements["next_kind"] == BUY
    sector = _suppliers(market)["sector"][np.where(bought, agreements["next_supplier"], 0)]
    home, outside = _at_home(market) @ need, (bought & (sector != NHS)) @ need
    elsewhere = bought @ need - home - outside
    most = np.argmax([elsewhere, home, outside], axis=0)
    answer = np.array([OTHER_ANSWER, HOME_UNIT, OUTSIDE_NHS])[most]
    return np.where(_ccgs(market)["main_reason"] == UNDECIDED, NOT_DECIDED, answer)


def _answered(answer: int, market: Array) -> float:
    return _percent(_survey(market)[0] == answer)


def _home_forced(forced: bool, market: Array) -> float:
    """Return the part with the home unit that felt no choice, or that felt one.

    The survey's two reasons, good relations and no choice, add up to all who answered the home unit (K-26).
    """
    answers, reasons = _survey(market)
    return _percent((answers == HOME_UNIT) & ((reasons == NO_CHOICE) == forced))


def _home_for_any(market: Array) -> float:
    return _percent(_at_home(market).any(axis=1))


def _home_for_all(market: Array) -> float:
    return _percent(_at_home(market).all(axis=1))


def _says(satisfaction: int, market: Array) -> float:
    return _percent(_respondents(market)["says"] == satisfaction)


# ---- The agreements of April 2013 --------------------------------------------------------------------------


def _spend(market: Array) -> Array:
    """Return what each CCG pays for each line at the level that its allowance bears (GBP a year), [ccg, line]."""
    ccgs = _ccgs(market)
    return _agreements(market)["price"] * (ccgs["population"] * ccgs["service_level"])[:, None]


def _with_units(market: Array) -> Array:
    """Return what each CCG pays to NHS units (GBP a year)."""
    agreements = _agreements(market)
    bought = agreements["kind"] == BUY
    sector = _suppliers(market)["sector"][np.where(bought, agreements["supplier"], 0)]
    return (_spend(market) * (bought & (sector == NHS))).sum(axis=1)


def _allowance_share(market: Array) -> float:
    return 100.0 * float(_with_units(market).sum() / _ccgs(market)["allowance"].sum())


def _allowance_spread(market: Array) -> float:
    return 100.0 * float(np.std(_with_units(market) / _ccgs(market)["allowance"]))


def _made(market: Array) -> Array:
    """Return the share of need that each CCG meets by its own team."""
    agreements = _agreements(market)
    own = np.arange(len(agreements))[:, None]
    made = (agreements["kind"] == MAKE) | ((agreements["kind"] == SHARE) & (agreements["supplier"] == own))
    return made @ _need(market)


def _made_by_large(market: Array) -> float:
    return 100.0 * float(_made(market)[_ccgs(market)["population"] >= LARGE].mean())


def _large_over_small(market: Array) -> float:
    return _made_by_large(market) - 100.0 * float(_made(market)[_ccgs(market)["population"] < SMALL].mean())


def _sharing(market: Array) -> float:
    """Return how many CCGs have a line done by a neighbour's team."""
    agreements = _agreements(market)
    own = np.arange(len(agreements))[:, None]
    return float(((agreements["kind"] == SHARE) & (agreements["supplier"] != own)).any(axis=1).sum())


def _staff(market: Array) -> float:
    return _outcome(market, "fte_css", APRIL_2013)


def _income_per_fte(market: Array) -> float:
    return _outcome(market, "css_income", APRIL_2013) / max(_staff(market), 1.0)


def _home_of_bought(market: Array) -> float:
    home, *others = (
        _outcome(market, name, APRIL_2013)
        for name in ("home_css_share", "other_css_share", "private_share", "other_supplier_share")
    )
    bought = home + sum(others)
    return 100.0 * home / bought if bought > 0.0 else float("nan")


def _prepared(market: Array) -> Array:
    """Return the amounts (GBP) that CCGs paid for help to prepare for authorisation."""
    room = market["events"].shape[1]
    events = market["events"][0, : min(int(market["board"][0, 0]["n_events"]), room)]
    return events["amount"][events["event"] == PREPARATION]


def _prepared_share(market: Array) -> float:
    return 100.0 * len(_prepared(market)) / len(_ccgs(market))


def _prepared_amount(market: Array) -> float:
    amounts = _prepared(market)
    return float(amounts.mean()) if amounts.size else float("nan")


def _private_share_of_2013(market: Array) -> float:
    return 100.0 * float(market["outcomes"][0, APRIL_2013 : DECEMBER_2013 + 1]["private_share"].mean())


# ---- The list ----------------------------------------------------------------------------------------------

SURVEYED = "% of respondents"
CCGS = "% of CCGs"
NEED = "% of need"

_UNITS = (
    Pattern("units_january", "P1", "units, end of January 2012", "units", "K-04", about(41, 0.5), JANUARY_2012,
            partial(_units_operating, JANUARY_2012)),
    Pattern("units_february", "P1", "units, end of February 2012", "units", "K-05", about(35, 3), FEBRUARY_2012,
            partial(_units_operating, FEBRUARY_2012)),
    Pattern("units_march", "P1", "units, end of March 2012", "units", "K-05", about(25, 2), MARCH_2012,
            partial(_units_operating, MARCH_2012)),
    Pattern("units_april", "P1", "units, end of April 2012", "units", "K-07", about(25, 2), APRIL_2012,
            partial(_units_operating, APRIL_2012)),
    Pattern("units_may", "P1", "units, end of May 2012", "units", "K-07", about(23, 1), MAY_2012,
            partial(_units_operating, MAY_2012)),
    Pattern("grade_clear", "P2", "checkpoint 2: clear", "of 25 units", "K-07", about(14, 3), MAY_2012,
            partial(_graded, GRADE_A)),
    Pattern("grade_rapid", "P2", "checkpoint 2: rapid management", "of 25 units", "K-07", about(9, 3), MAY_2012,
            partial(_graded, GRADE_B)),
    Pattern("grade_stopped", "P2", "checkpoint 2: stopped", "of 25 units", "K-07", about(2, 1.4), MAY_2012,
            partial(_graded, GRADE_C)),
)  # fmt: skip

_SURVEY = (
    Pattern("home_any", "P3", "intend the home unit for at least one line", CCGS, "K-25", at_least(95, 2), APRIL_2012,
            _home_for_any),
    Pattern("home_all", "P3", "intend the home unit for every line", CCGS, "K-25", at_most(10, 3), APRIL_2012,
            _home_for_all),
    Pattern("says_home", "P6", "survey: with the home unit", SURVEYED, "K-25, K-26", about(64, 6), APRIL_2012,
            partial(_answered, HOME_UNIT)),
    Pattern("home_relations", "P6", "survey: home unit, for good relations", SURVEYED, "K-26", about(44, 6), APRIL_2012,
            partial(_home_forced, False)),
    Pattern("home_no_choice", "P6", "survey: home unit, without a choice felt", SURVEYED, "K-26", about(20, 6),
            APRIL_2012, partial(_home_forced, True)),
    Pattern("says_undecided", "P6", "survey: undecided", SURVEYED, "K-26", about(29, 6), APRIL_2012,
            partial(_answered, NOT_DECIDED)),
    Pattern("says_outside", "P6", "survey: outside the NHS", SURVEYED, "K-26", about(3, 3), APRIL_2012,
            partial(_answered, OUTSIDE_NHS)),
    Pattern("says_other", "P6", "survey: other", SURVEYED, "K-26", about(4, 4), APRIL_2012,
            partial(_answered, OTHER_ANSWER)),
    Pattern("very_satisfied", "P5", "very satisfied, spring 2012", SURVEYED, "K-27", about(18, 6), APRIL_2012,
            partial(_says, VERY_SATISFIED)),
    Pattern("quite_satisfied", "P5", "quite satisfied, spring 2012", SURVEYED, "K-27", about(46, 6), APRIL_2012,
            partial(_says, QUITE_SATISFIED)),
    Pattern("not_satisfied", "P5", "not satisfied, spring 2012", SURVEYED, "K-27", about(35, 6), APRIL_2012,
            partial(_says, NOT_SATISFIED)),
)  # fmt: skip

_AGREEMENTS = (
    Pattern("allowance_share", "P4", "allowance spent with NHS units, April 2013", "% of allowance", "K-22, K-23",
            between(35, 50), APRIL_2013, _allowance_share),
    Pattern("allowance_spread", "P4", "its standard deviation between CCGs", "% points", "K-22, K-35",
            at_least(8, 1), APRIL_2013, _allowance_spread),
    Pattern("prepared_share", "P7", "bought help to prepare", CCGS, "K-33", about(41, 5), APRIL_2013, _prepared_share),
    Pattern("prepared_amount", "P7", "paid for it", "£ per CCG", "K-33", about(76_000, 7_600), APRIL_2013,
            _prepared_amount),
    Pattern("private_share", "P7", "private share, April to December 2013", "% of spend", "K-26, K-33",
            between(0.5, 5), DECEMBER_2013, _private_share_of_2013, fitted=False),
    Pattern("large_make", "P8", "made by CCGs of 800,000 or more", NEED, "K-30", at_least(50, 5), APRIL_2013,
            _made_by_large),
    Pattern("large_over_small", "P8", "the same, less that of CCGs under 150,000", "% points of need", "K-30",
            at_least(15, 5), APRIL_2013, _large_over_small),
    Pattern("sharing", "P8", "CCGs in a neighbour's team", "CCGs", "K-30", at_least(2, 1), APRIL_2013, _sharing),
    Pattern("staff", "P9", "staff of NHS units, April 2013", "FTE", "K-44", between(5_950, 9_200), APRIL_2013, _staff),
    Pattern("income_per_fte", "P9", "their income per FTE", "£ a year", "K-45", between(68_000, 88_000), APRIL_2013,
            _income_per_fte),
    Pattern("home_of_bought", "P11", "home units' part of what is bought, April 2013", "% of bought", "K-13",
            at_least(75, 3), APRIL_2013, _home_of_bought),
)  # fmt: skip

PATTERNS = tuple(sorted((*_UNITS, *_SURVEY, *_AGREEMENTS), key=lambda pattern: int(pattern.group[1:])))
"""All of them, P1 to P11."""
