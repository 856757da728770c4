"""Draw the tile map of England: one hexagon a CCG, neighbours beside each other.

Rewrites the columns ``tile_x`` and ``tile_y`` of ``simulation/data/ccgs.csv``. Three steps:

1. Stretch the country so that every border is crossed by a step of the same length in its true
   direction (least squares, with a light pull towards true geography). Dense London swells, empty
   country shrinks, and directions hold.
2. Give each CCG the grid cell that is best over all (linear assignment, squared distance).
3. Improve by simulated annealing: push the CCGs along a row of cells by one, and score pairs of neighbours
   that touch, true directions, distance from step 1, gaps on sides where a CCG meets others, and CCGs on
   sides that face the sea, Scotland or Wales.

The seed is fixed, so the same files give the same map (with the same versions of NumPy, SciPy and Numba).
Run from a checkout, about 40 seconds:

    python docs/how/make_tiles.py [--check]

With ``--check`` nothing is written: the map in the file is measured.
"""

import csv
import json
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

DATA = Path(__file__).resolve().parents[2] / "simulation" / "data"
SEED = 2013
STEPS = 40_000_000
COLUMNS, ROWS, MARGIN = 22, 30, 3  # cells of the canvas, and how far the map stays from its edges
ROW_HEIGHT = np.sqrt(3.0) / 2.0  # of a row of hexagons, in widths of a cell
KM_PER_DEGREE = 111.2
MIDDLE = (-1.1, 52.5)  # longitude and latitude of the middle of England
ISLANDS = {"10L": ("10K", "10R", "11A")}  # the Isle of Wight has no land border: its ferries' landings stand in
NORTHERNMOST = "00L"  # Northumberland: a reader looks for it on top

# What a map is scored by (a penalty: lower is better).
TOUCH = 1.8  # a pair of neighbours that does not touch
APART = 0.35  # each cell's width that such a pair is apart beyond the first
TURNED = 0.3  # the squared turn (1 - cosine) from a pair's true direction
ASTRAY = 0.015  # a CCG's squared distance from its place in step 1
RAGGED = 0.3  # an empty cell on a side where a CCG meets others
SHUT = 0.25  # a CCG on a side that lies open to the sea, Scotland or Wales
WIDE_OPEN = 8.0  # how many times more it matters that nobody lies north of it
HOT, COLD = 1.6, 0.08  # the first and the last temperature
MEAN_PUSH = 1.0  # cells beyond the first two of a straight line that is pushed
LONGEST_WAY = 12  # cells of a way from a CCG to its neighbour that is pushed


