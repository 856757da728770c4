"""Every number of the model, declared once: value, unit, range, role, meaning and source.

The same declaration makes the reference table, the check of a scenario, its error messages and the
record that the compiled rules read. ``K-nn`` are keys of ``docs/evidence.md``, ``A-nn`` of ``docs/assumptions.md``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from typing import Any, Literal

import numpy as np

from simulation.faults import InputError, plain

Role = Literal["lever", "uncertainty", "constant"]
Value = bool | float | str

PEOPLE = "people"
MONTH = "months"
SHARE = "share"
GBP_A_HEAD = "GBP per head per year"


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What is declared of one parameter.

    ``low`` and ``high`` bound a number (both allowed); ``words`` lists what a word may be; ``whole`` says that
    only whole numbers are allowed. ``default`` has the type that every value must have.
    """

    name: str
    default: Value
    unit: str
    low: float
    high: float
    words: tuple[str, ...]
    whole: bool
    role: Role
    meaning: str
    source: str

    @property
    def column(self) -> str:
        """The parameter's field in the record that the rules read."""
        return self.name.replace(".", "_")

    def allowed(self) -> str:
        """Say in words what a value may be."""
        if isinstance(self.default, bool):
            return "true or false"
        if self.words:
            return "one of " + ", ".join(self.words)
        kind = "a whole number" if self.whole else "a number"
        return f"{kind} from {plain(self.low)} to {plain(self.high)} {self.unit}"

    def fault(self, value: object) -> str | None:
        """Say what is wrong with a value, or None when it is allowed."""
        if self._accepts(value):
            return None
        return f"{self.name} = {value!r} is not allowed: it must be {self.allowed()} ({self.source})"

    def _accepts(self, value: object) -> bool:
        if isinstance(self.default, bool) or isinstance(value, bool):
            return isinstance(self.default, bool) and isinstance(value, bool)
        if self.words:
            return value in self.words
        if not isinstance(value, (int, float)) or not self.low <= value <= self.high:
            return False
        return not self.whole or value == int(value)

    def number(self, value: Value) -> float:
        """Return the number that the rules read: a word is its place in ``words``, true is 1."""
        return float(self.words.index(str(value))) if self.words else float(value)


def number(
    default: float, *, unit: str, low: float, high: float, role: Role, meaning: str, source: str, whole: bool = False
) -> Any:
    """Declare a number with its unit and the range that it may take, both ends allowed."""
    return field(default=float(default), metadata=_notes(unit, role, meaning, source, low=low, high=high, whole=whole))


def switch(default: bool, *, role: Role, meaning: str, source: str) -> Any:
    """Declare a parameter that is true or false."""
    return field(default=default, metadata=_notes("true or false", role, meaning, source))


def word(default: str, *, words: tuple[str, ...], role: Role, meaning: str, source: str) -> Any:
    """Declare a parameter that is one of a few words."""
    return field(default=default, metadata=_notes("word", role, meaning, source, words=words))


def _notes(unit: str, role: Role, meaning: str, source: str, **more: Any) -> dict[str, Any]:
    notes = {"low": 0.0, "high": 1.0, "words": (), "whole": False} | more
    return notes | {"unit": unit, "role": role, "meaning": meaning, "source": source}


@dataclass(frozen=True)
class Economy:
    """Prices in general."""

    inflation: float = number(
        0.0116, unit="share per year", low=0.0, high=0.05, role="uncertainty",
        meaning="Yearly rise of prices after 2012/13, by which cash figures are brought to GBP of 2012/13.",
        source="fitted; A-04",
    )  # fmt: skip


@dataclass(frozen=True)
class Allowance:
    """The management (running cost) allowance."""

    per_head: float = number(
        25, unit=GBP_A_HEAD, low=0, high=50, role="lever",
        meaning="National allowance in cash; each CCG's own is its published one scaled by this over 25.",
        source="K-21",
    )  # fmt: skip
    core_cost: float = number(
        800_000, unit="GBP per CCG per year", low=500_000, high=900_000, role="uncertainty",
        meaning="A CCG's own governance, which comes off the allowance first and is never bought.",
        source="K-24",
    )  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """What support costs; the amounts by line stand in service_lines.csv."""

    fixed_scale: float = number(
        0.673, unit="ratio", low=0.5, high=2.2, role="uncertainty",
        meaning="Scales every line's fixed cost, and so the reward of scale.",
        source="fitted from K-41 and K-42; A-01",
    )  # fmt: skip
    variable_scale: float = number(
        0.969, unit="ratio", low=0.85, high=1.1, role="uncertainty",
        meaning="Scales every line's variable cost, and so need.",
        source="fitted from K-22 and K-23; A-01",
    )  # fmt: skip
    surplus_target: float = number(
        0.0344, unit="share of cost", low=0, high=0.05, role="uncertainty",
        meaning="Surplus that an NHS unit is told to make.",
        source="fitted; A-05",
    )  # fmt: skip
    volume_learning: float = number(
        0.15, unit="share per month", low=0.02, high=1, role="uncertainty",
        meaning="Speed at which the volume that a supplier prices for follows the volume that it has.",
        source="assumed; A-05",
    )  # fmt: skip
    leadership_gain: float = number(
        0.12, unit="share of efficiency", low=0, high=0.3, role="uncertainty",
        meaning="How much more efficient the best led unit is than the worst led.",
        source="assumed; A-05",
    )  # fmt: skip
    nonpay_share: float = number(
        0.35, unit=SHARE, low=0.1, high=0.6, role="uncertainty",
        meaning="Part of a fixed cost that is not pay (premises, licences).",
        source="assumed; A-05",
    )  # fmt: skip
    hoped_share: float = number(
        0.3, unit="share of home population", low=0, high=1, role="uncertainty",
        meaning="Least volume for which a unit prices a line: what it hopes to hold or win back.",
        source="assumed; A-05",
    )  # fmt: skip


