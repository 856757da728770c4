"""Runs of a scenario as tables: each history turned into rows, with ids in place of row numbers."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from agents.columns import BUY, FORMS, MAKE, NOBODY, REASONS, SATISFACTIONS, SHARE, STATUSES, Array
from agents.dates import APRIL_2013
from agents.events import CAUSES, EVENTS
from scenarios.plausible import PlausibleSet
from scenarios.scenario import Scenario
from simulation.buyers import with_larger_ccgs
from simulation.calendar import N_MONTHS, SNAPSHOTS, first_day
from simulation.history import History
from simulation.inputs import LINE_IDS, England
from simulation.opening import unit_ids
from simulation.outcomes import OUTCOMES
from simulation.plan import Plan

SOURCES = ("home_css", "other_css", "private", "other", "in_house", "shared")
HOME_CSS, OTHER_CSS, PRIVATE_SUPPLIER, OTHER_SUPPLIER, IN_HOUSE, SHARED = range(6)
SOLD = np.array([OTHER_CSS, PRIVATE_SUPPLIER, OTHER_SUPPLIER], np.int8)
"""What a supplier of each sector sells to CCGs that it is not home to."""
MONTHS = np.array([first_day(month) for month in range(N_MONTHS)], dtype="datetime64[ms]")
Table = dict[str, Any]


def run_tables(
    england: England,
    scenario: Scenario,
    seeds: Sequence[int],
    *,
    engine: str = "compiled",
    event_runs: int = 20,
    first_seed: int = 1,
    plausible: PlausibleSet | None = None,
) -> dict[str, pa.Table]:
    """Run a scenario once for each seed and return its tables.

    Args:
        england: The data.
        scenario: The scenario.
        seeds: One a run, in order.
        engine: ``compiled`` or ``mesa``.
        event_runs: For how many of the first runs of the whole job events are kept.
        first_seed: Seed of the job's first run; a run's number is its seed less this, from 1.
        plausible: The draws by which uncertain parameters differ between runs.

    Returns:
        One table for each of ``outcomes``, ``units``, ``ccgs``, ``sourcing``, ``lines`` and ``events``, and with a
        plausible set ``draws``.
    """
    names = Names(with_larger_ccgs(england, scenario.plan.parameters.ccg.minimum_population))
    rows: dict[str, list[pa.Table]] = {}
    runs = [seed - first_seed + 1 for seed in seeds]
    plans = [plausible.plan(run, scenario) if plausible else scenario.plan for run in runs]
    for history in _histories(england, plans, seeds, engine, max(0, first_seed + event_runs - seeds[0])):
        run = history.seed - first_seed + 1
        for name, table in tables_of(history, run, names, scenario.name).items():
            rows.setdefault(name, []).append(table)
    joined = {name: pa.concat_tables(tables) for name, tables in rows.items()}
    return joined | ({"draws": plausible.table(runs, first_seed, scenario)} if plausible else {})


def _histories(
    england: England, plans: Sequence[Plan], seeds: Sequence[int], engine: str, event_seeds: int
) -> Iterator[History]:
    """Yield the history of each run, by its plan and seed, from the engine asked for."""
    if engine == "compiled":
        from simulation.engine import run_seeds

        for same in _stretches(plans):
            yield from run_seeds(
                england, plans[same.start], seeds[same.start : same.stop], event_seeds=event_seeds - same.start
            )
        return
    import mesa

    from simulation.market import Market

    for place, (plan, seed) in enumerate(zip(plans, seeds, strict=True)):
        market = Market(england, plan, seed, keeps_events=place < event_seeds)
        yield market.run()
        # Mesa counts the agents of every model in a table that keeps the model alive.
        mesa.Agent._ids.pop(market, None)


def _stretches(plans: Sequence[Plan]) -> Iterator[range]:
    """Yield the places of plans that follow each other and are one."""
    start = 0
    for place in range(1, len(plans) + 1):
        if place == len(plans) or plans[place] is not plans[start]:
            yield range(start, place)
            start = place


class Names:
    """The ids of agents and lines, in the order of their rows.

    Args:
        england: The data.
    """

    def __init__(self, england: England) -> None:
        ids = unit_ids(england)
        unit_names = dict(zip(england.clusters.unit, england.clusters.unit_name, strict=True))
        self.units = ids
        self.unit_names = [unit_names[unit] for unit in ids]
        self.suppliers = [*ids, *england.providers.provider]
        self.ccgs = list(england.ccgs.ods_code)
        self.lines = list(LINE_IDS)


def tables_of(history: History, run: int, names: Names, scenario: str) -> dict[str, pa.Table]:
    """Return the tables of one run."""
    return {
        "outcomes": _outcomes(history, run, scenario),
        "units": _units(history, run, names),
        "ccgs": _ccgs(history, run, names),
        "sourcing": _sourcing(history, run, names),
        "lines": _lines(history, run, names),
        "events": _events(history, run, names),
    }


def _outcomes(history: History, run: int, scenario: str) -> pa.Table:
    columns: Table = {
        "scenario": _words(np.zeros(N_MONTHS, np.int32), [scenario]),
        "run": np.full(N_MONTHS, run, np.int32),
        "seed": np.full(N_MONTHS, history.seed, np.int64),
        "month": MONTHS,
    }
    return pa.table(columns | {name: history.outcomes[name] for name in OUTCOMES})


def _units(history: History, run: int, names: Names) -> pa.Table:
    kept, n = len(SNAPSHOTS), len(names.units)
    rows = history.suppliers[:, :n]
    every = np.tile(np.arange(n), kept)
    columns: Table = _snapshot_columns(run, n) | {
        "unit": _words(every, names.units),
        "name": _words(every, names.unit_names),
        "status": _words(rows["status"].ravel(), STATUSES),
        "form": _words(rows["form"].ravel(), FORMS),
        "heads_served": rows["served"].ravel(),
        "customers": rows["customers"].ravel().astype(np.int32),
        "fte": rows["fte"].sum(axis=2).ravel(),
        "price_per_head": rows["bundle_price"].ravel(),
        "quality": rows["quality"].mean(axis=2).ravel(),
        "reserves": rows["reserves"].ravel(),
        "predecessors": pa.array(_predecessors(rows["heir"], names.units)),
    }
    order = ["run", "unit", "name", "month", "status", "form", "heads_served", "customers", "fte", "price_per_head",
             "quality", "reserves", "predecessors"]  # fmt: skip
    return pa.table({name: columns[name] for name in order})


def _predecessors(heirs: Array, units: Sequence[str]) -> list[str]:
    """Return for each snapshot and unit the ids of those that it carries on, with a blank between."""
    lists: list[str] = []
    for snapshot in heirs.tolist():
        carried: list[list[str]] = [[] for _ in units]
        for row, heir in enumerate(snapshot):
            while heir != NOBODY:
                carried[heir].append(units[row])
                heir = snapshot[heir]
        lists.extend(" ".join(sorted(ids)) for ids in carried)
    return lists


def _ccgs(history: History, run: int, names: Names) -> pa.Table:
    n, rows = len(names.ccgs), history.ccgs
    population = rows["population"]
    columns: Table = _snapshot_columns(run, n) | {
        "ods_code": _words(np.tile(np.arange(n), len(SNAPSHOTS)), names.ccgs),
        "home_unit": _words(rows["home"].ravel(), names.suppliers),
        "spend_per_head": _spend_per_head(history).ravel(),
        "allowance_per_head": (rows["allowance"] / population).ravel(),
        "core_cost": rows["core_cost"].ravel(),
        "satisfaction": _words(rows["says"].ravel(), SATISFACTIONS),
        "satisfaction_score": rows["satisfaction"].ravel(),
        "main_reason": _words(rows["main_reason"].ravel(), REASONS),
        "unmet_need_share": 1.0 - rows["service_level"].ravel(),
    }
    order = ["run", "ods_code", "month", "home_unit", "spend_per_head", "allowance_per_head", "core_cost",
             "satisfaction", "satisfaction_score", "main_reason", "unmet_need_share"]  # fmt: skip
    return pa.table({name: columns[name] for name in order})


def _spend_per_head(history: History) -> Array:
    """Return what each CCG pays, or until March 2013 intends to pay, for support (GBP a head a year)."""
    return _agreed(history, "price").sum(axis=2) * history.ccgs["service_level"]


def _agreed(history: History, name: str) -> Array:
    """Return a field of the agreements, or until March 2013 of what CCGs intend: [snapshot, ccg, line]."""
    early = sum(month < APRIL_2013 for month in SNAPSHOTS)
    return np.concatenate([history.agreements[f"next_{name}"][:early], history.agreements[name][early:]])


def _sourcing(history: History, run: int, names: Names) -> pa.Table:
    source, kind, supplier, price = sources_of(history)
    kept, n, lines = kind.shape
    who = np.where(kind == BUY, supplier, np.where(kind == MAKE, NOBODY, supplier + len(names.suppliers)))
    months = np.repeat(MONTHS[list(SNAPSHOTS)], n * lines)
    return pa.table(
        {
            "run": np.full(kept * n * lines, run, np.int32),
            "ods_code": _words(np.tile(np.repeat(np.arange(n), lines), kept), names.ccgs),
            "line": _words(np.tile(np.arange(lines), kept * n), names.lines),
            "month": months,
            "source": _words(source.ravel(), SOURCES),
            "supplier": _words(who.ravel(), [*names.suppliers, *names.ccgs]),
            "price_per_head": price.ravel(),
        }
    )


def sources_of(history: History) -> tuple[Array, Array, Array, Array]:
    """Return where each CCG gets each line at each snapshot, until March 2013 as it intends to.

    Returns:
        The source, as a place in ``SOURCES``; the kind; the supplier's row; and the price (GBP a head a year); each
        [snapshot, ccg, line].
    """
    kind, supplier, price = (_agreed(history, name) for name in ("kind", "supplier", "price"))
    kind, supplier = _with_hosts(kind, supplier)
    return _source(history, kind, supplier), kind, supplier, price


def _with_hosts(kind: Array, supplier: Array) -> tuple[Array, Array]:
    """Return sources in which a CCG's own team counts as shared where another CCG is in it."""
    snapshot, ccg, line = np.nonzero((kind == SHARE) & (supplier != np.arange(kind.shape[1])[:, None]))
    host = np.zeros(kind.shape, bool)
    host[snapshot, supplier[snapshot, ccg, line], line] = True
    host &= kind != BUY
    own = np.broadcast_to(np.arange(kind.shape[1])[:, None], kind.shape)
    return np.where(host, SHARE, kind), np.where(host, own, supplier)


