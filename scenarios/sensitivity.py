"""Which factors move an outcome, and by how much: Sobol and Morris for their designs, slices for any other points.

Every table has a noise floor: ``dummy`` is what the same estimate says of an input without effect, ``luck`` what
other seeds would alter (it wants two seeds or more). A factor is ``clear`` where its whole interval is above both.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scenarios.cube import unit_problem
from scenarios.factor import DUMMY
from scenarios.sweep_results import SweepResults
from simulation.faults import InputError

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Estimate = tuple[float, float, float]
"""A value and its 95% interval."""

LUCK = "luck"
COMPUTED = "dummy_computed"
"""The dummy of the estimate, where the design varies a dummy of its own."""

NOISE = (DUMMY, COMPUTED, LUCK)
FIRST, TOTAL = "first_order", "total_order"
MEAN_EFFECT, EFFECT, SPREAD = "mu", "mu_star", "sigma"
VARIANCE, PAWN, SWING = "variance_share", "pawn", "swing"
MAIN = (TOTAL, EFFECT, VARIANCE, SWING)
"""The measure of each kind by which factors are ordered."""

RESAMPLES = 100
SLICES = 10
LEAST_POINTS = 30
"""Fewer points than these say nothing by slices."""

NONE: Estimate = (float("nan"), float("nan"), float("nan"))


def sensitivity(results: SweepResults, outcomes: Sequence[str] | None = None, month: object = None) -> "pd.DataFrame":
    """Return how much each factor of a sweep moves each outcome.

    Args:
        results: A sweep.
        outcomes: Names of outcomes; all that are stored unless told.
        month: The month, as a date or ISO text; the last that is stored unless told.

    Returns:
        ``scenario``, ``outcome``, ``factor`` (with ``dummy`` and ``luck``), ``measure``, ``value``, ``low`` and
        ``high`` (95% by resampling points), ``clear``, ``points`` (how many were used). Measures are ``first_order``
        and ``total_order`` (shares of variance) of a Sobol design; ``mu_star``, ``mu`` and ``sigma`` (in the
        outcome's unit, over a factor's whole range) of a Morris design; ``swing`` (likewise) of one at a time;
        ``variance_share`` (explained by the factor alone) and ``pawn`` (distance of distributions, 0 to 1) of others.

    Raises:
        InputError: An outcome or month is not stored, or there is too little to go by.

    Source:
        Saltelli et al. (2010); Morris (1991), Campolongo et al. (2007); Pianosi and Wagener (2018).
    """
    import pandas as pd

    if not results.factors:
        raise InputError([f"{results.folder}: varies no factor, so that there is nothing to be sensitive to"])
    names = results.stored(outcomes)
    day = results.stored_month(results.months[-1] if month is None else month)
    runs = results.read(names, day)
    means = results.at_points(names, day)
    rows: list[dict[str, object]] = []
    for scenario, points in means.groupby("scenario", sort=False, observed=True):
        x = unit_places(results, points)
        mine = runs[runs["point"].isin(points["point"])]
        for name in names:
            luck = luck_variance(mine, name)
            table = _measured(results, x, points[name].to_numpy(float), luck)
            rows += [{"scenario": scenario, "outcome": name} | row for row in table]
    return pd.DataFrame(rows)


def _measured(results: SweepResults, x: Floats, y: Floats, luck: float) -> Iterator[dict[str, object]]:
    """Yield the measures of one outcome in one scenario."""
    block = {"sobol": x.shape[1] + 2, "morris": x.shape[1] + 1}.get(results.method, 1)
    whole = np.repeat(~np.isnan(y).reshape(-1, block).any(axis=1), block)
    x, y = x[whole], y[whole]
    if results.method not in METHODS and len(y) < LEAST_POINTS:
        few = f"{len(y)} points are too few to say what moves an outcome: it takes {LEAST_POINTS} or more"
        raise InputError([f"{results.folder}: {few}"])
    measures = METHODS.get(results.method, by_slices)(x, y, luck) if len(y) and np.ptp(y) > 0 else {}
    for measure, estimates in measures.items():
        names = [*results.factors, COMPUTED if DUMMY in results.factors else DUMMY, LUCK][: len(estimates)]
        told = list(zip(names, estimates, strict=True))
        floor = max([0.0, *(high for name, (_, _, high) in told if name in NOISE and not np.isnan(high))])
        for name, (value, low, high) in told:
            clear = name not in NOISE and bool(low > floor)
            yield {"factor": name, "measure": measure, "value": value, "low": low, "high": high,
                   "clear": clear, "points": len(y)}  # fmt: skip


def unit_places(results: SweepResults, points: "pd.DataFrame") -> Floats:
    """Return where each point lies in the range of each factor: 0 is the least or first value, 1 the greatest or last.

    A value that was left as the scenario has it is not a number.
    """
    columns = [_places(factor, points[factor["name"]]) for factor in results.manifest["design"]["factors"]]
    return np.column_stack(columns)


def _places(factor: Mapping[str, Any], column: Any) -> Floats:
    import pandas as pd

    if "values" in factor:
        listed = [pd.Timestamp(v) if column.dtype.kind == "M" else v for v in factor["values"]]
        places = column.map({value: place for place, value in enumerate(listed)})
        return np.asarray(places.to_numpy(float) / (len(listed) - 1))
    if column.dtype.kind == "M":
        low, high = pd.Timestamp(factor["low"]), pd.Timestamp(factor["high"])
        return np.asarray(((column - low) / (high - low)).to_numpy(float))
    return np.asarray((column.to_numpy(float) - factor["low"]) / (factor["high"] - factor["low"]))


def luck_variance(runs: "pd.DataFrame", name: str) -> float:
    """Return the variance of a point's mean that is owed to its seeds: what seeds alter from point to point.

    What a seed does alike at every point does not count, as points are compared on the same seeds.
    Not a number where there is one seed.
    """
    table = runs.pivot(index="point", columns="seed", values=name).dropna().to_numpy(float)
    points, seeds = table.shape
    if seeds < 2 or points < 2:
        return float("nan")
    rest = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0, keepdims=True) + table.mean()
    return float((rest**2).sum() / ((points - 1) * (seeds - 1)) / seeds)


# ---- Sobol -----------------------------------------------------------------------------------------------------


def sobol_indices(x: Floats, y: Floats, luck: float) -> dict[str, list[Estimate]]:
    """Return first and total order indices of Saltelli's design.

    The dummy's first order is the covariance of the two independent halves of the design (Khorashadi Zadeh et al.
    2017); its total order is nothing by construction.
    """
    from SALib.analyze import sobol

    width = x.shape[1]
    found = sobol.analyze(unit_problem(width), y, calc_second_order=False, num_resamples=RESAMPLES, seed=1)
    a, b = y[:: width + 2], y[width + 1 :: width + 2]
    variance = float(np.var(np.r_[a, b]))
    share = luck / variance
    return {
        TOTAL: [*_with_intervals(found["ST"], found["ST_conf"]), NONE, (share,) * 3],
        FIRST: [*_with_intervals(found["S1"], found["S1_conf"]), _dummy_first_order(a, b, variance), NONE],
    }


def _with_intervals(values: Floats, halves: Floats) -> list[Estimate]:
    return [(float(v), float(v - half), float(v + half)) for v, half in zip(values, halves, strict=True)]


def _dummy_first_order(a: Floats, b: Floats, variance: float) -> Estimate:
    products = (a - a.mean()) * (b - b.mean()) / variance
    value, half = float(products.mean()), float(1.96 * products.std() / np.sqrt(len(products)))
    return value, value - half, value + half


# ---- Morris ----------------------------------------------------------------------------------------------------


def morris_effects(x: Floats, y: Floats, luck: float) -> dict[str, list[Estimate]]:
    """Return the elementary effects of a Morris design, over the distance that each step really went.

    Whole numbers and words go other distances than the design's own, so these are taken from the points.
    """
    width = x.shape[1]
    effects = np.full((len(y) // (width + 1), width), np.nan)
    for trajectory, rows in enumerate(np.arange(len(y)).reshape(-1, width + 1)):
        for before, after in pairwise(rows):
            moved = np.flatnonzero(x[after] != x[before])
            if len(moved) == 1:
                step = x[after, moved[0]] - x[before, moved[0]]
                effects[trajectory, moved[0]] = (y[after] - y[before]) / step
    typical = float(np.nanmean(np.abs(np.diff(x, axis=0)[np.diff(x, axis=0) != 0])))
    noise = 2.0 * np.sqrt(luck / np.pi) / typical
    measures: dict[str, Callable[[Floats], Floats]] = {
        EFFECT: lambda e: np.nanmean(np.abs(e), axis=0),
        MEAN_EFFECT: lambda e: np.nanmean(e, axis=0),
        SPREAD: lambda e: np.nanstd(e, axis=0, ddof=1),
    }
    found = {name: _resampled(effects, measure) for name, measure in measures.items()}
    found[EFFECT] += [(0.0,) * 3, (noise,) * 3]
    return found


def _resampled(rows: Floats, measure: Callable[[Floats], Floats]) -> list[Estimate]:
    """Return a measure of rows, column by column, with its interval over resamples of the rows."""
    rng = np.random.default_rng(1)
    values = measure(rows)
    again = [measure(rows[rng.integers(len(rows), size=len(rows))]) for _ in range(RESAMPLES)]
    low, high = np.percentile(again, [2.5, 97.5], axis=0)
    return [(float(v), float(a), float(b)) for v, a, b in zip(values, low, high, strict=True)]


# ---- One at a time ---------------------------------------------------------------------------------------------


def swings(x: Floats, y: Floats, luck: float) -> dict[str, list[Estimate]]:
    """Return how far the outcome swings over a factor's values while all else is as the scenario has it."""
    own = np.isnan(x).all(axis=1)
    found = [float(np.ptp(y[own | ~np.isnan(column)])) for column in x.T]
    noise = 1.96 * float(np.sqrt(2.0 * luck))
    return {SWING: [*((swing,) * 3 for swing in found), (0.0,) * 3, (noise,) * 3]}