@dataclass(frozen=True)
class InHouse:
    """A CCG that makes its support, alone or with a neighbour."""

    efficiency_low: float = number(
        0.668, unit="ratio to a unit", low=0.5, high=1.05, role="uncertainty",
        meaning="Efficiency of the least capable CCG's own team.",
        source="K-35; range of the brief, fitted, A-06",
    )  # fmt: skip
    efficiency_high: float = number(
        0.8, unit="ratio to a unit", low=0.8, high=1.3, role="uncertainty",
        meaning="Efficiency of the most capable CCG's own team.",
        source="K-35; range of the brief, fitted, A-06",
    )  # fmt: skip
    taste: float = number(
        3.5, unit=GBP_A_HEAD, low=-5, high=5, role="uncertainty",
        meaning="Mean worth, for the whole bundle, of having support in the CCG's own hands.",
        source="assumed; A-06",
    )  # fmt: skip
    taste_spread: float = number(
        0.1, unit=GBP_A_HEAD, low=0, high=6, role="uncertainty",
        meaning="Standard deviation between CCGs of that worth.",
        source="K-35; amount fitted, A-06",
    )  # fmt: skip
    coordination_charge: float = number(
        0.03, unit="share of cost per extra partner", low=0, high=0.15, role="uncertainty",
        meaning="What working together adds to the cost of a shared team.",
        source="assumed; A-06",
    )  # fmt: skip
    willing_share: float = number(
        0.05, unit=SHARE, low=0, high=1, role="uncertainty",
        meaning="Part of neighbouring pairs of CCGs that are willing to share a team.",
        source="K-30; amount fitted, A-06",
    )  # fmt: skip
    already_share: float = number(
        0.9, unit=SHARE, low=0.2, high=1, role="uncertainty",
        meaning="Chance that a CCG's own staff do a wholly local line already in 2012; less for lines less local.",
        source="K-22, K-35; amount fitted, A-06",
    )  # fmt: skip
    business_case_cost: float = number(
        0, unit="GBP per CCG", low=0, high=1_000_000, role="lever",
        meaning="Cost of the case that a CCG must make to take its whole bundle in house; a part counts in proportion.",
        source="policy path, October 2013",
    )  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """How a CCG chooses among sources; worths are for the whole bundle."""

    free: bool = switch(
        False, role="lever",
        meaning="May every CCG sign with any supplier for April 2013, or only case by case?",
        source="K-13, K-32",
    )  # fmt: skip
    case_by_case_share: float = number(
        0.5, unit=SHARE, low=0, high=1, role="uncertainty",
        meaning="Part of the moves away from the home unit let through for April 2013 when choice is not free.",
        source="K-32; amount assumed, A-07",
    )  # fmt: skip
    pressure: float = number(
        2.0, unit=GBP_A_HEAD, low=0, high=10, role="lever",
        meaning="Weight of the cluster's wish that a CCG use the home unit, while the cluster stands.",
        source="K-32; amount assumed, A-07",
    )  # fmt: skip
    noise: float = number(
        3.86, unit=GBP_A_HEAD, low=0, high=10, role="lever",
        meaning="Scale of the unexplained part of a CCG's choice between make, share, NHS and outside the NHS.",
        source="fitted; A-07",
    )  # fmt: skip
    noise_within: float = number(
        0, unit="ratio to choice.noise", low=0, high=1, role="uncertainty",
        meaning="Scale of the unexplained part of a choice between suppliers of one kind.",
        source="fitted; A-07",
    )  # fmt: skip
    noise_persistence: float = number(
        0.7, unit="chance at a review", low=0.5, high=0.9, role="uncertainty",
        meaning="Chance that the unexplained part of a choice stays as it is from one review to the next.",
        source="assumed; A-07",
    )  # fmt: skip
    taste_quality: float = number(
        6, unit="GBP per head per year per unit of quality", low=0, high=20, role="uncertainty",
        meaning="Mean worth of quality, which runs from 0 to 1.",
        source="assumed; A-07",
    )  # fmt: skip
    taste_presence: float = number(
        2.5, unit=GBP_A_HEAD, low=0, high=5, role="uncertainty",
        meaning="Mean worth of a supplier that is near, for a line of wholly local knowledge.",
        source="K-51; amount assumed, A-07",
    )  # fmt: skip
    taste_known: float = number(
        3.5, unit=GBP_A_HEAD, low=0, high=5, role="uncertainty",
        meaning="Mean worth of a supplier that is known and wholly trusted.",
        source="K-26; range of the brief, A-07",
    )  # fmt: skip
    taste_spread: float = number(
        0.4, unit="share of the mean", low=0, high=0.8, role="uncertainty",
        meaning="Half-width of the spread of tastes between CCGs.",
        source="assumed; A-07",
    )  # fmt: skip
    no_time_share: float = number(
        0.2, unit=SHARE, low=0.2, high=0.6, role="uncertainty",
        meaning="Part of CCGs without time to look around in 2012.",
        source="K-27, K-29; range of the brief, fitted, A-07",
    )  # fmt: skip
    no_time_share_later: float = number(
        0.12, unit=SHARE, low=0.05, high=0.2, role="uncertainty",
        meaning="The same from January 2014; in between it falls in a straight line.",
        source="K-29; range of the brief, A-07",
    )  # fmt: skip
    undecided_margin: float = number(
        0.292, unit="share of need", low=0, high=0.3, role="uncertainty",
        meaning="A call is close where the best beats the next by less; a CCG with most calls close is undecided.",
        source="K-26; amount fitted, A-07",
    )  # fmt: skip
    contract_management: float = number(
        0.02, unit="share of price", low=0.01, high=0.03, role="uncertainty",
        meaning="The CCG's own work of managing what it buys.",
        source="range of the brief, A-07",
    )  # fmt: skip
    procurement_cost: float = number(
        206_000, unit="GBP per CCG for the whole bundle", low=0, high=300_000, role="uncertainty",
        meaning="Effort of moving to another supplier; a line bears its share of need.",
        source="K-33; amount fitted, A-07",
    )  # fmt: skip
    reach_km: float = number(
        40, unit="km", low=40, high=600, role="uncertainty",
        meaning="Distance to which an NHS unit sells.",
        source="fitted from K-30; A-07",
    )  # fmt: skip


