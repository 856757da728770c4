"""The packaged data is whole, and every kind of fault in a copy of it is named."""

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_market import with_providers

import simulation
from simulation.faults import InputError
from simulation.inputs import BOUNDARIES, CCGS, LINE_IDS, TABLES, England, read_boundaries, read_england
from simulation.opening import blank_market
from simulation.plan import Plan

PACKAGED = Path(simulation.__file__).parent / "data"
TOUCHING = 409
"""Pairs of neighbours that touch on the tile map (docs/data.md)."""

FILES = (*(table.file for table in TABLES), BOUNDARIES)


@pytest.fixture(scope="module")
def england() -> England:
    return read_england()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_to(tmp_path)


def copy_to(folder: Path) -> Path:
    """Copy the packaged data, writable."""
    for file in FILES:
        shutil.copyfile(PACKAGED / file, folder / file)
    return folder


def read_records(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_records(path: Path, records: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(records)


def change_cell(path: Path, row: int, column: str, value: str) -> None:
    """Write a value into one cell; rows are numbered as in a spreadsheet."""
    records = read_records(path)
    records[row - 1][records[0].index(column)] = value
    write_records(path, records)


def change_shapes(path: Path, change: Callable[[Any], Any]) -> None:
    """Change the list of features of the GeoJSON."""
    shapes = json.loads(path.read_text(encoding="utf-8"))
    change(shapes["features"])
    path.write_text(json.dumps(shapes), encoding="utf-8")


def faults_in(folder: Path) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        read_england(folder)
    return caught.value.faults


def assert_names(faults: tuple[str, ...], *words: str) -> None:
    """Assert that one and the same fault holds all the words."""
    assert any(all(word in fault for word in words) for fault in faults), "\n".join(faults)


# ---- The packaged data -------------------------------------------------------------------------------------


def test_the_packaged_data_holds_every_ccg_and_person(england: England) -> None:
    assert len(england.ccgs.ods_code) == len(set(england.ccgs.ods_code)) == 211
    assert england.ccgs.population.sum() == 55_256_600


def test_allowances_sum_to_the_published_total_in_pounds(england: England) -> None:
    assert england.ccgs.allowance_gbp.sum() == pytest.approx(1_334.66e6)


def test_49_clusters_plan_41_units_and_three_plan_none(england: England) -> None:
    clusters = england.clusters
    assert len(clusters.pct_cluster) == 49
    assert len(set(clusters.unit) - {""}) == 41
    assert [bool(name) for name in clusters.unit_name] == [bool(unit) for unit in clusters.unit]
    assert clusters.unit.count("") == 3


def test_service_lines_stand_in_the_fixed_order_with_four_at_scale(england: England) -> None:
    assert england.lines.line == LINE_IDS
    assert england.lines.at_scale.tolist() == [True] * 4 + [False] * 4


def test_service_lines_stand_in_the_fixed_order_whatever_the_order_in_the_file(folder: Path, england: England) -> None:
    header, *rows = read_records(folder / "service_lines.csv")
    write_records(folder / "service_lines.csv", [header, *reversed(rows)])
    lines = read_england(folder).lines
    assert lines.line == LINE_IDS
    assert lines.name == england.lines.name
    assert lines.fixed_cost.tolist() == england.lines.fixed_cost.tolist()


def test_columns_may_stand_in_any_order(folder: Path, england: England) -> None:
    write_records(folder / "ccgs.csv", [record[::-1] for record in read_records(folder / "ccgs.csv")])
    assert read_england(folder).ccgs.lat.tolist() == england.ccgs.lat.tolist()


def test_a_generalist_offers_all_lines_and_a_specialist_one(england: England) -> None:
    offered = dict(zip(england.providers.provider, england.providers.lines.sum(axis=1).tolist(), strict=True))
    assert offered["generalist-01"] == 8
    assert offered["specialist-it-01"] == 1
    assert england.providers.lines.shape == (47, 8)


def test_more_providers_than_a_region_has_room_for_are_refused(england: England) -> None:
    thrice = [*range(len(england.providers.provider))] * 3
    with pytest.raises(InputError) as refused:
        blank_market(with_providers(england, thrice), Plan())
    assert len(refused.value.faults) == 10
    assert "81 potential providers could sell in East Midlands, more than 80: leave some out" in refused.value.faults


def test_each_sha_has_one_council_provider(england: England) -> None:
    councils = [
        shas for kind, shas in zip(england.providers.kind, england.providers.shas, strict=True) if kind == "council"
    ]
    assert sorted(councils) == [(sha,) for sha in sorted(set(england.ccgs.sha))]


def test_each_pair_of_neighbours_stands_once_with_the_lower_code_first(england: England) -> None:
    pairs = [tuple(england.ccgs.ods_code[row] for row in pair) for pair in england.neighbours.pairs]
    assert all(a < b for a, b in pairs)
    assert len(pairs) == len(set(pairs)) == len(england.neighbours.border_km)


def test_no_ccg_is_without_a_neighbour(england: England) -> None:
    assert set(england.neighbours.pairs.ravel().tolist()) == set(range(211))


def test_the_isle_of_wight_is_a_neighbour_of_the_seven_others_of_its_cluster(england: England) -> None:
    island = england.ccgs.ods_code.index("10L")
    pairs, border_km = england.neighbours.pairs, england.neighbours.border_km
    its = (pairs == island).any(axis=1)
    others = set(pairs[its].ravel().tolist()) - {island}
    cluster = england.ccgs.pct_cluster
    assert len(pairs) == 528 + 7
    assert others == {row for row in range(211) if cluster[row] == cluster[island]} - {island}
    assert border_km[its].tolist() == [0.0] * 7
    assert (border_km[~its] > 0).all()


def test_every_ccg_has_a_tile_of_its_own_and_the_map_starts_at_its_north_west_corner(england: England) -> None:
    tiles = set(zip(england.ccgs.tile_x.tolist(), england.ccgs.tile_y.tolist(), strict=True))
    assert len(tiles) == 211
    assert min(england.ccgs.tile_x) == 0
    assert min(england.ccgs.tile_y) == 1


def test_as_many_neighbours_touch_on_the_tile_map_as_its_page_says(england: England) -> None:
    east = england.ccgs.tile_x + 0.5 * (england.ccgs.tile_y % 2)
    south = england.ccgs.tile_y * np.sqrt(0.75)
    a, b = england.neighbours.pairs[:528].T
    touching = np.hypot(east[a] - east[b], south[a] - south[b]) < 1.01
    assert touching.sum() == TOUCHING


def test_the_tile_map_puts_northumberland_on_top_and_cornwall_in_the_far_south_west(england: England) -> None:
    row = england.ccgs.ods_code.index
    assert england.ccgs.tile_y[row("00L")] == 1
    assert england.ccgs.tile_x[row("11N")] < np.median(england.ccgs.tile_x)
    assert england.ccgs.tile_y[row("11N")] > np.quantile(england.ccgs.tile_y, 0.8)


def test_no_array_can_be_written_to(england: England) -> None:
    parts = (england.ccgs, england.neighbours, england.lines, england.providers)
    arrays = [value for part in parts for value in vars(part).values() if isinstance(value, np.ndarray)]
    assert len(arrays) == 6 + 2 + 7 + 1
    assert not any(array.flags.writeable for array in arrays)


def test_the_fingerprint_is_of_each_files_bytes(england: England) -> None:
    assert england.fingerprint == {file: sha256((PACKAGED / file).read_bytes()).hexdigest() for file in FILES}


def test_boundaries_hold_one_feature_for_each_ccg(england: England) -> None:
    codes = [feature["properties"]["ods_code"] for feature in read_boundaries()["features"]]
    assert sorted(codes) == sorted(england.ccgs.ods_code)


def test_the_apostrophe_in_the_name_of_west_london_is_mended(england: England) -> None:
    name = england.ccgs.name[england.ccgs.ods_code.index("08Y")]
    assert "Queen\u2019s Park" in name


def test_a_byte_order_mark_and_windows_line_ends_are_read(folder: Path, england: England) -> None:
    content = (folder / "ccgs.csv").read_bytes()
    (folder / "ccgs.csv").write_bytes(b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"))
    assert read_england(folder).ccgs.name == england.ccgs.name


# ---- One broken cell ---------------------------------------------------------------------------------------

CCG, PAIRS, LINES, CLUSTERS, PROVIDERS = (table.file for table in TABLES)
BROKEN_CELLS = {
    "a number that is text": (CCG, 4, "population_2012_planning", "abc", ["00F", "'abc' is not a number", "people"]),
    "a number with commas": (CCG, 4, "population_2012_planning", "205,800", ["is not a number", "commas"]),
    "a number that is not finite": (CCG, 2, "lat", "nan", ["00C", "'nan' is not a number", "49 to 56"]),
    "an infinite number": (CCG, 2, "rca_2013_14_indicative_gbp_m", "1e999", ["'1e999' is not allowed"]),
    "a population of nobody": (CCG, 2, "population_2012_planning", "0", ["from 1 to 5,000,000 (people)"]),
    "half a person": (CCG, 2, "registered_2013", "10.5", ["'10.5' is not allowed", "a whole number"]),
    "a latitude off the map": (CCG, 2, "lat", "61.2", ["'61.2' is not allowed", "degrees north"]),
    "a longitude off the map": (CCG, 2, "lon", "9", ["'9' is not allowed", "from -7 to 2"]),
    "a tile above the map": (CCG, 2, "tile_y", "0", ["'0' is not allowed", "from 1 to 99"]),
    "a blank cell": (CCG, 3, "area_team", "", ["00D", "the cell is blank"]),
    "a cell of spaces": (CCG, 3, "name", "  ", ["00D", "the cell is blank"]),
    "a space too many": (CCG, 3, "sha", "North East ", ["'North East ' begins or ends with a space"]),
    "an unknown region": (CCG, 3, "region", "Nort", ["'Nort' is not allowed", "did you mean 'North'?"]),
    "an area team in two regions": (CCG, 3, "region", "South", ["row 2", "has 'North'"]),
    "a character that does not print": (CCG, 3, "name", "NHS\u200bKent", ["does not print"]),
    "a code that is no code": (CCG, 3, "ods_code", "o0D", ["3 capital letters or digits, such as 00C"]),
    "a code that stands twice": (CCG, 3, "ods_code", "00C", ["'00C' stands in row 2 already"]),
    "a name that stands twice": (CCG, 3, "name", "NHS Darlington", ["stands in row 2 already"]),
    "a cluster that is not known": (CCG, 3, "pct_cluster", "Kent PCT", ["'Kent PCT' is not a cluster"]),
    "a cluster of another SHA": (CCG, 3, "sha", "London", ["'London', but its cluster", "lies in 'North East'"]),
    "an SHA that is not known": (CCG, 3, "sha", "North Easst", ["is not an SHA", "did you mean 'North East'?"]),
    "a neighbour that is no CCG": (PAIRS, 2, "ods_code_b", "ZZZ", ["'ZZZ' is not the ods_code of a CCG"]),
    "a pair with itself": (PAIRS, 2, "ods_code_b", "00C", ["'00C' is paired with itself"]),
    "a pair that stands twice": (PAIRS, 3, "ods_code_b", "00D", ["'00C, 00D' stands in row 2"]),
    "a pair the wrong way round": (PAIRS, 2, "ods_code_a", "99P", ["'99P' comes after '00D'"]),
    "a border of less than nothing": (PAIRS, 2, "shared_border_km_approx", "-1", ["'-1' is not allowed", "km"]),
    "an unknown line": (LINES, 6, "line", "its", ["'its' is not allowed", "did you mean 'it'?"]),
    "a line that stands twice": (LINES, 9, "line", "it", ["'it' stands in row 6 already"]),
    "a share above 1": (LINES, 2, "tupe_share", "1.2", ["business_intelligence", "from 0 to 1 (share)"]),
    "a share below 0": (LINES, 2, "local_weight", "-0.1", ["'-0.1' is not allowed"]),
    "a switch that is neither 0 nor 1": (LINES, 2, "at_scale", "yes", ["1 for yes, 0 for no"]),
    "a cost below 0": (LINES, 2, "fixed_cost_gbp", "-5", ["GBP a year"]),
    "no staff for the money": (LINES, 2, "fte_per_gbp_m", "0", ["from 0.1 to 100"]),
    "an unknown grade": (LINES, 2, "grade", "guess", ["'guess' is not allowed"]),
    "a cluster without a CCG": (CLUSTERS, 2, "pct_cluster", "Rutland", ["'Rutland' is not the cluster of any CCG"]),
    "a unit under two names": (CLUSTERS, 15, "unit_name", "Londn", ["'Londn', but in row 14", "north-east-london"]),
    "a unit without a name": (CLUSTERS, 2, "unit_name", "", ["unit, unit_name", "fill both cells"]),
    "a name without a unit": (CLUSTERS, 2, "unit", "", ["unit, unit_name", "fill both cells"]),
    "an unknown kind of provider": (PROVIDERS, 2, "kind", "charity", ["'charity' is not allowed", "voluntary"]),
    "a provider of an unknown line": (PROVIDERS, 10, "lines", "redesing", ["did you mean 'redesign'?"]),
    "a provider of a line and all": (PROVIDERS, 2, "lines", "it all", ["'all' is not a line"]),
    "a line offered twice": (PROVIDERS, 2, "lines", "it it", ["'it' stands there twice"]),
    "a provider in an unknown region": (PROVIDERS, 28, "region", "Wales", ["'Wales' is not England or an SHA"]),
    "a provider that stands twice": (PROVIDERS, 3, "provider", "generalist-01", ["stands in row 2 already"]),
}  # fmt: skip


@pytest.mark.parametrize(("file", "row", "column", "value", "words"), BROKEN_CELLS.values(), ids=BROKEN_CELLS)
def test_a_broken_cell_is_named(folder: Path, file: str, row: int, column: str, value: str, words: list[str]) -> None:
    change_cell(folder / file, row, column, value)
    assert_names(faults_in(folder), f"{file}, row {row} (", column, *words)


def test_a_fault_says_where_what_and_what_is_allowed(folder: Path) -> None:
    change_cell(folder / "ccgs.csv", 14, "population_2012_planning", "abc")
    code = read_records(folder / "ccgs.csv")[13][0]
    assert faults_in(folder) == (
        f"ccgs.csv, row 14 ({code}), population_2012_planning: 'abc' is not a number; "
        "it must be a whole number from 1 to 5,000,000 (people), written in digits without commas",
    )


def test_a_code_misspelt_in_one_place_is_named_in_every_file_that_uses_it(folder: Path) -> None:
    change_cell(folder / "ccgs.csv", 2, "ods_code", "00Z")
    faults = faults_in(folder)
    assert_names(faults, "ccg_neighbours.csv, row 2", "'00C' is not the ods_code")
    assert_names(faults, BOUNDARIES, "'00C' is not the ods_code")
    assert_names(faults, BOUNDARIES, "no feature for CCG '00Z'")


def test_two_ccgs_on_one_tile_are_named(folder: Path) -> None:
    header, first, *_ = read_records(folder / "ccgs.csv")
    for column in ("tile_x", "tile_y"):
        change_cell(folder / "ccgs.csv", 3, column, first[header.index(column)])
    assert_names(faults_in(folder), "ccgs.csv, row 3 (00D), tile_x, tile_y", "stands in row 2 already")


def test_a_ccg_without_a_neighbour_and_alone_in_its_cluster_is_named(folder: Path) -> None:
    header, *rows = read_records(folder / "ccg_neighbours.csv")
    write_records(folder / "ccg_neighbours.csv", [header, *(row for row in rows if "11N" not in row)])
    assert_names(faults_in(folder), "ccgs.csv", "(11N), ods_code", "no neighbour")


# ---- Broken rows, headers and files ------------------------------------------------------------------------


def test_a_line_without_a_row_is_named(folder: Path) -> None:
    write_records(folder / "service_lines.csv", read_records(folder / "service_lines.csv")[:-1])
    assert faults_in(folder) == ("service_lines.csv: there is no row for line 'cases'; add it",)


def test_a_row_with_a_cell_too_few_is_named_and_breaks_no_join(folder: Path) -> None:
    records = read_records(folder / "ccgs.csv")
    records[4].pop()
    write_records(folder / "ccgs.csv", records)
    (fault,) = faults_in(folder)
    assert "ccgs.csv, row 5: there are 15 cells for 16 columns" in fault


def test_a_blank_row_is_named(folder: Path) -> None:
    records = read_records(folder / "clusters.csv")
    write_records(folder / "clusters.csv", [*records[:3], [""] * 5, *records[3:]])
    assert faults_in(folder) == ("clusters.csv, row 4: the row is blank; remove it",)


def test_a_misspelt_column_is_named_as_missing_and_as_unknown(folder: Path) -> None:
    change_cell(folder / "ccgs.csv", 1, "lat", "latt")
    faults = faults_in(folder)
    assert faults == (
        "ccgs.csv, row 1: there is no column 'lat'; add it",
        "ccgs.csv, row 1: 'latt' is not a known column; remove or rename it: did you mean 'lat'?",
    )


def test_a_column_that_stands_twice_is_named(folder: Path) -> None:
    write_records(folder / "clusters.csv", [[*row, row[1]] for row in read_records(folder / "clusters.csv")])
    assert_names(faults_in(folder), "clusters.csv, row 1", "column 'sha' stands there twice")


def test_a_stray_quotation_mark_is_named_with_its_line(folder: Path) -> None:
    with (folder / "service_lines.csv").open("a", encoding="utf-8") as file:
        file.write('"it\n')
    assert_names(faults_in(folder), "service_lines.csv, line 10", "not CSV")


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_the_only_fault(folder: Path, file: str) -> None:
    (folder / file).unlink()
    (fault,) = faults_in(folder)
    assert fault.startswith(f"{file}: cannot be read in {folder}")


@pytest.mark.parametrize("file", FILES)
def test_an_empty_file_is_the_only_fault(folder: Path, file: str) -> None:
    (folder / file).write_bytes(b"\n")
    assert faults_in(folder) == (f"{file}: the file is empty; restore it from the packaged data",)


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_is_not_utf_8_is_named_with_the_row(folder: Path, file: str) -> None:
    (folder / file).write_bytes(b"a,b\nK\xf6ln,1\n")
    (fault,) = faults_in(folder)
    assert fault == f"{file}, row 2: byte 0xf6 is not UTF-8; save the file as UTF-8"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.file)
def test_a_header_without_rows_is_named(folder: Path, table: Any) -> None:
    write_records(folder / table.file, read_records(folder / table.file)[:1])
    assert_names(faults_in(folder), f"{table.file}: there is no row under the header")


def test_a_folder_that_is_not_there_is_named_for_each_file(tmp_path: Path) -> None:
    assert [fault.split(":")[0] for fault in faults_in(tmp_path / "nowhere")] == list(FILES)


def test_all_faults_of_all_files_are_reported_at_once(folder: Path) -> None:
    change_cell(folder / "ccgs.csv", 2, "lat", "north")
    change_cell(folder / "ccgs.csv", 3, "lon", "east")
    change_cell(folder / "service_lines.csv", 2, "contestable", "7")
    change_cell(folder / "potential_providers.csv", 2, "kind", "bank")
    (folder / "ccg_neighbours.csv").unlink()
    starts = [fault.split(":")[0].split(" (")[0] for fault in faults_in(folder)]
    assert starts == [
        "ccg_neighbours.csv",
        "ccgs.csv, row 2",
        "ccgs.csv, row 3",
        "service_lines.csv, row 2",
        "potential_providers.csv, row 2",
    ]


# ---- Boundaries --------------------------------------------------------------------------------------------


def rename_first(features: list[Any]) -> None:
    features[0]["properties"]["ods_code"] = "ZZZ"


def open_first_ring(features: list[Any]) -> None:
    features[0]["geometry"]["coordinates"][0].pop()


def swap_first_point(features: list[Any]) -> None:
    features[0]["geometry"]["coordinates"][0][1].reverse()


def turn_first_into_a_point(features: list[Any]) -> None:
    features[0]["geometry"] = {"type": "Point", "coordinates": [0.0, 52.0]}


BROKEN_SHAPES: dict[str, tuple[Callable[[list[Any]], Any], list[str]]] = {
    "a code that is no CCG": (rename_first, ["feature 1 (ZZZ)", "'ZZZ' is not the ods_code"]),
    "a CCG without a feature": (list.pop, ["there is no feature for CCG '99Q'"]),
    "a CCG with two features": (lambda features: features.append(features[0]), ["feature 212 (00C)", "already"]),
    "a feature that is a number": (lambda features: features.append(7), ["feature 212 ()", "is not the ods_code"]),
    "a ring that is not closed": (open_first_ring, ["feature 1 (00C)", "closed rings"]),
    "latitude before longitude": (swap_first_point, ["feature 1 (00C)", "longitude -7 to 2"]),
    "a point for a shape": (turn_first_into_a_point, ["feature 1 (00C)", "Polygon or MultiPolygon"]),
    "a feature without a geometry": (lambda features: features[0].pop("geometry"), ["feature 1 (00C)", "geometry"]),
}


@pytest.mark.parametrize(("change", "words"), BROKEN_SHAPES.values(), ids=BROKEN_SHAPES)
def test_a_broken_shape_is_named_by_both_readers(
    folder: Path, change: Callable[[list[Any]], Any], words: list[str]
) -> None:
    change_shapes(folder / BOUNDARIES, change)
    assert_names(faults_in(folder), BOUNDARIES, *words)
    with pytest.raises(InputError) as caught:
        read_boundaries(folder)
    assert_names(caught.value.faults, BOUNDARIES, *words)


@pytest.mark.parametrize("content", ["{", "null", "[]", '{"type": "FeatureCollection"}', "[" * 100_000])
def test_a_file_that_is_no_geojson_is_the_only_fault(folder: Path, content: str) -> None:
    (folder / BOUNDARIES).write_text(content)
    (fault,) = faults_in(folder)
    assert fault.startswith(f"{BOUNDARIES}: this is not ")


# ---- Any cell, any junk ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scratch() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield copy_to(Path(folder))


NUMBERS = [column for column in CCGS.columns if column.unit]


@given(
    column=st.sampled_from(CCGS.columns),
    row=st.integers(min_value=2, max_value=212),
    junk=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12).filter(
        lambda text: not any(char.isalnum() and char.isascii() for char in text)
    ),
)
def test_junk_in_any_cell_is_reported_with_its_row_or_stands_in_a_free_text(
    scratch: Path, column: Any, row: int, junk: str
) -> None:
    shutil.copyfile(PACKAGED / "ccgs.csv", scratch / "ccgs.csv")
    change_cell(scratch / "ccgs.csv", row, column.name, junk)
    try:
        read_england(scratch)
    except InputError as error:
        assert_names(error.faults, f"ccgs.csv, row {row}", column.name)
    else:
        assert column.name in ("name", "area_team")


@given(column=st.sampled_from(NUMBERS), row=st.integers(2, 212), value=st.floats())
def test_any_number_in_any_cell_is_within_its_range_or_reported(
    scratch: Path, column: Any, row: int, value: float
) -> None:
    shutil.copyfile(PACKAGED / "ccgs.csv", scratch / "ccgs.csv")
    change_cell(scratch / "ccgs.csv", row, column.name, repr(value))
    allowed = column.low <= value <= column.high and not (column.whole and value % 1)
    try:
        read_england(scratch)
    except InputError as error:
        assert_names(error.faults, f"ccgs.csv, row {row}", column.name)
        assert not allowed or "tile" in column.name
    else:
        assert allowed
