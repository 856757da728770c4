"""Does a report say what the numbers say, stand alone, and serve every reader?"""

import importlib.util
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from chromium import NEEDS_CHROMIUM, chromium
from command import ROOT, called, csmarket
from openpyxl import load_workbook
from stored_folders import SWEPT, compared, half, swept, with_ends

from outputs.answer import answer
from outputs.charts.chart import Material
from outputs.experiment import open_experiment
from scenarios.api import open_results, run
from scenarios.dictionary import TABLES, datapackage_of
from simulation.inputs import read_england

KINDS = ("run", "compare", "sweep")
SIZES = [(1200, 900), (375, 800)]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds a results folder of each kind, each with its report and workbook."""
    base = tmp_path_factory.mktemp("reports")
    run("open_door", runs=3, out=base / "run")
    compared(base / "compare", "open_door", "hosting_for_ever")
    swept(base / "sweep", SWEPT)
    for kind in KINDS:
        done = csmarket("report", kind, "--xlsx", cwd=base)
        assert done.returncode == 0, done.stderr
    return base


def html(folders: Path, kind: str) -> str:
    return (folders / kind / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_needs_nothing_from_outside(kind: str, folders: Path) -> None:
    page = html(folders, kind)
    links = re.findall(r'(?:src|href|srcset)="([^"]{0,40})', page)
    assert links and all(link.startswith(("#", "data:")) for link in links)
    assert "url(" not in page and "@import" not in page and len(page) < 5_000_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_has_every_part(kind: str, folders: Path) -> None:
    page = html(folders, kind)
    for part in (
        "The answer in three sentences",
        "Key figures",
        "Assumptions and their grades",
        "What the model cannot say",
        "How to repeat it",
        "csmarket repeat",
        "A\u201101",
    ):
        assert part in page
    assert page.count("<figure") >= 3
    assert len(re.findall(r'<div class="answer keep">(.*?)</div>', page, re.DOTALL)[0].split("<p>")) == 4


def test_a_report_says_what_differs_from_the_defaults(folders: Path) -> None:
    settings = html(folders, "run").split('id="differences"')[1].split('id="assumptions"')[0]
    assert "entry.barrier" in settings and "entry.vat_wedge" in settings and "choice.noise" not in settings


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_folder_gives_the_same_report_and_workbook(kind: str, folders: Path, tmp_path: Path) -> None:
    shutil.copytree(folders / kind, tmp_path / kind)
    before = [(tmp_path / kind / name).read_bytes() for name in ("report.html", "tables.xlsx")]
    assert csmarket("report", kind, "--xlsx", cwd=tmp_path).returncode == 0
    assert before == [(tmp_path / kind / name).read_bytes() for name in ("report.html", "tables.xlsx")]


def test_markdown_shows_charts_that_are_there(folders: Path, tmp_path: Path) -> None:
    shutil.copytree(folders / "run", tmp_path / "run")
    assert called("report", "run", "--format", "markdown", cwd=tmp_path).returncode == 0
    text = (tmp_path / "run" / "report.md").read_text(encoding="utf-8")
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)
    assert len(pictures) > 8 and all((tmp_path / "run" / picture).is_file() for picture in pictures)


# ---- The answer, against numbers that would make it false --------------------------------------------------


def with_summary(folders: Path, **changes: tuple[float, float]) -> Material:
    """Return a run's results whose means in April 2013 and December 2016 are replaced."""
    results = open_results(folders / "run")
    summary = results.summary.copy()
    for outcome, ends in changes.items():
        for month, value in zip(("2013-04-01", "2016-12-01"), ends, strict=True):
            place = (summary["outcome"] == outcome) & (summary["month"] == month)
            summary.loc[place, ["mean", "p05", "p25", "p50", "p75", "p95"]] = value
    results.__dict__["summary"] = summary
    return Material(results, read_england())


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        (
            (0.3, 0.6),
            "The market consolidates locally: concentration rises from 3,000 (HHI, 0 to 10,000) in April 2013 to 6,000",
        ),
        (
            (0.6, 0.3),
            "The market spreads out locally: concentration falls from 6,000 (HHI, 0 to 10,000) in April 2013 to 3,000",
        ),
        ((0.4, 0.41), "Local concentration stays near 4,000 (HHI, 0 to 10,000)"),
    ],
)
def test_the_answer_says_consolidates_only_where_concentration_rises(
    ends: tuple[float, float], words: str, folders: Path
) -> None:
    assert answer(with_summary(folders, hhi_local=ends))[0].startswith(words)


