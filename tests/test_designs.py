"""Designs: which points are run, in which order, and what is said of a wrong design."""

import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scenarios.design import Design
from scenarios.design_file import load_design
from scenarios.point import PolicyRows, plan_at
from scenarios.scenario import load_scenario
from simulation.faults import InputError
from simulation.inputs import read_england
from simulation.opening import blank_market
from simulation.parameters import COLUMN
from simulation.plan import policy_rows

VARY = {"choice.noise": [1.0, 5.0], "framework.places": [1, 30], "hosting.form": ["own_choice", "sale", "nhs_body"]}


def design(method: str = "latin_hypercube", vary: Mapping[str, Any] = VARY, **more: Any) -> Design:
    points = {} if method == "csv" else {"points": 8}
    return load_design({"method": method, "vary": dict(vary)} | points | more)


def values(of: Design, name: str) -> list[Any]:
    return list(of.points.column(name).to_pylist())


# ---- Which points ------------------------------------------------------------------------------------------


def test_a_grid_has_every_combination_once() -> None:
    grid = design("grid", {"choice.noise": [1.0, 2.0], "choice.free": [True, False]}, points=3)
    rows = list(zip(values(grid, "choice.noise"), values(grid, "choice.free"), strict=True))
    assert sorted(rows) == sorted((noise, free) for noise in (1.0, 1.5, 2.0) for free in (True, False))


def test_a_grid_takes_whole_values_of_whole_numbers_and_no_more_than_there_are() -> None:
    grid = design("grid", {"hosting.ends": [50, 53]}, points=10)
    assert sorted(values(grid, "hosting.ends")) == [50, 51, 52, 53]
    own = design("grid", {"hosting.ends": {"low": 50, "high": 60, "levels": 3}}, points=10)
    assert sorted(values(own, "hosting.ends")) == [50, 55, 60]


def test_one_at_a_time_changes_one_and_leaves_the_rest_as_the_scenario_has_it() -> None:
    turned = design("one_at_a_time", VARY, points=3)
    changed = [sum(row[name] is not None for name in VARY) for row in turned.points.to_pylist()]
    assert sorted(changed) == [0] + [1] * 9


def test_a_latin_hypercube_has_one_point_in_each_slice_of_each_range() -> None:
    latin = design(points=50)
    slices = np.floor((np.array(values(latin, "choice.noise")) - 1.0) / 4.0 * 50)
    assert sorted(slices) == list(range(50))
    assert {values(latin, "hosting.form").count(form) for form in VARY["hosting.form"]} <= {16, 17}


def test_a_sobol_design_changes_one_factor_at_a_time_from_the_first_matrix_to_the_second() -> None:
    rows = [tuple(row[name] for name in VARY) for row in design("sobol").points.to_pylist()]
    assert len(rows) == 8 * (3 + 2)
    first, *single, second = rows[:5]
    for place, row in enumerate(single):
        assert row == tuple(second[at] if at == place else first[at] for at in range(3))


def test_a_morris_design_moves_one_factor_a_step_and_stays_in_the_range() -> None:
    morris = design("morris", {"choice.noise": [1.0, 5.0], "framework.places": [1, 30]})
    noise, places = values(morris, "choice.noise"), values(morris, "framework.places")
    assert len(noise) == 8 * 3
    assert (min(places), max(places)) == (1, 30)
    steps = [(noise[n] != noise[n + 1]) + (places[n] != places[n + 1]) for n in range(24) if n % 3 < 2]
    assert steps == [1] * 16


def test_every_whole_number_of_a_range_is_as_likely_as_any_other_and_none_lies_beyond() -> None:
    ends = values(design(vary={"hosting.ends": [0, 9]}, points=1000), "hosting.ends")
    assert {ends.count(month) for month in range(10)} == {100}


def test_a_date_moves_by_the_month_and_a_policy_can_be_left_out() -> None:
    vary = {"policy": {"first_cut": {"from": [date(2014, 4, 1), date(2014, 6, 30)], "in_force": [True, False]}}}
    moved = design(vary=vary, scenario="allowance_cut", points=30)
    assert set(values(moved, "policy.first_cut.from")) == {date(2014, month, 1) for month in (4, 5, 6)}
    assert set(values(moved, "policy.first_cut.in_force")) == {True, False}


def test_each_scenario_gets_every_point() -> None:
    both = design(scenario=["baseline", "open_door"])
    rows = both.points.drop(["point"]).to_pylist()
    assert [row["scenario"] for row in rows[:4]] == ["baseline", "open_door"] * 2
    assert [row | {"scenario": ""} for row in rows[::2]] == [row | {"scenario": ""} for row in rows[1::2]]
    assert values(both, "point") == list(range(1, 17))


