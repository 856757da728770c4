"""Do the charts say what the data say, draw what their tables hold, and read well?"""

import itertools
import json
import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from outputs.charts import bands
from outputs.charts.chart import Chart, Material
from outputs.charts.draw import WITH_RUN as CHARTS
from outputs.charts.draw import draw_with_run
from outputs.charts.files import write_chart
from outputs.charts.flags import policy_marks, rows_of
from outputs.charts.house import SOURCES, contrast, house_style, ink_on
from outputs.charts.labels import apart
from outputs.charts.map_source import TILE_MAP
from outputs.charts.maps import SNAPSHOTS as SNAPSHOT_DATES
from outputs.charts.page import Words
from outputs.charts.redundancy import REDUNDANCY
from outputs.charts.shares import SHARES
from outputs.charts.study import Study, study_of
from outputs.charts.units import UNITS
from outputs.charts.words import millions, percent
from outputs.map import middles, region_borders
from simulation.inputs import England, read_england

MONTHS = pd.date_range("2012-01-01", periods=60, freq="MS")
SNAPSHOTS = MONTHS[[0, 3, 15, 27, 39, 51, 59]]
SHARES_OF_SPEND = ["home_css", "other_css", "private", "other_supplier", "in_house", "shared"]
MILESTONES = [
    {"date": "2012-01-31", "label": "Checkpoint 1"},
    {"date": "2012-05-14", "label": "Checkpoint 2"},
    {"date": "2012-10-01", "label": "Checkpoint 3"},
    {"date": "2013-03-01", "label": "Checkpoint 4"},
    {"date": "2013-04-01", "label": "CCGs live, trusts abolished"},
    {"date": "2016-04-01", "label": "Hosting ends"},
]


@cache
def england() -> England:
    """Return the real CCGs and their tiles, read once."""
    return read_england()


def results(runs: int = 30, same: bool = False, **outcomes: Any) -> SimpleNamespace:
    """Return made-up results: units fall, home units lose ground, redundancy adds up.

    Args:
        runs: How many runs.
        same: Whether all runs are alike.
        outcomes: Outcome columns to replace, each a number or an array that fits (month, run).
    """
    luck = np.random.default_rng(7).random((1 if same else runs, 4)).repeat(runs if same else 1, axis=0)
    table = pd.DataFrame({"run": np.tile(np.arange(runs), 60), "month": MONTHS.repeat(runs)})
    table = table.assign(scenario="baseline", seed=table["run"] + 1, **_shares(luck[:, 1]))
    table["css_operating"] = _units(luck[:, 0]).ravel()
    table["redundancy_cost_to_date"] = (np.linspace(0, 1, 60)[:, None] ** 2 * (60e6 + 60e6 * luck[:, 2])).ravel()
    for name, values in outcomes.items():
        table[name] = np.broadcast_to(values, (60, runs)).ravel()
    scenario = {"name": "baseline", "title": "Policy as it was planned by September 2012", "question": "What if?"}
    manifest = {"scenario": scenario, "runs": runs, "first_seed": 1, "version": "0.1.0", "milestones": MILESTONES}
    return SimpleNamespace(manifest=manifest, outcomes=table, sourcing=sourcing(runs, same))


def _units(luck: np.ndarray) -> np.ndarray:
    """Return the number of units by month and run: 41, 35, 25, 25, 23, then fewer."""
    early = np.array([41, 35, 25, 25, 23])[:, None] + np.zeros((1, len(luck)))
    late = 23 - np.floor((4 + 14 * luck) * np.linspace(0, 1, 55)[:, None])
    return np.vstack([early, late])


def _shares(luck: np.ndarray) -> dict[str, np.ndarray]:
    """Return shares of spend that sum to 1: home units lose most to in-house support."""
    time = np.clip((np.arange(60) - 15) / 44, 0, 1)[:, None] * (0.5 + luck)
    gains = {"other_css": 0.06, "private": 0.1, "other_supplier": 0.01, "in_house": 0.15, "shared": 0.05}
    start = {"other_css": 0.05, "private": 0.03, "other_supplier": 0.01, "in_house": 0.3, "shared": 0.05}
    shares = {f"{name}_share": (start[name] + gains[name] * time).ravel() for name in gains}
    return {"home_css_share": 1 - sum(shares.values())} | shares


