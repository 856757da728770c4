"""A map of England with one equal tile a CCG."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from numpy.typing import NDArray

from outputs.charts.house import PAPER, RECORD, ink_on

Edge = NDArray[np.float64]
ROW = np.sqrt(3.0) / 2.0
"""From one row of tiles to the next (a tile is 1 wide)."""
ANGLES = np.radians(30.0 + 60.0 * np.arange(6))
CORNERS = np.column_stack([np.cos(ANGLES), np.sin(ANGLES)]) / np.sqrt(3.0)
"""Corners of a hexagon around its middle, anticlockwise from the upper right."""
BESIDE = ((1, -1), (-1, -1), (-2, 0), (-1, 1), (1, 1), (2, 0))
"""Half tiles right and rows down to the neighbour across the edge that starts at each corner."""


def middles(tile_x: NDArray[np.integer], tile_y: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return the middles of tiles: odd rows sit half a tile to the right, row 1 is northernmost."""
    return np.column_stack([tile_x + 0.5 * (tile_y % 2), -ROW * tile_y])


def region_borders(tile_x: NDArray[np.integer], tile_y: NDArray[np.integer], region: Sequence[str]) -> list[Edge]:
    """Return the edges between tiles of different regions: an edge is the (x, y) of its two ends."""
    places = [(int(2 * x + y % 2), int(y)) for x, y in zip(tile_x, tile_y, strict=True)]
    region_at = dict(zip(places, region, strict=True))
    middle = middles(tile_x, tile_y)
    return [
        middle[tile] + CORNERS[[side, (side + 1) % 6]]
        for tile, (across, down) in enumerate(places)
        for side, (right, below) in enumerate(BESIDE)
        if region_at.get((across + right, down + below), region[tile]) != region[tile]
    ]


def draw_tiles(
    axes: Axes,
    middle: NDArray[np.float64],
    fills: Sequence[str],
    letters: Sequence[str],
    borders: Sequence[Edge],
    size: float,
) -> None:
    """Draw one map of tiles on bare axes.

    Args:
        axes: Where.
        middle: Middles of the tiles.
        fills: Their colours.
        letters: Their letters.
        borders: Edges to mark.
        size: Size of the letters (points).
    """
    hexagons = middle[:, None, :] + CORNERS
    axes.add_collection(PolyCollection(hexagons, facecolors=fills, edgecolors=PAPER, linewidths=1.0))
    for colour, width in ((PAPER, 3.5), (RECORD, 1.2)):
        axes.add_collection(LineCollection(borders, colors=colour, linewidths=width, capstyle="round"))
    for (x, y), fill, letter in zip(middle, fills, letters, strict=True):
        axes.text(x, y, letter, size=size, color=ink_on(fill), ha="center", va="center_baseline")
    axes.set_aspect("equal", anchor="N")
    axes.set_axis_off()
    axes.set_xlim(middle[:, 0].min() - 0.6, middle[:, 0].max() + 0.6)
    axes.set_ylim(middle[:, 1].min() - 0.7, middle[:, 1].max() + 0.7)
