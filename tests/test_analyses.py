"""Comparison, sensitivity, discovery, regret and the frontier: known answers first, then the commands."""

import io
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from command import called

from scenarios.api import Comparison, compare, load_scenario, open_results
from scenarios.compare import drivers_between, paired, with_driver
from scenarios.cube import SHARES
from scenarios.design_file import load_design
from scenarios.discovery import discover
from scenarios.robustness import frontier, regret
from scenarios.sensitivity import (
    EFFECT,
    FIRST,
    PAWN,
    TOTAL,
    VARIANCE,
    by_slices,
    luck_variance,
    morris_effects,
    sensitivity,
    sobol_indices,
)
from scenarios.store import FAILURES, keep_results
from scenarios.sweep import SweepJob, manifest_of
from scenarios.sweep_results import SweepResults, open_sweep
from simulation.faults import InputError
from simulation.plan import policy_rows

MONTH = pd.Timestamp("2016-12-01")
Function = Callable[[dict[str, Any], int], dict[str, float]]


def made(folder: Path, design: dict[str, Any], function: Function) -> SweepResults:
    """Store a sweep whose outcomes are a function of point and seed, so that the answers are known."""
    names = list(function({"point": 1} | _first_of(design), 1))
    job = SweepJob(load_design(design | {"outcomes": names}), folder)
    points = job.design.points.to_pylist()

    def compute(runs: Sequence[int]) -> dict[str, pa.Table]:
        rows = []
        for run in runs:
            point, seed = points[run % len(points)], 1 + run // len(points)
            rows.append({"point": point["point"], "seed": seed, "month": MONTH} | function(point, seed))
        return {"outcomes": pa.Table.from_pylist(rows), "failures": pa.Table.from_pylist([], FAILURES)}

    keep_results(folder, manifest_of(job), compute, first={"design": job.design.points})
    return open_sweep(folder)


def _first_of(design: dict[str, Any]) -> dict[str, Any]:
    return {name: values[0] for name, values in design["vary"].items()}


# ---- Comparison --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("says", "other", "difference", "agree", "same", "verdict"),
    [
        ("all runs one higher", [2.0, 3.0, 4.0], 1.0, 3, 0, "higher"),
        ("nothing differs", [1.0, 2.0, 3.0], 0.0, 3, 3, "the same"),
        ("one run differs much", [1.0, 2.0, 6.0], 1.0, 1, 2, "no clear difference"),
        ("a failed run does not count", [2.0, np.nan, 4.0], 1.0, 2, 0, "higher"),
    ],
)
def test_pairs_are_compared_seed_by_seed(
    says: str, other: list[float], difference: float, agree: int, same: int, verdict: str
) -> None:
    told = paired(np.array([1.0, 2.0, 3.0]), np.array(other))
    assert (told["difference"], told["agree"], told["same"], told["verdict"]) == (difference, agree, same, verdict), (
        says
    )


def test_the_interval_is_that_of_a_paired_t_test() -> None:
    from scipy.stats import ttest_rel

    rng = np.random.default_rng(3)
    base = rng.normal(size=40)
    other = base + rng.normal(0.3, 1.0, size=40)
    told, expected = paired(base, other), ttest_rel(other, base).confidence_interval()
    assert [told["low"], told["high"]] == pytest.approx([expected.low, expected.high])


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    folder = tmp_path_factory.mktemp("compared")
    return compare("baseline", "open_door", "no_checkpoints", runs=6, out=folder / "out")


def test_the_waterfall_sums_to_the_difference(comparison: Comparison) -> None:
    steps = comparison.drivers(["private_share"])
    by_driver = steps.set_index("driver")["difference"]
    assert set(by_driver.index) == {*load_scenario("open_door").changes, "interaction", "total"}
    assert by_driver.drop("total").sum() == pytest.approx(by_driver["total"])
    whole = comparison.differences(["private_share"]).set_index("scenario")["difference"]
    assert by_driver["total"] == pytest.approx(whole["open_door"])


