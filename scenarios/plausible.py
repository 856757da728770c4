"""The plausible set: draws of the uncertain parameters that agree with what was known by mid-2012.

Run r of a scenario takes draw r, and begins again at the first after the last. What a scenario, a dated policy or a
setting states is held: only the rest of the draw is used.
"""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from scenarios.scenario import Scenario
from scenarios.writing import replacing, write_json
from simulation.faults import InputError, plain
from simulation.parameters import DECLARED
from simulation.plan import Plan
from simulation.version import VERSION

PACKAGED = Path(__file__).parent / "data"
PACKAGE = "the package"
DRAWS, ABOUT = "plausible.csv", "plausible.json"
MAKE_ONE = "'csmarket fit --out FOLDER' makes one, which --uncertainty FOLDER uses"
DIGITS = 10

PRIORS_OF_LEVERS = {
    "checkpoint.minimum_population": (700_000.0, 1_200_000.0),
    "checkpoint.pass_mark": (0.3, 0.8),
    "choice.pressure": (0.5, 3.0),
    "choice.noise": (2.4, 9.6),
    "hosting.soft_budget": (0.0, 1.0),
}
"""Ranges of the levers that nobody chose in 2012, so that they are uncertain too (K-32, K-42, K-54; A-07, A-13, A-16).

Noise is 0.15 to 0.6 of a need of about GBP 16 a head.
"""


