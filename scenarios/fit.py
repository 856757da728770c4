"""Fit the uncertain parameters to what was known by mid-2012, and to that alone: history matching in waves.

Each wave runs the model at points of the region that is still plausible, emulates every pattern, and rules out what
cannot agree with the evidence even for all that is uncertain about it. Points that agree in real runs make up the
plausible set; the best of them proposes the defaults. What is done lies in a folder, so that it can be carried on.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc
from threadpoolctl import threadpool_limits

from scenarios.emulator import Emulator, active_parameters, emulators
from scenarios.evidence import measure_runs
from scenarios.folder import MANIFEST, lock, read_manifest, refuse_unwritable
from scenarios.patterns import PATTERNS, Pattern
from scenarios.plausible import DIGITS, Prior, priors, with_values, write_plausible
from scenarios.provenance import rules_hash
from scenarios.region import CUTOFF, drawn_from, implausibility, worst
from scenarios.scenario import load_scenario
from scenarios.writing import replacing, write_json
from simulation.faults import InputError
from simulation.inputs import England, read_england
from simulation.parameters import DECLARED
from simulation.plan import Plan
from simulation.version import VERSION

Values = NDArray[np.float64]

MADE_BY = "csmarket fit"
FITTED = tuple(pattern for pattern in PATTERNS if pattern.fitted)
IN_ORDER = (("in_house.efficiency_low", "in_house.efficiency_high"), ("experience.quite_mark", "experience.very_mark"))
"""Pairs of which the first is less than the second."""

PART_POINTS = 50
"""Points that are run, stored and carried on together."""
MOST_TAUGHT = 600
"""Most points that teach an emulator: those nearest to the evidence."""
CANDIDATES = 4_000
CHECKED = 6
"""How many of the best points are run again before one is called the best."""
CHECK_SEEDS = 1_000_001
SHORT_DIGITS = 3
"""Significant digits of the best point."""
CLEARLY = (4.0, 3.0, 2.0, 0.0)
"""Rank correlations, in standard errors, from which the best point may take a parameter from its default."""
ALMOST = 1.25
"""How much worse (ratio of the sums of squares) the best point may get for keeping parameters at their default."""
MOST = 1e3
"""Implausibility beyond which more makes no difference."""
FREE = 0.85
"""Part of its prior spread from which a parameter counts as left free."""


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
            "priors": {prior.name: [prior.low, prior.high] for prior in priors()},
            "targets": {pattern.name: pattern.target.words for pattern in self.patterns},
            "data": dict(england.fingerprint),
            "version": VERSION,
            "rules": rules_hash(),
        }


@dataclass
class Simulated:
    """Points at which the model was run.

    Args:
        places: Of the parameters, 0 to 1, [point, parameter].
        means: Over the runs, [point, pattern].
        variances: Of those means, [point, pattern].
        patterns: What was measured.
    """

    places: Values
    means: Values
    variances: Values
    patterns: tuple[Pattern, ...]

    def of(self, rows: Any) -> "Simulated":
        """Return some of the points."""
        return Simulated(self.places[rows], self.means[rows], self.variances[rows], self.patterns)

    def implausibility(self) -> Values:
        """Return that of each point and pattern; where there is no value it is without end."""
        columns = [
            implausibility(pattern.target, self.means[:, place], self.variances[:, place])
            for place, pattern in enumerate(self.patterns)
        ]
        return np.nan_to_num(np.column_stack(columns), nan=np.inf)


def joined(parts: Sequence[Simulated]) -> Simulated:
    """Return the points of several parts as one."""
    places, means, variances = (
        np.vstack([getattr(part, name) for part in parts]) for name in ("places", "means", "variances")
    )
    return Simulated(places, means, variances, parts[0].patterns)


@dataclass
class Fitted:
    """What came of a fit.

    Args:
        priors: The parameters that were fitted, in the order of the places of points.
        best: Values of the best point, by parameter.
        best_means: What the model gives there, by pattern.
        plausible: The points that agree with the evidence.
        set_aside: Patterns that no point came near, and that nothing was fitted to.
        in_the_way: For each other pattern, in how many of the points near all the others it alone was missed.
        spreads: For each parameter, the part of its prior spread that the plausible draws keep.
        waves: How many waves there were.
        enough: Whether there are as many draws as were wanted.
    """

    priors: tuple[Prior, ...]
    best: dict[str, float]
    best_means: Values
    plausible: Simulated
    set_aside: list[str]
    in_the_way: dict[str, int]
    spreads: dict[str, float] = field(default_factory=dict)
    waves: int = 0
    enough: bool = False


# ---- The fit -----------------------------------------------------------------------------------------------


def fit(job: Fit, *, force: bool = False) -> Fitted:
    """Fit, or carry a fit on, and leave the plausible set, the best point and what they rest on in its folder.

    Raises:
        InputError: Something else is in the way in the folder.
        WriteError: A write failed; what is complete stays.
    """
    england = read_england()
    _make_way(job, england, force)
    refuse_unwritable(job.folder)
    with lock(job.folder), threadpool_limits(1):
        write_json(job.folder / MANIFEST, {"made_by": MADE_BY, "status": "running", "identity": job.identity(england)})
        model = Model(job, england)
        points, set_aside, waves = _waves(job, model)
        fitted = _concluded(job, model, points, set_aside, waves)
        _write(job, model, fitted)
        closed = {"made_by": MADE_BY, "status": "complete", "identity": job.identity(england)}
        write_json(job.folder / MANIFEST, closed)
    return fitted


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

    def values(self, place: Values) -> dict[str, float]:
        """Return the parameters at a point, as they are stored."""
        return {prior.name: _short(prior, float(at), DIGITS) for prior, at in zip(self.priors, place, strict=True)}

    def places(self, values: Mapping[str, float]) -> Values:
        """Return the point of some values; a parameter without one stands at its default."""
        return np.array([p.place(float(values.get(p.name, DECLARED[p.name].default))) for p in self.priors])

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


def _waves(job: Fit, model: Model) -> tuple[Simulated, list[int], int]:
    """Return all points that were run, the patterns that none came near, and the number of waves."""
    places = _designed(job, 1, lambda rng: _design(2 * job.points, model, rng))
    points = model.simulated("wave-01", places)
    aside = _out_of_reach(points)
    wave = 1
    job.report(_progress(wave, points, aside))
    while wave < job.waves and _agreeing(points, aside).size < job.draws:
        wave += 1
        places = _designed(job, wave, partial(_next_points, job, model, points, aside))
        points = joined([points, model.simulated(f"wave-{wave:02d}", places)])
        aside = _out_of_reach(points)
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
    taught = points.of(_nearest(points, aside, MOST_TAUGHT))
    taught = taught.of(np.isfinite(taught.means).all(axis=1))
    stand_ins = _hardest_first(emulators(taught.places, taught.means, _kept(points, aside), job.workers), taught)
    moving = sorted({place for emulator in stand_ins.values() for place in emulator.active})
    start = np.vstack([taught.places, _design(CANDIDATES, model, rng)])
    job.report(f"  {len(moving)} parameters move a pattern.")
    found = []
    for doubt, n, what in ((1.0, job.points // 2, "not ruled out"), (0.0, job.points - job.points // 2, "expected")):
        measure = partial(worst, [pattern.target for pattern in job.patterns], stand_ins, doubt)
        places, level = drawn_from(measure, start, n, moving, model.allowed, rng)
        job.report(f"  {what}: implausibility {level:.1f} reached (cut-off {CUTOFF:g}).")
        found.append(places)
    return np.vstack(found)


def _hardest_first(stand_ins: Mapping[int, Emulator], points: Simulated) -> dict[int, Emulator]:
    """Return the emulators with those of the patterns first that most points miss, as they rule out the most."""
    missed = (points.implausibility() > CUTOFF).mean(axis=0)
    return {pattern: stand_ins[pattern] for pattern in sorted(stand_ins, key=lambda pattern: -missed[pattern])}


def _kept(points: Simulated, aside: Sequence[int]) -> list[int]:
    return [pattern for pattern in range(len(points.patterns)) if pattern not in aside]


def _out_of_reach(points: Simulated) -> list[int]:
    """Return the patterns that no point came near."""
    return np.flatnonzero(points.implausibility().min(axis=0) > CUTOFF).tolist()


def _agreeing(points: Simulated, aside: Sequence[int]) -> NDArray[np.int64]:
    """Return the points that agree, in real runs, with every pattern that is not set aside."""
    return np.flatnonzero((points.implausibility()[:, _kept(points, aside)] <= CUTOFF).all(axis=1))


def _nearest(points: Simulated, aside: Sequence[int], n: int) -> NDArray[np.int64]:
    """Return the points nearest to the evidence, in the order in which they were run."""
    largest = points.implausibility()[:, _kept(points, aside)].max(axis=1)
    return np.sort(np.argsort(largest, kind="stable")[:n])


def _progress(wave: int, points: Simulated, aside: Sequence[int]) -> str:
    agree, missed = _agreeing(points, aside).size, [points.patterns[place].name for place in aside]
    out = f"; out of reach of all: {', '.join(missed)}" if missed else ""
    return f"Wave {wave}: {len(points.places):,} points run, {agree:,} agree with the evidence{out}."


# ---- What came of it ---------------------------------------------------------------------------------------


def _concluded(job: Fit, model: Model, points: Simulated, aside: Sequence[int], waves: int) -> Fitted:
    agree = _agreeing(points, aside)
    best, means = _best(model, points, aside)
    plausible = points.of(agree)
    return Fitted(
        priors=model.priors,
        best=best,
        best_means=means,
        plausible=plausible,
        set_aside=[points.patterns[place].name for place in aside],
        in_the_way=_in_the_way(points, aside),
        spreads=_spreads(model, plausible.places),
        waves=waves,
        enough=agree.size >= job.draws,
    )


def _in_the_way(points: Simulated, aside: Sequence[int]) -> dict[str, int]:
    """Return how many points agree with every pattern but one, by that one."""
    missed = points.implausibility()[:, _kept(points, aside)] > CUTOFF
    alone = missed[missed.sum(axis=1) == 1].sum(axis=0)
    return {points.patterns[pattern].name: int(n) for pattern, n in zip(_kept(points, aside), alone, strict=True) if n}


def _best(model: Model, points: Simulated, aside: Sequence[int]) -> tuple[dict[str, float], Values]:
    """Return the best point in few digits, with what the model gives there.

    The nearest points are run again with other seeds, each with only the parameters that move a pattern, more or less
    clearly, away from their default. Of those that agree next to best, the one that leaves the most there wins.
    """
    near = np.argsort(_squares(points, aside), kind="stable")[:CHECKED]
    whole = [_rounded(model, points.places[row]) for row in near]
    kept = [_moving(model, points, aside, clearly) for clearly in CLEARLY]
    tried = [{name: value for name, value in values.items() if name in names} for names in kept for values in whole]
    seeds = range(CHECK_SEEDS, CHECK_SEEDS + 4 * model.job.runs)
    means, variances = model.run(tried, seeds)
    far = _squares(Simulated(np.empty((len(means), 0)), means, variances, points.patterns), aside)
    enough = np.flatnonzero(far <= ALMOST * far.min() + 1.0)
    winner = min(enough, key=lambda place: (len(tried[place]), far[place]))
    defaults = {prior.name: float(DECLARED[prior.name].default) for prior in model.priors}
    return defaults | tried[winner], means[winner]


def _squares(points: Simulated, aside: Sequence[int]) -> Values:
    """Return the sum of the squares of each point's implausibilities."""
    return (np.minimum(points.implausibility()[:, _kept(points, aside)], MOST) ** 2).sum(axis=1)


