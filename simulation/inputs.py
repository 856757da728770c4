"""Read and check the data of England: CCGs, their neighbours, service lines, PCT clusters, potential providers.

Each table is declared once, a line a column. Everything is checked before anything is returned, and all
faults of all files are raised together. ``docs/data.md`` says what each column means and where it comes from.
"""

import csv
import io
import json
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulation.faults import InputError, plain

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

LINE_IDS: tuple[str, ...] = (
    "business_intelligence",
    "back_office",
    "communications",
    "procurement",
    "it",
    "contracting",
    "redesign",
    "cases",
)
"""The service lines, in the order that every array of lines follows."""

EVERY_LINE = "all"
EVERYWHERE = "England"
REGIONS = ("North", "Midlands and East", "South", "London")
PROVIDER_KINDS = ("generalist", "specialist", "voluntary", "council", "body")
GRADES = ("official", "reported", "inferred", "assumed")
CROSS_AN_SHA_BORDER = ("02Q", "04F")
"""Bassetlaw and Milton Keynes: their PCTs belonged to one SHA, their cluster to another (a true oddity)."""

SOUTH, NORTH, WEST, EAST = 49.0, 56.0, -7.0, 2.0
"""The box (degrees, WGS84) that holds England."""

WINDOWS_APOSTROPHE = "\x92"
"""What Windows once wrote for an apostrophe: it stands in the published name of one CCG (08Y)."""

BOUNDARIES = "ccg_boundaries.geojson"


