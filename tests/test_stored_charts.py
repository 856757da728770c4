"""Do the charts of a real run, a comparison and a sweep read well, and say only what their numbers bear?"""

import itertools
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from grey import alike, confused
from matplotlib.figure import Figure
from matplotlib.text import Text
from stored_folders import SWEPT, compared, half, swept, with_ends
from test_charts import drawn_from, overlaps

from outputs.charts import allowance, concentration, fates, flows, genealogy, histories, main_sources, market_age
from outputs.charts.chart import Chart, Choice, Material
from outputs.charts.comparison import COMPARISON, pairs
from outputs.charts.discovery import DISCOVERY_CHART
from outputs.charts.draw import CHARTS, MANY, charts_for, columns_lacking, draw_charts, kind_of, named
from outputs.charts.drivers import DRIVERS
from outputs.charts.fact_card import FACT_CARD
from outputs.charts.files import Making, write_chart
from outputs.charts.frontier import FRONTIER
from outputs.charts.heat_map import HEAT_MAP
from outputs.charts.house import SOURCES, USUAL, house_style
from outputs.charts.map_change import CHANGE, TILE_MAP_CHANGE
from outputs.charts.map_satisfaction import MAP_SATISFACTION, SATISFACTION_OF_CCGS
from outputs.charts.map_source import MAP, SOURCE, TILE_MAP
from outputs.charts.map_spend import MAP_SPEND, SPEND
from outputs.charts.map_unit import UNIT
from outputs.charts.maps import Subject
from outputs.charts.one_run import nearest_middle
from outputs.charts.satisfaction import SATISFACTION
from outputs.charts.sensitivity import SENSITIVITY_CHART
from outputs.charts.sheet import PAGE, SHEETS, SLIDE, SQUARE, Sheet
from outputs.charts.study import Study, study_of
from outputs.charts.sweep_place import SWEEP_PLACE
from outputs.charts.words import interval, number
from outputs.experiment import Experiment, open_experiment
from outputs.stored import open_stored
from scenarios.api import compare, discover, run, sensitivity
from scenarios.sweep_results import open_sweep
from simulation.faults import InputError
from simulation.inputs import read_england
from simulation.parameters import DECLARED

