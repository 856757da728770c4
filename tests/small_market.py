"""Small markets cut out of England's real rows, and what runs them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from functools import lru_cache
from typing import Any

import numpy as np

from scenarios.scenario import load_scenario
from simulation.engine import run_seeds
from simulation.history import History
from simulation.inputs import Clusters, England, Neighbours, PotentialProviders, read_england
from simulation.parameters import Parameters, Value
from simulation.plan import Plan

JANUARY_2012, JUNE_2012, APRIL_2013, DECEMBER_2016 = 0, 5, 15, 59
THREE_CLUSTERS = ("Derbyshire PCT Cluster", "Leicestershire PCT Cluster", "Cheshire PCT Cluster")
"""Thirteen CCGs in two regions; each cluster has a unit and lies in an area team of its own."""
FAR_CLUSTER = "Bournemouth and Poole, Dorset PCT Cluster"
"""One CCG out of reach of the others, in a region that comes after theirs; its cluster plans no unit."""
FEW_PROVIDERS = ("generalist-01", "generalist-02", "specialist-it-01", "voluntary-01", "council-east-midlands")


@lru_cache
def england() -> England:
    """Return all England."""
    return read_england()


def small_england(clusters: Iterable[str] = THREE_CLUSTERS, providers: Iterable[str] = FEW_PROVIDERS) -> England:
    """Return a market of the CCGs of some clusters, with all the service lines and a few potential providers.

    It holds no more agents than England, so it runs in England's compiled type.
    """
    wanted = tuple(clusters)
    rows = [row for row, cluster in enumerate(england().ccgs.pct_cluster) if cluster in wanted]
    names = england().providers.provider
    return with_providers(with_ccgs(england(), rows), [names.index(provider) for provider in providers])


def with_ccgs(whole: England, rows: Sequence[int]) -> England:
    """Return a market with some of the CCGs, in the order of ``rows``, and the clusters and borders that they have."""
    ccgs = _picked(whole.ccgs, rows)
    place = {old: new for new, old in enumerate(rows)}
    kept = [k for k, (a, b) in enumerate(whole.neighbours.pairs.tolist()) if a in place and b in place]
    pairs = np.array([sorted((place[a], place[b])) for a, b in whole.neighbours.pairs[kept].tolist()], dtype=int)
    clusters = [row for row, cluster in enumerate(whole.clusters.pct_cluster) if cluster in ccgs.pct_cluster]
    borders = Neighbours(pairs.reshape(-1, 2), whole.neighbours.border_km[kept])
    picked: Clusters = _picked(whole.clusters, clusters)
    return replace(whole, ccgs=ccgs, neighbours=borders, clusters=picked)


def with_providers(whole: England, rows: Sequence[int]) -> England:
    """Return a market with some of the potential providers, in the order of ``rows``."""
    providers: PotentialProviders = _picked(whole.providers, rows)
    return replace(whole, providers=providers)


def _picked(table: Any, rows: Sequence[int]) -> Any:
    """Return a table with some of its rows, in their order."""
    columns = {column.name: getattr(table, column.name) for column in fields(table)}
    return replace(
        table,
        **{
            name: values[list(rows)] if isinstance(values, np.ndarray) else tuple(values[row] for row in rows)
            for name, values in columns.items()
        },
    )


def plan_with(changes: Mapping[str, Value] | None = None) -> Plan:
    """Return the baseline with some values changed for the whole run."""
    return Plan(Parameters().changed(changes or {}))


def run(
    market: England, seeds: Iterable[int] = (1,), changes: Mapping[str, Value] | None = None, *, events: bool = False
) -> list[History]:
    """Run the baseline with some values changed, once for each seed."""
    seeds = list(seeds)
    return list(run_seeds(market, plan_with(changes), seeds, event_seeds=len(seeds) if events else 0))


@lru_cache
def scenario_runs(name: str, first: int, last: int) -> tuple[History, ...]:
    """Return runs of a scenario of the library on England, with their events, for the seeds from first to last."""
    seeds = range(first, last + 1)
    return tuple(run_seeds(england(), load_scenario(name).plan, seeds, event_seeds=len(seeds)))


def outcome(histories: Iterable[History], name: str, month: int = DECEMBER_2016) -> Any:
    """Return one outcome of each run in one month."""
    return np.array([history.outcomes[name][month] for history in histories])


def arrays(history: History) -> dict[str, bytes]:
    """Return the bytes of everything that a run leaves behind, by name."""
    names = ("outcomes", "line_outcomes", "ccgs", "suppliers", "agreements", "events")
    return {name: values_of(getattr(history, name)) for name in names}


def values_of(table: Any) -> bytes:
    """Return the bytes of a structured array's values, field by field, without the gaps between fields."""
    return b"".join(np.ascontiguousarray(table[name]).tobytes() for name in table.dtype.names)