# ---- What a reader of the data gets ------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Ccgs:
    """The clinical commissioning groups of April 2013, in the order of ``ccgs.csv``.

    Attributes:
        ods_code: The code that everything joins on, such as 00C.
        ons_code: The code of the Office for National Statistics.
        name: Name, with NHS in front.
        region: NHS England's region (one of 4).
        area_team: NHS England's area team (one of 25).
        sha: The strategic health authority of its PCTs.
        pct_cluster: The PCT cluster of 2012.
        population: Planning population (people, above 0).
        allowance_gbp: Indicative running cost allowance of 2013/14 (GBP a year, above 0).
        lat: Latitude of its middle (degrees north, WGS84).
        lon: Longitude of its middle (degrees east, WGS84).
        tile_x: Column on the tile map (cells from the west; odd rows sit half a cell further right).
        tile_y: Row on the tile map (1 is the northernmost).
    """

    ods_code: tuple[str, ...]
    ons_code: tuple[str, ...]
    name: tuple[str, ...]
    region: tuple[str, ...]
    area_team: tuple[str, ...]
    sha: tuple[str, ...]
    pct_cluster: tuple[str, ...]
    population: Floats
    allowance_gbp: Floats
    lat: Floats
    lon: Floats
    tile_x: Integers
    tile_y: Integers


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Pairs of CCGs that share a border, each once.

    A CCG without a border is paired with each other CCG of its cluster, at 0 km; these pairs come last.

    Attributes:
        pairs: Rows of ``Ccgs``, one pair a row, the lower code first.
        border_km: Approximate length of the shared border (km, 0 where there is none).
    """

    pairs: Integers
    border_km: Floats


@dataclass(frozen=True, eq=False)
class ServiceLines:
    """What CCGs need done, in the order of ``LINE_IDS``.

    Attributes:
        line: Id.
        name: Name for readers.
        at_scale: Whether the line was held to be best done at scale.
        fixed_cost: What a team costs however few it serves (GBP a year).
        variable_cost: What each registered person adds (GBP a head a year).
        local_weight: Weight of local knowledge (0 to 1).
        contestable: How open the line is to suppliers from outside the NHS (0 to 1).
        fte_per_gbp_m: Staff for each GBP 1 million of yearly cost (FTE).
        tupe_share: Share of staff who have a right to move with the work (0 to 1).
        source: Where the row comes from.
    """

    line: tuple[str, ...]
    name: tuple[str, ...]
    at_scale: Flags
    fixed_cost: Floats
    variable_cost: Floats
    local_weight: Floats
    contestable: Floats
    fte_per_gbp_m: Floats
    tupe_share: Floats
    source: tuple[str, ...]


@dataclass(frozen=True)
class Clusters:
    """PCT clusters of 2012 and the unit that each plans, alone or with others.

    Attributes:
        pct_cluster: Name.
        sha: Strategic health authority.
        unit: Id of the unit, empty where the cluster plans none.
        unit_name: Name of the unit, empty where the cluster plans none.
    """

    pct_cluster: tuple[str, ...]
    sha: tuple[str, ...]
    unit: tuple[str, ...]
    unit_name: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class PotentialProviders:
    """Suppliers other than the units that may enter the market.

    Attributes:
        provider: Id.
        kind: One of generalist, specialist, voluntary, council, or body for an at-scale body of the NHS.
        lines: The lines that it could offer, one row a provider, columns as in ``LINE_IDS``.
        shas: Where it could offer them: one SHA, or all of England's.
    """

    provider: tuple[str, ...]
    kind: tuple[str, ...]
    lines: Flags
    shas: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, eq=False)
class England:
    """All that the market is built from.

    Attributes:
        ccgs: The CCGs.
        neighbours: Which of them lie side by side.
        lines: The service lines.
        clusters: The PCT clusters and their planned units.
        providers: The potential providers.
        fingerprint: SHA-256 (hex) of each file's bytes, by file name.
    """

    ccgs: Ccgs
    neighbours: Neighbours
    lines: ServiceLines
    clusters: Clusters
    providers: PotentialProviders
    fingerprint: dict[str, str]


# ---- The declarations of the tables ------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Column:
    """What a cell of one column may hold: text, or a number where there is a ``unit``.

    Attributes:
        name: As it stands in the header.
        unit: Unit of a number; empty for text.
        low: Least number allowed.
        high: Greatest number allowed.
        whole: Whether only whole numbers are allowed.
        words: The only texts allowed, if not empty.
        code_like: A code as an example: others have as many capital letters and digits.
        may_be_blank: Whether a blank cell means something.
    """

    name: str
    unit: str = ""
    low: float = 0.0
    high: float = math.inf
    whole: bool = False
    words: tuple[str, ...] = ()
    code_like: str = ""
    may_be_blank: bool = False

    def allowed(self) -> str:
        """Say in words what a cell may hold."""
        if self.unit:
            kind = "a whole number" if self.whole else "a number"
            return f"{kind} from {plain(self.low)} to {plain(self.high)} ({self.unit})"
        if self.code_like:
            return f"{len(self.code_like)} capital letters or digits, such as {self.code_like}"
        return "one of " + ", ".join(self.words) if self.words else "text"

    def fault(self, cell: str) -> str | None:
        """Say what is wrong with a cell, or None when it is allowed."""
        if not cell.strip():
            return None if self.may_be_blank and not cell else f"the cell is blank; it must be {self.allowed()}"
        return self._number_fault(cell) if self.unit else self._text_fault(cell)

    def _number_fault(self, cell: str) -> str | None:
        value = number_in(cell)
        if math.isnan(value):
            return f"{cell!r} is not a number; it must be {self.allowed()}, written in digits without commas"
        if not self.low <= value <= self.high or (self.whole and value % 1):
            return f"{cell!r} is not allowed; it must be {self.allowed()}"
        return None

    def _text_fault(self, cell: str) -> str | None:
        if cell != cell.strip() or not cell.isprintable():
            return f"{cell!r} begins or ends with a space, or holds a character that does not print; remove it"
        if (self.words and cell not in self.words) or (self.code_like and not self._is_code(cell)):
            return f"{cell!r} is not allowed; it must be {self.allowed()}{nearest(cell, self.words)}"
        return None

    def _is_code(self, cell: str) -> bool:
        return re.fullmatch(f"[0-9A-Z]{{{len(self.code_like)}}}", cell) is not None


def text(name: str, *, words: tuple[str, ...] = (), may_be_blank: bool = False) -> Column:
    """Declare a column of text."""
    return Column(name=name, words=words, may_be_blank=may_be_blank)


def short_code(name: str, like: str) -> Column:
    """Declare a column of codes in capital letters and digits, all as long as the example."""
    return Column(name=name, code_like=like)


def number(name: str, low: float, high: float, unit: str, *, whole: bool = False) -> Column:
    """Declare a column of numbers, both ends of the range allowed."""
    return Column(name=name, low=low, high=high, unit=unit, whole=whole)


@dataclass(frozen=True, kw_only=True)
class Table:
    """What one CSV file must hold.

    Attributes:
        file: Name in the data folder.
        columns: Its columns, which may stand in any order.
        key: The columns that name a row to a reader.
        unique: Sets of columns whose cells, taken together, may stand in one row only.
        settles: Pairs of columns: rows with the same text in the first have the same in the second.
    """

    file: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]
    settles: tuple[tuple[str, str], ...] = ()


CCGS = Table(
    file="ccgs.csv",
    key=("ods_code",),
    unique=(("ods_code",), ("ons_code",), ("name",), ("tile_x", "tile_y")),
    settles=(("area_team", "region"),),
    columns=(
        short_code("ods_code", like="00C"),
        short_code("ons_code", like="E38000042"),
        text("name"),
        text("region", words=REGIONS),
        text("area_team"),
        text("sha"),
        text("pct_cluster"),
        number("population_2012_planning", 1, 5e6, "people", whole=True),
        number("registered_2013", 1, 5e6, "people", whole=True),
        number("registered_qof_2013_14", 1, 5e6, "people", whole=True),
        number("practices_2013", 1, 1000, "practices", whole=True),
        number("rca_2013_14_indicative_gbp_m", 0.01, 200, "GBP million a year"),
        number("lat", SOUTH, NORTH, "degrees north"),
        number("lon", WEST, EAST, "degrees east"),
        number("tile_x", 0, 99, "cells", whole=True),
        number("tile_y", 1, 99, "cells", whole=True),
    ),
)
NEIGHBOURS = Table(
    file="ccg_neighbours.csv",
    key=("ods_code_a", "ods_code_b"),
    unique=(("ods_code_a", "ods_code_b"),),
    columns=(
        short_code("ods_code_a", like="00C"),
        short_code("ods_code_b", like="00D"),
        number("shared_border_km_approx", 0, 1000, "km"),
    ),
)
LINES = Table(
    file="service_lines.csv",
    key=("line",),
    unique=(("line",), ("name",)),
    columns=(
        text("line", words=LINE_IDS),
        text("name"),
        number("at_scale", 0, 1, "1 for yes, 0 for no", whole=True),
        number("fixed_cost_gbp", 0, 1e8, "GBP a year"),
        number("variable_cost_gbp_per_head", 0, 50, "GBP a head a year"),
        number("local_weight", 0, 1, "share"),
        number("contestable", 0, 1, "share"),
        number("fte_per_gbp_m", 0.1, 100, "FTE for each GBP million a year"),
        number("tupe_share", 0, 1, "share"),
        text("grade", words=GRADES),
        text("source"),
    ),
)
CLUSTERS = Table(
    file="clusters.csv",
    key=("pct_cluster",),
    unique=(("pct_cluster",),),
    settles=(("unit", "unit_name"), ("unit_name", "unit")),
    columns=(
        text("pct_cluster"),
        text("sha"),
        text("unit", may_be_blank=True),
        text("unit_name", may_be_blank=True),
        text("source"),
    ),
)
PROVIDERS = Table(
    file="potential_providers.csv",
    key=("provider",),
    unique=(("provider",),),
    columns=(
        text("provider"),
        text("kind", words=PROVIDER_KINDS),
        text("lines"),
        text("region"),
        text("source"),
    ),
)
TABLES = (CCGS, NEIGHBOURS, LINES, CLUSTERS, PROVIDERS)


# ---- One reader for every table ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Rows:
    """The rows of one file, cell by cell as they stand there.

    Attributes:
        table: What the file must hold.
        cells: Each column's cells, by its name.
        row_number: Each row's number as a spreadsheet shows it (the header is row 1).
        whole: Whether no row or column is lost; if one is, joins with other files are not checked.
    """

    table: Table
    cells: Mapping[str, Sequence[str]]
    row_number: Sequence[int]
    whole: bool

    def __len__(self) -> int:
        return len(self.row_number)

    def numbers(self, column: str) -> Floats:
        """Return a column of numbers."""
        return read_only([float(cell) for cell in self.cells[column]], np.float64)

    def whole_numbers(self, column: str) -> Integers:
        """Return a column of whole numbers."""
        return read_only([float(cell) for cell in self.cells[column]], np.int64)

    def texts(self, column: str) -> tuple[str, ...]:
        """Return a column of text."""
        return tuple(self.cells[column])

    def known(self, column: str) -> set[str]:
        """Return the texts that stand in a column, blanks apart."""
        return {cell for cell in self.cells[column] if cell.strip()}

    def fault(self, row: int, columns: str, what: str) -> str:
        """Return the sentence for a fault: file, row, key, columns and what is wrong."""
        key = ", ".join(self.cells[column][row].strip() for column in self.table.key)
        named = f" ({key})" if key.strip(" ,") else ""
        return f"{self.table.file}, row {self.row_number[row]}{named}, {columns}: {what}"


def read_only(values: ArrayLike, dtype: type[Any]) -> NDArray[Any]:
    """Return the values as an array that nobody can write to."""
    array = np.array(values, dtype=dtype)
    array.flags.writeable = False
    return array


NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def number_in(cell: str) -> float:
    """Return the number that a cell holds in plain digits, or NaN."""
    return float(cell) if NUMBER.fullmatch(cell) else math.nan


def nearest(word: str, known: Collection[str]) -> str:
    """Return a question that offers the known word most like an unknown one, or nothing."""
    found = get_close_matches(word, known, n=1, cutoff=0.7)
    return f": did you mean {found[0]!r}?" if found else ""


def read_bytes(folder: Traversable, file: str, faults: list[str]) -> bytes:
    """Return a file's bytes; a file that is missing, unreadable or empty is a fault, and no bytes."""
    try:
        content = folder.joinpath(file).read_bytes()
    except OSError as error:
        reason = error.strerror or "not found"
        faults.append(f"{file}: cannot be read in {folder} ({reason}); put the file there or name another folder")
        return b""
    if not content.strip():
        faults.append(f"{file}: the file is empty; restore it from the packaged data")
        return b""
    return content