@dataclass(frozen=True)
class Agreement:
    """Service level agreements."""

    months: float = number(
        18, unit=MONTH, low=6, high=60, role="lever", whole=True,
        meaning="Ordinary length of an agreement.",
        source="K-53",
    )  # fmt: skip
    spread: float = number(
        0.33, unit="share of the length", low=0, high=0.6, role="uncertainty",
        meaning="Half-width of the spread of ordinary lengths.",
        source="K-53; amount assumed, A-08",
    )  # fmt: skip
    long_share: float = number(
        0.15, unit=SHARE, low=0, high=0.5, role="uncertainty",
        meaning="Part of agreements that run for longer, up to 60 months.",
        source="K-53; amount assumed, A-08",
    )  # fmt: skip
    notice: float = number(
        6, unit=MONTH, low=1, high=12, role="constant", whole=True,
        meaning="Notice that a CCG gives to leave before the end, and time that it takes to change supplier.",
        source="K-53",
    )  # fmt: skip
    growth_cap: float = number(
        0.10, unit="share per month", low=0.02, high=1, role="uncertainty",
        meaning="Most that a supplier may take on in a month, of the people whom it serves.",
        source="assumed; A-08",
    )  # fmt: skip
    walk_trust: float = number(
        0.2, unit="trust, 0 to 1", low=0, high=0.5, role="uncertainty",
        meaning="Trust below which a CCG looks again before the agreement ends.",
        source="assumed; A-08",
    )  # fmt: skip


