"""Keep the results of `run` chunk by chunk, so that a run can be stopped at any moment and carried on.

One chunk of runs is the unit of work, of storage and of resuming. Whoever computes it writes its tables under
``parts/`` and its receipt last: a chunk counts only when its receipt stands and its files match it. When all chunks
are there they are joined into the final tables, and only then does the manifest call the folder complete. The bytes
of the tables depend neither on the number of workers, nor on the engine, nor on interruptions.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from scenarios.folder import (
    ANOTHER_OUT,
    MADE_BY,
    MANIFEST,
    PARTS,
    SUMMARY,
    clear_parts,
    clear_results,
    differences,
    is_complete,
    lock,
    read_manifest,
    refuse_unwritable,
    standing,
)
from scenarios.summary import write_summary
from scenarios.writing import hash_of, write_json, write_tables
from simulation.faults import InputError

CHUNK_RUNS = 25
"""Runs a chunk: a second or so of work, so that little is lost and progress can be seen."""

Compute = Callable[[Sequence[int]], Mapping[str, pa.Table]]
"""Computes the tables of some seeds; called from several threads at once."""

Report = Callable[[int], None]
"""Is told how many runs are complete, as they are."""


@dataclass(frozen=True)
class Chunk:
    """Some runs that are computed, stored and counted together.

    Args:
        number: Its place, from 0.
        seeds: The seeds of its runs.
        folder: Where its parts are.
        work: Hash of the identity of the work that it is a part of.
    """

    number: int
    seeds: range
    folder: Path
    work: str

    @property
    def receipt(self) -> Path:
        """The file that says that the chunk is complete."""
        return self.folder / f"receipt-{self.number:05d}.json"

    def part(self, table: str) -> Path:
        """Return the file of one of its tables."""
        return self.folder / f"{table}-{self.number:05d}.parquet"

    def tables(self) -> list[str]:
        """Return the names of the tables that its receipt lists; none where there is no receipt for this work."""
        try:
            receipt = json.loads(self.receipt.read_text(encoding="utf-8"))
            return list(receipt["files"]) if receipt["work"] == self.work else []
        except (OSError, ValueError, KeyError, TypeError):
            return []

    def is_complete(self) -> bool:
        """Say whether its receipt stands and every file is what the receipt says."""
        names = self.tables()
        if not names or not all(self.part(name).is_file() for name in names):
            return False
        files = json.loads(self.receipt.read_text(encoding="utf-8"))["files"]
        return all(hash_of(self.part(name)) == files[name]["sha256"] for name in names)

    def write(self, tables: Mapping[str, pa.Table]) -> None:
        """Write its tables, then its receipt.

        Raises:
            WriteError: The operating system refused; the chunk does not count.
        """
        files = {}
        for name, table in tables.items():
            rows = write_tables(self.part(name), iter([table]))
            files[name] = {"rows": rows, "sha256": hash_of(self.part(name))}
        write_json(self.receipt, {"work": self.work, "seeds": [self.seeds[0], self.seeds[-1]], "files": files})


def keep_results(
    folder: Path,
    manifest: Mapping[str, Any],
    compute: Compute,
    *,
    workers: int = 1,
    force: bool = False,
    prepare: Callable[[], None] = lambda: None,
    report: Report = lambda done: None,
) -> None:
    """See to it that a folder holds the finished results of some work; what is there already is kept.

    Args:
        folder: The results folder.
        manifest: What the manifest says; under ``identity`` what makes two pieces of work the same, with
            ``first_seed`` and ``runs``.
        compute: Computes the tables of some seeds.
        workers: Threads that compute at once; with one, everything happens in the calling thread.
        force: Replace the results of other work, and compute those of the same work anew.
        prepare: Is called in the calling thread before the first chunk is computed, if any is.
        report: Is told how many runs are complete.

    Raises:
        InputError: Something else is in the way, or another process is writing there.
        WriteError: A write failed; complete chunks stay.
    """
    _make_way(folder, manifest["identity"], force)
    refuse_unwritable(folder)
    with lock(folder):
        stands = _make_way(folder, manifest["identity"], force)
        if stands == "complete" and not force:
            clear_parts(folder)
            return
        began = time.monotonic()
        opened = _open(folder, manifest, anew=force or stands == "other")
        chunks = chunks_of(folder, manifest["identity"])
        missing = [chunk for chunk in chunks if not chunk.is_complete()]
        if missing:
            prepare()
        for runs in accumulate(_computed(missing, compute, workers), initial=_runs(chunks) - _runs(missing)):
            report(runs)
        files = _join(folder, chunks)
        _close(folder, opened, files, seconds=time.monotonic() - began)
        clear_parts(folder)


def is_finished(folder: Path, identity: Mapping[str, object]) -> bool:
    """Say whether a folder holds the finished results of some work, with nothing left to tidy."""
    manifest = read_manifest(folder)
    if manifest is None or manifest.get("made_by") != MADE_BY or manifest.get("identity") != identity:
        return False
    return is_complete(folder, manifest) and not (folder / PARTS).exists()


def runs_complete(folder: Path) -> tuple[int, int]:
    """Return how many runs of a folder are complete, and of how many; nothing is verified."""
    manifest = read_manifest(folder) or {}
    identity = manifest.get("identity", {"first_seed": 1, "runs": 0})
    if is_complete(folder, manifest):
        return identity["runs"], identity["runs"]
    return _runs([chunk for chunk in chunks_of(folder, identity) if chunk.tables()]), identity["runs"]


def chunks_of(folder: Path, identity: Mapping[str, Any]) -> list[Chunk]:
    """Return the chunks that some work consists of."""
    first, end = identity["first_seed"], identity["first_seed"] + identity["runs"]
    work = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
    starts = enumerate(range(first, end, CHUNK_RUNS))
    return [Chunk(n, range(start, min(start + CHUNK_RUNS, end)), folder / PARTS, work) for n, start in starts]


def _make_way(folder: Path, identity: Mapping[str, object], force: bool) -> str:
    """Return what stands in the folder, or refuse when it is in the way."""
    stands = standing(folder, identity)
    if stands == "other" and not force:
        told = f"{folder}: holds other results ({differences(folder, identity)})"
        raise InputError([f"{told}: {ANOTHER_OUT}, or replace them with --force"])
    return stands


def _open(folder: Path, manifest: Mapping[str, Any], anew: bool) -> dict[str, Any]:
    """Write the manifest of work that has begun, and clear away old results where it is to begin anew."""
    before = read_manifest(folder) or {}
    started = datetime.now(UTC).isoformat(timespec="seconds")
    opened = {"made_by": MADE_BY, "status": "running", **manifest, "started": started}
    if anew:
        clear_results(folder)
    elif "started" in before:
        opened |= {"started": before["started"], "carried_on": [*before.get("carried_on", []), started]}
    write_json(folder / MANIFEST, opened)
    (folder / PARTS).mkdir(exist_ok=True)
    return opened


def _close(folder: Path, opened: Mapping[str, Any], files: Mapping[str, object], seconds: float) -> None:
    """Write the manifest of finished work; the wall time is that of the last sitting."""
    finished = datetime.now(UTC).isoformat(timespec="seconds")
    closed = {"status": "complete", "finished": finished, "wall_seconds": round(seconds, 3), "files": files}
    write_json(folder / MANIFEST, {**opened, **closed})


def _computed(chunks: Sequence[Chunk], compute: Compute, workers: int) -> Iterator[int]:
    """Compute and write some chunks, and yield the number of runs of each as it is complete."""

    def work(chunk: Chunk) -> int:
        chunk.write(compute(chunk.seeds))
        return len(chunk.seeds)

    return map(work, chunks) if workers == 1 else _as_done(chunks, work, workers)


def _runs(chunks: Sequence[Chunk]) -> int:
    return sum(len(chunk.seeds) for chunk in chunks)


def _as_done(chunks: Sequence[Chunk], work: Callable[[Chunk], int], workers: int) -> Iterator[int]:
    """Yield the result of each chunk as it is done; only a few chunks are handed out at a time."""
    waiting = iter(chunks)
    with ThreadPoolExecutor(workers) as pool:
        pending: set[Future[int]] = {pool.submit(work, chunk) for chunk in islice(waiting, 2 * workers)}
        try:
            while pending:
                done, pending = wait(pending, timeout=0.5, return_when=FIRST_COMPLETED)
                pending |= {pool.submit(work, chunk) for chunk in islice(waiting, len(done))}
                for future in done:
                    yield future.result()
        finally:
            for future in pending:
                future.cancel()


def _join(folder: Path, chunks: Sequence[Chunk]) -> dict[str, dict[str, object]]:
    """Join the parts into the final tables, summarise them, and return what the manifest says of each file."""
    files: dict[str, dict[str, object]] = {}
    for name in chunks[0].tables():
        path = folder / f"{name}.parquet"
        rows = write_tables(path, (pq.ParquetFile(chunk.part(name)).read() for chunk in chunks))
        files[path.name] = {"rows": rows, "bytes": path.stat().st_size, "sha256": hash_of(path)}
    summary = folder / SUMMARY
    write_summary(folder / "outcomes.parquet", summary)
    files[SUMMARY] = {"bytes": summary.stat().st_size, "sha256": hash_of(summary)}
    return files