RUNS = 4
STUDY = Study("baseline", "As planned", 40, "seeds 1 to 40", "0.1.0")
ENDS = (pd.Timestamp("2013-04-01"), pd.Timestamp("2016-12-01"))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a folder of each kind."""
    base = tmp_path_factory.mktemp("folders")
    run("baseline", runs=RUNS, out=base / "run", event_runs=3)
    compared(base / "compare", "open_door", "hosting_for_ever")
    swept(base / "sweep", SWEPT)
    return {kind: base / kind for kind in ("run", "compare", "sweep")}


@pytest.fixture(scope="module")
def given(folders: dict[str, Path]) -> dict[str, Material]:
    """Return what charts of each kind of folder are measured from."""
    england = read_england()
    return {kind: Material(open_stored(folder), england) for kind, folder in folders.items()}


EVERY = [(kind, chart) for kind in ("run", "compare", "sweep") for chart in charts_for(kind)]
IDS = [f"{kind}-{chart.name}" for kind, chart in EVERY]


def test_there_are_the_charts_that_the_page_of_charts_promises() -> None:
    names = [chart.name for chart in CHARTS]
    assert len(set(names)) == len(names) >= 13 + 10


@pytest.mark.parametrize(("kind", "chart"), EVERY, ids=IDS)
def test_the_words_of_a_chart_fit_and_point_to_its_table(kind: str, chart: Chart, given: dict[str, Material]) -> None:
    words = chart.describe(chart.measure(given[kind]), study_of(given[kind].results))
    assert len(words.alt) <= 250 and words.alt.endswith(f"Table: {chart.name}.csv.")
    assert any(letter.isdigit() for letter in words.title) and len(words.title) < 200
    assert not words.title[0].islower() and "nan" not in f"{words.title}{words.alt}{words.subtitle}"


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=list(SHEETS))
@pytest.mark.parametrize(("kind", "chart"), EVERY, ids=IDS)
def test_no_words_overlap_or_leave_the_sheet(
    kind: str, chart: Chart, sheet: object, given: dict[str, Material]
) -> None:
    table, study = chart.measure(given[kind]), study_of(given[kind].results)
    figure = chart.figure(table, study, sheet)  # type: ignore[arg-type]
    with house_style():
        figure.canvas.draw()
    assert [pair for pair in overlaps(figure) if not _may_touch(*pair)] == []


def _may_touch(one: str, two: str) -> bool:
    """Say whether two texts are letters of neighbouring tiles or names in neighbouring areas, or a mark in a zone."""
    return bool(one and two) and (max(len(one), len(two)) == 1 or "highly concentrated" in (one, two))


FURNITURE = {USUAL[role].upper() for role in ("ink", "quiet", "paper", "grid", "rule", "pole", "nothing", "zone")}
IN_PICTURES = [place for place in EVERY if not place[1].name.startswith("tile_map")]


def drawn_on(chart: Chart, given: Material, sheet: Sheet = PAGE) -> Figure:
    """Return a chart drawn on a sheet."""
    figure = chart.figure(chart.measure(given), study_of(given.results), sheet)
    with house_style():
        figure.canvas.draw()
    return figure


@pytest.mark.parametrize(("kind", "chart"), IN_PICTURES, ids=[f"{kind}-{chart.name}" for kind, chart in IN_PICTURES])
def test_without_colours_nothing_is_taken_for_something_else(
    kind: str, chart: Chart, given: dict[str, Material]
) -> None:
    assert confused(drawn_on(chart, given[kind]), FURNITURE | {"#000000"}) == []


@pytest.mark.parametrize("subject", [SOURCE, CHANGE, SATISFACTION_OF_CCGS, SPEND], ids=lambda subject: subject.name)
def test_without_colours_groups_on_maps_have_a_letter_a_hatch_or_a_grey_of_their_own(
    subject: Subject, given: dict[str, Material]
) -> None:
    looks = list(subject.looks(subject.measure(given["run"])).values())
    assert len({look.letter for look in looks}) == len(looks)
    for one, two in itertools.combinations(looks, 2):
        assert not alike(one.fill, two.fill) or one.hatch != two.hatch, f"{one.words} and {two.words}"


def test_without_colours_home_units_side_by_side_have_other_greys(given: dict[str, Material]) -> None:
    table = UNIT.measure(given["run"])
    fill = {unit: look.fill for unit, look in UNIT.looks(table).items()}
    codes = given["run"].england.ccgs.ods_code
    for _, rows in table.groupby("month"):
        home = dict(zip(rows["ods_code"], rows["group"], strict=True))
        for a, b in given["run"].england.neighbours.pairs.tolist():
            one, two = home[codes[a]], home[codes[b]]
            assert one == two or not alike(fill[one], fill[two]), f"{one} and {two}"


@pytest.mark.parametrize(("kind", "chart"), EVERY, ids=IDS)
def test_the_table_as_stored_is_all_that_a_chart_needs(
    kind: str, chart: Chart, given: dict[str, Material], tmp_path: Path
) -> None:
    table, study = chart.measure(given[kind]), study_of(given[kind].results)
    write_chart(chart, table, study, tmp_path, Making(formats=()))
    dates = [name for name in table if "month" in str(name)]
    texts = {str(name): str for name in table if "words" in str(name)}
    stored = pd.read_csv(tmp_path / f"{chart.name}.csv", parse_dates=dates, dtype=texts)
    assert chart.describe(stored, study) == chart.describe(table, study)
    pictures = [drawn_from(chart, each, study).canvas.buffer_rgba() for each in (stored, table)]
    assert np.array_equal(*pictures)


@pytest.mark.parametrize("kind", ["run", "compare", "sweep"])
def test_the_same_folder_gives_the_same_bytes(kind: str, given: dict[str, Material], tmp_path: Path) -> None:
    how = Making(("svg", "png", "pdf"), tuple(SHEETS.values()))
    some = charts_for(kind)[:4]
    for name in ("one", "two"):
        draw_charts(given[kind], tmp_path / name, some, how)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(files) == len(some) * (3 * 3 + 2)
    assert [
        name for name in files if (tmp_path / "one" / name).read_bytes() != (tmp_path / "two" / name).read_bytes()
    ] == []


@pytest.mark.parametrize(("kind", "chart"), EVERY, ids=IDS)
def test_a_chart_says_which_columns_it_lacks(kind: str, chart: Chart, given: dict[str, Material]) -> None:
    assert columns_lacking(chart, given[kind]) is None


def test_a_chart_of_a_folder_without_its_columns_is_refused_and_nothing_is_written(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    shutil.copytree(folders["run"], tmp_path / "run")
    results = open_stored(tmp_path / "run")
    results.__dict__["lines"] = results.lines.drop(columns="hhi_local")  # type: ignore[union-attr]
    with pytest.raises(InputError, match=r"concentration: needs lines.hhi_local"):
        draw_charts(Material(results, read_england()), tmp_path / "charts", [concentration.CONCENTRATION])
    assert not (tmp_path / "charts").exists()


# ---- Headlines against data that would make them false -----------------------------------------------------


def concentrated(first: list[float], last: list[float]) -> pd.DataFrame:
    """Return a table of lines' concentration that goes from one value each to another."""
    months = (pd.Timestamp("2012-01-01"), pd.Timestamp("2016-12-01"))
    rows = [
        {"line": str(i), "name": f"Line {i}", "month": month, "median": value}
        for month, values in zip(months, (first, last), strict=True)
        for i, value in enumerate(values)
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("first", "last", "finding"),
    [
        ([0.3, 0.3], [0.3, 0.1], "1 of 2 service lines is highly concentrated locally in December 2016, against 2"),
        ([0.3, 0.3], [0.4, 0.2], "All 2 service lines are still highly concentrated"),
        ([0.1, 0.1], [0.1, 0.05], "0 of 2 service lines are still highly concentrated"),
        ([0.1, 0.1], [0.1999, 0.2], "1 of 2 service lines is highly concentrated locally in December 2016, against 0"),
    ],
)
def test_the_concentration_headline_is_true(first: list[float], last: list[float], finding: str) -> None:
    assert finding in concentration.CONCENTRATION.describe(concentrated(first, last), STUDY).title


def moves(*rows: tuple[str, str, float]) -> pd.DataFrame:
    """Return a table of one year's moves between sources."""
    count = dict.fromkeys(itertools.product(SOURCES, repeat=2), 0.0) | {(a, b): n for a, b, n in rows}
    table = [(*ENDS, one, two, value) for (one, two), value in count.items()]
    return pd.DataFrame(table, columns=["month", "next_month", "source", "next_source", "ccgs"])


@pytest.mark.parametrize(
    ("rows", "finding", "absent"),
    [
        (
            [("home_css", "home_css", 100), ("home_css", "in_house", 60), ("in_house", "home_css", 40)],
            "50% of CCGs change their main source in a year; the commonest move over all years is from home NHS "
            "unit to in house, 60",
            "private",
        ),
        ([("home_css", "home_css", 200)], "0% of CCGs change their main source in a year", "commonest"),
        ([("home_css", "home_css", 200), ("home_css", "private", 0.4)], "under 1% of CCGs change", "commonest"),
    ],
)
def test_the_flows_headline_is_true(rows: list[tuple[str, str, float]], finding: str, absent: str) -> None:
    title = flows.FLOWS.describe(moves(*rows), STUDY).title
    assert finding.lower() in title.lower() and absent not in title


def family(*ends: str | None) -> pd.DataFrame:
    """Return a genealogy in which units ended in these ways."""
    return pd.DataFrame(
        {
            "unit": [f"u{i}" for i in range(len(ends))],
            "name": "Unit",
            "end": list(ends),
            "heir": "u0",
            "month": pd.Timestamp("2012-05-01"),
            "reason": "",
            "lane": range(len(ends)),
            "run_shown": 3,
            "run_chosen": False,
            "runs_with_events": 20,
        }
    )