@dataclass(frozen=True)
class Redundancy:
    """What redundancy costs and who pays it."""

    ccg_share_outside_nhs: float = number(
        1, unit=SHARE, low=0, high=1, role="lever",
        meaning="What a CCG pays of the redundancy when it moves work outside the NHS.",
        source="K-48",
    )  # fmt: skip
    ccg_share_other_css: float = number(
        0.5, unit=SHARE, low=0, high=1, role="lever",
        meaning="The same when it moves work to another NHS unit.",
        source="K-32; amount assumed, A-09",
    )  # fmt: skip
    ccg_share_in_house: float = number(
        0.5, unit=SHARE, low=0, high=1, role="lever",
        meaning="The same when it takes work in house.",
        source="K-32; amount assumed, A-09",
    )  # fmt: skip
    board_share_of_rest: float = number(
        0.5, unit=SHARE, low=0, high=1, role="lever",
        meaning="What the board pays, while it hosts the unit, of what the CCG does not pay; the unit pays the rest.",
        source="K-32; amount assumed, A-09",
    )  # fmt: skip
    salary: float = number(
        40_600, unit="GBP per FTE per year", low=28_000, high=48_000, role="uncertainty",
        meaning="Mean pay of support staff.",
        source="K-45 and Agenda for Change bands 5 to 8; A-09; fitted",
    )  # fmt: skip
    on_cost: float = number(
        0.22, unit="share of pay", low=0.15, high=0.3, role="constant",
        meaning="Employer's pension and national insurance on top of pay.",
        source="NHS pension (14%) and national insurance of 2012; A-09",
    )  # fmt: skip
    salary_cap: float = number(
        1_000_000, unit="GBP per year, cash", low=20_000, high=1_000_000, role="lever",
        meaning="Most pay that counts for redundancy; a million means none.",
        source="K-47; policy path, April 2015",
    )  # fmt: skip
    cap_months: float = number(
        24, unit=MONTH, low=0, high=24, role="constant", whole=True,
        meaning="Most months of pay that one person is paid.",
        source="K-47",
    )  # fmt: skip
    redeployed_share: float = number(
        0.4, unit=SHARE, low=0, high=0.9, role="uncertainty",
        meaning="Part of those who do not transfer who find another post with the unit that loses the work.",
        source="K-08; amount assumed, A-09",
    )  # fmt: skip


@dataclass(frozen=True)
class Tupe:
    """Staff who move with their work."""

    transfer_share: float = number(
        1, unit="ratio", low=0, high=1, role="lever",
        meaning="Scales the share of staff who transfer, wherever the work goes.",
        source="K-46",
    )  # fmt: skip
    to_nhs: float = number(
        0.9, unit=SHARE, low=0.8, high=1, role="uncertainty",
        meaning="Share of those covered who transfer to another NHS unit.",
        source="K-46; range of the brief, A-09",
    )  # fmt: skip
    to_outside_nhs: float = number(
        0.7, unit=SHARE, low=0.5, high=0.9, role="uncertainty",
        meaning="The same to a supplier outside the NHS.",
        source="K-46; range of the brief, A-09",
    )  # fmt: skip
    to_in_house: float = number(
        0.519, unit=SHARE, low=0.4, high=0.8, role="uncertainty",
        meaning="The same to a CCG's own or shared team.",
        source="K-46; range of the brief, fitted, A-09",
    )  # fmt: skip
    terms_cost: float = number(
        0.08, unit="share of pay", low=0, high=0.2, role="uncertainty",
        meaning="What staff who keep NHS terms add to a provider's pay bill, above its own terms.",
        source="K-11, K-46; amount assumed, A-09",
    )  # fmt: skip


@dataclass(frozen=True)
class Stranded:
    """Fixed cost that is left behind when work goes."""

    ccg_share_in_house: float = number(
        0, unit=SHARE, low=0, high=1, role="lever",
        meaning="What a CCG that takes work in house pays of the stranded cost.",
        source="policy path, May 2015",
    )  # fmt: skip
    months: float = number(
        12, unit=MONTH, low=0, high=36, role="uncertainty", whole=True,
        meaning="Time until a fixed cost that served a leaver lapses.",
        source="of the brief, A-05",
    )  # fmt: skip


@dataclass(frozen=True)
class Staffing:
    """People who come and go."""

    turnover: float = number(
        0.12, unit="share per year", low=0.08, high=0.15, role="uncertainty",
        meaning="Staff who leave of their own accord in quiet times.",
        source="range of the brief, A-10",
    )  # fmt: skip
    uncertainty_factor: float = number(
        1.5, unit="ratio", low=1.2, high=2, role="uncertainty",
        meaning="How much faster they leave under uncertainty: before April 2013 and in the year before hosting ends.",
        source="K-54; range of the brief, A-10",
    )  # fmt: skip
    surplus_at_opening: float = number(
        0.15, unit="share of need", low=0, high=0.4, role="uncertainty",
        meaning="Staff of the clusters in January 2012 above what the work needs.",
        source="K-44; amount assumed, A-10",
    )  # fmt: skip
    hiring_rate: float = number(
        0.25, unit="share of vacancies per month", low=0.05, high=1, role="uncertainty",
        meaning="Speed at which vacancies are filled.",
        source="assumed; A-10",
    )  # fmt: skip
    shedding_rate: float = number(
        0.05, unit="share of surplus staff per month", low=0, high=0.3, role="uncertainty",
        meaning="Speed at which an NHS unit makes surplus staff redundant.",
        source="assumed; A-10",
    )  # fmt: skip
    hosted_factor: float = number(
        0.9, unit="ratio", low=0.7, high=1, role="uncertainty",
        meaning="How much slower staff of a hosted unit leave, while no end is near.",
        source="K-54; amount assumed, A-10",
    )  # fmt: skip


