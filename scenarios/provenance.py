"""What a manifest says of where results come from: the work's identity, versions, commit, machine and policy dates."""

import hashlib
import platform
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from agents.dates import APRIL_2013
from scenarios.scenario import Scenario
from simulation.calendar import MILESTONES, N_MONTHS, first_day, month_of
from simulation.faults import plain
from simulation.parameters import Value
from simulation.version import VERSION

ROOT = Path(__file__).parent.parent
RULES = ("agents", "simulation")
PACKAGES = ("numpy", "numba", "pandas", "pyarrow", "mesa")


def identity_of(
    scenario: Scenario, *, first_seed: int, runs: int, event_runs: int, data: Mapping[str, str]
) -> dict[str, object]:
    """Return what makes two pieces of work the same; the engine and the workers do not belong to it.

    Args:
        scenario: What is run.
        first_seed: Seed of the first run.
        runs: How many runs.
        event_runs: For how many of them events are kept.
        data: A hash for each data file.
    """
    return {
        "scenario": scenario.name,
        "values": scenario.fingerprint(),
        "first_seed": first_seed,
        "runs": runs,
        "event_runs": event_runs,
        "data": dict(data),
        "version": VERSION,
        "rules": rules_hash(),
    }


def rules_hash() -> str:
    """Return a hash of the source of the rules, so that an edited rule never carries on old results."""
    files = sorted(path for folder in RULES for path in (ROOT / folder).rglob("*.py"))
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        digest.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def circumstances() -> dict[str, object]:
    """Return versions, commit and machine."""
    return {
        "version": VERSION,
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES},
        "commit": commit(),
        "platform": platform.platform(),
    }


def commit() -> dict[str, object] | None:
    """Return the commit of this checkout and whether files in it have changed since; None outside a checkout."""
    if not (ROOT / ".git").exists():
        return None
    try:
        name = _git("rev-parse", "HEAD")
        return {"id": name, "changed_since": bool(_git("status", "--porcelain", "--untracked-files=no"))}
    except (OSError, subprocess.SubprocessError):
        return None


def milestones(scenario: Scenario) -> list[dict[str, str]]:
    """Return the dates of policy that a chart of the scenario should flag, in order."""
    marks = [*_calendar(scenario), *_hosting_end(scenario), *_changes_of_policy(scenario)]
    return [{"date": day.isoformat(), "label": label} for day, label in sorted(marks, key=lambda mark: mark[0])]


def by_month(marks: Iterable[Mapping[str, str]]) -> dict[int, str]:
    """Return labels by month (0 is January 2012), in order; those of one month are joined.

    Args:
        marks: Dates (``2012-05-14``) and labels; those outside the months of the model are left out.
    """
    labels: dict[int, list[str]] = {}
    dated = [(month_of(date.fromisoformat(mark["date"])), mark["label"]) for mark in marks]
    for month, label in sorted(dated, key=lambda mark: mark[0]):
        labels.setdefault(month, []).append(label)
    return {month: "; ".join(said) for month, said in labels.items() if 0 <= month < N_MONTHS}


def value_in(scenario: Scenario, name: str, month: int) -> Value:
    """Return a parameter's value in a month (0 is January 2012), after the policies due by then."""
    value = scenario.plan.parameters.value(name)
    for change in scenario.plan.dated:
        if change.name == name and change.month <= month:
            value = change.value
    return value


def _calendar(scenario: Scenario) -> Iterator[tuple[date, str]]:
    for day, label in MILESTONES:
        month = (day.year - first_day(0).year) * 12 + day.month - 1
        if not label.startswith("Checkpoint") or value_in(scenario, "checkpoint.in_force", month):
            yield day, label


def _hosting_end(scenario: Scenario) -> Iterator[tuple[date, str]]:
    """Yield the month in which units first stand alone, if they do."""
    for month in range(APRIL_2013, N_MONTHS):
        if 0 < float(value_in(scenario, "hosting.ends", month)) <= month + 1:
            yield first_day(month), "Hosting ends"
            return


def _changes_of_policy(scenario: Scenario) -> Iterator[tuple[date, str]]:
    for policy in scenario.policies:
        values = ", ".join(f"{name} {_shown(value)}" for name, value in policy.changes.items())
        yield policy.day, policy.name.replace("_", " ").capitalize() if policy.name else values


def _shown(value: Value) -> str:
    return plain(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value).lower()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=10).stdout.strip()
