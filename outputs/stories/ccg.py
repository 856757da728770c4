"""The story of one CCG: where it got its support, what it did, and why it left its home unit if it did."""

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

from agents.dates import APRIL_2013
from outputs.sentences import cause, listed, people, percent, sentence
from outputs.stories.telling import Dated, Passage, in_order, month, named, naming, plain
from scenarios.explain import Moment, RecordedRun, ending_of, gathered

if TYPE_CHECKING:
    import pandas as pd

SOURCES = {
    "home_css": "its home unit", "other_css": "other NHS units", "private": "private suppliers",
    "other": "voluntary bodies and councils", "in_house": "its own team", "shared": "a shared team",
}  # fmt: skip
REASONS = {
    "price": "price", "cost_of_moving": "the cost of moving", "quality": "quality",
    "local_presence": "a local presence", "good_relations": "good relations", "pressure": "pressure from its cluster",
    "own_hands": "having support in its own hands",
    "no_choice": "that it felt no choice", "undecided": "nothing in particular: it was undecided",
}  # fmt: skip


def ccg_story(run: RecordedRun, code: str) -> list[Passage]:
    """Return where a CCG got its support, what it did, and why it left its home unit if it did."""
    moments = run.about_ccg(code)
    told: list[Dated] = [(moment.month, 0, sentence(moment, naming(run, code))) for moment in moments]
    rows = run.ccgs[run.ccgs["ods_code"] == code]
    sourcing = run.sourcing[run.sourcing["ods_code"] == code]
    for row in rows.to_dict("records"):
        told.append((row["month"], 1, _ccg_at(run, row, sourcing[sourcing["month"] == row["month"]])))
    place = run.england.ccgs.ods_code.index(code)
    size = people(float(run.england.ccgs.population[place]))
    heading = f"{run.ccg_names[code]} ({code}, {size}) in run {run.number} (seed {run.seed})."
    return [Passage("", heading), *in_order(told), Passage("", _leaving(run, rows, sourcing, moments))]


def _ccg_at(run: RecordedRun, row: dict[Hashable, Any], lines: "pd.DataFrame") -> str:
    """Return a CCG's sources, spending and mood at a snapshot."""
    spent = lines.groupby("source")["price_per_head"].sum().sort_values(ascending=False)
    sources = [
        f"{percent(price / spent.sum())} {SOURCES.get(str(name), name)}" for name, price in spent.items() if price
    ]
    early = row["month"] < run.outcomes["month"].iloc[APRIL_2013]
    home = f"{'Means to use' if early else 'Its support comes from'}: {listed(sources)}"
    money_words = f"£{row['spend_per_head']:.2f} a head of an allowance of £{row['allowance_per_head']:.2f}"
    unmet = f", {percent(row['unmet_need_share'])} of need unmet" if row["unmet_need_share"] > 0.005 else ""
    return f"{home}; {money_words}{unmet}; {row['satisfaction']} satisfied ({row['satisfaction_score']:.2f})."


def _leaving(run: RecordedRun, rows: "pd.DataFrame", sourcing: "pd.DataFrame", moments: Sequence[Moment]) -> str:
    """Return why a CCG took lines from its home unit, with prices before and after, or why it stayed."""
    homes = {home for home in rows["home_unit"] if home}
    left = [m for m in moments if m.event == "award" and m.whom in homes and m.who not in homes]
    last = str(rows["main_reason"].iloc[-1])
    reason = REASONS.get(last, plain(last))
    why = f"At its last review of the whole bundle the main reason for its choice was {reason}."
    if not left:
        return f"{_kept_or_lost(run, rows)} {why}"
    moves = [
        f"{listed([named(run, line) for line in move.lines])} in {month(move.month)} ({cause(move.reason)})"
        for move in gathered(left, lambda moment: (moment.month, moment.reason))
    ]
    lines = sorted({line for moment in left for line in moment.lines})
    lost = any(m.event == "notice" and m.whom not in homes and m.who in homes for m in moments)
    trust = " It had lost trust in the unit, and gave notice." if lost else ""
    return (
        f"Why it left: it signed away from its home unit {'; '.join(moves)}. {why}{trust}"
        f"{_prices(sourcing, lines)}{_mood(rows)}"
    )


def _kept_or_lost(run: RecordedRun, rows: "pd.DataFrame") -> str:
    """Return what became of the home unit of a CCG that signed nothing away from it."""
    first, last = rows["home_unit"].iloc[0], rows["home_unit"].iloc[-1]
    if not first:
        return "It had no home unit: its cluster planned none."
    if last:
        return "Why it stayed: it signed no line away from its home unit."
    end = next((e for e in (ending_of(unit, run.moments) for unit in reversed(_line_of(run, first))) if e), None)
    when = f" in {month(end.month)}, {cause(end.reason)}" if end else ""
    return f"It lost its home unit: {named(run, end.who if end else first)} came to an end{when}."


def _line_of(run: RecordedRun, unit: str) -> list[str]:
    """Return a unit, the one that carried it on, the one that carried that on, and so forth."""
    line = [unit]
    while (end := ending_of(line[-1], run.moments)) and end.event in ("merger", "takeover") and end.whom not in line:
        line.append(end.whom)
    return line


def _prices(sourcing: "pd.DataFrame", lines: Sequence[str]) -> str:
    """Return what lines cost with the home unit when last bought there, and where they went when first seen there."""
    before, after = 0.0, 0.0
    for line in lines:
        own = sourcing[sourcing["line"] == line].sort_values("month")
        home = own[own["source"] == "home_css"]
        away = own[(own["source"] != "home_css") & (own["month"] > home["month"].min())] if len(home) else own[:0]
        if len(away):
            first = away.iloc[0]
            before += float(home[home["month"] < first["month"]]["price_per_head"].iloc[-1])
            after += float(first["price_per_head"])
    return f" What it saw move cost £{before:.2f} a head before and £{after:.2f} after." if before else ""


def _mood(rows: "pd.DataFrame") -> str:
    scores = rows["satisfaction_score"]
    return f" Its satisfaction went from {scores.iloc[0]:.2f} to {scores.iloc[-1]:.2f} over the run."
