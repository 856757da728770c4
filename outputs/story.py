"""The story of one run in sentences: the market's turning points, one supplier's, or one CCG's."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outputs.sentences import cause, headline, listed, money, people, percent, plural, sentence, staff
from scenarios.explain import Moment, RecordedRun, ending_of, gathered

if TYPE_CHECKING:
    import pandas as pd

EVERYDAY = (
    "award", "extension", "refusal", "notice", "transfer", "redundancy", "stranded_cost", "preparation", "share_ended",
)  # fmt: skip
"""Events of which a run has hundreds: stories of the market and of suppliers tell them by year."""

TEAMS_OF_CCGS = "CCGs' own or shared teams"
FEW = 3
"""Most events of a kind, cause and month that are told one by one."""
APRIL_2013 = 15
RARE = 100
"""Most events in a run of a kind that is not known here, for them to count as turning points."""

SOURCES = {
    "home_css": "its home unit", "other_css": "other NHS units", "private": "private suppliers",
    "other": "voluntary bodies and councils", "in_house": "its own team", "shared": "a shared team",
}  # fmt: skip
REASONS = {
    "price": "price", "cost_of_moving": "the cost of moving", "quality": "quality",
    "local_presence": "a local presence", "good_relations": "good relations", "pressure": "pressure from its cluster",
    "own_hands": "having support in its own hands", "unexplained": "reasons of its own",
    "no_choice": "that it felt no choice", "undecided": "nothing in particular: it was undecided",
}  # fmt: skip


FORMS = {
    "nhs_body": "NHS body", "social_enterprise": "social enterprise", "customer_owned": "customer-owned",
    "sale": "sold",
}  # fmt: skip


@dataclass(frozen=True)
class Passage:
    """A part of a story.

    Args:
        when: Its date in words; empty for what belongs to none.
        text: One or more sentences.
    """

    when: str
    text: str


Dated = tuple["pd.Timestamp", int, str]
"""A month, a place within it (events before the state at its end), and sentences."""

# ---- The market --------------------------------------------------------------------------------------------


def market_story(run: RecordedRun) -> list[Passage]:
    """Return the turning points of the market, and where it stood at each year's end."""
    told: list[Dated] = [(month, 0, text) for month, text in _turning_points(run)]
    months: list[dict[str, Any]] = [dict(row) for _, row in run.outcomes.iterrows()]
    for place, now in enumerate(months):
        if now["month"].month == 12 or place in (0, APRIL_2013):
            told.append((now["month"], 1, _market_at(now, months[max(0, place - 12)])))
    return [Passage("", _title(run)), *_in_order(told)]


def _turning_points(run: RecordedRun) -> Iterable[tuple["pd.Timestamp", str]]:
    """Yield the events that are not everyday ones, those of a kind, cause and month together where they are many."""
    groups: dict[Hashable, list[Moment]] = {}
    for moment in run.moments:
        groups.setdefault((moment.month, moment.event, moment.reason), []).append(moment)
    counts = _counts(run.moments)
    for group in groups.values():
        first = group[0]
        if first.event in EVERYDAY or counts[first.event] > RARE:
            continue
        few = " ".join(sentence(moment, _naming(run)) for moment in group[:FEW])
        yield first.month, headline(group, _naming(run)) if len(group) > FEW else few
        if first.event == "form":
            yield first.month, _forms(run, first.month)


def _forms(run: RecordedRun, month: "pd.Timestamp") -> str:
    """Return what forms units took, as the first snapshot from a month on has them."""
    after = run.units[(run.units["month"] >= month) & (run.units["form"] != "none")]
    forms = after[after["month"] == after["month"].min()]["form"].value_counts()
    return f"By form: {listed([f'{FORMS.get(str(form), form)} {count}' for form, count in forms.items()])}."


def _market_at(now: dict[str, Any], before: dict[str, Any]) -> str:
    """Return where the market stood at the end of a month, and what moved in the year before."""
    units = f"{plural(int(now['css_operating']), 'NHS unit')} and {int(now['providers_active'])} others sell"
    shares = f"home units have {percent(now['home_css_share'])} of spend, other NHS units "
    shares += f"{percent(now['other_css_share'])}, suppliers outside the NHS {percent(now['outside_nhs_share'])}, "
    shares += f"CCGs' own and shared teams {percent(now['in_house_share'] + now['shared_share'])}"
    spend = f"support costs £{now['spend_per_head']:.2f} a head; {percent(now['not_satisfied_share'])} of CCGs are "
    return f"{units}; {shares}. In all {spend}not satisfied.{_year_of_moves(now, before)}"


def _year_of_moves(now: dict[str, Any], before: dict[str, Any]) -> str:
    """Return what moved between two months a year apart, once CCGs can leave."""
    switches = int(now["switches_to_date"] - before["switches_to_date"])
    paid = now["redundancy_cost_to_date"] - before["redundancy_cost_to_date"]
    if not switches and not paid:
        return ""
    return f" In the year {plural(switches, 'agreement')} changed hands and redundancy cost {money(paid)}."