@pytest.mark.parametrize(
    ("ends", "finding"),
    [
        ([None, None], "In one run, 2 of 2 proposed units are left in December 2016; none ended"),
        ([None, "merger", "merger", "stop"], "1 of 4 proposed units are left in December 2016; 2 merged, 1 stopped"),
        (
            ["sale", "closure", "takeover"],
            "0 of 3 proposed units are left in December 2016; 1 taken over, 1 closed, 1 sold",
        ),
    ],
)
def test_the_genealogy_headline_is_true(ends: list[str | None], finding: str) -> None:
    assert finding in genealogy.GENEALOGY.describe(family(*ends), STUDY).title


def test_the_genealogy_adds_up_to_what_the_outcomes_count(given: dict[str, Material]) -> None:
    for run_shown in (1, 2, 3):
        table = genealogy.lineage(given["run"], run_shown)
        outcomes = given["run"].results.outcomes
        last = outcomes[(outcomes["run"] == run_shown) & (outcomes["month"] == outcomes["month"].max())].iloc[0]
        assert table["end"].isna().sum() == last["css_operating"]
        assert table["end"].isin(["merger", "takeover"]).sum() == last["css_merged_to_date"]
        assert (table["end"] == "sale").sum() == last["css_sold_to_date"]


def test_lanes_that_join_lie_in_one_family(given: dict[str, Material]) -> None:
    table = genealogy.GENEALOGY.measure(given["run"])
    lane = dict(zip(table["unit"], table["lane"], strict=True))
    heirs = {row.unit: row.heir for row in table.itertuples() if row.end in ("merger", "takeover")}

    def root(unit: str) -> str:
        return root(heirs[unit]) if unit in heirs else unit

    families = pd.Series({unit: root(unit) for unit in lane})
    for members in families.groupby(families).groups.values():
        lanes = sorted(lane[unit] for unit in members)
        assert lanes == list(range(lanes[0], lanes[-1] + 1))


def test_the_fates_of_a_unit_sum_to_one_and_agree_with_the_count(given: dict[str, Material]) -> None:
    table = fates.FATES_OF_UNITS.measure(given["run"])
    outcomes = given["run"].results.outcomes
    last = outcomes[outcomes["month"] == outcomes["month"].max()]
    assert table[list(fates.FATES)].sum(axis=1).tolist() == pytest.approx([1.0] * len(table))
    assert table["operating"].sum() == pytest.approx(last["css_operating"].mean())


def fated(*operating: float) -> pd.DataFrame:
    """Return a table of units that still operate in these shares of runs."""
    shares = pd.DataFrame(
        {"operating": operating, "sold": 0.0, "merged": [1 - one for one in operating], "closed": 0.0, "stopped": 0.0}
    )
    return shares.assign(unit="u", name="Unit")


@pytest.mark.parametrize(
    ("operating", "finding"),
    [
        ((0.51, 0.5, 0.0), "1 of 3 proposed units still operate in December 2016 in most runs; 1 in none"),
        ((1.0, 0.01), "1 of 2 proposed units still operate in December 2016 in most runs; each does in some run"),
    ],
)
def test_the_fates_headline_is_true(operating: tuple[float, ...], finding: str) -> None:
    assert finding in fates.FATES_OF_UNITS.describe(fated(*operating), STUDY).title


def test_the_histories_headline_is_true() -> None:
    def table(*ends: float) -> pd.DataFrame:
        rows = [(month, run, end) for run, end in enumerate(ends) for month in ENDS]
        return pd.DataFrame(rows, columns=["month", "run", "units"]).assign(known=np.nan)

    def title(*ends: float) -> str:
        return histories.HISTORIES.describe(table(*ends), STUDY).title

    assert title(9, 12, 10) == "The same rules leave 9 to 12 NHS units in December 2016, over 3 runs drawn by luck"
    assert title(9, 9) == "In each of 2 runs drawn by luck 9 NHS units are left in December 2016"
    assert title(9) == "In one run, 9 NHS units are left in December 2016"


def test_histories_are_drawn_without_looking_at_them(given: dict[str, Material]) -> None:
    table = histories.HISTORIES.measure(given["run"])
    assert table["run"].nunique() == min(RUNS, histories.MOST)


def test_the_allowance_headline_is_true() -> None:
    def title(*rows: tuple[int, float]) -> str:
        bands, shares = zip(*rows, strict=True)
        table = pd.DataFrame({"band": bands, "spent_share": shares, "people": 1.0, "size": "x"})
        return allowance.ALLOWANCE.describe(table, STUDY).title

    assert (
        "under 150,000 people spends 97% of its allowance in December 2016 and the median of 400,000 or more 80%"
        in title((0, 0.97), (3, 0.8))
    )
    assert "1 of 2 CCGs spends 95% or more" in title((0, 0.97), (3, 0.9499))
    assert "none of 2 CCGs spends 95% or more" in title((0, 0.9), (3, 0.9))


def test_the_satisfaction_headline_is_true() -> None:
    def title(*rows: tuple[str, float]) -> str:
        table = pd.DataFrame(
            [{"source": name, "not": share, "quite": 1 - share, "very": 0.0, "ccgs": 9.0} for name, share in rows]
        )
        return SATISFACTION.describe(table, STUDY).title

    assert title(("private", 0.1), ("all", 0.25), ("in_house", 0.4)) == (
        "25% of CCGs are not satisfied with their support in December 2016; most often with teams in house, 40%, "
        "least with "
        "private suppliers, 10%"
    )
    assert ";" not in title(("private", 0.251), ("all", 0.25), ("in_house", 0.252))


def test_the_spend_map_headline_is_true() -> None:
    def title(before: float, after: float) -> str:
        rows = [
            (month, f"c{i}", value, "North")
            for month, value in zip(ENDS, (before, after), strict=True)
            for i in range(3)
        ]
        table = pd.DataFrame(rows, columns=["month", "ods_code", "spend_per_head", "region"])
        return MAP_SPEND.describe(table, STUDY).title

    assert (
        title(17.0, 16.5) == "The median CCG's spend falls from £17.00 a head in April 2013 to £16.50 in December 2016"
    )
    assert title(16.5, 17.0).startswith("The median CCG's spend rises")
    assert title(17.001, 17.002) == "The median CCG spends £17.00 a head, in April 2013 as in December 2016"


