"""Does the gallery show every chart, and does its script draw them all?"""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from command import ROOT
from PIL import Image

from outputs.charts.draw import CHARTS


@pytest.fixture(scope="module")
def gallery() -> ModuleType:
    """Return the script that draws the gallery."""
    spec = importlib.util.spec_from_file_location("draw_gallery", ROOT / "docs" / "how" / "draw_gallery.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_fresh_and_every_picture_is_there_and_small(gallery: ModuleType) -> None:
    fresh = gallery.PAGE.read_text(encoding="utf-8") == gallery.page_text()
    assert fresh, "docs/gallery.md is out of date: python docs/how/draw_gallery.py writes it anew"
    pictures = list(gallery.PICTURES.iterdir())
    assert {path.stem for path in pictures} == {chart.name for chart in CHARTS}
    assert sum(path.stat().st_size for path in pictures) < 3_000_000


def test_the_script_draws_every_chart(gallery: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "design.toml").write_text(
        'method = "sobol"\npoints = 32\n[vary]\n"hosting.form" = ["own_choice", "sale"]\n'
        '"allowance.per_head" = [20, 30]\n"hosting.ends" = [28, 60]\n'
    )
    gallery.draw(tmp_path / "drawn", runs="2", design=str(tmp_path / "design.toml"))
    drawn = list((tmp_path / "drawn").iterdir())
    assert {path.stem for path in drawn} == {chart.name for chart in CHARTS}
    assert {Image.open(path).width for path in drawn} == {gallery.WIDTH}
