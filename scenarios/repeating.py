"""Run the results of a folder again from what its manifest says, and compare them table by table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from scenarios.api import Job
from scenarios.compare import comparison_job
from scenarios.design import Design, table_of
from scenarios.factor import FROM, factor_of
from scenarios.folder import SUMMARY
from scenarios.plausible import PACKAGE, PlausibleSet, plausible_of
from scenarios.provenance import rules_hash
from scenarios.results import Results
from scenarios.scenario import Scenario
from scenarios.scenario_file import Policy
from scenarios.sweep import COMPARE, SweepJob
from scenarios.sweep_results import SweepResults
from scenarios.work import cores
from scenarios.writing import hash_of
from simulation.calendar import month_of
from simulation.faults import InputError
from simulation.inputs import read_england
from simulation.parameters import DECLARED, Parameters
from simulation.plan import DatedChange, Plan

Stored = Results | SweepResults


@dataclass(frozen=True)
class Verdict:
    """Whether one table is what it was.

    Args:
        table: The file.
        identical: Whether it is.
        difference: What differs first; empty where nothing does.
    """

    table: str
    identical: bool
    difference: str = ""


def scenario_of(told: Mapping[str, Any], held: Sequence[str] = ()) -> Scenario:
    """Return the scenario that a manifest tells of, whatever its file says by now.

    Args:
        told: What the manifest says of it.
        held: Uncertain parameters that it states, so that no draw sets them.

    Raises:
        InputError: The manifest tells of a parameter that this version does not have, or of other values than it says.
    """
    policies = tuple(Policy(date.fromisoformat(one["from"]), one.get("name"), one["changes"]) for one in told["policy"])
    names = [*told["changes"], *(name for policy in policies for name in policy.changes)]
    if unknown := [name for name in names if name not in DECLARED]:
        raise InputError([f"the manifest sets {name}, a parameter that this version does not have" for name in unknown])
    dated = tuple(
        DatedChange(month_of(policy.day), name, value if isinstance(value, (bool, str)) else float(value))
        for policy in policies
        for name, value in policy.changes.items()
    )
    scenario = Scenario(
        name=told["name"],
        title=told["title"],
        question=told["question"],
        because=told["because"],
        source=told["source"],
        changes=told["changes"],
        policies=policies,
        plan=Plan(Parameters().changed(told["changes"]), dated),
        stated=frozenset(held),
    )
    if scenario.fingerprint() != told["fingerprint"]:
        raise InputError(
            [f"{told['name']}: its values are not what the manifest's fingerprint says: a default has changed since"]
        )
    return scenario


def plausible_again(manifest: Mapping[str, Any]) -> PlausibleSet | None:
    """Return the draws by which uncertain parameters differed between runs, read again from where they were.

    Raises:
        InputError: They are not there any more, or are others.
    """
    told = manifest.get("plausible_set")
    if told is None:
        return None
    packaged = told["source"] == PACKAGE
    draws = plausible_of("plausible" if packaged else Path(told["source"]))
    if draws is None or draws.fingerprint() != told["fingerprint"]:
        where = "the package's plausible set" if packaged else told["source"]
        raise InputError([f"{where} holds other draws than those that were used, so the runs cannot be repeated"])
    return draws


def job_again(results: Results, folder: Path, workers: int | None) -> Job:
    """Return the job that makes some results again, in another folder.

    Raises:
        InputError: The manifest does not tell of a scenario that can be run.
    """
    manifest = results.manifest
    return Job(
        scenario_of(manifest["scenario"], manifest.get("plausible_set", {}).get("held", ())),
        folder,
        runs=manifest["runs"],
        first_seed=manifest["first_seed"],
        engine=manifest["engine"],
        workers=workers or cores(),
        event_runs=manifest["event_runs"],
        command=str(manifest.get("command", "")),
        plausible=plausible_again(manifest),
    )


def sweep_again(results: SweepResults, folder: Path, workers: int | None) -> SweepJob:
    """Return the sweep or comparison that makes some results again, in another folder.

    Raises:
        InputError: The manifest does not tell of scenarios that can be run, or of another design than was stored.
    """
    manifest = results.manifest
    how: dict[str, Any] = {"workers": workers or cores(), "command": str(manifest.get("command", ""))}
    first, last = manifest["seeds"]
    told = {one["name"]: one for one in manifest["scenarios"]}
    if manifest["made_by"] == COMPARE:
        names = [manifest["base"], *manifest["others"]]
        base, *others = (scenario_of(told[name]) for name in names)
        drivers = any(manifest["variants"].values())
        return comparison_job(base, others, folder=folder, runs=last - first + 1, seed=first, drivers=drivers, **how)
    design = _design_again(results, [scenario_of(one) for one in told.values()])
    mesa, models = manifest["engine"] == "mesa", tuple(manifest["models"])
    return SweepJob(design, folder, mesa=mesa, models=models, **how)


def _design_again(results: SweepResults, scenarios: Sequence[Scenario]) -> Design:
    """Return the design of a sweep, with the points that are stored.

    Raises:
        InputError: These are not the points that the manifest tells of.
    """
    manifest = results.manifest
    told, (first, last) = manifest["design"], manifest["seeds"]
    faults: list[str] = []
    named = [factor_of(factor["name"], _written(factor), faults) for factor in told["factors"]]
    factors = [factor for factor in named if factor]
    stored = pq.ParquetFile(results.folder / "design.parquet").read()
    once = stored.take(list(range(0, stored.num_rows, len(scenarios))))
    columns = {factor.name: once.column(factor.name).combine_chunks().cast(factor.type) for factor in factors}
    design = Design(
        name=told["name"],
        source=told["source"],
        method=told["method"],
        base_points=told["points"],
        scenarios=tuple(scenarios),
        factors=tuple(factors),
        points=table_of(columns, factors, scenarios),
        seeds=last - first + 1,
        first_seed=first,
        outcomes=tuple(told["outcomes"]),
        months=tuple(month_of(date.fromisoformat(month)) for month in told["months"]),
        sample_seed=told["sample_seed"],
        levels=told["levels"],
        title=told["title"],
    )
    if design.fingerprint != manifest["identity"]["design"]:
        faults.append("the points in design.parquet are not those that the manifest tells of")
    if faults:
        raise InputError(faults)
    return design


def _written(factor: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a manifest says of a factor as a design would have it, with dates as dates."""
    ends = {key: factor[key] for key in ("low", "high", "values") if key in factor}
    if not factor["name"].endswith(FROM):
        return ends
    return {
        key: [date.fromisoformat(one) for one in end] if key == "values" else date.fromisoformat(end)
        for key, end in ends.items()
    }