def test_the_answer_tells_shares_and_money_as_they_are(folders: Path) -> None:
    given = with_summary(
        folders,
        outside_nhs_share=(0.02, 0.5),
        in_house_share=(0.2, 0.1),
        shared_share=(0.1, 0.1),
        home_css_share=(0.6, 0.2),
        spend_per_head=(17.0, 17.001),
        redundancy_cost_to_date=(0.0, 42e6),
        not_satisfied_share=(0.3, 0.25),
    )
    told = answer(given)
    assert told[1] == (
        "Suppliers outside the NHS go from 2% to 50% of spend, what CCGs do themselves, alone or together, from "
        "30% to 20%, and "
        "the home unit's share from 60% to 20%."
    )
    assert told[2] == (
        "Spend stays at £17.00 a head a year, redundancy has cost £42m by December 2016, and 25% of CCGs are not "
        "satisfied."
    )


def altered(folders: Path, tmp_path: Path, **differences: dict[str, float]) -> list[str]:
    """Return the answer of a comparison whose outcomes are all alike at the end but for chosen values."""
    alike = {
        "css_operating": 15.0, "home_css_share": 0.4, "private_share": 0.1, "in_house_share": 0.3, "hhi_local": 0.5,
        "spend_per_head": 17.0, "redundancy_cost_to_date": 5e7, "not_satisfied_share": 0.3,
    }  # fmt: skip
    shutil.copytree(folders / "compare", tmp_path / "c")
    names = ("baseline", "open_door", "hosting_for_ever")
    ends = {name: alike | differences.get(name, {}) for name in names}
    return answer(Material(open_experiment(with_ends(tmp_path / "c", ends)), read_england()))


def test_the_answer_of_a_comparison_begins_with_the_base(folders: Path, tmp_path: Path) -> None:
    assert altered(folders, tmp_path)[0] == (
        "Under baseline, 15 NHS units operate in December 2016 (means of 4 runs), private suppliers have 10% of spend "
        "and 30% is in house; spend is £17.00 a head a year, and redundancy has cost £50m."
    )


def test_the_answer_of_a_comparison_names_only_clear_differences(folders: Path, tmp_path: Path) -> None:
    told = altered(folders, tmp_path, open_door={"css_operating": 12.0})
    assert "under open door, NHS units operating down 3" in told[1] and "hosting for ever" not in told[1]
    assert told[2] == "Hosting for ever cannot be told from baseline in any outcome weighed here, from 4 runs."


def test_the_report_of_a_comparison_says_how_many_differences_luck_alone_would_make(folders: Path) -> None:
    assert "Of 16 such intervals about 1 would leave out zero by luck alone." in html(folders, "compare")


def test_no_line_of_the_key_figures_ends_between_a_sign_and_its_amount(folders: Path) -> None:
    figures = html(folders, "compare").split('class="figures"')[1].split("</table>")[0]
    assert "\u2060£" in figures and not re.search(r"[+\N{MINUS SIGN}]£", figures)


def test_each_chart_of_a_report_points_to_its_own_table(folders: Path) -> None:
    page = html(folders, "compare")
    assert {"Table: drivers.csv.", "Table: drivers_spend_per_head.csv.", "Table: comparison_private_share.csv."} <= set(
        re.findall(r"Table: [a-z_]+\.csv\.", page)
    )


def test_the_answer_of_a_comparison_where_nothing_differs_says_so(folders: Path, tmp_path: Path) -> None:
    assert altered(folders, tmp_path)[1] == "On the same seeds no scenario clearly differs from it."


def test_the_answer_of_half_a_sweep_says_how_far_it_is(tmp_path: Path) -> None:
    told = answer(Material(open_experiment(half(swept(tmp_path / "s"))), read_england()))
    assert told[2] == "The sweep is unfinished: 16 of 16 points, 20 of 32 runs are stored."
    assert told[1] == (
        "What outcomes depend on cannot be said: "
        f"{tmp_path / 's'}: 16 points are too few to say what moves an "
        "outcome: it takes 30 or more."
    )


def test_the_report_of_a_sweep_says_what_it_varies(folders: Path) -> None:
    settings = html(folders, "sweep").split('id="differences"')[1].split('id="assumptions"')[0]
    assert "hosting.ends" in settings and "28 to 60" in settings and "What the sweep varies" in settings