def _moving(model: Model, points: Simulated, aside: Sequence[int], clearly: float) -> set[str]:
    """Return the parameters that move a pattern so clearly, over all points or near the evidence."""
    near = points.of(_nearest(points, aside, MOST_TAUGHT))
    return {
        model.priors[place].name
        for some in (points, near)
        for pattern in _kept(points, aside)
        for place in active_parameters(some.places, np.nan_to_num(some.means[:, pattern]), clearly)
    }


def _rounded(model: Model, place: Values) -> dict[str, float]:
    return {prior.name: _short(prior, float(at), SHORT_DIGITS) for prior, at in zip(model.priors, place, strict=True)}


def _short(prior: Prior, place: float, digits: int) -> float:
    """Return a parameter's value at a place in so many digits, within its range."""
    value = float(f"{float(prior.value(np.array(place))):.{digits}g}")
    return min(max(value, prior.low), prior.high)


def _spreads(model: Model, places: Values) -> dict[str, float]:
    """Return the part of nine tenths of each prior in which nine tenths of the plausible draws lie."""
    if len(places) < 2:
        return {}
    low, high = np.percentile(places, (5, 95), axis=0)
    return {prior.name: float(width) for prior, width in zip(model.priors, (high - low) / 0.9, strict=True)}


# ---- The folder --------------------------------------------------------------------------------------------


