"""One results folder: how it is laid out, whose it is, what stands in it, and that only one process writes to it."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from scenarios.writing import TEMPORARY, WriteError
from simulation.faults import NO_ROOM, InputError

MADE_BY = "csmarket run"
MANIFEST = "manifest.json"
LOCK = ".lock"
PARTS = "parts"
CHARTS = "charts"
SUMMARY = "summary.csv"
DATAPACKAGE = "datapackage.json"
PROBE_BYTES = 512
ANOTHER_OUT = "name another folder with --out"

Standing = Literal["new", "unfinished", "complete", "other"]


@dataclass(frozen=True)
class Layout:
    """What a command's results folder consists of.

    Args:
        tables: Tables that lie in one file each when the work is done.
        kept: Tables that stay in parts, a folder each, so that none is ever read whole.
        noted: Tables of few rows, which stand in the receipts until the work is done.
        receipts: The folder of the receipts.
        summarised: Whether the table ``outcomes`` is summarised.
    """

    tables: tuple[str, ...]
    kept: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()
    receipts: str = PARTS
    summarised: bool = False


OF_A_SWEEP = Layout(tables=("design", "failures"), kept=("outcomes",), noted=("failures",), receipts="receipts")
LAYOUTS = {
    MADE_BY: Layout(tables=("outcomes", "units", "ccgs", "sourcing", "lines", "events", "draws"), summarised=True),
    "csmarket sweep": OF_A_SWEEP,
    "csmarket compare": OF_A_SWEEP,
}
"""How each command that writes results lays out its folder."""


def layout_of(manifest: Mapping[str, Any]) -> Layout:
    """Return the layout of the folder that a manifest describes."""
    return LAYOUTS[manifest.get("made_by", MADE_BY)]


def standing(folder: Path, identity: Mapping[str, object], made_by: str = MADE_BY) -> Standing:
    """Say what stands in a folder, compared with the work whose results should go there.

    Args:
        folder: The folder, which need not exist.
        identity: What makes two pieces of work the same.
        made_by: The command that does the work.

    Returns:
        ``new`` (nothing), ``unfinished`` or ``complete`` results of the same work, or ``other`` results of the same
        command.

    Raises:
        InputError: Something that is not of the same command is in the way, which not even force replaces.
    """
    manifest = own_manifest(folder, made_by)
    if manifest is None:
        return "new"
    if manifest.get("identity") != identity:
        return "other"
    return "complete" if is_complete(folder, manifest) else "unfinished"


def own_manifest(folder: Path, made_by: str) -> dict[str, Any] | None:
    """Return the manifest of the results of one command, or None where nothing stands; refuse anything else.

    Raises:
        InputError: The folder is a file, or holds something that is not of the command, which not even force replaces.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        _refuse_foreign(folder)
    elif manifest.get("made_by") != made_by:
        raise InputError([f"{folder}: holds the results of {manifest.get('made_by', 'something else')}: {ANOTHER_OUT}"])
    return manifest


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return a folder's manifest, or None where there is none that can be read."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) else None


def is_complete(folder: Path, manifest: Mapping[str, Any]) -> bool:
    """Say whether a manifest calls its folder complete and every file is there, at its size."""
    files = manifest.get("files", {})
    return manifest.get("status") == "complete" and all(_size(folder / name) == files[name]["bytes"] for name in files)


def differences(folder: Path, identity: Mapping[str, object]) -> str:
    """Say in words how the results in a folder differ from the work that was asked for."""
    found = (read_manifest(folder) or {}).get("identity", {})
    words = [_difference(key, found.get(key), wanted) for key, wanted in identity.items() if found.get(key) != wanted]
    return ", ".join(words)


def refuse_unwritable(folder: Path) -> None:
    """Make a folder and try to write to it, before anything is computed.

    Raises:
        InputError: The folder cannot be made or written to.
        WriteError: The disk is full.
    """
    probe = folder / f"probe{TEMPORARY}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"\0" * PROBE_BYTES)
        probe.unlink()
    except OSError as error:
        with suppress(OSError):
            probe.unlink(missing_ok=True)
        if error.errno in NO_ROOM:
            raise WriteError(folder, error) from error
        raise InputError([f"{folder}: cannot be written to ({error.strerror}): {ANOTHER_OUT}"]) from None


def clear_results(folder: Path) -> None:
    """Delete what a results folder consists of, but its manifest; files of others stay.

    Raises:
        WriteError: The operating system refused.
    """
    manifest = read_manifest(folder) or {}
    layout = layout_of(manifest)
    charts = [f"{CHARTS}/{Path(name).name}" for name in manifest.get("charts", [])]
    for name in (*(f"{table}.parquet" for table in layout.tables), SUMMARY, DATAPACKAGE, *charts):
        _delete(folder / name)
    for table in layout.kept:
        _clear(folder / table, "part-[0-9]*.parquet", f"*{TEMPORARY}")
    _clear(folder / layout.receipts, "receipt-[0-9]*.json", f"*{TEMPORARY}")
    clear_parts(folder)


def clear_parts(folder: Path) -> None:
    """Delete the parts of a results folder, and their folder if nothing else is in it.

    Raises:
        WriteError: The operating system refused.
    """
    _clear(folder / PARTS, "*-[0-9]*.parquet", "receipt-[0-9]*.json", f"*{TEMPORARY}")


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Keep other processes from writing to a folder; the operating system lets go when this process ends.

    Raises:
        InputError: Another process is writing to it.
    """
    path = folder / LOCK
    file = _claimed(path, folder)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        file.close()


def _claimed(path: Path, folder: Path) -> IO[str]:
    """Return the lock's file, opened and locked; one that was deleted while we waited for it does not count."""
    while True:
        try:
            file = path.open("a+", encoding="utf-8")
        except OSError as error:
            raise WriteError(path, error) from error
        try:
            _lock_now(file)
        except (BlockingIOError, PermissionError):
            file.close()
            busy = f"{folder}: another csmarket is writing to it: wait until it is done, or {ANOTHER_OUT}"
            raise InputError([busy]) from None
        except OSError:
            return file  # this file system has no locks: go on without
        if _is_still(path, file):
            return file
        file.close()


def _lock_now(file: IO[str]) -> None:
    """Lock a file or fail at once."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_still(path: Path, file: IO[str]) -> bool:
    """Say whether an open file is still what its name stands for."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except OSError:
        return False


def _refuse_foreign(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError([f"{folder}: is a file, and results want a folder: {ANOTHER_OUT}"])
    if others := sorted(path.name for path in folder.glob("*") if path.name != LOCK and path.suffix != TEMPORARY):
        some = ", ".join(others[:3]) + (", ..." if len(others) > 3 else "")
        told = f"{folder}: holds other files ({some}) and no results of csmarket, so it is left alone, with --force too"
        raise InputError([f"{told}: {ANOTHER_OUT}"])


def _difference(key: str, found: object, wanted: object) -> str:
    if isinstance(wanted, (int, str)) and len(str(wanted)) < 40:
        return f"{key.replace('_', ' ')} {found} there and {wanted} asked for"
    return f"another {key.replace('_', ' ')}"


def _clear(folder: Path, *patterns: str) -> None:
    """Delete the files of some patterns, and their folder if nothing else is in it."""
    for pattern in patterns:
        for path in folder.glob(pattern):
            _delete(path)
    with suppress(OSError):
        folder.rmdir()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise WriteError(path, error) from error
