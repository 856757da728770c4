"""One run as it was recorded: its events, and the units and CCGs at its snapshots, found by name."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from scenarios.results import open_results
from simulation.faults import InputError
from simulation.inputs import England, read_england

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = ("merger", "takeover", "stop", "closure", "exit")
"""Events with which a supplier's own story ends."""


@dataclass(frozen=True)
class Moment:
    """One event, or several of a kind in one month; what has no part is empty.

    Args:
        month: First day of the month.
        event: Kind of event.
        reason: Its cause.
        who: Id of a supplier.
        whom: Id of another.
        ccgs: ODS codes.
        lines: Ids of lines.
        amount: Sum of the amounts, in the unit of the event.
        count: How many events.
    """

    month: "pd.Timestamp"
    event: str
    reason: str
    who: str
    whom: str
    ccgs: tuple[str, ...]
    lines: tuple[str, ...]
    amount: float
    count: int = 1


class RecordedRun:
    """One run of a results folder, with its events.

    Args:
        folder: The results folder.
        number: Number of the run, from 1.

    Raises:
        InputError: It is no finished results folder, or there is no such run, or no events of it were kept.
    """

    def __init__(self, folder: str | Path, number: int) -> None:
        self.folder, self.number = Path(folder), number
        self.manifest = open_results(folder).manifest
        if fault := _run_fault(self.manifest, number):
            raise InputError([f"{folder}: {fault}"])
        self.england: England = read_england()
        self.outcomes, self.units, self.ccgs, self.sourcing = map(
            self._table, ("outcomes", "units", "ccgs", "sourcing")
        )
        self.moments = [_moment(row) for row in self._table("events").to_dict("records")]
        self.unit_names = dict(zip(self.units["unit"], self.units["name"], strict=True))
        self.ccg_names = dict(zip(self.england.ccgs.ods_code, self.england.ccgs.name, strict=True))

    @property
    def seed(self) -> int:
        """Its seed."""
        return int(self.manifest["first_seed"]) + self.number - 1

    def supplier(self, text: str) -> str:
        """Return the id of the unit or provider that a text names by its id or name.

        Raises:
            InputError: There is none.
        """
        names = {unit: str(name) for unit, name in self.unit_names.items()}
        return _found(text, names | {provider: provider for provider in self.england.providers.provider}, "unit")

    def ccg(self, text: str) -> str:
        """Return the ODS code of the CCG that a text names by its code or name.

        Raises:
            InputError: There is none.
        """
        return _found(text, self.ccg_names, "CCG")

    def about_supplier(self, supplier: str) -> list[Moment]:
        """Return the events in which a supplier has a part."""
        return [moment for moment in self.moments if supplier in (moment.who, moment.whom)]

    def about_ccg(self, code: str) -> list[Moment]:
        """Return the events that concern a CCG, those of one kind, cause and counterpart in a month as one."""
        mine = (moment for moment in self.moments if code in moment.ccgs)
        return gathered(mine, lambda moment: (moment.month, moment.event, moment.reason, moment.who, moment.whom))

    def _table(self, name: str) -> "pd.DataFrame":
        import pandas as pd

        path = self.folder / f"{name}.parquet"
        table = pq.read_table(path, filters=[("run", "==", self.number)]).to_pandas(date_as_object=False)
        texts = [column for column in table if isinstance(table[column].dtype, pd.CategoricalDtype)]
        return table.assign(**{column: table[column].astype(object).fillna("") for column in texts})


def gathered(moments: Iterable[Moment], key: Callable[[Moment], Hashable]) -> list[Moment]:
    """Return moments with those of one key as one, in the order of the first of each."""
    groups: dict[Hashable, list[Moment]] = {}
    for moment in moments:
        groups.setdefault(key(moment), []).append(moment)
    return [_joined(group) for group in groups.values()]


def ending_of(supplier: str, moments: Iterable[Moment]) -> Moment | None:
    """Return the event with which a supplier's story ends, if it does."""
    ends = [moment for moment in moments if moment.who == supplier and moment.event in ENDINGS]
    return ends[-1] if ends else None


def _joined(group: list[Moment]) -> Moment:
    first = group[0]
    return Moment(
        first.month,
        first.event,
        first.reason,
        first.who,
        first.whom,
        tuple(dict.fromkeys(_all(moment.ccgs for moment in group))),
        tuple(dict.fromkeys(_all(moment.lines for moment in group))),
        sum(moment.amount for moment in group),
        sum(moment.count for moment in group),
    )


def _all(tuples: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for texts in tuples:
        yield from texts


def _moment(row: dict[Hashable, Any]) -> Moment:
    ccgs, lines = ((row[name],) if row[name] else () for name in ("ods_code", "line"))
    return Moment(row["month"], row["event"], row["reason"], row["who"], row["whom"], ccgs, lines, row["amount"])


def _run_fault(manifest: dict[str, Any], number: int) -> str | None:
    """Say why a run has no story, or None when it has one."""
    runs = int(manifest["runs"])
    kept = min(int(manifest["event_runs"]), runs)
    if not 1 <= number <= runs:
        return f"there is no run {number}: it holds runs 1 to {runs}"
    if not kept:
        return "no events were kept: run it again with --event-runs 20 --force"
    if number > kept:
        return f"run {number} has no events: they were kept for runs 1 to {kept} (--event-runs keeps those of more)"
    return None


def _found(text: str, names: dict[str, str], kind: str) -> str:
    """Return the id that a text gives, as an id or a name, in any letters."""
    ids = {key.casefold(): key for key in names} | {name.casefold(): key for key, name in names.items()}
    wanted = text.strip().casefold()
    if wanted in ids:
        return ids[wanted]
    near = _near(wanted, ids)
    shown = [f"{key} ({names[key]})" if names[key] != key else key for key in near]
    advice = f"did you mean {' or '.join(shown)}?" if shown else f"name one as in {', '.join(list(names)[:3])}"
    raise InputError([f"--{kind.lower()}: there is no {kind} {text!r}: {advice}"])


def _near(wanted: str, ids: dict[str, str]) -> list[str]:
    """Return the ids whose id or name holds a text, or else is most like it; three at most."""
    holding = [key for name, key in ids.items() if wanted and wanted in name]
    close = [ids[name] for name in get_close_matches(wanted, ids, n=3, cutoff=0.5)]
    return list(dict.fromkeys(holding or close))[:3]
