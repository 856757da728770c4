"""Faults of the input, as the command line tells them: exit code 2, every fault told, no traceback, nothing written."""

from pathlib import Path

import pytest
from command import called, csmarket

WORDS = b'title = "T"\nquestion = "Q?"\nbecause = "B"\n'
FILES = {
    "empty.toml": b"",
    "binary.toml": b"\0\1\2",
    "latin.toml": b'title = "caf\xe9"',
    "broken.toml": b"title = T",
    "misspelt.toml": WORDS + b'[changes]\n"choice.nois" = 1',
    "range.toml": WORDS + b'[changes]\n"choice.noise" = -3',
    "nan.toml": WORDS + b'[changes]\n"choice.noise" = nan',
    "late.toml": WORDS + b'[[policy]]\nfrom = 2020-01-01\nchanges = { "choice.noise" = 1 }',
    "circle.toml": WORDS + b'extends = "./circle.toml"',
    "escape.toml": WORDS + b'[changes]\n"\\u001b[31mred" = 1',
}

LONG = "x" * 300

CASES = {
    "a scenario that does not exist": (["run", "nope"], ["nope", "the library has baseline"]),
    "a file that does not exist": (["run", "nope.toml"], ["nope.toml: there is no such file"]),
    "a folder for a scenario": (["run", "./deep"], ["deep: is a folder"]),
    "an empty file": (["run", "empty.toml"], ["empty.toml: is empty"]),
    "a binary file": (["run", "binary.toml"], ["binary.toml: is not a text file"]),
    "another encoding": (["run", "latin.toml"], ["latin.toml: is not UTF-8 (line 1"]),
    "broken TOML": (["run", "broken.toml"], ["broken.toml: is not valid TOML", "line 1"]),
    "a misspelt parameter": (["run", "misspelt.toml"], ["did you mean choice.noise?"]),
    "a value out of range": (["run", "range.toml"], ["choice.noise = -3 is not allowed", "from 0 to 10"]),
    "no number": (["run", "nan.toml"], ["choice.noise = nan is not allowed"]),
    "a date beyond the run": (["run", "late.toml"], ["2020-01-01 is outside 2012-01-01 to 2016-12-31"]),
    "a circle": (["run", "circle.toml"], ["circle.toml -> circle.toml"]),
    "what would steer a terminal": (["run", "escape.toml"], ["\\x1b[31mred"]),
    "no runs": (["run", "--runs", "0"], ["--runs = 0 is not allowed: it must be a whole number from 1 to"]),
    "no runs, and a file where results would go": (
        ["run", "--runs", "0", "--out", "range.toml"],
        ["--runs = 0 is not allowed", "range.toml: is a file, and results want a folder"],
    ),
    "no design, and a folder of something else": (
        ["sweep", "nowhere.toml", "--out", "deep"],
        ["nowhere.toml", "deep: holds other files (thesis.txt)"],
    ),
    "no scenario, and a folder of something else": (
        ["compare", "baseline", "nowhere", "--out", "deep"],
        ["nowhere", "deep: holds other files (thesis.txt)"],
    ),
    "a comparison without a name": (["compare", "baseline", "baseline", "--out", " "], ["--out = '' is not allowed"]),
    "a fit of no points, and a folder of something else": (
        ["fit", "--points", "0", "--out", "deep", "--force"],
        ["--points = '0'", "deep: holds other files (thesis.txt)"],
    ),
    "names that are too long for a file": (
        ["compare", LONG, "baseline", "--runs", "0", "--out", LONG],
        ["xxx...: the operating system refuses this file or folder (File name too long)", "--runs = 0 is not allowed"],
    ),
    "a plausible set of too long a name": (["run", "--uncertainty", LONG], ["xxx...: the operating system refuses"]),
    "a name too long for results": (["sensitivity", LONG], ["xxx...: the operating system refuses"]),
    "runs that are no number": (["run", "--runs", "abc"], ["--runs = 'abc' is not allowed"]),
    "half a run": (["run", "--runs", "1.5"], ["--runs = '1.5' is not allowed"]),
    "a seed below zero": (["run", "--seed", "-1"], ["--seed = -1 is not allowed"]),
    "no workers": (["run", "--workers", "0"], ["--workers = 0 is not allowed"]),
    "fewer events than none": (["run", "--event-runs", "-1"], ["--event-runs = -1 is not allowed"]),
    "a setting without a value": (["run", "--set", "choice.noise"], ["must read KEY=VALUE"]),
    "a setting out of range": (["run", "--set", "choice.noise=99"], ["--set: choice.noise = 99 is not allowed"]),
    "a plausible set that is not there": (
        ["run", "--uncertainty", "nowhere"],
        ["nowhere: holds no plausible.csv and plausible.json", "csmarket fit"],
    ),
    "an engine that does not exist": (["run", "--engine", "steam"], ["'steam' is not one of"]),
    "an option that does not exist": (["run", "--bogus"], ["No such option", "--bogus"]),
    "a command that does not exist": (["walk"], ["No such command 'walk'"]),
    "an output that is a file": (["run", "--out", "empty.toml"], ["empty.toml: is a file"]),
    "an output under a file": (["run", "--out", "empty.toml/deeper"], ["cannot be written to (Not a directory)"]),
    "an output that holds other things": (["run", "--out", "deep", "--force"], ["other files (thesis.txt)"]),
    "an output without a name": (["run", "--out", ""], ["--out = '' is not allowed"]),
    "files to check": (
        ["scenarios", "check", "range.toml", "baseline", "misspelt.toml"],
        ["range.toml: choice.noise", "misspelt.toml: there is no parameter"],
    ),
    "nothing to check": (["scenarios", "check"], ["Missing argument"]),
    "a scenario to show": (["scenarios", "show", "baselin"], ["did you mean baseline?"]),
    "a format that does not exist": (["parameters", "--format", "xls"], ["'xls' is not one of"]),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every faulty file in it, and another folder with something of somebody's."""
    folder = tmp_path_factory.mktemp("desk")
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    (folder / "deep").mkdir()
    (folder / "deep" / "thesis.txt").write_text("years of work")
    return folder


@pytest.mark.parametrize("case", CASES)
def test_wrong_input_is_exit_code_2_told_in_words_and_nothing_is_written(desk: Path, case: str) -> None:
    arguments, expected = CASES[case]
    before = sorted(desk.rglob("*"))
    said = called(*arguments, cwd=desk)
    assert said.returncode == 2
    assert said.stdout == ""
    assert "Traceback" not in said.stderr
    for words in expected:
        assert words in said.stderr
    assert sorted(desk.rglob("*")) == before


def test_all_faults_are_told_at_once_under_one_heading(desk: Path) -> None:
    said = csmarket(
        "run", "range.toml", "--runs", "0", "--seed", "x", "--set", "hosting.form=shop", "--out", "", cwd=desk
    )
    heading, *faults = said.stderr.splitlines()
    assert heading == "The input is wrong; nothing was run or written:"
    assert len(faults) == 5
    assert all(fault.startswith("  - ") for fault in faults)
