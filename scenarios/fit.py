"""Fit the uncertain parameters to what was known by mid-2012, and to that alone: history matching in waves.

Each wave runs the model at points of the region that is still plausible, emulates every pattern, and rules out what
cannot agree with the evidence even for all that is uncertain about it. Points that agree in real runs make up the
plausible set; the best of them proposes the defaults. What is done lies in a folder, so that it can be carried on.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from scenarios.emulator import strengths
from scenarios.folder import MANIFEST, lock, own_manifest, refuse_unwritable
from scenarios.plausible import Prior, priors, write_plausible
from scenarios.provenance import rules_hash
from scenarios.region import CUTOFF
from scenarios.simulated import Simulated
from scenarios.waves import MOST_TAUGHT, Fit, Model, Outlook, run_waves, short
from scenarios.writing import replacing, write_json
from simulation.faults import InputError
from simulation.inputs import England, read_england
from simulation.parameters import DECLARED

Values = NDArray[np.float64]

MADE_BY = "csmarket fit"
CHECKED = 6
"""How many of the best points are run again before one is called the best."""
CHECK_SEEDS = 1_000_001
SHORT_DIGITS = 3
"""Significant digits of the best point."""
STRIDES = (0.2, 0.1, 0.05)
"""Strides of the climb, each for one pass over the parameters, as parts of the range of a prior."""
EXPECTED = 24
"""How many points the emulators add to them."""
CHECK_TIMES = 4
"""Runs of a check, over those of a point in a wave."""
FAILURE = 3.0
"""What a pattern that fails counts as, in squared implausibilities."""
ALMOST = 2.0
"""How much worse, in squared implausibilities, the best point may get for keeping parameters at their default."""
FREE = 0.85
"""Part of its prior spread from which a parameter counts as left free."""


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
        points, set_aside, waves = run_waves(job, model)
        fitted = _concluded(job, model, points, set_aside, waves)
        _write(job, model, fitted)
        closed = {"made_by": MADE_BY, "status": "complete", "identity": job.identity(england)}
        write_json(job.folder / MANIFEST, closed)
    return fitted


# ---- What came of it ---------------------------------------------------------------------------------------


def _concluded(job: Fit, model: Model, points: Simulated, aside: Sequence[int], waves: int) -> Fitted:
    agree = points.agreeing(aside)
    best, means = _best(job, model, points, aside)
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
    missed = points.implausibility()[:, points.kept(aside)] > CUTOFF
    alone = missed[missed.sum(axis=1) == 1].sum(axis=0)
    return {points.patterns[pattern].name: int(n) for pattern, n in zip(points.kept(aside), alone, strict=True) if n}


def _best(job: Fit, model: Model, points: Simulated, aside: Sequence[int]) -> tuple[dict[str, float], Values]:
    """Return the best point in few digits, with what the model gives there.

    Points that were run, and points where the emulators expect the least implausibility, are run with other seeds.
    From the best of them a climb goes on, and another from the defaults. Where the better one ends parameters go back
    to their defaults, those that move the patterns least first, as long as that costs next to nothing.
    """
    job.report("Looking for the best point.")
    expected, _ = Outlook(job, model, points, aside).drawn(EXPECTED, 0.0, np.random.default_rng([job.seed, 0]), 0.0)
    near = points.places[np.argsort(points.squares(aside), kind="stable")[:CHECKED]]
    tried = np.vstack([near, expected])
    checked = _checked(model, points, [_rounded(model, place) for place in tried])
    weakest = _weakest_first(model, points, aside)
    starts = (tried[np.argmin(_badness(checked, aside))], model.place_of_defaults())
    ends = [_climbed(model, points, start, weakest[: -job.climbed - 1 : -1], aside) for start in starts]
    there = _checked(model, points, [_rounded(model, end) for end in ends])
    winner = int(np.argmin(_badness(there, aside)))
    values, bad, means = _rounded(model, ends[winner]), _badness(there, aside)[winner], there.means[winner]
    for name in weakest:
        fewer = {other: value for other, value in values.items() if other != name}
        again = _checked(model, points, [fewer])
        if _badness(again, aside)[0] <= bad + ALMOST:
            values, means = fewer, again.means[0]
    return {prior.name: float(DECLARED[prior.name].default) for prior in model.priors} | values, means


def _climbed(model: Model, points: Simulated, start: Values, names: Sequence[str], aside: Sequence[int]) -> Values:
    """Return where a climb from a point ends: a stride up or down along one parameter at a time, kept if better."""

    def badness(places: Values) -> Values:
        return _badness(_checked(model, points, [_rounded(model, place) for place in places]), aside)

    best, bad = start, badness(start[None, :])[0]
    for stride in STRIDES:
        for name in names:
            along = stride * np.array([prior.name == name for prior in model.priors])
            steps = np.clip([best + along, best - along], 0.0, 1.0)
            steps = steps[model.allowed(steps)]
            tried = badness(steps) if len(steps) else np.array([np.inf])
            if tried.min() < bad:
                best, bad = steps[np.argmin(tried)], tried.min()
    return best


def _weakest_first(model: Model, points: Simulated, aside: Sequence[int]) -> list[str]:
    """Return the parameters by how clearly they move any pattern, over all points or near the evidence."""
    near = points.of(points.nearest(aside, MOST_TAUGHT))
    clearly = np.max(
        [
            strengths(some.places, np.nan_to_num(some.means[:, pattern]))
            for some in (points, near)
            for pattern in points.kept(aside)
        ],
        axis=0,
    )
    return [model.priors[place].name for place in np.argsort(clearly, kind="stable")]


def _checked(model: Model, points: Simulated, values: Sequence[dict[str, float]]) -> Simulated:
    """Run the model at some values with seeds that no wave used."""
    means, variances = model.run(values, range(CHECK_SEEDS, CHECK_SEEDS + CHECK_TIMES * model.job.runs))
    return Simulated(np.empty((len(means), 0)), means, variances, points.patterns)


def _badness(points: Simulated, aside: Sequence[int]) -> Values:
    """Return how far points are from the best: patterns that fail first, then the sum of squared implausibilities."""
    fails = [
        sum(not points.patterns[place].target.holds(means[place]) for place in points.kept(aside))
        for means in points.means
    ]
    return FAILURE * np.array(fails, float) + points.squares(aside)


def _rounded(model: Model, place: Values) -> dict[str, float]:
    return {prior.name: short(prior, float(at), SHORT_DIGITS) for prior, at in zip(model.priors, place, strict=True)}


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
    manifest = own_manifest(job.folder, MADE_BY)
    if manifest is None or manifest.get("identity") == json.loads(json.dumps(job.identity(england))):
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