def decode(file: str, content: bytes, faults: list[str]) -> str:
    """Return a file's text, its apostrophes mended; a file that is not UTF-8 is a fault, and no text."""
    try:
        return content.decode("utf-8-sig").replace(WINDOWS_APOSTROPHE, "\u2019")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        faults.append(f"{file}, row {row}: byte {content[error.start]:#04x} is not UTF-8; save the file as UTF-8")
        return ""


def parse(table: Table, content: bytes, faults: list[str]) -> Rows:
    """Return the rows of a CSV file, having checked its header and each row and cell by itself."""
    records = split_cells(table, decode(table.file, content, faults), faults)
    header = records[0] if records else []
    if not records or not header_is_right(table, header, faults):
        return Rows(table, {column.name: () for column in table.columns}, (), whole=False)

    kept = [(n, record) for n, record in enumerate(records[1:], 2) if row_is_right(table, header, n, record, faults)]
    cells = {name: [record[place] for _, record in kept] for place, name in enumerate(header)}
    rows = Rows(table, cells, [n for n, _ in kept], whole=0 < len(kept) == len(records) - 1)
    if len(records) == 1:
        faults.append(f"{table.file}: there is no row under the header; restore the file from the packaged data")
    check_cells(rows, faults)
    check_unique(rows, faults)
    check_settled(rows, faults)
    return rows