# ---- Any points ------------------------------------------------------------------------------------------------


def by_slices(x: Floats, y: Floats, luck: float) -> dict[str, list[Estimate]]:
    """Return for each factor, and a dummy, what its slices say: the share of variance between them, and PAWN.

    Few values are slices of their own, so that switches and words count as they are.
    """
    rng = np.random.default_rng(1)
    columns = [*x.T, rng.random(len(y))]
    measures = {VARIANCE: variance_between, PAWN: pawn}
    found: dict[str, list[Estimate]] = {name: [] for name in measures}
    samples = [rng.integers(len(y), size=len(y)) for _ in range(RESAMPLES)]
    for column in columns:
        slices = sliced(column)
        for name, measure in measures.items():
            value = measure(slices, y)
            again = np.array([measure(slices[sample], y[sample]) for sample in samples])
            # Points that are drawn twice widen every distance, so the interval is moved back onto the value.
            low, high = np.percentile(again - again.mean() + value, [2.5, 97.5])
            found[name].append((value, float(low), float(high)))
    found[VARIANCE].append((luck / float(np.var(y)),) * 3)
    return found


def sliced(column: Floats) -> NDArray[np.int64]:
    """Return the slice of each point: its value where there are few, else one of ten of equal size.

    Points where the value is the scenario's own (not a number) are in a slice of their own.
    """
    values = np.unique(column[~np.isnan(column)])
    if len(values) <= SLICES:
        return np.asarray(np.where(np.isnan(column), len(values), np.searchsorted(values, column)))
    edges = np.nanquantile(column, np.linspace(0, 1, SLICES + 1)[1:-1])
    return np.asarray(np.where(np.isnan(column), SLICES, np.searchsorted(edges, column)))


