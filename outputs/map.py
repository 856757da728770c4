"""Two maps of England: one equal tile a CCG, and the CCGs' real outlines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from numpy.typing import NDArray

from outputs.charts.house import NOTE_SIZE, colour, ink_on, style
from simulation.inputs import read_boundaries

Points = NDArray[np.float64]
ROW = np.sqrt(3.0) / 2.0
"""From one row of tiles to the next (a tile is 1 wide)."""
ANGLES = np.radians(30.0 + 60.0 * np.arange(6))
CORNERS = np.column_stack([np.cos(ANGLES), np.sin(ANGLES)]) / np.sqrt(3.0)
"""Corners of a hexagon around its middle, anticlockwise from the upper right."""
BESIDE = ((1, -1), (-1, -1), (-2, 0), (-1, 1), (1, 1), (2, 0))
"""Half tiles right and rows down to the neighbour across the edge that starts at each corner."""
MIDDLE_LATITUDE = np.radians(52.8)
LONDON = (-0.52, 0.34, 51.28, 51.7)
"""West, east, south and north of the part that is drawn larger (degrees)."""


@dataclass(frozen=True)
class Tiles:
    """Where tiles stand: middles, and edges between regions (a tile is 1 wide)."""

    middle: Points
    borders: Sequence[Points]

    @property
    def width(self) -> float:
        """How many tiles wide the map is."""
        return float(np.ptp(self.middle[:, 0])) + 1.2

    @property
    def ratio(self) -> float:
        """Width over height."""
        return self.width / (float(np.ptp(self.middle[:, 1])) + 1.4)


def tiles(tile_x: NDArray[np.integer], tile_y: NDArray[np.integer], region: Sequence[str]) -> Tiles:
    """Return where the tiles of these columns and rows stand."""
    return Tiles(middles(tile_x, tile_y), region_borders(tile_x, tile_y, region))


def middles(tile_x: NDArray[np.integer], tile_y: NDArray[np.integer]) -> Points:
    """Return the middles of tiles: odd rows sit half a tile to the right, row 1 is northernmost."""
    return np.column_stack([tile_x + 0.5 * (tile_y % 2), -ROW * tile_y])


def region_borders(tile_x: NDArray[np.integer], tile_y: NDArray[np.integer], region: Sequence[str]) -> list[Points]:
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


def draw_tiles(axes: Axes, shape: Tiles, fills: Sequence[str], letters: Sequence[str], size: float) -> None:
    """Draw one map of tiles on bare axes.

    Args:
        axes: Where.
        shape: Where the tiles stand.
        fills: Their colours.
        letters: Their letters.
        size: Size of the letters (tiles).
    """
    middle = shape.middle
    hexagons = [Path(hexagon, closed=True) for hexagon in _closed(middle[:, None, :] + CORNERS)]
    _add(axes, fills, hexagons, linewidth=1.0)
    for role, width in (("paper", 3.5), ("record", 1.2)):
        axes.add_collection(LineCollection(shape.borders, colors=colour(role), linewidths=width, capstyle="round"))
    _draw_letters(axes, middle, fills, letters, size)
    axes.set_aspect("equal", anchor="N")
    axes.set_xlim(middle[:, 0].min() - 0.6, middle[:, 0].max() + 0.6)
    axes.set_ylim(middle[:, 1].min() - 0.7, middle[:, 1].max() + 0.7)


def _draw_letters(axes: Axes, middle: Points, fills: Sequence[str], letters: Sequence[str], size: float) -> None:
    """Draw a letter in each tile, as shapes: those of one colour together, which is many times quicker than text."""
    shapes = [_letter(letter, size, style().family) for letter in letters]
    moved = [Path(shape.vertices + at, shape.codes) for shape, at in zip(shapes, middle, strict=True)]
    _add(axes, [ink_on(fill) for fill in fills], moved, linewidth=0.0)


def _add(axes: Axes, fills: Sequence[str], paths: Sequence[Path], linewidth: float, hatch: str = "") -> None:
    """Draw shapes, all of one colour as one path."""
    together: dict[str, list[Path]] = {}
    for fill, path in zip(fills, paths, strict=True):
        together.setdefault(fill, []).append(path)
    drawn = PathCollection(
        [Path.make_compound_path(*paths) for paths in together.values()],
        facecolors=list(together),
        edgecolors=colour("paper"),
        linewidths=linewidth,
        hatch=hatch,
    )
    axes.add_collection(drawn, autolim=False)


def _closed(corners: Points) -> Points:
    """Return polygons, [polygon, corner, x or y], that end where they begin."""
    return np.concatenate([corners, corners[:, :1]], axis=1)


@cache
def _letter(letter: str, size: float, family: str) -> Path:
    """Return the shape of a letter around its middle, in the unit of its size."""
    if not letter.strip():
        return Path(np.empty((0, 2)), np.empty(0, Path.code_type))
    shape = TextPath((0, 0), letter, size, prop=FontProperties(family=family))
    box = shape.get_extents()
    return Path(shape.vertices - [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2], shape.codes)


# ---- The real outlines -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outlines:
    """The CCGs' outlines on a flat map (degrees of latitude, both ways), and the middle of each one's largest part."""

    paths: Mapping[str, Path]
    middle: Mapping[str, tuple[float, float]]
    box: tuple[float, float, float, float]

    @property
    def ratio(self) -> float:
        """Width over height."""
        west, east, south, north = self.box
        return (east - west) / (north - south)


@cache
def outlines() -> Outlines:
    """Return the packaged outlines."""
    paths, middle = {}, {}
    for feature in read_boundaries()["features"]:
        code, rings = feature["properties"]["ods_code"], _rings(feature["geometry"])
        largest = max(rings, key=_area)
        paths[code] = Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))
        middle[code] = tuple(largest[:-1].mean(axis=0))
    corners = np.vstack([path.vertices for path in paths.values()])
    (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    return Outlines(paths, middle, (west, east, south, north))


def draw_outlines(
    axes: Axes,
    shape: Outlines,
    codes: Sequence[str],
    fills: Sequence[str],
    hatches: Sequence[str],
    labels: Mapping[str, str],
) -> None:
    """Draw one map of real outlines on bare axes, with London larger in the North Sea.

    Args:
        axes: Where.
        shape: The outlines.
        codes: The CCGs' ODS codes.
        fills: Their colours.
        hatches: Their hatching.
        labels: Words to write in the middle of some CCGs.
    """
    west, east, south, north = shape.box
    inset = axes.inset_axes((0.66, 0.6, 0.36, 0.28))
    for part, box in ((axes, (west - 0.02, east + 0.02, south - 0.02, north + 0.02)), (inset, _flat_box(LONDON))):
        inside = [i for i, code in enumerate(codes) if _reaches(shape.paths[code], box)]
        _fill_outlines(part, shape, *([values[i] for i in inside] for values in (codes, fills, hatches)))
        part.set(xlim=box[:2], ylim=box[2:])
    for code, words in labels.items():
        axes.text(*shape.middle[code], words, size=NOTE_SIZE - 0.8, color=ink_on(fills[codes.index(code)]),
                  ha="center", va="center_baseline", weight="bold")  # fmt: skip
    axes.set_aspect("equal", anchor="N")
    inset.set_aspect("equal")
    inset.set(xticks=[], yticks=[])
    for spine in inset.spines.values():
        spine.set(visible=True, color=colour("rule"), linewidth=0.6)
    inset.set_title("London", size=NOTE_SIZE, color=colour("quiet"), pad=2)


def _fill_outlines(
    axes: Axes, shape: Outlines, codes: Sequence[str], fills: Sequence[str], hatches: Sequence[str]
) -> None:
    """Draw the outlines, those that look alike together."""
    axes.grid(False)
    for hatch in dict.fromkeys(hatches):
        places = [i for i, other in enumerate(hatches) if other == hatch]
        _add(axes, [fills[i] for i in places], [shape.paths[codes[i]] for i in places], 0.35, hatch)


def _reaches(path: Path, box: tuple[float, ...]) -> bool:
    """Say whether an outline reaches into a box (west, east, south, north)."""
    corners = np.asarray(path.vertices)
    (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    return bool(west < box[1] and east > box[0] and south < box[3] and north > box[2])


def _flat_box(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    shrink = float(np.cos(MIDDLE_LATITUDE))
    return box[0] * shrink, box[1] * shrink, box[2], box[3]


def _rings(geometry: Mapping[str, Any]) -> list[Points]:
    """Return the rings of a polygon or of several, on a flat map."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    shrink = np.array([np.cos(MIDDLE_LATITUDE), 1.0])
    return [np.asarray(ring, dtype=float)[:, :2] * shrink for polygon in polygons for ring in polygon]


def _area(ring: Points) -> float:
    """Return the area that a closed ring holds."""
    x, y = ring.T
    return abs(float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))) / 2
