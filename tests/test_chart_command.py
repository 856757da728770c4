"""Does the command line draw, report and repeat what it is told, and refuse what it should?"""

import json
import shutil
import stat
from datetime import date
from pathlib import Path

import pytest
from command import called
from stored_folders import compared, half, swept

from outputs.charts.house import INKS, SOURCES, Style, contrast
from outputs.style_file import read_style
from scenarios.api import compare, run
from simulation.faults import InputError

STYLE = """
name = "think tank"
[colours]
private = "#B0124A"
model = "#003366"
ladder = ["#EEEEEE", "#BBBBBB", "#777777", "#222222"]
[fonts]
family = ["No Such Font", "DejaVu Serif"]
"""


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of two runs."""
    folder = tmp_path_factory.mktemp("stored") / "baseline"
    run("baseline", runs=2, out=folder)
    return folder


@pytest.fixture
def folder(stored: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder to work in."""
    shutil.copytree(stored, tmp_path / "baseline")
    return tmp_path / "baseline"


def test_one_chart_is_drawn_in_the_forms_and_sizes_asked_for(folder: Path) -> None:
    done = called(
        "chart",
        folder,
        "units",
        "--format",
        "pdf",
        "--format",
        "svg",
        "--size",
        "slide",
        "--size",
        "square",
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    there = {path.name for path in (folder / "charts").iterdir()}
    assert there == {
        "units-slide.pdf",
        "units-slide.svg",
        "units-square.pdf",
        "units-square.svg",
        "units.csv",
        "units.json",
    }
    slide = (folder / "charts" / "units-slide.svg").read_text()
    assert 'width="960pt"' in slide and 'height="540pt"' in slide


def test_a_given_title_is_drawn_and_the_computed_one_is_kept(folder: Path) -> None:
    done = called("chart", folder, "shares", "--title", "Ours & theirs", cwd=folder)
    told = json.loads((folder / "charts" / "shares.json").read_text())
    assert done.returncode == 0
    assert told["title"] == "Ours & theirs" and told["title_given"] and "Home NHS units" in told["finding"]
    assert "<title id=" in (folder / "charts" / "shares.svg").read_text()
    assert "Ours &amp; theirs" in (folder / "charts" / "shares.svg").read_text()


def test_a_style_file_changes_colours_and_type(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(STYLE)
    done = called("chart", folder, "shares", "map_spend", "--style", tmp_path / "ours.toml", cwd=folder)
    assert done.returncode == 0, done.stderr
    shares = (folder / "charts" / "shares.svg").read_text()
    assert "#b0124a" in shares and "#f46a25" not in shares and "DejaVu Serif" in shares
    assert "#777777" in (folder / "charts" / "map_spend.svg").read_text()
    assert json.loads((folder / "charts" / "shares.json").read_text())["style"] == "think tank"


def test_the_usual_style_passes_the_check_that_it_puts_to_others(tmp_path: Path) -> None:
    (tmp_path / "same.toml").write_text(
        "[colours]\n" + "".join(f'{role} = "{colour}"\n' for role, colour in INKS.items())
    )
    assert read_style(tmp_path / "same.toml").colour("ink") == Style().colour("ink")
    assert all(contrast(source.ink, "#FFFFFF") >= 4.5 for source in SOURCES.values())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[colours]\nprivat = "#112233"', "colours.privat is not known: did you mean private?"),
        ('[colours]\nprivate = "red"', "colours.private = 'red' is not a colour"),
        ('[colours]\nink = "#DDDDDD"', "colours.ink = #DDDDDD cannot be read on #FFFFFF: its contrast is 1.4"),
        ('[colours]\nladder = ["#111111"]', "it must be 4 colours from little to much"),
        ('[fonts]\nfamily = "No Such Font"', "none of these is installed here"),
        ('[fonts]\nfamly = "x"', "fonts.famly is not known"),
        ("[layout]", "layout is not known: a style file holds name, colours, fonts"),
        ("colours = 3", "colours = 3 is not a table"),
        ("[colours", "is not TOML that can be read"),
    ],
)
def test_a_wrong_style_file_is_refused_with_what_is_wrong(text: str, fault: str, tmp_path: Path) -> None:
    (tmp_path / "style.toml").write_text(text)
    with pytest.raises(InputError) as error:
        read_style(tmp_path / "style.toml")
    assert fault in str(error.value) and "style.toml" in str(error.value)


