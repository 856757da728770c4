"""Limits with known answers: small experiments on a scenario whose outcome is known before they are run."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.dates import APRIL_2013
from agents.events import CAUSES, EVENTS
from scenarios.patterns import Target
from scenarios.scenario import load_scenario
from simulation.calendar import N_MONTHS
from simulation.engine import attributed, run_seeds, run_until, start
from simulation.history import History
from simulation.inputs import England
from simulation.opening import blank_market
from simulation.parameters import Value
from simulation.plan import Plan

LAST = N_MONTHS - 1
SHARES = ("home_css_share", "other_css_share", "outside_nhs_share", "in_house_share", "shared_share")
ENDS = (EVENTS.index("merger"), EVENTS.index("closure"))
EXACT = 1e-9

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Lab:
    """Where experiments are done: a scenario, and the seeds on which all of them are paired.

    Args:
        england: The data.
        scenario: A name or path.
        settings: Values for the whole run, besides those of an experiment.
        seeds: One a run.
    """

    england: England
    scenario: str | Path
    settings: Mapping[str, Value]
    seeds: Sequence[int]

    def plan(self, changes: Mapping[str, Value]) -> Plan:
        """Return the scenario's plan with some values changed for the whole run."""
        return load_scenario(self.scenario, {**self.settings, **changes}).plan

    def run(self, changes: Mapping[str, Value], england: England | None = None) -> list[History]:
        """Run the scenario with some values changed, or with other data."""
        return list(run_seeds(england or self.england, self.plan(changes), self.seeds, event_seeds=len(self.seeds)))


@dataclass(frozen=True)
class Limit:
    """An experiment whose answer is known.

    Args:
        what: What is done and measured.
        unit: Unit of the measure.
        target: The answer.
        experiment: Does it and returns the measure of each run.
    """

    what: str
    unit: str
    target: Target
    experiment: Callable[[Lab], Values]


# ---- The experiments ---------------------------------------------------------------------------------------


def _switches_when_free(lab: Lab) -> Values:
    free = lab.run({"redundancy.cap_months": 0, "choice.taste_known": 0})
    return _outcome(free, "switches_to_date") - _outcome(lab.run({}), "switches_to_date")


def _index_of_one(lab: Lab) -> Values:
    """Return the least index, in any month with something bought, of a market with one supplier."""
    settings: dict[str, Value] = {"choice.noise": 0, "checkpoint.in_force": False, "in_house.taste": -5}
    return np.array([_least_index(history) for history in lab.run(settings, _alone(lab.england))])


def _least_index(history: History) -> float:
    index = history.outcomes["hhi_national"][APRIL_2013:]
    return float(index[index > 0.0].min(initial=np.inf)) if (index > 0.0).any() else float("nan")


def _lost_to_scale(lab: Lab) -> Values:
    """Return how many units end for want of scale after April 2013 where no line has a fixed cost."""
    lines = replace(lab.england.lines, fixed_cost=np.zeros_like(lab.england.lines.fixed_cost))
    return np.array(
        [_ended_by(history, "saving", "fixed_cost") for history in lab.run({}, replace(lab.england, lines=lines))]
    )


def _unmet_without_allowance(lab: Lab) -> Values:
    histories = lab.run({"allowance.per_head": 0})
    return np.array([100.0 * history.outcomes["unmet_need_share"][APRIL_2013:].min() for history in histories])


def _bankruptcies_when_hosted(lab: Lab) -> Values:
    histories = lab.run({"hosting.ends": 0, "hosting.soft_budget": 1})
    return np.array([_ended_by(history, "debt") for history in histories])