def split_cells(table: Table, content: str, faults: list[str]) -> list[list[str]]:
    """Return the records of a CSV text, the header first; a text that is not CSV is a fault, and no records."""
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        faults.append(
            f"{table.file}, line {reader.line_num}: this is not CSV ({error}); look for a stray quotation mark"
        )
        return []


def header_is_right(table: Table, header: list[str], faults: list[str]) -> bool:
    """Check that each column stands in the header once, and nothing else."""
    names = [column.name for column in table.columns]
    where = f"{table.file}, row 1"
    found = [
        *(f"{where}: there is no column {name!r}; add it" for name in names if name not in header),
        *(f"{where}: column {name!r} stands there twice; remove one" for name in names if header.count(name) > 1),
        *(
            f"{where}: {name!r} is not a known column; remove or rename it{nearest(name, names)}"
            for name in header
            if name not in names
        ),
    ]
    faults.extend(found)
    return not found


def row_is_right(table: Table, header: list[str], row_number: int, record: list[str], faults: list[str]) -> bool:
    """Check that a row is not blank and has as many cells as the header."""
    where = f"{table.file}, row {row_number}"
    if not any(cell.strip() for cell in record):
        faults.append(f"{where}: the row is blank; remove it")
    elif len(record) != len(header):
        counts = f"{len(record)} cells for {len(header)} columns"
        faults.append(f"{where}: there are {counts}; a cell that holds a comma needs quotation marks around it")
    else:
        return True
    return False


