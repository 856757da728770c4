"""Designs: which points of a space of levers and uncertainties are run; every start of one is an even sample of it.

Designs of space are those of SciPy (Latin hypercube, Sobol) and SALib (Morris). Points are numbered from 1 in the
order in which they run, scenario beside scenario; all of them run with the first seed, then with the second, ...
"""

import csv
import hashlib
import math
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from scenarios.arrow import bytes_of, column, column_of, words
from scenarios.cube import SHARES, drawn
from scenarios.factor import Factor, Level, factor_of
from scenarios.scenario import Scenario
from scenarios.scenario_file import value_fault
from simulation.calendar import first_day
from simulation.faults import InputError, plain
from simulation.parameters import DECLARED

METHODS = ("grid", "one_at_a_time", "latin_hypercube", "sobol", "morris", "csv")
MOST_POINTS = 1_000_000
MOST_TOLD = 3
"""Faults of one kind that are told."""
KEYS = ("point", "scenario")
"""Columns of a table of points that are no factors."""

Rows = list[dict[str, Level | None]]


@dataclass(frozen=True)
class Design:
    """An experiment, checked and laid out.

    Args:
        name: The file's name without its ending.
        source: The file, as the user named it.
        method: One of ``METHODS``.
        base_points: What ``points`` says: how many of the method's own units.
        scenarios: The scenarios; each is run at every point.
        factors: What varies.
        points: A row a point: ``point``, ``scenario``, and a column a factor (null where the scenario's own stands).
        seeds: How many seeds each point is run with.
        first_seed: The first of them; the same for every point.
        outcomes: Names of the outcomes that are stored.
        months: The months that are stored (0 is January 2012), in order.
        sample_seed: Luck of the design itself.
        levels: Levels of a Morris design.
        title: What the reader calls it.
    """

    name: str
    source: str
    method: str
    base_points: int
    scenarios: tuple[Scenario, ...]
    factors: tuple[Factor, ...]
    points: pa.Table
    seeds: int
    first_seed: int
    outcomes: tuple[str, ...]
    months: tuple[int, ...]
    sample_seed: int = 1
    levels: int = 4
    title: str = ""

    @property
    def runs(self) -> int:
        """How many runs it takes."""
        return int(self.points.num_rows) * self.seeds

    @cached_property
    def fingerprint(self) -> str:
        """A hash of what the design means: its points, not how they were written down."""
        digest = hashlib.sha256()
        for name in self.points.column_names:
            values = self.points.column(name)
            digest.update(f"{name} {values.type} ".encode())
            digest.update(bytes_of(values))
        return digest.hexdigest()

    def as_dict(self) -> dict[str, object]:
        """Return it in words and numbers, for the manifest."""
        return {
            "name": self.name,
            "title": self.title,
            "source": self.source,
            "method": self.method,
            "points": self.base_points,
            "factors": [factor.as_dict() for factor in self.factors],
            "outcomes": list(self.outcomes),
            "months": [first_day(month).isoformat() for month in self.months],
            "sample_seed": self.sample_seed,
            "levels": self.levels,
        }


def count_of(method: str, factors: Sequence[Factor], base_points: int) -> int:
    """Return how many points a design has for one scenario, without laying it out."""
    if method == "grid":
        return math.prod(_grid_levels(factor, base_points) for factor in factors)
    if method == "one_at_a_time":
        return 1 + sum(_grid_levels(factor, base_points) for factor in factors)
    return base_points * {"sobol": len(factors) + 2, "morris": len(factors) + 1}.get(method, 1)


def _grid_levels(factor: Factor, base_points: int) -> int:
    """Return into how many values a factor is cut."""
    if not factor.is_range:
        return len(factor.values)
    count = factor.levels or base_points
    return count if factor.kind == "number" else min(count, int(factor.high - factor.low) + 1)


def laid_out(
    method: str,
    factors: Sequence[Factor],
    scenarios: Sequence[Scenario],
    base_points: int,
    sample_seed: int,
    levels: int,
    meanwhile: Callable[[], None] | None = None,
) -> pa.Table:
    """Return the points of a design (not of a CSV file), each for every scenario.

    Something else can be done ``meanwhile`` where they are places in a cube.
    """
    if method in SHARES:
        shares = drawn(method, (len(factors), base_points, sample_seed, levels), meanwhile)
        columns = {factor.name: factor.at(shares[:, place]) for place, factor in enumerate(factors)}
    else:
        rows = ROWS[method](factors, base_points)
        order = np.random.default_rng(sample_seed).permutation(len(rows))
        columns = {factor.name: [rows[place][factor.name] for place in order] for factor in factors}
    return table_of(columns, factors, scenarios)


