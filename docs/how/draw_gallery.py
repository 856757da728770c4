"""Draw the gallery anew: every chart with the command that makes it, docs/gallery.md and docs/gallery/.

Usage: python docs/how/draw_gallery.py

It runs the baseline, a comparison and a sweep first: some minutes in all.
"""

import tempfile
from contextlib import chdir
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
PAGE, PICTURES = ROOT / "docs" / "gallery.md", ROOT / "docs" / "gallery"
WIDTH, COLOURS = 720, 96
HEAD = """# Gallery

Every chart, with the command that makes it. Beside each picture stand the CSV of what is drawn and a JSON of what is
said. More sizes, formats and styles: [charts and reports](charts.md). `docs/how/draw_gallery.py` writes this page.

"""
KINDS = {
    "run": ("Charts of a run", "runs/baseline", "csmarket run baseline --runs 40"),
    "compare": (
        "Charts of a comparison",
        "runs/open_door_hosting_for_ever_against_baseline",
        "csmarket compare baseline open_door hosting_for_ever --runs 40",
    ),
    "sweep": ("Charts of a sweep", "runs/gallery", "csmarket sweep docs/studies/gallery.toml"),
}
"""Heading, folder, and the command that makes the folder."""


def page_text() -> str:
    """Return the page."""
    return HEAD + "".join(_section(kind) for kind in KINDS)


def _section(kind: str) -> str:
    heading, folder, made_by = KINDS[kind]
    intro = f"## {heading}\n\nThe folder comes from `{made_by}`.\n\n"
    return intro + "".join(
        f"### {name}\n\n{shows}\n\n`csmarket chart {folder} "
        f"{name}`\n\n![{name.replace('_', ' ')}](gallery/{name}.png)\n\n"
        for name, shows in charts_of(kind)
    )


def charts_of(kind: str) -> list[tuple[str, str]]:
    """Return name and description of the charts that stand under a kind of folder, each under its first."""
    from outputs.charts.draw import CHARTS

    return [(chart.name, chart.shows) for chart in CHARTS if chart.kinds[0] == kind]


def draw(pictures: Path, runs: str = "", design: str = "") -> None:
    """Make a folder of each kind and draw every chart into a folder, small.

    Args:
        pictures: Where the pictures go.
        runs: How many runs of each scenario, where not as the page says.
        design: The sweep's design, likewise.
    """
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        pictures.mkdir(parents=True, exist_ok=True)
        for kind, (_, _, made_by) in KINDS.items():
            command = made_by.split()[1:]
            command[-1] = (design if kind == "sweep" else runs) or command[-1]
            more = ["--no-charts"] if kind == "run" else []
            _csmarket(*command, "--out", f"{base}/{kind}", "--quiet", *more)
            _csmarket("chart", f"{base}/{kind}", "--out", f"{base}/{kind}-charts", "--format", "png", "--quiet")
            for chart, _ in charts_of(kind):
                _shrink(base / f"{kind}-charts" / f"{chart}.png", pictures / f"{chart}.png")


def _csmarket(*arguments: str) -> None:
    from outputs.cli import status_of

    with chdir(ROOT):
        status = status_of(arguments)
    if status:
        raise SystemExit(f"csmarket {' '.join(arguments)} ended with exit code {status}")


def _shrink(picture: Path, path: Path) -> None:
    """Write a picture in few dots and colours."""
    with Image.open(picture) as large:
        small = large.convert("RGB").resize(
            (WIDTH, round(large.height * WIDTH / large.width)), Image.Resampling.LANCZOS
        )
    small.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    """Write the page and the pictures."""
    draw(PICTURES)
    PAGE.write_text(page_text(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
