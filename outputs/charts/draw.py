"""The register of charts, and drawing them all into a folder."""

from pathlib import Path

from outputs.charts.files import write_chart
from outputs.charts.redundancy import REDUNDANCY
from outputs.charts.shares import SHARES
from outputs.charts.study import study_of
from outputs.charts.tile_map import TILE_MAP
from outputs.charts.units import UNITS
from scenarios.results import Results
from simulation.inputs import England

CHARTS = (UNITS, SHARES, REDUNDANCY, TILE_MAP)


def draw_charts(results: Results, england: England, folder: Path) -> list[Path]:
    """Draw every chart of one scenario's runs.

    Args:
        results: The stored results.
        england: The CCGs and where their tiles stand.
        folder: Where the files go; made if it is not there.

    Returns:
        The files written: SVG, PNG, CSV and JSON for each chart.
    """
    folder.mkdir(parents=True, exist_ok=True)
    study = study_of(results)
    return [path for chart in CHARTS for path in write_chart(chart, chart.measure(results, england), study, folder)]