def table_of(
    columns: Mapping[str, Sequence[Any]], factors: Sequence[Factor], scenarios: Sequence[Scenario]
) -> pa.Table:
    """Return the table of points of some columns of values, each row once for every scenario."""
    rows = len(next(iter(columns.values()))) if columns else 1
    width = len(scenarios)
    names = [scenario.name for scenario in scenarios]
    types = {factor.name: factor.type for factor in factors}
    table: dict[str, Any] = {
        "point": column(np.arange(1, rows * width + 1, dtype=np.int32)),
        "scenario": pa.DictionaryArray.from_arrays(
            column(np.tile(np.arange(width, dtype=np.int32), rows)), words(names)
        ),
    }
    each = column(np.repeat(np.arange(rows), width))
    for name, values in columns.items():
        listed = values if isinstance(values, pa.Array) else column_of(values, types[name])
        table[name] = listed.take(each)
    return pa.table(table)


# ---- Points one by one -----------------------------------------------------------------------------------------


def _grid(factors: Sequence[Factor], points: int) -> Rows:
    names = [factor.name for factor in factors]
    return [dict(zip(names, row, strict=True)) for row in product(*(factor.spread(points) for factor in factors))]


def _one_at_a_time(factors: Sequence[Factor], points: int) -> Rows:
    """Return the scenario as it is, then each factor at each of its values with all else as the scenario has it."""
    own: dict[str, Level | None] = {factor.name: None for factor in factors}
    return [own, *(own | {factor.name: value} for factor in factors for value in factor.spread(points))]


ROWS: dict[str, Callable[[Sequence[Factor], int], Rows]] = {"grid": _grid, "one_at_a_time": _one_at_a_time}


# ---- Points from a file ----------------------------------------------------------------------------------------


def read_points(path: Path, listed: Mapping[str, Factor]) -> tuple[list[Factor], dict[str, list[Any]]]:
    """Return the factors and columns of a CSV file with a row a point, in the file's order.

    Args:
        path: The file; its header holds names of factors, and may hold ``point``, which does not count.
        listed: Factors that must be columns, by name; their values must lie within.

    Raises:
        InputError: Something is wrong with the file; all faults at once.
    """
    header, rows = _cells(path)
    faults = [f"{name} is missing: [vary] names it" for name in listed if name not in header]
    names = [name for name in header if name != "point"]
    faults += [f"the column {name} is there twice" for name in sorted({n for n in names if names.count(n) > 1})]
    factors, columns = [], {}
    for place, name in enumerate(header):
        if name == "point":
            continue
        values = [_read(row[place]) for row in rows]
        column = _column(name, values, listed.get(name), faults)
        if column is not None:
            factors.append(column)
            columns[name] = [None if value == "" else _typed(column, value) for value in values]
    if faults:
        raise InputError(f"{path.as_posix()}: {fault}" for fault in faults)
    return factors, columns


def _cells(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = [row for row in csv.reader(file, strict=True) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError([f"{path.as_posix()}: cannot be read as CSV ({error}): name a file of points"]) from None
    except ValueError:
        raise InputError([f"{path.as_posix()}: is empty: its first line must name the factors"]) from None
    header = [name.strip() for name in header]
    wrong = [n for n, row in enumerate(rows, start=2) if len(row) != len(header)]
    if wrong or not rows:
        told = f"line {wrong[0]} has another number of cells than the header" if wrong else "holds no points"
        raise InputError([f"{path.as_posix()}: {told}"])
    return header, rows


def _read(cell: str) -> Any:
    """Return a cell as TOML would read it, and otherwise as a word."""
    cell = cell.strip()
    try:
        return tomllib.loads(f"v = {cell}")["v"]
    except (ValueError, RecursionError):
        return cell


def _column(name: str, values: Sequence[Any], listed: Factor | None, faults: list[str]) -> Factor | None:
    """Return the factor of a column, with the values found there for its list or range; or note its faults."""
    present = list(dict.fromkeys(value for value in values if value != ""))
    numbers = [value for value in present if isinstance(value, (int, float)) and not isinstance(value, bool)]
    found: list[str] = []
    factor = None
    if len(present) < 2:
        found.append(f"{name} does not vary: leave the column out, or set it in the scenario")
    elif 0 < len(numbers) < len(present):
        found.append(f"{name} mixes numbers with other values")
    elif len(numbers) > 2:
        found += [fault for value in numbers if name in DECLARED and (fault := value_fault(name, value))][:MOST_TOLD]
        factor = None if found else factor_of(name, {"low": min(numbers), "high": max(numbers)}, found)
    else:
        factor = factor_of(name, {"values": present}, found)
    if factor and listed:
        found += _outside(factor, listed)
    faults.extend(found)
    return None if found else factor


def _outside(factor: Factor, listed: Factor) -> list[str]:
    """Say by what a column leaves the range that ``[vary]`` gives."""
    if factor.is_range and listed.is_range and not listed.low <= factor.low <= factor.high <= listed.high:
        goes, allowed = (f"{plain(one.low)} to {plain(one.high)}" for one in (factor, listed))
        return [f"{factor.name} goes from {goes}, and [vary] allows {allowed}"]
    return []


def _typed(factor: Factor, value: Any) -> Any:
    return float(value) if factor.kind == "number" else value
