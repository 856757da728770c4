"""A factor: what a design varies, and over which values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from scenarios.arrow import column
from scenarios.scenario_file import value_fault
from simulation.calendar import N_MONTHS, first_day, month_of
from simulation.parameters import DECLARED

Level = bool | int | float | str | date
"""One value of a factor."""

Kind = Literal["number", "whole", "month", "list"]

DUMMY = "dummy"
"""A factor without effect: what an index says of it is noise."""

POLICY, FROM, IN_FORCE = "policy.", ".from", ".in_force"
TABLE_KEYS = ("low", "high", "levels", "values")
HOW = "[low, high], or a list of values"


@dataclass(frozen=True)
class Factor:
    """A parameter, a policy's date or a dummy, and the values that it takes.

    Args:
        name: Dotted name of a parameter, ``policy.NAME.from``, ``policy.NAME.in_force`` or ``dummy``.
        kind: ``number``, ``whole`` or ``month`` for a range of such; ``list`` for a few values.
        low: Least value of a range (of months: 0 is January 2012).
        high: Greatest value of a range.
        values: The values of a list.
        levels: Into how many values a grid cuts the range; None for as many as the design says.
    """

    name: str
    kind: Kind
    low: float = 0.0
    high: float = 0.0
    values: tuple[Level, ...] = ()
    levels: int | None = None

    @property
    def type(self) -> pa.DataType:
        """The type of its column in a table of points."""
        if self.kind != "list":
            return {"number": pa.float64(), "whole": pa.int64(), "month": pa.date32()}[self.kind]
        sample = self.values[0]
        if isinstance(sample, bool):
            return pa.bool_()
        if isinstance(sample, float):
            return pa.float64()
        return pa.date32() if isinstance(sample, date) else pa.string()

    @property
    def is_range(self) -> bool:
        """Whether it is a range, and no list."""
        return self.kind != "list"

    @property
    def lever(self) -> bool:
        """Whether policy sets it."""
        return self.name.startswith(POLICY) or (self.name in DECLARED and DECLARED[self.name].role == "lever")

    def at(self, places: NDArray[np.float64]) -> pa.Array:
        """Return the values at some places between 0 (the least or first) and 1 (the greatest or last)."""
        if self.kind == "number":
            return column(self.low + places * (self.high - self.low))
        every = [self._step(step) for step in range(self._count)]
        steps = np.minimum(np.floor(places * self._count), self._count - 1).astype(np.int64)
        return pa.array(every, self.type).take(column(steps))

    @property
    def _count(self) -> int:
        """How many values there are, where they can be counted."""
        return len(self.values) if self.kind == "list" else int(self.high - self.low) + 1

    def spread(self, count: int) -> list[Level]:
        """Return the values of a list, or about ``count`` values evenly over a range, ends included."""
        if self.kind == "list":
            return list(self.values)
        values = np.linspace(self.low, self.high, self.levels or count)
        if self.kind == "number":
            return [float(value) for value in values]
        return [self._step(int(step)) for step in np.unique(np.rint(values - self.low))]

    def _step(self, step: int) -> Level:
        if self.kind == "list":
            return self.values[step]
        return first_day(int(self.low) + step) if self.kind == "month" else int(self.low) + step

    def as_dict(self) -> dict[str, object]:
        """Return it as the manifest shows it."""
        if self.kind == "list":
            return {"name": self.name, "values": [_plain(value) for value in self.values], "lever": self.lever}
        low, high = (end if self.kind == "number" else self._step(int(end - self.low)) for end in (self.low, self.high))
        return {"name": self.name, "low": _plain(low), "high": _plain(high), "lever": self.lever}


def policy_name(name: str) -> str | None:
    """Return the name of the policy that a factor moves or switches, or None where it is no such factor."""
    for ending in (FROM, IN_FORCE):
        if name.startswith(POLICY) and name.endswith(ending):
            return name[len(POLICY) : -len(ending)]
    return None


def flat_factors(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield dotted names and what was written of them, however the names were split into tables."""
    for key, value in table.items():
        if isinstance(value, dict) and value and not value.keys() & set(TABLE_KEYS):
            yield from flat_factors(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def factor_of(name: str, written: object, faults: list[str]) -> Factor | None:
    """Return the factor that a line of ``[vary]`` describes, or note what is wrong with it.

    Args:
        name: The line's name.
        written: What it says: a list, or a table with low and high (and levels) or values.
        faults: Gets a sentence for each fault.
    """
    if not _is_known(name):
        faults.append(value_fault(name, None) or f"there is no parameter {name}")
        return None
    if isinstance(written, dict):
        return _from_table(name, written, faults)
    if not isinstance(written, (list, tuple)):
        faults.append(f"{name} = {_shown(written)} does not vary: write {HOW}")
        return None
    return _from_list(name, written, faults)


def _is_known(name: str) -> bool:
    return name in DECLARED or name == DUMMY or policy_name(name) is not None


def _from_table(name: str, table: Mapping[str, Any], faults: list[str]) -> Factor | None:
    levels = table.get("levels")
    extra = sorted(table.keys() - set(TABLE_KEYS))
    if extra or ("values" in table) == ("low" in table or "high" in table) or ("low" in table) != ("high" in table):
        faults.append(f"{name} = {_shown(dict(table))} must hold low and high (and levels), or values")
        return None
    if levels is not None and (not _is_whole(levels) or levels < 2 or "values" in table):
        faults.append(f"{name}: levels = {levels!r} is not allowed: it must be a whole number from 2, with a range")
        return None
    if "values" in table:
        return _list(name, table["values"], faults)
    return _range(name, table["low"], table["high"], faults, levels)


def _from_list(name: str, values: Sequence[Any], faults: list[str]) -> Factor | None:
    is_range = len(values) == 2 and not _is_listed(name) and not any(isinstance(v, (bool, str)) for v in values)
    return _range(name, values[0], values[1], faults) if is_range else _list(name, values, faults)


def _is_listed(name: str) -> bool:
    """Say whether a factor has no range: switches and words."""
    declared = DECLARED.get(name)
    words = declared is not None and (isinstance(declared.default, bool) or bool(declared.words))
    return words or name.endswith(IN_FORCE)


def _range(name: str, low: Any, high: Any, faults: list[str], levels: int | None = None) -> Factor | None:
    if _is_listed(name):
        faults.append(f"{name} has no range: list the values that it takes")
        return None
    if wrong := [fault for value in (low, high) if (fault := _level_fault(name, value))]:
        faults.extend(wrong)
        return None
    if low >= high:
        faults.append(f"{name} = [{low}, {high}] is not a range: the first must be less than the second")
        return None
    if name.startswith(POLICY):
        if month_of(low) == month_of(high):
            faults.append(f"{name} = [{low}, {high}] lies within one month, and a policy takes effect by the month")
            return None
        return Factor(name, "month", month_of(low), month_of(high), levels=levels)
    whole = name in DECLARED and DECLARED[name].whole
    return Factor(name, "whole" if whole else "number", float(low), float(high), levels=levels)


def _list(name: str, values: Any, faults: list[str]) -> Factor | None:
    if not isinstance(values, (list, tuple)) or len(values) < 2:
        faults.append(f"{name} = {_shown(values)} does not vary: write {HOW}")
        return None
    wrong = [fault for value in values if (fault := _level_fault(name, value))]
    wrong += [f"{name}: {_plain(v)} is listed twice: keep one" for i, v in enumerate(values) if v in values[:i]]
    faults.extend(wrong)
    return None if wrong else Factor(name, "list", values=tuple(_typed(name, value) for value in values))


def _typed(name: str, value: Any) -> Level:
    """Return a value as the table of points holds it: numbers as floats, dates as the first of their month."""
    if isinstance(value, date):
        return first_day(month_of(value))
    return value if isinstance(value, (bool, str)) else float(value)


def _level_fault(name: str, value: Any) -> str | None:
    """Say what is wrong with one value of a factor, or None when it is allowed."""
    if name == DUMMY:
        return None if _is_number(value) else f"{name}: {_shown(value)} is not a number"
    if name.endswith(IN_FORCE) and name not in DECLARED:
        return None if isinstance(value, bool) else f"{name}: {_shown(value)} is not allowed: it must be true or false"
    if name in DECLARED:
        return value_fault(name, value)
    first, last = first_day(0), date(first_day(N_MONTHS - 1).year, 12, 31)
    if isinstance(value, datetime) or not isinstance(value, date):
        return f"{name}: {_shown(value)} is not a date: write it without quotes or time, as in 2014-04-01"
    return None if first <= value <= last else f"{name}: {value} is outside {first} to {last}, the months of a run"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and bool(np.isfinite(value))


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _plain(value: Level) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _shown(value: object) -> str:
    """Return what was written, with dates as TOML has them."""
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_shown(one) for one in value) + "]"
    return str(value) if isinstance(value, date) else repr(value)
