"""Tables of a few columns, as a reader wants them: for the terminal, a spreadsheet, a document or a program."""

import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

FORMATS = ("table", "csv", "markdown", "json")
WIDTH_OF_FILES = 160
"""Characters a line where the output is no terminal."""

Row = Mapping[str, object]


def show(rows: Sequence[Row], form: str) -> None:
    """Print rows of the same columns to standard output.

    Args:
        rows: One row a line, one or more.
        form: One of ``FORMATS``.
    """
    sys.stdout.write({"table": _table, "csv": _csv, "markdown": markdown, "json": _json}[form](rows))


def rendered(thing: "RenderableType", stream: IO[str]) -> str:
    """Return what rich makes of a thing, as wide and as colourful as a stream can show."""
    from rich.console import Console

    width = None if stream.isatty() else WIDTH_OF_FILES
    console = Console(file=stream, width=width, markup=False, highlight=False, emoji=False)
    with console.capture() as captured:
        console.print(thing)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def text_of(value: object) -> str:
    """Return a value as a reader would write it: true and false in small letters, whole numbers without a point."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e5 else _plain(value)


def _plain(value: object) -> str:
    return f"{value:.0f}" if isinstance(value, float) and value == int(value) else str(value)


def _csv(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows([text_of(value) for value in row.values()] for row in rows)
    return text.getvalue()


def markdown(rows: Sequence[Row]) -> str:
    """Return rows of the same columns as a table in Markdown."""
    lines = [list(rows[0]), ["---"] * len(rows[0])]
    lines += [[text_of(value).replace("|", "\\|") for value in row.values()] for row in rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _json(rows: Sequence[Row]) -> str:
    return json.dumps(list(rows), indent=2, ensure_ascii=False) + "\n"


def _table(rows: Sequence[Row]) -> str:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(rows[0]):
        table.add_column(name.replace("_", " "), no_wrap=number == 0, overflow="fold")
    for row in rows:
        table.add_row(*(text_of(value) for value in row.values()))
    return rendered(table, sys.stdout)
