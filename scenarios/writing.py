"""Write files so that a name either holds all of a file or nothing new, whenever the machine stops."""

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

TEMPORARY = ".tmp"
"""Ending of files that are being written; nothing under such a name counts."""


class WriteError(Exception):
    """A file could not be written, for example because the disk is full.

    Args:
        path: The file.
        error: What the operating system said.
    """

    def __init__(self, path: Path, error: OSError) -> None:
        self.path = path
        self.reason = os.strerror(error.errno) if error.errno else str(error)
        self._error = error
        super().__init__(f"{path.as_posix()} could not be written: {self.reason}")

    def __reduce__(self) -> tuple[type["WriteError"], tuple[Path, OSError]]:
        """Say how it is made again in another process."""
        return type(self), (self.path, self._error)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary name to write to, which takes the place of ``path`` once all of it is on the disk.

    Raises:
        WriteError: The operating system refused; ``path`` is as it was.
    """
    temporary = path.with_name(path.name + TEMPORARY)
    try:
        yield temporary
        _settle(temporary)
        temporary.replace(path)
        _settle_folder(path.parent)
    except OSError as error:
        raise WriteError(path, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """Write a file of JSON.

    Raises:
        WriteError: The operating system refused.
    """
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def write_tables(path: Path, tables: Iterator[pa.Table]) -> int:
    """Write tables of the same columns into one Parquet file, a row group each, and return its number of rows.

    Raises:
        WriteError: The operating system refused.
    """
    first = compact(next(tables))
    rows: int = first.num_rows
    with replacing(path) as temporary, pq.ParquetWriter(temporary, first.schema, **_encoding(first.schema)) as writer:
        writer.write_table(first)
        for table in tables:
            rows += table.num_rows
            writer.write_table(compact(table).cast(first.schema))
    return rows


def compact(table: pa.Table) -> pa.Table:
    """Return a table in one piece whose texts are stored once each."""
    table = table.combine_chunks()
    for place, column in enumerate(table.schema):
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            table = table.set_column(place, column.name, table.column(place).dictionary_encode())
    return table.combine_chunks()


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _encoding(schema: pa.Schema) -> dict[str, object]:
    """Return how columns are packed: texts by dictionary, numbers byte by byte, all of it squeezed."""
    fractions = [column.name for column in schema if pa.types.is_floating(column.type)]
    texts = [column.name for column in schema if pa.types.is_dictionary(column.type)]
    return {
        "compression": "zstd",
        "use_dictionary": texts,
        "column_encoding": dict.fromkeys(fractions, "BYTE_STREAM_SPLIT") or None,
    }


def _settle(path: Path) -> None:
    """Wait until a file is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _settle_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can say so."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
