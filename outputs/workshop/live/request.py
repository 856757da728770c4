"""What a page asks over its socket: read, checked and told apart from nonsense."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from outputs.workshop.live.levers import POLICY_NAMES
from outputs.workshop.live.shown import BY_NAME
from scenarios.live import Question, question
from scenarios.work import MOST_SEED
from simulation.faults import InputError

VERSION = 1
MOST_SETTINGS = 150
LONGEST_NAME = 80
"""Characters of a scenario's name that are read."""
LONGEST_FAULT = 400
"""Characters of a fault that are sent back."""
KINDS = ("show", "why")


@dataclass(frozen=True)
class Request:
    """What a page wants to see.

    Args:
        number: The page's own number of the request.
        kind: ``show``, or ``why`` for what is behind a change.
        scenario: The scenario.
        base: What it is compared with.
        seed: Seed of the first run.
        outcome: What ``why`` is asked of.
    """

    number: int
    kind: str
    scenario: Question
    base: Question
    seed: int
    outcome: str

    @property
    def assumed(self) -> Question | None:
        """The base under the scenario's assumptions, where these differ from the base's."""
        own = {name: value for name, value in self.scenario.settings if name not in POLICY_NAMES}
        held = {name: value for name, value in self.base.settings if name in POLICY_NAMES}
        under = question(self.base.preset, held | own)
        return None if under == self.base else under


def read_request(text: str) -> Request:
    """Return what a message asks.

    Raises:
        InputError: It is no request of this version, or something in it is not allowed; all faults at once.
    """
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(["the message is not JSON"]) from None
    if not isinstance(message, dict) or message.get("v") != VERSION:
        raise InputError([f"the message must be an object with v = {VERSION}: load the page again"])
    faults: list[str] = []
    number, kind, seed, outcome = (message.get(name) for name in ("id", "kind", "seed", "outcome"))
    if not _whole(number, MOST_SEED):
        faults.append(f"id = {number!r} must be a whole number from 0 to {MOST_SEED:,}")
    if kind not in KINDS:
        faults.append(f"kind = {kind!r} must be one of {', '.join(KINDS)}")
    if not _whole(seed, MOST_SEED):
        faults.append(f"seed = {seed!r} must be a whole number from 0 to {MOST_SEED:,}")
    if not isinstance(outcome, str) or outcome not in BY_NAME:
        faults.append(f"outcome = {outcome!r} is not shown here: name one of {', '.join(BY_NAME)}")
    scenario = _question(message, "scenario", faults)
    base = _question(message, "base", faults)
    if faults or scenario is None or base is None:
        raise InputError([fault[:LONGEST_FAULT] for fault in faults])
    return Request(number, kind, scenario, base, seed, str(outcome))  # type: ignore[arg-type]


def _question(message: Mapping[str, Any], part: str, faults: list[str]) -> Question | None:
    """Return one of a message's questions, or note what is wrong with it."""
    asked = message.get(part)
    if not isinstance(asked, dict) or not isinstance(asked.get("set"), dict) or len(asked["set"]) > MOST_SETTINGS:
        faults.append(f"{part} must hold preset, and set with at most {MOST_SETTINGS} values")
        return None
    try:
        return question(str(asked.get("preset"))[:LONGEST_NAME], asked["set"])
    except InputError as error:
        faults.extend(f"{part}: {fault}" for fault in error.faults)
        return None


def _whole(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