def test_a_workbook_can_be_had_without_a_report(folders: Path, tmp_path: Path) -> None:
    for kind in KINDS:
        done = csmarket("workbook", kind, "--out", tmp_path / f"{kind}.xlsx", cwd=folders)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / f"{kind}.xlsx").read_bytes() == (folders / kind / "tables.xlsx").read_bytes()
    done = called("workbook", folders / "run", "--out", tmp_path, cwd=tmp_path)
    assert done.returncode == 2 and "is a folder: name a file, as in --out" in done.stderr


# ---- Assumptions, tables, data package ---------------------------------------------------------------------


def test_the_assumptions_that_reports_carry_are_those_of_the_register() -> None:
    path = ROOT / "docs" / "how" / "write_assumptions.py"
    spec = importlib.util.spec_from_file_location("write_assumptions", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    fresh = module.table_of(module.REGISTER.read_text(encoding="utf-8"))
    assert module.TABLE.read_text(encoding="utf-8") == fresh, (
        f"out of date: python {path.relative_to(ROOT)} writes it anew"
    )
    assert all(
        row["statement"] and row["grade"] and row["if_wrong"] for row in module.rows_of(module.REGISTER.read_text())
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_workbook_opens_and_holds_the_tables(kind: str, folders: Path) -> None:
    book = load_workbook(folders / kind / "tables.xlsx")
    wanted = {"about", "key_figures", "assumptions", "columns"} | (
        {"summary", "ccgs"} if kind == "run" else {"design", "points"}
    )
    assert wanted <= set(book.sheetnames)
    formulas = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas == []


def test_the_workbook_has_the_numbers_of_the_summary(folders: Path) -> None:
    sheet = pd.read_excel(folders / "run" / "tables.xlsx", sheet_name="summary")
    summary = open_results(folders / "run").summary
    assert sheet["mean"].tolist() == pytest.approx(summary["mean"].tolist(), nan_ok=True)


def test_the_data_package_is_valid_and_tells_of_every_file_and_column(folders: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    package = json.loads((folders / "run" / "datapackage.json").read_text(encoding="utf-8"))
    frictionless.Package.from_descriptor(package)
    files = {path.name for path in (folders / "run").iterdir() if path.suffix in (".parquet", ".csv")}
    assert {resource["path"] for resource in package["resources"]} == files
    untold = [
        f"{resource['name']}.{field['name']}"
        for resource in package["resources"]
        for field in resource["schema"]["fields"]
        if "description" not in field
    ]
    assert untold == []


def test_the_summary_is_as_the_data_package_says(folders: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    package = datapackage_of(folders / "run", json.loads((folders / "run" / "manifest.json").read_text()))
    summary = next(one for one in package["resources"] if one["name"] == "summary")
    table = pd.read_csv(folders / "run" / "summary.csv")
    assert [field["name"] for field in summary["schema"]["fields"]] == list(table.columns)
    report = frictionless.Resource.from_descriptor(summary, basepath=str(folders / "run")).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])[:3]


def test_the_page_of_results_tells_of_the_same_columns_as_the_data_dictionary() -> None:
    page = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    for table in ("units", "ccgs", "sourcing", "lines", "events"):
        section = page.split(f"## `{table}.parquet`")[1].split("\n## ")[0].split("| event | who |")[0]
        told = re.findall(
            r"`([a-z_]+)`", "\n".join(line.split("|")[1] for line in section.splitlines() if line.startswith("| `"))
        )
        assert set(told) == {column.name for column in TABLES[table]}, table


# ---- In a browser ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Return a browser."""
    with chromium() as one:
        yield one


@NEEDS_CHROMIUM
@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_no_violation_and_nothing_is_fetched(
    kind: str, size: tuple[int, int], folders: Path, browser: Any
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if request.url.startswith("http") else None)
    page.goto((folders / kind / "report.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    found = Axe().run(page)
    broken = page.evaluate("[...document.images].filter(one => !one.complete || !one.naturalWidth).length")
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert found.violations_count == 0, found.generate_report()
    assert fetched == [] and broken == 0 and wide <= size[0]


@NEEDS_CHROMIUM
def test_a_report_prints_on_paper_with_nothing_cut_off(folders: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 680, "height": 960})
    page.goto((folders / "run" / "report.html").as_uri())
    page.emulate_media(media="print")
    wide = page.evaluate("document.documentElement.scrollWidth")
    tall = page.evaluate("Math.max(...[...document.images].map(one => one.getBoundingClientRect().height))")
    content = page.pdf(prefer_css_page_size=True)
    page.close()
    assert wide <= 680 and tall <= 960 and content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") >= 5
