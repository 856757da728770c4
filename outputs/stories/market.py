"""The story of the market: its turning points, and where it stood at each year's end."""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Any

from agents.dates import APRIL_2013
from outputs.sentences import headline, listed, money, percent, plural, sentence
from outputs.stories.telling import EVERYDAY, FEW, FORMS, Dated, Passage, in_order, naming
from scenarios.explain import Moment, RecordedRun

if TYPE_CHECKING:
    import pandas as pd

RARE = 100
"""Most events in a run of a kind that is not known here, for them to count as turning points."""


def market_story(run: RecordedRun) -> list[Passage]:
    """Return the turning points of the market, and where it stood at each year's end."""
    told: list[Dated] = [(day, 0, text) for day, text in _turning_points(run)]
    months: list[dict[str, Any]] = [dict(row) for _, row in run.outcomes.iterrows()]
    for place, now in enumerate(months):
        if now["month"].month == 12 or place in (0, APRIL_2013):
            told.append((now["month"], 1, _market_at(now, months[max(0, place - 12)])))
    return [Passage("", _title(run)), *in_order(told)]


def _turning_points(run: RecordedRun) -> Iterable[tuple["pd.Timestamp", str]]:
    """Yield the events that are not everyday ones, those of a kind, cause and month together where they are many."""
    groups: dict[Hashable, list[Moment]] = {}
    for moment in run.moments:
        groups.setdefault((moment.month, moment.event, moment.reason), []).append(moment)
    counts = Counter(moment.event for moment in run.moments)
    for group in groups.values():
        first = group[0]
        if first.event in EVERYDAY or counts[first.event] > RARE:
            continue
        few = " ".join(sentence(moment, naming(run)) for moment in group[:FEW])
        yield first.month, headline(group, naming(run)) if len(group) > FEW else few
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


def _title(run: RecordedRun) -> str:
    scenario = run.manifest["scenario"]
    return f"Run {run.number} (seed {run.seed}) of {scenario['name']}: {scenario['title']}."