def variance_between(slices: NDArray[np.int64], y: Floats) -> float:
    """Return the share of variance between slices, less what chance alone would put there (epsilon squared)."""
    counts = np.bincount(slices)
    sums = np.bincount(slices, weights=y)
    filled = counts > 0
    within = float((y**2).sum() - (sums[filled] ** 2 / counts[filled]).sum())
    about = float(((y - y.mean()) ** 2).sum())
    degrees = len(y) - int(filled.sum())
    return 1.0 - (within / degrees) / (about / (len(y) - 1)) if about > 0 and degrees > 0 else 0.0


def pawn(slices: NDArray[np.int64], y: Floats) -> float:
    """Return the median over slices of the Kolmogorov-Smirnov distance between a slice's outcomes and all."""
    order = np.sort(y)
    distances = []
    for one in np.unique(slices):
        mine = np.sort(y[slices == one])
        above = np.searchsorted(order, mine, "right") / len(order)
        below = np.searchsorted(order, mine, "left") / len(order)
        steps = np.searchsorted(mine, mine, "right") / len(mine)
        before = np.searchsorted(mine, mine, "left") / len(mine)
        distances.append(max(np.abs(steps - above).max(), np.abs(before - below).max()))
    return float(np.median(distances))


METHODS: dict[str, Callable[[Floats, Floats, float], dict[str, list[Estimate]]]] = {
    "sobol": sobol_indices,
    "morris": morris_effects,
    "one_at_a_time": swings,
}
