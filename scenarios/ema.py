"""The model in the EMA Workbench: levers, uncertainties and outcomes under Python names, dots as underscores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.batch import Run, compiled
from scenarios.design_file import month_named, outcome_fault
from scenarios.factor import Factor, factor_of, flat_factors
from scenarios.scenario import Scenario, load_scenario
from scenarios.work import number_fault
from simulation.faults import InputError
from simulation.outcomes import OUTCOMES

SHOWN = ("css_operating", "providers_active", "spend_per_head", "private_share", "hhi_local", "quality")


@dataclass(frozen=True)
class EmaFunction:
    """What the workbench calls, in any process: the means of some outcomes over some seeds, the same at every point.

    Args:
        scenario: The scenario.
        names: Dotted names of what varies, by the workbench's names.
        outcomes: Names of the outcomes.
        month: The month (0 is January 2012).
        seeds: The seeds.
    """

    scenario: Scenario
    names: Mapping[str, str]
    outcomes: tuple[str, ...]
    month: int
    seeds: tuple[int, ...]

    def __call__(self, **values: Any) -> dict[str, float]:
        """Run a point and return its outcomes."""
        point = {self.names[name]: _plain(value) for name, value in values.items() if name in self.names}
        columns = [list(OUTCOMES).index(name) for name in self.outcomes]
        runs = [_run()(self.scenario, point, seed)[self.month, columns].copy() for seed in self.seeds]
        return dict(zip(self.outcomes, map(float, np.mean(runs, axis=0)), strict=True))


def as_ema_model(
    scenario: Scenario | str | Path = "baseline",
    *,
    vary: Mapping[str, Any],
    outcomes: Sequence[str] = SHOWN,
    month: object = "2016-12-01",
    seeds: int = 1,
    first_seed: int = 1,
) -> Any:
    """Return the market as a model of the EMA Workbench.

    Args:
        scenario: A scenario, or its name or path.
        vary: What varies, as under ``[vary]`` in a design: levers become levers, all else uncertainties.
        outcomes: Names of outcomes; each is the mean over the seeds.
        month: The month, as a date or ISO text.
        seeds: How many seeds each point is run with.
        first_seed: The first of them.

    Returns:
        An ``ema_workbench.Model``; its parameters are called as ours with underscores for dots.

    Raises:
        InputError: A name or value is wrong, a date is varied, or the extra ``ema`` is not installed.
    """
    ema = _workbench()
    faults: list[str] = []
    factors = [factor for name, written in flat_factors(vary) if (factor := factor_of(name, written, faults))]
    faults += [f"{factor.name}: the workbench has no dates" for factor in factors if factor.kind == "month"]
    faults += [fault for name in outcomes if (fault := outcome_fault(name))]
    faults += [fault for key, n in (("runs", seeds), ("seed", first_seed)) if (fault := number_fault(key, n))]
    try:
        when = month_named(month)
    except ValueError as error:
        faults.append(f"month: {error}")
    if faults:
        raise InputError(faults)
    loaded = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    names = {ema_name(factor.name): factor.name for factor in factors}
    chosen = tuple(range(first_seed, first_seed + seeds))
    function = EmaFunction(loaded, names, tuple(outcomes), when, chosen)
    model = ema.Model("csmarket", function=function)
    model.levers = [_parameter(ema, factor) for factor in factors if factor.lever]
    model.uncertainties = [_parameter(ema, factor) for factor in factors if not factor.lever]
    model.outcomes = [ema.ScalarOutcome(name) for name in outcomes]
    return model


def ema_name(name: str) -> str:
    """Return what the workbench calls a factor."""
    return name.replace(".", "_")


def _workbench() -> Any:
    try:
        import ema_workbench
    except ImportError:
        raise InputError(["as_ema_model wants the extra 'ema': pip install 'csmarket[ema]'"]) from None
    return ema_workbench


def _parameter(ema: Any, factor: Factor) -> Any:
    """Return a factor as a parameter of the workbench."""
    name = ema_name(factor.name)
    if factor.kind == "number":
        return ema.RealParameter(name, factor.low, factor.high)
    if factor.kind == "whole":
        return ema.IntegerParameter(name, int(factor.low), int(factor.high))
    if set(factor.values) == {True, False}:
        return ema.BooleanParameter(name)
    return ema.CategoricalParameter(name, list(factor.values))


def _plain(value: Any) -> Any:
    """Return a value as our own, of whatever type the workbench made it."""
    value = getattr(value, "value", value)
    return value.item() if hasattr(value, "item") else value


@lru_cache(maxsize=1)
def _run() -> Run:
    """Return what runs a point, once for each process."""
    return compiled()
