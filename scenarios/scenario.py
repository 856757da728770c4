"""Scenarios: find, check and resolve a question into the parameters and dated policies of a run."""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from scenarios.scenario_file import WRITE_ONE, Headline, Policy, ScenarioFile, read_scenario_file, value_fault
from simulation.calendar import month_of
from simulation.faults import InputError
from simulation.parameters import DECLARED, Parameters, Value
from simulation.plan import DatedChange, Plan

LIBRARY = Path(__file__).parent / "library"


@dataclass(frozen=True)
class Dropped:
    """A dated change that does not happen, because its parameter was set for the whole run."""

    day: date
    name: str
    value: Value

    def as_dict(self) -> dict[str, object]:
        """Return it as the manifest shows it."""
        return {"from": self.day.isoformat(), "parameter": self.name, "value": self.value}


@dataclass(frozen=True)
class Scenario:
    """A question, resolved into what a run is given.

    Args:
        name: Library name, or the file's name without its ending.
        title: What a chart would be titled.
        question: The question that it asks.
        because: Why it is worth asking, with the keys of the evidence.
        source: The file, as the user named it, or the library.
        changes: Values at the start that differ from the defaults.
        policies: Dated changes in the order in which they take effect.
        plan: Parameters and dated changes, as the model takes them.
        dropped: Dated changes that a setting took the place of.
        headline: What its own file expects of it, if it says so.
        stated: The parameters that its files or a setting give a value to, at the start or later.
    """

    name: str
    title: str
    question: str
    because: str
    source: str
    changes: Mapping[str, Value]
    policies: tuple[Policy, ...]
    plan: Plan
    dropped: tuple[Dropped, ...] = ()
    headline: Headline | None = None
    stated: frozenset[str] = frozenset()

    def as_dict(self) -> dict[str, object]:
        """Return it in words and numbers, for the manifest."""
        return {
            "name": self.name,
            "title": self.title,
            "question": self.question,
            "because": self.because,
            "headline": self.headline.as_dict() if self.headline else None,
            "source": self.source,
            "changes": dict(self.changes),
            "policy": [policy.as_dict() for policy in self.policies],
            "dropped": [dropped.as_dict() for dropped in self.dropped],
            "fingerprint": self.fingerprint(),
        }

    def fingerprint(self) -> str:
        """Return a hash of what the scenario means: every value, and every dated change (not its words)."""
        values = {name: self.plan.parameters.value(name) for name in DECLARED}
        dated = [(change.month, change.name, change.value) for change in self.plan.dated]
        meaning = json.dumps({"values": values, "dated": dated}, sort_keys=True)
        return hashlib.sha256(meaning.encode()).hexdigest()


def list_scenarios() -> list[str]:
    """Return the names in the library, the baseline first."""
    names = sorted(path.stem for path in LIBRARY.glob("*.toml"))
    return sorted(names, key=lambda name: name != "baseline")


def load_scenario(name_or_path: str | Path, settings: Mapping[str, Value] | None = None) -> Scenario:
    """Find, check and resolve a scenario.

    Args:
        name_or_path: A library name, or a path: it ends in ``.toml`` or holds a separator.
        settings: Values for the whole run, by dotted name; they drop the dated changes of their parameters.

    Returns:
        The scenario, resolved.

    Raises:
        InputError: Something is wrong with the file, with what it extends or with a setting; all faults at once.
    """
    settings = settings or {}
    faults = setting_faults(settings)
    try:
        chain = _chain(name_or_path)
        faults = [fault for file in chain for fault in file.faults] + faults
    except InputError as error:
        faults = [*error.faults, *faults]
    if faults:
        raise InputError(faults)
    return _resolved(name_or_path, chain, settings)


def setting_faults(settings: Mapping[str, object]) -> list[str]:
    """Say what is wrong with settings for the whole run."""
    return [f"--set: {fault}" for name, value in settings.items() if (fault := value_fault(name, value))]


def parse_settings(texts: Iterable[str]) -> dict[str, Value]:
    """Return the settings of several ``KEY=VALUE`` texts.

    Raises:
        InputError: A text has another form, or a key is given twice, or a value is not allowed; all faults at once.
    """
    settings: dict[str, Value] = {}
    faults: list[str] = []
    for text in texts:
        try:
            name, value = parse_setting(text)
            if name in settings:
                faults.append(f"--set: {name} is given twice ({settings[name]!r} and {value!r}): keep one")
            settings[name] = value
        except InputError as error:
            faults.extend(error.faults)
    faults.extend(setting_faults(settings))
    if faults:
        raise InputError(faults)
    return settings


def parse_setting(text: str) -> tuple[str, Value]:
    """Split ``KEY=VALUE``; the value is read as TOML and, where it is none, as a bare word.

    Raises:
        InputError: There is no key, no equals sign or no value.
    """
    name, _, value = (part.strip() for part in text.partition("="))
    if not name or not value:
        raise InputError([f"--set: {text!r} must read KEY=VALUE, as in --set choice.noise=2"])
    try:
        read = tomllib.loads(f"value = {value}")
    except (ValueError, RecursionError):
        return name, value
    return name, read["value"] if list(read) == ["value"] else value