@pytest.mark.parametrize(
    ("arguments", "faults"),
    [
        (["unit"], ["unit: there is no such chart: did you mean units?", "genealogy"]),
        (["heat_map"], ["heat_map: is a chart of sweep folders, and this is one of 'run'"]),
        (["nosuch", "heat_map"], ["nosuch: there is no such chart", "heat_map: is a chart of sweep"]),
        (["--title", "x"], ["--title = 'x' is not allowed: it needs words, and one CHART"]),
        (["units", "--style", "gone.toml"], ["gone.toml: cannot be read"]),
        (["genealogy", "--run", "99"], ["--run = 99 is not allowed", "choose from 1 to 2"]),
        (["genealogy", "--run", "first"], ["--run = 'first' is not allowed: it must be a whole number from 1"]),
    ],
)
def test_wrong_input_is_refused_and_nothing_is_written(arguments: list[str], faults: list[str], folder: Path) -> None:
    done = called("chart", folder, *arguments, cwd=folder.parent)
    assert done.returncode == 2
    assert all(fault in done.stderr for fault in faults), done.stderr
    assert not list((folder / "charts").glob("*")) if (folder / "charts").exists() else True


@pytest.mark.parametrize("command", ["chart", "report", "repeat"])
def test_what_is_no_results_folder_is_refused(command: str, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    gone, other = called(command, "gone", cwd=tmp_path), called(command, "other", cwd=tmp_path)
    assert gone.returncode == other.returncode == 2
    assert "gone: there is no such folder" in gone.stderr and "other: is no results folder" in other.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other"]


@pytest.mark.parametrize("command", ["chart", "report", "repeat"])
def test_results_of_another_version_are_refused(command: str, folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"version": "0.0.9"}))
    done = called(command, folder, cwd=folder)
    assert done.returncode == 2 and "was made by version 0.0.9 and this is" in done.stderr


def test_an_unfinished_run_is_refused_with_how_to_go_on(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"status": "running"}))
    done = called("chart", folder, cwd=folder)
    assert done.returncode == 2 and "give the same 'csmarket run' again and it carries on" in done.stderr


def test_half_a_sweep_is_charted_and_it_says_how_far_it_is(tmp_path: Path) -> None:
    half(swept(tmp_path / "s"))
    done = called("chart", "s", "--out", "charts", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "unfinished: 16 of 16 points, 20 of 32 runs" in done.stderr
    assert "sensitivity is not drawn: s: 16 points are too few" in done.stderr
    assert (tmp_path / "charts" / "sweep_place.svg").is_file()


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["--outcome", "happiness"], "--outcome = 'happiness' is not stored here: choose one of css_operating"),
        (["--across", "entry.barier"], "--across = 'entry.barier' does not vary here: choose from allowance.per_head"),
        (["--across", "entry.barrier", "--up", "entry.barrier"], "--across and --up are both entry.barrier"),
        (["discovery", "--at-least", "9", "--at-most", "3"], "the range from 9 to 3 is reversed"),
    ],
)
def test_what_a_sweep_does_not_have_is_refused(arguments: list[str], fault: str, swept_folder: Path) -> None:
    done = called("chart", swept_folder, *arguments, cwd=swept_folder.parent)
    assert done.returncode == 2 and fault in done.stderr
    assert not (swept_folder / "charts").exists()


