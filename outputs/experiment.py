"""Read a comparison or a sweep as those who draw and tell want it, finished or not."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from scenarios.folder import is_complete, read_manifest
from scenarios.sensitivity import sensitivity
from scenarios.store import runs_complete
from scenarios.sweep import COMPARE
from scenarios.sweep_results import SWEEPERS, SweepResults
from simulation.faults import InputError
from simulation.parameters import DECLARED
from simulation.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

DESIGN = "design.parquet"
PARTS = "outcomes"


class Experiment(SweepResults):
    """The tables of an experiment, as far as they are stored.

    Of a comparison only the scenarios compared count, not the base with single changes of theirs.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._indices: dict[str, pd.DataFrame] = {}

    @property
    def kind(self) -> str:
        """``compare`` or ``sweep``."""
        return "compare" if self.manifest["made_by"] == COMPARE else "sweep"

    @cached_property
    def scenarios(self) -> list[str]:
        """The ids of the scenarios; the first is the base of a comparison."""
        if self.kind == "compare":
            return [self.manifest["base"], *self.manifest["others"]]
        return [one["name"] for one in self.manifest["scenarios"]]

    @cached_property
    def told(self) -> list[dict[str, Any]]:
        """The scenarios in words and numbers."""
        by_name = {one["name"]: one for one in self.manifest["scenarios"]}
        return [by_name[name] for name in self.scenarios]

    @property
    def titles(self) -> dict[str, str]:
        """Titles of the scenarios, by id."""
        return {one["name"]: one["title"] for one in self.told}

    @cached_property
    def places(self) -> pd.DataFrame:
        """A row per point of the scenarios: its number, its scenario, a column for each factor."""
        design = self.design.assign(scenario=self.design["scenario"].astype(str))
        return design[design["scenario"].isin(self.scenarios)].sort_values("point", ignore_index=True)

    @property
    def columns(self) -> list[str]:
        """The outcomes that are stored."""
        return list(self.manifest["design"]["outcomes"])

    @property
    def last_month(self) -> pd.Timestamp:
        """The last month that is stored."""
        return pd.Timestamp(self.months[-1])

    def own_value(self, factor: str) -> object:
        """Return the first scenario's own value of a factor; None where it has none (a dummy)."""
        first = self.told[0]
        dates = {f"policy.{one['name']}.from": pd.Timestamp(one["from"]) for one in first["policy"]}
        switches = {f"policy.{one['name']}.in_force": True for one in first["policy"]}
        own = {**dates, **switches, **first["changes"]}
        return own.get(factor, DECLARED[factor].default if factor in DECLARED else None)

    def values(self, outcomes: "Sequence[str]", month: object = None) -> pd.DataFrame:
        """Return some outcomes of every run of the scenarios, with its point's scenario and factors.

        Args:
            outcomes: The outcomes.
            month: The month, or all where none is given.
        """
        return self.read(list(outcomes), month).merge(self.places, on="point")

    def last(self, outcomes: "Sequence[str]") -> pd.DataFrame:
        """Return some outcomes of every run in the last month stored."""
        return self.values(outcomes, self.months[-1])

    @cached_property
    def runs(self) -> pd.DataFrame:
        """Point and seed of each run that is stored."""
        return self.last(self.columns[:1])[["point", "seed"]]

    @property
    def seeds(self) -> list[int]:
        """The seeds that are stored, each for one point or more."""
        return sorted(int(seed) for seed in self.runs["seed"].unique())

    @property
    def points_stored(self) -> int:
        """How many points have a run stored."""
        return int(self.runs["point"].nunique())

    @cached_property
    def partial(self) -> str:
        """How far an unfinished experiment is, in words; empty where it is finished."""
        if is_complete(self.folder, self.manifest):
            return ""
        done, runs = runs_complete(self.folder)
        points = f"{self.points_stored:,} of {len(self.places):,} points"
        return f"{points}, {done:,} of {runs:,} runs are stored"

    def indices(self, outcome: str) -> pd.DataFrame:
        """Return how much each factor moves an outcome in the first scenario: see ``scenarios.sensitivity``.

        Raises:
            InputError: There is too little to go by.
        """
        if outcome not in self._indices:
            table = sensitivity(self, [outcome])
            self._indices[outcome] = table[table["scenario"] == self.scenarios[0]] if len(table) else table
        return self._indices[outcome]


def open_experiment(folder: Path) -> Experiment:
    """Open the folder of an experiment, finished or not.

    Raises:
        InputError: It has no design or no outcomes yet, or another version of the model made it.
    """
    manifest = read_manifest(folder) or {}
    again = f"give the same '{manifest.get('made_by', SWEEPERS[0])}' again and it carries on"
    if manifest.get("version") != VERSION:
        made = f"was made by version {manifest.get('version')} and this is {VERSION}"
        raise InputError([f"{folder}: {made}: run it again with this one"])
    if not (folder / DESIGN).is_file():
        raise InputError([f"{folder}: has no {DESIGN}: {again}"])
    if not any((folder / PARTS).glob("part-*.parquet")):
        raise InputError([f"{folder}: holds no finished runs yet: {again}"])
    if manifest.get("status") == "complete" and not is_complete(folder, manifest):
        raise InputError([f"{folder}: lacks a file, or one is damaged: {again}"])
    return Experiment(folder)
