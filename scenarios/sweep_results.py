"""Read the results of a sweep or a comparison back, a few columns at a time where there are many runs."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from scenarios.design_file import month_named, outcome_fault
from scenarios.folder import LAYOUTS, MANIFEST, OF_A_SWEEP, is_complete, read_manifest
from scenarios.writing import hash_of
from simulation.calendar import first_day
from simulation.faults import InputError
from simulation.version import VERSION

if TYPE_CHECKING:
    import pandas as pd

SWEEPERS = tuple(name for name, layout in LAYOUTS.items() if layout is OF_A_SWEEP)
"""The commands that write such a folder."""


class SweepResults:
    """The tables of a sweep; each is read when it is first asked for.

    Args:
        folder: A finished folder of a sweep.
        kept: The temporary folder that goes away with these results, where they were not given one.
    """

    def __init__(self, folder: Path, kept: "TemporaryDirectory[str] | None" = None) -> None:
        self.folder = folder
        self._kept = kept

    def __repr__(self) -> str:
        manifest = self.manifest
        return f"<Results of a sweep, {manifest['points']:,} points, {manifest['runs']:,} runs, in {self.folder}>"

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What was run, with what, when and where."""
        return read_manifest(self.folder) or {}

    @cached_property
    def design(self) -> "pd.DataFrame":
        """A row per point: its number, its scenario and the value of each factor (none where the scenario's stands)."""
        return _pandas(pq.ParquetFile(self.folder / "design.parquet").read())

    @cached_property
    def failures(self) -> "pd.DataFrame":
        """The runs that failed: point, seed and error."""
        return _pandas(pq.ParquetFile(self.folder / "failures.parquet").read())

    @property
    def failed(self) -> int:
        """How many runs failed."""
        return int(pq.read_metadata(self.folder / "failures.parquet").num_rows)

    @property
    def outcomes(self) -> "pd.DataFrame":
        """A row per run and month, with every outcome that is stored; read anew each time, as it may be large."""
        return self.read()

    @property
    def method(self) -> str:
        """How the points were chosen."""
        return str(self.manifest["design"]["method"])

    @property
    def factors(self) -> list[str]:
        """Names of what varies."""
        return [factor["name"] for factor in self.manifest["design"]["factors"]]

    @property
    def levers(self) -> list[str]:
        """Names of the factors that policy sets."""
        return [factor["name"] for factor in self.manifest["design"]["factors"] if factor["lever"]]

    @property
    def months(self) -> list[str]:
        """The months that are stored, as ISO dates."""
        return list(self.manifest["design"]["months"])

    def read(self, outcomes: Sequence[str] | None = None, month: object = None) -> "pd.DataFrame":
        """Return some outcomes of every run, ordered by point, seed and month.

        Args:
            outcomes: Their names; all that are stored unless told.
            month: One month, as a date or ISO text; every month that is stored unless told.

        Raises:
            InputError: An outcome or month is not stored.
        """
        names = self.stored(outcomes)
        wanted = None if month is None else self.stored_month(month)
        tables = [_part(path, names, wanted) for path in sorted((self.folder / "outcomes").glob("part-*.parquet"))]
        table = pa.concat_tables(tables).sort_by([(key, "ascending") for key in ("point", "seed", "month")])
        return _pandas(table)

    def at_points(self, outcomes: Sequence[str] | None = None, month: object = None) -> "pd.DataFrame":
        """Return the design with the mean of some outcomes over the seeds of each point, and the number of ``runs``.

        Args:
            outcomes: Their names; all that are stored unless told.
            month: The month, as a date or ISO text; the last that is stored unless told.

        Raises:
            InputError: An outcome or month is not stored.
        """
        names = self.stored(outcomes)
        grouped = self.read(names, self.months[-1] if month is None else month).groupby("point")
        means = grouped[names].mean().assign(runs=grouped.size())
        table = self.design.merge(means, left_on="point", right_index=True, how="left")
        return table.assign(runs=table["runs"].fillna(0).astype(int))

    def stored(self, outcomes: Sequence[str] | None) -> list[str]:
        """Return the names of outcomes, all that are stored unless told.

        Raises:
            InputError: One does not exist, or is not stored here.
        """
        here = self.manifest["design"]["outcomes"]
        faults = [
            outcome_fault(name) or f"the outcome {name} is not stored in {self.folder}: it holds {', '.join(here)}"
            for name in outcomes or ()
            if name not in here
        ]
        if faults:
            raise InputError(faults)
        return list(outcomes or here)

    def stored_month(self, month: object) -> str:
        """Return a month as an ISO date.

        Raises:
            InputError: It is no month of a run, or it is not stored here.
        """
        try:
            day = first_day(month_named(month)).isoformat()
        except ValueError as error:
            raise InputError([f"month: {error}"]) from None
        if day not in self.months:
            raise InputError([f"the month {day} is not stored in {self.folder}: it holds {', '.join(self.months)}"])
        return day


def _part(path: Path, names: Sequence[str], month: str | None) -> pa.Table:
    """Return some columns of one part, of one month where that is wanted."""
    import pyarrow.compute as pc

    table = pq.ParquetFile(path).read(columns=["point", "seed", "month", *names])
    if month is None:
        return table
    wanted = pa.scalar(month).cast(table.schema.field("month").type)
    return table.filter(pc.equal(table["month"], wanted))


def _pandas(table: pa.Table) -> "pd.DataFrame":
    return table.to_pandas(date_as_object=False)


def open_sweep(folder: str | Path) -> SweepResults:
    """Open the finished results of a sweep or a comparison, after a look at every byte.

    Raises:
        InputError: There are none, or they are not finished, damaged, or of another version of the model.
    """
    folder = Path(folder)
    if fault := _fault(folder):
        raise InputError([f"{folder}: {fault}"])
    return SweepResults(folder)


def _fault(folder: Path) -> str | None:
    """Say why a folder cannot be opened, or None when it can."""
    manifest = read_manifest(folder) or {}
    if not folder.is_dir():
        return "there is no such folder: name one that 'csmarket sweep' has written"
    if manifest.get("made_by") not in SWEEPERS:
        made = " or ".join(SWEEPERS)
        return f"holds no sweep (no {MANIFEST} of {made}): name a folder that 'csmarket sweep' has written"
    again = f"give the same '{manifest['made_by']}' again and it carries on"
    if manifest.get("version") != VERSION:
        return f"was made by version {manifest.get('version')} and this is {VERSION}: run it again with this one"
    if manifest.get("status") != "complete":
        return f"is not finished: {again}"
    if not is_complete(folder, manifest):
        return f"lacks a file, or one is damaged: {again}"
    damaged = [name for name, file in manifest["files"].items() if hash_of(folder / name) != file["sha256"]]
    return f"{damaged[0]} is damaged: {again}" if damaged else None
