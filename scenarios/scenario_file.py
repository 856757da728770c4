"""Read and check one scenario file: everything that is wrong with it, at once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from scenarios.toml_file import read_toml
from simulation.calendar import N_MONTHS, first_day, month_of
from simulation.outcomes import OUTCOMES
from simulation.parameters import DECLARED, FIXED_AT_START, Value, change_fault

REQUIRED = ("title", "question", "because")
KEYS = (*REQUIRED, "headline", "extends", "changes", "policy")
HEADLINE_KEYS = ("outcome", "than_baseline", "at")
DIRECTIONS = ("higher", "lower")
POLICY_KEYS = ("from", "name", "changes")
POLICY_NAME = re.compile(r"[a-z0-9_-]+")
LARGEST_WHOLE_NUMBER = 2**63
LAST_DAY = first_day(N_MONTHS - 1)
WRITE_ONE = "'csmarket scenarios new NAME' writes one to start from"


@dataclass(frozen=True)
class Policy:
    """What changes on one date.

    Args:
        day: The date; it takes effect in the month that holds it.
        name: What a sweep calls it, or nothing.
        changes: New values, by dotted name.
    """

    day: date
    name: str | None
    changes: Mapping[str, Value]

    def as_dict(self) -> dict[str, object]:
        """Return it as the manifest shows it."""
        return {"from": self.day.isoformat(), "name": self.name, "changes": dict(self.changes)}


@dataclass(frozen=True)
class Headline:
    """What a scenario is expected to do, beside the baseline on the same luck.

    Args:
        outcome: The outcome that it is about.
        than_baseline: ``higher`` or ``lower``.
        at: The month, by its first day.
    """

    outcome: str
    than_baseline: str
    at: date

    def as_dict(self) -> dict[str, object]:
        """Return it as the manifest shows it."""
        return {"outcome": self.outcome, "than_baseline": self.than_baseline, "at": self.at.isoformat()}


@dataclass
class ScenarioFile:
    """What one file says, as far as it could be read, and what is wrong with it.

    Args:
        label: How messages name the file.
    """

    label: str
    title: str = ""
    question: str = ""
    because: str = ""
    headline: Headline | None = None
    extends: str | None = None
    changes: dict[str, Value] = field(default_factory=dict)
    policies: list[Policy] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def complain(self, fault: str) -> None:
        """Note a fault under the file's name."""
        self.faults.append(f"{self.label}: {fault}")


def read_scenario_file(path: Path, label: str) -> ScenarioFile:
    """Return what a file says, with its faults noted in it; nothing is raised."""
    file = ScenarioFile(label)
    try:
        content = read_toml(path, what="scenario", needs=", ".join(REQUIRED), advice=WRITE_ONE)
    except ValueError as error:
        file.complain(str(error))
    else:
        _fill(file, content)
    return file


def _fill(file: ScenarioFile, content: dict[str, Any]) -> None:
    for key in sorted(content.keys() - set(KEYS)):
        file.complain(unknown_key(key, KEYS))
    for key in REQUIRED:
        setattr(file, key, _required_text(file, content, key))
    if "headline" in content:
        file.headline = _headline(file, content["headline"])
    file.extends = _optional_text(file, content, "extends")
    file.changes = _changes(file, content.get("changes", {}), "[changes]")
    file.policies = list(_policies(file, content.get("policy", [])))


def _headline(file: ScenarioFile, table: object) -> Headline | None:
    """Return the headline of a table, or note all that is wrong with it."""
    if not isinstance(table, dict):
        file.complain(f"headline = {table!r} is not allowed: head it [headline], with {', '.join(HEADLINE_KEYS)}")
        return None
    before = len(file.faults)
    for key in sorted(table.keys() - set(HEADLINE_KEYS)):
        file.complain(f"[headline]: {unknown_key(key, HEADLINE_KEYS)}")
    outcome, than, at = table.get("outcome"), table.get("than_baseline"), table.get("at", LAST_DAY)
    if outcome not in OUTCOMES:
        near = get_close_matches(str(outcome), OUTCOMES, n=1, cutoff=0.5)
        advice = f"did you mean {near[0]}?" if near else "'csmarket outcomes' lists them"
        file.complain(f"[headline]: there is no outcome {outcome}: {advice}")
    if than not in DIRECTIONS:
        file.complain(f"[headline]: than_baseline = {than!r} is not allowed: it must be one of {', '.join(DIRECTIONS)}")
    if isinstance(at, datetime) or not isinstance(at, date) or not 0 <= month_of(at) < N_MONTHS:
        file.complain(f"[headline]: at = {at} is not allowed: it must be a date from {first_day(0)} to {LAST_DAY}")
    if len(file.faults) > before:
        return None
    return Headline(str(outcome), str(than), first_day(month_of(at)))