@dataclass(frozen=True)
class Experience:
    """Quality, satisfaction and trust."""

    quality_learning: float = number(
        0.061, unit="share per month", low=0.01, high=0.5, role="uncertainty",
        meaning="Speed at which quality moves to what leadership and staffing allow.",
        source="fitted; A-11",
    )  # fmt: skip
    disruption: float = number(
        0.10, unit="quality, 0 to 1", low=0, high=0.3, role="uncertainty",
        meaning="Quality that a merger costs at once.",
        source="assumed; A-11",
    )  # fmt: skip
    agenda_cost: float = number(
        0.104, unit="quality, 0 to 1", low=0, high=0.2, role="uncertainty",
        meaning="Quality that a national agenda costs a wholly local line of an NHS unit.",
        source="K-51; amount fitted, A-11",
    )  # fmt: skip
    relations_spread: float = number(
        0.334, unit="satisfaction, 0 to 1", low=0.05, high=0.5, role="uncertainty",
        meaning="Standard deviation of past relations between practices and trust, which colour satisfaction.",
        source="K-27; amount fitted, A-11",
    )  # fmt: skip
    learning: float = number(
        0.08, unit="share per month", low=0.01, high=0.5, role="uncertainty",
        meaning="Speed at which satisfaction and trust follow what is delivered.",
        source="assumed; A-11",
    )  # fmt: skip
    very_mark: float = number(
        0.781, unit="satisfaction, 0 to 1", low=0.4, high=1, role="uncertainty",
        meaning="Satisfaction from which a CCG says very satisfied.",
        source="fitted from K-27; A-11",
    )  # fmt: skip
    quite_mark: float = number(
        0.355, unit="satisfaction, 0 to 1", low=0.1, high=0.7, role="uncertainty",
        meaning="Satisfaction from which a CCG says quite satisfied.",
        source="fitted from K-27; A-11",
    )  # fmt: skip
    neighbour_weight: float = number(
        0.244, unit=SHARE, low=0, high=1, role="uncertainty",
        meaning="Weight of neighbours' experience in what a CCG expects of a supplier that does not serve it.",
        source="fitted; A-11",
    )  # fmt: skip
    redundancy_knock: float = number(
        0.5, unit="quality per share of staff", low=0, high=1, role="uncertainty",
        meaning="Quality that a unit loses with the share of its staff made redundant in a month.",
        source="assumed; A-11",
    )  # fmt: skip
    rush_knock: float = number(
        0.1, unit="quality, 0 to 1", low=0, high=0.3, role="uncertainty",
        meaning="Quality that work taken over costs, by its part of all that a supplier does in the line.",
        source="assumed; A-11",
    )  # fmt: skip


@dataclass(frozen=True)
class Formation:
    """How 41 proposals became fewer."""

    minimum_population: float = number(
        1_260_000, unit=PEOPLE, low=700_000, high=2_000_000, role="uncertainty",
        meaning="Population under which an SHA presses a proposal to join another.",
        source="K-42; fitted from K-05, A-12",
    )  # fmt: skip
    vigour_spread: float = number(
        0.3, unit="ratio", low=0, high=0.6, role="uncertainty",
        meaning="Half-width of the spread of that population between SHAs.",
        source="K-05; amount assumed, A-12",
    )  # fmt: skip
    early_share: float = number(
        0.3, unit=SHARE, low=0, high=1, role="uncertainty",
        meaning="Part of the joining that is settled in February 2012; the rest is in March.",
        source="fitted from K-05; A-12",
    )  # fmt: skip
    own_will_share: float = number(
        0.25, unit=SHARE, low=0, high=1, role="uncertainty",
        meaning="Part of the proposals too small that join another when no board presses them.",
        source="K-04; amount assumed, A-12",
    )  # fmt: skip


@dataclass(frozen=True)
class Checkpoint:
    """The board's tests of units before April 2013."""

    in_force: bool = switch(
        True, role="lever",
        meaning="Does the board test the units? Without tests the SHAs do not press for scale either.",
        source="K-07, K-10",
    )  # fmt: skip
    minimum_population: float = number(
        1_000_000, unit=PEOPLE, low=0, high=5_000_000, role="lever",
        meaning="People whom a unit should serve to score full marks for size.",
        source="K-42; range of the brief, A-13",
    )  # fmt: skip
    pass_mark: float = number(
        0.635, unit="score", low=0, high=1, role="lever",
        meaning="Score from which a unit goes on without conditions.",
        source="fitted from K-07; A-13",
    )  # fmt: skip
    stop_margin: float = number(
        0.222, unit="score", low=0.02, high=0.5, role="uncertainty",
        meaning="A unit this far below the pass mark is stopped; between the two it goes into rapid management.",
        source="fitted from K-07; A-13",
    )  # fmt: skip
    judgement_spread: float = number(
        0.151, unit="score", low=0, high=0.2, role="uncertainty",
        meaning="Standard deviation of the panel's judgement.",
        source="fitted; A-13",
    )  # fmt: skip