def check_cells(rows: Rows, faults: list[str]) -> None:
    """Check each cell against what its column may hold."""
    for column in rows.table.columns:
        for row, cell in enumerate(rows.cells[column.name]):
            if what := column.fault(cell):
                faults.append(rows.fault(row, column.name, what))


def check_unique(rows: Rows, faults: list[str]) -> None:
    """Check that what may stand in one row only does so."""
    for columns in rows.table.unique:
        first: dict[tuple[str, ...], int] = {}
        for row, cells in enumerate(zip(*(rows.cells[column] for column in columns), strict=True)):
            if all(cell.strip() for cell in cells) and (other := first.setdefault(cells, row)) != row:
                what = f"{', '.join(cells)!r} stands in row {rows.row_number[other]} already; it may stand once"
                faults.append(rows.fault(row, ", ".join(columns), what))


def check_settled(rows: Rows, faults: list[str]) -> None:
    """Check that rows alike in one column are alike in the other that it settles."""
    for one, other in rows.table.settles:
        first: dict[str, int] = {}
        for row, cell in enumerate(rows.cells[one]):
            before = rows.cells[other][first.setdefault(cell, row)]
            if cell and rows.cells[other][row] != before:
                where = f"in row {rows.row_number[first[cell]]} {one} {cell!r} has {before!r}"
                faults.append(rows.fault(row, other, f"{rows.cells[other][row]!r}, but {where}; make them the same"))


# ---- Joins between tables ----------------------------------------------------------------------------------


def check_known(rows: Rows, column: str, known: Collection[str], where: str, faults: list[str]) -> None:
    """Check that each text of a column is known elsewhere."""
    for row, cell in enumerate(rows.cells[column]):
        if cell.strip() and cell not in known:
            what = f"{cell!r} is not {where}; correct it here or add it there{nearest(cell, known)}"
            faults.append(rows.fault(row, column, what))


def check_joins(tables: Mapping[Table, Rows], faults: list[str]) -> None:
    """Check what one file says of another; a file with lost rows or columns is left out until they are back."""
    ccgs, neighbours, lines, clusters, providers = (tables[table] for table in TABLES)
    if lines.whole:
        check_lines(lines, faults)
    check_pairs(neighbours, faults)
    check_units(clusters, faults)
    check_offers(providers, faults)
    if ccgs.whole:
        for column in NEIGHBOURS.key:
            check_known(neighbours, column, ccgs.known("ods_code"), "the ods_code of a CCG in ccgs.csv", faults)
        check_known(clusters, "pct_cluster", ccgs.known("pct_cluster"), "the cluster of any CCG in ccgs.csv", faults)
    if clusters.whole:
        check_clusters(ccgs, clusters, faults)
        known = clusters.known("sha") | {EVERYWHERE}
        check_known(providers, "region", known, f"{EVERYWHERE} or an SHA of clusters.csv", faults)
    if ccgs.whole and neighbours.whole:
        check_alone(ccgs, neighbours, faults)


def check_lines(lines: Rows, faults: list[str]) -> None:
    """Check that no service line is missing."""
    missing = [line for line in LINE_IDS if line not in lines.cells["line"]]
    faults.extend(f"{LINES.file}: there is no row for line {line!r}; add it" for line in missing)


def check_pairs(neighbours: Rows, faults: list[str]) -> None:
    """Check that each pair is of two CCGs, the lower code first."""
    for row, (a, b) in enumerate(zip(*(neighbours.cells[column] for column in NEIGHBOURS.key), strict=True)):
        if a == b and a:
            faults.append(neighbours.fault(row, "ods_code_b", f"{b!r} is paired with itself; remove the row"))
        elif a and b and a > b:
            what = f"{a!r} comes after {b!r}; write the lower code first, and each pair once"
            faults.append(neighbours.fault(row, "ods_code_a", what))


