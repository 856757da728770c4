"""Keep results chunk by chunk, so that work can be stopped at any moment and carried on.

One chunk of runs is the unit of work, of storage and of resuming. Its tables are written first and its receipt last:
a chunk counts only when its receipt stands and its files match it. When all chunks are there, the tables that a
layout joins are joined, and only then does the manifest call the folder complete; tables that a layout keeps in parts
lie as they were written. The bytes of the tables depend neither on who computes them nor on interruptions.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from scenarios.arrow import table_of_rows
from scenarios.crew import Crew, threads
from scenarios.folder import (
    ANOTHER_OUT,
    MADE_BY,
    MANIFEST,
    PARTS,
    SUMMARY,
    Layout,
    clear_parts,
    clear_results,
    differences,
    is_complete,
    layout_of,
    lock,
    read_manifest,
    refuse_unwritable,
    standing,
)
from scenarios.summary import write_summary
from scenarios.writing import hash_of, write_json, write_tables
from simulation.faults import InputError

CHUNK_RUNS = 25
"""Runs a chunk of `run`: a second or so of work, so that little is lost and progress can be seen."""

FAILURES = pa.schema([("point", pa.int32()), ("seed", pa.int64()), ("error", pa.string())])
"""Runs that failed, and why."""

NOTED = {"failures": FAILURES}
"""The columns of the tables that may stand in receipts."""

Tables = Mapping[str, pa.Table]
Compute = Callable[[Sequence[int]], Tables]
"""Computes the tables of some runs; called from several threads at once."""

Report = Callable[[int], None]
"""Is told how many runs are complete, as they are."""


@dataclass(frozen=True)
class Chunk:
    """Some runs that are computed, stored and counted together.

    Args:
        number: Its place, from 0.
        runs: The numbers of its runs, which for `run` are their seeds.
        folder: The results folder.
        work: Hash of the identity of the work that it is a part of.
        layout: How the folder is laid out.
    """

    number: int
    runs: range
    folder: Path
    work: str
    layout: Layout

    @property
    def receipt(self) -> Path:
        """The file that says that the chunk is complete."""
        return self.folder / self.layout.receipts / f"receipt-{self.number:05d}.json"

    def part(self, table: str) -> Path:
        """Return the file of one of its tables."""
        if table in self.layout.kept:
            return self.folder / table / f"part-{self.number:05d}.parquet"
        return self.folder / PARTS / f"{table}-{self.number:05d}.parquet"

    def read_receipt(self) -> dict[str, Any]:
        """Return its receipt; an empty one where there is none for this work that can be read."""
        try:
            receipt = json.loads(self.receipt.read_text(encoding="utf-8"))
            return dict(receipt) if receipt["work"] == self.work and receipt["files"] else {}
        except (OSError, ValueError, KeyError, TypeError):
            return {}

    def is_complete(self) -> bool:
        """Say whether its receipt stands and every file is what the receipt says."""
        files = self.read_receipt().get("files", {})
        if not files or not all(self.part(name).is_file() for name in files):
            return False
        return all(hash_of(self.part(name)) == files[name]["sha256"] for name in files)

    def write(self, tables: Tables) -> int:
        """Write its tables, then its receipt, and return its number of runs.

        Raises:
            WriteError: The operating system refused; the chunk does not count.
        """
        files, noted = {}, {}
        for name, table in tables.items():
            if name in self.layout.noted:
                noted[name] = table.to_pylist()
                continue
            rows = write_tables(self.part(name), iter([table]))
            files[name] = {"rows": rows, "bytes": self.part(name).stat().st_size, "sha256": hash_of(self.part(name))}
        receipt = {"work": self.work, "runs": [self.runs[0], self.runs[-1]], "files": files, "noted": noted}
        write_json(self.receipt, receipt)
        return len(self.runs)


def keep_results(
    folder: Path,
    manifest: Mapping[str, Any],
    compute: Compute,
    *,
    workers: int | Crew = 1,
    force: bool = False,
    first: Tables | None = None,
    prepare: Callable[[], None] = lambda: None,
    report: Report = lambda done: None,
) -> None:
    """See to it that a folder holds the finished results of some work; what is there already is kept.

    Args:
        folder: The results folder.
        manifest: What the manifest says: under ``made_by`` the command, and under ``identity`` what makes two pieces
            of work the same, with ``first_seed`` (or ``first_run``) and ``runs``, and ``chunk_runs`` if unusual.
        compute: Computes the tables of some runs.
        workers: Threads that compute at once; with one, everything happens in the calling thread. Or another crew.
        force: Replace the results of other work, and compute those of the same work anew.
        first: Tables that are written whole before the first chunk is computed.
        prepare: Is called in the calling thread before the first chunk is computed, if any is.
        report: Is told how many runs are complete.

    Raises:
        InputError: Something else is in the way, or another process is writing there.
        WriteError: A write failed; complete chunks stay.
    """
    manifest = {"made_by": MADE_BY, **manifest}
    _make_way(folder, manifest, force)
    refuse_unwritable(folder)
    with lock(folder):
        stands = _make_way(folder, manifest, force)
        whole = stands == "complete" and not layout_of(manifest).kept and not force
        chunks = [] if whole else chunks_of(folder, manifest)
        missing = [chunk for chunk in chunks if force or not chunk.is_complete()]
        if stands == "complete" and not missing and (whole or _is_sound(folder)):
            clear_parts(folder)
            return
        began = time.monotonic()
        opened = _open(folder, manifest, anew=force or stands == "other")
        written = {name: _written(folder, name, table) for name, table in (first or {}).items()}
        if missing:
            prepare()
        crew = threads(workers) if isinstance(workers, int) else workers
        with closing(crew(missing, compute)) as computed:
            for runs in accumulate(computed, initial=_runs(chunks) - _runs(missing)):
                report(runs)
        files = {f"{name}.parquet": file for name, file in written.items()} | _join(folder, chunks)
        _close(folder, opened, files, seconds=time.monotonic() - began)
        clear_parts(folder)


def is_finished(folder: Path, identity: Mapping[str, object], made_by: str = MADE_BY) -> bool:
    """Say whether a folder holds the finished results of some work, with nothing left to tidy."""
    manifest = read_manifest(folder)
    if manifest is None or manifest.get("made_by") != made_by or manifest.get("identity") != identity:
        return False
    return is_complete(folder, manifest) and not (folder / PARTS).exists()


def runs_complete(folder: Path) -> tuple[int, int]:
    """Return how many runs of a folder are complete, and of how many; nothing is verified."""
    manifest = read_manifest(folder) or {}
    runs = manifest.get("identity", {"runs": 0})["runs"]
    if not runs or is_complete(folder, manifest):
        return runs, runs
    return _runs([chunk for chunk in chunks_of(folder, manifest) if chunk.read_receipt()]), runs


def chunks_of(folder: Path, manifest: Mapping[str, Any]) -> list[Chunk]:
    """Return the chunks that the work of a manifest consists of."""
    identity = manifest["identity"]
    first = identity.get("first_run", identity["first_seed"])
    end = first + identity["runs"]
    size = identity.get("chunk_runs", CHUNK_RUNS)
    work = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
    starts = enumerate(range(first, end, size))
    layout = layout_of(manifest)
    return [Chunk(n, range(start, min(start + size, end)), folder, work, layout) for n, start in starts]


def _make_way(folder: Path, manifest: Mapping[str, Any], force: bool) -> str:
    """Return what stands in the folder, or refuse when it is in the way."""
    stands = standing(folder, manifest["identity"], manifest["made_by"])
    if stands == "other" and not force:
        told = f"{folder}: holds other results ({differences(folder, manifest['identity'])})"
        raise InputError([f"{told}: {ANOTHER_OUT}, or replace them with --force"])
    return stands


def _open(folder: Path, manifest: Mapping[str, Any], anew: bool) -> dict[str, Any]:
    """Write the manifest of work that has begun, and clear away old results where it is to begin anew."""
    before = read_manifest(folder) or {}
    started = datetime.now(UTC).isoformat(timespec="seconds")
    opened = {"status": "running", **manifest, "started": started}
    if anew:
        clear_results(folder)
    elif "started" in before:
        opened |= {"started": before["started"], "carried_on": [*before.get("carried_on", []), started]}
    write_json(folder / MANIFEST, opened)
    layout = layout_of(manifest)
    for name in {layout.receipts, *layout.kept}:
        (folder / name).mkdir(exist_ok=True)
    return opened


def _close(folder: Path, opened: Mapping[str, Any], files: Mapping[str, object], seconds: float) -> None:
    """Write the manifest of finished work; the wall time is that of the last sitting."""
    finished = datetime.now(UTC).isoformat(timespec="seconds")
    closed = {"status": "complete", "finished": finished, "wall_seconds": round(seconds, 3), "files": files}
    write_json(folder / MANIFEST, {**opened, **closed})


def _is_sound(folder: Path) -> bool:
    """Say whether every joined file of a complete folder is what the manifest says."""
    files = (read_manifest(folder) or {})["files"]
    return all(hash_of(folder / name) == files[name]["sha256"] for name in files if "/" not in name)


def _runs(chunks: Sequence[Chunk]) -> int:
    return sum(len(chunk.runs) for chunk in chunks)


def _join(folder: Path, chunks: Sequence[Chunk]) -> dict[str, dict[str, object]]:
    """Join or list the parts, summarise outcomes where that is due, and return what the manifest says of each file."""
    layout = chunks[0].layout
    files: dict[str, dict[str, object]] = {}
    receipts = [chunk.read_receipt() for chunk in chunks]
    for name in receipts[0]["files"]:
        if name in layout.kept:
            parts = zip(chunks, receipts, strict=True)
            files |= {f"{name}/{chunk.part(name).name}": receipt["files"][name] for chunk, receipt in parts}
        else:
            tables = (pq.ParquetFile(chunk.part(name)).read() for chunk in chunks)
            files[f"{name}.parquet"] = _written(folder, name, *tables)
    for name in layout.noted:
        rows = [row for receipt in receipts for row in receipt["noted"][name]]
        files[f"{name}.parquet"] = _written(folder, name, table_of_rows(rows, NOTED[name]))
    if layout.summarised:
        summary = folder / SUMMARY
        write_summary(folder / "outcomes.parquet", summary)
        files[SUMMARY] = {"bytes": summary.stat().st_size, "sha256": hash_of(summary)}
    return files


def _written(folder: Path, name: str, *tables: pa.Table) -> dict[str, object]:
    """Write tables into one file and return what the manifest says of it."""
    path = folder / f"{name}.parquet"
    rows = write_tables(path, iter(tables))
    return {"rows": rows, "bytes": path.stat().st_size, "sha256": hash_of(path)}
