"""The evidence: patterns are measured as they are defined, judged as they are declared, and told with an exit code."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from command import called
from small_market import APRIL_2013, england, plan_with, run

from agents.columns import BUY, NHS
from scenarios.evidence import findings, measured
from scenarios.patterns import PATTERNS, Target, about, at_least, at_most, between
from simulation.calendar import SNAPSHOTS

SEEDS = range(1, 7)
APRIL_2012 = 3
FORMATS = ("table", "csv", "markdown", "json")


@pytest.fixture(scope="module")
def values():
    """What a few runs of the baseline give, by pattern."""
    return by_name(measured(england(), plan_with(), SEEDS))


@pytest.fixture(scope="module")
def histories():
    """The same runs, as histories with events."""
    return run(england(), SEEDS, events=True)


def by_name(table):
    return dict(zip((pattern.name for pattern in PATTERNS), table.T, strict=True))


# ---- Targets -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "inside", "outside"),
    [
        (about(23, 1), (22, 23, 24), (21.9, 24.1)),
        (between(35, 50), (35, 42, 50), (34.9, 50.1)),
        (at_least(75, 3), (75, 100), (74.9,)),
        (at_most(10, 3), (0, 10), (10.1,)),
    ],
)
def test_a_target_holds_inside_its_range_and_nowhere_else(target: Target, inside, outside):
    assert all(target.holds(value) for value in inside)
    assert not any(target.holds(value) for value in (*outside, float("nan")))


def test_a_miss_grows_with_the_distance_from_the_middle_or_beyond_the_one_end():
    assert about(23, 1).miss(np.array([23.0, 22.0, 25.0])).tolist() == [0, 1, 2]
    assert at_least(75, 3).miss(np.array([90.0, 75.0, 70.0])).tolist() == [0, 0, 5]
    assert at_most(10, 3).miss(np.array([5.0, 14.0])).tolist() == [0, 4]


def test_no_pattern_that_is_fitted_is_measured_after_april_2013():
    assert all(pattern.month <= APRIL_2013 for pattern in PATTERNS if pattern.fitted)


# ---- What is measured --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["units_january", "units_february", "units_march", "units_april", "units_may"])
def test_units_are_those_operating_at_the_end_of_the_month(values, histories, name):
    month = ["january", "february", "march", "april", "may"].index(name.removeprefix("units_"))
    assert values[name].tolist() == [history.outcomes["css_operating"][month] for history in histories]


def test_satisfaction_is_that_of_the_respondents_of_april_2012(values, histories):
    for code, answer in enumerate(("not_satisfied", "quite_satisfied", "very_satisfied")):
        ccgs = [history.ccgs[SNAPSHOTS.index(APRIL_2012)] for history in histories]
        assert np.allclose(values[answer], [100 * np.mean(row["says"][row["surveyed"] == 1] == code) for row in ccgs])


def test_grades_are_told_out_of_25_units(values):
    assert np.allclose(values["grade_clear"] + values["grade_rapid"] + values["grade_stopped"], 25)


def test_every_respondent_gives_one_answer(values):
    answers = ("says_home", "says_undecided", "says_outside", "says_other")
    assert np.allclose(sum(values[name] for name in answers), 100)


def test_the_reasons_of_those_at_home_are_part_of_them(values):
    assert (values["home_relations"] + values["home_no_choice"] <= values["says_home"] + 1e-9).all()


def test_the_share_of_the_allowance_is_what_ccgs_pay_to_nhs_units(values, histories):
    place = 2  # April 2013 among the snapshots
    for found, history in zip(values["allowance_share"], histories, strict=True):
        paid = 0.0
        for ccg, agreements in zip(history.ccgs[place], history.agreements[place], strict=True):
            for kind, supplier, price in zip(
                *(agreements[name] for name in ("kind", "supplier", "price")), strict=True
            ):
                if kind == BUY and history.suppliers[place][supplier]["sector"] == NHS:
                    paid += price * ccg["population"] * ccg["service_level"]
        assert found == pytest.approx(100 * paid / history.ccgs[place]["allowance"].sum())


def test_help_to_prepare_is_counted_once_a_ccg(values):
    assert (values["prepared_share"] > 20).all() and (values["prepared_share"] < 60).all()
    assert np.allclose(values["prepared_amount"], 76_000)


def test_staff_and_income_are_those_of_april_2013(values, histories):
    assert values["staff"].tolist() == [history.outcomes["fte_css"][APRIL_2013] for history in histories]
    income = [history.outcomes["css_income"][APRIL_2013] for history in histories]
    assert np.allclose(values["income_per_fte"] * values["staff"], income)


def test_a_parameter_that_a_pattern_is_about_moves_it(values):
    moved = by_name(measured(england(), plan_with({"preparation.share": 0.6, "in_house.willing_share": 0}), SEEDS))
    assert moved["prepared_share"].mean() > values["prepared_share"].mean() + 5
    assert (moved["sharing"] == 0).all()


def test_the_number_of_workers_changes_nothing():
    seeds = range(1, 26)
    one, two = (measured(england(), plan_with(), seeds, workers=workers) for workers in (1, 2))
    assert np.array_equal(one, two)


# ---- The verdicts ------------------------------------------------------------------------------------------


def test_the_limits_hold_for_the_baseline():
    limits = [finding for finding in findings("baseline", runs=3, workers=2) if finding.source == "limit"]
    assert len(limits) >= 6
    assert not [finding.what for finding in limits if not finding.holds]


def test_without_checkpoints_the_patterns_of_the_checkpoints_fail(tmp_path: Path):
    said = called("evidence", "--scenario", "no_checkpoints", "--runs", 4, "--format", "json", cwd=tmp_path)
    assert said.returncode == 1
    rows = {row["what"]: row for row in json.loads(said.stdout)}
    assert rows["checkpoint 2: clear"]["verdict"] == "fails"
    assert rows["checkpoint 2: clear"]["mean"] == "none"
    assert rows["units, end of January 2012"]["verdict"] == "holds"


@pytest.mark.parametrize("form", FORMATS)
def test_the_table_comes_in_every_format(tmp_path: Path, form: str):
    said = called("evidence", "--runs", 2, "--format", form, cwd=tmp_path)
    assert said.returncode in (0, 1)
    assert "units, end of May 2012" in said.stdout and "23 ± 1" in said.stdout
    assert said.stderr == ""
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(said.stdout)))
        assert said.returncode == int(any(row["verdict"] == "fails" for row in rows))


def test_all_faults_are_told_at_once(tmp_path: Path):
    said = called("evidence", "--scenario", "baselin", "--runs", "0", "--set", "choice.nois=1", cwd=tmp_path)
    assert said.returncode == 2
    assert "did you mean baseline?" in said.stderr
    assert "--runs = 0 is not allowed" in said.stderr
    assert "did you mean choice.noise?" in said.stderr
    assert said.stdout == ""
