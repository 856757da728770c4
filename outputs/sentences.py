"""What events and causes are in words: one sentence a kind of event, one clause a cause."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scenarios.explain import Moment

TEAMS = "its own or a shared team"
CCG_TEAMS = "CCGs' own teams"
MOST_NAMED = 8


@dataclass(frozen=True)
class Words:
    """What one kind of event is called and said to be.

    ``sentence`` may hold ``{who}``, ``{whom}``, ``{ccgs}``, ``{lines}``, ``{amount}`` and ``{because}``; without the
    last, the cause comes at the end.

    Args:
        noun: What several are called.
        sentence: What happened, without its cause.
        amount: How its amount reads.
        who: What stands for ``{who}`` where there is none.
        whom: What stands for ``{whom}`` where there is none.
    """

    noun: str
    sentence: str
    amount: Callable[[float], str]
    who: str = "nobody"
    whom: str = "nobody"


def money(pounds: float) -> str:
    """Return an amount of money: ``£76,000``, ``£1.3m``, ``-£0.4m``."""
    sign, size = "-" if pounds < 0 else "", abs(pounds)
    if size >= 999_500:
        return f"{sign}£{size / 1e6:,.1f}m"
    return f"{sign}£{_in_round_numbers(size)}"


def people(number: float) -> str:
    """Return a number of people: ``540,500 people``, ``1.72m people``."""
    return f"{number / 1e6:.2f}m people" if number >= 1e6 else f"{_in_round_numbers(number)} people"


def staff(fte: float) -> str:
    """Return a number of staff: ``386 FTE``, ``0.6 FTE``."""
    return f"{fte:,.0f} FTE" if fte >= 10 else f"{fte:.1f} FTE"


def score(value: float) -> str:
    """Return a score from 0 to 1."""
    return f"{value:.2f}"


def percent(share: float) -> str:
    """Return a share as a percentage."""
    return "none" if math.isnan(share) else f"{100 * share:.0f}%"


def plural(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 line``, ``2 lines``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(names: Sequence[str], most: int = MOST_NAMED) -> str:
    """Return names as a list in words, the first of them where they are many."""
    holding = any(", " in name or " and " in name for name in names)
    between, last = ("; ", "; and ") if holding else (", ", " and ")
    if len(names) > most:
        return f"{between.join(names[:most])}{between}and {len(names) - most} more"
    return f"{between.join(names[:-1])}{last}{names[-1]}" if len(names) > 1 else "".join(names)


EVENT_WORDS: Mapping[str, Words] = {
    "award": Words("new agreements", "{ccgs} gave {lines} to {who} in place of {whom}, at {amount} a year", money,
                   TEAMS, TEAMS),
    "extension": Words("extensions", "{ccgs} stayed with {who} for {lines}, at {amount} a year", money, TEAMS),
    "refusal": Words("refused moves", "{ccgs} could not take {lines} to {who}", money),
    "notice": Words("notices", "{ccgs} gave notice to {who} for {lines}, to go to {whom}", money, TEAMS, TEAMS),
    "transfer": Words("transfers of staff", "{amount} went from {who} to {whom}", staff, CCG_TEAMS, CCG_TEAMS),
    "redundancy": Words("rounds of redundancy", "{who} made staff redundant, at {amount}", money, "a CCG's own team"),
    "stranded_cost": Words("charges of stranded cost", "{amount} of the fixed cost of {who} was left stranded", money),
    "entry": Words("entries", "{who} set up to sell {lines}, at {amount}", money),
    "exit": Words("exits", "{who} gave up, with reserves of {amount}", money),
    "merger": Words("mergers", "{who} ({amount}) joined {whom}", people),
    "takeover": Words("takeovers", "{whom} took over {who} ({amount})", people),
    "stop": Words("units stopped", "the board stopped {who} ({amount}){because}; its work went to {whom}", people,
                  whom="its CCGs"),
    "closure": Words("closures", "{who} ({amount}) was wound up{because}; its work went to {whom}", people,
                  whom="its CCGs"),
    "grade": Words("units graded", "{who} scored {amount} at the checkpoint", score),
    "leader": Words("leaders appointed", "{who} was given a leader of ability {amount}", score),
    "form": Words("units out of hosting", "{who} left hosting with reserves of {amount}", money),
    "framework_place": Words("framework places", "{who} won a place on the framework with quality {amount}", score),
    "preparation": Words("purchases of help", "{ccgs} bought help to prepare from {who}, at {amount}", money,
                         "a firm from elsewhere"),
    "leader_left": Words("leaders lost", "{who} lost its leader{because}, and is led with an ability of {amount}",
                         score),
    "share_ended": Words("shared teams ended", "{ccgs} had to look anew for {lines}", money),
}  # fmt: skip

CAUSE_WORDS: Mapping[str, str] = {
    "best_worth": "worth most in its eyes",
    "cheapest_that_fits": "the cheapest mix, as its allowance bears no more",
    "at_capacity": "as that supplier could take on no more",
    "not_let_through": "as the move was not let through for April 2013",
    "lost_trust": "having lost trust",
    "work_moved": "as work moved",
    "surplus_staff": "having more staff than its work needs",
    "expected_return": "expecting more than that in return",
    "capital_lost": "having lost its capital",
    "too_small": "too small to stand alone",
    "saving": "to save fixed cost",
    "second_failure": "after a second failure at a checkpoint",
    "below_mark": "far below the pass mark",
    "clear": "clear of the pass mark",
    "conditions": "below the pass mark, so under rapid management",
    "fixed_cost": "as fixed cost had grown too large a part of its income",
    "debt": "as its debt had grown beyond what it can bear",
    "hosting_ended": "as hosting ended",
    "checkpoint_2": "after checkpoint 2",
    "ranked": "ranked by quality",
    "authorisation": "before authorisation",
    "host_left": "as the team's host gave it up",
    "unit_gone": "as the unit came to an end",
    "handover": "at the hand-over of April 2013",
    "no_place": "for want of a place on the framework",
    "no_customers": "as no customer was left",
    "no_return": "as no market was worth the bidding",
    "new_hand": "to fill a vacant post",
    "shared": "shared with another unit",
    "left": "who left the service",
}


def sentence(moment: Moment, named: Callable[[str], str]) -> str:
    """Return what happened and why, without a date: ``Somerset (540,500 people) joined Devon: too small ...``.

    Args:
        moment: The event.
        named: How an id of a supplier, a CCG or a line reads.
    """
    words = EVENT_WORDS.get(moment.event)
    told = _told(words, moment, named) if words else f"{_unknown(moment, named)}{_because(moment.reason)}"
    return f"{told[0].upper()}{told[1:]}."


def headline(moments: Sequence[Moment], named: Callable[[str], str]) -> str:
    """Return several events of a kind and cause in one sentence: ``8 mergers, too small ...: Somerset, ...``."""
    first = moments[0]
    words = EVENT_WORDS.get(first.event)
    noun = words.noun if words else f"times {_plain(first.event)}"
    names = [_pair(moment, named) for moment in moments if moment.who]
    names = list(dict.fromkeys(names))
    who = f": {listed(names)}" if names else ""
    return f"{len(moments)} {noun}{_because(first.reason)}{who}."


def cause(reason: str) -> str:
    """Return a cause in words; one that has none of its own by its name."""
    return CAUSE_WORDS.get(reason, _plain(reason))


def _told(words: Words, moment: Moment, named: Callable[[str], str]) -> str:
    text = words.sentence if "{because}" in words.sentence else f"{words.sentence}{{because}}"
    return text.format(
        who=named(moment.who) if moment.who else words.who,
        whom=named(moment.whom) if moment.whom else words.whom,
        ccgs=listed([named(code) for code in moment.ccgs]) or "CCGs",
        lines=listed([named(line) for line in moment.lines]) or "its lines",
        amount=words.amount(moment.amount),
        because=_because(moment.reason),
    )


def _unknown(moment: Moment, named: Callable[[str], str]) -> str:
    """Return a fair sentence of a kind of event that has none of its own."""
    parts = [named(part) for part in (moment.who, moment.whom, *moment.ccgs, *moment.lines) if part]
    amount = f", amount {moment.amount:,.4g}" if moment.amount else ""
    return f"{_plain(moment.event)}: {listed(parts) or 'the market'}{amount}"


def _pair(moment: Moment, named: Callable[[str], str]) -> str:
    return f"{named(moment.who)} into {named(moment.whom)}" if moment.event == "merger" else named(moment.who)


def _because(reason: str) -> str:
    return f", {cause(reason)}" if reason else ""


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _in_round_numbers(size: float) -> str:
    """Return a number to three significant digits."""
    digits = max(0, math.floor(math.log10(size)) - 2) if size >= 1 else 0
    return f"{round(size, -digits):,.0f}"
