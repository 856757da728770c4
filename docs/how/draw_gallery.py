"""Draw the gallery anew: every chart with the command that makes it, docs/gallery.md and docs/gallery/.

Usage: python docs/how/draw_gallery.py

Charts of a run are of 40 runs of the baseline. Charts of a comparison and of a sweep are of made-up numbers.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
PAGE, PICTURES = ROOT / "docs" / "gallery.md", ROOT / "docs" / "gallery"
COMMAND = [sys.executable, "-c", "from outputs.cli import main; main()"]
WIDTH, COLOURS = 720, 96
HEAD = """# Gallery

Every chart, with the command that makes it. Beside each picture stand the CSV of what is drawn and a JSON of what is
said. More sizes, formats and styles: [charts and reports](charts.md). `docs/how/draw_gallery.py` writes this page.

"""
KINDS = {
    "run": ("Charts of a run", "runs/baseline", "csmarket run baseline --runs 40", "40 runs of the baseline"),
    "compare": (
        "Charts of a comparison",
        "runs/compare",
        "csmarket compare baseline open_door hosting_for_ever",
        "made-up numbers",
    ),
    "sweep": ("Charts of a sweep", "runs/sweep", "csmarket sweep design.toml", "made-up numbers"),
}
"""Heading, folder, the command that makes the folder, and what the pictures here are of."""


def page_text() -> str:
    """Return the page."""
    return HEAD + "".join(_section(kind) for kind in KINDS)


def _section(kind: str) -> str:
    heading, folder, made_by, shown = KINDS[kind]
    intro = f"## {heading}\n\nThe folder comes from `{made_by}`; the pictures are of {shown}.\n\n"
    return intro + "".join(
        f"### {name}\n\n{shows}\n\n`csmarket chart {folder} "
        f"{name}`\n\n![{name.replace('_', ' ')}](gallery/{name}.png)\n\n"
        for name, shows in charts_of(kind)
    )


def charts_of(kind: str) -> list[tuple[str, str]]:
    """Return name and description of the charts that stand under a kind of folder, each under its first."""
    from outputs.charts.draw import CHARTS

    return [(chart.name, chart.shows) for chart in CHARTS if chart.kinds[0] == kind]


def draw(pictures: Path, runs: int = 40) -> None:
    """Make a folder of each kind and draw every chart into a folder, small."""
    sys.path.insert(0, str(ROOT / "tests"))
    from stored_folders import comparison, sweep, with_indices

    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        _csmarket("run", "baseline", "--runs", str(runs), "--out", f"{base}/run", "--no-charts", "--quiet")
        comparison(
            base / "compare",
            open_door={"css_operating": 12.0, "ccgs_with_three_offers": 130.0, "hhi_local": 0.4},
            hosting_for_ever={"css_operating": 19.0, "spend_per_head": 17.4},
        )
        with_indices(sweep(base / "sweep", points=80))
        pictures.mkdir(parents=True, exist_ok=True)
        for kind in KINDS:
            _csmarket("chart", f"{base}/{kind}", "--out", f"{base}/{kind}-charts", "--format", "png", "--quiet")
            for chart, _ in charts_of(kind):
                _shrink(base / f"{kind}-charts" / f"{chart}.png", pictures / f"{chart}.png")


def _csmarket(*arguments: str) -> None:
    subprocess.run([*COMMAND, *arguments], check=True, cwd=ROOT)


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
