"""`csmarket run`: read its options, do the job, say how it goes and what came of it."""

import shlex
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from scenarios.api import Job, Watch, carry_out, cores, is_done, note_charts, number_fault
from scenarios.folder import CHARTS
from scenarios.results import Results
from scenarios.scenario import load_scenario, parse_settings
from scenarios.store import runs_complete
from scenarios.writing import WriteError
from simulation.faults import InputError

DONE, WRITE_FAILED, INTERRUPTED = 0, 74, 130
COMPILING = "Compiling the market's rules (once, under a minute)..."
SECONDS_BETWEEN_LINES = 10.0
NUMBERS = {"runs": "--runs", "seed": "--seed", "workers": "--workers", "event_runs": "--event-runs"}

T = TypeVar("T")


def run_scenario(options: Mapping[str, Any]) -> int:
    """Do what `csmarket run` was told, and return its exit code.

    Raises:
        InputError: The input is wrong, or something else is in the way; nothing was written.
    """
    job = job_of(options)
    quiet = bool(options["quiet"])
    try:
        results = _carried_out(job, force=options["force"], quiet=quiet)
        if not options["no_charts"]:
            _see_to_charts(results, quiet)
        _tell(results, job, as_json=options["as_json"], quiet=quiet)
    except KeyboardInterrupt:
        return _stopped(f"Interrupted. {_kept(job.folder)}", INTERRUPTED)
    except WriteError as error:
        return _stopped(f"{error}.\n{_kept(job.folder)}", WRITE_FAILED)
    return DONE


def job_of(options: Mapping[str, Any]) -> Job:
    """Return the job that the options describe.

    Raises:
        InputError: Something is wrong with them or with the scenario; all faults at once.
    """
    faults: list[str] = []
    settings = _tried(lambda: parse_settings(options["settings"]), faults) or {}
    scenario = _tried(lambda: load_scenario(options["scenario"], settings), faults)
    numbers = {name: _number(name, options[name], faults) for name in NUMBERS}
    faults.extend(_other_faults(options))
    if faults or scenario is None:
        raise InputError(faults)
    return Job(
        scenario,
        folder=Path(options["out"] or Path("runs") / scenario.name),
        runs=numbers["runs"],
        first_seed=numbers["seed"],
        engine=options["engine"],
        workers=numbers["workers"],
        event_runs=numbers["event_runs"],
        command=shlex.join(["csmarket", *sys.argv[1:]]),
    )


def _tried(function: Callable[[], T], faults: list[str]) -> T | None:
    """Return what a function returns, or note the faults that it finds."""
    try:
        return function()
    except InputError as error:
        faults.extend(error.faults)
        return None


def _number(name: str, text: str | None, faults: list[str]) -> int:
    """Return an option's whole number, or note what is wrong with it."""
    value: object = cores() if text is None else text
    with suppress(ValueError):
        value = int(str(value))
    if fault := number_fault(name, value, NUMBERS[name]):
        faults.append(fault)
    return value if isinstance(value, int) else 0


def _other_faults(options: Mapping[str, Any]) -> Iterator[str]:
    if options["uncertainty"] == "plausible":
        yield "--uncertainty = 'plausible' is not allowed yet: this version comes without a plausible set; use none"
    if options["out"] is not None and not options["out"].strip():
        yield "--out = '' is not allowed: name a folder, as in --out runs/mine"


# ---- While it runs -----------------------------------------------------------------------------------------


def _carried_out(job: Job, *, force: bool, quiet: bool) -> Results:
    if quiet:
        return carry_out(job, force=force)
    if not force and is_done(job):
        _note(f"Found the finished results in {job.folder.as_posix()}: nothing is left to compute.")
    with _bar(job.runs) if sys.stderr.isatty() else _lines(job.runs) as watch:
        return carry_out(job, force=force, watch=watch)


@contextmanager
def _bar(runs: int) -> Iterator[Watch]:
    """Show a bar with the time left."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("Running"), BarColumn(), MofNCompleteColumn(), TextColumn("runs,"), TimeRemainingColumn())
    with Progress(*columns, TextColumn("left"), console=console, transient=True) as progress:
        task = progress.add_task("runs", total=runs, visible=False)
        yield Watch(
            on_compiling=lambda: console.print(COMPILING),
            on_runs=lambda done: progress.update(task, completed=done, visible=True),
        )


@contextmanager
def _lines(runs: int) -> Iterator[Watch]:
    """Say a line now and then, where there is no terminal."""
    last = time.monotonic()

    def say(done: int) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            _note(f"{done} of {runs} runs are complete.")

    yield Watch(on_compiling=lambda: _note(COMPILING), on_runs=say)


# ---- When it is done, or stopped ---------------------------------------------------------------------------


def _see_to_charts(results: Results, quiet: bool) -> None:
    """Draw the charts, unless all of them are there.

    Raises:
        WriteError: The operating system refused.
    """
    folder = results.folder / CHARTS
    drawn = results.manifest.get("charts", [])
    if drawn and all((folder / name).is_file() for name in drawn):
        return
    from outputs.charts.draw import draw_with_run
    from simulation.inputs import read_england

    if not quiet:
        _note("Drawing charts...")
    try:
        folder.mkdir(exist_ok=True)
        charts = draw_with_run(results, read_england(), folder)
    except OSError as error:
        raise WriteError(folder, error) from error
    note_charts(results.folder, charts)


def _tell(results: Results, job: Job, *, as_json: bool, quiet: bool) -> None:
    """Print the summary, then where the files are."""
    from outputs.headlines import headline_text, summary_json

    words = sys.stderr if as_json else sys.stdout
    if not quiet:
        words.write(headline_text(results, words) + _dropped(job) + _where(results.folder))
    if as_json:
        sys.stdout.write(summary_json(results))
    words.flush()


def _dropped(job: Job) -> str:
    gone = [f"{dropped.name} of {dropped.day}" for dropped in job.scenario.dropped]
    return f"Set for the whole run, so that these dated changes are dropped: {', '.join(gone)}.\n" if gone else ""


def _where(folder: Path) -> str:
    charts = f"; charts in {(folder / CHARTS).as_posix()}" if (folder / CHARTS).is_dir() else ""
    return f"Tables and manifest are in {folder.as_posix()}{charts}.\n"


def _kept(folder: Path) -> str:
    """Say what of an interrupted job is complete, and how to go on."""
    done, runs = runs_complete(folder)
    if not done:
        return "No run is stored yet; give the same command to begin again."
    return f"{done} of {runs} runs are complete and stay in {folder.as_posix()}: the same command carries on."


def _stopped(words: str, status: int) -> int:
    _note(words)
    return status


def _note(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