# ---- A supplier --------------------------------------------------------------------------------------------


def supplier_story(run: RecordedRun, supplier: str) -> list[Passage]:
    """Return what became of a unit or a provider, and why it ended if it did."""
    moments = run.about_supplier(supplier)
    rows = run.units[run.units["unit"] == supplier]
    told: list[Dated] = [(row["month"], 1, _unit_at(row)) for row in rows.to_dict("records") if _stands(row)]
    for moment in (moment for moment in moments if moment.event not in EVERYDAY):
        told.append((moment.month, 0, sentence(moment, _naming(run, supplier))))
    years = sorted({moment.month.year for moment in moments if moment.event in EVERYDAY})
    for year in years:
        everyday = [moment for moment in moments if moment.event in EVERYDAY and moment.month.year == year]
        told.append((everyday[-1].month, 2, _year_of_supplier(run, supplier, year, everyday)))
    heading = f"{_named(run, supplier)} in run {run.number} (seed {run.seed})."
    return [Passage("", heading), *_in_order(told), Passage("", _fate(run, supplier, moments, rows))]


def _stands(row: dict[Hashable, Any]) -> bool:
    return str(row["status"]) in ("proposed", "rapid_management", "authorised", "hosted", "free_standing")


def _unit_at(row: dict[Hashable, Any]) -> str:
    """Return the state of a unit at a snapshot."""
    form = f", {FORMS.get(row['form'], row['form'])}" if row["form"] != "none" else ""
    carries = f" It carries on {plural(len(row['predecessors'].split()), 'other')}." if row["predecessors"] else ""
    served = f"{plural(int(row['customers']), 'CCG')} with {people(row['heads_served'])} buy from it"
    terms = f"{staff(row['fte'])}, £{row['price_per_head']:.2f} a head for everything, quality {row['quality']:.2f}"
    state = f"{_plain(row['status']).capitalize()}{form}"
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
    whole = f"{plural(len(moments), 'line')} of {plural(ccgs, 'CCG')} ({money(_total(moments))} a year) {verb}"
    if not other:
        return whole
    counts: dict[str, int] = {}
    for moment in moments:
        name = getattr(moment, other)
        counts[name] = counts.get(name, 0) + 1
    most = sorted(counts, key=lambda name: -counts[name])[:FEW]
    way = "to" if other == "who" else "from"
    named = [f"{counts[name]} {way} {_named(run, name) if name else TEAMS_OF_CCGS}" for name in most]
    return f"{whole}, {listed(named)}"


def _count(moments: Sequence[Moment], event: str, who: str, noun: str, one: str, several: str) -> str:
    n = sum(moment.event == event and moment.who == who for moment in moments)
    return f"{plural(n, noun)} {one if n == 1 else several}" if n else ""


def _sum(moments: Sequence[Moment], event: str, role: str, who: str, words: str, shown: Callable[[float], str]) -> str:
    found = [moment for moment in moments if moment.event == event and getattr(moment, role) == who]
    return words.format(shown(_total(found))) if found else ""


def _fate(run: RecordedRun, supplier: str, moments: Sequence[Moment], rows: "pd.DataFrame") -> str:
    """Return why a supplier ended, with the numbers that led there, or that it did not."""
    end = ending_of(supplier, moments)
    if end is None:
        return f"{_named(run, supplier)} had not ended by the last month of the run."
    before = rows[(rows["month"] < end.month) & (rows["customers"] > 0)]
    verb = {"merger": "joined another", "takeover": "was taken over", "stop": "was stopped", "exit": "left the market"}
    why = f"Why: {_named(run, supplier)} {verb.get(end.event, 'was wound up')} in {_month(end.month)}, "
    why += f"{cause(end.reason)}."
    return " ".join(part for part in (why, _last_grade(moments), _decline(before), _beside(run, before)) if part)


def _last_grade(moments: Sequence[Moment]) -> str:
    grades = [moment for moment in moments if moment.event == "grade"]
    scores = [f"{moment.amount:.2f} in {_month(moment.month)} ({cause(moment.reason)})" for moment in grades]
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
    return f"From {_month(first['month'])} to {_month(last['month'])}: {', '.join(told)}."


def _beside(run: RecordedRun, rows: "pd.DataFrame") -> str:
    """Return a unit's price, quality and size beside those of the mean unit at its last snapshot."""
    if not len(rows):
        return ""
    last = rows.iloc[-1]
    others = run.units[(run.units["month"] == last["month"]) & (run.units["customers"] > 0)]
    mean = others[["price_per_head", "quality", "heads_served"]].mean()
    return (
        f"In {_month(last['month'])} it asked £{last['price_per_head']:.2f} a head where the mean unit asked "
        f"£{mean['price_per_head']:.2f}, had quality {last['quality']:.2f} beside {mean['quality']:.2f}, and served "
        f"{people(last['heads_served'])} beside {people(mean['heads_served'])}."
    )


