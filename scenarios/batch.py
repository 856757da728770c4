"""A batch of runs at the points of a design: each compiled end to end, or through Mesa's agents of a user's own."""

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from hashlib import sha256
from inspect import getsource
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from scenarios.arrow import column, table_of_rows
from scenarios.design import KEYS
from scenarios.point import PolicyRows, Values, plan_at
from scenarios.scenario import Scenario
from scenarios.store import FAILURES
from simulation.calendar import N_MONTHS, first_day
from simulation.faults import InputError
from simulation.inputs import England, read_england
from simulation.outcomes import OUTCOMES

MONTHS = np.array([first_day(month) for month in range(N_MONTHS)], dtype="datetime64[ms]")
LEAST_CCG = "ccg.minimum_population"
MOST_BLANKS = 16
"""Markets before luck that are kept, of as many least sizes of CCGs."""
LONGEST_ERROR = 500
"""Characters of an error that are kept."""

Outcomes = NDArray[np.float64]
"""Every outcome of one run, [month, outcome]."""

Run = Callable[[Scenario, Values, int], Outcomes]
"""Runs a scenario at a point with a seed."""


@dataclass(frozen=True)
class Batch:
    """Runs that are computed together, with all that they need, wherever that happens.

    Args:
        scenarios: The scenarios, by name.
        points: A row a run: the columns of a design's table of points.
        seeds: A seed a run.
        outcomes: Names of the outcomes wanted.
        months: Months wanted (0 is January 2012).
        mesa: Whether the runs go through Mesa's agents.
        models: Classes of agents or of markets of the user's own, as ``module:Class``.
    """

    scenarios: Mapping[str, Scenario]
    points: pa.Table
    seeds: tuple[int, ...]
    outcomes: tuple[str, ...]
    months: tuple[int, ...]
    mesa: bool = False
    models: tuple[str, ...] = ()


def run_batch(batch: Batch) -> dict[str, pa.Table]:
    """Run a batch; a run that fails is told and does not stop the rest.

    Returns:
        ``outcomes`` (``point``, ``seed``, ``month``, outcomes: a row a run and month) and ``failures`` (``point``,
        ``seed``, ``error``).
    """
    run = _through_mesa(batch.models) if batch.mesa or batch.models else compiled(batch.months)
    columns = [list(OUTCOMES).index(name) for name in batch.outcomes]
    wanted = np.ix_(batch.months, columns)
    kept = np.empty((len(batch.seeds), len(batch.months), len(columns)))
    done: list[tuple[int, int]] = []
    failures: list[dict[str, object]] = []
    for row, seed in zip(batch.points.to_pylist(), batch.seeds, strict=True):
        values = {name: value for name, value in row.items() if name not in KEYS}
        try:
            kept[len(done)] = run(batch.scenarios[row["scenario"]], values, seed)[wanted]
            done.append((row["point"], seed))
        except Exception as error:
            told = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
            failures.append({"point": row["point"], "seed": seed, "error": told})
    return {
        "outcomes": _table(done, kept[: len(done)], batch),
        "failures": table_of_rows(failures, FAILURES),
    }


def _table(done: list[tuple[int, int]], kept: NDArray[np.float64], batch: Batch) -> pa.Table:
    points, seeds = np.array(done, np.int64).reshape(-1, 2).T
    each = len(batch.months)
    columns: dict[str, Any] = {
        "point": np.repeat(points.astype(np.int32), each),
        "seed": np.repeat(seeds, each),
        "month": np.tile(MONTHS[list(batch.months)], len(done)),
    }
    columns |= {name: kept[:, :, place].ravel() for place, name in enumerate(batch.outcomes)}
    return pa.table({name: column(values) for name, values in columns.items()})


# ---- Compiled --------------------------------------------------------------------------------------------------


def compiled(months: Sequence[int] = range(N_MONTHS)) -> Run:
    """Return what runs a point compiled end to end, in its thread's own memory, and records some months."""
    return partial(_run_compiled, tuple(months), {})


def load_engine() -> None:
    """Load the compiled rules, where they are in the cache, which takes a second the first time."""
    from simulation.engine import filled, is_compiled, run_until, start

    if is_compiled():
        market = filled(blank_of(read_england(), (), 0.0))
        start(market, 0, False)
        run_until(market, 0)


