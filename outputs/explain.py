"""`csmarket explain`: print the story of one run of a results folder."""

import sys
import textwrap
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from outputs.progress import tried
from outputs.reference import LINE_WIDTH
from outputs.stories.ccg import ccg_story
from outputs.stories.market import market_story
from outputs.stories.supplier import supplier_story
from outputs.stories.telling import Passage
from scenarios.explain import RecordedRun
from simulation.faults import InputError


def show_story(options: Mapping[str, Any]) -> None:
    """Print what the options of `csmarket explain` ask for.

    Raises:
        InputError: There is no such folder, run, unit or CCG, or no events were kept; all faults at once.
    """
    faults: list[str] = []
    number = tried(lambda: _whole(options["run"]), faults)
    run = tried(lambda: RecordedRun(options["folder"], number), faults) if number is not None else None
    if run is None:
        raise InputError(faults)
    unit = tried(lambda: run.supplier(options["unit"]), faults) if options["unit"] is not None else None
    ccg = tried(lambda: run.ccg(options["ccg"]), faults) if options["ccg"] is not None else None
    if faults:
        raise InputError(faults)
    stories = [supplier_story(run, unit)] if unit else []
    stories += [ccg_story(run, ccg)] if ccg else []
    sys.stdout.write("\n".join(text_of(story) for story in stories or [market_story(run)]))


def text_of(story: Sequence[Passage]) -> str:
    """Return a story as text: each passage under its date, in lines that a terminal can hold."""
    return "\n".join(_passage(passage) for passage in story)


def _passage(passage: Passage) -> str:
    if not passage.when:
        return _wrapped(passage.text, "")
    return f"{passage.when}\n{_wrapped(passage.text, '  ')}"


def _wrapped(text: str, indent: str) -> str:
    """Return a text in lines that are not broken at hyphens, which ids are full of."""
    lines = textwrap.wrap(
        text,
        LINE_WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )
    return "".join(f"{line}\n" for line in lines)


def _whole(text: str) -> int:
    with suppress(ValueError):
        return int(text)
    raise InputError([f"--run = {text!r} is not allowed: it must be a whole number, as in --run 1"])