@dataclass(frozen=True)
class Leaders:
    """Managing directors, of whom there are too few."""

    pool: float = number(
        20, unit="people", low=5, high=40, role="uncertainty", whole=True,
        meaning="Able leaders whom the board can appoint in June 2012.",
        source="K-09; amount assumed, A-14",
    )  # fmt: skip
    able: float = number(
        0.457, unit="leadership, 0 to 1", low=0.4, high=0.9, role="uncertainty",
        meaning="Mean ability of those leaders.",
        source="fitted; A-14",
    )  # fmt: skip
    acting: float = number(
        0.4, unit="leadership, 0 to 1", low=0.1, high=0.6, role="uncertainty",
        meaning="Mean ability of those who lead where no able leader is to be had.",
        source="K-09; amount assumed, A-14",
    )  # fmt: skip
    shared_share: float = number(
        0.3, unit=SHARE, low=0, high=1, role="uncertainty",
        meaning="Part of the units without an able leader that share that of the nearest unit with one.",
        source="K-09; amount assumed, A-14",
    )  # fmt: skip
    shared_loss: float = number(
        0.1, unit="leadership, 0 to 1", low=0, high=0.3, role="uncertainty",
        meaning="What leading two units at once takes off a leader's ability.",
        source="assumed; A-14",
    )  # fmt: skip
    turnover: float = number(
        0.1, unit="share per year", low=0, high=0.3, role="uncertainty",
        meaning="Leaders who leave their post and the pool.",
        source="assumed; A-14",
    )  # fmt: skip


@dataclass(frozen=True)
class Merging:
    """Mergers, takeovers and closures of NHS units after April 2013."""

    horizon: float = number(
        2, unit="years", low=0.5, high=5, role="uncertainty",
        meaning="Years of saved fixed cost that partners count.",
        source="assumed; A-15",
    )  # fmt: skip
    saved_share: float = number(
        0.6, unit=SHARE, low=0.2, high=0.9, role="uncertainty",
        meaning="Part of the smaller partner's fixed cost that a merger saves.",
        source="K-42; amount assumed, A-15",
    )  # fmt: skip
    disruption: float = number(
        0.15, unit="share of the smaller partner's yearly income", low=0.02, high=0.5, role="uncertainty",
        meaning="What a merger costs.",
        source="assumed; A-15",
    )  # fmt: skip
    agreed_share: float = number(
        0.15, unit="share per half-year", low=0, high=1, role="uncertainty",
        meaning="Part of the mergers that would pay that are agreed at a half-yearly review.",
        source="assumed; A-15",
    )  # fmt: skip
    closure_fixed_share: float = number(
        0.25, unit="share of income", low=0.1, high=0.8, role="uncertainty",
        meaning="Fixed cost above which, for six months, a unit is wound up.",
        source="assumed; A-15",
    )  # fmt: skip
    failure_share: float = number(
        0.15, unit="share of yearly income", low=0.02, high=0.5, role="uncertainty",
        meaning="Debt above which a free-standing unit fails.",
        source="assumed; A-15",
    )  # fmt: skip
    shared_leader_factor: float = number(
        3, unit="ratio", low=1, high=6, role="uncertainty",
        meaning="How much likelier a merger that would pay is agreed where one leader leads both.",
        source="K-09; amount assumed, A-15",
    )  # fmt: skip


@dataclass(frozen=True)
class Hosting:
    """The board's hosting of NHS units, from April 2013."""

    ends: float = number(
        52, unit="month of the run (1 is January 2012)", low=0, high=60, role="lever", whole=True,
        meaning="Month in which units stand alone; 0 is never. Before April 2013 (16) it is April 2013.",
        source="K-10: no later than 2016",
    )  # fmt: skip
    charge: float = number(
        0.5, unit=GBP_A_HEAD, low=0, high=2, role="lever",
        meaning="The board's charge for hosting a whole bundle, in the price while hosted.",
        source="K-50",
    )  # fmt: skip
    soft_budget: float = number(
        0.5, unit="share of losses", low=0, high=1, role="lever",
        meaning="What the board covers of a hosted unit's losses.",
        source="K-54; amount assumed, A-16",
    )  # fmt: skip
    form: str = word(
        "own_choice", words=("own_choice", "nhs_body", "social_enterprise", "customer_owned", "sale"), role="lever",
        meaning="What a unit becomes when hosting ends.",
        source="K-11",
    )  # fmt: skip
    social_enterprise_cost: float = number(
        0.02, unit="share of cost", low=-0.05, high=0.1, role="uncertainty",
        meaning="What its own pensions and tax add to a social enterprise's cost.",
        source="K-11; amount assumed, A-16",
    )  # fmt: skip
    customer_owned_cost: float = number(
        0.01, unit="share of cost", low=-0.05, high=0.1, role="uncertainty",
        meaning="The same for a unit that its customers own.",
        source="K-11; amount assumed, A-16",
    )  # fmt: skip
    customer_owned_loyalty: float = number(
        1, unit=GBP_A_HEAD, low=0, high=3, role="uncertainty",
        meaning="Worth, for the whole bundle, of a unit to the CCGs that own it, its home CCGs.",
        source="K-11; amount assumed, A-16",
    )  # fmt: skip


