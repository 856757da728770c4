"""`csmarket repeat`: run stored results again and say whether they are identical."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from outputs.charts.words import plural
from outputs.experiment import Experiment
from outputs.progress import COMPILING, note, number_option, stopped
from outputs.stored import open_stored
from scenarios.api import carry_out
from scenarios.repeating import Stored, Verdict, circumstances_changed, compared, damaged, job_again, sweep_again
from scenarios.results import Results
from scenarios.sweep import carry_out_sweep
from scenarios.work import Watch
from scenarios.writing import WriteError
from simulation.faults import InputError

DONE, FAILED, WRITE_FAILED = 0, 1, 74


def repeat_folder(options: Mapping[str, Any]) -> int:
    """Do what `csmarket repeat` was told, and return its exit code: 0 if all is identical, 1 if not.

    Raises:
        InputError: The input is wrong, or the stored files are damaged.
    """
    stored = open_stored(options["folder"])
    if isinstance(stored, Experiment) and stored.partial:
        again = f"give the same '{stored.manifest['made_by']}' again and it carries on"
        raise InputError([f"{stored.folder}: is not finished ({stored.partial}): {again}"])
    faults: list[str] = []
    workers = number_option("workers", options["workers"], "--workers", faults)
    if faults:
        raise InputError(faults)
    if bad := damaged(stored):
        raise InputError(
            [f"{stored.folder / name}: is not what the manifest says: it was changed since" for name in bad]
        )
    with TemporaryDirectory(prefix="csmarket-") as thrown_away:
        return _repeated(stored, Path(options["out"] or thrown_away), workers, bool(options["quiet"]))


def _repeated(stored: Stored, folder: Path, workers: int, quiet: bool) -> int:
    if folder.resolve() == stored.folder.resolve():
        raise InputError([f"--out = {str(folder)!r} is the folder that is repeated: name another"])
    watch = Watch(on_compiling=lambda: None if quiet else note(COMPILING))
    act = _work(stored, folder, workers, watch)
    changed = circumstances_changed(stored)
    if not quiet:
        manifest = stored.manifest
        note(f"Repeating {manifest['runs']:,} runs of '{manifest.get('command') or manifest['made_by']}'...")
        for what in changed:
            note(f"Since then {what}.")
    try:
        again = act()
    except WriteError as error:
        return stopped(f"{error}.", WRITE_FAILED)
    return _told(stored, again, changed, quiet)


def _work(stored: Stored, folder: Path, workers: int, watch: Watch) -> Callable[[], Stored]:
    """Return what runs some results again.

    Raises:
        InputError: The manifest does not tell of work that can be done.
    """
    if isinstance(stored, Results):
        return partial(carry_out, job_again(stored, folder, workers), watch=watch)
    return partial(carry_out_sweep, sweep_again(stored, folder, workers), watch=watch)


def _told(stored: Stored, again: Stored, changed: list[str], quiet: bool) -> int:
    """Say of each table whether it is identical, and return the exit code."""
    verdicts = _short(list(compared(stored, again)))
    same = all(verdict.identical for verdict in verdicts)
    for verdict in [] if quiet and same else verdicts:
        print(f"{verdict.table}: {'identical' if verdict.identical else verdict.difference}")
    if not quiet:
        print("Identical: every table has the same values." if same else _why(stored, again, changed))
    return DONE if same else FAILED


def _short(verdicts: list[Verdict]) -> list[Verdict]:
    """Return the verdicts with those on identical parts of one table as one."""
    whole = [verdict for verdict in verdicts if "/" not in verdict.table or not verdict.identical]
    parts = [Path(verdict.table).parent.as_posix() for verdict in verdicts if verdict not in whole]
    return whole + [Verdict(f"{table}/ ({plural(parts.count(table), 'part')})", True) for table in dict.fromkeys(parts)]


def _why(stored: Stored, again: Stored, changed: list[str]) -> str:
    """Say what may be behind a difference."""
    then, now = (results.manifest.get("versions", {}) for results in (stored, again))
    moved = [f"{name} was {then[name]} and is {now.get(name)}" for name in then if now.get(name) != then[name]]
    commit = (stored.manifest.get("commit") or {}).get("id")
    advice = f" To get the same rules, check out commit {commit[:12]}." if commit and changed else ""
    causes = "; ".join([*changed, *moved]) or "no cause is known: rules, data and packages are what they were"
    return f"Not identical: {causes}.{advice}"
