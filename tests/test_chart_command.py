"""Does the command line draw, report and repeat what it is told, and refuse what it should?"""

import json
import shutil
import stat
from pathlib import Path

import pytest
from command import csmarket
from stored_folders import comparison, sweep

from outputs.charts.house import INKS, SOURCES, Style, contrast
from outputs.style_file import read_style
from scenarios.api import run
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
    done = csmarket(
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
    done = csmarket("chart", folder, "shares", "--title", "Ours & theirs", cwd=folder)
    told = json.loads((folder / "charts" / "shares.json").read_text())
    assert done.returncode == 0
    assert told["title"] == "Ours & theirs" and told["title_given"] and "Home NHS units" in told["finding"]
    assert "<title id=" in (folder / "charts" / "shares.svg").read_text()
    assert "Ours &amp; theirs" in (folder / "charts" / "shares.svg").read_text()


def test_a_style_file_changes_colours_and_type(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(STYLE)
    done = csmarket("chart", folder, "shares", "map_spend", "--style", tmp_path / "ours.toml", cwd=folder)
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
    done = csmarket("chart", folder, *arguments, cwd=folder.parent)
    assert done.returncode == 2
    assert all(fault in done.stderr for fault in faults), done.stderr
    assert not list((folder / "charts").glob("*")) if (folder / "charts").exists() else True


@pytest.mark.parametrize("command", ["chart", "report", "repeat"])
def test_what_is_no_results_folder_is_refused(command: str, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    gone, other = csmarket(command, "gone", cwd=tmp_path), csmarket(command, "other", cwd=tmp_path)
    assert gone.returncode == other.returncode == 2
    assert "gone: there is no such folder" in gone.stderr and "other: is no results folder" in other.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other"]


@pytest.mark.parametrize("command", ["chart", "report", "repeat"])
def test_results_of_another_version_are_refused(command: str, folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"version": "0.0.9"}))
    done = csmarket(command, folder, cwd=folder)
    assert done.returncode == 2 and "was made by version 0.0.9 and this is" in done.stderr


def test_an_unfinished_run_is_refused_with_how_to_go_on(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"status": "running"}))
    done = csmarket("chart", folder, cwd=folder)
    assert done.returncode == 2 and "give the same 'csmarket run' again and it carries on" in done.stderr


def test_half_a_sweep_is_charted_and_it_says_how_far_it_is(tmp_path: Path) -> None:
    sweep(tmp_path / "s", status="running", points_stored=9)
    done = csmarket("chart", "s", "--out", "charts", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (
        "unfinished: 9 of 36 points" in done.stderr and "sensitivity is not drawn: needs sensitivity.csv" in done.stderr
    )
    assert (tmp_path / "charts" / "sweep_place.svg").is_file()


def test_a_target_that_cannot_be_written_to_is_refused(folder: Path) -> None:
    (folder / "file").write_text("")
    done = csmarket("chart", folder, "units", "--out", folder / "file" / "charts", cwd=folder)
    assert done.returncode == 2 and "cannot be written to" in done.stderr


def test_the_list_names_every_chart_that_a_folder_can_have(tmp_path: Path) -> None:
    comparison(tmp_path / "c", other={})
    every, some = csmarket("chart", "--list", cwd=tmp_path), csmarket("chart", "c", "--list", cwd=tmp_path)
    assert "genealogy" in every.stdout and "heat_map" in every.stdout
    assert "comparison" in some.stdout and "genealogy" not in some.stdout


def test_repeating_gives_the_same_and_says_so(folder: Path) -> None:
    done = csmarket("repeat", folder, cwd=folder)
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
    done = csmarket("repeat", folder, cwd=folder)
    assert done.returncode == 1
    assert "lines.parquet: spend in row 6 is" in done.stdout and "outcomes.parquet: identical" in done.stdout


def test_a_table_that_was_changed_since_is_refused(folder: Path) -> None:
    content = bytearray((folder / "summary.csv").read_bytes())
    content[-2] = ord("9") if content[-2] != ord("9") else ord("8")
    (folder / "summary.csv").write_bytes(content)
    done = csmarket("repeat", folder, cwd=folder)
    assert done.returncode == 2 and "summary.csv: is not what the manifest says: it was changed since" in done.stderr


def test_a_scenario_with_dated_changes_and_settings_is_repeated_from_the_manifest_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'title = "T"\nquestion = "Q?"\nbecause = "B"\n[changes]\n"entry.barrier" = 100000\n'
        '[[policy]]\nname = "cut"\nfrom = 2014-04-01\nchanges = { "allowance.per_head" = 20.0 }\n'
    )
    ran = csmarket(
        "run", "mine.toml", "--runs", "1", "--set", "choice.noise=2", "--out", "r", "--no-charts", cwd=tmp_path
    )
    assert ran.returncode == 0, ran.stderr
    (tmp_path / "mine.toml").unlink()
    done = csmarket("repeat", "r", "--quiet", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_an_experiment_is_not_repeated_by_this_command(tmp_path: Path) -> None:
    comparison(tmp_path / "c", other={})
    done = csmarket("repeat", "c", cwd=tmp_path)
    assert done.returncode == 2 and "repeat takes a folder of 'csmarket run'" in done.stderr


def test_a_report_is_not_written_where_nobody_may_write(folder: Path) -> None:
    done = csmarket("report", folder, "--out", folder, cwd=folder)
    assert done.returncode == 2 and "is a folder: name a file" in done.stderr
    assert stat.S_ISDIR(folder.stat().st_mode)
