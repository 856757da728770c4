"""Results folders of comparisons and sweeps for tests of what readers see: small, real, and altered where told."""

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from scenarios.api import compare, sweep

SWEPT = {
    "method": "sobol",
    "points": 32,
    "outcomes": [
        "css_operating", "home_css_share", "private_share", "in_house_share", "hhi_local", "spend_per_head",
        "redundancy_cost_to_date", "not_satisfied_share", "ccgs_with_three_offers",
    ],
    "vary": {"allowance.per_head": [14, 30], "hosting.ends": [28, 60]},
}  # fmt: skip
SMALL = {
    "method": "grid",
    "points": 4,
    "seeds": 2,
    "outcomes": ["css_operating", "spend_per_head"],
    "vary": {"allowance.per_head": [20, 30], "entry.barrier": [50_000, 1_000_000]},
}
"""Designs: one whose points fill a space (128 runs), and a small one (32 runs)."""


def compared(folder: Path, *others: str, runs: int = 4) -> Path:
    """Compare scenarios of the library with the baseline, and return the folder."""
    compare("baseline", *others, runs=runs, out=folder)
    return folder


def swept(folder: Path, design: Mapping[str, object] = SMALL) -> Path:
    """Run a sweep and return its folder."""
    sweep(design, out=folder)
    return folder


def half(folder: Path) -> Path:
    """Leave of a finished folder what one that was stopped half-way has, and return it."""
    parts = sorted((folder / "outcomes").iterdir())
    for part in parts[len(parts) // 2 :]:
        (folder / "receipts" / f"receipt-{part.stem.removeprefix('part-')}.json").unlink()
        part.unlink()
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["files"]
    (folder / "manifest.json").write_text(json.dumps(manifest | {"status": "running"}))
    return folder


def with_ends(folder: Path, ends: Mapping[str, Mapping[str, float]], luck: float = 0.02) -> Path:
    """Put chosen values into the last month of a comparison, and return the folder.

    Args:
        folder: The folder.
        ends: Outcomes by scenario; single changes go by the names that the design gives them.
        luck: How far seeds spread, as a share of the value; the same for each scenario.
    """
    points = pd.read_parquet(folder / "design.parquet").set_index("scenario")["point"]
    for part in (folder / "outcomes").iterdir():
        table = pd.read_parquet(part)
        last = pd.to_datetime(table["month"]) == pd.Timestamp("2016-12-01")
        for scenario, values in ends.items():
            place = last & (table["point"] == points[scenario])
            for outcome, value in values.items():
                table.loc[place, outcome] = value * (1 + luck * (table.loc[place, "seed"] - 2.5))
        table.to_parquet(part, index=False)
        _resized(folder, part)
    return folder


def _resized(folder: Path, part: Path) -> None:
    """Let the manifest tell of a part's size as it is now."""
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][f"outcomes/{part.name}"]["bytes"] = part.stat().st_size
    (folder / "manifest.json").write_text(json.dumps(manifest))
