"""The files of one chart: SVG, PNG, CSV of what is drawn, JSON of what is said. Same input, same bytes."""

import json
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pandas as pd
from matplotlib.figure import Figure

from outputs.charts.chart import Chart
from outputs.charts.house import house_style
from outputs.charts.page import Words
from outputs.charts.study import Study
from scenarios.writing import replacing

PNG_DPI = 200


def write_chart(chart: Chart, table: pd.DataFrame, study: Study, folder: Path) -> list[Path]:
    """Draw one chart and write its four files.

    Args:
        chart: The chart.
        table: What it draws.
        study: Whose runs they are.
        folder: Where the files go; it must exist.

    Returns:
        The files written.

    Raises:
        WriteError: The operating system refused.
    """
    words, figure = chart.describe(table, study), chart.figure(table, study)
    contents = {
        "svg": _svg(figure, words, chart.name),
        "png": _png(figure, words),
        "csv": table.to_csv(index=False, lineterminator="\n").encode(),
        "json": _json(words, study),
    }
    return [_put(folder / f"{chart.name}.{ending}", content) for ending, content in contents.items()]


def _svg(figure: Figure, words: Words, name: str) -> bytes:
    """Return the drawing as SVG, with its title and description for screen readers."""
    page = BytesIO()
    with house_style():
        figure.savefig(page, format="svg", metadata={"Date": None, "Creator": "csmarket"})
    head = f"<title id={quoteattr(name + '-title')}>{escape(words.title)}</title>"
    head += f"<desc id={quoteattr(name + '-desc')}>{escape(words.alt)}</desc>"
    before, tag, after = page.getvalue().decode().partition("<svg ")
    attributes, _, rest = after.partition(">")
    labelled = f'role="img" aria-labelledby="{name}-title {name}-desc" '
    return f"{before}{tag}{labelled}{attributes}>\n {head}{rest}".encode()


def _png(figure: Figure, words: Words) -> bytes:
    """Return the drawing as PNG, with its alt text in the file."""
    page = BytesIO()
    said = {"Title": words.title, "Description": words.alt, "Software": "csmarket"}
    with house_style():
        figure.savefig(page, format="png", dpi=PNG_DPI, metadata=said)
    return page.getvalue()


def _json(words: Words, study: Study) -> bytes:
    """Return what the chart says and whose runs it shows, as JSON."""
    said = {
        "title": words.title,
        "subtitle": words.subtitle,
        "alt": words.alt,
        "note": words.note,
        "source": study.source,
        "scenario": study.scenario,
        "runs": study.runs,
        "seeds": study.seeds,
        "version": study.version,
    }
    return (json.dumps(said, indent=2, ensure_ascii=False) + "\n").encode()


def _put(path: Path, content: bytes) -> Path:
    """Write a file, so that a half-written one is never seen under its name."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return path