@pytest.mark.parametrize("method", ["grid", "latin_hypercube", "sobol"])
def test_any_start_of_a_design_is_an_even_sample_of_it(method: str) -> None:
    points = 32 if method == "grid" else 512
    whole = design(method, {"choice.noise": [0.0, 1.0], "choice.pressure": [0.0, 1.0]}, points=points)
    start = np.array(values(whole, "choice.noise"))[: whole.points.num_rows // 4]
    assert abs(start.mean() - 0.5) < 0.06
    assert min(np.histogram(start, 4, (0, 1))[0]) > len(start) / 6


@pytest.mark.parametrize("method", ["latin_hypercube", "sobol", "morris"])
@pytest.mark.parametrize("python", [sys.executable, "no-such-python", "/bin/false"])
def test_points_are_the_same_whichever_process_draws_them(
    method: str, python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process draws them while this one does something; where it cannot, this one does that too."""
    here, done = design(method), []
    monkeypatch.setattr(sys, "executable", python)
    content = {"method": method, "vary": VARY, "points": 8}
    assert load_design(content, meanwhile=lambda: done.append(1)).points.equals(here.points)
    assert done or python == "no-such-python"


def test_the_same_design_has_the_same_points_and_another_luck_has_others() -> None:
    assert design().fingerprint == design().fingerprint
    assert design().fingerprint != design(sample_seed=2).fingerprint
    assert design(sample_seed=0).fingerprint != design(sample_seed=1).fingerprint


def test_a_morris_design_with_luck_0_is_the_same_each_time() -> None:
    assert design("morris", sample_seed=0).fingerprint == design("morris", sample_seed=0).fingerprint


# ---- What a point means ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "point",
    [
        {"choice.noise": 2.0, "hosting.form": "sale", "choice.free": True},
        {"allowance.per_head": 24.0},
        {"policy.first_cut.from": date(2015, 8, 1)},
        {"policy.second_cut.in_force": False, "choice.noise": None},
    ],
)
def test_the_parameters_in_force_are_those_that_a_run_of_the_plan_would_have(point: Mapping[str, Any]) -> None:
    scenario = load_scenario("allowance_cut")
    plan = plan_at(scenario, point)
    expected = blank_market(read_england(), plan)["policy"][0].view(np.float64).reshape(61, -1)
    assert np.array_equal(PolicyRows(scenario).at(point), expected)
    assert np.array_equal(policy_rows(plan), expected)


def test_a_value_that_is_swept_stays_to_the_end_and_a_date_that_is_swept_moves_the_change() -> None:
    rows, column = PolicyRows(load_scenario("allowance_cut")), COLUMN["allowance.per_head"]
    assert set(rows.at({"allowance.per_head": 21.0})[:, column]) == {21.0}
    moved = rows.at({"policy.second_cut.from": date(2013, 1, 1)})[:, column]
    assert [moved[month] for month in (11, 12, 26, 27)] == [25.0, 22.07, 22.07, 24.73]


# ---- From a file -------------------------------------------------------------------------------------------


def from_csv(folder: Path, text: str, **more: Any) -> Design:
    (folder / "points.csv").write_text(text)
    return load_design({"method": "csv", "file": str(folder / "points.csv")} | more)


def test_points_come_from_a_file_in_its_order(tmp_path: Path) -> None:
    read = from_csv(tmp_path, "point,choice.noise,choice.free\n1,1.5,true\n2,2,false\n3,3,true\n")
    assert values(read, "choice.noise") == [1.5, 2.0, 3.0]
    assert values(read, "choice.free") == [True, False, True]


def test_a_blank_cell_leaves_the_value_as_the_scenario_has_it(tmp_path: Path) -> None:
    assert values(from_csv(tmp_path, 'choice.noise\n1.5\n""\n2\n'), "choice.noise") == [1.5, None, 2.0]


CSV_FAULTS = {
    "an unknown column": ("choice.nois\n1\n2\n", "there is no parameter choice.nois: did you mean choice.noise?"),
    "a missing column": ("choice.noise\n1\n2\n", "choice.free is missing: [vary] names it"),
    "a value out of range": ("choice.free,choice.noise\ntrue,1\nfalse,99\n", "choice.noise = 99 is not allowed"),
    "a word among numbers": ("choice.free,choice.noise\ntrue,1\nfalse,many\n", "mixes numbers"),
    "a ragged line": ("choice.free,choice.noise\ntrue,1\nfalse\n", "line 3 has another number of cells"),
    "no points": ("choice.free,choice.noise\n", "holds no points"),
    "an empty file": ("", "is empty"),
    "a column twice": ("choice.free,choice.free\ntrue,true\nfalse,false\n", "is there twice"),
}


@pytest.mark.parametrize("fault", CSV_FAULTS)
def test_a_wrong_file_of_points_is_told_in_words(tmp_path: Path, fault: str) -> None:
    text, told = CSV_FAULTS[fault]
    with pytest.raises(InputError) as error:
        from_csv(tmp_path, text, vary={"choice.free": [True, False]})
    assert told in str(error.value)


def test_a_file_of_points_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read as CSV"):
        load_design({"method": "csv", "file": str(tmp_path / "none.csv")})


# ---- What is wrong with a design ---------------------------------------------------------------------------

FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown key": ({"pints": 3}, "there is no key pints: did you mean points?"),
    "a parameter outside [vary]": ({"choice.noise": [1, 2]}, "parameters stand under [vary]"),
    "an unknown method": ({"method": "gird"}, "method = 'gird' is not allowed: it must be one of"),
    "no method": ({"method": None}, "method is missing"),
    "an unknown scenario": ({"scenario": "baselin"}, "did you mean baseline?"),
    "a scenario twice": ({"scenario": ["baseline", "baseline"]}, "baseline is there twice"),
    "no scenario": ({"scenario": []}, "scenario = [] is not allowed"),
    "an unknown parameter": ({"vary": {"choice.nois": [1, 2]}}, "did you mean choice.noise?"),
    "an empty range": ({"vary": {"choice.noise": []}}, "choice.noise = [] does not vary"),
    "a single value": ({"vary": {"choice.noise": 3}}, "choice.noise = 3 does not vary"),
    "a reversed range": ({"vary": {"choice.noise": [3, 1]}}, "the first must be less than the second"),
    "a range of nothing": ({"vary": {"choice.noise": [3, 3]}}, "the first must be less than the second"),
    "a range beyond what is allowed": ({"vary": {"choice.noise": [3, 99]}}, "choice.noise = 99 is not allowed"),
    "a range of halves of months": ({"vary": {"hosting.ends": [0.5, 9]}}, "hosting.ends = 0.5 is not allowed"),
    "a word that is none": ({"vary": {"hosting.form": ["sale", "shop"]}}, "hosting.form = 'shop' is not allowed"),
    "a value twice": ({"vary": {"hosting.form": ["sale", "sale"]}}, "sale is listed twice"),
    "a range of a switch": ({"vary": {"choice.free": {"low": 0, "high": 1}}}, "choice.free has no range"),
    "half a table": ({"vary": {"choice.noise": {"low": 1}}}, "must hold low and high"),
    "a policy that is not there": (
        {"vary": {"policy.cut.from": [date(2014, 1, 1), date(2015, 1, 1)]}},
        "baseline has no policy named cut",
    ),
    "a policy whose change is swept away": (
        {
            "scenario": "allowance_cut",
            "vary": {"policy.first_cut.in_force": [True, False], "allowance.per_head": [20, 25]},
        },
        "policy.first_cut.in_force would do nothing",
    ),
    "a policy beyond the run": (
        {"scenario": "allowance_cut", "vary": {"policy.first_cut.from": [date(2014, 1, 1), date(2017, 1, 1)]}},
        "2017-01-01 is outside 2012-01-01 to 2016-12-31",
    ),
    "nothing varied": ({"vary": {}}, "[vary] is missing"),
    "no points": ({"points": 0}, "points = 0 is not allowed"),
    "a number of points that is no power of two": ({"method": "sobol", "points": 100}, "as 64 or 128"),
    "no seeds": ({"seeds": 0}, "seeds = 0 is not allowed"),
    "a seed that is none": ({"first_seed": "x"}, "first_seed = 'x' is not allowed"),
    "an odd number of levels": ({"method": "morris", "levels": 5}, "wants an even number"),
    "levels without Morris": ({"levels": 4}, "levels is for the method morris"),
    "a file without the method": ({"file": "points.csv"}, "is read by the method csv alone"),
    "an outcome that does not exist": ({"outcomes": ["css_operatin"]}, "did you mean css_operating?"),
    "a month that does not exist": ({"months": [date(2017, 1, 1)]}, "2017-01-01 is outside"),
    "a month that is none": ({"months": ["soon"]}, "'soon' is not a date"),
    "a grid of a billion points": (
        {
            "method": "grid",
            "points": 1000,
            "vary": {"choice.noise": [1, 2], "cost.fixed_scale": [1, 2], "hosting.charge": [1, 2]},
        },
        "grid would have 1,000,000,000 points, and 1,000,000 are the most",
    ),
    "too many runs": ({"points": 1_000_000, "seeds": 100}, "are 100,000,000 runs, and 10,000,000 are the most"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_design_is_told_in_words(fault: str) -> None:
    wrong, told = FAULTS[fault]
    good = {"method": "latin_hypercube", "points": 8, "vary": {"choice.noise": [1, 5]}}
    with pytest.raises(InputError) as error:
        load_design(good | wrong)
    assert told in str(error.value)


def test_all_faults_of_a_design_are_told_at_once() -> None:
    wrong = {"method": "gird", "seeds": 0, "vary": {"choice.noise": [5, 1]}, "months": ["2017-01"], "bogus": 1}
    with pytest.raises(InputError) as error:
        load_design(wrong)
    assert len(error.value.faults) == 5


@pytest.mark.parametrize(("content", "told"), [(b"", "is empty"), (b"\0", "is not a text file"), (b"a = b", "TOML")])
def test_a_file_that_is_no_design_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "d.toml").write_bytes(content)
    with pytest.raises(InputError, match=told):
        load_design(tmp_path / "d.toml")
