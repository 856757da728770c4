"""Waves of history matching: run the model, emulate it, rule out what cannot agree, and look closer at the rest."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from scenarios.emulator import Emulator, emulators
from scenarios.evidence import measure_runs
from scenarios.patterns import PATTERNS, Pattern
from scenarios.plausible import DIGITS, Prior, priors, with_values
from scenarios.provenance import rules_hash
from scenarios.region import CUTOFF, drawn_from, worst
from scenarios.scenario import load_scenario
from scenarios.simulated import Simulated, joined
from scenarios.writing import replacing
from simulation.inputs import England
from simulation.parameters import DECLARED
from simulation.plan import Plan
from simulation.version import VERSION

Values = NDArray[np.float64]

FITTED = tuple(pattern for pattern in PATTERNS if pattern.fitted)
IN_ORDER = (("in_house.efficiency_low", "in_house.efficiency_high"), ("experience.quite_mark", "experience.very_mark"))
"""Pairs of which the first is less than the second."""

PART_POINTS = 50
"""Points that are run, stored and carried on together."""
MOST_TAUGHT = 600
"""Most points that teach an emulator: those nearest to the evidence."""
CANDIDATES = 4_000


@dataclass(frozen=True)
class Fit:
    """What is fitted, and how thoroughly.

    Args:
        folder: Where everything goes.
        seed: Of the design and the search.
        points: Points a wave (the first has twice as many).
        waves: Most waves.
        runs: Runs a point, with the same seeds at each.
        draws: How many plausible draws are wanted.
        workers: Threads that compute at once; they change nothing.
        climbed: How many parameters the climb from the best point moves: those that move patterns most.
        patterns: What is fitted to.
        report: Is told how it goes.
    """

    folder: Path
    seed: int = 1
    points: int = 400
    waves: int = 10
    runs: int = 24
    draws: int = 250
    workers: int = 1
    climbed: int = 40
    patterns: tuple[Pattern, ...] = FITTED
    report: Callable[[str], None] = lambda words: None

    def identity(self, england: England) -> dict[str, object]:
        """Return what makes two fits the same."""
        return {
            "seed": self.seed,
            "points": self.points,
            "waves": self.waves,
            "runs": self.runs,
            "draws": self.draws,
            "climbed": self.climbed,
            "priors": {prior.name: [prior.low, prior.high] for prior in priors()},
            "targets": {pattern.name: pattern.target.words for pattern in self.patterns},
            "data": dict(england.fingerprint),
            "version": VERSION,
            "rules": rules_hash(),
        }


class Model:
    """The model as a function from places of the uncertain parameters to patterns.

    Args:
        job: How thoroughly.
        england: The data.
    """

    def __init__(self, job: Fit, england: England) -> None:
        self.job, self.england = job, england
        scenario = load_scenario("baseline")
        self.plan: Plan = scenario.plan
        self.priors = tuple(prior for prior in priors() if prior.name not in scenario.stated)
        names = [prior.name for prior in self.priors]
        self.in_order = [(names.index(a), names.index(b)) for a, b in IN_ORDER if a in names and b in names]

    def place_of_defaults(self) -> Values:
        """Return the point of the parameters' defaults."""
        return np.array([prior.place(float(DECLARED[prior.name].default)) for prior in self.priors])

    def values(self, place: Values) -> dict[str, float]:
        """Return the parameters at a point, as they are stored."""
        return {prior.name: short(prior, float(at), DIGITS) for prior, at in zip(self.priors, place, strict=True)}

    def allowed(self, places: Values) -> NDArray[np.bool_]:
        """Say which points keep the order of parameters that have one."""
        may = np.ones(len(places), np.bool_)
        for first, second in self.in_order:
            low, high = (self.priors[which].value(places[:, which]) for which in (first, second))
            may &= low < high
        return may

    def run(self, values: Sequence[Mapping[str, float]], seeds: Sequence[int]) -> tuple[Values, Values]:
        """Return the mean of each pattern over runs and its variance, [point, pattern]."""
        with ThreadPoolExecutor(self.job.workers) as pool:
            done = list(pool.map(partial(self._run_one, seeds), values))
        means, variances = zip(*done, strict=True)
        return np.array(means), np.array(variances)

    def _run_one(self, seeds: Sequence[int], values: Mapping[str, float]) -> tuple[Values, Values]:
        found = measure_runs(self.england, with_values(self.plan, values), seeds, self.job.patterns)
        return found.mean(axis=0), found.var(axis=0, ddof=1) / len(seeds)

    def simulated(self, name: str, places: Values) -> Simulated:
        """Run the model at points, part by part; what the folder holds is not run again."""
        parts = [places[at : at + PART_POINTS] for at in range(0, len(places), PART_POINTS)]
        done = [self._part(self.job.folder / f"{name}-{number:03d}.npz", part) for number, part in enumerate(parts)]
        return joined(done)

    def _part(self, path: Path, places: Values) -> Simulated:
        if path.is_file():
            with np.load(path) as kept:
                if np.array_equal(kept["places"], places):
                    return Simulated(kept["places"], kept["means"], kept["variances"], self.job.patterns)
        seeds = range(1, 1 + self.job.runs)
        part = Simulated(places, *self.run([self.values(place) for place in places], seeds), self.job.patterns)
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez(file, places=part.places, means=part.means, variances=part.variances)
        return part