def check_units(clusters: Rows, faults: list[str]) -> None:
    """Check that a planned unit has both an id and a name."""
    for row, (unit, name) in enumerate(zip(clusters.cells["unit"], clusters.cells["unit_name"], strict=True)):
        if bool(unit.strip()) != bool(name.strip()):
            what = f"{unit!r} goes with the name {name!r}; fill both cells, or leave both blank where none is planned"
            faults.append(clusters.fault(row, "unit, unit_name", what))


def check_offers(providers: Rows, faults: list[str]) -> None:
    """Check that each provider's lines are known and stand once."""
    for row, cell in enumerate(providers.cells["lines"]):
        offered = [] if cell == EVERY_LINE else cell.split()
        for line in sorted(set(offered)):
            if line not in LINE_IDS:
                allowed = f"'{EVERY_LINE}', or ids with a space between: {', '.join(LINE_IDS)}"
                what = f"{line!r} is not a line; it must be {allowed}{nearest(line, LINE_IDS)}"
                faults.append(providers.fault(row, "lines", what))
            elif offered.count(line) > 1:
                faults.append(providers.fault(row, "lines", f"{line!r} stands there twice; remove one"))


def check_clusters(ccgs: Rows, clusters: Rows, faults: list[str]) -> None:
    """Check that each CCG's cluster is known and lies in the CCG's SHA."""
    check_known(ccgs, "pct_cluster", clusters.known("pct_cluster"), "a cluster in clusters.csv", faults)
    check_known(ccgs, "sha", clusters.known("sha"), "an SHA in clusters.csv", faults)
    sha_of = dict(zip(clusters.cells["pct_cluster"], clusters.cells["sha"], strict=True))
    for row, (code, cluster, sha) in enumerate(ccg_places(ccgs)):
        theirs = sha_of.get(cluster, sha)
        if sha in sha_of.values() and theirs.strip() and sha != theirs and code not in CROSS_AN_SHA_BORDER:
            what = f"{sha!r}, but its cluster {cluster!r} lies in {theirs!r} in clusters.csv; correct one of them"
            faults.append(ccgs.fault(row, "sha", what))


def ccg_places(ccgs: Rows) -> Iterator[tuple[str, str, str]]:
    """Yield each CCG's code, cluster and SHA."""
    return zip(ccgs.cells["ods_code"], ccgs.cells["pct_cluster"], ccgs.cells["sha"], strict=True)


def check_alone(ccgs: Rows, neighbours: Rows, faults: list[str]) -> None:
    """Check that each CCG has a neighbour or, failing that, another CCG in its cluster."""
    for row in without_neighbour(ccgs, neighbours):
        if ccgs.cells["pct_cluster"].count(ccgs.cells["pct_cluster"][row]) == 1:
            what = "it has no neighbour in ccg_neighbours.csv and no other CCG in its cluster; add a pair there"
            faults.append(ccgs.fault(row, "ods_code", what))


def without_neighbour(ccgs: Rows, neighbours: Rows) -> list[int]:
    """Return the rows of CCGs that share no border."""
    paired = neighbours.known("ods_code_a") | neighbours.known("ods_code_b")
    return [row for row, code in enumerate(ccgs.cells["ods_code"]) if code not in paired]


# ---- Boundaries --------------------------------------------------------------------------------------------


def parse_boundaries(content: bytes, ccgs: Rows, faults: list[str]) -> dict[str, Any]:
    """Return the GeoJSON, having checked that it holds one sound shape for each CCG."""
    written = decode(BOUNDARIES, content, faults)
    if not written:
        return {}
    try:
        shapes: Any = json.loads(written)
    except (ValueError, RecursionError) as error:
        faults.append(f"{BOUNDARIES}: this is not JSON ({error}); restore it from the packaged data")
        return {}
    if not is_collection(shapes):
        faults.append(f"{BOUNDARIES}: this is not a GeoJSON FeatureCollection; restore it from the packaged data")
        return {}
    check_features(shapes["features"], ccgs, faults)
    return dict(shapes)


def is_collection(shapes: Any) -> bool:
    """Say whether a JSON value is a GeoJSON FeatureCollection, its features apart."""
    if not isinstance(shapes, dict):
        return False
    return shapes.get("type") == "FeatureCollection" and isinstance(shapes.get("features"), list)


