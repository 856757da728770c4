"""What the stories share: passages in order of time, and how ids, months and forms read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenarios.explain import Moment, RecordedRun

if TYPE_CHECKING:
    import pandas as pd

EVERYDAY = (
    "award", "extension", "refusal", "notice", "transfer", "redundancy", "stranded_cost", "preparation", "share_ended",
)  # fmt: skip
"""Events of which a run has hundreds: stories of the market and of suppliers tell them by year."""

FEW = 3
"""Most events, or names, of a kind that are told one by one."""

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


def in_order(told: Iterable[Dated]) -> list[Passage]:
    """Return dated sentences as passages, one a month."""
    passages: list[Passage] = []
    for at, _, text in sorted(told, key=lambda part: part[:2]):
        when = month(at)
        if passages and passages[-1].when == when:
            passages[-1] = Passage(when, f"{passages[-1].text} {text}")
        else:
            passages.append(Passage(when, text))
    return passages


def naming(run: RecordedRun, subject: str = "") -> Callable[[str], str]:
    """Return how ids read in a story, whose subject is ``it``."""
    return lambda name: "it" if name == subject else named(run, name)


def named(run: RecordedRun, name: str) -> str:
    """Return how an id reads: units and CCGs by name, lines in plain words, providers by their id."""
    lines = dict(zip(run.england.lines.line, run.england.lines.name, strict=True))
    known = run.unit_names.get(name) or run.ccg_names.get(name) or lines.get(name)
    return str(known or name)


def total(moments: Iterable[Moment]) -> float:
    """Return the sum of the amounts of some events."""
    return sum(moment.amount for moment in moments)


def plain(name: str) -> str:
    """Return a code as words."""
    return name.replace("_", " ")


def month(day: "pd.Timestamp") -> str:
    """Return a month in words: ``April 2013``."""
    return f"{day:%B %Y}"
