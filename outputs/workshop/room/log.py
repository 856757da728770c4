"""The room's log on disk: a line an entry, each safe on the disk before anybody hears of it."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

Entry = Mapping[str, Any]


class Log:
    """An append-only log of JSON lines.

    A torn last line, of a write that was cut off, counts as not written.

    Args:
        path: The file; its folder is made when the first entry is written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> list[dict[str, Any]]:
        """Return the entries."""
        if not self.path.is_file():
            return []
        whole = self.path.read_bytes()
        kept = whole[: whole.rfind(b"\n") + 1]
        if len(kept) < len(whole):
            with self.path.open("r+b") as file:
                file.truncate(len(kept))
        return [json.loads(line) for line in kept.splitlines()]

    def append(self, entries: Iterable[Entry]) -> None:
        """Write entries, and return when they are on the disk."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.write(_lines(entries))
            file.flush()
            os.fsync(file.fileno())

    def rewrite(self, change: Callable[[dict[str, Any]], Entry]) -> None:
        """Change every entry: the new log takes the place of the old one, or nothing happens."""
        entries, beside = [change(entry) for entry in self.read()], self.path.with_suffix(".new")
        with beside.open("wb") as file:
            file.write(_lines(entries))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)

    def remove(self) -> None:
        """Delete the log."""
        self.path.unlink(missing_ok=True)


def _lines(entries: Iterable[Entry]) -> bytes:
    return b"".join(json.dumps(entry, ensure_ascii=True, sort_keys=True).encode() + b"\n" for entry in entries)