@cache
def sourcing(runs: int, same: bool = False) -> pd.DataFrame:
    """Return made-up sources: a row a run, CCG, line and snapshot."""
    rng = np.random.default_rng(3)
    codes, months, lines = england().ccgs.ods_code, len(SNAPSHOTS), 8
    shape = (1 if same else runs, len(codes), lines, months)
    taste = rng.random((1, len(codes), 1, 1)) * 0.7 + rng.random(shape) * 0.5 + np.arange(months) * 0.05
    source = np.digitize(taste, [0.65, 0.7, 0.78, 0.8, 1.1])
    source = np.broadcast_to(source, (runs, *shape[1:]))
    run, ccg, line, month = (part.ravel() for part in np.indices(source.shape))
    return pd.DataFrame(
        {
            "run": run,
            "ods_code": np.array(codes)[ccg],
            "line": line,
            "month": SNAPSHOTS[month],
            "source": np.array(list(SOURCES))[source.ravel()],
            "supplier": "x",
            "price_per_head": 1.0 + 0.2 * line,
        }
    )


def measured(chart: Chart, made_up: SimpleNamespace) -> pd.DataFrame:
    """Return what a chart draws of results."""
    return chart.measure(Material(made_up, england()))


def describe(chart: Chart, made_up: SimpleNamespace) -> Words:
    """Return what a chart says of results."""
    return chart.describe(measured(chart, made_up), study_of(made_up))


def figure_of(chart: Chart, made_up: SimpleNamespace) -> Figure:
    """Return a chart of results, drawn."""
    return drawn_from(chart, measured(chart, made_up), study_of(made_up))


