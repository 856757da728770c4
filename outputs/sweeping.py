"""`csmarket sweep`: read its options, run the design, say how it goes and what came of it."""

import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from outputs.progress import folder_option, kept, note, number_option, progress, stopped, tried
from scenarios.batch import classes_of, load_engine
from scenarios.crew import WorkersDiedError
from scenarios.design import Design
from scenarios.design_file import load_design
from scenarios.sweep import SWEEP, Forecast, SweepJob, carry_out_sweep, forecast, is_swept
from scenarios.sweep_results import SweepResults
from scenarios.work import Watch
from scenarios.writing import WriteError
from simulation.faults import InputError

DONE, FAILED, WRITE_FAILED, INTERRUPTED = 0, 1, 74, 130
MOST_TOLD = 3


def run_sweep(options: Mapping[str, Any]) -> int:
    """Do what `csmarket sweep` was told, and return its exit code.

    Raises:
        InputError: The input is wrong, or something else is in the way; nothing was written.
    """
    job = job_of(options)
    if options["dry_run"]:
        sys.stdout.write(_forecast_words(job, forecast(job, Watch(on_compiling=lambda: note("Compiling...")))))
        return DONE
    return guarded(job, lambda: _swept(job, options))


def job_of(options: Mapping[str, Any]) -> SweepJob:
    """Return the sweep that the options describe.

    Raises:
        InputError: Something is wrong with them or with the design; all faults at once.
    """
    faults: list[str] = []
    design: Design | None = tried(lambda: load_design(options["design"], meanwhile=load_engine), faults)
    workers = number_option("workers", options["workers"], "--workers", faults)
    usual = Path("runs") / design.name if design else None
    folder = folder_option(options["out"], usual, SWEEP, faults)
    if options["models"]:
        tried(lambda: classes_of(tuple(options["models"])), faults)
    if faults or design is None:
        raise InputError(faults)
    return SweepJob(
        design,
        folder=folder,
        workers=workers,
        address=options["cluster"],
        mesa=options["engine"] == "mesa",
        models=tuple(options["models"]),
        command=shlex.join(["csmarket", *sys.argv[1:]]),
    )


def guarded(job: SweepJob, act: Callable[[], int]) -> int:
    """Do something with a sweep, and return the exit code; say what stays where it is stopped."""
    try:
        return act()
    except KeyboardInterrupt:
        return stopped(f"Interrupted. {kept(job.folder)}", INTERRUPTED)
    except WriteError as error:
        return stopped(f"{error}.\n{kept(job.folder)}", WRITE_FAILED)
    except WorkersDiedError as error:
        return stopped(f"{error}\n{kept(job.folder)}", FAILED)


def carried_out(job: SweepJob, *, force: bool, quiet: bool) -> SweepResults:
    """Run a design, and show how it goes."""
    if quiet:
        return carry_out_sweep(job, force=force)
    if not force and is_swept(job):
        note(f"Found the finished results in {job.folder.as_posix()}: nothing is left to compute.")
    with progress(job.design.runs) as watch:
        return carry_out_sweep(job, force=force, watch=watch)


def told_failures(results: SweepResults) -> int:
    """Say which runs failed, and return the exit code."""
    if not results.failed:
        return DONE
    failures = results.failures
    for row in failures.head(MOST_TOLD).itertuples():
        note(f"Point {row.point}, seed {row.seed}: {row.error}")
    where = (results.folder / "failures.parquet").as_posix()
    note(f"{len(failures):,} of {results.manifest['runs']:,} runs failed; {where} lists them.")
    return FAILED


def _swept(job: SweepJob, options: Mapping[str, Any]) -> int:
    results = carried_out(job, force=options["force"], quiet=options["quiet"])
    if not options["quiet"]:
        sys.stdout.write(_words(results))
    return told_failures(results)


def _words(results: SweepResults) -> str:
    manifest = results.manifest
    points, runs = f"{manifest['points']:,} points", f"{manifest['runs']:,} runs"
    gone = [f"{name} ({change})" for name, changes in manifest["swept"].items() for change in changes]
    dropped = f"Varied, so that these dated changes are dropped: {', '.join(gone)}.\n" if gone else ""
    return f"{points}, {runs}. Tables and manifest are in {results.folder.as_posix()}.\n{dropped}"


def _forecast_words(job: SweepJob, expected: Forecast) -> str:
    design = job.design
    names = ", ".join(factor.name for factor in design.factors)
    workers = "on one worker" if job.workers == 1 else f"on {job.workers} workers"
    lines = [
        f"{design.source}: nothing is wrong with it.",
        f"Method: {design.method}, varying {names}.",
        f"Scenarios: {', '.join(scenario.name for scenario in design.scenarios)}.",
        f"Points: {expected.points:,}; seeds for each: {design.seeds:,}; runs: {expected.runs:,}.",
        f"Stored: outcomes: {len(design.outcomes)}; months: {len(design.months)}.",
        f"Expected: {_time(expected.seconds)} {workers}, {_size(expected.bytes)} in {job.folder.as_posix()}.",
    ]
    return "\n".join(lines) + "\n"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"about {max(1, round(seconds))} seconds"
    return f"about {round(seconds / 60)} minutes" if seconds < 5400 else f"about {seconds / 3600:.1f} hours"


def _size(count: float) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(0.1, count / 1e6):.1f} MB"
