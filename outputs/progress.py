"""What a command says while it works: how far it is, and why it stopped."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from scenarios.folder import own_manifest
from scenarios.store import runs_complete
from scenarios.work import Watch, cores, number_fault
from simulation.faults import InputError, name_fault

COMPILING = "Compiling the market's rules (once; it can take some minutes)..."
SECONDS_BETWEEN_LINES = 10.0

T = TypeVar("T")


def progress(runs: int) -> AbstractContextManager[Watch]:
    """Give who is told how a number of runs goes: a bar on a terminal, a line now and then elsewhere."""
    return _bar(runs) if sys.stderr.isatty() else _lines(runs)


@contextmanager
def _bar(runs: int) -> Iterator[Watch]:
    """Show a bar with the time left."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("Running"), BarColumn(), MofNCompleteColumn(), TextColumn("runs,"), TimeRemainingColumn())
    with Progress(*columns, TextColumn("left"), console=console, transient=True) as bar:
        task = bar.add_task("runs", total=runs, visible=False)
        yield Watch(
            on_compiling=lambda: console.print(COMPILING),
            on_runs=lambda done: bar.update(task, completed=done, visible=True),
        )


@contextmanager
def _lines(runs: int) -> Iterator[Watch]:
    """Say a line now and then, where there is no terminal."""
    last = time.monotonic()

    def say(done: int) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            note(f"{done} of {runs} runs are complete.")

    yield Watch(on_compiling=lambda: note(COMPILING), on_runs=say)


def tried(function: Callable[[], T], faults: list[str]) -> T | None:
    """Return what a function returns, or note the faults that it or the operating system finds."""
    try:
        return function()
    except InputError as error:
        faults.extend(error.faults)
    except OSError as error:
        if (fault := name_fault(error)) is None:
            raise
        faults.append(fault)
    return None


def number_option(name: str, text: str | None, label: str, faults: list[str]) -> int:
    """Return an option's whole number, the machine's cores where there is none, or note what is wrong with it."""
    value: object = cores() if text is None else text
    with suppress(ValueError):
        value = int(str(value))
    if fault := number_fault(name, value, label):
        faults.append(fault)
    return value if isinstance(value, int) else 0


def folder_option(told: str | None, usual: Path | None, made_by: str, faults: list[str]) -> Path:
    """Return the folder where results go, or note that it has no name, or holds what is not of the command.

    Args:
        told: What --out says, if anything.
        usual: Where results go otherwise, if that is known.
        made_by: The command.
        faults: Where faults are noted.
    """
    folder = usual if told is None else Path(told)
    if told is not None and not told.strip():
        faults.append("--out = '' is not allowed: name a folder, as in --out runs/mine")
    elif folder is not None:
        tried(lambda: own_manifest(folder, made_by), faults)
    return folder or Path()


def kept(folder: Path) -> str:
    """Say what of an interrupted job is complete, and how to go on."""
    done, runs = runs_complete(folder)
    if not done:
        return "No run is stored yet; give the same command to begin again."
    return f"{done} of {runs} runs are complete and stay in {folder.as_posix()}: the same command carries on."


def stopped(words: str, status: int) -> int:
    """Say why a command stopped, and return its exit code."""
    note(words)
    return status


def note(words: str) -> None:
    """Say something on standard error."""
    print(words, file=sys.stderr, flush=True)