def is_path(name_or_path: str | Path) -> bool:
    """Say whether a scenario is named by its file: it ends in ``.toml`` or holds a separator."""
    text = str(name_or_path)
    return isinstance(name_or_path, Path) or text.endswith(".toml") or "/" in text or "\\" in text


def _chain(name_or_path: str | Path) -> list[ScenarioFile]:
    """Return the file of a scenario, then what it extends, then what that extends.

    Raises:
        InputError: A name or file does not exist, or the files extend each other in a circle.
    """
    path = _located(name_or_path, Path())
    visited: list[Path] = []
    chain: list[ScenarioFile] = []
    while True:
        visited.append(path)
        file = read_scenario_file(path, _label(path))
        chain.append(file)
        if file.extends is None:
            return chain
        path = _extended(file, path, chain)
        _refuse_circle([*visited, path], chain)


def _extended(file: ScenarioFile, path: Path, chain: list[ScenarioFile]) -> Path:
    """Return the file that a scenario extends, or refuse with every fault found so far."""
    try:
        return _located(str(file.extends), path.parent)
    except InputError as error:
        file.faults.extend(f"{file.label}: extends = {file.extends!r}: {fault}" for fault in error.faults)
        raise InputError(fault for file in chain for fault in file.faults) from None


def _refuse_circle(visited: list[Path], chain: list[ScenarioFile]) -> None:
    resolved = [path.resolve() for path in visited]
    if resolved[-1] in resolved[:-1]:
        circle = " -> ".join(_label(path) for path in visited[resolved.index(resolved[-1]) :])
        chain[-1].complain(f"extends goes in a circle: {circle}; let one of them extend nothing")
        raise InputError(fault for file in chain for fault in file.faults)


def _located(name_or_path: str | Path, folder: Path) -> Path:
    """Return the file of a library name, or of a path relative to a folder.

    Raises:
        InputError: There is no such scenario.
    """
    path = folder / name_or_path if is_path(name_or_path) else LIBRARY / f"{name_or_path}.toml"
    if path.exists() and (is_path(name_or_path) or str(name_or_path) in list_scenarios()):
        return path
    raise InputError([_no_such_scenario(str(name_or_path), path)])


def _no_such_scenario(text: str, path: Path) -> str:
    if is_path(text):
        beside = sorted(other.name for other in path.parent.glob("*.toml")) if path.parent.is_dir() else []
        near = get_close_matches(path.name, beside, n=1) or get_close_matches(path.stem, list_scenarios(), n=1)
        kind = "file"
    else:
        near, kind = get_close_matches(text, list_scenarios(), n=1, cutoff=0.5), "scenario in the library"
    advice = f"did you mean {near[0]}?" if near else WRITE_ONE
    return f"{text}: there is no such {kind}: {advice} (the library has {', '.join(list_scenarios())})"


def _label(path: Path) -> str:
    """Return how messages name a file: as the user did, or by its place in the library."""
    return f"scenarios/library/{path.name}" if path.parent == LIBRARY else path.as_posix()


def _resolved(name_or_path: str | Path, chain: list[ScenarioFile], settings: Mapping[str, Value]) -> Scenario:
    own, oldest_first = chain[0], chain[::-1]
    merged: dict[str, Value] = {}
    for changes in (*(file.changes for file in oldest_first), settings):
        merged |= changes
    parameters = Parameters().changed(merged)
    listed = [policy for file in oldest_first for policy in file.policies]
    policies, dropped = _without(sorted(listed, key=lambda policy: policy.day), settings)
    return Scenario(
        name=Path(name_or_path).stem if is_path(name_or_path) else str(name_or_path),
        title=" ".join(own.title.split()),
        question=" ".join(own.question.split()),
        because=" ".join(own.because.split()),
        source=own.label,
        changes={name: parameters.value(name) for name in DECLARED if parameters.value(name) != DECLARED[name].default},
        policies=policies,
        plan=Plan(parameters, tuple(change for policy in policies for change in dated_changes(policy))),
        headline=own.headline,
        dropped=dropped,
        stated=frozenset(merged).union(*(policy.changes for policy in listed)),
    )


def _without(
    policies: Iterable[Policy], settings: Mapping[str, Value]
) -> tuple[tuple[Policy, ...], tuple[Dropped, ...]]:
    """Return the policies without the changes of parameters that were set, and those changes."""
    kept, dropped = [], []
    for policy in policies:
        stays = {name: value for name, value in policy.changes.items() if name not in settings}
        dropped += [Dropped(policy.day, name, value) for name, value in policy.changes.items() if name in settings]
        if stays:
            kept.append(Policy(policy.day, policy.name, stays))
    return tuple(kept), tuple(dropped)


def dated_changes(policy: Policy) -> list[DatedChange]:
    """Return a policy's changes as the model takes them (numbers as floats)."""
    month = month_of(policy.day)
    return [
        DatedChange(month, name, value if isinstance(value, (bool, str)) else float(value))
        for name, value in policy.changes.items()
    ]
