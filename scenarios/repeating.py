"""Run the results of a folder again from what its manifest says, and compare them table by table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from scenarios.api import Job
from scenarios.folder import SUMMARY
from scenarios.provenance import rules_hash
from scenarios.results import Results
from scenarios.scenario import Scenario
from scenarios.scenario_file import Policy
from scenarios.work import cores
from scenarios.writing import hash_of
from simulation.calendar import month_of
from simulation.faults import InputError
from simulation.inputs import read_england
from simulation.parameters import DECLARED, Parameters
from simulation.plan import DatedChange, Plan


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


def scenario_of(manifest: Mapping[str, Any]) -> Scenario:
    """Return the scenario that a manifest tells of, whatever its file says by now.

    Raises:
        InputError: The manifest tells of a parameter that this version does not have, or of other values than it says.
    """
    told = manifest["scenario"]
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
    )
    if scenario.fingerprint() != told["fingerprint"]:
        raise InputError(
            ["the scenario's values are not what the manifest's fingerprint says: a default has changed since"]
        )
    return scenario


def job_again(results: Results, folder: Path, workers: int | None) -> Job:
    """Return the job that makes some results again, in another folder.

    Raises:
        InputError: The manifest does not tell of a scenario that can be run.
    """
    manifest = results.manifest
    return Job(
        scenario_of(manifest),
        folder,
        runs=manifest["runs"],
        first_seed=manifest["first_seed"],
        engine=manifest["engine"],
        workers=workers or cores(),
        event_runs=manifest["event_runs"],
        command=str(manifest.get("command", "")),
    )


def circumstances_changed(results: Results) -> list[str]:
    """Say what has changed since the results were made that bears on them: rules, data."""
    manifest, changed = results.manifest, []
    if manifest["identity"].get("rules") != rules_hash():
        changed.append("the rules' source is not what it was")
    now = read_england().fingerprint
    return [
        *changed,
        *(f"{file} is not what it was" for file, digest in manifest["data"].items() if now.get(file) != digest),
    ]


def damaged(results: Results) -> list[str]:
    """Name the stored files that are not what the manifest says, so that nothing can be compared with them."""
    told = results.manifest["files"]
    return [name for name in sorted(told) if hash_of(results.folder / name) != told[name]["sha256"]]


def compared(stored: Results, again: Results) -> Iterator[Verdict]:
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
