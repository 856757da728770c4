"""The command line: what each command prints, where, and with which exit code."""

import csv
import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from command import COMMAND, ROOT, begun, csmarket, environment

from scenarios.api import open_results, run
from scenarios.scenario import list_scenarios
from simulation.parameters import DECLARED
from simulation.version import VERSION

RUNS = 30
FORMATS = ("table", "csv", "markdown", "json")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the baseline has been run a few times."""
    folder = tmp_path_factory.mktemp("finished")
    done = csmarket("run", "--runs", RUNS, "--no-charts", "--event-runs", 3, cwd=folder, timeout=300)
    assert done.returncode == 0, done.stderr
    (folder / "said.txt").write_text(done.stdout, encoding="utf-8")
    return folder


# ---- Without a run -----------------------------------------------------------------------------------------


def test_help_comes_without_the_heavy_imports(tmp_path: Path) -> None:
    program = "import sys, outputs.cli as cli; status = cli.status_of(['--help']); print(status, *sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True
    ).stdout
    assert said.startswith("Usage: csmarket")
    status, *modules = said.splitlines()[-1].split()
    assert status == "0"
    assert not {"numba", "mesa", "pandas", "matplotlib", "numpy", "rich", "pyarrow"} & set(modules)


def test_help_answers_in_half_a_second(tmp_path: Path) -> None:
    took = []
    for _ in range(5):
        start = time.perf_counter()
        assert csmarket("--help", cwd=tmp_path).returncode == 0
        took.append(time.perf_counter() - start)
    assert min(took) < 0.5


def test_the_version_is_told(tmp_path: Path) -> None:
    assert csmarket("--version", cwd=tmp_path).stdout == f"csmarket {VERSION}\n"


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("command", "first"), [("parameters", "economy.inflation"), ("lines", "business_intelligence")]
)
def test_reference_tables_come_in_every_format(tmp_path: Path, command: str, first: str, form: str) -> None:
    said = csmarket(command, "--format", form, cwd=tmp_path)
    assert said.returncode == 0
    assert first in said.stdout
    assert said.stderr == ""


def test_the_parameters_as_csv_and_json_are_whole(tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(csmarket("parameters", "--format", "csv", cwd=tmp_path).stdout)))
    assert [row["parameter"] for row in rows] == list(DECLARED)
    assert all(row["unit"] and row["meaning"] and row["source"] for row in rows)
    assert len(json.loads(csmarket("parameters", "--format", "json", cwd=tmp_path).stdout)) == len(DECLARED)


def test_outcomes_are_listed_with_unit_and_definition(tmp_path: Path) -> None:
    rows = json.loads(csmarket("outcomes", "--format", "json", cwd=tmp_path).stdout)
    assert rows[0]["outcome"] == "css_operating"
    assert all(row["unit"] and row["definition"] for row in rows)


def test_the_library_is_listed_and_shown(tmp_path: Path) -> None:
    listed = json.loads(csmarket("scenarios", "list", "--format", "json", cwd=tmp_path).stdout)
    assert [row["scenario"] for row in listed] == list_scenarios()
    shown = csmarket("scenarios", "show", "allowance_cut", "--set", "choice.noise=2", cwd=tmp_path).stdout
    for words in ("The allowance is cut", "2014-04-01", "24.73", "choice.noise"):
        assert words in shown


def test_a_new_scenario_can_be_checked_at_once_and_is_not_overwritten(tmp_path: Path) -> None:
    assert csmarket("scenarios", "new", "mine", cwd=tmp_path).stdout == "Wrote mine.toml.\n"
    assert csmarket("scenarios", "check", "mine.toml", "baseline", cwd=tmp_path).returncode == 0
    again = csmarket("scenarios", "new", "mine", cwd=tmp_path)
    assert again.returncode == 2
    assert "is there already" in again.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="pipes that close are of POSIX")
def test_a_reader_that_stops_early_hears_no_complaint(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "parameters", "--format", "json"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [["parameters"], ["--help"], ["scenarios", "check", "baseline"]])
def test_words_that_cannot_be_written_are_a_failed_write(tmp_path: Path, arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        said = csmarket(*arguments, cwd=tmp_path, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert said.returncode == 74
    assert said.stderr == "A write failed: No space left on device.\n"


# ---- A run -------------------------------------------------------------------------------------------------


def test_a_run_writes_its_folder_and_says_what_happened(finished: Path) -> None:
    said = (finished / "said.txt").read_text(encoding="utf-8")
    for words in ("NHS units operating", "December 2016", f"Means of {RUNS} runs, seeds 1 to {RUNS}", "runs/baseline"):
        assert words in said
    assert not (finished / "runs" / "baseline" / "parts").exists()


def test_the_tables_have_the_rows_that_were_asked_for(finished: Path) -> None:
    results = open_results(finished / "runs" / "baseline")
    assert len(results.outcomes) == RUNS * 60
    assert results.outcomes["seed"].unique().tolist() == list(range(1, RUNS + 1))
    assert set(results.events["run"]) == {1, 2, 3}
    assert results.units["month"].nunique() == 7
    assert len(results.summary) == 60 * (results.outcomes.shape[1] - 4)


def test_the_manifest_says_what_was_run_with_what_and_how(finished: Path) -> None:
    manifest = json.loads((finished / "runs" / "baseline" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "complete"
    assert manifest["scenario"]["name"] == "baseline"
    assert manifest["seeds"] == [1, RUNS]
    assert set(manifest["versions"]) == {"python", "numpy", "numba", "pandas", "pyarrow", "mesa"}
    assert manifest["version"] == VERSION
    assert "ccgs.csv" in manifest["data"]
    assert {"date": "2016-04-01", "label": "Hosting ends"} in manifest["milestones"]
    for key in ("command", "platform", "started", "wall_seconds", "commit", "engine", "workers"):
        assert key in manifest


def test_a_second_run_finds_its_results_and_says_the_same(finished: Path) -> None:
    manifest = (finished / "runs" / "baseline" / "manifest.json").read_bytes()
    again = csmarket("run", "--runs", RUNS, "--no-charts", "--event-runs", 3, cwd=finished)
    assert again.returncode == 0
    assert again.stdout == (finished / "said.txt").read_text(encoding="utf-8")
    assert "Found the finished results" in again.stderr
    assert (finished / "runs" / "baseline" / "manifest.json").read_bytes() == manifest


def test_json_goes_to_standard_output_and_all_else_to_standard_error(finished: Path) -> None:
    said = csmarket("run", "--runs", RUNS, "--no-charts", "--event-runs", 3, "--json", cwd=finished)
    content = json.loads(said.stdout)
    assert (content["scenario"], content["runs"]) == ("baseline", RUNS)
    assert content["summary"][0].keys() == {"outcome", "month", "mean", "mc_error", "p05", "p25", "p50", "p75", "p95"}
    assert "NHS units operating" in said.stderr


def test_quiet_says_nothing_when_all_is_well(finished: Path) -> None:
    said = csmarket("run", "--runs", RUNS, "--no-charts", "--event-runs", 3, "--quiet", cwd=finished)
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")


def test_other_runs_in_the_way_are_refused_and_replaced_with_force(finished: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    small = ("run", "--no-charts", "--out", out)
    assert csmarket(*small, "--runs", 2, cwd=finished).returncode == 0
    refused = csmarket(*small, "--runs", 3, cwd=finished)
    assert refused.returncode == 2
    assert "runs 2 there and 3 asked for" in refused.stderr
    assert csmarket(*small, "--runs", 3, "--force", cwd=finished).returncode == 0
    assert open_results(out).manifest["runs"] == 3


def test_charts_are_drawn_and_drawn_again_where_one_is_missing(finished: Path) -> None:
    folder = finished / "runs" / "baseline"
    command = ("run", "--runs", RUNS, "--event-runs", 3, "--quiet")
    assert csmarket(*command, cwd=finished).returncode == 0
    drawn = sorted(path.name for path in (folder / "charts").iterdir())
    assert drawn == json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["charts"]
    (folder / "charts" / drawn[0]).unlink()
    assert csmarket(*command, cwd=finished).returncode == 0
    assert sorted(path.name for path in (folder / "charts").iterdir()) == drawn


@pytest.mark.skipif(sys.platform == "win32", reason="signals are of POSIX")
def test_ctrl_c_keeps_what_is_complete_and_says_how_to_carry_on(finished: Path, tmp_path: Path) -> None:
    process = begun("run", "--runs", 20_000, "--no-charts", "--out", "out", "--event-runs", 0, cwd=tmp_path)
    _wait_for(lambda: len(list(tmp_path.glob("out/parts/receipt-*.json"))) >= 2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "of 20000 runs are complete and stay in out: the same command carries on." in said
    assert "Traceback" not in said
    assert not list(tmp_path.glob("out/**/*.tmp"))


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file size are of POSIX")
def test_a_full_disk_is_exit_code_74_and_says_how_to_carry_on(finished: Path, tmp_path: Path) -> None:
    program = (
        "import resource, signal, sys, outputs.cli as cli;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000));"
        "sys.exit(cli.status_of(['run', '--runs', '3', '--no-charts', '--out', 'out']))"
    )
    # The rules are compiled already, so that it is our files and not a cache that meet the limit.
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 74
    assert "could not be written: File too large" in done.stderr
    assert "give the same command" in done.stderr or "carries on" in done.stderr
    assert not list(tmp_path.glob("out/**/*.tmp"))
    assert not list(tmp_path.glob("out/*.parquet"))


def test_a_run_from_python_gives_the_tables_of_the_command_line(finished: Path) -> None:
    from_python = run("baseline", runs=2, event_runs=1)
    outcomes = open_results(finished / "runs" / "baseline").outcomes
    assert from_python.outcomes.equals(outcomes[outcomes["run"] <= 2])


def _wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_console_script_is_declared() -> None:
    assert "csmarket = outputs.cli:main" in (ROOT / "setup.cfg").read_text(encoding="utf-8")