def test_a_scenario_with_one_change_has_no_waterfall(comparison: Comparison) -> None:
    assert set(comparison.drivers(["css_operating"])["scenario"]) == {"open_door"}


def test_common_luck_narrows_the_interval(comparison: Comparison) -> None:
    table = comparison.read(["spend_per_head"], "2016-12").pivot(index="seed", columns="point", values="spend_per_head")
    shared = (table[2] - table[1]).std()
    apart = (table[2].to_numpy()[1:] - table[1].to_numpy()[:-1]).std()
    assert shared < 0.7 * apart


def test_a_comparison_is_opened_as_one(comparison: Comparison) -> None:
    opened = open_results(comparison.folder)
    assert isinstance(opened, Comparison)
    assert opened.differences(["quality"]).equals(comparison.differences(["quality"]))


def test_drivers_lead_from_one_scenario_to_the_other_on_dates_too() -> None:
    base, other = load_scenario("hosting_for_ever"), load_scenario("allowance_cut")
    drivers = drivers_between(base, other)
    assert drivers == ["allowance.per_head", "hosting.ends", "hosting.soft_budget"]
    step = base
    for driver in drivers:
        step = with_driver(step, other, driver)
    assert np.array_equal(policy_rows(step.plan), policy_rows(other.plan))


# ---- Sensitivity: functions whose indices are known ---------------------------------------------------------


def pooled(x: Any) -> Any:
    """Two factors add, two multiply, the fifth does nothing: total variance 1.883."""
    return 3 * x[:, 0] + 2 * x[:, 1] ** 2 + 4 * x[:, 2] * x[:, 3]


FIRST_KNOWN = np.array([0.75, 16 / 45, 1 / 3, 1 / 3, 0.0]) / (0.75 + 16 / 45 + 7 / 9)
TOTAL_KNOWN = np.array([0.75, 16 / 45, 4 / 9, 4 / 9, 0.0]) / (0.75 + 16 / 45 + 7 / 9)


def test_sobol_indices_are_those_of_a_known_function() -> None:
    x = SHARES["sobol"](5, 1024, 1, 4)
    found = sobol_indices(x, pooled(x), 0.05)
    for measure, known in ((FIRST, FIRST_KNOWN), (TOTAL, TOTAL_KNOWN)):
        values = np.array(found[measure][:5])
        assert values[:, 0] == pytest.approx(known, abs=0.02)
        assert ((values[:, 1] <= known) & (known <= values[:, 2])).all()
    assert abs(found[FIRST][5][0]) < 0.03
    assert found[TOTAL][6][0] == pytest.approx(0.05 / 1.883, rel=0.05)


def test_morris_effects_are_the_slopes_of_a_known_function_whatever_the_steps() -> None:
    x = SHARES["morris"](3, 50, 1, 4)
    x[:, 1] = np.round(x[:, 1])
    found = morris_effects(x, 2 * x[:, 0] - 5 * x[:, 1], 0.0)
    assert [value for value, _, _ in found[EFFECT]] == pytest.approx([2, 5, 0, 0, 0])
    assert [value for value, _, _ in found["mu"]] == pytest.approx([2, -5, 0])


def test_slices_find_what_matters_and_keep_a_dummy_near_nothing() -> None:
    x = SHARES["latin_hypercube"](5, 2000, 1, 4)
    found = by_slices(x, pooled(x), 0.05)
    shares, distances = np.array(found[VARIANCE]), np.array(found[PAWN])
    assert shares[:5, 0] == pytest.approx(FIRST_KNOWN, abs=0.04)
    dummy = 5
    assert (distances[:4, 1] > distances[dummy, 2]).all()
    assert abs(shares[dummy, 0]) < 0.02
    assert (shares[:4, 1] > shares[dummy, 2]).all()