def check_features(features: list[Any], ccgs: Rows, faults: list[str]) -> None:
    """Check each feature's code and shape, and that each CCG has one."""
    known = ccgs.known("ods_code")
    seen: set[str] = set()
    for place, feature in enumerate(features, 1):
        code = code_of(feature)
        where = f"{BOUNDARIES}, feature {place} ({code})"
        if ccgs.whole and code not in known:
            faults.append(f"{where}: {code!r} is not the ods_code of a CCG in ccgs.csv; correct or remove it")
        if code in seen:
            faults.append(f"{where}: {code!r} has a feature already; keep one")
        if not has_sound_shape(feature):
            box = f"longitude {WEST:g} to {EAST:g}, latitude {SOUTH:g} to {NORTH:g}"
            faults.append(f"{where}: its geometry must be a Polygon or MultiPolygon of closed rings within {box}")
        seen.add(code)
    missing = sorted(known - seen) if ccgs.whole else []
    faults.extend(f"{BOUNDARIES}: there is no feature for CCG {code!r} of ccgs.csv; add it" for code in missing)


def code_of(feature: Any) -> str:
    """Return a feature's ods_code, or nothing where it has none."""
    try:
        return str(feature["properties"]["ods_code"])
    except (TypeError, KeyError):
        return ""


def has_sound_shape(feature: Any) -> bool:
    """Say whether a feature is made of closed rings, each of four points or more, within England's box."""
    try:
        kind, shape = feature["geometry"]["type"], feature["geometry"]["coordinates"]
        polygons = {"Polygon": [shape], "MultiPolygon": shape}[kind]
        rings = [ring for polygon in polygons for ring in polygon]
        return bool(rings) and all(len(ring) > 3 and ring[0] == ring[-1] and is_in_box(ring) for ring in rings)
    except (TypeError, KeyError, ValueError):
        return False


def is_in_box(ring: list[Any]) -> bool:
    """Say whether each point of a ring lies in England's box."""
    return all(WEST <= lon <= EAST and SOUTH <= lat <= NORTH for lon, lat in ring)


# ---- From checked rows to what the model reads -------------------------------------------------------------


def build_ccgs(rows: Rows) -> Ccgs:
    """Return the CCGs of checked rows."""
    return Ccgs(
        ods_code=rows.texts("ods_code"),
        ons_code=rows.texts("ons_code"),
        name=rows.texts("name"),
        region=rows.texts("region"),
        area_team=rows.texts("area_team"),
        sha=rows.texts("sha"),
        pct_cluster=rows.texts("pct_cluster"),
        population=rows.numbers("population_2012_planning"),
        allowance_gbp=read_only(rows.numbers("rca_2013_14_indicative_gbp_m") * 1e6, np.float64),
        lat=rows.numbers("lat"),
        lon=rows.numbers("lon"),
        tile_x=rows.whole_numbers("tile_x"),
        tile_y=rows.whole_numbers("tile_y"),
    )


def build_neighbours(ccgs: Rows, rows: Rows) -> Neighbours:
    """Return the pairs of checked rows, and those that stand in where a CCG has no border."""
    place = {code: i for i, code in enumerate(ccgs.cells["ods_code"])}
    bordering = [(place[a], place[b]) for a, b in zip(*(rows.cells[column] for column in NEIGHBOURS.key), strict=True)]
    added = pairs_in_clusters(ccgs, without_neighbour(ccgs, rows))
    border_km = [*rows.numbers("shared_border_km_approx"), *(0.0 for _ in added)]
    return Neighbours(pairs=read_only(bordering + added, np.int64), border_km=read_only(border_km, np.float64))


def pairs_in_clusters(ccgs: Rows, alone: Sequence[int]) -> list[tuple[int, int]]:
    """Return the pairs of each CCG without a border and the others of its cluster, the lower code first."""
    code, cluster = ccgs.cells["ods_code"], ccgs.cells["pct_cluster"]
    found = {frozenset((a, b)) for a in alone for b in range(len(ccgs)) if a != b and cluster[a] == cluster[b]}
    pairs = [sorted(pair, key=lambda row: code[row]) for pair in found]
    return sorted((a, b) for a, b in pairs)


