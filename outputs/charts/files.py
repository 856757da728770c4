"""The files of one chart: pictures, CSV of what is drawn, JSON of what is said. Same input, same bytes."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pandas as pd
from matplotlib.figure import Figure

from outputs.charts.chart import Chart
from outputs.charts.house import Style, house_style
from outputs.charts.page import Words
from outputs.charts.sheet import PAGE, Sheet
from outputs.charts.study import Study
from scenarios.writing import replacing

FORMATS = ("svg", "png", "pdf")
PATH = re.compile(r' d="[^"]+"')
LONG_NUMBER = re.compile(r"(?<=\.\d\d)\d+")
"""Places in paths are kept to a hundredth of a point: nobody can see more, and maps are half as large."""
PACKED = 3
"""How hard a PNG is packed: twice as quick as usual, and a twentieth larger."""
SVG_SIZE = re.compile(r'(width|height)="([\d.]+)pt"')


@dataclass(frozen=True)
class Making:
    """How charts are made.

    Args:
        formats: Which of ``FORMATS``.
        sheets: The sizes of sheet.
        style: Colours and type.
        title: A title in place of the one computed from the numbers.
    """

    formats: tuple[str, ...] = ("svg", "png")
    sheets: tuple[Sheet, ...] = (PAGE,)
    style: Style = field(default_factory=Style)
    title: str | None = None


def write_chart(chart: Chart, table: pd.DataFrame, study: Study, folder: Path, how: Making | None = None) -> list[Path]:
    """Draw one chart and write its files: pictures, what is drawn as CSV, what is said as JSON.

    Args:
        chart: The chart.
        table: What it draws.
        study: Whose runs they are.
        folder: Where the files go; it must exist.
        how: Formats, sizes, style and title.

    Returns:
        The files written.

    Raises:
        WriteError: The operating system refused.
    """
    how = how or Making()
    words = said(chart, table, study, how)
    pictures = dict(_pictures(chart, table, study, words, how))
    contents = pictures | {
        f"{chart.name}.csv": csv_of(table),
        f"{chart.name}.json": _json(chart, table, words, study, how),
    }
    return [_put(folder / name, content) for name, content in contents.items()]


def said(chart: Chart, table: pd.DataFrame, study: Study, how: Making) -> Words:
    """Return a chart's words, under the title given for it if there is one."""
    words = chart.describe(table, study)
    return replace(words, title=how.title) if how.title else words


def csv_of(table: pd.DataFrame) -> bytes:
    """Return a table as CSV."""
    return table.to_csv(index=False, lineterminator="\n").encode()


def svg_of(chart: Chart, table: pd.DataFrame, study: Study, words: Words, how: Making, sheet: Sheet) -> bytes:
    """Return a chart as SVG for one size of sheet."""
    with house_style(how.style):
        return _svg(chart.figure(table, study, sheet, words), words, chart, sheet)


def _pictures(
    chart: Chart, table: pd.DataFrame, study: Study, words: Words, how: Making
) -> Iterator[tuple[str, bytes]]:
    """Yield each picture's name and content."""
    draw = {"svg": _svg, "png": _png, "pdf": _pdf}
    with house_style(how.style):
        for sheet in how.sheets:
            figure = chart.figure(table, study, sheet, words)
            for form in how.formats:
                yield f"{chart.name}{sheet.ending}.{form}", draw[form](figure, words, chart, sheet)


def _svg(figure: Figure, words: Words, chart: Chart, sheet: Sheet) -> bytes:
    """Return the drawing as SVG, with its title and description for screen readers."""
    page, name = BytesIO(), f"{chart.name}{sheet.ending}"
    figure.savefig(page, format="svg", metadata={"Date": None, "Creator": "csmarket"})
    head = f"<title id={quoteattr(name + '-title')}>{escape(words.title)}</title>"
    head += f"<desc id={quoteattr(name + '-desc')}>{escape(words.alt)}</desc>"
    drawn = PATH.sub(lambda path: LONG_NUMBER.sub("", path[0]), page.getvalue().decode())
    before, tag, after = drawn.partition("<svg ")
    attributes, _, rest = after.partition(">")
    times = sheet.enlarged(figure.get_figwidth())
    sized = SVG_SIZE.sub(lambda found: f'{found[1]}="{times * float(found[2]):g}pt"', attributes)
    labelled = f'role="img" aria-labelledby="{name}-title {name}-desc" '
    return f"{before}{tag}{labelled}{sized}>\n {head}{rest}".encode()


def _png(figure: Figure, words: Words, chart: Chart, sheet: Sheet) -> bytes:
    """Return the drawing as PNG, with its alt text in the file."""
    page = BytesIO()
    told = {"Title": words.title, "Description": words.alt, "Software": "csmarket"}
    dots = sheet.dots * sheet.enlarged(figure.get_figwidth())
    figure.savefig(page, format="png", dpi=dots, metadata=told, pil_kwargs={"compress_level": PACKED})
    return page.getvalue()


def _pdf(figure: Figure, words: Words, chart: Chart, sheet: Sheet) -> bytes:
    """Return the drawing as PDF, at the size that it is drawn at."""
    page = BytesIO()
    told = {"Title": words.title, "Subject": words.alt, "Creator": "csmarket", "Producer": None, "CreationDate": None}
    figure.savefig(page, format="pdf", metadata=told)
    return page.getvalue()


def _json(chart: Chart, table: pd.DataFrame, words: Words, study: Study, how: Making) -> bytes:
    """Return what the chart says and whose runs it shows, as JSON."""
    told = {
        "chart": chart.name,
        "shows": chart.shows,
        "title": words.title,
        "title_given": how.title is not None,
        "finding": chart.describe(table, study).title,
        "subtitle": words.subtitle,
        "alt": words.alt,
        "note": words.note,
        "source": study.source,
        **study.as_dict(),
        "style": how.style.name,
        "pictures": [f"{chart.name}{sheet.ending}.{form}" for sheet in how.sheets for form in how.formats],
        "table": f"{chart.name}.csv",
        "columns": list(map(str, table.columns)),
        "rows": len(table),
    }
    return (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode()


def _put(path: Path, content: bytes) -> Path:
    """Write a file, so that a half-written one is never seen under its name."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return path
