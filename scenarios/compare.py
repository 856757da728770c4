"""Compare scenarios on the same luck: paired differences by seed, and which change brings how much of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scenarios.design import Design, table_of
from scenarios.scenario import Scenario, load_scenario
from scenarios.sweep import COMPARE, SweepJob, carry_out_sweep
from scenarios.sweep_results import SweepResults
from scenarios.work import Watch, number_fault
from simulation.calendar import N_MONTHS
from simulation.faults import InputError
from simulation.outcomes import OUTCOMES
from simulation.parameters import DECLARED
from simulation.plan import DatedChange, Plan

if TYPE_CHECKING:
    import pandas as pd

CONFIDENCE = 0.95
MOST_DRIVERS = 40
INTERACTION = "interaction"
"""What changes bring together beyond what each brings alone."""
TOTAL = "total"
"""What all changes bring together."""

ALONE = "{base} with {driver} of {other}"


@dataclass(frozen=True)
class Variant:
    """The base with one of another scenario's changes.

    Args:
        other: Name of the scenario that the change is of.
        driver: The parameter that is changed, at the start or on dates.
        scenario: What is run.
    """

    other: str
    driver: str
    scenario: Scenario


class Comparison(SweepResults):
    """Runs of a base and of other scenarios on the same seeds."""

    @property
    def base(self) -> str:
        """The scenario that the others are compared with."""
        return str(self.manifest["base"])

    @property
    def others(self) -> list[str]:
        """The scenarios that are compared with it."""
        return list(self.manifest["others"])

    def differences(self, outcomes: Sequence[str] | None = None, month: object = None) -> "pd.DataFrame":
        """Return the difference that each scenario makes to each outcome, paired by seed.

        Args:
            outcomes: Their names; all unless told.
            month: The month, as a date or ISO text; the last unless told.

        Returns:
            ``scenario``, ``outcome``, ``base`` and ``other`` (means), ``difference`` (mean of other less base), ``low``
            and ``high`` (its 95% interval), ``agree`` (runs that differ the same way as the mean), ``same`` (runs that
            do not differ at all), ``runs`` (pairs), ``verdict`` (``higher``, ``lower``, ``no clear difference``,
            ``the same``).

        Raises:
            InputError: An outcome or month is not there.
        """
        import pandas as pd

        runs = self._by_scenario(outcomes, month)
        rows = [
            {"scenario": other, "outcome": name} | paired(runs[self.base][name], runs[other][name])
            for other in self.others
            for name in runs[self.base]
        ]
        return pd.DataFrame(rows)

    def drivers(self, outcomes: Sequence[str] | None = None, month: object = None) -> "pd.DataFrame":
        """Return the waterfall from the base to each scenario: what each change does alone, and their interaction.

        Returns:
            ``scenario``, ``outcome``, ``driver``, ``difference`` with ``low`` and ``high`` (95%), ``agree``, ``same``,
            ``runs``. The differences of a scenario's drivers and its ``interaction`` sum to its ``total``.

        Raises:
            InputError: An outcome or month is not there.
        """
        import pandas as pd

        runs = self._by_scenario(outcomes, month)
        rows = [
            {"scenario": other, "outcome": name, "driver": driver} | summed_up(step.to_numpy())
            for other in self.others
            for name in runs[self.base]
            for driver, step in self._steps(runs, other, name).items()
        ]
        return pd.DataFrame(rows)

    def steps(self, outcome: str, month: object = None) -> "dict[str, pd.DataFrame]":
        """Return the waterfall of one outcome seed by seed, for each scenario whose changes were run alone.

        Args:
            outcome: Its name.
            month: The month, as a date or ISO text; the last unless told.

        Returns:
            By scenario, a row a seed and a column a driver, then ``interaction`` and ``total``. Seeds of which a run
            is not there are left out.

        Raises:
            InputError: The outcome or month is not there.
        """
        runs = self._by_scenario([outcome], month)
        steps = {other: self._steps(runs, other, outcome) for other in self.others}
        return {other: table for other, table in steps.items() if len(table.columns)}

    def _steps(self, runs: Mapping[str, Any], other: str, name: str) -> "pd.DataFrame":
        """Return the steps from the base to one scenario, a row a seed; no columns where it has one change or none."""
        import pandas as pd

        base, total = runs[self.base][name], runs[other][name] - runs[self.base][name]
        alone = {driver: runs[variant][name] - base for driver, variant in self.manifest["variants"][other].items()}
        if not alone:
            return pd.DataFrame()
        first, last = self.manifest["seeds"]
        together = {INTERACTION: total - sum(alone.values()), TOTAL: total}
        return pd.DataFrame(alone | together, index=pd.RangeIndex(first, last + 1, name="seed")).dropna()

    def _by_scenario(self, outcomes: Sequence[str] | None, month: object) -> dict[str, dict[str, NDArray[np.float64]]]:
        """Return each outcome of each scenario, a value a seed (not a number where the run failed)."""
        names = self.stored(outcomes)
        table = self.read(names, self.months[-1] if month is None else month)
        first, last = self.manifest["seeds"]
        wide = table.set_index(["point", "seed"])
        return {
            str(scenario): {
                name: wide[name].reindex([(point, seed) for seed in range(first, last + 1)]).to_numpy(float)
                for name in names
            }
            for point, scenario in zip(self.design["point"], self.design["scenario"], strict=True)
        }


def paired(base: NDArray[np.float64], other: NDArray[np.float64]) -> dict[str, object]:
    """Return what two scenarios' runs on the same seeds say of their difference, other less base.

    Args:
        base: A value a seed; pairs in which one is not a number do not count.
        other: The same seeds.
    """
    known = ~(np.isnan(base) | np.isnan(other))
    told = summed_up((other - base)[known])
    means = {"base": _mean(base[known]), "other": _mean(other[known])}
    return means | told | {"verdict": _verdict(told)}


def summed_up(differences: NDArray[np.float64]) -> dict[str, Any]:
    """Return the mean of some differences, its 95% interval (Student's t), and how many go the same way as it."""
    from scipy.stats import t

    runs, mean = len(differences), _mean(differences)
    if runs < 2:
        low = high = float("nan")
    else:
        half = t.ppf(0.5 + CONFIDENCE / 2, runs - 1) * differences.std(ddof=1) / np.sqrt(runs)
        low, high = mean - half, mean + half
    same = int((differences == 0.0).sum())
    agree = int((np.sign(differences) == np.sign(mean)).sum()) if mean else same
    return {"difference": mean, "low": float(low), "high": float(high), "agree": agree, "same": same, "runs": runs}


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if values.size else float("nan")


def _verdict(told: Mapping[str, Any]) -> str:
    if told["difference"] == told["low"] == told["high"] == 0.0:
        return "the same"
    if told["low"] > 0.0:
        return "higher"
    return "lower" if told["high"] < 0.0 else "no clear difference"


# ---- What is run -----------------------------------------------------------------------------------------------


def drivers_between(base: Scenario, other: Scenario) -> list[str]:
    """Return the parameters in which two scenarios differ, at the start or on dates, in the order of the reference."""
    return [name for name in DECLARED if _path(base, name) != _path(other, name)]


def _path(scenario: Scenario, name: str) -> list[object]:
    """Return a parameter's value at the start and its dated changes."""
    dated = [(change.month, change.value) for change in scenario.plan.dated if change.name == name]
    return [scenario.plan.parameters.value(name), *dated]


def with_driver(base: Scenario, other: Scenario, driver: str) -> Scenario:
    """Return the base with one parameter as another scenario has it, from the start and on its dates."""
    dated: list[DatedChange] = [change for change in base.plan.dated if change.name != driver]
    dated += [change for change in other.plan.dated if change.name == driver]
    value = other.plan.parameters.value(driver)
    plan = Plan(base.plan.parameters.changed({driver: value}), tuple(sorted(dated, key=lambda change: change.month)))
    name = ALONE.format(base=base.name, driver=driver, other=other.name)
    return replace(base, name=name, title=name, changes={**base.changes, driver: value}, policies=(), plan=plan)


def variants_of(base: Scenario, others: Sequence[Scenario]) -> list[Variant]:
    """Return the base with each single change of every scenario that makes several."""
    found = []
    for other in others:
        drivers = drivers_between(base, other)
        if len(drivers) > 1:
            found += [Variant(other.name, driver, with_driver(base, other, driver)) for driver in drivers]
    return found


def comparison_job(
    base: Scenario,
    others: Sequence[Scenario],
    *,
    folder: Path,
    runs: int = 200,
    seed: int = 1,
    drivers: bool = True,
    **how: Any,
) -> SweepJob:
    """Return the work of a comparison: a point for each scenario, and for each single change where one makes several.

    Args:
        base: The scenario that the others are compared with.
        others: One or more scenarios.
        folder: The results folder.
        runs: Seeds for each.
        seed: The first of them.
        drivers: Whether each change of a scenario is run alone too.
        how: More of a sweep's job: ``workers``, ``address``, ``command``.

    Raises:
        InputError: There is nothing to compare, a scenario is there twice, or a number is wrong; all faults at once.
    """
    faults = [fault for name, value in (("runs", runs), ("seed", seed)) if (fault := number_fault(name, value))]
    names = [base.name, *(other.name for other in others)]
    faults += [
        f"{name} is there twice: name each scenario once" for name in sorted(set(names)) if names.count(name) > 1
    ]
    if not others:
        faults.append(f"there is nothing to compare {base.name} with: name one or more other scenarios")
    variants = variants_of(base, others) if drivers and not faults else []
    if len(variants) > MOST_DRIVERS:
        faults.append(f"{len(variants)} changes are more than the {MOST_DRIVERS} that are run alone: use --no-drivers")
    if faults:
        raise InputError(faults)
    scenarios = (base, *others, *(variant.scenario for variant in variants))
    design = Design(
        name="_".join(names), source="compare", method="scenarios", base_points=0, scenarios=scenarios, factors=(),
        points=table_of({}, (), scenarios), seeds=runs, first_seed=seed, outcomes=tuple(OUTCOMES),
        months=tuple(range(N_MONTHS)),
    )  # fmt: skip
    more = {"base": base.name, "others": names[1:], "variants": _named(names[1:], variants)}
    return SweepJob(design, folder, made_by=COMPARE, more=more, **how)


def _named(others: Sequence[str], variants: Sequence[Variant]) -> dict[str, dict[str, str]]:
    """Return the name of each variant by scenario and driver."""
    return {
        other: {variant.driver: variant.scenario.name for variant in variants if variant.other == other}
        for other in others
    }


def carry_out_comparison(job: SweepJob, *, force: bool = False, watch: Watch | None = None) -> Comparison:
    """Run a comparison, as far as its folder does not hold the results already.

    Raises:
        InputError: Something is in the way in the folder, or there is no cluster there.
        WriteError: A write failed; complete chunks stay.
    """
    return Comparison(carry_out_sweep(job, force=force, watch=watch).folder)


def compare(
    base: Scenario | str | Path,
    *others: Scenario | str | Path,
    runs: int = 200,
    seed: int = 1,
    out: str | Path | None = None,
    drivers: bool = True,
    workers: int | None = None,
) -> Comparison:
    """Run scenarios on the same seeds and return what differs.

    Args:
        base: The scenario that the others are compared with, or its name or path.
        others: One or more scenarios, or their names or paths.
        runs: Seeds for each.
        seed: The first of them.
        out: The results folder; without one, the results go away with the object that is returned.
        drivers: Whether each change of a scenario is run alone too.
        workers: Threads that compute at once; as many as there are cores unless told.

    Raises:
        InputError: A scenario or a number is wrong, or something else is in the way in the folder.
        WriteError: The disk is full, or another write failed.
    """
    kept = TemporaryDirectory(prefix="csmarket-") if out is None else None
    folder = Path(out if out is not None else kept.name)  # type: ignore[union-attr]
    scenarios = loaded(base, *others)
    job = comparison_job(
        scenarios[0], scenarios[1:], folder=folder, runs=runs, seed=seed, drivers=drivers, workers=workers
    )
    carry_out_sweep(job)
    return Comparison(folder, kept)


def loaded(*scenarios: Scenario | str | Path) -> list[Scenario]:
    """Return scenarios, found by their names or paths where they are not at hand.

    Raises:
        InputError: Something is wrong with some of them; all faults at once.
    """
    found: list[Scenario] = []
    faults: list[str] = []
    for scenario in scenarios:
        try:
            found.append(scenario if isinstance(scenario, Scenario) else load_scenario(scenario))
        except InputError as error:
            faults.extend(error.faults)
    if faults:
        raise InputError(faults)
    return found
