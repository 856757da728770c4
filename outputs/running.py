"""`csmarket run`: read its options, do the job, say how it goes and what came of it."""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from outputs.progress import folder_option, kept, note, number_option, progress, stopped, tried
from scenarios.api import Job, carry_out, is_done, note_charts
from scenarios.folder import CHARTS, MADE_BY
from scenarios.plausible import plausible_of
from scenarios.results import Results
from scenarios.scenario import load_scenario, parse_settings
from scenarios.writing import WriteError
from simulation.faults import InputError

DONE, WRITE_FAILED, INTERRUPTED = 0, 74, 130
NUMBERS = {"runs": "--runs", "seed": "--seed", "workers": "--workers", "event_runs": "--event-runs"}


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
        return stopped(f"Interrupted. {kept(job.folder)}", INTERRUPTED)
    except WriteError as error:
        return stopped(f"{error}.\n{kept(job.folder)}", WRITE_FAILED)
    return DONE


def job_of(options: Mapping[str, Any]) -> Job:
    """Return the job that the options describe.

    Raises:
        InputError: Something is wrong with them or with the scenario; all faults at once.
    """
    faults: list[str] = []
    settings = tried(lambda: parse_settings(options["settings"]), faults) or {}
    scenario = tried(lambda: load_scenario(options["scenario"], settings), faults)
    plausible = tried(lambda: plausible_of(options["uncertainty"]), faults)
    numbers = {name: number_option(name, options[name], label, faults) for name, label in NUMBERS.items()}
    usual = Path("runs") / scenario.name if scenario else None
    folder = folder_option(options["out"], usual, MADE_BY, faults)
    if faults or scenario is None:
        raise InputError(faults)
    return Job(
        scenario,
        folder=folder,
        runs=numbers["runs"],
        first_seed=numbers["seed"],
        engine=options["engine"],
        workers=numbers["workers"],
        event_runs=numbers["event_runs"],
        command=shlex.join(["csmarket", *sys.argv[1:]]),
        plausible=plausible,
    )


# ---- While it runs -----------------------------------------------------------------------------------------


def _carried_out(job: Job, *, force: bool, quiet: bool) -> Results:
    if quiet:
        return carry_out(job, force=force)
    if not force and is_done(job):
        note(f"Found the finished results in {job.folder.as_posix()}: nothing is left to compute.")
    with progress(job.runs) as watch:
        return carry_out(job, force=force, watch=watch)


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
        note("Drawing charts...")
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
