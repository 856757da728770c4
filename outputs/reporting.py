"""`csmarket report`: read its options, write the report, say where it is."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from outputs.charting import choice_of
from outputs.charts.chart import Material
from outputs.charts.files import Making
from outputs.charts.house import Style
from outputs.report import Report, report_of
from outputs.report_files import html_of, markdown_of, write_bytes, write_pictures
from outputs.stored import open_stored
from outputs.style_file import read_style
from outputs.workbook import WORKBOOK, workbook_of
from scenarios.folder import CHARTS, refuse_unwritable
from scenarios.writing import WriteError
from simulation.faults import InputError
from simulation.inputs import read_england

DONE, WRITE_FAILED = 0, 74
ENDINGS = {"html": ".html", "markdown": ".md"}


def report_folder(options: Mapping[str, Any]) -> int:
    """Do what `csmarket report` was told, and return its exit code.

    Raises:
        InputError: The input is wrong; nothing was written.
    """
    results = open_stored(options["folder"])
    given = Material(results, read_england(), choice_of(options, results))
    how = Making(style=read_style(options["style_file"]) if options["style_file"] else Style())
    out = Path(options["out"] or Path(options["folder"]) / f"report{ENDINGS[options['form']]}")
    _refuse_folder(out, "report.html")
    try:
        refuse_unwritable(out.parent)
        report = report_of(given, how)
        written = _write(report, how, out, options["form"])
        if options["xlsx"]:
            book = Path(options["folder"]) / WORKBOOK
            write_bytes(book, workbook_of(given, report))
            written.append(book)
    except WriteError as error:
        print(f"{error}.", file=sys.stderr)
        return WRITE_FAILED
    if not options["quiet"]:
        _tell(report, written)
    return DONE


def write_workbook(options: Mapping[str, Any]) -> int:
    """Do what `csmarket workbook` was told, and return its exit code.

    Raises:
        InputError: The input is wrong; nothing was written.
    """
    given = Material(open_stored(options["folder"]), read_england())
    out = Path(options["out"] or Path(options["folder"]) / WORKBOOK)
    _refuse_folder(out, WORKBOOK)
    try:
        refuse_unwritable(out.parent)
        report = report_of(given, None)
        write_bytes(out, workbook_of(given, report))
    except WriteError as error:
        print(f"{error}.", file=sys.stderr)
        return WRITE_FAILED
    if not options["quiet"]:
        _tell(report, [out])
    return DONE


def _refuse_folder(out: Path, example: str) -> None:
    """Refuse a folder where a file's name is wanted."""
    if out.is_dir():
        raise InputError([f"--out = {str(out)!r} is a folder: name a file, as in --out {(out / example).as_posix()}"])


def _write(report: Report, how: Making, out: Path, form: str) -> list[Path]:
    """Write the report and return its files, the report first."""
    if form == "html":
        write_bytes(out, html_of(report, how))
        return [out]
    folder = out.parent / CHARTS
    refuse_unwritable(folder)
    write_pictures([picture for _, pictures in report.sections for picture in pictures], folder)
    write_bytes(out, markdown_of(report, CHARTS))
    return [out]


def _tell(report: Report, written: list[Path]) -> None:
    for name, reason in report.left_out.items():
        print(f"{name} is not drawn: {reason}.", file=sys.stderr)
    if report.partial:
        print(f"The results are unfinished: {report.partial}. The report says so.", file=sys.stderr)
    for path in written:
        print(f"Wrote {path.as_posix()} ({path.stat().st_size / 1e6:.1f} MB).")
