"""The model from Python: load a scenario, run it, open results."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from scenarios.dictionary import write_datapackage
from scenarios.folder import DATAPACKAGE, MANIFEST, read_manifest
from scenarios.provenance import circumstances, identity_of, milestones
from scenarios.results import Results, open_results
from scenarios.scenario import Scenario, list_scenarios, load_scenario
from scenarios.store import Compute, is_finished, keep_results
from scenarios.writing import write_json
from simulation.faults import InputError
from simulation.inputs import England, read_england

__all__ = ["Job", "Watch", "carry_out", "list_scenarios", "load_scenario", "note_charts", "open_results", "run"]

ENGINES = ("compiled", "mesa")
MOST_RUNS = 10_000_000
MOST_SEED = 10**15
MOST_WORKERS = 1_024


@dataclass(frozen=True)
class Job:
    """Runs of one scenario: which, how, and where their results go.

    Args:
        scenario: What is run.
        folder: The results folder.
        runs: How many runs (1 or more).
        first_seed: Seed of the first; each next run takes the next seed.
        engine: ``compiled``, or ``mesa`` for the same market through Mesa's agents.
        workers: Threads that compute at once (1 or more); Mesa takes one.
        event_runs: For how many of the first runs events are kept.
        command: The command that asked for it, for the manifest.

    Raises:
        InputError: A number is out of range; all faults at once.
    """

    scenario: Scenario
    folder: Path
    runs: int = 200
    first_seed: int = 1
    engine: str = "compiled"
    workers: int = 1
    event_runs: int = 20
    command: str = ""

    def __post_init__(self) -> None:
        numbers = {"runs": self.runs, "seed": self.first_seed, "workers": self.workers, "event_runs": self.event_runs}
        faults = [fault for name, value in numbers.items() if (fault := number_fault(name, value))]
        if self.engine not in ENGINES:
            faults.append(f"engine = {self.engine!r} is not allowed: it must be one of {', '.join(ENGINES)}")
        if faults:
            raise InputError(faults)


@dataclass(frozen=True)
class Watch:
    """Who is told how a job goes.

    Args:
        on_compiling: Is called before the rules are compiled, which happens once after they change.
        on_runs: Is called with the number of runs that are complete, as they are.
    """

    on_compiling: Callable[[], None] = lambda: None
    on_runs: Callable[[int], None] = lambda done: None


RANGES = {"runs": (1, MOST_RUNS), "seed": (0, MOST_SEED), "workers": (1, MOST_WORKERS), "event_runs": (0, MOST_RUNS)}


def number_fault(name: str, value: object, label: str | None = None) -> str | None:
    """Say what is wrong with one of a job's numbers, or None when it is allowed.

    Args:
        name: Its name in ``RANGES``.
        value: What was given.
        label: How to call it, where that is not its name.
    """
    low, high = RANGES[name]
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return None
    return f"{label or name} = {value!r} is not allowed: it must be a whole number from {low:,} to {high:,}"


def run(
    scenario: Scenario | str | Path,
    runs: int = 200,
    seed: int = 1,
    engine: str = "compiled",
    *,
    out: str | Path | None = None,
    workers: int | None = None,
    event_runs: int = 20,
) -> Results:
    """Run a scenario and return its results.

    Args:
        scenario: A scenario, or the name or path of one.
        runs: How many runs.
        seed: Seed of the first; each next run takes the next seed.
        engine: ``compiled`` or ``mesa``.
        out: The results folder; without one, the results go away with the object that is returned.
        workers: Threads that compute at once; as many as there are cores unless told.
        event_runs: For how many of the first runs events are kept.

    Returns:
        The results, as pandas tables.

    Raises:
        InputError: The scenario or a number is wrong, or something else is in the way in the folder.
        WriteError: The disk is full, or another write failed.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    kept = TemporaryDirectory(prefix="csmarket-") if out is None else None
    folder = Path(out if out is not None else kept.name)  # type: ignore[union-attr]
    job = Job(scenario, folder, runs, seed, engine, cores() if workers is None else workers, event_runs)
    carry_out(job)
    return Results(folder, kept)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def carry_out(job: Job, *, force: bool = False, watch: Watch | None = None) -> Results:
    """Do a job, as far as its folder does not hold the results already.

    Raises:
        InputError: Something else is in the way in the folder, or another process is writing there.
        WriteError: The disk is full, or another write failed; complete chunks of runs stay.
    """
    watch = watch or Watch()
    england = read_england()
    if force or not is_finished(job.folder, identity(job, england)):
        compute = _computer(job, england)
        keep_results(
            job.folder,
            manifest_of(job, england),
            compute,
            workers=1 if job.engine == "mesa" else job.workers,
            force=force,
            prepare=lambda: _compile(job, compute, watch),
            report=watch.on_runs,
        )
    if not (job.folder / DATAPACKAGE).is_file():
        write_datapackage(job.folder)
    return open_results(job.folder)


def is_done(job: Job) -> bool:
    """Say whether a job's folder holds its finished results."""
    return is_finished(job.folder, identity(job, read_england()))


def identity(job: Job, england: England) -> dict[str, object]:
    """Return what makes two jobs the same: neither the engine nor the workers do."""
    return identity_of(
        job.scenario, first_seed=job.first_seed, runs=job.runs, event_runs=job.event_runs, data=england.fingerprint
    )


def manifest_of(job: Job, england: England) -> dict[str, object]:
    """Return what a manifest says before the work begins."""
    return {
        "scenario": job.scenario.as_dict(),
        "runs": job.runs,
        "first_seed": job.first_seed,
        "event_runs": job.event_runs,
        "seeds": [job.first_seed, job.first_seed + job.runs - 1],
        "uncertainty": "none",
        "milestones": milestones(job.scenario),
        "data": dict(england.fingerprint),
        **circumstances(),
        "engine": job.engine,
        "workers": job.workers,
        "command": job.command,
        "identity": identity(job, england),
    }


def note_charts(folder: Path, charts: Sequence[Path]) -> None:
    """Note in a folder's manifest which charts were drawn.

    Raises:
        WriteError: The operating system refused.
    """
    manifest = read_manifest(folder) or {}
    write_json(folder / MANIFEST, {**manifest, "charts": sorted(path.name for path in charts)})


def _computer(job: Job, england: England) -> Compute:
    """Return what computes the tables of some of a job's seeds."""

    def compute(seeds: Sequence[int]) -> Mapping[str, pa.Table]:
        from scenarios.runs import run_tables

        return run_tables(
            england,
            job.scenario,
            seeds,
            engine=job.engine,
            event_runs=job.event_runs,
            first_seed=job.first_seed,
        )

    return compute


def _compile(job: Job, compute: Compute, watch: Watch) -> None:
    """Compile the rules, where they are not, by one run in the calling thread, where Ctrl-C reaches it."""
    from simulation.engine import is_compiled

    if job.engine == "compiled" and not is_compiled():
        watch.on_compiling()
        compute([job.first_seed])
