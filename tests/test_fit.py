"""The fit: emulators learn, what is ruled out is wrong, draws agree in real runs, and the work can be carried on."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from command import called, csmarket
from small_market import england

from scenarios.emulator import Emulator, active_parameters
from scenarios.evidence import measure_runs
from scenarios.fit import changes_of, fit
from scenarios.patterns import about, at_least
from scenarios.plausible import read_plausible
from scenarios.region import CUTOFF, DISCREPANCY, drawn_from, implausibility
from scenarios.scenario import load_scenario
from scenarios.waves import FITTED, Fit
from simulation.faults import InputError
from simulation.parameters import DECLARED

FEW = tuple(pattern for pattern in FITTED if pattern.name in ("prepared_share", "prepared_amount", "home_any"))
"""Patterns that a small fit can reach."""


def small_fit(folder: Path, **more) -> Fit:
    options = {"points": 40, "waves": 2, "runs": 3, "draws": 12, "climbed": 2, "patterns": FEW} | more
    return Fit(folder, **options)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory):
    """A folder with a small fit, and what came of it."""
    folder = tmp_path_factory.mktemp("fit") / "first"
    return folder, fit(small_fit(folder))


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix not in (".npy", ".npz")}


# ---- The climb ---------------------------------------------------------------------------------------------


def test_a_climb_brings_the_best_point_nearer_to_the_evidence(tmp_path: Path):
    hard = tuple(pattern for pattern in FITTED if pattern.name in ("home_all", "says_home", "says_other"))

    def off(climbed: int) -> float:
        found = fit(small_fit(tmp_path / str(climbed), waves=1, climbed=climbed, patterns=hard))
        return sum(
            (one.target.miss(found.best_means[place]) / one.target.deviation) ** 2 for place, one in enumerate(hard)
        )

    assert off(40) < off(0)


# ---- Emulators ---------------------------------------------------------------------------------------------


def model(points):
    """A made-up model of six parameters, of which three matter: one bent, two straight."""
    return 10 * np.abs(points[:, 0] - 0.5) + 4 * points[:, 2] - 3 * points[:, 4]


@pytest.fixture(scope="module")
def taught():
    points = np.random.default_rng(3).random((300, 6))
    return Emulator(points, model(points) + 0.1 * np.random.default_rng(4).standard_normal(300))


def test_an_emulator_reads_the_parameters_that_matter_and_no_other(taught: Emulator):
    assert sorted(taught.active) == [0, 2, 4]


def test_an_emulator_predicts_points_that_it_has_not_seen_about_as_well_as_it_says(taught: Emulator):
    points = np.random.default_rng(5).random((400, 6))
    mean, variance = taught.predict(points)
    errors = (mean - model(points)) / np.sqrt(variance)
    assert np.abs(mean - model(points)).mean() < 0.2
    assert (np.abs(errors) < 3).mean() > 0.97


def test_what_nothing_moves_has_no_active_parameter():
    points = np.random.default_rng(6).random((200, 4))
    assert active_parameters(points, np.full(200, 41.0)) == []
    mean, _ = Emulator(points, np.full(200, 41.0)).predict(points)
    assert (mean == 41.0).all()


# ---- Implausibility and the region -------------------------------------------------------------------------


def test_implausibility_is_a_distance_in_standard_deviations_of_all_that_may_explain_it():
    target = about(23, 2)  # a standard deviation of 1
    explained = np.sqrt(1 + DISCREPANCY**2 + 3.0)
    assert implausibility(target, np.array([26.0]), np.array([3.0])) == pytest.approx(3 / explained)
    assert implausibility(target, np.array([23.0]), np.array([0.0])) == 0
    assert implausibility(at_least(75, 1), np.array([90.0]), np.array([0.0])) == 0


def test_draws_fill_the_region_evenly_and_leave_what_does_not_matter_free():
    def measure(points, stop):
        return 30 * np.abs(points[:, 0] - 0.3)  # under the cut-off from 0.2 to 0.4

    rng = np.random.default_rng(7)
    everywhere = lambda points: np.ones(len(points), bool)  # noqa: E731
    points, level = drawn_from(measure, rng.random((500, 3)), 1_000, [0], everywhere, rng)
    assert level == CUTOFF
    assert points.shape == (1_000, 3)
    assert (np.abs(points[:, 0] - 0.3) <= 0.1).all()
    counts = np.histogram(points[:, 0], bins=4, range=(0.2, 0.4))[0]
    assert counts.min() > 0.7 * counts.max()
    assert np.allclose(np.percentile(points[:, 1], (10, 50, 90)), (0.1, 0.5, 0.9), atol=0.05)


def test_what_is_not_allowed_is_not_drawn():
    rng = np.random.default_rng(8)
    ordered = lambda points: points[:, 0] < points[:, 1]  # noqa: E731
    start = rng.random((500, 2))
    flat = lambda points, stop: np.zeros(len(points))  # noqa: E731
    points, _ = drawn_from(flat, start[ordered(start)], 500, [0, 1], ordered, rng)
    assert ordered(points).all()


# ---- The fit -----------------------------------------------------------------------------------------------


def test_nothing_measured_after_april_2013_is_fitted_to():
    assert max(pattern.month for pattern in FITTED) == 15


def test_every_draw_agrees_with_every_pattern_in_real_runs(fitted):
    folder, found = fitted
    draws = read_plausible(folder)
    assert len(draws.draws) >= 5
    scenario = load_scenario("baseline")
    for run in range(1, 6):
        values = measure_runs(england(), draws.plan(run, scenario), range(1, 4), FEW)
        for place, pattern in enumerate(FEW):
            error = values[:, place].var(ddof=1) / len(values)
            far = implausibility(pattern.target, values[:, place].mean(keepdims=True), np.array([error]))
            assert far <= CUTOFF
    assert not found.set_aside


def test_the_evidence_narrows_what_it_is_about_and_leaves_the_rest(fitted):
    _, found = fitted
    assert found.spreads["preparation.amount"] < 0.6
    assert np.median([found.spreads[name] for name in ("merging.horizon", "entry.hurdle", "bargaining.benefit")]) > 0.6


def test_the_best_point_is_a_scenario_that_keeps_what_nothing_moves(fitted):
    folder, found = fitted
    best = load_scenario(folder / "best.toml")
    assert {name: value for name, (_, value) in changes_of(found).items()} == dict(best.changes)
    assert found.best["merging.horizon"] == DECLARED["merging.horizon"].default


def test_the_same_seed_gives_the_same_files_on_any_number_of_workers(fitted, tmp_path: Path):
    again = tmp_path / "again"
    fit(small_fit(again, workers=2))
    assert files_of(again) == files_of(fitted[0])


def test_a_fit_that_was_killed_carries_on_with_what_it_had(fitted, tmp_path: Path):
    killed = tmp_path / "killed"
    killed.mkdir()
    for path in fitted[0].glob("wave-01*"):
        (killed / path.name).write_bytes(path.read_bytes())
    lost = sorted(killed.glob("*.npz"))[-1]
    lost.unlink()
    manifest = json.loads((fitted[0] / "manifest.json").read_text(encoding="utf-8"))
    (killed / "manifest.json").write_text(json.dumps(manifest | {"status": "running"}), encoding="utf-8")
    kept = {path: path.stat().st_mtime_ns for path in killed.glob("*.npz")}
    fit(small_fit(killed))
    assert kept == {path: path.stat().st_mtime_ns for path in kept}
    assert files_of(killed) == files_of(fitted[0])


def test_another_fit_is_not_written_over_unless_forced(fitted, tmp_path: Path):
    folder = shutil.copytree(fitted[0], tmp_path / "other")
    smaller = small_fit(folder, waves=1, points=20, runs=2)
    before = files_of(folder)
    with pytest.raises(InputError, match="--force"):
        fit(smaller)
    assert files_of(folder) == before
    assert fit(smaller, force=True).waves == 1


def test_a_pattern_that_no_point_comes_near_is_set_aside_and_told(tmp_path: Path):
    (moon,) = (
        type(pattern)(**{**vars(pattern), "name": "moon", "target": about(10**9, 1)})
        for pattern in FEW
        if pattern.name == "home_any"
    )
    found = fit(small_fit(tmp_path / "moon", waves=1, points=20, runs=2, patterns=(*FEW, moon)))
    assert found.set_aside == ["moon"]


# ---- The command -------------------------------------------------------------------------------------------


def test_the_command_tells_what_came_of_it(tmp_path: Path):
    said = csmarket(
        "fit", "--points", 20, "--waves", 1, "--runs", 2, "--format", "json", cwd=tmp_path, timeout=300
    )  # fmt: skip
    assert said.returncode == 1, said.stderr
    tables = json.loads(said.stdout)
    assert len(tables["patterns"]) == len(FITTED)
    assert "choice.noise" in {row["parameter"] for row in tables["parameters"]}
    assert "Wave 1: 40 points run" in said.stderr
    assert (tmp_path / "runs/fit/best.toml").is_file()


def test_all_faults_of_a_command_are_told_at_once(tmp_path: Path):
    said = called("fit", "--points", "0", "--runs", "many", "--seed", "-1", "--out", "", cwd=tmp_path)
    assert said.returncode == 2
    for told in ("--points = '0'", "--runs = 'many'", "--seed = -1", "--out = ''"):
        assert told in said.stderr
    assert not list(tmp_path.iterdir())


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    said = called("fit", "--out", tmp_path, "--force", cwd=tmp_path)
    assert said.returncode == 2
    assert "holds other files" in said.stderr