@dataclass(frozen=True)
class Prior:
    """An uncertain parameter and the range in which it was thought to lie before it met the evidence, evenly.

    Args:
        name: Dotted name.
        low: Least value.
        high: Greatest value.
        whole: Whether only whole numbers are allowed.
    """

    name: str
    low: float
    high: float
    whole: bool = False

    def value(self, place: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values at places from 0 (the least) to 1 (the greatest)."""
        values = self.low + (self.high - self.low) * place
        return np.clip(np.round(values), np.ceil(self.low), np.floor(self.high)) if self.whole else values

    def place(self, value: float) -> float:
        """Return where a value lies, from 0 (the least) to 1 (the greatest); one outside at the nearest end."""
        return float(np.clip((value - self.low) / (self.high - self.low), 0.0, 1.0))


def priors() -> tuple[Prior, ...]:
    """Return the priors of all uncertain parameters, in the order of their declaration."""
    return tuple(_priors())


def _priors() -> Iterator[Prior]:
    for name, declared in DECLARED.items():
        number = isinstance(declared.default, float) and not declared.words
        if name in PRIORS_OF_LEVERS:
            yield Prior(name, *PRIORS_OF_LEVERS[name], declared.whole)
        elif declared.role == "uncertainty" and number and declared.low < declared.high:
            yield Prior(name, declared.low, declared.high, declared.whole)


@dataclass(frozen=True, eq=False)
class PlausibleSet:
    """Draws of the uncertain parameters.

    Args:
        names: The parameters.
        draws: A row a draw, a column a parameter.
        source: Where it comes from, for messages and the manifest.
        rules: Hash of the rules to which it was fitted.
    """

    names: tuple[str, ...]
    draws: NDArray[np.float64]
    source: str
    rules: str = ""

    def draw_of(self, run: int) -> int:
        """Return the number of the draw (1 is the first) that a run (1 is the first) takes."""
        return (run - 1) % len(self.draws) + 1

    def changes(self, run: int, scenario: Scenario) -> dict[str, float]:
        """Return the values that a run of a scenario takes from its draw."""
        draw = self.draws[self.draw_of(run) - 1]
        return {name: float(value) for name, value in zip(self.names, draw, strict=True) if name not in scenario.stated}

    def plan(self, run: int, scenario: Scenario) -> Plan:
        """Return the plan of one run of a scenario."""
        return with_values(scenario.plan, self.changes(run, scenario))

    def table(self, runs: Sequence[int], first_seed: int, scenario: Scenario) -> pa.Table:
        """Return which draw runs took, and the value of each uncertain parameter at the start of each, a row a run."""
        values = [[self.plan(run, scenario).parameters.value(name) for name in self.names] for run in runs]
        columns: dict[str, Any] = {
            "run": np.array(runs, np.int32),
            "seed": np.array(runs, np.int64) + first_seed - 1,
            "draw": np.array([self.draw_of(run) for run in runs], np.int32),
        }
        return pa.table(columns | dict(zip(self.names, np.array(values, float).T, strict=True)))

    def fingerprint(self) -> str:
        """Return a hash of its parameters and draws."""
        return hashlib.sha256(json.dumps([self.names, self.draws.tolist()]).encode()).hexdigest()

    def as_dict(self, scenario: Scenario) -> dict[str, object]:
        """Return what a manifest says of it."""
        held = [name for name in self.names if name in scenario.stated]
        return {"source": self.source, "draws": len(self.draws), "fingerprint": self.fingerprint(), "held": held}


def with_values(plan: Plan, values: Mapping[str, float]) -> Plan:
    """Return a plan with some values changed at the start."""
    return Plan(plan.parameters.changed(values), plan.dated)


# ---- Reading and writing -----------------------------------------------------------------------------------


def plausible_of(uncertainty: str | Path) -> PlausibleSet | None:
    """Return the set that a word or a folder names: ``none``, ``plausible`` (the package's own), or a folder's.

    Raises:
        InputError: There is none, or it does not fit this version.
    """
    if uncertainty == "none":
        return None
    return read_plausible(PACKAGED if uncertainty == "plausible" else Path(uncertainty))


def read_plausible(folder: Path) -> PlausibleSet:
    """Read a plausible set and check that it fits this version and its parameters.

    Raises:
        InputError: There is none, it cannot be read, or it does not fit; all faults at once.
    """
    packaged = folder == PACKAGED
    if not (folder / DRAWS).is_file() or not (folder / ABOUT).is_file():
        told = "this version comes without a plausible set" if packaged else f"{folder}: holds no {DRAWS} and {ABOUT}"
        raise InputError([f"{told}: {MAKE_ONE}; --uncertainty none goes without"])
    source = PACKAGE if packaged else folder.as_posix()
    about = _about(folder / ABOUT)
    names, draws = _read_draws(folder / DRAWS)
    faults = [*_other_version(about), *_other_priors(about), *_wrong_draws(names, draws)]
    if faults:
        raise InputError(f"{folder / DRAWS}: {fault}: {MAKE_ONE}" for fault in faults)
    return PlausibleSet(names, draws, source, str(about.get("rules", "")))


def write_plausible(folder: Path, draws: NDArray[np.float64], about: Mapping[str, object]) -> None:
    """Write a plausible set, with what it was fitted to.

    Args:
        folder: Where it goes.
        draws: A row a draw, a column for each of ``priors()``.
        about: What else to say of it.

    Raises:
        WriteError: The operating system refused.
    """
    known = priors()
    with replacing(folder / DRAWS) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(prior.name for prior in known)
        writer.writerows([f"{value:.{DIGITS}g}" for value in draw] for draw in draws)
    ranges = {prior.name: [prior.low, prior.high] for prior in known}
    write_json(folder / ABOUT, {"version": VERSION, **about, "draws": len(draws), "priors": ranges})


def _about(path: Path) -> dict[str, Any]:
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        about = None
    if not isinstance(about, dict) or not isinstance(about.get("priors"), dict):
        raise InputError([f"{path}: cannot be read as what 'csmarket fit' writes: {MAKE_ONE}"])
    return about


def _read_draws(path: Path) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Return the parameters and draws of a file; a cell that is no number is NaN."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    names = tuple(rows[0]) if rows else ()
    draws = [[_number(cell) for cell in row] for row in rows[1:] if len(row) == len(names)]
    if not names or not draws or len(draws) < len(rows) - 1:
        raise InputError([f"{path}: has no draws, or lines of different lengths: {MAKE_ONE}"])
    return names, np.array(draws)


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return nan


def _other_version(about: Mapping[str, Any]) -> Iterator[str]:
    if about.get("version") != VERSION:
        yield f"was fitted to version {about.get('version')}, and this is {VERSION}"


def _other_priors(about: Mapping[str, Any]) -> Iterator[str]:
    """Say which parameters are new, gone or of another range since the set was fitted."""
    then = {name: tuple(ends) for name, ends in about["priors"].items()}
    now = {prior.name: (prior.low, prior.high) for prior in priors()}
    parts = {
        "new": [name for name in now if name not in then],
        "gone": [name for name in then if name not in now],
        "of another range": [name for name in now if name in then and now[name] != then[name]],
    }
    told = [f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} {what}" for what, names in parts.items() if names]
    if told:
        yield f"was fitted to other parameters ({'; '.join(told)})"


def _wrong_draws(names: tuple[str, ...], draws: NDArray[np.float64]) -> Iterator[str]:
    """Say which columns are not those of the parameters, or hold values outside their ranges."""
    known = {prior.name: prior for prior in priors()}
    if set(names) != set(known) or len(names) != len(known):
        yield "its columns are not the uncertain parameters"
        return
    for name, values in zip(names, draws.T, strict=True):
        prior = known[name]
        slack = 1e-9 * (prior.high - prior.low)
        wrong = ~((values >= prior.low - slack) & (values <= prior.high + slack))
        if wrong.any():
            place = int(np.argmax(wrong))
            allowed = f"{plain(prior.low)} to {plain(prior.high)}"
            yield f"{name} = {plain(values[place])} in draw {place + 1} is outside {allowed}"