def unknown_key(key: str, known: tuple[str, ...], table: str = "[changes]") -> str:
    """Say that there is no such key, and what was meant; parameters stand in a table of their own."""
    parameter = f': parameters stand under {table}, as in "{key}" = ...' if key in DECLARED else ""
    near = get_close_matches(key, known, n=1, cutoff=0.5)
    advice = f": did you mean {near[0]}?" if near else parameter or f": there may be {', '.join(known)}"
    return f"there is no key {key}{advice}"


def _required_text(file: ScenarioFile, content: dict[str, Any], key: str) -> str:
    if key not in content:
        file.complain(f'{key} is missing: every scenario says it, as in {key} = "..."')
        return ""
    return _optional_text(file, content, key) or ""


def _optional_text(file: ScenarioFile, content: dict[str, Any], key: str) -> str | None:
    value = content.get(key)
    if value is None or (isinstance(value, str) and value.strip()):
        return value
    file.complain(f'{key} = {value!r} is not allowed: it must be a text that is not empty, as in {key} = "..."')
    return None


def _changes(file: ScenarioFile, table: object, where: str) -> dict[str, Value]:
    """Return the allowed changes of a table, with the faults of the others noted."""
    if not isinstance(table, dict):
        file.complain(f"{where} = {table!r} is not allowed: it must be a table of parameters and values")
        return {}
    changes: dict[str, Value] = {}
    for name, value in _flat(table):
        fault = f"{name} is given twice: keep one" if name in changes else value_fault(name, value)
        if fault:
            file.complain(fault if where == "[changes]" else f"{where}: {fault}")
        else:
            changes[name] = value
    return changes


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield dotted names and values, however the names were split into tables."""
    for key, value in table.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def value_fault(name: str, value: object) -> str | None:
    """Say what is wrong with giving a parameter a value, or None when it is allowed."""
    if isinstance(value, int) and abs(value) > LARGEST_WHOLE_NUMBER:
        return change_fault(name, float("inf") if value > 0 else float("-inf"))
    return change_fault(name, value)


def _policies(file: ScenarioFile, tables: object) -> Iterator[Policy]:
    if not isinstance(tables, list):
        file.complain("policy is not a list: give each policy a heading of its own, [[policy]] in double brackets")
        return
    names: set[str] = set()
    for number, table in enumerate(tables, start=1):
        if not isinstance(table, dict):
            file.complain(f"policy {number} = {table!r} is not a table: head it [[policy]]")
        elif policy := _policy(file, table, f"policy {number}", names):
            yield policy


def _policy(file: ScenarioFile, table: dict[str, Any], where: str, names: set[str]) -> Policy | None:
    for key in sorted(table.keys() - set(POLICY_KEYS)):
        file.complain(f"{where}: {unknown_key(key, POLICY_KEYS)}")
    name = _policy_name(file, table.get("name"), where, names)
    day = _day(file, table, where)
    if not table.get("changes"):
        file.complain(f'{where}: changes is missing: say what it changes, as in changes = {{ "hosting.ends" = 0 }}')
        return None
    changes = _changes(file, table["changes"], where)
    for fixed in sorted(changes.keys() & set(FIXED_AT_START)):
        file.complain(
            f"{where}: {fixed} cannot change on a date: give it under [changes], where it holds from January 2012"
        )
    return Policy(day, name, changes) if day else None


def _policy_name(file: ScenarioFile, name: object, where: str, names: set[str]) -> str | None:
    if name is None:
        return None
    if not isinstance(name, str) or not POLICY_NAME.fullmatch(name):
        file.complain(f"{where}: name = {name!r} is not allowed: it must be small letters, digits, _ and -")
        return None
    if name in names:
        file.complain(f"{where}: the name {name} is given twice: each policy needs its own")
    names.add(name)
    return name


def _day(file: ScenarioFile, table: dict[str, Any], where: str) -> date | None:
    first, last = first_day(0), date(first_day(N_MONTHS - 1).year, 12, 31)
    if "from" not in table:
        file.complain(f"{where}: from is missing: say when it starts, as in from = 2014-04-01")
        return None
    day = table["from"]
    if isinstance(day, datetime) or not isinstance(day, date):
        shown = str(day) if isinstance(day, datetime) else repr(day)
        file.complain(
            f"{where}: from = {shown} is not a date: write it without quotes or time, as in from = 2014-04-01"
        )
        return None
    if not first <= day <= last:
        file.complain(f"{where}: from = {day} is outside {first} to {last}, the months of a run")
        return None
    return day
