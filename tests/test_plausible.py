"""The plausible set: each run takes its draw, what is stated is held, and a set that does not fit is refused."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command import called

from scenarios.api import open_results, run
from scenarios.plausible import ABOUT, DRAWS, PRIORS_OF_LEVERS, plausible_of, priors, read_plausible, write_plausible
from scenarios.scenario import load_scenario
from simulation.faults import InputError
from simulation.parameters import DECLARED

FREE = "choice.taste_known"
"""An uncertain parameter that no scenario here states."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plausible set of three draws: a third, a half and two thirds of the way through every range."""
    folder = tmp_path_factory.mktemp("set")
    draws = [[float(prior.value(np.array(place))) for prior in priors()] for place in (1 / 3, 1 / 2, 2 / 3)]
    write_plausible(folder, np.array(draws), {"rules": "these"})
    return folder


@pytest.fixture(scope="module")
def varied(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with five runs that take these draws."""
    out = tmp_path_factory.mktemp("varied") / "baseline"
    run("baseline", runs=5, event_runs=2, out=out, uncertainty=folder)
    return out


# ---- What is uncertain -------------------------------------------------------------------------------------


def test_every_uncertain_number_has_a_prior_within_its_range():
    names = {prior.name for prior in priors()}
    assert {name for name, declared in DECLARED.items() if declared.role == "uncertainty"} <= names
    assert set(PRIORS_OF_LEVERS) <= names
    for prior in priors():
        assert DECLARED[prior.name].low <= prior.low < prior.high <= DECLARED[prior.name].high


def test_a_whole_number_is_drawn_whole():
    for prior in (prior for prior in priors() if prior.whole):
        values = prior.value(np.linspace(0, 1, 50))
        assert (values == values.round()).all() and prior.low <= values.min() and values.max() <= prior.high


# ---- Runs take draws ---------------------------------------------------------------------------------------


def test_run_r_takes_draw_r_and_begins_again_after_the_last(varied: Path, folder: Path):
    draws = open_results(varied).draws
    assert draws["run"].tolist() == [1, 2, 3, 4, 5]
    assert draws["draw"].tolist() == [1, 2, 3, 1, 2]
    stored = pd.read_csv(folder / DRAWS)
    assert np.allclose(draws.iloc[1][list(stored)].astype(float), stored.iloc[1])


def test_a_run_is_the_same_as_with_its_values_set_by_hand(varied: Path, folder: Path):
    values = {name: float(value) for name, value in pd.read_csv(folder / DRAWS).iloc[2].items()}
    by_hand = run(load_scenario("baseline", values), runs=1, seed=3).outcomes.drop(columns=["run", "scenario"])
    outcomes = open_results(varied).outcomes
    mine = outcomes[outcomes["run"] == 3].drop(columns=["run", "scenario"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, by_hand)


def test_events_are_kept_for_the_first_runs_alone(varied: Path):
    assert set(open_results(varied).events["run"]) == {1, 2}


def test_what_a_scenario_a_policy_or_a_setting_states_is_held(folder: Path, tmp_path: Path):
    mine = tmp_path / "mine.toml"
    mine.write_text(
        'title = "t"\nquestion = "q?"\nbecause = "b"\n[changes]\n"choice.noise" = 3.0\n'
        '[[policy]]\nfrom = 2014-04-01\nchanges = { "hosting.soft_budget" = 0.9 }\n',
        encoding="utf-8",
    )
    default = float(DECLARED["choice.pressure"].default)
    results = run(load_scenario(mine, {"choice.pressure": default}), runs=3, uncertainty=folder)
    draws = results.draws
    assert (draws["choice.noise"] == 3.0).all()
    assert (draws["choice.pressure"] == default).all()
    assert draws["hosting.soft_budget"].nunique() == 1
    assert draws[FREE].nunique() == 3
    assert results.manifest["plausible_set"]["held"] == ["choice.pressure", "choice.noise", "hosting.soft_budget"]


def test_neither_workers_nor_the_engine_change_anything(folder: Path, tmp_path: Path):
    one, two, mesa = (
        run("baseline", runs=30 if engine == "compiled" else 2, engine=engine, workers=workers, uncertainty=folder)
        for engine, workers in (("compiled", 1), ("compiled", 2), ("mesa", 1))
    )
    pd.testing.assert_frame_equal(one.outcomes, two.outcomes)
    pd.testing.assert_frame_equal(one.draws, two.draws)
    pd.testing.assert_frame_equal(one.outcomes[one.outcomes["run"] <= 2], mesa.outcomes)


# ---- The folder of results ---------------------------------------------------------------------------------


def test_the_manifest_says_which_set_and_the_summary_that_parameters_vary(folder: Path, tmp_path: Path):
    arguments = ("run", "--runs", 4, "--uncertainty", folder, "--no-charts")
    said = called(*arguments, cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert "Uncertain parameters vary between runs (3 plausible draws)." in said.stdout
    manifest = json.loads((tmp_path / "runs/baseline/manifest.json").read_text(encoding="utf-8"))
    assert manifest["uncertainty"] == "plausible"
    assert manifest["plausible_set"]["fingerprint"] == read_plausible(folder).fingerprint()
    assert "draws.parquet" in manifest["files"]
    assert "nothing is left to compute" in called(*arguments, cwd=tmp_path).stderr


def test_other_draws_are_other_work(varied: Path, folder: Path, tmp_path: Path):
    with pytest.raises(InputError, match="holds other results"):
        run("baseline", runs=5, event_runs=2, out=varied)
    other = tmp_path / "other"
    other.mkdir()
    write_plausible(other, read_plausible(folder).draws[:2], {})
    with pytest.raises(InputError, match="another plausible set"):
        run("baseline", runs=5, event_runs=2, out=varied, uncertainty=other)


def test_runs_without_draws_say_so():
    with pytest.raises(InputError, match="--uncertainty none"):
        _ = run("baseline", runs=1).draws


# ---- A set that does not fit -------------------------------------------------------------------------------


def spoilt(folder: Path, to: Path, about=None, draws=None) -> Path:
    """Return a copy of a set with its description or its draws changed."""
    content = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    text = (folder / DRAWS).read_text(encoding="utf-8")
    (to / ABOUT).write_text(json.dumps(about(content) if about else content), encoding="utf-8")
    (to / DRAWS).write_text(draws(text) if draws else text, encoding="utf-8")
    return to


def without(content, name):
    return content | {"priors": {key: ends for key, ends in content["priors"].items() if key != name}}


def one_draw_of(text, value):
    return "\n".join([text.splitlines()[0], ",".join([value] * len(priors()))])


@pytest.mark.parametrize(
    ("about", "draws", "told"),
    [
        (lambda c: c | {"version": "0.0.1"}, None, "fitted to version 0.0.1, and this is"),
        (lambda c: without(c, FREE), None, f"{FREE} is new"),
        (lambda c: c | {"priors": c["priors"] | {"moon.phase": [0, 1]}}, None, "moon.phase is gone"),
        (lambda c: c | {"priors": c["priors"] | {FREE: [0, 99]}}, None, f"{FREE} is of another range"),
        (None, lambda text: text.replace(FREE, "moon.phase"), "its columns are not the uncertain parameters"),
        (None, lambda text: one_draw_of(text, "1e12"), "= 1e+12 in draw 1 is outside"),
        (None, lambda text: one_draw_of(text, "many"), "= nan in draw 1 is outside"),
        (None, lambda text: text.splitlines()[0], "has no draws"),
        (lambda c: [], None, "cannot be read as what 'csmarket fit' writes"),
    ],
)
def test_a_set_that_does_not_fit_is_refused(folder: Path, tmp_path: Path, about, draws, told: str):
    with pytest.raises(InputError) as error:
        read_plausible(spoilt(folder, tmp_path, about, draws))
    assert told in "\n".join(error.value.faults)
    assert "csmarket fit" in str(error.value)


def test_no_uncertainty_is_no_set():
    assert plausible_of("none") is None