@lru_cache(maxsize=MOST_BLANKS)
def blank_of(england: England, months: tuple[int, ...], minimum_population: float) -> Any:
    """Return the market before luck, with CCGs of at least a size (people), which records some months.

    Plans of one least size differ only in the parameters in force, so it is made once for all of them.
    """
    from simulation.opening import blank_market, record_only
    from simulation.parameters import Parameters
    from simulation.plan import Plan

    blank = blank_market(england, Plan(Parameters().changed({LEAST_CCG: minimum_population})))
    record_only(blank, months)
    return blank


def least_size(scenario: Scenario, values: Values) -> float:
    """Return the least size of CCGs (people) at a point."""
    varied = values.get(LEAST_CCG)
    return float(scenario.plan.parameters.value(LEAST_CCG) if varied is None else varied)


def _run_compiled(
    months: tuple[int, ...], tables: dict[str, PolicyRows], scenario: Scenario, values: Values, seed: int
) -> Outcomes:
    from simulation.engine import filled, run_until, start

    if scenario.name not in tables:
        tables[scenario.name] = PolicyRows(scenario)
    market = filled(blank_of(read_england(), months, least_size(scenario, values)))
    numbers(market, "policy")[...] = tables[scenario.name].at(values)
    start(market, seed, False)
    run_until(market, N_MONTHS)
    return numbers(market, "outcomes")


def numbers(market: Any, name: str) -> NDArray[np.float64]:
    """Return a market's table of one number a field as numbers, [month, field], in place."""
    return np.asarray(market[name][0]).view(np.float64).reshape(len(market[name][0]), -1)


# ---- Through Mesa ----------------------------------------------------------------------------------------------


def _through_mesa(models: tuple[str, ...]) -> Run:
    """Return what runs a point through Mesa's agents, some of them of the user's own."""
    market, classes = classes_of(models)
    return partial(_run_mesa, market, classes)


def _run_mesa(market: Any, classes: Mapping[str, type], scenario: Scenario, values: Values, seed: int) -> Outcomes:
    import mesa

    model = market(read_england(), plan_at(scenario, values), seed, **classes)
    try:
        outcomes = model.run().outcomes
    finally:
        # Mesa counts the agents of every model in a table that keeps the model alive.
        mesa.Agent._ids.pop(model, None)
    return np.ascontiguousarray(outcomes).view(np.float64).reshape(N_MONTHS, -1)


def classes_of(models: tuple[str, ...]) -> tuple[Any, dict[str, type]]:
    """Return the class of markets, and the classes of agents by the names under which a market takes them.

    Raises:
        InputError: A class cannot be imported, or is neither an agent's nor a market's; all faults at once.
    """
    from agents.in_mesa import Ccg, Css, Provider
    from simulation.market import Market

    kinds: dict[str, type] = {"ccg_class": Ccg, "css_class": Css, "provider_class": Provider}
    market: Any = Market
    classes: dict[str, type] = {}
    faults: list[str] = []
    for name in models:
        found = _imported(name, faults)
        takes = [key for key, kind in kinds.items() if isinstance(found, type) and issubclass(found, kind)]
        if isinstance(found, type) and issubclass(found, Market):
            market = found
        elif found is not None and not takes:
            faults.append(f"--model {name} is no subclass of {', '.join(k.__name__ for k in kinds.values())} or Market")
        elif takes and takes[0] in classes:
            faults.append(f"--model {name}: {classes[takes[0]].__name__} is given for the same agents: keep one")
        if isinstance(found, type):
            classes |= dict.fromkeys(takes, found)
    if faults:
        raise InputError(faults)
    return market, classes


def _imported(name: str, faults: list[str]) -> object:
    """Return what ``module:Class`` names, or note what is wrong with it; this folder is looked in too."""
    module, _, own = name.partition(":")
    if not module or not own:
        faults.append(f"--model {name!r} must read module:Class, as in --model mine:LoyalCcg")
        return None
    if str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))
    try:
        return getattr(importlib.import_module(module), own)
    except ModuleNotFoundError as error:
        faults.append(f"--model {name}: there is no module {error.name} here or in this environment")
    except AttributeError:
        faults.append(f"--model {name}: {module} holds no {own}")
    except Exception as error:
        faults.append(f"--model {name}: {module} cannot be imported ({type(error).__name__}: {error})")
    return None


def model_hashes(models: tuple[str, ...]) -> dict[str, str]:
    """Return a hash of the source of each class's module, so that edited code never carries on old results."""
    hashes = {}
    for name in models:
        module = importlib.import_module(name.partition(":")[0])
        hashes[name] = sha256(getsource(module).encode()).hexdigest()
    return hashes
