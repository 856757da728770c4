"""Run a design: chunk by chunk, by threads, processes or a cluster, into a folder that survives."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pyarrow as pa

from scenarios.arrow import column
from scenarios.batch import Batch, classes_of, model_hashes, run_batch
from scenarios.crew import Crew, cluster, processes, threads
from scenarios.design import Design
from scenarios.provenance import circumstances, rules_hash
from scenarios.store import is_finished, keep_results
from scenarios.sweep_results import SweepResults, open_sweep
from scenarios.work import Watch, cores
from simulation.inputs import read_england
from simulation.version import VERSION

SWEEP, COMPARE = "csmarket sweep", "csmarket compare"
LEAST_CHUNK, MOST_CHUNK, MOST_CHUNK_MESA = 10, 1_000, 50
CHUNKS = 40
"""Into about how many chunks a sweep is cut, as far as their size allows."""

BYTES_A_NUMBER = 6.0
"""What a stored number takes on the disk, packed, about."""

TIMED_RUNS = 4


@dataclass(frozen=True)
class SweepJob:
    """A design and how it is carried out.

    Args:
        design: What is run.
        folder: The results folder.
        workers: How many compute at once on this machine; as many as there are cores unless told.
        address: A cluster: ``tcp://host:port``, or ``local:N`` for one started here.
        mesa: Whether runs go through Mesa's agents.
        models: Classes of the user's own, as ``module:Class``; they go through Mesa's agents.
        made_by: The command that writes the folder.
        command: The command as it was given, for the manifest.
        more: What else the manifest says.
    """

    design: Design
    folder: Path
    workers: int | None = None
    address: str | None = None
    mesa: bool = False
    models: tuple[str, ...] = ()
    made_by: str = SWEEP
    command: str = ""
    more: Mapping[str, object] | None = None

    @property
    def through_mesa(self) -> bool:
        """Whether Mesa's agents are what runs."""
        return self.mesa or bool(self.models)

    @property
    def chunk_runs(self) -> int:
        """Runs a chunk: a few seconds of work in a long sweep."""
        most = MOST_CHUNK_MESA if self.through_mesa else MOST_CHUNK
        return min(most, max(LEAST_CHUNK, -(-self.design.runs // CHUNKS)))

    def batch(self, runs: Sequence[int]) -> Batch:
        """Return some of the runs, by their numbers from 0: all points with the first seed, then with the second."""
        design, points = self.design, self.design.points.num_rows
        places = np.asarray(runs)
        return Batch(
            scenarios={scenario.name: scenario for scenario in design.scenarios},
            points=design.points.take(column(places % points)),
            seeds=tuple(int(seed) for seed in design.first_seed + places // points),
            outcomes=design.outcomes,
            months=design.months,
            mesa=self.through_mesa,
            models=self.models,
        )

    def compute(self, runs: Sequence[int]) -> Mapping[str, pa.Table]:
        """Return the tables of some of the runs."""
        return run_batch(self.batch(runs))


@dataclass(frozen=True)
class Forecast:
    """What a sweep will take: seconds on this machine's workers, and bytes on the disk."""

    points: int
    runs: int
    seconds: float
    bytes: float


def forecast(job: SweepJob, watch: Watch | None = None) -> Forecast:
    """Time a few runs and say what the whole will take."""
    _prepare(job, watch or Watch())
    runs = range(min(TIMED_RUNS, job.design.runs))
    job.compute(runs[:1])
    began = perf_counter()
    job.compute(runs)
    each = (perf_counter() - began) / len(runs)
    numbers = job.design.runs * len(job.design.months) * (len(job.design.outcomes) + 1)
    seconds = each * job.design.runs / (job.workers or cores())
    return Forecast(job.design.points.num_rows, job.design.runs, seconds, numbers * BYTES_A_NUMBER)


def carry_out_sweep(job: SweepJob, *, force: bool = False, watch: Watch | None = None) -> SweepResults:
    """Run a design, as far as its folder does not hold the results already.

    Raises:
        InputError: Something is in the way in the folder, a class cannot be used, or there is no cluster there.
        WriteError: A write failed; complete chunks stay.
    """
    watch = watch or Watch()
    if job.models:
        classes_of(job.models)
    manifest = manifest_of(job)
    with _crew(job) as crew:
        keep_results(
            job.folder,
            manifest,
            job.compute,
            workers=crew,
            force=force,
            first={"design": job.design.points},
            prepare=lambda: _prepare(job, watch),
            report=watch.on_runs,
        )
    return open_sweep(job.folder)


def is_swept(job: SweepJob) -> bool:
    """Say whether a job's folder holds its finished results."""
    return is_finished(job.folder, identity_of_sweep(job), job.made_by)


@contextmanager
def _crew(job: SweepJob) -> Iterator[Crew]:
    """Give who computes: the cluster asked for, processes for Mesa (which holds the interpreter), or threads."""
    workers = job.workers or cores()

    def task(runs: Sequence[int]) -> Any:
        return partial(run_batch, job.batch(runs))

    if job.address:
        with cluster(job.address, task, check=rules_hash) as crew:
            yield crew
    elif job.through_mesa and workers > 1:
        yield processes(workers, task)
    else:
        yield threads(workers)


def identity_of_sweep(job: SweepJob) -> dict[str, object]:
    """Return what makes two sweeps the same; who computes does not belong to it."""
    design = job.design
    return {
        "design": design.fingerprint,
        "scenarios": {scenario.name: scenario.fingerprint() for scenario in design.scenarios},
        "first_run": 0,
        "runs": design.runs,
        "chunk_runs": job.chunk_runs,
        "first_seed": design.first_seed,
        "seeds": design.seeds,
        "outcomes": list(design.outcomes),
        "months": list(design.months),
        "models": model_hashes(job.models),
        "data": dict(read_england().fingerprint),
        "version": VERSION,
        "rules": rules_hash(),
    }


def manifest_of(job: SweepJob) -> dict[str, object]:
    """Return what a manifest says before the work begins."""
    design = job.design
    return {
        "made_by": job.made_by,
        "design": design.as_dict(),
        "scenarios": [scenario.as_dict() for scenario in design.scenarios],
        "points": design.points.num_rows,
        "runs": design.runs,
        "seeds": [design.first_seed, design.first_seed + design.seeds - 1],
        "swept": {scenario.name: _swept_away(job, scenario) for scenario in design.scenarios},
        **(job.more or {}),
        "data": dict(read_england().fingerprint),
        **circumstances(),
        "engine": "mesa" if job.through_mesa else "compiled",
        "models": list(job.models),
        "workers": job.workers or cores(),
        "cluster": job.address,
        "command": job.command,
        "identity": identity_of_sweep(job),
    }


def _swept_away(job: SweepJob, scenario: Any) -> list[str]:
    """Return the dated changes of a scenario that give way to what the design varies."""
    varied = {factor.name for factor in job.design.factors}
    dated = ((policy.day, name) for policy in scenario.policies for name in policy.changes)
    return [f"{name} of {day}" for day, name in dated if name in varied]


def _prepare(job: SweepJob, watch: Watch) -> None:
    """Compile the rules, where they are not, by one run in the calling thread, where Ctrl-C reaches it."""
    from simulation.engine import is_compiled

    if not is_compiled():
        watch.on_compiling()
        job.compute([0])
