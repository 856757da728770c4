"""The register of charts: which there are, which a folder can have, and drawing them."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from difflib import get_close_matches
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

from outputs.charts.allowance import ALLOWANCE
from outputs.charts.chart import RUN, Chart, Choice, Material
from outputs.charts.comparison import COMPARISON
from outputs.charts.concentration import CONCENTRATION
from outputs.charts.discovery import DISCOVERY_CHART
from outputs.charts.drivers import DRIVERS
from outputs.charts.fact_card import FACT_CARD
from outputs.charts.fates import FATES_OF_UNITS
from outputs.charts.files import Making, write_chart
from outputs.charts.flows import FLOWS
from outputs.charts.frontier import FRONTIER
from outputs.charts.genealogy import GENEALOGY
from outputs.charts.heat_map import HEAT_MAP
from outputs.charts.histories import HISTORIES
from outputs.charts.main_sources import MAIN_SOURCES
from outputs.charts.map_change import MAP_CHANGE, TILE_MAP_CHANGE
from outputs.charts.map_satisfaction import MAP_SATISFACTION, TILE_MAP_SATISFACTION
from outputs.charts.map_source import MAP, TILE_MAP
from outputs.charts.map_spend import MAP_SPEND, TILE_MAP_SPEND
from outputs.charts.map_unit import MAP_UNIT, TILE_MAP_UNIT
from outputs.charts.market_age import MARKET_AGE
from outputs.charts.redundancy import REDUNDANCY
from outputs.charts.satisfaction import SATISFACTION
from outputs.charts.sensitivity import SENSITIVITY_CHART
from outputs.charts.shares import SHARES
from outputs.charts.study import Study, study_of
from outputs.charts.sweep_place import SWEEP_PLACE
from outputs.charts.units import UNITS
from outputs.experiment import Experiment
from scenarios.results import Results
from scenarios.work import cores
from simulation.faults import InputError
from simulation.inputs import England

CHARTS = (
    FACT_CARD,
    UNITS, SHARES, MAIN_SOURCES, CONCENTRATION, FLOWS, REDUNDANCY, GENEALOGY, FATES_OF_UNITS, HISTORIES, ALLOWANCE,
    SATISFACTION, MARKET_AGE,
    TILE_MAP, TILE_MAP_CHANGE, TILE_MAP_UNIT, TILE_MAP_SPEND, TILE_MAP_SATISFACTION,
    MAP, MAP_CHANGE, MAP_UNIT, MAP_SPEND, MAP_SATISFACTION,
    COMPARISON, DRIVERS, FRONTIER, SENSITIVITY_CHART, DISCOVERY_CHART, HEAT_MAP, SWEEP_PLACE,
)  # fmt: skip
"""Every chart, in the order in which a reader meets them."""
WITH_RUN = (UNITS, SHARES, REDUNDANCY, TILE_MAP)
"""Those that `csmarket run` draws at once."""
MANY = 8
"""From so many charts on it is quicker to start processes that draw beside each other."""


@dataclass
class Drawn:
    """What was drawn: the files written, and for each chart that could not be drawn the reason."""

    files: list[Path] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


def kind_of(results: Results | Experiment) -> str:
    """Return the kind of folder that results are from: ``run``, ``compare`` or ``sweep``."""
    return results.kind if isinstance(results, Experiment) else RUN[0]


def charts_for(kind: str) -> list[Chart]:
    """Return the charts that a kind of folder can have."""
    return [chart for chart in CHARTS if kind in chart.kinds]


def named(names: Iterable[str], kind: str) -> list[Chart]:
    """Return charts by name.

    Raises:
        InputError: A name is unknown, or the chart is of another kind of folder; all faults at once.
    """
    known = {chart.name: chart for chart in CHARTS}
    faults = [fault for name in names if (fault := _name_fault(name, known, kind))]
    if faults:
        there = ", ".join(chart.name for chart in charts_for(kind))
        raise InputError([*faults, f"a folder of '{kind}' has {there}"])
    return [known[name] for name in dict.fromkeys(names)]


def _name_fault(name: str, known: dict[str, Chart], kind: str) -> str | None:
    if name not in known:
        near = get_close_matches(name, known, n=1)
        return f"{name}: there is no such chart" + (f": did you mean {near[0]}?" if near else "")
    if kind not in known[name].kinds:
        return f"{name}: is a chart of {' or '.join(known[name].kinds)} folders, and this is one of '{kind}'"
    return None


def columns_lacking(chart: Chart, given: Material) -> str | None:
    """Say which columns a chart needs and the results lack, or None."""
    lacking = []
    for table, columns in chart.needs.items():
        there = (
            given.results.columns if isinstance(given.results, Experiment) else getattr(given.results, table).columns
        )
        lacking += [f"{table}.{column}" for column in columns if column not in there]
    return f"needs {', '.join(lacking)}, which this folder's tables do not have" if lacking else None


def draw_charts(
    given: Material, folder: Path, charts: Sequence[Chart] = WITH_RUN, how: Making | None = None, strict: bool = True
) -> Drawn:
    """Draw charts of stored results.

    Args:
        given: The stored results, and what the reader chose.
        folder: Where the files go; made if it is not there.
        charts: Which.
        how: Formats, sizes, style and title.
        strict: Whether a chart that cannot be drawn is an error; else it is left out and the reason noted.

    Returns:
        The files written (pictures, CSV and JSON for each chart) and what was left out.

    Raises:
        InputError: A chart cannot be drawn from these results; nothing was written.
        WriteError: The operating system refused.
    """
    drawn, study = Drawn(), study_of(given.results)
    tables = {}
    for chart in charts:
        try:
            if lacking := columns_lacking(chart, given):
                raise InputError([lacking])
            tables[chart] = chart.measure(given)
        except InputError as error:
            drawn.left_out[chart.name] = "; ".join(error.faults)
    if strict and drawn.left_out:
        raise InputError([f"{name}: {reason}" for name, reason in drawn.left_out.items()])
    folder.mkdir(parents=True, exist_ok=True)
    drawn.files = _written(tables, study, folder, how or Making())
    return drawn


def _written(tables: Mapping[Chart, pd.DataFrame], study: Study, folder: Path, how: Making) -> list[Path]:
    """Write charts and return the files; where processes start at once, many are written by one a core.

    Raises:
        WriteError: The operating system refused.
    """
    if len(tables) < MANY or cores() == 1 or sys.platform != "linux":
        return [path for chart, table in tables.items() for path in write_chart(chart, table, study, folder, how)]
    with ProcessPoolExecutor(min(cores(), len(tables)), get_context("fork")) as pool:
        waiting = [pool.submit(_write_named, chart.name, table, study, folder, how) for chart, table in tables.items()]
        return [path for done in waiting for path in done.result()]


def _write_named(name: str, table: pd.DataFrame, study: Study, folder: Path, how: Making) -> list[Path]:
    """Write one chart; charts go to other processes by name."""
    return write_chart(next(chart for chart in CHARTS if chart.name == name), table, study, folder, how)


def draw_with_run(results: Results, england: England, folder: Path) -> list[Path]:
    """Draw the charts that come with a run, and return the files written."""
    return draw_charts(Material(results, england, Choice()), folder).files