def circumstances_changed(results: Stored) -> list[str]:
    """Say what has changed since the results were made that bears on them: rules, data."""
    manifest, changed = results.manifest, []
    if manifest["identity"].get("rules") != rules_hash():
        changed.append("the rules' source is not what it was")
    now = read_england().fingerprint
    return [
        *changed,
        *(f"{file} is not what it was" for file, digest in manifest["data"].items() if now.get(file) != digest),
    ]


def damaged(results: Stored) -> list[str]:
    """Name the stored files that are not what the manifest says, so that nothing can be compared with them."""
    told = results.manifest["files"]
    return [name for name in sorted(told) if hash_of(results.folder / name) != told[name]["sha256"]]


def compared(stored: Stored, again: Stored) -> Iterator[Verdict]:
    """Yield a verdict on each table: Parquet is compared by value, the rest by its bytes."""
    for name in sorted(stored.manifest["files"]):
        difference = _difference(stored.folder / name, again.folder / name)
        yield Verdict(name, not difference, difference)


def _difference(old: Path, new: Path) -> str:
    if not new.is_file():
        return "is not made any more"
    if old.name == SUMMARY:
        return "" if old.read_bytes() == new.read_bytes() else _first_line(old, new)
    return _first_value(pq.ParquetFile(old).read(), pq.ParquetFile(new).read())


def _first_line(old: Path, new: Path) -> str:
    pairs = zip(old.read_text().splitlines(), new.read_text().splitlines(), strict=False)
    place = next((n for n, (one, two) in enumerate(pairs, start=1) if one != two), None)
    return f"line {place} differs" if place else "has another number of lines"


def _first_value(old: pa.Table, new: pa.Table) -> str:
    """Say where two tables first differ; empty where they do not."""
    if old.column_names != new.column_names:
        odd = sorted(set(old.column_names) ^ set(new.column_names)) or ["their order"]
        return f"has other columns ({', '.join(odd[:3])})"
    if old.num_rows != new.num_rows:
        return f"has {new.num_rows:,} rows and had {old.num_rows:,}"
    for name in old.column_names:
        one, two = (table.column(name).to_pandas() for table in (old, new))
        if one.dtype == "category":
            one, two = one.astype(object), two.astype(object)
        apart = ~((one == two) | (one.isna() & two.isna()))
        if apart.any():
            row = int(apart.to_numpy().argmax())
            return (
                f"{name} in row {row + 1} is {two.iloc[row]} and was {one.iloc[row]}; {int(apart.sum()):,} rows differ"
            )
    return ""
