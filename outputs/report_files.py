"""Write a report: one HTML file that needs nothing else, or Markdown with its charts beside it."""

import re
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from outputs.charts.files import Making
from outputs.charts.words import MINUS
from outputs.report import Picture, Report
from outputs.tables import Row, markdown, text_of
from scenarios.writing import replacing

KEY = re.compile(r"\b([KA])-(?=\d\d\b)")
SIGN = re.compile(rf"([+{MINUS}])(?=£)")


def html_of(report: Report, how: Making) -> bytes:
    """Return a report as one HTML file without links to anything outside it."""
    templates = _environment(escaped=True)

    templates.filters["nobreak"] = _nobreak

    def table(rows: Sequence[Row], caption: str, label: str) -> Markup:
        return Markup(
            templates.get_template("table.html.jinja").render(rows=rows, caption=caption, label=label, text=text_of)
        )

    page = templates.get_template("report.html.jinja").render(
        report=report, table=table, uri=_uri, colour=how.style.colour, family=Markup(f'"{how.style.family}"')
    )
    return page.encode()


def markdown_of(report: Report, charts: str) -> bytes:
    """Return a report as Markdown that shows charts from a folder beside it.

    Args:
        report: What it says.
        charts: The folder of the charts, as the file names it.
    """
    page = (
        _environment(escaped=False).get_template("report.md.jinja").render(report=report, table=markdown, charts=charts)
    )
    return page.encode()


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, so that a half-written one is never seen under its name.

    Raises:
        WriteError: The operating system refused.
    """
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_pictures(pictures: Sequence[Picture], folder: Path) -> None:
    """Write the drawings and tables that a Markdown report shows.

    Raises:
        WriteError: The operating system refused.
    """
    for picture in pictures:
        write_bytes(folder / f"{picture.chart}.svg", picture.svg)
        write_bytes(folder / f"{picture.chart}.csv", picture.csv)


def _environment(escaped: bool) -> Environment:
    return Environment(
        loader=PackageLoader("outputs"), autoescape=escaped, undefined=StrictUndefined, keep_trailing_newline=True
    )


def _nobreak(text: str) -> str:
    """Return a text whose keys of evidence and assumptions, and amounts with their signs, stay on one line."""
    return SIGN.sub("\\1\u2060", KEY.sub("\\1\u2011", text))


def _uri(content: bytes, kind: str) -> Markup:
    """Return content as an address that holds it."""
    return Markup(f"data:{kind};base64,{b64encode(content).decode()}")