# ---- A CCG -------------------------------------------------------------------------------------------------


def ccg_story(run: RecordedRun, code: str) -> list[Passage]:
    """Return where a CCG got its support, what it did, and why it left its home unit if it did."""
    moments = run.about_ccg(code)
    told: list[Dated] = [(moment.month, 0, sentence(moment, _naming(run, code))) for moment in moments]
    rows = run.ccgs[run.ccgs["ods_code"] == code]
    sourcing = run.sourcing[run.sourcing["ods_code"] == code]
    for row in rows.to_dict("records"):
        told.append((row["month"], 1, _ccg_at(run, row, sourcing[sourcing["month"] == row["month"]])))
    place = run.england.ccgs.ods_code.index(code)
    size = people(float(run.england.ccgs.population[place]))
    heading = f"{run.ccg_names[code]} ({code}, {size}) in run {run.number} (seed {run.seed})."
    return [Passage("", heading), *_in_order(told), Passage("", _leaving(run, rows, sourcing, moments))]


def _ccg_at(run: RecordedRun, row: dict[Hashable, Any], lines: "pd.DataFrame") -> str:
    """Return a CCG's sources, spending and mood at a snapshot."""
    spent = lines.groupby("source")["price_per_head"].sum().sort_values(ascending=False)
    sources = [
        f"{percent(price / spent.sum())} {SOURCES.get(str(name), name)}" for name, price in spent.items() if price
    ]
    early = row["month"] < _first_of_april_2013(run)
    home = f"{'Means to use' if early else 'Its support comes from'}: {listed(sources)}"
    money_words = f"£{row['spend_per_head']:.2f} a head of an allowance of £{row['allowance_per_head']:.2f}"
    unmet = f", {percent(row['unmet_need_share'])} of need unmet" if row["unmet_need_share"] > 0.005 else ""
    return f"{home}; {money_words}{unmet}; {row['satisfaction']} satisfied ({row['satisfaction_score']:.2f})."


def _leaving(run: RecordedRun, rows: "pd.DataFrame", sourcing: "pd.DataFrame", moments: Sequence[Moment]) -> str:
    """Return why a CCG took lines from its home unit, with prices before and after, or why it stayed."""
    homes = {home for home in rows["home_unit"] if home}
    left = [m for m in moments if m.event == "award" and m.whom in homes and m.who not in homes]
    last = str(rows["main_reason"].iloc[-1])
    reason = REASONS.get(last, _plain(last))
    why = f"At its last review of the whole bundle the main reason for its choice was {reason}."
    if not left:
        return f"{_kept_or_lost(run, rows)} {why}"
    moves = [
        f"{listed([_named(run, line) for line in move.lines])} in {_month(move.month)} ({cause(move.reason)})"
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
    when = f" in {_month(end.month)}, {cause(end.reason)}" if end else ""
    return f"It lost its home unit: {_named(run, end.who if end else first)} came to an end{when}."


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


# ---- Words that all share ----------------------------------------------------------------------------------


def _title(run: RecordedRun) -> str:
    scenario = run.manifest["scenario"]
    return f"Run {run.number} (seed {run.seed}) of {scenario['name']}: {scenario['title']}."


def _in_order(told: Iterable[Dated]) -> list[Passage]:
    """Return dated sentences as passages, one a month."""
    passages: list[Passage] = []
    for month, _, text in sorted(told, key=lambda part: part[:2]):
        when = _month(month)
        if passages and passages[-1].when == when:
            passages[-1] = Passage(when, f"{passages[-1].text} {text}")
        else:
            passages.append(Passage(when, text))
    return passages


def _naming(run: RecordedRun, subject: str = "") -> Callable[[str], str]:
    """Return how ids read in a story, whose subject is ``it``."""
    return lambda name: "it" if name == subject else _named(run, name)


def _named(run: RecordedRun, name: str) -> str:
    """Return how an id reads: units and CCGs by name, lines in plain words, providers by their id."""
    lines = dict(zip(run.england.lines.line, run.england.lines.name, strict=True))
    known = run.unit_names.get(name) or run.ccg_names.get(name) or lines.get(name)
    return str(known or name)


def _counts(moments: Iterable[Moment]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for moment in moments:
        counts[moment.event] = counts.get(moment.event, 0) + 1
    return counts


def _total(moments: Iterable[Moment]) -> float:
    return sum(moment.amount for moment in moments)


def _first_of_april_2013(run: RecordedRun) -> "pd.Timestamp":
    return run.outcomes["month"].iloc[APRIL_2013]


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _month(month: "pd.Timestamp") -> str:
    return f"{month:%B %Y}"
