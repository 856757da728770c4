"""Runs while somebody waits: one at a time, in memory, in milliseconds, with what a page shows of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.columns import NOBODY, Array
from agents.events import CAUSES, EVENTS
from scenarios.batch import blank_of, least_size, numbers
from scenarios.explain import Moment
from scenarios.point import PolicyRows, plan_at
from scenarios.provenance import by_month, milestones
from scenarios.runs import Names
from scenarios.scenario import Scenario, list_scenarios, load_scenario
from scenarios.scenario_file import value_fault
from simulation.buyers import joined, with_larger_ccgs
from simulation.calendar import N_MONTHS, SNAPSHOTS, first_day
from simulation.faults import InputError
from simulation.history import events_of
from simulation.inputs import England
from simulation.parameters import DECLARED, Value

EVERY_MONTH = tuple(range(N_MONTHS))
MOST_SIZES = 4
"""Least sizes of CCGs whose CCGs are kept."""
DIGITS = 6
"""Significant digits by which two values of a parameter are the same."""


@dataclass(frozen=True)
class Question:
    """A scenario of the library with some parameters set for the whole run.

    Args:
        preset: Its name.
        settings: Names and values that were set, in the order of the reference.
    """

    preset: str
    settings: tuple[tuple[str, Value], ...] = ()

    @property
    def values(self) -> dict[str, Value]:
        """What was set, by name."""
        return dict(self.settings)


def question(preset: str, settings: Mapping[str, object]) -> Question:
    """Return a question, checked; a number counts to six significant digits.

    Raises:
        InputError: There is no such scenario in the library, or a setting is not allowed; all faults at once.
    """
    faults = [fault for name, value in settings.items() if (fault := value_fault(name, value))]
    if preset not in list_scenarios():
        faults.insert(0, f"{preset!r} is no scenario in the library: it has {', '.join(list_scenarios())}")
    if faults:
        raise InputError(faults)
    kept: list[tuple[str, Value]] = [(name, _rounded(settings[name])) for name in DECLARED if name in settings]
    return Question(preset, tuple(kept))


def _rounded(value: Any) -> Value:
    """Return a word or a switch as it is, and a number with the digits that count."""
    return value if isinstance(value, (bool, str)) else float(f"{value:.{DIGITS}g}")


def policy_dates(asked: Question) -> list[tuple[int, str]]:
    """Return the policy dates that a chart should flag: month (0 is January 2012) and label, in order."""
    own = scenario_of(asked.preset)
    left = [
        (policy, {name: to for name, to in policy.changes.items() if name not in asked.values})
        for policy in own.policies
    ]
    policies = tuple(replace(policy, changes=changes) for policy, changes in left if changes)
    asked_for = replace(own, policies=policies, plan=plan_at(own, asked.values))
    return list(by_month(milestones(asked_for)).items())


@dataclass(frozen=True)
class LiveRun:
    """What a page shows of one run.

    Args:
        outcomes: Every outcome, [month, outcome], in the order of ``OUTCOMES``.
        main_sources: Of each CCG of the data by spend, as a place in ``SOURCES``, or NO_SPEND: [snapshot, ccg].
        moments: What happened; nothing where events were not kept.
    """

    outcomes: NDArray[np.float64]
    main_sources: NDArray[np.int8]
    moments: Sequence[Moment] = ()


class LiveModel:
    """Runs questions on England, in any number of threads at once.

    Args:
        england: The data.
    """

    def __init__(self, england: England) -> None:
        self.england = england
        self._rows = lru_cache(maxsize=None)(lambda preset: PolicyRows(scenario_of(preset)))
        self._size = lru_cache(maxsize=MOST_SIZES)(lambda least: Buyers(england, least))

    def run(self, asked: Question, seed: int, *, keeps_events: bool = False) -> LiveRun:
        """Run a question with the luck of a seed."""
        from simulation.engine import filled, note_main_sources, run_until, start

        least = least_size(scenario_of(asked.preset), asked.values)
        market = filled(blank_of(self.england, EVERY_MONTH, least))
        numbers(market, "policy")[...] = self._rows(asked.preset).at(asked.values)
        start(market, seed, keeps_events)
        buyers = self._size(least)
        main_sources = np.empty((len(SNAPSHOTS), len(buyers.names.ccgs)), np.int8)
        for place, month in enumerate(SNAPSHOTS):
            run_until(market, month + 1)
            note_main_sources(market, main_sources[place])
        run_until(market, N_MONTHS)
        moments = moments_of(events_of(market), buyers.names) if keeps_events else ()
        return LiveRun(numbers(market, "outcomes").copy(), main_sources[:, buyers.stands_for], moments)


class Buyers:
    """The CCGs of a least size: their ids, and which of them each CCG of the data belongs to.

    Args:
        england: The data.
        least: Least population (people).
    """

    def __init__(self, england: England, least: float) -> None:
        self.names = Names(with_larger_ccgs(england, least))
        self.stands_for = np.arange(len(england.ccgs.ods_code))
        if len(self.names.ccgs) < len(self.stands_for):
            for place, rows in enumerate(joined(england, least).values()):
                self.stands_for[rows] = place


@lru_cache
def scenario_of(preset: str) -> Scenario:
    """Return a scenario of the library."""
    return load_scenario(preset)


def moments_of(events: Array, names: Names) -> list[Moment]:
    """Return what happened in a run, in order, from its EVENT rows."""
    return [_moment(row, names) for row in events.tolist()]


def _moment(row: Sequence[Any], names: Names) -> Moment:
    import pandas as pd

    month, event, reason, who, whom, ccg, line, amount = row
    return Moment(
        pd.Timestamp(first_day(month)),
        EVENTS[event],
        CAUSES[reason] if reason != NOBODY else "",
        names.suppliers[who] if who != NOBODY else "",
        names.suppliers[whom] if whom != NOBODY else "",
        (names.ccgs[ccg],) if ccg != NOBODY else (),
        (names.lines[line],) if line != NOBODY else (),
        amount,
    )
