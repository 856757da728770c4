"""Emulators: quick stand-ins for what the model gives, each with how far it may be off.

One a pattern: a quadratic in the few parameters that move the pattern, and a Gaussian process for what that leaves.
What the other parameters and luck do is noise to it, and part of its variance.
"""

import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

Values = NDArray[np.float64]

MOST_ACTIVE = 14
"""Most parameters that one emulator reads."""
SIGNIFICANT = 3.5
"""Rank correlation, in standard errors, from which a parameter counts as moving a pattern."""
LEARNING = 250
"""Points by which a process's scales are found; all are used once they are."""
RIDGE = 1e-2
LENGTHS = (0.2, 20.0)
NOISE = (1e-4, 2.0)
SCALES = (1e-3, 1e2)


class Emulator:
    """A stand-in for one pattern.

    Args:
        points: Places of the parameters, 0 to 1, [point, parameter].
        values: What the model gives, [point].
    """

    def __init__(self, points: Values, values: Values) -> None:
        self.active = active_parameters(points, values)
        self._mean, self._scale = float(values.mean()), float(values.std()) or 1.0
        if not self.active:
            return
        x, y = points[:, self.active], (values - self._mean) / self._scale
        self._trend = make_pipeline(PolynomialFeatures(2), Ridge(RIDGE)).fit(x, y)
        rest = y - self._trend.predict(x)
        self._rest = float(rest.std()) or 1.0
        self._process = _process(x, rest / self._rest)

    def predict(self, points: Values) -> tuple[Values, Values]:
        """Return the expected value and its variance at some points.

        Args:
            points: Places of the parameters, 0 to 1, [point, parameter].
        """
        if not self.active:
            return np.full(len(points), self._mean), np.full(len(points), self._scale**2)
        x = points[:, self.active]
        rest, deviation = self._process.predict(x, return_std=True)
        mean = self._mean + self._scale * (self._trend.predict(x) + self._rest * rest)
        return mean, (self._scale * self._rest * deviation) ** 2


def active_parameters(points: Values, values: Values) -> list[int]:
    """Return the parameters that clearly move a value, the strongest first.

    Args:
        points: Places of the parameters, 0 to 1, [point, parameter].
        values: What the model gives, [point].
    """
    strength = strengths(points, values)
    order = np.argsort(-strength, kind="stable")[:MOST_ACTIVE]
    return [int(place) for place in order if strength[place] > SIGNIFICANT]


def strengths(points: Values, values: Values) -> Values:
    """Return how clearly each parameter moves a value, up or down or away from the middle.

    Args:
        points: Places of the parameters, 0 to 1, [point, parameter].
        values: What the model gives, [point].

    Returns:
        Rank correlations, in standard errors, [parameter].
    """
    if np.ptp(values) == 0.0:
        return np.zeros(points.shape[1])
    ranks = _standardised(rankdata(values))
    straight = np.abs(_standardised(rankdata(points, axis=0)).T @ ranks)
    bent = np.abs(_standardised(np.abs(points - 0.5)).T @ ranks)
    found: Values = np.maximum(straight, bent) / np.sqrt(len(values))
    return found


def _standardised(values: Any) -> Any:
    spread = values.std(axis=0)
    return (values - values.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)


def _process(x: Values, y: Values) -> GaussianProcessRegressor:
    """Return a Gaussian process through points, its scales found by the first of them."""
    kernel = ConstantKernel(0.5, SCALES) * RBF(np.full(x.shape[1], 1.0), LENGTHS) + WhiteKernel(0.5, NOISE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a scale at its bound: the parameter matters little
        learnt = GaussianProcessRegressor(kernel).fit(x[:LEARNING], y[:LEARNING])
    return GaussianProcessRegressor(learnt.kernel_, optimizer=None).fit(x, y)


def emulators(points: Values, values: Values, patterns: Sequence[int], workers: int = 1) -> dict[int, Emulator]:
    """Return an emulator for each of some patterns.

    Args:
        points: Places of the parameters, 0 to 1, [point, parameter].
        values: What the model gives, [point, pattern].
        patterns: Columns of ``values``.
        workers: Threads that compute at once.
    """
    with ThreadPoolExecutor(workers) as pool, warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a scale at its bound: the parameter matters little
        found = pool.map(lambda pattern: Emulator(points, values[:, pattern]), patterns)
        return dict(zip(patterns, found, strict=True))