@dataclass(frozen=True)
class Framework:
    """A procurement framework for end-to-end support."""

    in_force: bool = switch(
        False, role="lever",
        meaning="Must a supplier of end-to-end support hold a place to sign new agreements?",
        source="policy path, October 2013",
    )  # fmt: skip
    places: float = number(
        15, unit="suppliers", low=1, high=30, role="lever", whole=True,
        meaning="Most places.",
        source="policy path, October 2013",
    )  # fmt: skip
    minimum_population: float = number(
        2_000_000, unit=PEOPLE, low=0, high=10_000_000, role="lever",
        meaning="People whom a supplier must serve to hold a place.",
        source="assumed; A-17",
    )  # fmt: skip
    minimum_quality: float = number(
        0.4, unit="quality, 0 to 1", low=0, high=1, role="uncertainty",
        meaning="Mean quality that a place, or a part under one, asks.",
        source="assumed; A-17",
    )  # fmt: skip
    fee: float = number(
        0.04, unit="share of price", low=0, high=0.15, role="uncertainty",
        meaning="What a supplier without a place pays one with a place, through which it may still sell.",
        source="assumed; A-17",
    )  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """Entry of suppliers outside the NHS."""

    barrier: float = number(
        300_000, unit="GBP per line and region", low=0, high=20_000_000, role="lever",
        meaning="Cost of setting up to sell a line in a region.",
        source="range of the brief, A-18",
    )  # fmt: skip
    vat_wedge: float = number(
        0.07, unit="share of price", low=0, high=0.2, role="lever",
        meaning="VAT on a private or voluntary supplier's price that a CCG cannot recover.",
        source="K-49",
    )  # fmt: skip
    margin: float = number(
        0.0753, unit="share of cost", low=0.04, high=0.12, role="uncertainty",
        meaning="Margin that a supplier outside the NHS asks.",
        source="range of the brief, fitted, A-18",
    )  # fmt: skip
    hurdle: float = number(
        0.18, unit="share per year", low=0.12, high=0.25, role="uncertainty",
        meaning="Return that it wants on what it spends to enter.",
        source="range of the brief, A-18",
    )  # fmt: skip
    discount: float = number(
        0.05, unit="share of price", low=0, high=0.15, role="uncertainty",
        meaning="What it takes off its price in its first two years.",
        source="assumed; A-18",
    )  # fmt: skip
    efficiency: float = number(
        1.03, unit="ratio to a unit", low=0.9, high=1.2, role="uncertainty",
        meaning="Mean efficiency of suppliers outside the NHS.",
        source="assumed; A-18",
    )  # fmt: skip
    efficiency_spread: float = number(
        0.07, unit="ratio to a unit", low=0, high=0.2, role="uncertainty",
        meaning="Half-width of its spread.",
        source="assumed; A-18",
    )  # fmt: skip
    other_business: float = number(
        3_670_000, unit=PEOPLE, low=0, high=10_000_000, role="uncertainty",
        meaning="People served in its other business, which share its fixed cost.",
        source="fitted; A-18",
    )  # fmt: skip
    opening_share: float = number(
        0.788, unit=SHARE, low=0, high=1, role="uncertainty",
        meaning="Part of the potential suppliers outside the NHS that sell already in January 2012, in one region.",
        source="K-26, K-33: few at first; A-18; fitted",
    )  # fmt: skip
    bidding_cost: float = number(
        40_000, unit="GBP per line and region per year", low=0, high=200_000, role="uncertainty",
        meaning="Cost of staying in a market.",
        source="assumed; A-18",
    )  # fmt: skip
    capital: float = number(
        750_000, unit="GBP", low=100_000, high=10_000_000, role="uncertainty",
        meaning="Losses after which it leaves.",
        source="assumed; A-18",
    )  # fmt: skip
    win_chance: float = number(
        0.08, unit=SHARE, low=0.005, high=0.3, role="uncertainty",
        meaning="Chance of winning work under review that is expected at first; learnt from awards since.",
        source="K-26; amount assumed, A-18",
    )  # fmt: skip


@dataclass(frozen=True)
class AtScale:
    """The four lines that were held to be best done at scale."""

    form: str = word(
        "units", words=("units", "national", "network"), role="lever",
        meaning="Who does the four at-scale lines: any supplier, one national body, or one body for each SHA region.",
        source="K-40, K-41",
    )  # fmt: skip


@dataclass(frozen=True)
class Ccg:
    """How large a CCG must be."""

    minimum_population: float = number(
        0, unit=PEOPLE, low=0, high=1_500_000, role="lever",
        meaning="Population under which CCGs join a neighbour before the run begins; it cannot change on a date.",
        source="K-28",
    )  # fmt: skip


