"""The story of one unit or provider: what became of it, and why it ended if it did."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any

from outputs.sentences import cause, listed, money, people, plural, sentence, staff
from outputs.stories.telling import (
    EVERYDAY,
    FEW,
    FORMS,
    Dated,
    Passage,
    in_order,
    month,
    named,
    naming,
    plain,
    total,
)
from scenarios.explain import Moment, RecordedRun, ending_of

if TYPE_CHECKING:
    import pandas as pd

TEAMS = "CCGs' own or shared teams"
STANDING = ("proposed", "rapid_management", "authorised", "hosted", "free_standing")
"""Status of units that sell."""


def supplier_story(run: RecordedRun, supplier: str) -> list[Passage]:
    """Return what became of a unit or a provider, and why it ended if it did."""
    moments = run.about_supplier(supplier)
    rows = run.units[run.units["unit"] == supplier]
    told: list[Dated] = [(row["month"], 1, _unit_at(row)) for row in rows.to_dict("records") if _stands(row)]
    for moment in (moment for moment in moments if moment.event not in EVERYDAY):
        told.append((moment.month, 0, sentence(moment, naming(run, supplier))))
    years = sorted({moment.month.year for moment in moments if moment.event in EVERYDAY})
    for year in years:
        everyday = [moment for moment in moments if moment.event in EVERYDAY and moment.month.year == year]
        told.append((everyday[-1].month, 2, _year_of_supplier(run, supplier, year, everyday)))
    heading = f"{named(run, supplier)} in run {run.number} (seed {run.seed})."
    return [Passage("", heading), *in_order(told), Passage("", _fate(run, supplier, moments, rows))]


def _stands(row: dict[Hashable, Any]) -> bool:
    return str(row["status"]) in STANDING


def _unit_at(row: dict[Hashable, Any]) -> str:
    """Return the state of a unit at a snapshot."""
    form = f", {FORMS.get(row['form'], row['form'])}" if row["form"] != "none" else ""
    carries = f" It carries on {plural(len(row['predecessors'].split()), 'other')}." if row["predecessors"] else ""
    served = f"{plural(int(row['customers']), 'CCG')} with {people(row['heads_served'])} buy from it"
    terms = f"{staff(row['fte'])}, £{row['price_per_head']:.2f} a head for everything, quality {row['quality']:.2f}"
    state = f"{plain(row['status']).capitalize()}{form}"
    return f"{state}: {served}; {terms}, reserves {money(row['reserves'])}.{carries}"


def _year_of_supplier(run: RecordedRun, supplier: str, year: int, moments: Sequence[Moment]) -> str:
    """Return what CCGs and staff did in one year, as far as it concerned one supplier."""
    parts = [
        _agreements(run, "came to it", [m for m in moments if m.event == "award" and m.who == supplier], "whom"),
        _agreements(run, "stayed", [m for m in moments if m.event == "extension"], ""),
        _agreements(run, "went elsewhere", [m for m in moments if m.event == "award" and m.whom == supplier], "who"),
        _count(moments, "notice", supplier, "notice to it", "was given", "were given"),
        _count(moments, "refusal", supplier, "move to it", "was refused", "were refused"),
        _sum(moments, "transfer", "whom", supplier, "{} came with work", staff),
        _sum(moments, "transfer", "who", supplier, "{} went with work", staff),
        _sum(moments, "redundancy", "who", supplier, "redundancy cost {}", money),
        _sum(moments, "stranded_cost", "who", supplier, "{} of fixed cost was left stranded", money),
    ]  # fmt: skip
    known = [part for part in parts if part]
    return f"In {year}: {'; '.join(known)}." if known else f"In {year} it was named in {plural(len(moments), 'event')}."


def _agreements(run: RecordedRun, verb: str, moments: Sequence[Moment], other: str) -> str:
    """Return how many agreements came or went, for how much, and from or to whom most of them."""
    if not moments:
        return ""
    ccgs = len({code for moment in moments for code in moment.ccgs})
    whole = f"{plural(len(moments), 'line')} of {plural(ccgs, 'CCG')} ({money(total(moments))} a year) {verb}"
    if not other:
        return whole
    counts = Counter(str(getattr(moment, other)) for moment in moments)
    way = "to" if other == "who" else "from"
    most = [f"{n} {way} {named(run, name) if name else TEAMS}" for name, n in counts.most_common(FEW)]
    return f"{whole}, {listed(most)}"


def _count(moments: Sequence[Moment], event: str, who: str, noun: str, one: str, several: str) -> str:
    n = sum(moment.event == event and moment.who == who for moment in moments)
    return f"{plural(n, noun)} {one if n == 1 else several}" if n else ""


def _sum(moments: Sequence[Moment], event: str, role: str, who: str, words: str, shown: Callable[[float], str]) -> str:
    found = [moment for moment in moments if moment.event == event and getattr(moment, role) == who]
    return words.format(shown(total(found))) if found else ""


def _fate(run: RecordedRun, supplier: str, moments: Sequence[Moment], rows: "pd.DataFrame") -> str:
    """Return why a supplier ended, with the numbers that led there, or that it did not."""
    end = ending_of(supplier, moments)
    if end is None:
        return f"{named(run, supplier)} had not ended by the last month of the run."
    before = rows[(rows["month"] < end.month) & (rows["customers"] > 0)]
    verb = {"merger": "joined another", "takeover": "was taken over", "stop": "was stopped", "exit": "left the market"}
    why = f"Why: {named(run, supplier)} {verb.get(end.event, 'was wound up')} in {month(end.month)}, "
    why += f"{cause(end.reason)}."
    return " ".join(part for part in (why, _last_grade(moments), _decline(before), _beside(run, before)) if part)


def _last_grade(moments: Sequence[Moment]) -> str:
    grades = [moment for moment in moments if moment.event == "grade"]
    scores = [f"{moment.amount:.2f} in {month(moment.month)} ({cause(moment.reason)})" for moment in grades]
    return f"At the checkpoints it scored {listed(scores)}." if scores else ""


def _decline(rows: "pd.DataFrame") -> str:
    """Return how a unit's customers, staff and reserves went from the first to the last snapshot before its end."""
    if len(rows) < 2:
        return ""
    first, last = rows.iloc[0], rows.iloc[-1]
    moves = (
        ("customers", str(first["customers"]), str(last["customers"])),
        ("people served", people(first["heads_served"]), people(last["heads_served"])),
        ("staff", staff(first["fte"]), staff(last["fte"])),
        ("reserves", money(first["reserves"]), money(last["reserves"])),
    )
    told = [
        f"{what} {before} still" if before == after else f"{what} {before} to {after}" for what, before, after in moves
    ]
    return f"From {month(first['month'])} to {month(last['month'])}: {', '.join(told)}."


def _beside(run: RecordedRun, rows: "pd.DataFrame") -> str:
    """Return a unit's price, quality and size beside those of the mean unit at its last snapshot."""
    if not len(rows):
        return ""
    last = rows.iloc[-1]
    others = run.units[(run.units["month"] == last["month"]) & (run.units["customers"] > 0)]
    mean = others[["price_per_head", "quality", "heads_served"]].mean()
    return (
        f"In {month(last['month'])} it asked £{last['price_per_head']:.2f} a head where the mean unit asked "
        f"£{mean['price_per_head']:.2f}, had quality {last['quality']:.2f} beside {mean['quality']:.2f}, and served "
        f"{people(last['heads_served'])} beside {people(mean['heads_served'])}."
    )
