"""The model from Python: load a scenario, run it, compare it, sweep it, open results and say what moves them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from scenarios.compare import Comparison, compare
from scenarios.design import Design
from scenarios.design_file import load_design
from scenarios.dictionary import write_datapackage
from scenarios.discovery import discover
from scenarios.folder import DATAPACKAGE, MANIFEST, read_manifest
from scenarios.plausible import PlausibleSet, plausible_of
from scenarios.provenance import circumstances, identity_of, milestones
from scenarios.results import Results
from scenarios.results import open_results as open_run
from scenarios.robustness import frontier, regret
from scenarios.scenario import Scenario, list_scenarios, load_scenario
from scenarios.sensitivity import sensitivity
from scenarios.store import Compute, is_finished, keep_results
from scenarios.sweep import COMPARE, SweepJob, carry_out_sweep
from scenarios.sweep_results import SWEEPERS, SweepResults, open_sweep
from scenarios.work import Watch, cores, number_fault
from scenarios.writing import write_json
from simulation.faults import InputError
from simulation.inputs import England, read_england

__all__ = [
    "Comparison", "Job", "Results", "SweepResults", "carry_out", "compare", "discover", "frontier", "list_scenarios",
    "load_design", "load_scenario", "note_charts", "open_results", "regret", "run", "sensitivity", "sweep",
]  # fmt: skip

ENGINES = ("compiled", "mesa")


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
        plausible: The draws by which uncertain parameters differ between runs; without them they do not.

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
    plausible: PlausibleSet | None = None

    def __post_init__(self) -> None:
        numbers = {"runs": self.runs, "seed": self.first_seed, "workers": self.workers, "event_runs": self.event_runs}
        faults = [fault for name, value in numbers.items() if (fault := number_fault(name, value))]
        if self.engine not in ENGINES:
            faults.append(f"engine = {self.engine!r} is not allowed: it must be one of {', '.join(ENGINES)}")
        if faults:
            raise InputError(faults)


def run(
    scenario: Scenario | str | Path,
    runs: int = 200,
    seed: int = 1,
    engine: str = "compiled",
    *,
    out: str | Path | None = None,
    workers: int | None = None,
    event_runs: int = 20,
    uncertainty: str | Path = "none",
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
        uncertainty: ``none``, ``plausible`` (uncertain parameters differ between runs, as the evidence allows), or a
            folder in which ``csmarket fit`` has left such a set.

    Returns:
        The results, as pandas tables.

    Raises:
        InputError: The scenario, a number or the plausible set is wrong, or something else is in the way in the folder.
        WriteError: The disk is full, or another write failed.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    kept = TemporaryDirectory(prefix="csmarket-") if out is None else None
    folder = Path(out if out is not None else kept.name)  # type: ignore[union-attr]
    workers = cores() if workers is None else workers
    plausible = plausible_of(uncertainty)
    job = Job(scenario, folder, runs, seed, engine, workers, event_runs, plausible=plausible)
    carry_out(job)
    return Results(folder, kept)


def sweep(
    design: Design | str | Path | Mapping[str, Any],
    out: str | Path | None = None,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    models: Sequence[str] = (),
) -> SweepResults:
    """Run a designed experiment and return its results; what is there already is kept.

    Args:
        design: A design, the path of its TOML file, or the file's keys and values.
        out: The results folder; without one, the results go away with the object that is returned.
        workers: How many compute at once; as many as there are cores unless told.
        cluster: A Dask cluster: ``tcp://host:port``, or ``local:N`` for N processes started here.
        models: Subclasses of Ccg, Css, Provider or Market, as ``module:Class``; they run through Mesa.

    Raises:
        InputError: Something is wrong with the design, or in the way in the folder; nothing was written.
        WriteError: The disk is full, or another write failed; complete chunks stay.
    """
    kept = TemporaryDirectory(prefix="csmarket-") if out is None else None
    folder = Path(out if out is not None else kept.name)  # type: ignore[union-attr]
    job = SweepJob(load_design(design), folder, workers=workers, address=cluster, models=tuple(models))
    carry_out_sweep(job)
    return SweepResults(folder, kept)


def open_results(folder: str | Path) -> Results | SweepResults:
    """Open a finished results folder: of runs, of a sweep or of a comparison (``Comparison``).

    Raises:
        InputError: It is no results folder, it is not finished, or another version of the model made it.
    """
    made_by = (read_manifest(Path(folder)) or {}).get("made_by")
    if made_by not in SWEEPERS:
        return open_run(folder)
    opened = open_sweep(folder)
    return Comparison(opened.folder) if made_by == COMPARE else opened


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
    return open_run(job.folder)


def is_done(job: Job) -> bool:
    """Say whether a job's folder holds its finished results."""
    return is_finished(job.folder, identity(job, read_england()))


def identity(job: Job, england: England) -> dict[str, object]:
    """Return what makes two jobs the same: neither the engine nor the workers do."""
    varied: dict[str, object] = {"plausible_set": job.plausible.fingerprint()} if job.plausible else {}
    return varied | identity_of(
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
        "uncertainty": "plausible" if job.plausible else "none",
        **({"plausible_set": job.plausible.as_dict(job.scenario)} if job.plausible else {}),
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
            plausible=job.plausible,
        )

    return compute


def _compile(job: Job, compute: Compute, watch: Watch) -> None:
    """Compile the rules, where they are not, by one run in the calling thread, where Ctrl-C reaches it."""
    from simulation.engine import is_compiled

    if job.engine == "compiled" and not is_compiled():
        watch.on_compiling()
        compute([job.first_seed])