def test_the_map_of_change_counts_only_those_that_changed(given: dict[str, Material]) -> None:
    table = TILE_MAP_CHANGE.measure(given["run"])
    same = table["group"] == "same"
    assert same.any() and (table.loc[~same, "group"] != table.loc[~same, "source_before"]).all()
    assert TILE_MAP_CHANGE.describe(table, STUDY).title.startswith(
        f"{(~same).sum()} of 211 CCGs have another main source"
    )
    none = TILE_MAP_CHANGE.describe(table.assign(group="same"), STUDY)
    assert none.title == "0 of 211 CCGs have another main source than in April 2013"


def test_of_two_answers_given_as_often_the_map_shows_the_worse(given: dict[str, Material]) -> None:
    ccgs = given["run"].results.ccgs
    two = ccgs[ccgs["run"] <= 2].astype({"satisfaction": str})
    two["satisfaction"] = np.where(two["run"] == 1, "very", "not")
    results = open_stored(given["run"].results.folder)
    results.__dict__["ccgs"] = two
    table = MAP_SATISFACTION.measure(Material(results, given["run"].england))
    assert set(table["group"]) == {"not"} and set(table["runs"]) == {1}


def test_main_sources_count_every_ccg_once(given: dict[str, Material]) -> None:
    table = main_sources.MAIN_SOURCES.measure(given["run"])
    assert table.drop(columns="month").sum(axis=1).tolist() == pytest.approx([211.0] * len(table))


def test_the_age_of_a_market_names_the_base_and_its_direction() -> None:
    def title(hhi: tuple[float, float], spend: tuple[float, float], *more: str) -> str:
        rows = [
            (name, month, h, s) for name in ("baseline", *more) for month, h, s in zip(ENDS, hhi, spend, strict=True)
        ]
        table = pd.DataFrame(rows, columns=["scenario", "month", "hhi_local", "spend_per_head"])
        return market_age.MARKET_AGE.describe(table, STUDY).title

    assert (
        title((0.6, 0.4), (17, 16))
        == "Local concentration falls from 6,000 to 4,000 and spend a head falls from £17.00 to £16.00"
    )
    assert title((0.4, 0.6), (17, 16), "other").startswith("Local concentration rises from 4,000 to 6,000")
    assert title((0.4, 0.6), (17, 16), "other").endswith("under baseline")
    assert title((0.4, 0.4), (17, 17)) == "Local concentration stays at 4,000 and spend a head stays at £17.00"


# ---- Experiments -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a comparison of the baseline with two scenarios on four seeds."""
    return compared(tmp_path_factory.mktemp("three") / "c", "open_door", "framework")


def ended(three: Path, tmp_path: Path, **ends: dict[str, float]) -> Material:
    """Return that comparison with chosen values at the end."""
    shutil.copytree(three, tmp_path / "c")
    return Material(open_experiment(with_ends(tmp_path / "c", ends)), read_england())


def title_of(chart: Chart, given: Material) -> str:
    return chart.describe(chart.measure(given), study_of(given.results)).title


UNITS_OF = {"baseline": {"css_operating": 15.0}, "framework": {"css_operating": 15.0}}


def test_a_scenario_that_differs_on_every_seed_is_told_with_its_size(three: Path, tmp_path: Path) -> None:
    title = title_of(COMPARISON, ended(three, tmp_path, **UNITS_OF, open_door={"css_operating": 12.0}))
    assert title.startswith(
        "NHS units operating, December 2016, against baseline: open door 3 lower on average, in 4 of 4 runs"
    )


def test_a_scenario_that_is_the_same_is_not_called_different(three: Path, tmp_path: Path) -> None:
    title = title_of(COMPARISON, ended(three, tmp_path, **UNITS_OF, open_door={"css_operating": 12.0}))
    assert title.endswith("; framework the same in all 4")


def test_a_difference_that_seeds_do_not_agree_on_is_not_called_clear(three: Path, tmp_path: Path) -> None:
    given = ended(three, tmp_path, **UNITS_OF, open_door={"css_operating": 12.0})
    table = COMPARISON.measure(given)
    place = table["panel"] == "sum"
    mixed = {"difference_mean": 0.5, "difference_low": -0.2, "difference_high": 1.2, "more": 3, "fewer": 1}
    table.loc[place, list(mixed)] = list(mixed.values())
    title = COMPARISON.describe(table, study_of(given.results)).title
    assert "open door no clear difference (higher in 3, lower in 1 of 4 runs)" in title


def test_what_is_clear_is_told_before_a_larger_difference_that_is_not(three: Path, tmp_path: Path) -> None:
    given = ended(three, tmp_path, **UNITS_OF, open_door={"css_operating": 12.0})
    table = COMPARISON.measure(given)
    place = (table["panel"] == "sum") & (table["scenario"] == "framework")
    table.loc[place, ["difference_mean", "difference_low", "difference_high", "more"]] = [9.0, -1.0, 19.0, 3]
    title = COMPARISON.describe(table, study_of(given.results)).title
    assert title.index("open door 3 lower") < title.index("framework no clear difference")


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-0.3, -0.01, "\N{MINUS SIGN}0.3 to just under 0"),
        (0.01, 0.3, "just over 0 to +0.3"),
        (0.0, 0.3, "0 to +0.3"),
        (-0.01, 0.01, "0 to 0"),
    ],
)
def test_an_end_of_an_interval_beside_zero_is_not_written_as_zero(low: float, high: float, words: str) -> None:
    assert interval(low, high, number) == words


def test_a_dot_of_no_difference_lies_on_the_zero_line_and_others_to_their_side(three: Path, tmp_path: Path) -> None:
    given = ended(three, tmp_path, **UNITS_OF, open_door={"css_operating": 12.0})
    lower, same = (axes.collections for axes in drawn_on(COMPARISON, given).axes if axes.collections)
    assert lower[0].get_offsets()[:, 0].max() < 0 and len(lower[1].get_offsets()) == 0
    assert set(same[1].get_offsets()[:, 0]) == {0.0} and len(same[0].get_offsets()) == 0