def _shift_when_listed_twice(lab: Lab) -> Values:
    """Return by how much any share of what CCGs intend at first moves when each provider is listed twice."""
    half = _first_providers(lab.england, len(lab.england.providers.provider) // 2)
    once, twice = blank_market(half, lab.plan({})), blank_market(_doubled(half), lab.plan({}))
    suppliers, n = twice["suppliers"][0], len(half.providers.provider)
    units = int(twice["n_suppliers"][0]) - 2 * n
    suppliers["key"][units + n : units + 2 * n] = suppliers["key"][units : units + n]
    return np.array([np.abs(_first_shares(twice, seed) - _first_shares(once, seed)).max() for seed in lab.seeds])


def _exactly(value: float) -> Target:
    """Return a target that is met to rounding."""
    return Target(value - EXACT, value + EXACT, EXACT, f"{value:g}")


LIMITS = (
    Limit("switches gained without redundancy pay and trust", "agreements",
          Target(EXACT, inf, 1.0, "above 0"), _switches_when_free),
    Limit("concentration with one supplier and no noise", "index, 0 to 1", _exactly(1), _index_of_one),
    Limit("units lost for want of scale without fixed costs", "units", _exactly(0), _lost_to_scale),
    Limit("unmet need without an allowance", "% of need", _exactly(100), _unmet_without_allowance),
    Limit("bankruptcies, hosted for ever on a soft budget", "units", _exactly(0), _bankruptcies_when_hosted),
    Limit("shift between sources when each provider is listed twice", "share of spend", _exactly(0),
          _shift_when_listed_twice),
)  # fmt: skip


# ---- What they are done with -------------------------------------------------------------------------------


def _outcome(histories: Sequence[History], name: str) -> Values:
    """Return an outcome of each run in its last month."""
    return np.array([float(history.outcomes[name][LAST]) for history in histories])


def _ended_by(history: History, *causes: str) -> float:
    """Return how many units ended after April 2013, in a merger or a closure, for one of some causes."""
    events = history.events
    ends = np.isin(events["event"], ENDS) & (events["month"] >= APRIL_2013)
    return float((ends & np.isin(events["reason"], [CAUSES.index(cause) for cause in causes])).sum())


def _first_shares(blank: Any, seed: int) -> Values:
    """Return the shares of what CCGs intend in January 2012, before anything else has happened."""
    market = attributed(blank.copy())
    start(market, seed, False)
    run_until(market, 1)
    return np.array([market["outcomes"][0, 0][name] for name in SHARES])


def _alone(england: England) -> England:
    """Return the largest cluster that has a unit to itself, with no other supplier."""
    units = Counter(england.clusters.unit)
    own = [c for c, u in zip(england.clusters.pct_cluster, england.clusters.unit, strict=True) if u and units[u] == 1]
    clusters = np.array(england.ccgs.pct_cluster)
    cluster = max(own, key=lambda name: england.ccgs.population[clusters == name].sum())
    rows = np.flatnonzero(clusters == cluster)
    place = {int(old): new for new, old in enumerate(rows)}
    kept = [k for k, (a, b) in enumerate(england.neighbours.pairs.tolist()) if a in place and b in place]
    pairs = np.array([[place[a], place[b]] for a, b in england.neighbours.pairs[kept].tolist()], dtype=int)
    neighbours = replace(england.neighbours, pairs=pairs.reshape(-1, 2), border_km=england.neighbours.border_km[kept])
    its = [england.clusters.pct_cluster.index(cluster)]
    return _first_providers(
        replace(england, ccgs=_rows(england.ccgs, rows), neighbours=neighbours, clusters=_rows(england.clusters, its)),
        0,
    )


def _first_providers(england: England, n: int) -> England:
    return replace(england, providers=_rows(england.providers, range(n)))


def _doubled(england: England) -> England:
    """Return a market in which each potential provider is listed a second time, under another id."""
    table = england.providers
    twice = _rows(table, [*range(len(table.provider))] * 2)
    again = tuple(f"{provider}-again" for provider in table.provider)
    return replace(england, providers=replace(twice, provider=(*table.provider, *again)))


def _rows(table: Any, rows: Sequence[int] | NDArray[np.int64]) -> Any:
    """Return a table of the data with some of its rows, in their order."""
    columns = {column.name: getattr(table, column.name) for column in fields(table)}
    return replace(
        table,
        **{
            name: values[list(rows)] if isinstance(values, np.ndarray) else tuple(values[int(row)] for row in rows)
            for name, values in columns.items()
        },
    )