def run_waves(job: Fit, model: Model) -> tuple[Simulated, list[int], int]:
    """Return all points that were run, the patterns that none came near, and the number of waves."""
    places = _designed(job, 1, lambda rng: _design(2 * job.points, model, rng))
    points = model.simulated("wave-01", places)
    aside = points.out_of_reach()
    wave = 1
    job.report(_progress(wave, points, aside))
    while wave < job.waves and points.agreeing(aside).size < job.draws:
        wave += 1
        places = _designed(job, wave, partial(_next_points, job, model, points, aside))
        points = joined([points, model.simulated(f"wave-{wave:02d}", places)])
        aside = points.out_of_reach()
        job.report(_progress(wave, points, aside))
    return points, aside, wave


def _designed(job: Fit, wave: int, design: Callable[[np.random.Generator], Values]) -> Values:
    """Return the points of a wave: those that the folder holds, or else a new design, which it then holds."""
    path = job.folder / f"wave-{wave:02d}.npy"
    if path.is_file():
        kept: Values = np.load(path)
        return kept
    places = design(np.random.default_rng([job.seed, wave]))
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.save(file, places)
    return places


def _design(n: int, model: Model, rng: np.random.Generator) -> Values:
    """Return points spread over the whole region by a Latin hypercube, those that are allowed."""
    places = np.empty((0, len(model.priors)))
    while len(places) < n:
        more = qmc.LatinHypercube(len(model.priors), rng=rng).random(n)
        places = np.vstack([places, more[model.allowed(more)]])
    return places[:n]


def _next_points(job: Fit, model: Model, points: Simulated, aside: Sequence[int], rng: np.random.Generator) -> Values:
    """Return points of the region that the emulators do not rule out, and as many of where they expect agreement."""
    outlook = Outlook(job, model, points, aside)
    job.report(f"  {len(outlook.moving)} parameters move a pattern.")
    found = []
    for doubt, n, what in ((1.0, job.points // 2, "not ruled out"), (0.0, job.points - job.points // 2, "expected")):
        places, level = outlook.drawn(n, doubt, rng)
        job.report(f"  {what}: implausibility {level:.1f} reached (cut-off {CUTOFF:g}).")
        found.append(places)
    return np.unique(np.vstack(found), axis=0)


class Outlook:
    """What emulators of the patterns say of points that were not run, taught by those nearest to the evidence.

    Args:
        job: The fit.
        model: The model.
        points: The points that were run.
        aside: Patterns that are left out.
    """

    def __init__(self, job: Fit, model: Model, points: Simulated, aside: Sequence[int]) -> None:
        taught = points.of(points.nearest(aside, MOST_TAUGHT))
        taught = taught.of(np.isfinite(taught.means).all(axis=1))
        stand_ins = emulators(taught.places, taught.means, points.kept(aside), job.workers)
        self.taught, self.model = taught, model
        self.stand_ins = _hardest_first(stand_ins, taught)
        self.targets = [pattern.target for pattern in points.patterns]
        self.moving = sorted({place for emulator in stand_ins.values() for place in emulator.active})

    def drawn(self, n: int, doubt: float, rng: np.random.Generator, cutoff: float = CUTOFF) -> tuple[Values, float]:
        """Return points under a cut-off, and the implausibility that was reached; ``doubt`` as in ``worst``."""
        measure = partial(worst, self.targets, self.stand_ins, doubt)
        start = np.vstack([self.taught.places, _design(CANDIDATES, self.model, rng)])
        return drawn_from(measure, start, n, self.moving, self.model.allowed, rng, cutoff)


def _hardest_first(stand_ins: Mapping[int, Emulator], points: Simulated) -> dict[int, Emulator]:
    """Return the emulators with those of the patterns first that most points miss, as they rule out the most."""
    missed = (points.implausibility() > CUTOFF).mean(axis=0)
    return {pattern: stand_ins[pattern] for pattern in sorted(stand_ins, key=lambda pattern: -missed[pattern])}


def _progress(wave: int, points: Simulated, aside: Sequence[int]) -> str:
    agree, missed = points.agreeing(aside).size, [points.patterns[place].name for place in aside]
    out = f"; out of reach of all: {', '.join(missed)}" if missed else ""
    return f"Wave {wave}: {len(points.places):,} points run, {agree:,} agree with the evidence{out}."


def short(prior: Prior, place: float, digits: int) -> float:
    """Return a parameter's value at a place in so many digits, within its range."""
    value = float(f"{float(prior.value(np.array(place))):.{digits}g}")
    return min(max(value, prior.low), prior.high)