def test_differences_are_taken_seed_by_seed_with_the_interval_of_so_few(three: Path, tmp_path: Path) -> None:
    given = ended(three, tmp_path, **UNITS_OF, open_door={"css_operating": 12.0})
    row = pairs(given.results, ["css_operating"]).set_index("scenario").loc["open_door"]
    base, other = (value * (1 + 0.02 * (np.arange(1, 5) - 2.5)) for value in (15, 12))
    assert row["difference_mean"] == pytest.approx((other - base).mean())
    of_three_degrees = 3.18245
    wide = 2 * of_three_degrees * (other - base).std(ddof=1) / 2
    assert row["difference_high"] - row["difference_low"] == pytest.approx(wide, rel=1e-5)


def test_single_changes_of_a_scenario_are_not_taken_for_scenarios(tmp_path: Path) -> None:
    compare("baseline", "open_door", runs=1, out=tmp_path / "c")
    given = Material(open_stored(tmp_path / "c"), read_england())
    assert given.results.manifest["points"] > 2 and given.results.scenarios == ["baseline", "open_door"]
    assert study_of(given.results).points == 2 and len(FRONTIER.measure(given)) == 2


def cost_and_choice(cost: float, choice: float) -> dict[str, float]:
    return {"spend_per_head": cost, "ccgs_with_three_offers": choice}


@pytest.mark.parametrize(
    ("ends", "finding"),
    [
        (
            [(17.0, 100.0), (16.0, 120.0), (18.0, 90.0)],
            "open door has at once the least spend, £16.00 a head, and the most choice, 120 CCGs",
        ),
        ([(17.0, 100.0), (18.0, 120.0), (19.0, 130.0)], "more choice comes with more spend in all 3 scenarios"),
        ([(17.0, 100.0), (18.0, 120.0), (18.5, 100.0)], "2 of 3 scenarios are not beaten"),
    ],
)
def test_the_frontier_headline_is_true(
    ends: list[tuple[float, float]], finding: str, three: Path, tmp_path: Path
) -> None:
    names = ("baseline", "open_door", "framework")
    given = ended(three, tmp_path, **{name: cost_and_choice(*end) for name, end in zip(names, ends, strict=True)})
    assert finding in title_of(FRONTIER, given)


def test_the_frontier_of_few_runs_says_so(three: Path, tmp_path: Path) -> None:
    given = ended(three, tmp_path, baseline=cost_and_choice(17.0, 100.0), open_door=cost_and_choice(16.0, 120.0))
    words = FRONTIER.describe(FRONTIER.measure(given), study_of(given.results))
    assert words.title.startswith("By means of 4 runs a scenario, ") and "luck lifts some onto the line" in words.note
    many = FRONTIER.measure(given).assign(runs=40)
    words = FRONTIER.describe(many, replace(study_of(given.results), runs=40))
    assert "By means of" not in words.title and "luck lifts" not in words.note


def test_a_lead_that_luck_may_have_made_is_not_called_clear(three: Path, tmp_path: Path) -> None:
    ends = {"baseline": (16.0, 100.0), "open_door": (16.0, 120.0), "framework": (18.0, 90.0)}
    given = ended(three, tmp_path, **{name: cost_and_choice(*end) for name, end in ends.items()})
    table = FRONTIER.measure(given).set_index("scenario")
    assert table["clearly_beaten"].to_dict() == {"baseline": False, "open_door": False, "framework": True}
    assert title_of(FRONTIER, given).endswith("; not clear of luck against baseline")


def test_the_frontier_draws_the_intervals_of_the_means(three: Path, tmp_path: Path) -> None:
    given = ended(three, tmp_path, baseline=cost_and_choice(17.0, 100.0))
    table = FRONTIER.measure(given)
    spread = given.results.last(["spend_per_head"]).groupby("scenario")["spend_per_head"].var().mean()
    of_nine_degrees = 2.262157
    half = (table["spend_per_head_high"] - table["spend_per_head_low"]) / 2
    assert half.tolist() == pytest.approx([of_nine_degrees * np.sqrt(spread / 4)] * 3, rel=1e-5)
    drawn = [sorted(np.asarray(line.get_ydata(), float)) for line in drawn_on(FRONTIER, given).axes[0].lines]
    assert table.loc[0, ["spend_per_head_low", "spend_per_head_high"]].tolist() in drawn


# ---- What each change brings -------------------------------------------------------------------------------

ALONE = "baseline with {} of open_door"
CHANGES = ("redundancy.ccg_share_outside_nhs", "tupe.to_outside_nhs", "entry.vat_wedge", "entry.barrier")


def driven(three: Path, tmp_path: Path, total: float, **alone: float) -> Material:
    """Return a comparison in which 15 units are left, and as many with open door and with each of its changes alone."""
    ends = {ALONE.format(name): 15.0 for name in CHANGES} | {ALONE.format(f"entry.{n}"): v for n, v in alone.items()}
    ends |= {"baseline": 15.0, "open_door": total, "framework": 15.0}
    return ended(three, tmp_path, **{name: {"css_operating": value} for name, value in ends.items()})


@pytest.mark.parametrize(
    ("says", "total", "alone", "finding"),
    [
        ("parts and interaction", 12.0, {"barrier": 14.0},
         "open door 3 lower; largest clear part entry.barrier, \N{MINUS SIGN}1; interaction \N{MINUS SIGN}2"),
        ("parts that add up", 12.0, {"barrier": 14.0, "vat_wedge": 13.0},
         "open door 3 lower; largest clear part entry.vat_wedge, \N{MINUS SIGN}2"),
        ("nothing alone", 12.0, {}, "open door 3 lower; no change alone is clear; interaction \N{MINUS SIGN}3"),
        ("parts that cancel", 15.0, {"barrier": 17.0},
         "open door the same in all 4; largest clear part entry.barrier, +2; interaction \N{MINUS SIGN}2"),
    ],
)  # fmt: skip
def test_the_headline_of_the_waterfall_is_true(
    says: str, total: float, alone: dict[str, float], finding: str, three: Path, tmp_path: Path
) -> None:
    title = title_of(DRIVERS, driven(three, tmp_path, total, **alone))
    assert title == f"NHS units operating, December 2016, against baseline: {finding}", says


