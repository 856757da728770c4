"""Faults: results are whole, whoever stops the work, whenever, and however often."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tiny_work
from tiny_work import identity_of, manifest_of, tables_of

from scenarios.folder import lock
from scenarios.results import Results, open_results
from scenarios.store import CHUNK_RUNS, is_finished, keep_results, runs_complete
from scenarios.summary import described
from scenarios.writing import WriteError
from simulation.faults import InputError
from simulation.version import VERSION

RUNS = 4 * CHUNK_RUNS + 7
TABLES = ("outcomes", "units", "events")


def store(folder: Path, runs: int = RUNS, *, workers: int = 1, force: bool = False, version: str = "1") -> list[int]:
    """Store the tiny work and return the first seeds of the chunks that were computed."""
    computed: list[int] = []

    def compute(seeds: Sequence[int]) -> dict[str, pa.Table]:
        computed.append(seeds[0])
        return tables_of(seeds)

    keep_results(folder, manifest_of(runs, version), compute, workers=workers, force=force)
    return sorted(computed)


def work_elsewhere(folder: Path, *arguments: int) -> "subprocess.Popen[str]":
    """Begin the tiny work in a process of its own."""
    command = [sys.executable, tiny_work.__file__, str(folder), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def same_results(one: Path, other: Path) -> bool:
    tables = all(pq.read_table(one / f"{t}.parquet").equals(pq.read_table(other / f"{t}.parquet")) for t in TABLES)
    return tables and (one / "summary.csv").read_bytes() == (other / "summary.csv").read_bytes()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store") / "undisturbed"
    store(folder)
    return folder


def test_a_finished_folder_holds_its_tables_its_summary_and_its_manifest_and_nothing_else(undisturbed: Path) -> None:
    assert names(undisturbed) == {f"{t}.parquet" for t in TABLES} | {"summary.csv", "manifest.json"}


def test_the_rows_of_all_chunks_are_there_in_the_order_of_the_seeds(undisturbed: Path) -> None:
    expected = tables_of(range(1, RUNS + 1))["outcomes"]
    assert pq.read_table(undisturbed / "outcomes.parquet").to_pylist() == expected.to_pylist()


def test_the_bytes_do_not_depend_on_the_number_of_workers(undisturbed: Path, tmp_path: Path) -> None:
    store(tmp_path / "three", workers=3)
    for name in names(undisturbed) - {"manifest.json"}:
        assert (tmp_path / "three" / name).read_bytes() == (undisturbed / name).read_bytes(), name


def test_finished_work_is_found_and_not_computed_again(tmp_path: Path) -> None:
    store(tmp_path / "out")
    before = (tmp_path / "out" / "manifest.json").read_bytes()
    assert store(tmp_path / "out") == []
    assert (tmp_path / "out" / "manifest.json").read_bytes() == before


@pytest.mark.parametrize("workers", [1, 2])
def test_work_that_is_killed_again_and_again_ends_as_if_undisturbed(
    undisturbed: Path, tmp_path: Path, workers: int
) -> None:
    folder = tmp_path / "out"
    for _ in range(2):
        process = work_elsewhere(folder, RUNS, workers)
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.readline()
        process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        process.communicate()
        assert not is_finished(folder, identity_of(RUNS))
    done, _ = runs_complete(folder)
    assert 0 < done < RUNS
    assert len(store(folder, workers=workers)) * CHUNK_RUNS < RUNS
    assert same_results(folder, undisturbed)


def interrupted(folder: Path, chunks: int) -> None:
    """Leave a folder as an interruption after some chunks leaves it."""
    calls = iter(range(100))

    def compute(seeds: Sequence[int]) -> dict[str, pa.Table]:
        if next(calls) == chunks:
            raise KeyboardInterrupt
        return tables_of(seeds)

    with pytest.raises(KeyboardInterrupt):
        keep_results(folder, manifest_of(RUNS), compute)


def test_an_interrupted_run_keeps_its_complete_chunks_and_computes_only_the_others(
    undisturbed: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    interrupted(folder, 2)
    assert runs_complete(folder) == (2 * CHUNK_RUNS, RUNS)
    assert store(folder) == [1 + 2 * CHUNK_RUNS, 1 + 3 * CHUNK_RUNS, 1 + 4 * CHUNK_RUNS]
    assert runs_complete(folder) == (RUNS, RUNS)
    assert same_results(folder, undisturbed)


DAMAGE = {
    "a part cut short": lambda parts: (parts / "units-00000.parquet").write_bytes(b"PAR1"),
    "a part with one byte changed": lambda parts: _flip(parts / "outcomes-00000.parquet"),
    "a part that is gone": lambda parts: (parts / "events-00000.parquet").unlink(),
    "a receipt cut short": lambda parts: (parts / "receipt-00000.json").write_text('{"work": '),
    "a receipt of other work": lambda parts: _alter_work(parts / "receipt-00000.json"),
}


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(bytes(content))


def _alter_work(path: Path) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | {"work": "another"}))


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_chunk_is_noticed_and_computed_again(undisturbed: Path, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "out"
    interrupted(folder, 2)
    DAMAGE[damage](folder / "parts")
    assert store(folder)[0] == 1
    assert same_results(folder, undisturbed)


def test_a_finished_table_that_somebody_deleted_is_made_again(undisturbed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    store(folder)
    (folder / "units.parquet").unlink()
    assert len(store(folder)) == 5
    assert same_results(folder, undisturbed)


def test_parts_that_were_left_by_a_kill_in_the_last_moment_are_tidied_away(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    store(folder)
    (folder / "parts").mkdir()
    (folder / "parts" / "units-00000.parquet").write_bytes(b"old")
    assert not is_finished(folder, identity_of(RUNS))
    assert store(folder) == []
    assert is_finished(folder, identity_of(RUNS))
    assert not (folder / "parts").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file size are of POSIX")
@pytest.mark.parametrize(
    ("size", "file"), [(300, "out"), (1_000, "parts/outcomes-0000"), (2_500, "out/outcomes.parquet")]
)
def test_a_disk_that_fills_leaves_no_half_file_and_the_same_command_carries_on(
    undisturbed: Path, tmp_path: Path, size: int, file: str
) -> None:
    folder = tmp_path / "out"
    process = work_elsewhere(folder, RUNS, 2, size)
    said = process.communicate(timeout=60)[1]
    assert process.returncode != 0
    assert re.search(f"{file}.* could not be written: File too large", said)
    assert not [name for name in names(folder) if name.endswith(".tmp")]
    assert not (folder / "outcomes.parquet").exists()
    assert not is_finished(folder, identity_of(RUNS))
    store(folder)
    assert same_results(folder, undisturbed)


def test_a_write_that_fails_names_the_file_and_the_reason(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    interrupted(folder, 1)
    (folder / "parts" / "outcomes-00001.parquet.tmp").mkdir()
    with pytest.raises(WriteError, match=r"outcomes-00001\.parquet could not be written: "):
        store(folder)


def test_other_results_in_the_way_are_refused_and_left_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    store(folder, 30)
    before = {name: (folder / name).read_bytes() for name in names(folder)}
    with pytest.raises(InputError, match=r"runs 30 there and 40 asked for.*--out.*--force"):
        store(folder, 40)
    with pytest.raises(InputError, match=r"version 1 there and 2 asked for"):
        store(folder, 30, version="2")
    assert before == {name: (folder / name).read_bytes() for name in names(folder)}


def test_force_replaces_other_results_and_no_file_of_anybody_else(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    store(folder, 30)
    (folder / "notes.txt").write_text("mine")
    assert store(folder, 40, force=True) == [1, 26]
    assert is_finished(folder, identity_of(40))
    assert (folder / "notes.txt").read_text() == "mine"


def test_force_computes_the_same_work_anew(tmp_path: Path) -> None:
    store(tmp_path / "out", 30)
    assert store(tmp_path / "out", 30, force=True) == [1, 26]


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_of_other_things_is_never_touched(tmp_path: Path, force: bool) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(InputError, match=r"other files \(thesis\.docx\).*--force too.*--out"):
        store(tmp_path, force=force)
    assert names(tmp_path) == {"thesis.docx"}


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(InputError, match="is a file"):
        store(tmp_path / "out", force=True)
    with pytest.raises(InputError, match="cannot be written to"):
        store(tmp_path / "out" / "deeper")


def test_results_of_another_command_are_refused_with_force_too(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"made_by": "csmarket sweep"}))
    with pytest.raises(InputError, match="csmarket sweep"):
        store(tmp_path, force=True)


def test_two_at_once_on_one_folder_are_refused_and_the_first_is_not_disturbed(
    undisturbed: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    first = work_elsewhere(folder, RUNS, 1)
    assert first.stdout is not None
    first.stdout.readline()
    with pytest.raises(InputError, match="another csmarket is writing to it: wait"):
        store(folder)
    assert first.wait(timeout=60) == 0
    assert same_results(folder, undisturbed)


def test_a_lock_is_let_go_and_leaves_no_file(tmp_path: Path) -> None:
    for _ in range(2):
        with lock(tmp_path):
            pass
    assert not names(tmp_path)


def test_preparation_comes_once_before_the_first_chunk_and_not_at_all_when_nothing_is_missing(tmp_path: Path) -> None:
    happened: list[str] = []

    def compute(seeds: Sequence[int]) -> dict[str, pa.Table]:
        happened.append("computed")
        return tables_of(seeds)

    for _ in range(2):
        keep_results(tmp_path / "out", manifest_of(30), compute, prepare=lambda: happened.append("prepared"))
    assert happened == ["prepared", "computed", "computed"]


def test_a_fault_in_the_model_is_raised_and_not_hidden(tmp_path: Path) -> None:
    def compute(seeds: Sequence[int]) -> dict[str, pa.Table]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        keep_results(tmp_path / "out", manifest_of(RUNS), compute, workers=2)
    assert (tmp_path / "out" / "manifest.json").exists()


# ---- The summary, and reading results back -----------------------------------------------------------------


def test_the_summary_says_mean_error_and_percentiles_over_runs(undisturbed: Path) -> None:
    values = np.arange(1, RUNS + 1) % 7.0
    row = Results(undisturbed).summary.iloc[0]
    assert (row["outcome"], str(row["month"].date())) == ("css_operating", "2012-01-01")
    assert row["mean"] == pytest.approx(values.mean())
    assert row["mc_error"] == pytest.approx(values.std(ddof=1) / np.sqrt(RUNS))
    assert [row[p] for p in ("p05", "p50", "p95")] == pytest.approx(np.percentile(values, [5, 50, 95]))


def test_the_months_of_the_summary_are_iso_dates(undisturbed: Path) -> None:
    lines = (undisturbed / "summary.csv").read_text().splitlines()
    assert lines[0] == "outcome,month,mean,mc_error,p05,p25,p50,p75,p95"
    assert [line.split(",")[1] for line in lines[1:]] == ["2012-01-01", "2013-04-01", "2016-12-01"]


@pytest.mark.parametrize(
    ("says", "values", "mean", "error"),
    [
        ("one run has no error", [3.0], 3.0, 0.0),
        ("two runs", [1.0, 3.0], 2.0, 1.0),
        ("a run without a value does not count", [1.0, np.nan, 3.0], 2.0, 1.0),
        ("no run has a value", [np.nan, np.nan], None, None),
    ],
)
def test_a_few_runs_are_described_rightly(says: str, values: list[float], mean: float, error: float) -> None:
    assert described(np.array(values))[:2] == [mean, error], says


def test_tables_come_back_with_dates_and_categories(undisturbed: Path) -> None:
    units = Results(undisturbed).units
    assert units["month"].dt.year.tolist()[:3] == [2012, 2013, 2016]
    assert units["unit"].dtype == "category"
    assert len(Results(undisturbed).events) == 3


def test_opening_says_what_is_wrong_with_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such folder"):
        open_results(tmp_path / "nowhere")
    with pytest.raises(InputError, match="is no results folder"):
        open_results(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"made_by": "csmarket run", "version": "0.0.0"}))
    with pytest.raises(InputError, match=r"made by version 0\.0\.0"):
        open_results(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"made_by": "csmarket run", "version": VERSION}))
    with pytest.raises(InputError, match=r"is not finished.*carries on"):
        open_results(tmp_path)
