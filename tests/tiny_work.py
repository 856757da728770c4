"""A piece of work so small that a test can stop it at any moment: real tables, quickly computed.

As a program it stores its results: ``python tests/tiny_work.py FOLDER RUNS [WORKERS] [BYTES]``. It says a line for
each chunk that is complete, pauses in each, and allows no file longer than BYTES, as if the disk were full.
"""

import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

MONTHS = [date(2012, 1, 1), date(2013, 4, 1), date(2016, 12, 1)]
PAUSE = 0.05


def tables_of(seeds: Sequence[int]) -> dict[str, pa.Table]:
    """Return the tables of some seeds: each number is a function of its seed alone."""
    seed = np.repeat(np.asarray(seeds), len(MONTHS))
    month = pa.array(MONTHS * len(seeds), pa.date32())
    outcomes = {
        "scenario": ["tiny"] * len(seed),
        "run": seed,
        "seed": seed,
        "month": month,
        "css_operating": seed % 7.0,
    }
    units = {"run": seed, "unit": [f"unit {one % 3}" for one in seed], "month": month, "quality": np.sin(seed)}
    events = {"run": pa.array(list(seeds)[: 3 if seeds[0] == 1 else 0], pa.int64())}
    events["event"] = pa.array(["tender"] * len(events["run"]), pa.string())
    return {"outcomes": pa.table(outcomes), "units": pa.table(units), "events": pa.table(events)}


def identity_of(runs: int, version: str = "1") -> dict[str, object]:
    """Return what makes two pieces of this work the same."""
    return {"scenario": "tiny", "first_seed": 1, "runs": runs, "version": version}


def manifest_of(runs: int, version: str = "1") -> dict[str, object]:
    """Return the manifest of this work."""
    return {"runs": runs, "identity": identity_of(runs, version)}


def _slowly(seeds: Sequence[int]) -> dict[str, pa.Table]:
    time.sleep(PAUSE)
    return tables_of(seeds)


def _limit_files(size: int) -> None:
    import resource
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


if __name__ == "__main__":
    from scenarios.store import keep_results

    folder, runs, workers, *size = sys.argv[1:]
    if size:
        _limit_files(int(size[0]))
    keep_results(
        Path(folder),
        manifest_of(int(runs)),
        _slowly,
        workers=int(workers),
        report=lambda done: print(done, flush=True),
    )