@pytest.fixture(scope="module")
def swept_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small sweep."""
    return swept(tmp_path_factory.mktemp("swept") / "s")


def test_a_target_that_cannot_be_written_to_is_refused(folder: Path) -> None:
    (folder / "file").write_text("")
    done = called("chart", folder, "units", "--out", folder / "file" / "charts", cwd=folder)
    assert done.returncode == 2 and "cannot be written to" in done.stderr


def test_the_list_names_every_chart_that_a_folder_can_have(tmp_path: Path) -> None:
    compared(tmp_path / "c", "open_door", runs=1)
    every, some = called("chart", "--list", cwd=tmp_path), called("chart", "c", "--list", cwd=tmp_path)
    assert "genealogy" in every.stdout and "heat_map" in every.stdout
    assert "comparison" in some.stdout and "genealogy" not in some.stdout


def test_repeating_gives_the_same_and_says_so(folder: Path) -> None:
    done = called("repeat", folder, cwd=folder)
    assert done.returncode == 0 and done.stdout.count("identical") == 7 and "Identical: every table" in done.stdout


def test_repeating_finds_what_is_not_the_same(folder: Path) -> None:
    import pandas as pd

    from scenarios.writing import hash_of

    table = pd.read_parquet(folder / "lines.parquet")
    table.loc[5, "spend"] += 1.0
    table.to_parquet(folder / "lines.parquet", index=False)
    manifest = json.loads((folder / "manifest.json").read_text())
    path = folder / "lines.parquet"
    manifest["files"]["lines.parquet"] |= {"sha256": hash_of(path), "bytes": path.stat().st_size}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    done = called("repeat", folder, cwd=folder)
    assert done.returncode == 1
    assert "lines.parquet: spend in row 6 is" in done.stdout and "outcomes.parquet: identical" in done.stdout


def test_a_table_that_was_changed_since_is_refused(folder: Path) -> None:
    content = bytearray((folder / "summary.csv").read_bytes())
    content[-2] = ord("9") if content[-2] != ord("9") else ord("8")
    (folder / "summary.csv").write_bytes(content)
    done = called("repeat", folder, cwd=folder)
    assert done.returncode == 2 and "summary.csv: is not what the manifest says: it was changed since" in done.stderr


def test_a_scenario_with_dated_changes_and_settings_is_repeated_from_the_manifest_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'title = "T"\nquestion = "Q?"\nbecause = "B"\n[changes]\n"entry.barrier" = 100000\n'
        '[[policy]]\nname = "cut"\nfrom = 2014-04-01\nchanges = { "allowance.per_head" = 20.0 }\n'
    )
    ran = called(
        "run", "mine.toml", "--runs", "1", "--set", "choice.noise=2", "--out", "r", "--no-charts", cwd=tmp_path
    )
    assert ran.returncode == 0, ran.stderr
    (tmp_path / "mine.toml").unlink()
    done = called("repeat", "r", "--quiet", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_runs_over_plausible_values_are_repeated_with_the_same_draws(tmp_path: Path) -> None:
    run("open_door", runs=2, out=tmp_path / "r", uncertainty="plausible")
    done = called("repeat", "r", cwd=tmp_path)
    assert done.returncode == 0 and "draws.parquet: identical" in done.stdout, done.stderr


def test_draws_that_are_not_those_that_were_used_are_refused(tmp_path: Path) -> None:
    run("baseline", runs=1, out=tmp_path / "r", uncertainty="plausible")
    manifest = json.loads((tmp_path / "r" / "manifest.json").read_text())
    manifest["plausible_set"]["fingerprint"] = "another"
    (tmp_path / "r" / "manifest.json").write_text(json.dumps(manifest))
    done = called("repeat", "r", cwd=tmp_path)
    assert done.returncode == 2 and "holds other draws than those that were used" in done.stderr


def test_a_comparison_is_repeated_with_each_change_alone(tmp_path: Path) -> None:
    compare("baseline", "as_it_happened", runs=1, out=tmp_path / "c")
    done = called("repeat", "c", "--out", "again", cwd=tmp_path)
    assert done.returncode == 0 and "Identical: every table" in done.stdout, done.stderr
    again, first = (json.loads((tmp_path / name / "manifest.json").read_text()) for name in ("again", "c"))
    assert again["identity"] == first["identity"] and first["points"] > 2


@pytest.mark.parametrize(
    "design",
    [
        {"method": "latin_hypercube", "points": 6, "scenario": ["baseline", "allowance_cut"], "seeds": 2},
        {"method": "one_at_a_time", "points": 2},
    ],
    ids=["latin_hypercube", "one_at_a_time"],
)
def test_a_sweep_of_every_kind_of_factor_is_repeated(design: dict[str, object], tmp_path: Path) -> None:
    vary = {
        "choice.noise": [1, 6],
        "agreement.months": [12, 18, 36],
        "hosting.ends": {"low": 40, "high": 60},
        "hosting.form": ["own_choice", "sale"],
        "choice.free": [True, False],
    }
    swept(tmp_path / "s", {**design, "outcomes": ["css_operating"], "vary": vary})
    done = called("repeat", "s", "--quiet", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_a_sweep_that_moves_a_policy_is_repeated(tmp_path: Path) -> None:
    vary = {"policy.first_cut.from": [date(2013, 6, 1), date(2015, 6, 1)], "policy.second_cut.in_force": [True, False]}
    swept(tmp_path / "s", {"scenario": "allowance_cut", "method": "grid", "points": 2, "vary": vary})
    done = called("repeat", "s", "--quiet", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_half_a_sweep_is_not_repeated_but_carried_on(tmp_path: Path) -> None:
    half(swept(tmp_path / "s"))
    done = called("repeat", "s", cwd=tmp_path)
    assert done.returncode == 2 and "is not finished (16 of 16 points, 20 of 32 runs are stored)" in done.stderr


def test_a_report_is_not_written_where_nobody_may_write(folder: Path) -> None:
    done = called("report", folder, "--out", folder, cwd=folder)
    assert done.returncode == 2 and "is a folder: name a file" in done.stderr
    assert stat.S_ISDIR(folder.stat().st_mode)