def test_what_runs_do_not_agree_on_is_not_called_clear_nor_filled(three: Path, tmp_path: Path) -> None:
    given = driven(three, tmp_path, 12.0, barrier=14.0)
    table = DRIVERS.measure(given)
    part = table["driver"] == "entry.barrier"
    table.loc[part, ["low", "high", "clear"]] = [-2.5, 0.5, False]
    assert "no change alone is clear" in DRIVERS.describe(table, study_of(given.results)).title
    bars = {"hollow": 0, "filled": 0}
    figure = DRIVERS.figure(table, study_of(given.results))
    for bar in figure.axes[0].patches:
        if abs(bar.get_width() + 1) < 0.1 and bar.get_facecolor()[3] > 0.0:
            bars["hollow" if bar.get_facecolor()[:3] == (1, 1, 1) else "filled"] += 1
    assert bars == {"hollow": 1, "filled": 0}


def test_the_waterfall_leads_from_zero_to_the_whole_difference(given: dict[str, Material]) -> None:
    table = DRIVERS.measure(given["compare"])
    whole = pairs(given["compare"].results, ["css_operating"]).set_index("scenario")["difference_mean"]
    assert set(table["scenario"]) == {"open_door", "hosting_for_ever"}
    for name, rows in table.groupby("scenario"):
        steps, total = rows[rows["kind"] != "total"], rows[rows["kind"] == "total"].iloc[0]
        assert steps["start"].tolist() == pytest.approx([0.0, *steps["difference"].cumsum()[:-1]])
        assert steps["difference"].sum() == pytest.approx(total["difference"])
        assert total["difference"] == pytest.approx(whole[name]) and total["start"] == 0.0


def test_the_interaction_is_hatched_and_named(given: dict[str, Material]) -> None:
    figure = drawn_on(DRIVERS, given["compare"])
    assert sum(bool(bar.get_hatch()) for axes in figure.axes for bar in axes.patches) == 2
    assert [label.get_text() for axes in figure.axes for label in axes.get_yticklabels()].count("interaction") == 2


def test_more_changes_than_there_is_room_for_are_added_up(tmp_path: Path) -> None:
    scenario = tmp_path / "many.toml"
    changed = {one.name: one for one in DECLARED.values() if isinstance(one.default, float) and one.role == "lever"}
    changes = "".join(f'"{name}" = {one.high}\n' for name, one in changed.items())
    scenario.write_text(f'title = "Many"\nquestion = "What if?"\nbecause = "A test."\n[changes]\n{changes}')
    compare("baseline", scenario, runs=2, out=tmp_path / "c")
    given = Material(open_stored(tmp_path / "c"), read_england())
    table = DRIVERS.measure(given)
    rest = table[table["kind"] == "rest"].iloc[0]
    assert len(table) < len(changed) and rest["words"].endswith("smaller changes, added up")
    assert table.loc[table["kind"] != "total", "difference"].sum() == pytest.approx(table["difference"].iloc[-1])
    assert [pair for pair in overlaps(drawn_on(DRIVERS, given)) if not _may_touch(*pair)] == []


def test_one_run_has_a_waterfall_without_intervals(tmp_path: Path) -> None:
    compare("baseline", "hosting_for_ever", runs=1, out=tmp_path / "c")
    given = Material(open_stored(tmp_path / "c"), read_england())
    table = DRIVERS.measure(given)
    words = DRIVERS.describe(table, study_of(given.results))
    assert "in one run, hosting for ever" in words.title and "One seed, so no intervals" in words.note
    assert not table["clear"].any() and "nan" not in " ".join(
        text.get_text() for text in drawn_on(DRIVERS, given).findobj(Text)
    )


def test_a_comparison_without_single_changes_says_what_the_waterfall_wants(tmp_path: Path) -> None:
    compare("baseline", "open_door", runs=1, out=tmp_path / "c", drivers=False)
    with pytest.raises(InputError, match=r"drivers: needs a scenario that makes several changes, each run alone too"):
        draw_charts(Material(open_stored(tmp_path / "c"), read_england()), tmp_path / "charts", [DRIVERS])


def test_half_a_comparison_has_a_waterfall_of_the_seeds_that_are_there(three: Path, tmp_path: Path) -> None:
    shutil.copytree(three, tmp_path / "c")
    for part in (tmp_path / "c" / "outcomes").iterdir():
        table = pd.read_parquet(part)
        table[(table["point"] != 5) | (table["seed"] < 3)].to_parquet(part, index=False)
    table = DRIVERS.measure(Material(Experiment(tmp_path / "c"), read_england()))
    assert set(table.loc[table["scenario"] == "open_door", "runs"]) == {2}


# ---- Sweeps ------------------------------------------------------------------------------------------------


def test_the_sensitivity_chart_draws_what_the_command_says(given: dict[str, Material]) -> None:
    table = SENSITIVITY_CHART.measure(given["sweep"])
    told = sensitivity(open_sweep(given["sweep"].results.folder), ["css_operating"])
    for measure, column in (("total_order", "value"), ("first_order", "beside_value")):
        rows = told[(told["measure"] == measure)].set_index("factor")["value"]
        assert table[column].tolist() == [rows[name] for name in table["parameter"]]


def test_the_sensitivity_headline_names_what_is_clear_of_noise_the_most_first(given: dict[str, Material]) -> None:
    table, study = SENSITIVITY_CHART.measure(given["sweep"]), study_of(given["sweep"].results)
    clear = table.assign(parameter=["a", "b"], value=[0.9, 0.2], clear=[True, False])
    finding = "NHS units operating depend most on a (0.90); 1 of 2 parameters cannot be told from noise"
    assert SENSITIVITY_CHART.describe(clear, study).title == finding
    none = SENSITIVITY_CHART.describe(clear.assign(clear=False), study).title
    assert none == "NHS units operating: none of 2 parameters can be told from noise"
    assert "With one seed it is not known" in SENSITIVITY_CHART.describe(clear, study).note


