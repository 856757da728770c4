"""Words beside the data: labels at line ends that never overlap."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from outputs.charts.house import LABEL_SIZE, LINE_SPACING, colour

GAP = 9.0
"""From the end of a line to its label (points)."""


@dataclass(frozen=True)
class EndLabel:
    """Words that belong at a height.

    Args:
        text: The words, in one or more lines.
        y: Where they belong (in the unit of the axis).
        ink: Their colour; that of usual words unless told.
        weight: ``normal`` or ``bold``.
        size: Size of its type (points).
    """

    text: str
    y: float
    ink: str | None = None
    weight: str = "normal"
    size: float = LABEL_SIZE

    @property
    def height(self) -> float:
        """How much height they take (points)."""
        return (self.text.count("\n") + 1) * self.size * LINE_SPACING


def apart(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> NDArray[np.float64]:
    """Return where labels go so that none overlap and the squared shift is least.

    Args:
        wanted: Where their middles belong, in rising order.
        heights: How tall they are.
        low: The lowest edge allowed.
        high: The highest edge allowed; if they cannot all fit they go beyond it.

    Returns:
        Their middles, in the same unit and order.
    """
    tall = np.asarray(heights, dtype=float)
    stacked = np.cumsum(tall) - tall / 2
    free = isotonic_regression(np.asarray(wanted, dtype=float) - stacked).x
    middles: NDArray[np.float64] = np.clip(free, low, max(low, high - tall.sum())) + stacked
    return middles


def label_ends(axes: Axes, x: float, labels: Sequence[EndLabel]) -> None:
    """Write labels to the right of a panel, each joined to its own height by a thin line."""
    scale = 72.0 / axes.figure.dpi
    ordered = sorted(labels, key=lambda label: axes.transData.transform((x, label.y))[1])
    wanted = [axes.transData.transform((x, label.y))[1] * scale for label in ordered]
    box = axes.get_window_extent()
    middles = apart(wanted, [label.height for label in ordered], box.y0 * scale, box.y1 * scale)
    for label, start, middle in zip(ordered, wanted, middles, strict=True):
        _write_end(axes, x, label, middle - start)


def _write_end(axes: Axes, x: float, label: EndLabel, shift: float) -> None:
    """Write one label, moved up by a shift (points)."""
    axes.annotate(
        label.text,
        (x, label.y),
        (GAP, shift),
        textcoords="offset points",
        va="center",
        color=label.ink or colour("ink"),
        weight=label.weight,
        size=label.size,
        linespacing=LINE_SPACING,
        annotation_clip=False,
        arrowprops={
            "arrowstyle": "-",
            "color": colour("rule"),
            "linewidth": 0.6,
            "relpos": (0, 0.5),
            "shrinkA": 0,
            "shrinkB": 1,
        },
    )
