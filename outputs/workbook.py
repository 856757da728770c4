"""The tables of a results folder as an Excel workbook, for those who live there."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from outputs.charts.chart import Material
from outputs.experiment import Experiment
from outputs.report import Report
from outputs.tables import Row
from scenarios.dictionary import TABLES
from scenarios.results import Results

WORKBOOK = "tables.xlsx"
FIXED = datetime(2012, 1, 1)
"""The date that a workbook's file gives, so that the same input gives the same bytes."""
MOST_ROWS = 1_048_575
WIDEST = 60
FORMULA = re.compile(r"^[=+\-@]")


def workbook_of(given: Material, report: Report) -> bytes:
    """Return a workbook: what it is, key figures, the tables, and what each column means."""
    book = Workbook()
    book.remove(book.active)
    _about(book.create_sheet("about"), report)
    _write_rows(book.create_sheet("key_figures"), report.figures)
    for name, table in _tables(given.results):
        _write_rows(book.create_sheet(name), _records(table))
    for name, rows in (
        ("outcomes_explained", report.outcomes),
        ("assumptions", report.assumptions),
        ("columns", _columns()),
    ):
        _write_rows(book.create_sheet(name), rows)
    book.properties.creator = "csmarket"
    book.properties.title = report.title
    book.properties.created = book.properties.modified = FIXED
    file = io.BytesIO()
    book.save(file)
    return _settled(file.getvalue())


def _tables(results: Results | Experiment) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the tables that fit a sheet, with their names."""
    if isinstance(results, Experiment):
        yield "design", results.places
        values = results.last(results.columns)
        yield "points", values.groupby("point")[results.columns].mean().reset_index()
        if len(values) <= MOST_ROWS:
            yield "runs", values
        return
    yield "summary", results.summary
    means = results.summary.pivot(index="month", columns="outcome", values="mean")
    yield "means_by_month", means[results.summary["outcome"].drop_duplicates()].reset_index()
    last = results.outcomes[results.outcomes["month"] == results.outcomes["month"].max()]
    yield "runs_december_2016", last.head(MOST_ROWS)
    lines = results.lines.groupby(["line", "month"], observed=True)[["spend", "hhi_national", "hhi_local"]].mean()
    yield "lines", lines.reset_index()
    numbers = ["spend_per_head", "allowance_per_head", "core_cost", "satisfaction_score", "unmet_need_share"]
    ccgs = results.ccgs.groupby(["ods_code", "month"], observed=True)[
        [name for name in numbers if name in results.ccgs]
    ]
    yield "ccgs", ccgs.mean().reset_index()
    units = results.units.groupby(["unit", "name", "month", "status"], observed=True).size().rename("runs")
    yield "units", units[units > 0].reset_index()


def _columns() -> list[Row]:
    """Return what each column of each table means."""
    return [
        {"table": table, "column": column.name, "unit": column.unit, "meaning": column.meaning}
        for table, columns in TABLES.items()
        for column in columns
    ]


def _about(sheet: Worksheet, report: Report) -> None:
    """Write what the workbook is."""
    rows = [
        ("Title", report.title),
        *(("Question", one) for one in report.question),
        *(("Answer", one) for one in report.answer),
        *report.repeat,
        ("To repeat it", report.command),
        *(("What it cannot say", one) for one in report.cannot),
    ]
    if report.partial:
        rows.insert(1, ("Unfinished", report.partial))
    for row in rows:
        sheet.append([_plain(value) for value in row])
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 110
    for cells in sheet.iter_rows():
        cells[0].font = Font(bold=True)
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _records(table: pd.DataFrame) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _write_rows(sheet: Worksheet, rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows under bold heads that stay in sight and can be filtered."""
    heads = [name or "what" for name in rows[0]] if rows else ["nothing"]
    sheet.append(heads)
    for row in rows:
        sheet.append([_plain(value) for value in row.values()])
    for place, head in enumerate(heads, start=1):
        cell = sheet.cell(1, place)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DCE9F5")
        letter = get_column_letter(place)
        longest = max(
            (len(str(sheet.cell(row, place).value or "")) for row in range(2, min(sheet.max_row, 40) + 1)), default=0
        )
        sheet.column_dimensions[letter].width = min(WIDEST, max(len(head), longest) + 2)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions


def _plain(value: object) -> object:
    """Return a value as a cell can hold it: dates as dates, no value as empty, and no text that would be a formula."""
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime().date()
    if value is None or value is pd.NaT or (isinstance(value, (float, np.floating)) and not np.isfinite(value)):
        return None
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, str):
        clean = ILLEGAL_CHARACTERS_RE.sub("", value)
        return f"\u200b{clean}" if FORMULA.match(clean) else clean
    return value


def _settled(content: bytes) -> bytes:
    """Return a workbook whose inner files all have the same date."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, FIXED.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            inner = old.read(name)
            if name == "docProps/core.xml":
                inner = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2012-01-01T00:00:00Z", inner)
            new.writestr(info, inner)
    return file.getvalue()
