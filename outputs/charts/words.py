"""Numbers, months and changes in words, so that every headline says them the same way and truly."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from outputs.charts.house import SOURCES

MINUS = "\N{MINUS SIGN}"
NOTHING = 1e-9
"""A difference smaller than this is one of rounding."""
MOST_ALT = 250
"""Characters of an alt text."""


def plural(count: int, noun: str) -> str:
    """Return a count with its noun, in the singular or plural: ``1 run``, ``2 runs``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def number(value: float) -> str:
    """Return a count in words, with a decimal only where a median falls between two counts."""
    rounded = round(float(value), 1)
    return f"{rounded:,.0f}" if rounded == round(rounded) else f"{rounded:,.1f}"


def percent(share: float) -> str:
    """Return a share (0 to 1) as a whole percentage that never calls a little nothing or nearly all everything."""
    if 0.0 < share < 0.005:
        return "under 1%"
    if 0.995 <= share < 1.0 - 1e-9:
        return "over 99%"
    return f"{100 * share:z.0f}%"


def millions(pounds: float) -> str:
    """Return an amount (£) in £ million, with a decimal under ten million; in £ under a tenth of a million."""
    if pounds == 0 or pounds >= 9.95e6:
        return f"£{pounds / 1e6:,.0f}m"
    if pounds >= 1e5:
        return f"£{pounds / 1e6:.1f}m"
    return f"£{pounds:,.0f}" if pounds < 1000 else f"£{round(pounds, -3):,.0f}"


def month_name(month: pd.Timestamp) -> str:
    """Return a month in words: ``April 2013``."""
    return f"{month.month_name()} {month.year}"


def span(low: str, high: str) -> str:
    """Return a range of amounts in words, or the one amount if both ends read the same."""
    return low if low == high else f"{low} to {high}"


def going(first: float, last: float) -> str:
    """Return the verb for a change between two amounts that differ: ``fall`` or ``rise``."""
    return "rise" if last > first else "fall"


def counter_move(first: pd.Series, last: pd.Series, focus: str, show: Callable[[float], str]) -> str:
    """Return which source moves most against the one in focus, in words to follow a headline about that one.

    Args:
        first: Amounts at the start, by source.
        last: Amounts at the end, by source.
        focus: The source that the headline is about.
        show: How an amount reads.

    Returns:
        The largest gain if the focus falls, the largest loss if it rises, the largest change if it does neither (the
        earlier of two equals); nothing if the change does not show in the amounts as they read.
    """
    changes = (last - first).round(9)
    sign, change = np.sign(changes[focus]), changes.drop(focus)
    mover = change.abs().idxmax() if sign == 0 else (-sign * change).idxmax()
    before, after = show(first[mover]), show(last[mover])
    if before == after:
        return ""
    kind = {-1: "gain", 0: "change", 1: "loss"}[int(sign)]
    return f"; largest {kind}: {SOURCES[str(mover)].words}, {before} to {after}"


def pounds(amount: float) -> str:
    """Return a small amount (£) with pence."""
    return f"£{amount:,.2f}"


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence: ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def index(value: float) -> str:
    """Return an index of concentration (0 to 1) as a reader of such indices writes it: 0 to 10,000."""
    return f"{round(10_000 * value, -1):,.0f}"


def signed(value: float, show: Callable[[float], str]) -> str:
    """Return a difference with its sign; none where it reads as nothing."""
    shown = show(abs(value))
    return shown if _is_nothing(shown) else f"{'+' if value > 0 else MINUS}{shown}"


def interval(low: float, high: float, show: Callable[[float], str]) -> str:
    """Return an interval in words, without ``points``; an end beside zero is not written as zero if the other is far.

    Args:
        low: Its lower end.
        high: Its upper end.
        show: How a difference without its sign reads.
    """
    near = [_is_nothing(show(abs(end))) for end in (low, high)]
    said = [
        f"just {'over' if end > 0 else 'under'} 0"
        if beside and not all(near) and abs(end) > NOTHING
        else signed(end, show)
        for end, beside in zip((low, high), near, strict=True)
    ]
    return " to ".join(said).replace(" points", "")


def _is_nothing(shown: str) -> bool:
    """Return whether an amount reads as zero."""
    return not any(digit in shown for digit in "123456789")


def alt_text(sentences: Sequence[str], name: str) -> str:
    """Return as many sentences of an alt text as fit, then where the table is.

    Args:
        sentences: The first always stands; the rest in the order of what matters.
        name: The chart's name.
    """
    table = f"Table: {name}.csv."
    said = sentences[0]
    for sentence in filter(None, sentences[1:]):
        if len(f"{said} {sentence} {table}") > MOST_ALT:
            break
        said = f"{said} {sentence}"
    return f"{said} {table}"


def sentence(clause: str) -> str:
    """Return a clause with a capital letter."""
    return clause[:1].upper() + clause[1:]
