"""The story of a run: every event has words, what is told is what was recorded, and mistakes are answered."""

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from command import called

from agents.columns import FORMS, FREE_STANDING, REASONS, STATUSES
from agents.events import CAUSES, EVENTS
from outputs.explain import text_of
from outputs.sentences import CAUSE_WORDS, EVENT_WORDS, listed, money, people, sentence
from outputs.stories.ccg import REASONS as REASON_WORDS
from outputs.stories.ccg import SOURCES as SOURCE_WORDS
from outputs.stories.ccg import ccg_story
from outputs.stories.market import market_story
from outputs.stories.supplier import STANDING, supplier_story
from outputs.stories.telling import EVERYDAY
from outputs.stories.telling import FORMS as FORM_WORDS
from scenarios.api import run
from scenarios.explain import ENDINGS, Moment, RecordedRun
from scenarios.runs import SOURCES

JANUARY = pd.Timestamp("2014-01-01")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with four runs, events kept for three."""
    folder = tmp_path_factory.mktemp("story") / "baseline"
    run("baseline", runs=4, event_runs=3, out=folder)
    return folder


@pytest.fixture(scope="module")
def recorded(folder: Path) -> RecordedRun:
    return RecordedRun(folder, 2)


def flat(passages) -> str:
    return " ".join(f"{passage.when} {passage.text}" for passage in passages)


# ---- Words -------------------------------------------------------------------------------------------------


def test_every_event_has_a_sentence_of_its_own_and_every_cause_a_clause():
    assert set(EVENT_WORDS) == set(EVENTS)
    assert set(CAUSE_WORDS) == set(CAUSES)


def test_every_reason_source_and_form_has_words():
    assert set(REASON_WORDS) == set(REASONS)
    assert set(SOURCE_WORDS) == set(SOURCES)
    assert set(FORM_WORDS) == set(FORMS) - {"none"}
    assert set(EVERYDAY) | set(ENDINGS) <= set(EVENTS)
    assert set(STANDING) == set(STATUSES[: FREE_STANDING + 1])


@pytest.mark.parametrize("event", EVENTS)
def test_a_sentence_names_those_who_have_a_part_and_why(event: str):
    moment = Moment(JANUARY, event, "debt", "unit-a", "unit-b", ("00C",), ("it",), 1234.0)
    told = sentence(moment, lambda name: f"<{name}>")
    assert told.endswith(".") and "{" not in told
    assert "its debt" in told
    assert "<unit-a>" in told or "<00C>" in told


def test_an_event_that_nobody_knows_still_gives_a_fair_sentence():
    moment = Moment(JANUARY, "moon_landing", "green_cheese", "unit-a", "", ("00C",), (), 1234.0)
    assert sentence(moment, str.upper) == "Moon landing: UNIT-A and 00C, amount 1,234, green cheese."


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (money(76_000), "£76,000"), (money(0.0), "£0"), (money(-1_250_000), "-£1.2m"), (money(999_600), "£1.0m"),
        (people(540_500), "540,000 people"), (people(1_723_600), "1.72m people"),
    ],
)  # fmt: skip
def test_amounts_read_as_a_reader_would_write_them(told: str, words: str):
    assert told == words


def test_the_leader_is_who_left_the_service():
    moment = Moment(JANUARY, "leader_left", "left", "unit-a", "", (), (), 0.35)
    assert sentence(moment, str) == "Unit-a lost its leader, who left the service, and is led with an ability of 0.35."


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["Devon"], "Devon"),
        (["Devon", "Cheshire"], "Devon and Cheshire"),
        (["Devon, Torbay", "Cheshire"], "Devon, Torbay; and Cheshire"),
        (["Kent and Medway", "Devon", "Cheshire"], "Kent and Medway; Devon; and Cheshire"),
    ],
)
def test_names_that_hold_a_comma_or_an_and_are_parted_by_semicolons(names: list[str], words: str):
    assert listed(names) == words


# ---- The market --------------------------------------------------------------------------------------------


def test_the_market_story_tells_every_end_of_a_unit_after_april_2013(recorded: RecordedRun):
    told = flat(market_story(recorded))
    late = [moment for moment in recorded.moments if moment.event in ENDINGS and moment.month.year >= 2013]
    groups = Counter((moment.month, moment.event, moment.reason) for moment in late)
    for moment in late:
        if groups[moment.month, moment.event, moment.reason] <= 3:
            assert sentence(moment, lambda name: recorded.unit_names.get(name, name)) in told


def test_the_market_story_ends_with_the_numbers_of_december_2016(recorded: RecordedRun):
    last = recorded.outcomes.iloc[-1]
    passage = market_story(recorded)[-1]
    assert passage.when == "December 2016"
    assert f"{last['css_operating']:.0f} NHS units" in passage.text
    assert f"£{last['spend_per_head']:.2f} a head" in passage.text


def test_mergers_of_a_month_are_told_together_with_their_number(recorded: RecordedRun):
    n = sum(moment.event == "merger" and moment.month.month == 2 for moment in recorded.moments)
    assert n > 3
    assert f"{n} mergers" in flat(market_story(recorded))


# ---- A unit ------------------------------------------------------------------------------------------------


def test_a_unit_that_ended_is_told_why_with_its_numbers(recorded: RecordedRun):
    ends = [moment for moment in recorded.moments if moment.event in ENDINGS and moment.who in recorded.unit_names]
    assert ends
    for end in ends:
        told = supplier_story(recorded, end.who)[-1].text
        assert told.startswith("Why: ")
        assert f"{end.month:%B %Y}" in told and CAUSE_WORDS[end.reason] in told
        assert "£" in told


def test_a_unit_that_went_on_is_told_to(recorded: RecordedRun):
    gone = {moment.who for moment in recorded.moments if moment.event in ENDINGS}
    unit = next(unit for unit in recorded.unit_names if unit not in gone)
    assert "had not ended" in supplier_story(recorded, unit)[-1].text


def test_a_year_adds_up_what_a_unit_paid_for_redundancy(recorded: RecordedRun):
    paid = [m for m in recorded.moments if m.event == "redundancy" and m.month.year == 2014 and m.who]
    unit = paid[0].who
    total = sum(moment.amount for moment in paid if moment.who == unit)
    year = next(p.text for p in supplier_story(recorded, unit) if "In 2014: " in p.text)
    assert f"redundancy cost {money(total)}" in year.split("In 2014: ")[1]


# ---- A CCG -------------------------------------------------------------------------------------------------


def test_a_ccg_that_left_is_told_which_lines_and_when(recorded: RecordedRun):
    homes = recorded.ccgs[recorded.ccgs["home_unit"] != ""].groupby("ods_code")["home_unit"].agg(set)
    left = [m for m in recorded.moments if m.event == "award" and m.ccgs and m.whom in homes.get(m.ccgs[0], set())]
    move = next(m for m in left if m.who not in homes[m.ccgs[0]])
    told = ccg_story(recorded, move.ccgs[0])[-1].text
    assert told.startswith("Why it left: ")
    name = dict(zip(recorded.england.lines.line, recorded.england.lines.name, strict=True))[move.lines[0]]
    assert name in told and f"{move.month:%B %Y}" in told


def test_shares_of_a_ccg_are_those_of_its_sourcing(recorded: RecordedRun):
    own = recorded.sourcing[(recorded.sourcing["ods_code"] == "99P")]
    last = own[own["month"] == own["month"].max()]
    shares = last.groupby("source")["price_per_head"].sum() / last["price_per_head"].sum()
    told = ccg_story(recorded, "99P")[-2].text
    assert f"{100 * shares.max():.0f}% {SOURCE_WORDS[str(shares.idxmax())]}" in told


def test_every_ccg_and_unit_has_a_story(recorded: RecordedRun):
    for code in recorded.ccg_names:
        assert "nan" not in text_of(ccg_story(recorded, code)).split()
    for unit in [*recorded.unit_names, *recorded.england.providers.provider]:
        assert supplier_story(recorded, unit)


# ---- The command -------------------------------------------------------------------------------------------


def test_a_story_is_found_by_id_or_name_in_any_letters(folder: Path):
    by_id = called("explain", folder, "--unit", "north-essex", "--ccg", "99p", cwd=folder.parent)
    by_name = called(
        "explain", folder, "--unit", "NORTH Essex", "--ccg", "nhs north, east, west devon", cwd=folder.parent
    )
    assert by_id.returncode == by_name.returncode == 0
    assert by_id.stdout == by_name.stdout
    assert "North Essex in run 1 (seed 1)" in by_id.stdout and "(99P, " in by_id.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--unit", "north-esex"), "did you mean north-essex (North Essex)"),
        (("--ccg", "barking"), "did you mean 07L (NHS Barking & Dagenham)?"),
        (("--run", "4"), "run 4 has no events: they were kept for runs 1 to 3"),
        (("--run", "5"), "there is no run 5: it holds runs 1 to 4"),
        (("--run", "one"), "--run = 'one' is not allowed"),
    ],
)
def test_a_mistake_is_answered_with_what_there_is(folder: Path, arguments, told: str):
    said = called("explain", folder, *arguments, cwd=folder.parent)
    assert said.returncode == 2
    assert told in said.stderr
    assert said.stdout == ""


def test_a_folder_without_results_is_refused(tmp_path: Path):
    said = called("explain", tmp_path / "nothing", cwd=tmp_path)
    assert said.returncode == 2
    assert "there is no such folder" in said.stderr