def _make_way(job: Fit, england: England, force: bool) -> None:
    """Refuse a folder in which something else is, unless it is another fit that may be replaced.

    Raises:
        InputError: Something is in the way.
    """
    manifest = read_manifest(job.folder)
    if job.folder.exists() and not job.folder.is_dir():
        raise InputError([f"{job.folder}: is a file, and a fit wants a folder: name another with --out"])
    if manifest is None and job.folder.exists() and any(path.name != ".lock" for path in job.folder.iterdir()):
        raise InputError([f"{job.folder}: holds other files and no fit: name another folder with --out"])
    if manifest is None:
        return
    if manifest.get("made_by") != MADE_BY:
        raise InputError([f"{job.folder}: holds the results of {manifest.get('made_by')}: name another with --out"])
    if manifest.get("identity") == json.loads(json.dumps(job.identity(england))):
        return
    if not force:
        told = f"{job.folder}: holds a fit of other rules, parameters or size"
        raise InputError([f"{told}: name another folder with --out, or replace it with --force"])
    for path in job.folder.glob("wave-*.np[yz]"):
        path.unlink()


def _write(job: Fit, model: Model, fitted: Fitted) -> None:
    """Write the best point as a scenario, and the plausible draws where there are any."""
    with replacing(job.folder / "best.toml") as temporary:
        temporary.write_text(best_text(fitted), encoding="utf-8", newline="\n")
    if not len(fitted.plausible.places):
        return
    values = [model.values(place) for place in fitted.plausible.places]
    default = {prior.name: float(DECLARED[prior.name].default) for prior in priors()}
    draws = np.array([[(default | value)[prior.name] for prior in priors()] for value in values])
    about = {
        "rules": rules_hash(),
        "seed": job.seed,
        "waves": fitted.waves,
        "runs": job.runs,
        "patterns": [pattern.name for pattern in job.patterns if pattern.name not in fitted.set_aside],
        "set_aside": fitted.set_aside,
    }
    write_plausible(job.folder, draws, about)


def changes_of(fitted: Fitted) -> dict[str, tuple[float, float]]:
    """Return the default and the best value of each parameter whose best value is another."""
    defaults = {name: float(DECLARED[name].default) for name in fitted.best}
    return {name: (defaults[name], value) for name, value in fitted.best.items() if value != defaults[name]}


def best_text(fitted: Fitted) -> str:
    """Return the best point as a scenario file."""
    lines = [f'"{name}" = {new:.10g}  # default {old:.10g}' for name, (old, new) in changes_of(fitted).items()]
    return (
        'title = "The best point of a fit"\n'
        'question = "What if the uncertain parameters were those that agree best with what was known by mid-2012?"\n'
        'because = "Found by csmarket fit."\n\n[changes]\n' + "\n".join(lines) + "\n"
    )