def test_luck_is_what_seeds_alter_from_point_to_point_and_not_what_they_do_alike() -> None:
    rng = np.random.default_rng(1)
    alike, own = rng.normal(0, 5, size=4), rng.normal(0, 2, size=(500, 4))
    table = pd.DataFrame([(p, s, alike[s] + own[p, s]) for p in range(500) for s in range(4)], columns=list("psy"))
    found = luck_variance(table.rename(columns={"p": "point", "s": "seed"}), "y")
    assert found == pytest.approx(4 / 4, rel=0.1)


VARY = {"choice.noise": [1.0, 5.0], "cost.fixed_scale": [0.5, 2.0], "hosting.form": ["own_choice", "sale"]}


def known(point: dict[str, Any], seed: int) -> dict[str, float]:
    """Return outcomes in which noise and form matter and scale does not."""
    return {
        "css_operating": 4 * point["choice.noise"] + 10 * (point["hosting.form"] == "sale") + seed,
        "quality": 1.0,
    }


@pytest.mark.parametrize("method", ["sobol", "morris", "latin_hypercube", "grid"])
def test_every_design_finds_what_matters(tmp_path: Path, method: str) -> None:
    points = {"sobol": 128, "morris": 30, "latin_hypercube": 400, "grid": 12}[method]
    results = made(tmp_path / "out", {"method": method, "points": points, "seeds": 2, "vary": VARY}, known)
    table = sensitivity(results)
    clear = table.groupby("factor")["clear"].any()
    assert clear.to_dict() == {
        "choice.noise": True, "cost.fixed_scale": False, "hosting.form": True, "dummy": False, "luck": False
    }  # fmt: skip
    assert set(table["outcome"]) == {"css_operating"}


def test_one_at_a_time_shows_swings(tmp_path: Path) -> None:
    def swing(point: dict[str, Any], seed: int) -> dict[str, float]:
        return {"quality": 2.0 * (point["choice.noise"] or 2.0)}

    results = made(tmp_path / "out", {"method": "one_at_a_time", "points": 3, "vary": VARY}, swing)
    table = sensitivity(results).set_index("factor")["value"]
    assert table["choice.noise"] == 8.0
    assert table["cost.fixed_scale"] == 0.0


def test_blocks_with_a_failed_run_are_left_out_and_no_index_is_nothing_for_that(tmp_path: Path) -> None:
    def gappy(point: dict[str, Any], seed: int) -> dict[str, float]:
        return {"quality": np.nan if point["point"] == 7 else point["choice.noise"]}

    results = made(tmp_path / "out", {"method": "sobol", "points": 64, "vary": VARY}, gappy)
    table = sensitivity(results)
    assert set(table["points"]) == {63 * 5}
    totals = table[table["measure"] == TOTAL].set_index("factor")["value"]
    assert totals["choice.noise"] == pytest.approx(1.0, abs=0.1)


def test_too_few_points_say_nothing(tmp_path: Path) -> None:
    results = made(tmp_path / "out", {"method": "latin_hypercube", "points": 10, "vary": VARY}, known)
    with pytest.raises(InputError, match="10 points are too few"):
        sensitivity(results)


# ---- Discovery ---------------------------------------------------------------------------------------------


def boxed(point: dict[str, Any], seed: int) -> dict[str, float]:
    """Return an outcome that is high in one corner alone."""
    return {"quality": float(point["choice.noise"] > 3.0 and point["hosting.form"] == "sale")}


def test_a_rule_names_the_corner_in_which_an_outcome_is_high(tmp_path: Path) -> None:
    results = made(tmp_path / "out", {"method": "latin_hypercube", "points": 600, "vary": VARY}, boxed)
    best = discover(results, "quality", at_least=0.5).iloc[0]
    assert best["rule"].startswith("choice.noise above 3")
    assert "hosting.form is sale" in best["rule"]
    assert best["coverage"] > 0.95
    assert best["density"] > 0.95
    assert best["holds"]


