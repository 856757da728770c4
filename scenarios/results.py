"""Read the results of `run` back: one pandas table per file, under the file's name."""

from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from scenarios.folder import MADE_BY, MANIFEST, SUMMARY, is_complete, read_manifest
from simulation.faults import InputError
from simulation.version import VERSION

if TYPE_CHECKING:
    import pandas as pd


class Results:
    """The tables of a results folder; each is read when it is first asked for.

    Months are dates (the first day), and texts that repeat are categories.

    Args:
        folder: A finished results folder.
        kept: The temporary folder that goes away with these results, where they were not given one.
    """

    def __init__(self, folder: Path, kept: "TemporaryDirectory[str] | None" = None) -> None:
        self.folder = folder
        self._kept = kept

    def __repr__(self) -> str:
        scenario = self.manifest["scenario"]["name"]
        return f"<Results of {scenario}, {self.manifest['runs']} runs, in {self.folder}>"

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What was run, with what, when and where."""
        return read_manifest(self.folder) or {}

    @cached_property
    def summary(self) -> "pd.DataFrame":
        """For each outcome and month: mean, Monte Carlo error and percentiles over runs."""
        import pandas as pd

        return pd.read_csv(self.folder / SUMMARY, parse_dates=["month"])

    @cached_property
    def outcomes(self) -> "pd.DataFrame":
        """A row per run and month, a column per outcome."""
        return self._table("outcomes")

    @cached_property
    def units(self) -> "pd.DataFrame":
        """NHS units at the snapshots."""
        return self._table("units")

    @cached_property
    def ccgs(self) -> "pd.DataFrame":
        """CCGs at the snapshots."""
        return self._table("ccgs")

    @cached_property
    def sourcing(self) -> "pd.DataFrame":
        """Who does what for whom: a row per run, CCG, line and snapshot."""
        return self._table("sourcing")

    @cached_property
    def lines(self) -> "pd.DataFrame":
        """Spend and concentration by service line, every month."""
        return self._table("lines")

    @cached_property
    def events(self) -> "pd.DataFrame":
        """What happened and why, for the first runs."""
        return self._table("events")

    @cached_property
    def draws(self) -> "pd.DataFrame":
        """Which draw of the uncertain parameters each run took, and their values at its start.

        Raises:
            InputError: The parameters were the same in every run.
        """
        if self.manifest.get("uncertainty", "none") == "none":
            raise InputError([f"{self.folder}: its runs have no draws: they were made with --uncertainty none"])
        return self._table("draws")

    def _table(self, name: str) -> "pd.DataFrame":
        path = self.folder / f"{name}.parquet"
        return pq.ParquetFile(path).read().to_pandas(date_as_object=False)


def open_results(folder: str | Path) -> Results:
    """Open a finished results folder.

    Raises:
        InputError: It is no results folder, it is not finished, or another version of the model made it.
    """
    folder = Path(folder)
    if fault := _fault(folder):
        raise InputError([f"{folder}: {fault}"])
    return Results(folder)


def _fault(folder: Path) -> str | None:
    """Say why a folder cannot be opened, or None when it can."""
    if not folder.is_dir():
        return "there is no such folder: name one that 'csmarket run' has written"
    manifest = read_manifest(folder)
    if manifest is None or manifest.get("made_by") != MADE_BY:
        return (
            f"is no results folder (it has no {MANIFEST} of 'csmarket run'): name one that 'csmarket run' has written"
        )
    if manifest.get("version") != VERSION:
        return f"was made by version {manifest.get('version')} and this is {VERSION}: run it again with this one"
    if not is_complete(folder, manifest):
        return "is not finished: give the same 'csmarket run' again and it carries on"
    return None
