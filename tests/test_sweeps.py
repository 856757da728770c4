"""Sweeps: the same results whoever computes them and whoever stops them, and nothing lost."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest
from command import ROOT, begun, csmarket, environment

from scenarios.api import open_results
from scenarios.design_file import load_design
from scenarios.scenario import load_scenario
from scenarios.sweep import SweepJob, carry_out_sweep
from scenarios.sweep_results import SweepResults, open_sweep
from simulation.engine import run_seeds
from simulation.faults import InputError
from simulation.inputs import read_england
from simulation.outcomes import OUTCOMES

DESIGN = """
scenario = ["baseline", "open_door"]
method = "latin_hypercube"
points = 30
seeds = 2
outcomes = ["css_operating", "spend_per_head", "price_index"]
months = [2013-04-01, 2016-12-01]
[vary]
"choice.noise" = [1, 5]
"hosting.form" = ["own_choice", "sale"]
"choice.free" = [true, false]
"""
RUNS = 30 * 2 * 2


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a design, and with the sweep of it that nobody disturbed under ``whole``."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "design.toml").write_text(DESIGN)
    (folder / "loyal_ccg.py").write_text((ROOT / "tests" / "loyal_ccg.py").read_text())
    done = csmarket("sweep", "design.toml", "--out", "whole", "--workers", 1, cwd=folder, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder


def same(one: Path, other: Path) -> bool:
    """Say whether two sweeps hold the same values."""
    a, b = open_sweep(one), open_sweep(other)
    return bool(a.outcomes.equals(b.outcomes) and a.design.equals(b.design) and a.failures.equals(b.failures))


def parts(folder: Path) -> list[Path]:
    return sorted(folder.glob("receipts/receipt-*.json"))


def wait_for(condition: Callable[[], object], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def holds(folder: Path, receipts: int) -> bool:
    return len(parts(folder)) >= receipts


def begun_sweep(desk: Path, out: str, *arguments: object) -> "subprocess.Popen[str]":
    return begun("sweep", "design.toml", "--out", out, *arguments, cwd=desk)


# ---- What is stored ----------------------------------------------------------------------------------------


def test_a_row_holds_what_a_run_of_that_point_and_seed_gives(desk: Path) -> None:
    results = open_sweep(desk / "whole")
    point = results.design.iloc[7]
    settings = {name: point[name] for name in results.factors}
    settings["choice.free"] = bool(settings["choice.free"])
    plan = load_scenario(point["scenario"], settings).plan
    history = next(iter(run_seeds(read_england(), plan, [2])))
    rows = results.outcomes.query(f"point == {point['point']} and seed == 2")
    for name in ("css_operating", "spend_per_head", "price_index"):
        assert rows[name].tolist() == [history.outcomes[name][month] for month in (15, 59)]


def test_a_small_sweep_loads_no_library_that_it_does_not_use(tmp_path: Path) -> None:
    """They would take longer to load than the sweep takes."""
    (tmp_path / "design.toml").write_text('method = "latin_hypercube"\npoints = 2\n[vary]\n"choice.noise" = [1, 5]\n')
    words = ["sweep", "design.toml", "--quiet"]
    program = f"import sys, outputs.cli as cli; status = cli.status_of({words}); print(status, *sys.modules)"
    command = [sys.executable, "-c", program]
    said = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True).stdout
    status, *modules = said.split()
    assert status == "0" and "numba" in modules
    assert not {"mesa", "pandas", "matplotlib", "rich", "scipy.stats", "SALib"} & set(modules)


def test_a_cell_that_is_blank_leaves_the_least_size_of_ccgs_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text('ccg.minimum_population\n400000\n""\n200000\n')
    design = tmp_path / "design.toml"
    design.write_text('method = "csv"\nfile = "points.csv"\noutcomes = ["css_operating"]\nmonths = [2012-01-01]\n')
    results = carry_out_sweep(SweepJob(load_design(design), tmp_path / "out", workers=1))
    assert results.failed == 0 and len(results.outcomes) == 3


def test_every_point_has_every_seed_and_month(desk: Path) -> None:
    outcomes = open_sweep(desk / "whole").outcomes
    assert len(outcomes) == RUNS * 2
    assert not outcomes.duplicated(["point", "seed", "month"]).any()
    assert set(outcomes["seed"]) == {1, 2}


def test_the_folder_holds_what_the_documents_say_and_nothing_else(desk: Path) -> None:
    names = {path.name for path in (desk / "whole").iterdir()}
    assert names == {"manifest.json", "design.parquet", "failures.parquet", "outcomes", "receipts"}


def test_the_mean_of_a_point_is_over_its_seeds(desk: Path) -> None:
    results = open_sweep(desk / "whole")
    means = results.at_points(["spend_per_head"], "2016-12").set_index("point")
    last = results.read(["spend_per_head"], "2016-12")
    assert means.loc[5, "spend_per_head"] == pytest.approx(last[last["point"] == 5]["spend_per_head"].mean())
    assert set(means["runs"]) == {2}


def test_results_are_opened_under_one_name(desk: Path) -> None:
    assert isinstance(open_results(desk / "whole"), SweepResults)


def test_a_point_with_a_policy_that_moves_is_run_on_its_dates(tmp_path: Path) -> None:
    vary = {"policy.second_cut.from": ["2013-06-01", "2016-10-01"]}
    moved = load_design(
        {"scenario": "allowance_cut", "method": "one_at_a_time", "points": 2, "outcomes": ["allowance_used_share"],
         "vary": {name: [pd.Timestamp(day).date() for day in days] for name, days in vary.items()},
         "months": ["2014-03-01"]}
    )  # fmt: skip
    means = carry_out_sweep(SweepJob(moved, tmp_path / "out")).at_points()
    by_day = dict(zip(means["policy.second_cut.from"].dt.year, means["allowance_used_share"], strict=True))
    assert by_day[2013] > 1.05 * by_day[2016]


# ---- Whoever computes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [["--workers", 2], ["--workers", 3], ["--cluster", "local:2"]], ids=str)
def test_the_values_do_not_depend_on_who_computes(desk: Path, tmp_path: Path, how: list[object]) -> None:
    done = csmarket("sweep", "design.toml", "--out", tmp_path / "out", *how, cwd=desk, timeout=300)
    assert done.returncode == 0, done.stderr
    assert same(tmp_path / "out", desk / "whole")


def few(**more: Any) -> Any:
    return load_design(
        {"method": "latin_hypercube", "points": 3, "vary": {"choice.noise": [1, 5], "choice.free": [True, False]}}
        | more
    )


@pytest.mark.parametrize("workers", [1, 2])
def test_mesa_gives_the_values_of_the_compiled_engine(tmp_path: Path, workers: int) -> None:
    carry_out_sweep(SweepJob(few(), tmp_path / "compiled"))
    carry_out_sweep(SweepJob(few(), tmp_path / "mesa", workers=workers, mesa=True))
    assert same(tmp_path / "compiled", tmp_path / "mesa")


def test_a_month_holds_the_same_whichever_others_are_kept(tmp_path: Path) -> None:
    every = carry_out_sweep(SweepJob(few(outcomes=list(OUTCOMES), months="all"), tmp_path / "every")).outcomes
    days = [pd.Timestamp(day) for day in ("2012-06-01", "2014-03-01", "2016-12-01")]
    thinned = few(outcomes=list(OUTCOMES), months=[day.date() for day in days])
    kept = carry_out_sweep(SweepJob(thinned, tmp_path / "thinned")).outcomes
    assert kept.equals(every[every["month"].isin(days)].reset_index(drop=True))


# ---- Agents of the user's own ------------------------------------------------------------------------------


def test_agents_of_ones_own_act_in_a_sweep(desk: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(desk)
    design = few(outcomes=["switches_to_date"])
    ours = carry_out_sweep(SweepJob(design, tmp_path / "ours", workers=1))
    loyal = carry_out_sweep(SweepJob(design, tmp_path / "loyal", workers=1, models=("loyal_ccg:LoyalCcg",)))
    assert (loyal.outcomes["switches_to_date"] < 0.5 * ours.outcomes["switches_to_date"]).all()


def test_a_run_that_fails_is_told_with_its_point_and_seed_and_stops_no_other(desk: Path, tmp_path: Path) -> None:
    (desk / "few.toml").write_text(DESIGN.replace("points = 30", "points = 1").replace("seeds = 2", "seeds = 3"))
    arguments = ("sweep", "few.toml", "--out", tmp_path / "out", "--model", "loyal_ccg:FaultyCcg")
    for workers in (2, 1):
        done = csmarket(*arguments, "--workers", workers, cwd=desk, timeout=300)
        assert done.returncode == 1
        assert "2 of 6 runs failed" in done.stderr
        assert "seed 3: ZeroDivisionError: no budget for seed 3" in done.stderr
    results = open_sweep(tmp_path / "out")
    assert results.failures[["point", "seed"]].to_numpy().tolist() == [[1, 3], [2, 3]]
    assert sorted(set(results.outcomes["seed"])) == [1, 2]
    assert results.at_points()["runs"].tolist() == [2, 2]


MODEL_FAULTS = {
    "loyal_ccg": "must read module:Class",
    "nowhere:Ccg": "there is no module nowhere",
    "loyal_ccg:Nobody": "loyal_ccg holds no Nobody",
    "loyal_ccg:NoAgent": "is no subclass of Ccg, Css, Provider or Market",
}


@pytest.mark.parametrize("model", MODEL_FAULTS)
def test_a_class_that_cannot_be_used_is_told_and_nothing_is_written(desk: Path, tmp_path: Path, model: str) -> None:
    done = csmarket("sweep", "design.toml", "--out", tmp_path / "out", "--model", model, cwd=desk)
    assert done.returncode == 2
    assert MODEL_FAULTS[model] in done.stderr
    assert not (tmp_path / "out").exists()


# ---- Whoever stops it --------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="signals are of POSIX")
@pytest.mark.parametrize("how", [["--workers", 1], ["--workers", 2], ["--cluster", "local:1"]], ids=str)
def test_a_sweep_that_is_killed_again_and_again_ends_as_if_undisturbed(
    desk: Path, tmp_path: Path, how: list[object]
) -> None:
    out = tmp_path / "out"
    for receipts in (2, 5):
        process = begun_sweep(desk, str(out), *how)
        wait_for(partial(holds, out, receipts))
        process.kill()
        process.communicate()
        with pytest.raises(InputError, match="is not finished"):
            open_sweep(out)
    assert csmarket("sweep", "design.toml", "--out", out, cwd=desk).returncode == 0
    assert same(out, desk / "whole")
    assert len(json.loads((out / "manifest.json").read_text())["carried_on"]) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals are of POSIX")
def test_a_worker_of_a_cluster_that_is_killed_changes_nothing(desk: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = begun_sweep(desk, str(out), "--cluster", "local:2")
    wait_for(lambda: len(parts(out)) >= 2)
    family = psutil.Process(process.pid).children(recursive=True)
    workers = [child for child in family if "spawn_main" in " ".join(child.cmdline())]
    assert len(workers) >= 2
    workers[-1].kill()
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    assert same(out, desk / "whole")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are of POSIX")
def test_processes_do_not_outlive_a_sweep_that_is_killed(desk: Path, tmp_path: Path) -> None:
    process = begun_sweep(desk, str(tmp_path / "out"), "--engine", "mesa", "--workers", 2)
    wait_for(lambda: len(psutil.Process(process.pid).children(recursive=True)) >= 2)
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(children, timeout=30)
    for child in alive:
        child.kill()
    assert not alive


@pytest.mark.skipif(sys.platform == "win32", reason="signals are of POSIX")
def test_ctrl_c_says_what_stays_and_how_to_carry_on(desk: Path, tmp_path: Path) -> None:
    process = begun_sweep(desk, str(tmp_path / "out"), "--workers", 2)
    wait_for(lambda: len(parts(tmp_path / "out")) >= 2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"of {RUNS} runs are complete" in said
    assert "the same command carries on" in said


DAMAGE: dict[str, Callable[[Path], object]] = {
    "a part with one byte changed": lambda out: flip(out / "outcomes" / "part-00002.parquet"),
    "a part cut short": lambda out: (out / "outcomes" / "part-00000.parquet").write_bytes(b"PAR1"),
    "a part that is gone": lambda out: (out / "outcomes" / "part-00001.parquet").unlink(),
    "a receipt cut short": lambda out: (out / "receipts" / "receipt-00001.json").write_text("{"),
    "a damaged table of points": lambda out: flip(out / "design.parquet"),
}


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_to_a_finished_sweep_is_noticed_and_only_that_is_computed_again(
    desk: Path, tmp_path: Path, damage: str
) -> None:
    out = shutil.copytree(desk / "whole", tmp_path / "out")
    job = SweepJob(load_design(desk / "design.toml"), out)
    written = {path.name: path.stat().st_mtime_ns for path in out.glob("outcomes/*")}
    DAMAGE[damage](out)
    if "receipt" not in damage:
        with pytest.raises(InputError, match=r"damaged.*carries on"):
            open_sweep(out)
    carry_out_sweep(job)
    assert same(out, desk / "whole")
    again = [name for name, when in written.items() if (out / "outcomes" / name).stat().st_mtime_ns != when]
    assert len(again) <= 1


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file size are of POSIX")
def test_a_full_disk_stops_a_sweep_cleanly_and_the_same_command_carries_on(desk: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    program = (
        "import resource, signal, sys, outputs.cli as cli;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, 4_000));"
        f"sys.exit(cli.status_of(['sweep', 'design.toml', '--out', {str(out)!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=desk, env=environment(), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 74, done.stderr
    assert "could not be written: File too large" in done.stderr
    assert not list(out.glob("**/*.tmp"))
    assert csmarket("sweep", "design.toml", "--out", out, cwd=desk).returncode == 0
    assert same(out, desk / "whole")


def test_two_at_once_on_one_folder_are_refused(desk: Path, tmp_path: Path) -> None:
    process = begun_sweep(desk, str(tmp_path / "out"), "--workers", 1)
    wait_for(lambda: parts(tmp_path / "out"))
    psutil.Process(process.pid).suspend()  # so that it can't end before the second begins
    assert process.poll() is None
    try:
        second = csmarket("sweep", "design.toml", "--out", tmp_path / "out", cwd=desk)
    finally:
        psutil.Process(process.pid).resume()
        process.communicate(timeout=300)
    assert second.returncode == 2
    assert "another csmarket is writing to it" in second.stderr
    assert same(tmp_path / "out", desk / "whole")


# ---- What is in the way ------------------------------------------------------------------------------------


def test_another_design_in_the_way_is_refused_and_replaced_with_force(desk: Path, tmp_path: Path) -> None:
    job = SweepJob(few(), tmp_path / "out")
    carry_out_sweep(job)
    other = SweepJob(few(seeds=2), tmp_path / "out")
    with pytest.raises(InputError, match=r"seeds 1 there and 2 asked for.*--force"):
        carry_out_sweep(other)
    assert carry_out_sweep(job).manifest["runs"] == 3
    assert carry_out_sweep(other, force=True).manifest["runs"] == 6


def test_a_changed_version_is_refused(desk: Path, tmp_path: Path) -> None:
    carry_out_sweep(SweepJob(few(), tmp_path / "out"))
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    manifest["identity"]["rules"] = "other"
    (tmp_path / "out" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="another rules"):
        carry_out_sweep(SweepJob(few(), tmp_path / "out"))


@pytest.mark.parametrize(
    ("address", "told"),
    [("tcp://127.0.0.1:9", "no cluster answers there"), ("somewhere", "must be tcp://host:port, or local:N"),
     ("local:0", "must be tcp://host:port, or local:N"), ("local:many", "must be tcp://host:port, or local:N")],
)  # fmt: skip
def test_a_cluster_that_is_not_there_is_told_in_seconds(desk: Path, tmp_path: Path, address: str, told: str) -> None:
    said = csmarket("sweep", "design.toml", "--out", tmp_path / "out", "--cluster", address, cwd=desk, timeout=60)
    assert said.returncode == 2
    assert told in said.stderr
    assert "Traceback" not in said.stderr
    assert not (tmp_path / "out").exists()


def test_a_dry_run_says_what_it_will_take_and_writes_nothing(desk: Path) -> None:
    before = sorted(desk.rglob("*"))
    said = csmarket("sweep", "design.toml", "--dry-run", cwd=desk)
    assert said.returncode == 0
    for words in ("Points: 60; seeds for each: 2; runs: 120.", "Expected: about", "MB"):
        assert words in said.stdout
    assert [path for path in sorted(desk.rglob("*")) if "__pycache__" not in path.parts] == before


# ---- Memory ------------------------------------------------------------------------------------------------

PEAK = """
import resource, sys
from scenarios.api import open_results
from scenarios.design_file import load_design
from scenarios.sweep import SweepJob
design = {{"method": "latin_hypercube", "points": 200_000, "vary": {{"choice.noise": [1, 5]}}}}
job = SweepJob(load_design(design), None)
for chunk in range({chunks}):
    job.compute(range(30 * chunk, 30 * chunk + 30))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="resource is of POSIX")
def test_memory_does_not_grow_with_the_number_of_runs() -> None:
    def peak(chunks: int) -> int:
        program = [sys.executable, "-c", PEAK.format(chunks=chunks)]
        return int(subprocess.run(program, env=environment(), capture_output=True, text=True, check=True).stdout)

    assert peak(12) < 1.1 * peak(2)