def test_where_there_is_only_luck_no_rule_holds(tmp_path: Path) -> None:
    def lucky(point: dict[str, Any], seed: int) -> dict[str, float]:
        return {"quality": float(np.random.default_rng(point["point"]).random())}

    results = made(tmp_path / "out", {"method": "latin_hypercube", "points": 600, "vary": VARY}, lucky)
    assert not discover(results, "quality", at_least=0.7)["holds"].any()


@pytest.mark.parametrize(
    ("ends", "told"),
    [({}, "the range is missing"), ({"at_least": 2e7, "at_most": 1e7}, "from 20,000,000 to 10,000,000 is reversed"),
     ({"at_least": 5.0}, "no point of baseline is in the range: quality goes from 0 to 1"),
     ({"at_least": 0.0}, "every point of baseline")],
)  # fmt: skip
def test_a_range_that_divides_nothing_is_told(tmp_path: Path, ends: dict[str, float], told: str) -> None:
    results = made(tmp_path / "out", {"method": "latin_hypercube", "points": 120, "vary": VARY}, boxed)
    with pytest.raises(InputError, match=told):
        discover(results, "quality", **ends)


# ---- Policies ----------------------------------------------------------------------------------------------

GRID = {"hosting.form": ["own_choice", "sale"], "cost.fixed_scale": [0.5, 1.0, 2.0]}
SPEND = {("own_choice", 0.5): 10.0, ("own_choice", 1.0): 11.0, ("own_choice", 2.0): 15.0,
         ("sale", 0.5): 12.0, ("sale", 1.0): 12.0, ("sale", 2.0): 12.0}  # fmt: skip


def priced(point: dict[str, Any], seed: int) -> dict[str, float]:
    form = point["hosting.form"]
    return {
        "spend_per_head": SPEND[form, point["cost.fixed_scale"]],
        "providers_active": 20.0 if form == "sale" else 10.0,
        "hhi_local": 0.5 if form == "sale" else 0.2,
    }


def test_regret_is_by_how_much_another_policy_would_have_done_better(tmp_path: Path) -> None:
    results = made(tmp_path / "out", {"method": "grid", "vary": GRID}, priced)
    table = regret(results, "spend_per_head", better="lower", at_most=12.0).set_index("hosting.form")
    assert table.loc["own_choice", ["regret_max", "regret_mean", "best_share"]].tolist() == [3.0, 1.0, 2 / 3]
    assert table.loc["sale", ["regret_max", "regret_mean", "best_share"]].tolist() == [2.0, 1.0, 1 / 3]
    assert table["enough_share"].to_dict() == {"sale": 1.0, "own_choice": 2 / 3}
    assert list(table.index) == ["sale", "own_choice"]


def test_policies_that_meet_different_states_are_not_compared(tmp_path: Path) -> None:
    vary = {"hosting.form": ["own_choice", "sale"], "cost.fixed_scale": [0.5, 2.0]}
    results = made(
        tmp_path / "out", {"method": "latin_hypercube", "points": 20, "vary": vary}, lambda p, s: {"quality": 1.0}
    )
    with pytest.raises(InputError, match="no state of the world meets two or more policies"):
        regret(results, "quality", better="higher")


def test_the_frontier_holds_what_nothing_beats_on_both(tmp_path: Path) -> None:
    results = made(tmp_path / "out", {"method": "grid", "vary": GRID}, priced)
    assert on_frontier(frontier(results)) == {"own_choice": False, "sale": True}
    assert on_frontier(frontier(results, plurality="hhi_local")) == {"own_choice": True, "sale": False}
    assert on_frontier(frontier(results, cost="hhi_local")) == {"own_choice": True, "sale": True}


def on_frontier(table: pd.DataFrame) -> dict[str, bool]:
    return dict(table.set_index("hosting.form")["on_frontier"])


# ---- The commands ------------------------------------------------------------------------------------------

