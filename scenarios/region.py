"""What is not implausible: how far points are from the evidence, and draws from the region that is near enough."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from scenarios.emulator import Emulator
from scenarios.patterns import Target

Values = NDArray[np.float64]

CUTOFF = 3.0
"""Implausibility up to which a point is kept (the three sigma rule of Pukelsheim, 1994)."""
DISCREPANCY = 0.5
"""Standard deviation of what the model leaves out, over that of the report (assumed)."""

MOST_STEPS = 30
STEPS_AT_LAST = 12
STEPS_A_LEVEL = 2
KEPT = 0.5
"""Part of the points that each level keeps."""

Measure = Callable[[Values], Values]
"""Gives the implausibility of points, or any number over ``within`` once it is certain to be over it."""


def implausibility(target: Target, values: Values, variances: Values) -> Values:
    """Return how far values are from a target, in standard deviations of all that may explain it.

    Args:
        target: What was reported, with its deviation.
        values: Expected values of the model.
        variances: Of those values: Monte Carlo error, and the emulator's where one gave them.

    Source:
        Vernon, Goldstein and Bower (2010), Bayesian Analysis 5(4).
    """
    explained = target.deviation**2 * (1.0 + DISCREPANCY**2)
    return target.miss(values) / np.sqrt(explained + variances)


def worst(
    targets: Sequence[Target],
    stand_ins: Mapping[int, Emulator],
    doubt: float,
    points: Values,
    stop: float = np.inf,
) -> Values:
    """Return the largest implausibility of each point over the patterns that have an emulator.

    Args:
        targets: By pattern.
        stand_ins: Emulators, by pattern.
        doubt: Part of the emulators' variance that counts: with 1 what is over the cut-off is ruled out, with 0 what is
            under it is expected to agree.
        points: Places of the parameters, 0 to 1, [point, parameter].
        stop: Points over this are not weighed any further.
    """
    largest = np.zeros(len(points))
    for pattern, emulator in stand_ins.items():
        open_still = np.flatnonzero(largest <= stop)
        if not open_still.size:
            break
        mean, variance = emulator.predict(points[open_still])
        found = implausibility(targets[pattern], mean, doubt * variance)
        largest[open_still] = np.maximum(largest[open_still], found)
    return largest


def drawn_from(
    measure: Callable[[Values, float], Values],
    start: Values,
    n: int,
    moving: Sequence[int],
    allowed: Callable[[Values], NDArray[np.bool_]],
    rng: np.random.Generator,
    cutoff: float = CUTOFF,
) -> tuple[Values, float]:
    """Return points spread evenly over the region whose implausibility is under a cut-off.

    A population moves down level by level to where half of it was, by differential evolution with the level as the
    only test (ter Braak, 2006), until the cut-off is reached or no lower level is.

    Args:
        measure: Gives the implausibility of points, and need not be exact above its second argument.
        start: Points to begin from, the more the better, [point, parameter].
        n: How many are wanted.
        moving: The parameters that matter; the others are drawn evenly each time.
        allowed: Says which points may be at all.
        rng: Luck.
        cutoff: The lowest level; with 0 the points are as near to the evidence as they get.

    Returns:
        The points, and the level that was reached.
    """
    points, found = start, measure(start, np.inf)
    level = np.inf
    for _ in range(MOST_STEPS):
        lower = max(cutoff, float(np.quantile(found, KEPT)))
        if level > cutoff and lower >= level:
            break
        level = lower
        points, found = _resampled(points, found, level, max(n, len(moving) + 3), rng)
        for _ in range(STEPS_AT_LAST if level == cutoff else STEPS_A_LEVEL):
            points, found = _moved(measure, points, found, level, moving, allowed, rng)
        if level == cutoff:
            break
    return points[:n], level


def _resampled(points: Values, found: Values, level: float, n: int, rng: np.random.Generator) -> tuple[Values, Values]:
    """Return ``n`` of the points under a level, each as often as the others as far as that goes."""
    inside = rng.permutation(np.flatnonzero(found <= level))
    chosen = np.resize(inside, n)
    return points[chosen], found[chosen]


def _moved(
    measure: Callable[[Values, float], Values],
    points: Values,
    found: Values,
    level: float,
    moving: Sequence[int],
    allowed: Callable[[Values], NDArray[np.bool_]],
    rng: np.random.Generator,
) -> tuple[Values, Values]:
    """Return the points after each tried one step, which it takes if that leaves it under the level."""
    tried = _proposed(points, moving, rng)
    may = np.flatnonzero(allowed(tried))
    there = np.full(len(points), np.inf)
    there[may] = measure(tried[may], level)
    taken = there <= level
    return np.where(taken[:, None], tried, points), np.where(taken, there, found)


def _proposed(points: Values, moving: Sequence[int], rng: np.random.Generator) -> Values:
    """Return a step for each point: along the difference of two others in some of the parameters that matter."""
    n, width = len(points), len(moving)
    first, second = rng.integers(n, size=(2, n))
    part = rng.random((n, width)) < rng.choice([0.2, 0.5, 1.0], size=(n, 1))
    length = np.where(
        rng.random((n, 1)) < 0.1, 1.0, rng.uniform(0.3, 1.2, (n, 1)) * 2.38 / np.sqrt(2.0 * max(width, 1))
    )
    step = length * (points[first][:, moving] - points[second][:, moving]) + 0.01 * rng.standard_normal((n, width))
    tried = rng.random(points.shape)
    tried[:, moving] = _reflected(points[:, moving] + part * step)
    return tried


def _reflected(places: Values) -> Values:
    """Return places brought back between 0 and 1 as in a mirror."""
    folded = np.mod(places, 2.0)
    return np.where(folded > 1.0, 2.0 - folded, folded)