def read_rows() -> list[dict[str, str]]:
    """Return the rows of ``ccgs.csv``."""
    with (DATA / "ccgs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_pairs(codes: list[str]) -> NDArray[np.int64]:
    """Return the pairs of neighbours as places in ``codes``."""
    place = {code: i for i, code in enumerate(codes)}
    with (DATA / "ccg_neighbours.csv").open(encoding="utf-8", newline="") as file:
        return np.array([(place[row["ods_code_a"]], place[row["ods_code_b"]]) for row in csv.DictReader(file)])


def ferries(codes: list[str]) -> NDArray[np.int64]:
    """Return the pairs that stand in for borders where a CCG has none."""
    return np.array([(codes.index(a), codes.index(b)) for a, others in ISLANDS.items() for b in others])


def open_sides(codes: list[str], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far each CCG lies open (0 to 1) to the sea, Scotland or Wales in each of six directions."""
    shapes = json.loads((DATA / "ccg_boundaries.geojson").read_text(encoding="utf-8"))["features"]
    pieces = {shape["properties"]["ods_code"]: boundary_pieces(shape["geometry"]) for shape in shapes}
    seen = Counter(frozenset(piece) for own in pieces.values() for piece in own)
    length = np.zeros((len(codes), 6, 2))
    for i, code in enumerate(codes):
        for piece in pieces[code]:
            (x0, y0), (x1, y1) = flat(*piece[0]), flat(*piece[1])
            east, south = (x0 + x1) / 2 - places[i, 0], (y0 + y1) / 2 - places[i, 1]
            side = round(np.arctan2(south, east) / (np.pi / 3)) % 6
            length[i, side, int(seen[frozenset(piece)] == 1)] += np.hypot(x1 - x0, y1 - y0)
    openness = length[:, :, 1] / np.maximum(length.sum(axis=2), 1e-9)
    openness[codes.index(NORTHERNMOST), 4:] = WIDE_OPEN  # its two northern sides
    return openness


def boundary_pieces(geometry: dict[str, list]) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Return the straight pieces of a GeoJSON polygon's or multipolygon's rings."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    rings = [ring for polygon in polygons for ring in polygon]
    return [(tuple(a), tuple(b)) for ring in rings for a, b in pairwise(ring)]


def flat(lon: float, lat: float) -> tuple[float, float]:
    """Return a place (km east, km south) on a flat map centred on England."""
    lon0, lat0 = MIDDLE
    return (lon - lon0) * KM_PER_DEGREE * np.cos(np.radians(lat0)), (lat0 - lat) * KM_PER_DEGREE


def project(rows: list[dict[str, str]]) -> NDArray[np.float64]:
    """Return each CCG's place (km east, km south) on a flat map."""
    return np.array([flat(float(row["lon"]), float(row["lat"])) for row in rows])


def stretch(places: NDArray[np.float64], pairs: NDArray[np.int64], pull: float = 0.03) -> NDArray[np.float64]:
    """Return places (cell widths) where each border is about one cell wide in its true direction.

    Args:
        places: Places on a flat map (km).
        pairs: Pairs of neighbours.
        pull: Weight of the true place (scaled to the same area) against a border's weight of 1.
    """
    n = len(places)
    steps = unit(places[pairs[:, 1]] - places[pairs[:, 0]])
    across = np.zeros((len(pairs), n))
    across[np.arange(len(pairs)), pairs[:, 0]] = -1.0
    across[np.arange(len(pairs)), pairs[:, 1]] = 1.0
    true_places = places * np.sqrt(n * ROW_HEIGHT / 130_000.0)  # England: about 130,000 square km
    left = np.vstack([across, np.sqrt(pull) * np.eye(n)])
    right = np.vstack([steps, np.sqrt(pull) * true_places])
    return np.linalg.lstsq(left, right, rcond=None)[0]


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the vectors' directions, each of length 1."""
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def cell_centres() -> NDArray[np.float64]:
    """Return the centre (cell widths) of each cell of the canvas, row by row; odd rows sit half a cell right."""
    y, x = np.divmod(np.arange(ROWS * COLUMNS), COLUMNS)
    return np.column_stack([x + 0.5 * (y % 2), y * ROW_HEIGHT])


def fit_to_canvas(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale places to the area of their cells, in the middle of the canvas."""
    middle = cell_centres().mean(axis=0)
    return places - (places.min(axis=0) + places.max(axis=0)) / 2 + middle


def assign(targets: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the cell of each CCG that makes the squared distances from the targets least in all."""
    y, x = np.divmod(np.arange(ROWS * COLUMNS), COLUMNS)
    free = np.flatnonzero((x >= MARGIN) & (x < COLUMNS - MARGIN) & (y >= MARGIN) & (y < ROWS - MARGIN))
    far = ((targets[:, None, :] - cell_centres()[free][None, :, :]) ** 2).sum(axis=2)
    return free[linear_sum_assignment(far)[1]]


def around() -> NDArray[np.int64]:
    """Return the cell next to each cell in each of six directions (-1 beyond the canvas)."""
    centres = cell_centres()
    angles = np.arange(6) * np.pi / 3
    columns = []
    for step in np.column_stack([np.cos(angles), np.sin(angles)]):
        there = np.linalg.norm(centres[:, None, :] + step - centres[None, :, :], axis=2) < 0.01
        columns.append(np.where(there.any(axis=1), there.argmax(axis=1), -1))
    return np.column_stack(columns)


def neighbour_table(pairs: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Return each CCG's neighbours in a row, filled up with -1."""
    lists: list[list[int]] = [[] for _ in range(n)]
    for a, b in pairs.tolist():
        lists[a].append(b)
        lists[b].append(a)
    longest = max(map(len, lists))
    return np.array([row + [-1] * (longest - len(row)) for row in lists])


def true_steps(places: NDArray[np.float64], neighbours: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the true direction (length 1) from each CCG to each of its neighbours."""
    steps = places[neighbours] - places[:, None, :]
    return steps / np.maximum(np.linalg.norm(steps, axis=2, keepdims=True), 1e-9)  # 0 / 0 in unused slots


@njit
def pair_penalty(east, south, true_step):
    """Return the penalty of two neighbours for the step between their cells and its true direction."""
    apart = np.sqrt(east * east + south * south)
    turned = TURNED * (1.0 - (east * true_step[0] + south * true_step[1]) / apart) ** 2
    return turned + (TOUCH + APART * (apart - 1.0) if apart > 1.01 else 0.0)


@njit
def place_penalty(i, cell, centres, neighbours, steps, targets, in_line):
    """Return the penalty of where a CCG lies; half of a pair's if the other is in the line too, and counts it."""
    x, y = centres[cell[i], 0], centres[cell[i], 1]
    total = ASTRAY * ((x - targets[i, 0]) ** 2 + (y - targets[i, 1]) ** 2)
    for k in range(neighbours.shape[1]):
        j = neighbours[i, k]
        if j >= 0:
            half = 0.5 if in_line[cell[j]] else 1.0
            total += half * pair_penalty(centres[cell[j], 0] - x, centres[cell[j], 1] - y, steps[i, k])
    return total


@njit
def edge_penalty(at, holder, beside, openness, in_line):
    """Return the penalty of the edges of a cell; half of an edge's if both its cells are in the line."""
    total = 0.0
    for side in range(6):
        other = beside[at, side]
        if other >= 0:
            here = side_penalty(holder[at], holder[other], side, openness)
            there = side_penalty(holder[other], holder[at], (side + 3) % 6, openness)
            total += (here + there) * (0.5 if in_line[other] else 1.0)
    return total


@njit
def side_penalty(i, other, side, openness):
    """Return the penalty of what lies on one side of CCG ``i``: nobody, or somebody where all is open."""
    if i < 0:
        return 0.0
    return RAGGED * (1.0 - openness[i, side]) if other < 0 else SHUT * openness[i, side]


@njit
def line_of_cells(start, direction, length, beside):
    """Return up to so many cells in a straight line, as far as the canvas goes."""
    line = np.empty(length, np.int64)
    at = start
    for k in range(length):
        if at < 0:
            return line[:k]
        line[k] = at
        at = beside[at, direction]
    return line


@njit
def way(start, end, centres, beside):
    """Return the cells of a short way from one cell to another."""
    line = np.empty(LONGEST_WAY, np.int64)
    at = start
    for k in range(LONGEST_WAY):
        line[k] = at
        if at == end:
            return line[: k + 1]
        best = np.inf
        for other in beside[line[k]]:
            if other >= 0:
                apart = (centres[other, 0] - centres[end, 0]) ** 2 + (centres[other, 1] - centres[end, 1]) ** 2
                if apart < best:
                    best, at = apart, other
    return line


@njit
def cells_to_push(cell, centres, beside, neighbours):
    """Return cells in a row, drawn by luck: from a CCG to one of its neighbours, or any short straight line."""
    i = np.random.randint(len(cell))
    j = neighbours[i, np.random.randint(neighbours.shape[1])]
    if j >= 0:
        return way(cell[i], cell[j], centres, beside)
    start = beside[cell[i], np.random.randint(6)]
    return line_of_cells(start, np.random.randint(6), 2 + int(np.random.exponential(MEAN_PUSH)), beside)


@njit
def push(line, holder, cell):
    """Move the holder (-1: nobody) of each cell of a line to the cell before, and the first to the last."""
    first = holder[line[0]]
    for k in range(len(line)):
        holder[line[k]] = holder[line[k + 1]] if k + 1 < len(line) else first
        if holder[line[k]] >= 0:
            cell[holder[line[k]]] = line[k]


@njit
def anneal(cell, centres, beside, neighbours, steps, targets, openness):
    """Return the cells after ``STEPS`` tried pushes, each kept if better or, while it is hot, by luck."""
    np.random.seed(SEED)
    in_line = np.zeros(len(centres), np.bool_)
    holder = np.full(len(centres), -1)
    for i in range(len(cell)):
        holder[cell[i]] = i

    for step in range(STEPS):
        line = cells_to_push(cell, centres, beside, neighbours)
        if len(line) < 2:
            continue
        in_line[line] = True
        change = 0.0
        for sign in (-1.0, 1.0):
            for at in line:
                change += sign * edge_penalty(at, holder, beside, openness, in_line)
                if holder[at] >= 0:
                    place = place_penalty(holder[at], cell, centres, neighbours, steps, targets, in_line)
                    change += sign * place
            if sign < 0:
                push(line, holder, cell)
        if change > 0 and np.random.random() >= np.exp(-change / (HOT * (COLD / HOT) ** (step / STEPS))):
            push(line[::-1], holder, cell)
        in_line[line] = False
    return cell


def count_touching(cell: NDArray[np.int64], pairs: NDArray[np.int64]) -> int:
    """Return how many pairs of neighbours lie side by side."""
    centres = cell_centres()
    apart = np.linalg.norm(centres[cell[pairs[:, 0]]] - centres[cell[pairs[:, 1]]], axis=1)
    return int((apart < 1.01).sum())


def draw(rows: list[dict[str, str]]) -> NDArray[np.int64]:
    """Return the cell of each CCG on the finished map."""
    codes = [row["ods_code"] for row in rows]
    pairs = np.vstack([read_pairs(codes), ferries(codes)])
    places = project(rows)
    targets = fit_to_canvas(stretch(places, pairs))
    neighbours = neighbour_table(pairs, len(rows))
    openness = open_sides(codes, places)
    steps = true_steps(places, neighbours)
    return anneal(assign(targets), cell_centres(), around(), neighbours, steps, targets, openness)


def write(rows: list[dict[str, str]], cell: NDArray[np.int64]) -> None:
    """Rewrite the tile columns of ``ccgs.csv``, the map's first column 0 and its first row 1."""
    y, x = np.divmod(cell, COLUMNS)
    up = y.min() - 1
    if up % 2:  # odd rows become even: all that lay to the right of its column now opens the next
        x = x + y % 2
    for row, column, line in zip(rows, x - x.min(), y - up, strict=True):
        row["tile_x"], row["tile_y"] = str(column), str(line)
    with (DATA / "ccgs.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Draw the map, or measure the one that is there."""
    rows = read_rows()
    if "--check" in sys.argv:
        cell = np.array([int(row["tile_y"]) * COLUMNS + int(row["tile_x"]) for row in rows])
    else:
        cell = draw(rows)
        write(rows, cell)
    pairs = read_pairs([row["ods_code"] for row in rows])
    print(f"{count_touching(cell, pairs)} of {len(pairs)} pairs of neighbours touch; {len(set(cell.tolist()))} cells")


if __name__ == "__main__":
    main()