DESIGN = """
scenario = ["baseline", "open_door"]
method = "latin_hypercube"
points = 110
outcomes = ["css_operating", "spend_per_head", "providers_active"]
[vary]
"choice.noise" = [1, 5]
"hosting.form" = ["own_choice", "sale"]
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    (folder / "design.toml").write_text(DESIGN)
    done = called("sweep", "design.toml", "--out", "swept", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


COMMANDS = {
    "sensitivity": (["--outcome", "css_operating"], "hosting.form"),
    "discover": (["--outcome", "css_operating", "--at-most", "8"], "hosting.form is sale"),
    "regret": (["--outcome", "spend_per_head", "--better", "lower", "--at-most", "17"], "enough share"),
    "frontier": ([], "providers active"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_an_analysis_is_shown_as_a_table_and_as_data(desk: Path, command: str) -> None:
    arguments, words = COMMANDS[command]
    shown = called(command, "swept", *arguments, cwd=desk)
    assert shown.returncode == 0, shown.stderr
    assert words in shown.stdout
    data = json.loads(called(command, "swept", *arguments, "--format", "json", cwd=desk).stdout)
    table = pd.read_csv(io.StringIO(called(command, "swept", *arguments, "--format", "csv", cwd=desk).stdout))
    assert len(data) == len(table)
    assert list(data[0]) == list(table.columns)


def test_many_scenarios_are_compared_in_a_folder_named_after_the_first(tmp_path: Path) -> None:
    others = ("open_door", "framework", "in_house_wave", "free_choice")
    said = called("compare", "baseline", *others, "--runs", 1, "--no-drivers", "--quiet", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert (tmp_path / "runs" / "open_door_and_3_more_against_baseline" / "manifest.json").is_file()


def test_compare_says_how_many_runs_agree_and_what_each_change_brings(tmp_path: Path) -> None:
    arguments = ("compare", "baseline", "open_door", "--runs", 4)
    said = called(*arguments, cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    for words in ("of 4", "95% interval", "entry.vat_wedge", "Interaction", "runs/open_door_against_baseline"):
        assert words in said.stdout
    assert not re.findall(r"[+-]0\.0+(?!\d)", said.stdout), "what rounds to nothing has no sign"
    again = called(*arguments, "--format", "json", "--outcome", "quality", cwd=tmp_path)
    assert "Found the finished results" in again.stderr
    drivers = {row["driver"] for row in json.loads(again.stdout)}
    assert drivers == {*load_scenario("open_door").changes, "interaction", "total"}


FAULTS = {
    "a folder that is not there": (["sensitivity", "nowhere"], "there is no such folder"),
    "a folder of something else": (["discover", ".", "--outcome", "quality", "--at-least", "1"], "holds no sweep"),
    "an outcome that is not stored": (["sensitivity", "swept", "--outcome", "quality"], "is not stored in swept"),
    "an outcome that does not exist": (["sensitivity", "swept", "--outcome", "qualty"], "did you mean quality?"),
    "a month that is not stored": (["sensitivity", "swept", "--month", "2013-04"], "2013-04-01 is not stored"),
    "a month that does not exist": (["frontier", "swept", "--month", "2017-01"], "2017-01-01 is outside"),
    "no range": (["discover", "swept", "--outcome", "css_operating"], "the range is missing"),
    "no direction": (["regret", "swept", "--outcome", "css_operating"], "Missing option '--better'"),
    "a policy of nothing": (
        ["regret", "swept", "--outcome", "css_operating", "--better", "lower", "--policy", "tupe"],
        "the design has no tupe",
    ),
    "nothing to compare": (["compare", "baseline"], "there is nothing to compare baseline with"),
    "a scenario twice": (["compare", "baseline", "baseline"], "baseline is there twice"),
    "a scenario that does not exist": (["compare", "baseline", "nope", "--runs", "0"], "nope: there is no such"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_question_is_exit_code_2_and_told_in_words(desk: Path, fault: str) -> None:
    arguments, told = FAULTS[fault]
    before = sorted(desk.rglob("*"))
    said = called(*arguments, cwd=desk)
    assert said.returncode == 2
    assert told in said.stderr
    assert "Traceback" not in said.stderr
    assert sorted(desk.rglob("*")) == before
