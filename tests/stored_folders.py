"""Results folders for tests of what readers see: a real run, and small made-up experiments."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from simulation.version import VERSION

MONTHS = pd.date_range("2012-01-01", periods=60, freq="MS")
OUTCOMES = {
    "css_operating": 15.0,
    "home_css_share": 0.4,
    "private_share": 0.1,
    "in_house_share": 0.3,
    "hhi_local": 0.5,
    "spend_per_head": 17.0,
    "redundancy_cost_to_date": 5e7,
    "not_satisfied_share": 0.3,
    "ccgs_with_three_offers": 100.0,
}
"""Outcomes and about where they lie."""


def write_experiment(
    folder: Path,
    made_by: str,
    design: pd.DataFrame,
    values: Mapping[int, Mapping[str, float]],
    *,
    seeds: Sequence[int] = (1, 2, 3, 4),
    luck: float = 0.02,
    status: str = "complete",
    points_stored: int | None = None,
) -> Path:
    """Write an experiment's folder.

    Args:
        folder: Where.
        made_by: The command that it is of.
        design: A row per point.
        values: Outcomes by point that are not as in ``OUTCOMES``.
        seeds: The same for each point.
        luck: How far seeds spread, as a share of an outcome; the same for each point.
        status: What the manifest says.
        points_stored: How many points have outcomes; all unless told.
    """
    (folder / "outcomes").mkdir(parents=True)
    design.to_parquet(folder / "design.parquet", index=False)
    stored = design["point"].tolist()[:points_stored]
    for part, points in enumerate(np.array_split(stored, 2)):
        rows = [_rows(int(point), seed, values.get(int(point), {}), luck) for point in points for seed in seeds]
        if rows:
            pd.concat(rows).to_parquet(folder / "outcomes" / f"part-{part:05d}.parquet", index=False)
    names = design["scenario"].drop_duplicates().tolist()
    manifest = {
        "made_by": made_by,
        "status": status,
        "version": VERSION,
        "command": f"{made_by} ...",
        "scenarios": [
            {
                "name": name,
                "title": name.replace("_", " "),
                "question": f"What of {name}?",
                "because": "",
                "changes": {},
                "policy": [],
            }
            for name in names
        ],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def _rows(point: int, seed: int, values: Mapping[str, float], luck: float) -> pd.DataFrame:
    """Return one run: each outcome goes straight from its usual value to its own, a little more or less by luck."""
    time = np.linspace(0.0, 1.0, len(MONTHS))
    share = luck * (seed - 2.5)
    columns = {
        name: (usual + (values.get(name, usual) - usual) * time) * (1 + share * time)
        for name, usual in OUTCOMES.items()
    }
    return pd.DataFrame({"point": point, "seed": seed, "month": MONTHS, **columns})


def comparison(folder: Path, **others: Mapping[str, float]) -> Path:
    """Write a comparison of the baseline with other scenarios, each with outcomes of its own at the end."""
    names = ["baseline", *others]
    design = pd.DataFrame({"point": range(len(names)), "scenario": names})
    return write_experiment(folder, "csmarket compare", design, dict(enumerate([{}, *others.values()])))


def sweep(folder: Path, points: int = 36, status: str = "complete", points_stored: int | None = None) -> Path:
    """Write a sweep of two parameters: the number of units falls with the barrier and rises with the allowance."""
    rng = np.random.default_rng(5)
    design = pd.DataFrame(
        {
            "point": range(points),
            "scenario": "baseline",
            "allowance.per_head": 18 + 10 * rng.random(points),
            "entry.barrier": 1e6 * rng.random(points),
        }
    )
    units = 2 * (design["allowance.per_head"] - 18) - 4e-6 * design["entry.barrier"] + 10
    values = {point: {"css_operating": float(value)} for point, value in enumerate(units)}
    return write_experiment(folder, "csmarket sweep", design, values, status=status, points_stored=points_stored)


def with_indices(folder: Path) -> Path:
    """Write tables of sensitivity and discovery into a sweep's folder."""
    columns = [
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
    ]
    rows = [
        ["css_operating", "2016-12-01", "entry.barrier", "Sobol", 0.02, 0.0, 0.04, 0.03, 0.01, 0.05],
        ["css_operating", "2016-12-01", "allowance.per_head", "Sobol", 0.9, 0.85, 0.95, 0.95, 0.9, 1.0],
    ]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "sensitivity.csv", index=False)
    rules = [
        ["few_units", "allowance.per_head", np.nan, 21.0, 0.7, 0.8],
        ["few_units", "entry.barrier", 2e5, 8e5, 0.7, 0.8],
    ]
    pd.DataFrame(rules, columns=["rule", "parameter", "low", "high", "coverage", "density"]).to_csv(
        folder / "discovery.csv", index=False
    )
    return folder