def test_the_discovery_chart_draws_the_surest_rule_and_marks_each_point(
    given: dict[str, Material], tmp_path: Path
) -> None:
    shutil.copytree(given["sweep"].results.folder, tmp_path / "s")
    allowance = given["sweep"].results.places.set_index("point")["allowance.per_head"]
    for part in (tmp_path / "s" / "outcomes").iterdir():
        table = pd.read_parquet(part)
        table.assign(css_operating=table["point"].map(allowance)).to_parquet(part, index=False)
    results = Experiment(tmp_path / "s")
    table = DISCOVERY_CHART.measure(Material(results, given["sweep"].england, Choice(at_least=26.0)))
    told = discover(results, "css_operating", at_least=26.0).iloc[0]
    box, points = table[table["panel"] == "box"], table[table["panel"] == "points"]
    assert box[["coverage", "density"]].iloc[0].tolist() == [told["coverage"], told["density"]]
    assert (points["wanted"] == (points["value"] >= 26.0)).all() and len(points) == 128
    title = DISCOVERY_CHART.describe(table, study_of(results)).title
    assert title.startswith("Where allowance.per_head is above 2") and "NHS units operating at least 26" in title


@pytest.fixture(scope="module")
def along(tmp_path_factory: pytest.TempPathFactory) -> Material:
    """Return a sweep over one parameter, whose outcome is that parameter."""
    vary = {"hosting.ends": [28, 60]}
    folder = swept(tmp_path_factory.mktemp("along") / "s", {"method": "latin_hypercube", "points": 120, "vary": vary})
    ends = pd.read_parquet(folder / "design.parquet").set_index("point")["hosting.ends"]
    for part in (folder / "outcomes").iterdir():
        table = pd.read_parquet(part)
        table.assign(css_operating=table["point"].map(ends).astype(float)).to_parquet(part, index=False)
    return Material(Experiment(folder), read_england(), Choice(at_least=45.0))


def test_points_over_one_parameter_lie_in_a_strip_for_each_answer(along: Material) -> None:
    table, axes = DISCOVERY_CHART.measure(along), drawn_on(DISCOVERY_CHART, along).axes[0]
    marks = {line.get_marker(): line for line in axes.lines}
    wanted, others = (np.asarray(marks[mark].get_xydata()) for mark in ("s", "o"))
    assert wanted[:, 1].min() > 0.5 > others[:, 1].max() and marks["o"].get_fillstyle() == "none"
    assert wanted[:, 0].min() >= 45 > others[:, 0].max() and len(wanted) + len(others) == 120
    shaded = axes.patches[0].get_window_extent().transformed(axes.transData.inverted())
    rule = table[table["panel"] == "box"].iloc[0]
    assert shaded.x0 == pytest.approx(rule["low"]) and shaded.x1 >= rule["high"]


def test_a_rule_over_whole_numbers_names_the_least_and_most_within_it(along: Material) -> None:
    study = study_of(along.results)
    assert title_of(DISCOVERY_CHART, along).startswith("Where hosting.ends is at least 45, 100% of points")
    below = replace(along, choice=Choice(at_most=44.0))
    assert DISCOVERY_CHART.describe(DISCOVERY_CHART.measure(below), study).title.startswith(
        "Where hosting.ends is at most 44, 100%"
    )


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=list(SHEETS))
def test_no_words_of_a_strip_overlap_or_leave_the_sheet(sheet: Sheet, along: Material) -> None:
    assert overlaps(drawn_on(DISCOVERY_CHART, along, sheet)) == []


def test_where_no_rule_holds_there_is_no_chart_of_one(given: dict[str, Material]) -> None:
    results = given["sweep"].results
    outcome = results.read(["css_operating"])["css_operating"]
    with pytest.raises(InputError, match=r"no rule holds|no point of baseline"):
        DISCOVERY_CHART.measure(replace(given["sweep"], choice=Choice(at_least=float(outcome.max()) + 1)))


