"""Rules of scenarios: what is found, what wins over what, and what is refused, with every fault told at once."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.provenance import identity_of, milestones
from scenarios.scenario import list_scenarios, load_scenario, parse_setting, parse_settings
from scenarios.template import write_template
from simulation.faults import InputError
from simulation.parameters import DECLARED, Parameters
from simulation.plan import DatedChange

WORDS = 'title = "T"\nquestion = "Q?"\nbecause = "B"\n'
CUT = '[[policy]]\nname = "cut"\nfrom = 2015-04-01\nchanges = { "allowance.per_head" = 22 }\n'


def written(folder: Path, content: str | bytes, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def faults_of(name_or_path: str | Path, **more: Any) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        load_scenario(name_or_path, **more)
    return caught.value.faults


# ---- The library -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list_scenarios())
def test_every_library_scenario_loads_asks_a_question_and_cites_evidence(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.question.endswith("?")
    assert "K-" in scenario.because


def test_the_baseline_is_the_defaults_to_the_end() -> None:
    baseline = load_scenario("baseline")
    assert baseline.plan.parameters == Parameters()
    assert not baseline.plan.dated
    assert not baseline.changes


def test_every_other_library_scenario_differs_from_the_baseline_and_from_each_other() -> None:
    prints = [load_scenario(name).fingerprint() for name in list_scenarios()]
    assert len(set(prints)) == len(prints)
    assert list_scenarios()[0] == "baseline"


# ---- What wins over what -----------------------------------------------------------------------------------


def test_changes_may_be_quoted_names_or_tables(tmp_path: Path) -> None:
    quoted = written(tmp_path, WORDS + '[changes]\n"choice.noise" = 2\n"choice.free" = true\n', "a.toml")
    tables = written(tmp_path, WORDS + "[changes.choice]\nnoise = 2.0\nfree = true\n", "b.toml")
    assert load_scenario(quoted).plan == load_scenario(tables).plan
    assert load_scenario(quoted).changes == {"choice.noise": 2.0, "choice.free": True}


def test_own_changes_win_over_what_is_extended_and_settings_win_over_both(tmp_path: Path) -> None:
    written(tmp_path, WORDS + '[changes]\n"choice.noise" = 2\n"choice.pressure" = 3\n', "base.toml")
    path = written(tmp_path, WORDS + 'extends = "base.toml"\n[changes]\n"choice.noise" = 5\n')
    assert load_scenario(path).changes == {"choice.noise": 5.0, "choice.pressure": 3.0}
    assert load_scenario(path, {"choice.noise": 6}).changes["choice.noise"] == 6.0


def test_policies_append_and_stand_in_the_order_of_their_dates(tmp_path: Path) -> None:
    early = '[[policy]]\nfrom = 2014-12-31\nchanges = { "hosting.ends" = 0 }\n'
    path = written(tmp_path, WORDS + 'extends = "allowance_cut"\n' + CUT + early)
    assert load_scenario(path).plan.dated == (
        DatedChange(27, "allowance.per_head", 24.73),
        DatedChange(35, "hosting.ends", 0.0),
        DatedChange(39, "allowance.per_head", 22.07),
        DatedChange(39, "allowance.per_head", 22.0),
    )


def test_a_setting_drops_the_dated_changes_of_its_parameter_and_says_so() -> None:
    scenario = load_scenario("allowance_cut", {"allowance.per_head": 20})
    assert not scenario.plan.dated
    assert [(one.day, one.name, one.value) for one in scenario.dropped] == [
        (date(2014, 4, 1), "allowance.per_head", 24.73),
        (date(2015, 4, 1), "allowance.per_head", 22.07),
    ]
    assert scenario.as_dict()["dropped"]


def test_the_fingerprint_follows_the_meaning_and_not_the_words(tmp_path: Path) -> None:
    one = written(tmp_path, WORDS + '[changes]\n"choice.noise" = 4\n')
    other = written(tmp_path, WORDS.replace('"T"', '"Another title"') + '[changes]\n"choice.noise" = 4\n', "other.toml")
    assert load_scenario(one).fingerprint() == load_scenario(other).fingerprint()
    assert load_scenario(one, {"choice.noise": 3}).fingerprint() != load_scenario(one).fingerprint()
    assert load_scenario("allowance_cut").fingerprint() != load_scenario("baseline").fingerprint()


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbf" + WORDS.replace("\n", "\r\n").encode())
    assert load_scenario(path).title == "T"


# ---- What is refused ---------------------------------------------------------------------------------------

CONTENTS = {
    "an empty file": ("", ["is empty: a scenario needs title, question, because"]),
    "a binary file": (b"\x89PNG\0\0", ["is not a text file"]),
    "a file that is not UTF-8": (b'title = "x"\nquestion = "caf\xe9"', ["is not UTF-8 (line 2 holds the byte 0xe9)"]),
    "broken TOML": ("title = \n", ["is not valid TOML", "line 1, column 9"]),
    "a number without end": (WORDS + f"[changes]\nx = {'9' * 5000}", ["cannot be read as TOML"]),
    "nested beyond reason": (WORDS + "x = " + "[" * 5000, ["cannot be read as TOML"]),
    "words that are missing": ('title = "T"', ["question is missing", "because is missing"]),
    "a title that is a number": (WORDS.replace('"T"', "3"), ["title = 3 is not allowed: it must be a text"]),
    "a title that is empty": (WORDS.replace('"T"', '" "'), ["title = ' ' is not allowed"]),
    "a key that is misspelt": ("titel = 1\n" + WORDS, ["there is no key titel: did you mean title?"]),
    "a parameter outside [changes]": (WORDS + '"choice.noise" = 2', ["parameters stand under [changes]"]),
    "a parameter that is misspelt": (
        WORDS + '[changes]\n"hosting.end" = 40',
        ["there is no parameter hosting.end: did you mean hosting.ends?"],
    ),
    "a value out of range": (
        WORDS + '[changes]\n"choice.noise" = 99.5',
        ["choice.noise = 99.5", "a number from 0 to 10 GBP per head per year (fitted; A-07)"],
    ),
    "millions out of range": (
        WORDS + '[changes]\n"formation.minimum_population" = 3e6',
        ["a number from 700,000 to 2,000,000 people"],
    ),
    "true for a number": (WORDS + '[changes]\n"choice.noise" = true', ["choice.noise = True is not allowed"]),
    "a number for true": (WORDS + '[changes]\n"choice.free" = 1', ["choice.free = 1 ", "true or false"]),
    "no number": (WORDS + '[changes]\n"choice.noise" = nan', ["choice.noise = nan is not allowed"]),
    "an endless number": (WORDS + '[changes]\n"choice.noise" = inf', ["choice.noise = inf is not allowed"]),
    "a number of 400 digits": (
        WORDS + f'[changes]\n"choice.noise" = {"9" * 400}',
        ["choice.noise = inf is not allowed"],
    ),
    "a text for a number": (WORDS + '[changes]\n"choice.noise" = "2"', ["choice.noise = '2' is not allowed"]),
    "half a month": (WORDS + '[changes]\n"hosting.ends" = 40.5', ["hosting.ends = 40.5", "a whole number"]),
    "a wrong word": (
        WORDS + '[changes]\n"hosting.form" = "shop"',
        ["hosting.form = 'shop'", "one of own_choice, nhs_body"],
    ),
    "a parameter given twice": (
        WORDS + '[changes]\n"choice.noise" = 1\nchoice.noise = 2',
        ["choice.noise is given twice"],
    ),
    "a group that does not exist": (WORDS + "[changes.choise]", ["there is no parameter choise"]),
    "changes that are no table": (
        'changes = "all"\n' + WORDS,
        ["[changes] = 'all' is not allowed: it must be a table"],
    ),
    "policy in single brackets": (WORDS + "[policy]\nfrom = 2014-04-01", ["[[policy]] in double brackets"]),
    "a policy that is no table": ("policy = [3]\n" + WORDS, ["policy 1 = 3 is not a table"]),
    "a policy without a date": (WORDS + CUT.replace("from = 2015-04-01\n", ""), ["policy 1: from is missing"]),
    "a policy without changes": (WORDS + CUT[: CUT.index("changes")], ["policy 1: changes is missing"]),
    "a policy before the run": (
        WORDS + CUT.replace("2015", "2011"),
        ["from = 2011-04-01 is outside 2012-01-01 to 2016-12-31"],
    ),
    "a policy after the run": (WORDS + CUT.replace("2015-04-01", "2017-01-01"), ["from = 2017-01-01 is outside"]),
    "a date as text": (
        WORDS + CUT.replace("2015-04-01", '"2015-04-01"'),
        ["from = '2015-04-01' is not a date", "without quotes"],
    ),
    "a date with a time": (
        WORDS + CUT.replace("2015-04-01", "2015-04-01T10:00:00"),
        ["from = 2015-04-01 10:00:00 is not a date"],
    ),
    "a policy's value out of range": (
        WORDS + CUT.replace("22", "-1"),
        ["policy 1: allowance.per_head = -1 is not allowed"],
    ),
    "a policy's key misspelt": (
        WORDS + CUT.replace("from", "form"),
        ["policy 1: there is no key form: did you mean from?"],
    ),
    "a policy's name with a space": (
        WORDS + CUT.replace('"cut"', '"The cut"'),
        ["policy 1: name = 'The cut' is not allowed"],
    ),
    "two policies of one name": (WORDS + CUT + CUT, ["policy 2: the name cut is given twice"]),
    "extends nothing known": (WORDS + 'extends = "baselin"', ["extends = 'baselin'", "did you mean baseline?"]),
    "extends a number": ("extends = 3\n" + WORDS, ["extends = 3 is not allowed: it must be a text"]),
    "extends itself": (WORDS + 'extends = "./mine.toml"', ["extends goes in a circle: "]),
}


@pytest.mark.parametrize("case", CONTENTS)
def test_a_faulty_file_is_refused_with_its_name_and_what_to_do(tmp_path: Path, case: str) -> None:
    content, expected = CONTENTS[case]
    path = written(tmp_path, content)
    told = faults_of(path)
    assert all(fault.startswith(path.as_posix()) for fault in told)
    for words in expected:
        assert words in "\n".join(told)


def test_all_faults_of_a_file_of_what_it_extends_and_of_the_settings_are_told_at_once(tmp_path: Path) -> None:
    written(tmp_path, WORDS + '[changes]\n"choice.noise" = 99\n', "base.toml")
    path = written(tmp_path, 'titel = 1\nextends = "base.toml"\n[changes]\n"choice.free" = 2\n')
    told = faults_of(path, settings={"hosting.end": 3})
    assert len(told) == 7
    for words in (
        "titel",
        "question is",
        "because is",
        "title is",
        "choice.free",
        "base.toml: choice.noise",
        "--set: ",
    ):
        assert any(words in fault for fault in told), words


def test_a_circle_is_shown(tmp_path: Path) -> None:
    for one, other in (("a", "b"), ("b", "c"), ("c", "b")):
        written(tmp_path, WORDS + f'extends = "{other}.toml"\n', f"{one}.toml")
    (told,) = faults_of(tmp_path / "a.toml")
    assert [part.rsplit("/")[-1] for part in told.split("circle: ")[1].split(";")[0].split(" -> ")] == [
        "b.toml",
        "c.toml",
        "b.toml",
    ]


def test_a_scenario_that_does_not_exist_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    assert "did you mean baseline? (the library has baseline, " in faults_of("baselin")[0]
    written(tmp_path, WORDS, "mine.toml")
    assert "did you mean mine.toml?" in faults_of(tmp_path / "mien.toml")[0]
    assert "there is no such scenario in the library" in faults_of("")[0]


def test_a_folder_is_no_scenario(tmp_path: Path) -> None:
    assert "is a folder" in faults_of(tmp_path)[0]


def test_a_name_never_reaches_out_of_the_library(tmp_path: Path) -> None:
    assert "there is no such file" in faults_of("../library/baseline")[0]


# ---- Settings ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("choice.noise=2", "choice.noise", 2),
        ("choice.noise = 2.5", "choice.noise", 2.5),
        ("choice.free=true", "choice.free", True),
        ("hosting.form=sale", "hosting.form", "sale"),
        ('hosting.form="sale"', "hosting.form", "sale"),
        ("entry.barrier=1_000_000", "entry.barrier", 1_000_000),
        ("choice.noise=2\nother = 3", "choice.noise", "2\nother = 3"),
    ],
)
def test_a_setting_is_read_as_toml_or_else_as_a_bare_word(text: str, name: str, value: object) -> None:
    assert parse_setting(text) == (name, value)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["choice.noise"], "'choice.noise' must read KEY=VALUE"),
        (["=3"], "must read KEY=VALUE"),
        (["choice.noise="], "must read KEY=VALUE"),
        (["choice.noise=1", "choice.noise=2"], "choice.noise is given twice (1 and 2)"),
        (["choice.noise=much"], "choice.noise = 'much' is not allowed"),
        (["choice.nois=2"], "did you mean choice.noise?"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(texts: list[str], expected: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_settings(texts)
    assert expected in str(caught.value)
    assert str(caught.value).startswith("--set: ")


JUNK = st.one_of(
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**300, max_value=10**400),
    st.floats(),
    st.text(max_size=8),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(list(DECLARED)), value=JUNK)
def test_any_value_at_all_is_either_taken_or_refused_by_the_name_of_its_parameter(name: str, value: Any) -> None:
    try:
        scenario = load_scenario("baseline", {name: value})
    except InputError as error:
        assert name in str(error)
        assert "must be" in str(error)
    else:
        assert DECLARED[name].fault(scenario.plan.parameters.value(name)) is None


# ---- What comes of a scenario ------------------------------------------------------------------------------


def test_milestones_leave_out_what_is_not_in_force_and_add_dated_policies() -> None:
    labels = [mark["label"] for mark in milestones(load_scenario("no_checkpoints"))]
    assert labels == ["CCGs live, trusts abolished", "Hosting ends"]
    assert milestones(load_scenario("hosting_for_ever"))[-1]["label"] == "CCGs live, trusts abolished"
    cut = milestones(load_scenario("allowance_cut"))
    assert {"date": "2014-04-01", "label": "First cut"} in cut
    assert [mark["date"] for mark in cut] == sorted(mark["date"] for mark in cut)


def test_the_end_of_hosting_is_flagged_when_a_dated_policy_puts_it_off(tmp_path: Path) -> None:
    late = '[[policy]]\nfrom = 2014-01-31\nchanges = { "hosting.ends" = 60 }\n'
    marks = milestones(load_scenario(written(tmp_path, WORDS + late)))
    assert [mark["date"] for mark in marks if mark["label"] == "Hosting ends"] == ["2016-12-01"]


def test_a_checkpoint_is_flagged_only_while_checkpoints_are_in_force(tmp_path: Path) -> None:
    stop = '[[policy]]\nname = "stop"\nfrom = 2012-06-01\nchanges = { "checkpoint.in_force" = false }\n'
    labels = [mark["label"] for mark in milestones(load_scenario(written(tmp_path, WORDS + stop)))]
    assert labels[:4] == ["Checkpoint 1", "Checkpoint 2", "Stop", "CCGs live, trusts abolished"]


def test_an_early_end_of_hosting_is_april_2013() -> None:
    marks = milestones(load_scenario("baseline", {"hosting.ends": 3}))
    assert {"date": "2013-04-01", "label": "Hosting ends"} in marks


@pytest.mark.parametrize("changed", [{"first_seed": 2}, {"runs": 3}, {"event_runs": 2}, {"data": {"ccgs.csv": "b"}}])
def test_work_is_the_same_only_with_the_same_seeds_runs_and_data(changed: dict[str, Any]) -> None:
    same: dict[str, Any] = {"first_seed": 1, "runs": 2, "event_runs": 1, "data": {"ccgs.csv": "a"}}
    baseline = load_scenario("baseline")
    assert identity_of(baseline, **same) == identity_of(baseline, **same)
    assert identity_of(baseline, **same) != identity_of(baseline, **(same | changed))
    assert identity_of(baseline, **same) != identity_of(load_scenario("free_choice"), **same)


def test_the_template_is_a_scenario_and_is_never_written_over_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_template('three_"years"')
    assert load_scenario(path).changes == {"agreement.months": 36.0}
    for name, words in (
        ('three_"years"', "is there already"),
        ("baseline", "name of the library"),
        ("no/x", "ends in"),
    ):
        with pytest.raises(InputError, match=words):
            write_template(name)
    with pytest.raises(InputError, match="cannot be written"):
        write_template("no/x.toml")