@dataclass(frozen=True)
class Authorisation:
    """Whether a CCG is authorised by April 2013; until it is, it takes what its cluster or the board has for it."""

    amber_risk: float = number(
        0.05, unit=SHARE, low=0, high=0.3, role="uncertainty",
        meaning="Part of the CCGs rated amber that are not authorised by April 2013.",
        source="K-28, K-29; amount inferred, A-07",
    )  # fmt: skip
    red_risk: float = number(
        0.35, unit=SHARE, low=0, high=0.8, role="uncertainty",
        meaning="The same of those rated red.",
        source="K-28, K-29; amount inferred, A-07",
    )  # fmt: skip
    delay: float = number(
        9, unit=MONTH, low=3, high=24, role="uncertainty", whole=True,
        meaning="Time until a CCG that was not authorised is.",
        source="assumed; A-07",
    )  # fmt: skip


@dataclass(frozen=True)
class Preparation:
    """Help that CCGs bought to prepare for authorisation."""

    share: float = number(
        0.41, unit="share of CCGs", low=0.2, high=0.6, role="uncertainty",
        meaning="CCGs that buy private help before April 2013.",
        source="K-33",
    )  # fmt: skip
    amount: float = number(
        76_000, unit="GBP per CCG that buys", low=40_000, high=120_000, role="uncertainty",
        meaning="What they spend.",
        source="K-33",
    )  # fmt: skip


@dataclass(frozen=True)
class Bargaining:
    """Strength in negotiation with hospitals."""

    benefit: float = number(
        0.3, unit=GBP_A_HEAD, low=0, high=2, role="uncertainty",
        meaning="Most that contracting in a pool gains for a CCG, outside the allowance.",
        source="K-34; amount assumed, A-19",
    )  # fmt: skip
    half_population: float = number(
        2_000_000, unit=PEOPLE, low=200_000, high=10_000_000, role="uncertainty",
        meaning="Pool that gains half of it.",
        source="assumed; A-19",
    )  # fmt: skip


@dataclass(frozen=True)
class Parameters:
    """All parameters, by group. ``Parameters()`` holds the defaults."""

    economy: Economy = Economy()
    allowance: Allowance = Allowance()
    cost: Cost = Cost()
    in_house: InHouse = InHouse()
    choice: Choice = Choice()
    agreement: Agreement = Agreement()
    redundancy: Redundancy = Redundancy()
    tupe: Tupe = Tupe()
    stranded: Stranded = Stranded()
    staffing: Staffing = Staffing()
    experience: Experience = Experience()
    formation: Formation = Formation()
    checkpoint: Checkpoint = Checkpoint()
    leaders: Leaders = Leaders()
    merging: Merging = Merging()
    hosting: Hosting = Hosting()
    framework: Framework = Framework()
    entry: Entry = Entry()
    at_scale: AtScale = AtScale()
    ccg: Ccg = Ccg()
    authorisation: Authorisation = Authorisation()
    preparation: Preparation = Preparation()
    bargaining: Bargaining = Bargaining()

    def value(self, name: str) -> Value:
        """Return the value of a dotted name, such as ``choice.noise``."""
        group, _, own = name.partition(".")
        result: Value = getattr(getattr(self, group), own)
        return result

    def changed(self, changes: Mapping[str, Value]) -> "Parameters":
        """Return these parameters with some values changed.

        Raises:
            InputError: A name is unknown or a value is not allowed; all faults at once.
        """
        faults = [fault for name, value in changes.items() if (fault := change_fault(name, value))]
        if faults:
            raise InputError(faults)
        result = self
        for name, value in changes.items():
            group, _, own = name.partition(".")
            typed = value if isinstance(value, (bool, str)) else float(value)
            result = replace(result, **{group: replace(getattr(result, group), **{own: typed})})
        return result

    def numbers(self) -> "np.ndarray[Any, np.dtype[np.float64]]":
        """Return every value as a number, in the order of ``DECLARED``."""
        return np.array([d.number(self.value(d.name)) for d in DECLARED.values()])


def _declarations() -> Iterator[Declaration]:
    for group in fields(Parameters):
        for own in fields(group.default):  # type: ignore[arg-type]
            default: Any = own.default
            yield Declaration(name=f"{group.name}.{own.name}", default=default, **own.metadata)


DECLARED: dict[str, Declaration] = {declaration.name: declaration for declaration in _declarations()}
COLUMN: dict[str, int] = {name: place for place, name in enumerate(DECLARED)}
FIXED_AT_START = ("ccg.minimum_population",)
"""Parameters that shape the market before it opens, and so cannot change on a date."""
POLICY_DTYPE = np.dtype([(declaration.column, np.float64) for declaration in DECLARED.values()])


def change_fault(name: str, value: object) -> str | None:
    """Say what is wrong with setting ``name`` to ``value``, or None when it is allowed."""
    if name in DECLARED:
        return DECLARED[name].fault(value)
    near = get_close_matches(name, DECLARED, n=1, cutoff=0.6)
    advice = f"did you mean {near[0]}?" if near else "'csmarket parameters' lists them"
    return f"there is no parameter {name}: {advice}"