def drawn_from(chart: Chart, table: pd.DataFrame, study: Study) -> Figure:
    """Return a chart of a table, drawn."""
    figure = chart.figure(table, study)
    with house_style():
        figure.canvas.draw()
    return figure


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with all charts of 30 runs."""
    folder = tmp_path_factory.mktemp("charts")
    draw_with_run(results(), england(), folder)
    return folder


FALLING = np.linspace(41, 9, 60).round()[:, None]
TWO_ENDS = np.where(np.arange(40) < 20, 0, 2)


@pytest.mark.parametrize(
    ("runs", "units", "headline"),
    [
        (30, FALLING, "In all 30 runs, NHS units fall from 41 to 9 by December 2016"),
        (1, FALLING, "In one run, NHS units fall from 41 to 9 by December 2016"),
        (
            2,
            FALLING[::-1] + np.array([0, 2]),
            "NHS units rise from 10 to 42 by December 2016; both runs end with 41 to 43",
        ),
        (3, 41, "In all 3 runs, NHS units stay at 41 from 2012 to 2016"),
        (1, 41 - 5 * (np.arange(60) == 30)[:, None], "In one run, NHS units start and end at 41"),
        (40, FALLING + TWO_ENDS, "NHS units fall from 42 to 10 by December 2016; 9 in 10 runs end with 9 to 11"),
        (39, FALLING + np.arange(39) // 38, "NHS units fall from 41 to 9 by December 2016; 9 in 10 runs end with 9"),
        (
            4,
            FALLING + np.array([0, 0, 1, 1]),
            "NHS units fall from 41.5 to 9.5 by December 2016; all 4 runs end with 9 to 10",
        ),
    ],
)
def test_the_units_headline_is_true(runs: int, units: Any, headline: str) -> None:
    assert describe(UNITS, results(runs, css_operating=units)).title == headline


def shares(**ends: tuple[float, float]) -> dict[str, np.ndarray]:
    """Return share columns that go straight from one end in April 2013 to the other in December 2016."""
    time = np.clip((np.arange(60) - 15) / 44, 0, 1)[:, None]
    pairs = {f"{name}_share": ends.get(name, (0.0, 0.0)) for name in SHARES_OF_SPEND}
    return {name: first + (last - first) * time for name, (first, last) in pairs.items()}


@pytest.mark.parametrize(
    ("ends", "finding"),
    [
        (
            {"home_css": (0.7, 0.4), "in_house": (0.2, 0.3), "private": (0.1, 0.3)},
            "fall from 70% of spend in April 2013 to 40% in December 2016; largest gain: private suppliers, 10% to 30%",
        ),
        (
            {"home_css": (0.4, 0.7), "in_house": (0.3, 0.2), "shared": (0.3, 0.1)},
            "rise from 40% of spend in April 2013 to 70% in December 2016; largest loss: shared, 30% to 10%",
        ),
        (
            {"home_css": (0.5, 0.5), "in_house": (0.4, 0.1), "other_css": (0.1, 0.4)},
            "have 50% of spend in April 2013 and in December 2016; largest change: other NHS units, 10% to 40%",
        ),
        ({"home_css": (0.704, 0.7), "in_house": (0.296, 0.3)}, "no share of spend changes by a point"),
        ({}, "nothing is spent on support in April 2013 or December 2016"),
        ({"home_css": (1.0, 0.0)}, "nothing is spent on support in December 2016"),
    ],
)
def test_the_shares_headline_is_true(ends: dict[str, tuple[float, float]], finding: str) -> None:
    assert finding.lower() in describe(SHARES, results(2, **shares(**ends))).title.lower()


MILLIONS = 1e6 * np.arange(60)[:, None]


@pytest.mark.parametrize(
    ("runs", "cost", "headline"),
    [
        (1, MILLIONS, "In one run, redundancy costs £59m by December 2016"),
        (5, 0, "In all 5 runs, redundancy costs nothing by December 2016"),
        (30, MILLIONS, "In all 30 runs, redundancy costs £59m by December 2016"),
        (
            3,
            MILLIONS / [1, 10, 1000],
            "£5.9m by December 2016 in the median run; all 3 runs end at £59,000 to £59m",
        ),
        (
            40,
            MILLIONS * (TWO_ENDS + 1),
            "£118m by December 2016 in the median run; 9 in 10 runs end at £59m to £177m",
        ),
        (
            21,
            MILLIONS * (np.arange(21) > 18),
            "nothing by December 2016 in the median run; 9 in 10 runs end at £0m to £59m",
        ),
    ],
)
def test_the_redundancy_headline_is_true(runs: int, cost: Any, headline: str) -> None:
    assert headline in describe(REDUNDANCY, results(runs, redundancy_cost_to_date=cost)).title


def with_sources(*by_run: dict[str, str], price: float = 2.0) -> SimpleNamespace:
    """Return results in which each run gives every CCG one source a snapshot (by month), for one line."""
    made_up = results(len(by_run))
    codes = england().ccgs.ods_code
    rows = [
        (run, code, "it", pd.Timestamp(month), source, "x", price)
        for run, sources in enumerate(by_run)
        for month, source in sources.items()
        for code in codes
    ]
    made_up.sourcing = pd.DataFrame(rows, columns=made_up.sourcing.columns)
    return made_up


@pytest.mark.parametrize(
    ("by_run", "headline"),
    [
        (
            [{"2013-04": "home_css", "2016-12": "private"}],
            "In one run, the home NHS unit is the main source for 211 of 211 CCGs in April 2013 and for 0 in "
            "December 2016; largest gain: private suppliers, 0 to 211",
        ),
        (
            [{"2013-04": "shared"}] * 2,
            "The home NHS unit is most often the main source for 0 of 211 CCGs in April 2013",
        ),
        (
            [{"2013-04": "shared", "2014-04": "home_css"}] * 2,
            "The home NHS unit is most often the main source for 0 of 211 CCGs in April 2013 and for 211 in "
            "April 2014; largest loss: shared, 211 to 0",
        ),
        (
            [{"2013-04": "in_house", "2014-04": "in_house"}] * 2,
            "The home NHS unit is most often the main source for 0 of 211 CCGs in April 2013 and for 0 in April 2014",
        ),
    ],
)
def test_the_map_headline_is_true(by_run: list[dict[str, str]], headline: str) -> None:
    assert describe(TILE_MAP, with_sources(*by_run)).title == headline


def test_a_tile_shows_the_source_that_leads_in_most_runs_and_the_house_order_breaks_ties() -> None:
    private, shared, home = ({"2013-04": source} for source in ("private", "shared", "home_css"))
    most = measured(TILE_MAP, with_sources(private, shared, shared))
    tied = measured(TILE_MAP, with_sources(shared, private, home))
    assert set(most["group"]) == {"shared"} and set(most["runs"]) == {2}
    assert set(tied["group"]) == {"home_css"} and set(tied["runs"]) == {1}


def test_a_source_leads_by_spend_and_not_by_lines() -> None:
    made_up = with_sources({"2013-04": "in_house"})
    cheap = made_up.sourcing.assign(source="private", price_per_head=0.9)
    made_up.sourcing = pd.concat([cheap, cheap, made_up.sourcing])
    assert set(measured(TILE_MAP, made_up)["group"]) == {"in_house"}


def test_a_ccg_that_spends_nothing_has_no_main_source() -> None:
    table = measured(TILE_MAP, with_sources({"2013-04": "home_css"}, price=0.0))
    assert set(table["group"]) == {"none"}


def test_a_source_or_ccg_that_is_not_known_is_an_error_and_not_a_neighbour() -> None:
    with pytest.raises(ValueError, match=r"source = 'magic' is not one of the 6 known"):
        measured(TILE_MAP, with_sources({"2013-04": "magic"}))


def test_categories_are_read_as_well_as_words() -> None:
    made_up, as_categories = results(3), results(3)
    columns = ["ods_code", "line", "source", "supplier"]
    as_categories.sourcing = as_categories.sourcing.astype(dict.fromkeys(columns, "category"))
    pd.testing.assert_frame_equal(measured(TILE_MAP, made_up), measured(TILE_MAP, as_categories))


@pytest.mark.parametrize("n_runs", range(2, 70))
def test_a_band_holds_the_share_of_runs_that_its_words_say(n_runs: int) -> None:
    values = pd.DataFrame([np.random.default_rng(n_runs).random(n_runs)])
    table = bands.spread(values, bands.NAMES)
    for level in bands.levels_in(table, bands.NAMES):
        low, high = (table[end].iloc[0] for end in bands.ends(level))
        inside = ((values >= low) & (values <= high)).to_numpy().mean()
        assert inside >= level
        assert bands.band_words(level, n_runs).startswith(("all", "both")) == (inside == 1.0)


def test_every_chart_has_its_four_files_and_no_other_is_left(drawn: Path) -> None:
    wanted = {f"{chart.name}.{ending}" for chart in CHARTS for ending in ("svg", "png", "csv", "json")}
    assert {path.name for path in drawn.iterdir()} == wanted


def test_drawing_names_the_files_that_it_wrote_and_makes_the_folder(tmp_path: Path) -> None:
    written = draw_with_run(results(2), england(), tmp_path / "new" / "charts")
    assert sorted(written) == sorted((tmp_path / "new" / "charts").iterdir())


def test_the_same_results_give_the_same_bytes(drawn: Path, tmp_path: Path) -> None:
    with matplotlib.rc_context({"font.size": 20, "axes.facecolor": "red", "svg.hashsalt": "other"}):
        draw_with_run(results(), england(), tmp_path)
    differ = [path.name for path in tmp_path.iterdir() if path.read_bytes() != (drawn / path.name).read_bytes()]
    assert differ == []


def test_drawing_leaves_the_readers_settings_alone(tmp_path: Path) -> None:
    with matplotlib.rc_context({"font.size": 20}):
        draw_with_run(results(1), england(), tmp_path)
        assert matplotlib.rcParams["font.size"] == 20


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
@pytest.mark.parametrize("runs", [1, 30])
def test_the_table_as_stored_is_all_that_a_chart_needs(chart: Chart, runs: int, tmp_path: Path) -> None:
    made_up = results(runs)
    table, study = measured(chart, made_up), study_of(made_up)
    write_chart(chart, table, study, tmp_path)
    stored = pd.read_csv(tmp_path / f"{chart.name}.csv", parse_dates=["month"])
    assert chart.describe(stored, study) == chart.describe(table, study)
    pictures = [drawn_from(chart, each, study).canvas.buffer_rgba() for each in (stored, table)]
    assert np.array_equal(*pictures)


def line_heights(figure: Figure) -> list[list[float]]:
    """Return the heights of each line in the first panel."""
    return [np.asarray(line.get_ydata(), dtype=float).tolist() for line in figure.axes[0].lines]


def test_the_units_table_holds_the_lines_and_points_that_are_drawn() -> None:
    made_up = results()
    table = measured(UNITS, made_up)
    middle = np.median(made_up.outcomes["css_operating"].to_numpy().reshape(60, 30), axis=1)
    lines = line_heights(figure_of(UNITS, made_up))
    assert table["median"].tolist() == middle.tolist()
    assert [*middle, middle[-1]] in lines
    assert [41, 35, 25, 23] in lines and table["known"].dropna().tolist() == [41, 35, 25, 23]


def test_the_shares_fill_the_panel_with_the_largest_at_the_bottom() -> None:
    table = measured(SHARES, results())
    areas = figure_of(SHARES, results()).axes[0].collections
    tops = [area.get_datalim(area.axes.transData).y1 for area in areas]
    assert table.columns[1] == "home_css" and tops[-1] == pytest.approx(1.0)
    assert tops[0] == pytest.approx(table["home_css"].max())


def test_twenty_dots_stand_for_all_runs_and_each_run_has_its_own_if_there_are_fewer() -> None:
    few, many = (measured(REDUNDANCY, results(runs))["dot_total"].dropna() for runs in (7, 200))
    last = results(7).outcomes["redundancy_cost_to_date"].tail(7)
    assert few.tolist() == pytest.approx(sorted(last)) and len(many) == 20


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_the_picture_has_its_finding_for_those_who_cannot_see_it(chart: Chart, drawn: Path) -> None:
    said = json.loads((drawn / f"{chart.name}.json").read_text())
    svg = ElementTree.parse(drawn / f"{chart.name}.svg").getroot()
    names = {part.tag.split("}")[1]: part for part in svg[:2]}
    assert svg.get("role") == "img" and svg.get("aria-labelledby").split() == [part.get("id") for part in svg[:2]]
    assert names["title"].text == said["title"] and names["desc"].text == said["alt"]
    assert Image.open(drawn / f"{chart.name}.png").text["Description"] == said["alt"]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_text_in_the_svg_is_text(chart: Chart, drawn: Path) -> None:
    said = json.loads((drawn / f"{chart.name}.json").read_text())
    svg = ElementTree.parse(drawn / f"{chart.name}.svg").getroot()
    written = " ".join("".join(text.itertext()) for text in svg.iter("{http://www.w3.org/2000/svg}text"))
    assert said["title"].split(";")[0][:30] in written


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
@pytest.mark.parametrize("runs", [1, 2, 30])
def test_alt_text_is_short_and_holds_the_number(chart: Chart, runs: int) -> None:
    words = describe(chart, results(runs))
    number = re.search(r"\d+%?( of 211)?", words.title.replace("all 30", "").replace("9 in 10", ""))
    assert len(words.alt) <= 250
    assert number and number.group().removesuffix(" of 211") in words.alt
    assert words.alt.endswith(f"Table: {chart.name}.csv.")


def test_alt_text_stays_short_with_the_longest_numbers() -> None:
    crowded = shares(**dict.fromkeys(SHARES_OF_SPEND, (0.004, 0.004)) | {"home_css": (0.98, 0.98)})
    assert len(describe(SHARES, results(1, **crowded)).alt) <= 250


@pytest.mark.parametrize("chart", [UNITS, REDUNDANCY], ids=lambda chart: chart.name)
def test_one_run_has_no_bands_and_says_so(chart: Chart) -> None:
    made_up = results(1)
    words = describe(chart, made_up)
    assert "One run, so no bands" in words.note and "one run" in words.subtitle
    assert not figure_of(chart, made_up).axes[0].collections
    assert not [name for name in measured(chart, made_up) if re.fullmatch(r"p\d\d", name)]


def test_the_source_counts_the_runs_that_are_there_and_says_what_varied() -> None:
    made_up = results(5)
    made_up.outcomes = made_up.outcomes[made_up.outcomes["run"] != 2]
    made_up.manifest["uncertainty"] = "plausible"
    study = study_of(made_up)
    assert "4 runs, 4 seeds from 1 to 5" in study.source
    assert "over chance and uncertain parameters, not a forecast error" in study.spread_note(banded=True)


def test_policy_dates_stand_at_the_start_of_their_month_and_those_outside_are_left_out() -> None:
    dates = ["2012-05-14", "2011-12-31", "2012-05-31", "2017-01-01", "2012-01-31"]
    marks = policy_marks([{"date": date, "label": date} for date in dates])
    assert marks.to_dict() == {
        pd.Timestamp("2012-01-01"): "2012-01-31",
        pd.Timestamp("2012-05-01"): "2012-05-14; 2012-05-31",
    }


@given(st.lists(st.tuples(st.floats(0, 6), st.floats(0.1, 3)), max_size=12))
def test_no_flag_crosses_the_words_of_another(flags: list[tuple[float, float]]) -> None:
    flags = sorted(flags)
    starts, widths = [start for start, _ in flags], [width for _, width in flags]
    rows = rows_of(starts, widths)
    for i, j in itertools.permutations(range(len(flags)), 2):
        under = starts[i] < starts[j] < starts[i] + widths[i]
        assert not (under and rows[j] >= rows[i])


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(1, 10)), min_size=1, max_size=9))
def test_labels_never_overlap_nor_leave_the_panel(labels: list[tuple[float, float]]) -> None:
    labels = sorted(labels)
    tall = np.array([height for _, height in labels])
    middles = apart([wanted for wanted, _ in labels], tall, 0, 100)
    assert (np.diff(middles) >= (tall[:-1] + tall[1:]) / 2 - 1e-9).all()
    assert (middles - tall / 2).min() >= -1e-9 and (middles + tall / 2).max() <= 100 + 1e-9


def test_labels_that_do_not_meet_stay_where_they_belong() -> None:
    assert apart([10, 50, 90], [5, 5, 5], 0, 100).tolist() == pytest.approx([10, 50, 90])


MANY_POLICIES = [
    {"date": f"201{2 + i // 4}-0{1 + 2 * (i % 4)}-15", "label": f"A policy of a long name {i}"} for i in range(20)
]
LONG_TITLE = "What if one national body did it all " * 6
AWKWARD = {
    "usual": {},
    "one run": {"runs": 1},
    "all alike": {"same": True},
    "nothing": {"css_operating": 0, "redundancy_cost_to_date": 0, **shares()},
    "slivers": shares(**dict.fromkeys(SHARES_OF_SPEND, (0.004, 0.004)) | {"home_css": (0.98, 0.98)}),
    "little money": {"runs": 5, "redundancy_cost_to_date": MILLIONS / [1, 2, 1e3, 1e4, 1e6]},
    "much money": {"redundancy_cost_to_date": MILLIONS * 1234},
}


def undrawn(figure: Figure) -> set[Text]:
    """Return tick labels that are never drawn: beyond their axis, or on axes that are off."""
    hidden = set()
    for axes, name in itertools.product(figure.axes, ("xaxis", "yaxis")):
        axis = getattr(axes, name)
        low, high = sorted(axis.get_view_interval())
        for tick in axis.get_major_ticks() + axis.get_minor_ticks():
            if not axes.axison or not low <= tick.get_loc() <= high:
                hidden |= {tick.label1, tick.label2}
    return hidden


def overlaps(figure: Figure) -> list[tuple[str, str]]:
    """Return pairs of texts that overlap, and texts that leave the sheet (paired with nothing)."""
    texts = [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
    hidden = undrawn(figure)
    texts = [text for text in texts if text not in hidden]
    boxes = [Text.get_window_extent(text).padded(-1) for text in texts]
    sheet = figure.bbox.padded(0.5)
    outside = [
        (text.get_text(), "")
        for text, box in zip(texts, boxes, strict=True)
        if not all(sheet.contains(*corner) for corner in box.corners())
    ]
    both = itertools.combinations(zip(texts, boxes, strict=True), 2)
    return outside + [(a.get_text(), b.get_text()) for (a, one), (b, two) in both if one.overlaps(two)]


@pytest.mark.parametrize("chart", CHARTS[:3], ids=lambda chart: chart.name)
@pytest.mark.parametrize("kind", AWKWARD)
@pytest.mark.parametrize("crowded", [False, True])
def test_no_words_overlap_or_leave_the_sheet(chart: Chart, kind: str, crowded: bool) -> None:
    made_up = results(**AWKWARD[kind])
    if crowded:
        made_up.manifest["milestones"] = MANY_POLICIES
        made_up.manifest["scenario"]["title"] = LONG_TITLE
    assert overlaps(figure_of(chart, made_up)) == []


@pytest.mark.parametrize("n_snapshots", [1, 2, 4])
def test_no_words_of_the_map_overlap_or_leave_the_sheet(n_snapshots: int) -> None:
    made_up = results(2)
    made_up.sourcing = made_up.sourcing[made_up.sourcing["month"].isin(pd.DatetimeIndex(SNAPSHOT_DATES[:n_snapshots]))]
    assert overlaps(figure_of(TILE_MAP, made_up)) == []


def test_odd_rows_of_tiles_sit_half_a_tile_to_the_right_and_row_1_is_northernmost() -> None:
    first, second = middles(np.array([3, 3]), np.array([1, 2]))
    assert first[0] - second[0] == 0.5 and first[1] > second[1]


def test_a_border_runs_between_regions_and_not_around_england() -> None:
    tile_x, tile_y = np.array([0, 1, 0]), np.array([2, 2, 1])
    assert region_borders(tile_x, tile_y, ["North"] * 3) == []
    edges = region_borders(tile_x, tile_y, ["North", "North", "South"])
    assert {tuple(edge.mean(axis=0).round(3)) for edge in edges} == {(0.25, -1.299), (0.75, -1.299)}


DEUTAN = np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]])
PROTAN = np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]])
"""How the red- and green-blind see linear light: Machado, Oliveira and Fernandes (2009), severity 1."""
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(colour: str, sight: np.ndarray) -> np.ndarray:
    """Return a colour in CIELAB, as seen."""
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    light = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    parts = TO_XYZ @ np.clip(sight @ light, 0, 1) / [0.95047, 1.0, 1.08883]
    x, y, z = np.where(parts > 0.008856, np.cbrt(parts), 7.787 * parts + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", [np.eye(3), DEUTAN, PROTAN], ids=["usual", "green-blind", "red-blind"])
def test_sources_can_be_told_apart_by_colour(sight: np.ndarray) -> None:
    seen = [lab(style.fill, sight) for style in SOURCES.values()]
    assert min(np.linalg.norm(one - two) for one, two in itertools.combinations(seen, 2)) > 11


@pytest.mark.parametrize("source", SOURCES)
def test_fills_stand_out_and_words_can_be_read(source: str) -> None:
    style = SOURCES[source]
    assert round(contrast(style.fill, "#FFFFFF"), 1) >= 3.0
    assert contrast(style.ink, "#FFFFFF") >= 4.5
    assert contrast(ink_on(style.fill), style.fill) >= 4.5


def test_no_two_sources_share_a_letter() -> None:
    assert "".join(style.letter for style in SOURCES.values()) == "HNPVIS"


@pytest.mark.parametrize(
    ("share", "words"), [(0, "0%"), (0.004, "under 1%"), (0.414, "41%"), (0.996, "over 99%"), (1.0, "100%")]
)
def test_a_percentage_never_calls_a_little_nothing(share: float, words: str) -> None:
    assert percent(share) == words


@pytest.mark.parametrize(
    ("pounds", "words"),
    [
        (0, "£0m"),
        (400, "£400"),
        (54_321, "£54,000"),
        (123_456, "£0.1m"),
        (9_949_999, "£9.9m"),
        (9_950_000, "£10m"),
        (1.2346e9, "£1,235m"),
    ],
)
def test_money_reads_well_at_every_size(pounds: float, words: str) -> None:
    assert millions(pounds) == words