def build_lines(rows: Rows) -> ServiceLines:
    """Return the service lines of checked rows, in the order of ``LINE_IDS``."""
    order = [rows.cells["line"].index(line) for line in LINE_IDS]
    cells = {name: [column[row] for row in order] for name, column in rows.cells.items()}
    rows = Rows(LINES, cells, [rows.row_number[row] for row in order], whole=True)
    return ServiceLines(
        line=rows.texts("line"),
        name=rows.texts("name"),
        at_scale=read_only(rows.numbers("at_scale"), np.bool_),
        fixed_cost=rows.numbers("fixed_cost_gbp"),
        variable_cost=rows.numbers("variable_cost_gbp_per_head"),
        local_weight=rows.numbers("local_weight"),
        contestable=rows.numbers("contestable"),
        fte_per_gbp_m=rows.numbers("fte_per_gbp_m"),
        tupe_share=rows.numbers("tupe_share"),
        source=rows.texts("source"),
    )


def build_clusters(rows: Rows) -> Clusters:
    """Return the clusters of checked rows."""
    return Clusters(
        pct_cluster=rows.texts("pct_cluster"),
        sha=rows.texts("sha"),
        unit=rows.texts("unit"),
        unit_name=rows.texts("unit_name"),
    )


def build_providers(rows: Rows, ccgs: Rows) -> PotentialProviders:
    """Return the potential providers of checked rows."""
    england = tuple(sorted(set(ccgs.texts("sha"))))
    offers = [[cell == EVERY_LINE or line in cell.split() for line in LINE_IDS] for cell in rows.cells["lines"]]
    return PotentialProviders(
        provider=rows.texts("provider"),
        kind=rows.texts("kind"),
        lines=read_only(offers, np.bool_),
        shas=tuple(england if region == EVERYWHERE else (region,) for region in rows.texts("region")),
    )


# ---- The two ways in ---------------------------------------------------------------------------------------


def read_england(folder: Path | None = None) -> England:
    """Read and check all data.

    A CCG that shares no border (the Isle of Wight) becomes a neighbour of each other CCG of its cluster, at 0 km.

    Args:
        folder: Where the files are; the packaged data if None.

    Returns:
        The checked data, in arrays that cannot be written to.

    Raises:
        InputError: Something is wrong; it names every fault in every file.
    """
    return _packaged() if folder is None else _read(folder)


@lru_cache(maxsize=1)
def _packaged() -> England:
    """Return the packaged data, which are read once."""
    return _read(None)


def _read(folder: Path | None) -> England:
    source, faults = _folder(folder), list[str]()
    content = {file: read_bytes(source, file, faults) for file in (*(table.file for table in TABLES), BOUNDARIES)}
    tables = {table: parse(table, content[table.file], faults) for table in TABLES}
    check_joins(tables, faults)
    parse_boundaries(content[BOUNDARIES], tables[CCGS], faults)
    if faults:
        raise InputError(faults)
    return England(
        ccgs=build_ccgs(tables[CCGS]),
        neighbours=build_neighbours(tables[CCGS], tables[NEIGHBOURS]),
        lines=build_lines(tables[LINES]),
        clusters=build_clusters(tables[CLUSTERS]),
        providers=build_providers(tables[PROVIDERS], tables[CCGS]),
        fingerprint={file: sha256(there).hexdigest() for file, there in content.items()},
    )


def read_boundaries(folder: Path | None = None) -> dict[str, Any]:
    """Read and check the boundaries of the CCGs.

    Args:
        folder: Where ``ccg_boundaries.geojson`` and ``ccgs.csv`` are; the packaged data if None.

    Returns:
        The GeoJSON FeatureCollection: one feature a CCG, WGS84, ``ods_code`` and ``name`` as properties.

    Raises:
        InputError: Something is wrong; it names every fault in the two files.
    """
    source, faults = _folder(folder), list[str]()
    ccgs = parse(CCGS, read_bytes(source, CCGS.file, faults), faults)
    boundaries = parse_boundaries(read_bytes(source, BOUNDARIES, faults), ccgs, faults)
    if faults:
        raise InputError(faults)
    return boundaries


def _folder(folder: Path | None) -> Traversable:
    return files("simulation").joinpath("data") if folder is None else folder