def _source(history: History, kind: Array, supplier: Array) -> Array:
    """Return the source of each agreement, as a place in ``SOURCES``."""
    snapshot = np.arange(len(SNAPSHOTS))[:, None, None]
    sold = SOLD[history.suppliers["sector"]]
    bought = sold[snapshot, np.where(kind == BUY, supplier, 0)]
    bought[(bought == OTHER_CSS) & (supplier == history.ccgs["home"][:, :, None])] = HOME_CSS
    return np.where(kind == BUY, bought, np.where(kind == MAKE, np.int8(IN_HOUSE), np.int8(SHARED)))


def _lines(history: History, run: int, names: Names) -> pa.Table:
    lines = len(names.lines)
    columns: Table = {
        "run": np.full(N_MONTHS * lines, run, np.int32),
        "month": np.repeat(MONTHS, lines),
        "line": _words(np.tile(np.arange(lines), N_MONTHS), names.lines),
    }
    return pa.table(
        columns | {name: history.line_outcomes[name].ravel() for name in ("spend", "hhi_national", "hhi_local")}
    )


def _events(history: History, run: int, names: Names) -> pa.Table:
    rows = history.events
    return pa.table(
        {
            "run": np.full(len(rows), run, np.int32),
            "month": MONTHS[rows["month"]],
            "event": _words(rows["event"], EVENTS),
            "who": _words(rows["who"], names.suppliers),
            "whom": _words(rows["whom"], names.suppliers),
            "ods_code": _words(rows["ccg"], names.ccgs),
            "line": _words(rows["line"], names.lines),
            "amount": rows["amount"].astype(np.float64),
            "reason": _words(rows["reason"], CAUSES),
        }
    )


def _snapshot_columns(run: int, n: int) -> Table:
    """Return the columns that every table of snapshots begins with, for ``n`` agents."""
    return {
        "run": np.full(n * len(SNAPSHOTS), run, np.int32),
        "month": np.repeat(MONTHS[list(SNAPSHOTS)], n),
    }


def _words(places: Array, words: Sequence[str]) -> pa.DictionaryArray:
    """Return words by their place in a list; nobody is null."""
    places = np.asarray(places, np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(places, mask=places == NOBODY), pa.array(list(words)))
