"""Read the folder of an experiment: many points, each a scenario with some parameters set, on the same seeds."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from scenarios.folder import read_manifest
from simulation.faults import InputError
from simulation.version import VERSION

MADE_BY = {"csmarket compare": "compare", "csmarket sweep": "sweep"}
DESIGN = "design.parquet"
PARTS = "outcomes"
KEYS = ("point", "seed", "month")
SENSITIVITY = (
    "outcome",
    "month",
    "parameter",
    "method",
    "first_order",
    "first_low",
    "first_high",
    "total_order",
    "total_low",
    "total_high",
)
DISCOVERY = ("rule", "parameter", "low", "high", "coverage", "density")


class Experiment:
    """The tables of an experiment's folder, read when they are first asked for.

    Args:
        folder: The folder, finished or not.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What was run, with what, when and where."""
        return read_manifest(self.folder) or {}

    @property
    def kind(self) -> str:
        """``compare`` or ``sweep``."""
        return MADE_BY[self.manifest["made_by"]]

    @cached_property
    def design(self) -> pd.DataFrame:
        """A row per point: its scenario, and a column for each parameter that varies."""
        return pq.ParquetFile(self.folder / DESIGN).read().to_pandas().sort_values("point", ignore_index=True)

    @cached_property
    def parameters(self) -> list[str]:
        """The parameters that vary."""
        return [name for name in self.design if name not in ("point", "scenario")]

    @cached_property
    def scenarios(self) -> list[str]:
        """The ids of the scenarios, in the order of their points; the first is the base of a comparison."""
        return [str(name) for name in self.design["scenario"].drop_duplicates()]

    @property
    def titles(self) -> dict[str, str]:
        """Titles of the scenarios, by id, as far as the manifest has them."""
        told = self.manifest.get("scenarios") or self.manifest.get("scenario") or []
        told = list(told.values()) if isinstance(told, dict) and "name" not in told else told
        told = told if isinstance(told, list) else [told]
        return {one["name"]: one["title"] for one in told if isinstance(one, dict) and {"name", "title"} <= one.keys()}

    @cached_property
    def _parts(self) -> list[Path]:
        return sorted((self.folder / PARTS).glob("part-*.parquet"))

    @cached_property
    def columns(self) -> list[str]:
        """The outcomes that are stored."""
        names: list[str] = pq.ParquetFile(self._parts[0]).schema_arrow.names
        return [name for name in names if name not in KEYS]

    @cached_property
    def _runs(self) -> pd.DataFrame:
        return self.outcomes([]).drop_duplicates(["point", "seed"])

    @property
    def seeds(self) -> list[int]:
        """The seeds that are stored, each for one point or more."""
        return sorted(int(seed) for seed in self._runs["seed"].unique())

    @property
    def points_stored(self) -> int:
        """How many points have a run stored."""
        return int(self._runs["point"].nunique())

    @property
    def partial(self) -> str:
        """How far an unfinished experiment is, in words; empty where it is finished."""
        if self.manifest.get("status") == "complete":
            return ""
        runs = len(self.design) * len(self.seeds)
        return f"{self.points_stored} of {len(self.design)} points, {len(self._runs)} of {runs} runs are stored"

    @cached_property
    def months(self) -> list[pd.Timestamp]:
        """The months that are stored."""
        return sorted(self.outcomes([])["month"].unique())

    def outcomes(self, names: Sequence[str], month: pd.Timestamp | None = None) -> pd.DataFrame:
        """Return some outcomes, a row per point, seed and month.

        Args:
            names: The outcomes.
            month: The month, or all where none is given.
        """
        wanted = [*KEYS, *names]
        filters = None if month is None else [("month", "=", month.to_pydatetime())]
        parts = [pq.read_table(part, columns=wanted).to_pandas() for part in self._parts]
        table = pd.concat(parts, ignore_index=True)
        table["month"] = pd.to_datetime(table["month"])
        if filters:
            table = table[table["month"] == month]
        return table.sort_values(list(KEYS), ignore_index=True)

    @cached_property
    def sensitivity(self) -> pd.DataFrame | None:
        """Indices of sensitivity, if `csmarket sensitivity` has written them."""
        return self._written("sensitivity.csv", SENSITIVITY)

    @cached_property
    def discovery(self) -> pd.DataFrame | None:
        """Boxes of scenario discovery, if `csmarket discover` has written them."""
        return self._written("discovery.csv", DISCOVERY)

    def _written(self, name: str, columns: Sequence[str]) -> pd.DataFrame | None:
        path = self.folder / name
        if not path.is_file():
            return None
        table = pd.read_csv(path)
        if lacking := [column for column in columns if column not in table]:
            raise InputError([f"{path}: lacks the columns {', '.join(lacking)}: have it written again"])
        return table


def open_experiment(folder: Path) -> Experiment:
    """Open the folder of an experiment, finished or not.

    Raises:
        InputError: It has no design or no outcomes yet, or another version of the model made it.
    """
    experiment = Experiment(folder)
    version = experiment.manifest.get("version", VERSION)
    if version != VERSION:
        raise InputError([f"{folder}: was made by version {version} and this is {VERSION}: run it again with this one"])
    if not (folder / DESIGN).is_file():
        raise InputError([f"{folder}: has no {DESIGN}: give the same command again and it carries on"])
    if not any((folder / PARTS).glob("part-*.parquet")):
        raise InputError([f"{folder}: holds no finished runs yet: give the same command again and it carries on"])
    return experiment