def test_too_few_points_for_a_rule_are_said_to_be_too_few(small: Path) -> None:
    with pytest.raises(InputError, match="it takes 100 or more"):
        DISCOVERY_CHART.measure(Material(open_experiment(small), read_england()))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sweep of 16 points on two seeds."""
    return swept(tmp_path_factory.mktemp("small") / "s")


def test_the_heat_map_shows_the_medians_of_its_cells(small: Path) -> None:
    material = Material(open_experiment(small), read_england())
    table = HEAT_MAP.measure(material)
    assert table["runs"].tolist() == [2] * 16
    across, up = table["across"].iloc[0], table["up"].iloc[0]
    assert {across, up} == {"allowance.per_head", "entry.barrier"}
    runs = material.results.last(["css_operating"]).groupby([across, up])["css_operating"].median()
    assert table.sort_values(["x", "y"])["value"].tolist() == runs.sort_index().tolist()
    low, high = table.loc[table["value"].idxmin()], table.loc[table["value"].idxmax()]
    assert low["x_words"] in title_of(HEAT_MAP, material) and high["y_words"] in title_of(HEAT_MAP, material)


def test_the_place_in_a_sweep_is_that_of_the_point_nearest_the_scenarios_own_values(small: Path) -> None:
    material = Material(open_experiment(small), read_england())
    table = SWEEP_PLACE.measure(material)
    own = table.loc[table["is_scenario"], "point"].unique()
    design = material.results.places.set_index("point")
    far = (design["allowance.per_head"] - 25).abs() / 10 + (design["entry.barrier"] - 300_000).abs() / 950_000
    assert own.tolist() == [far.idxmin()]


def test_points_that_vary_one_at_a_time_have_a_place_and_swings_but_no_heat_map(tmp_path: Path) -> None:
    vary = {"choice.noise": [1, 6], "hosting.form": ["own_choice", "sale"]}
    swept(tmp_path / "s", {"method": "one_at_a_time", "points": 2, "vary": vary})
    material = Material(open_stored(tmp_path / "s"), read_england())
    drawn = draw_charts(material, tmp_path / "charts", charts_for("sweep"), Making(formats=()), strict=False)
    assert set(drawn.left_out) == {"heat_map", "discovery"} and "one at a time" in drawn.left_out["heat_map"]
    assert title_of(SWEEP_PLACE, material).startswith("Baseline has")


def test_half_a_sweep_is_charted_and_marked_as_partial(small: Path, tmp_path: Path) -> None:
    shutil.copytree(small, tmp_path / "s")
    results = open_experiment(half(tmp_path / "s"))
    assert results.partial == "16 of 16 points, 20 of 32 runs are stored"
    drawn = draw_charts(Material(results, read_england()), tmp_path / "charts", named(["sweep_place"], "sweep"))
    told = json.loads(next(path for path in drawn.files if path.suffix == ".json").read_text())
    assert told["partial"] == results.partial and "PARTIAL: 16 of 16 points, 20 of 32 runs" in told["source"]


def test_a_point_without_runs_does_not_stop_a_comparison(three: Path, tmp_path: Path) -> None:
    shutil.copytree(three, tmp_path / "c")
    half(tmp_path / "c")
    for part in (tmp_path / "c" / "outcomes").iterdir():
        table = pd.read_parquet(part)
        table[table["point"] != 3].to_parquet(part, index=False)
    given = Material(open_experiment(tmp_path / "c"), read_england())
    assert set(COMPARISON.measure(given)["scenario"]) == {"open_door"}
    assert set(pairs(given.results, ["css_operating"])["scenario"]) == {"open_door"}


def test_many_charts_drawn_beside_each_other_have_the_bytes_of_one_after_the_other(
    given: dict[str, Material], tmp_path: Path
) -> None:
    some = charts_for("run")[:MANY]
    together = draw_charts(given["run"], tmp_path / "together", some, Making(formats=("svg",)))
    for chart in some:
        draw_charts(given["run"], tmp_path / "alone", [chart], Making(formats=("svg",)))
    assert len(together.files) == 3 * MANY
    assert all(path.read_bytes() == (tmp_path / "alone" / path.name).read_bytes() for path in together.files)


def test_a_fact_card_says_what_the_summary_says_and_what_the_scenario_changes(tmp_path: Path) -> None:
    run("open_door", runs=2, out=tmp_path / "r")
    material = Material(open_stored(tmp_path / "r"), read_england())
    table = FACT_CARD.measure(material)
    summary = material.results.summary
    means = summary[summary["month"] == ENDS[1]].set_index("outcome")["mean"]
    figures = table[table["part"] == "figures"].set_index("figures.outcome")
    assert figures["figures.december_2016"].to_dict() == means[figures.index].to_dict()
    words = table["changes.words"].dropna().tolist()
    assert "entry.barrier = 100,000 £ per line and region" in words and len(words) == 4
    assert "4 values changed" in FACT_CARD.describe(table, study_of(material.results)).subtitle


def test_a_fact_card_on_a_slide_has_fewer_figures_in_larger_type(given: dict[str, Material]) -> None:
    figures = {sheet: drawn_on(FACT_CARD, given["run"], sheet) for sheet in (PAGE, SLIDE, SQUARE)}
    texts = {sheet: [text for text in one.findobj(Text) if text.get_text()] for sheet, one in figures.items()}
    assert len(texts[SLIDE]) < len(texts[PAGE]) and len(texts[SQUARE]) < len(texts[PAGE])
    enlarged = SLIDE.enlarged(figures[SLIDE].get_figwidth())
    assert min(text.get_size() for text in texts[SLIDE]) * enlarged >= 11
    assert {"Spend per head", "9 in 10 runs"} <= {text.get_text() for text in texts[SLIDE]}


@pytest.mark.parametrize("chart", [MAP, TILE_MAP], ids=lambda chart: chart.name)
def test_a_square_has_the_first_and_last_map_alone_and_larger(chart: Chart, given: dict[str, Material]) -> None:
    dates = {}
    for sheet in (PAGE, SQUARE):
        axes = [one for one in drawn_on(chart, given["run"], sheet).axes if one.get_title()]
        dates[sheet] = [one.get_title() for one in axes]
    assert dates[PAGE] == ["April 2013", "April 2014", "April 2015", "December 2016"]
    assert dates[SQUARE] == ["April 2013", "December 2016"]


# ---- Which run is shown ------------------------------------------------------------------------------------


def test_the_run_nearest_the_middle_is_the_one_with_all_medians() -> None:
    rows = [
        {"run": run, "month": ENDS[1], "css_operating": units, "spend_per_head": spend}
        for run, units, spend in ((1, 10, 17.0), (2, 15, 16.0), (3, 20, 15.0), (4, 15, 16.1), (5, 11, 15.9))
    ]
    assert nearest_middle(pd.DataFrame(rows), [1, 2, 3, 4, 5]) == 2
    assert nearest_middle(pd.DataFrame(rows), [1, 3]) in (1, 3)


def test_a_chosen_run_is_shown_and_the_note_says_so(given: dict[str, Material]) -> None:
    chosen = Material(given["run"].results, given["run"].england, Choice(run=2))
    table = genealogy.GENEALOGY.measure(chosen)
    assert set(table["run_shown"]) == {2}
    assert (
        f"Run 2 of {RUNS}, chosen by the reader" in genealogy.GENEALOGY.describe(table, study_of(chosen.results)).note
    )


def test_a_run_without_events_is_refused(given: dict[str, Material]) -> None:
    with pytest.raises(InputError, match=r"--run = 4 is not allowed: its events are not kept; choose from 1 to 3"):
        genealogy.GENEALOGY.measure(Material(given["run"].results, given["run"].england, Choice(run=4)))


def test_an_outcome_that_is_not_stored_is_refused_with_those_that_are(given: dict[str, Material]) -> None:
    chosen = Material(given["compare"].results, given["compare"].england, Choice(outcome="happiness"))
    with pytest.raises(InputError, match=r"--outcome = 'happiness' is not stored here: choose one of css_operating"):
        COMPARISON.measure(chosen)


def test_a_folders_kind_is_what_made_it(given: dict[str, Material]) -> None:
    assert {kind: kind_of(material.results) for kind, material in given.items()} == {kind: kind for kind in given}
