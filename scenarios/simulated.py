"""Points of the uncertain parameters at which the model was run, and how they agree with the evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.patterns import Pattern
from scenarios.region import CUTOFF, implausibility

Values = NDArray[np.float64]

MOST = 1e3
"""Implausibility beyond which more makes no difference."""


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

    def kept(self, aside: Sequence[int]) -> list[int]:
        """Return the patterns that are not set aside."""
        return [pattern for pattern in range(len(self.patterns)) if pattern not in aside]

    def out_of_reach(self) -> list[int]:
        """Return the patterns that no point came near."""
        return np.flatnonzero(self.implausibility().min(axis=0) > CUTOFF).tolist()

    def agreeing(self, aside: Sequence[int]) -> NDArray[np.int64]:
        """Return the points that agree with every pattern that is not set aside."""
        return np.flatnonzero((self.implausibility()[:, self.kept(aside)] <= CUTOFF).all(axis=1))

    def nearest(self, aside: Sequence[int], n: int) -> NDArray[np.int64]:
        """Return the points nearest to the evidence, in the order in which they were run."""
        largest = self.implausibility()[:, self.kept(aside)].max(axis=1)
        return np.sort(np.argsort(largest, kind="stable")[:n])

    def squares(self, aside: Sequence[int]) -> Values:
        """Return the sum of the squares of each point's implausibilities."""
        return (np.minimum(self.implausibility()[:, self.kept(aside)], MOST) ** 2).sum(axis=1)


def joined(parts: Sequence[Simulated]) -> Simulated:
    """Return the points of several parts as one."""
    places, means, variances = (
        np.vstack([getattr(part, name) for part in parts]) for name in ("places", "means", "variances")
    )
    return Simulated(places, means, variances, parts[0].patterns)
