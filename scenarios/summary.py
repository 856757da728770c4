"""The summary of many runs: for each outcome and month, the mean, its error and where most runs lie."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from scenarios.writing import replacing

KEYS = ("scenario", "run", "seed", "month")
PERCENTILES = (5, 25, 50, 75, 95)
COLUMNS = ("outcome", "month", "mean", "mc_error", *(f"p{percentile:02d}" for percentile in PERCENTILES))
DIGITS = 10
"""Significant digits kept: more than any reader wants, fewer than machines disagree about."""


def write_summary(outcomes: Path, path: Path) -> None:
    """Summarise a table of outcomes, one column at a time, so that memory stays flat.

    Args:
        outcomes: A Parquet file with a row per run and month.
        path: Where the summary goes, as CSV in long form.

    Raises:
        WriteError: The operating system refused.
    """
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_rows(pq.ParquetFile(outcomes)))


def _rows(file: pq.ParquetFile) -> Iterator[tuple[object, ...]]:
    month = file.read(["month"]).column("month").to_numpy()
    order = np.argsort(month, kind="stable")
    months, starts = np.unique(month[order], return_index=True)
    for name in file.schema_arrow.names:
        if name in KEYS:
            continue
        values = file.read([name]).column(name).to_numpy().astype(float)[order]
        for first_day, over_runs in zip(months, np.split(values, starts[1:]), strict=True):
            yield name, str(np.datetime64(first_day, "D")), *described(over_runs)


def described(values: NDArray[np.float64]) -> list[float | None]:
    """Return the mean of some runs, its Monte Carlo error and five percentiles.

    Runs in which the outcome has no value (NaN) do not count; where none has, every entry is None.

    Args:
        values: One value a run.

    Returns:
        Mean, standard deviation / sqrt(runs) (0 for one run), and the percentiles 5, 25, 50, 75 and 95.
    """
    known = values[~np.isnan(values)]
    if not known.size:
        return [None] * (2 + len(PERCENTILES))
    error = known.std(ddof=1) / np.sqrt(known.size) if known.size > 1 else 0.0
    return [_rounded(value) for value in (known.mean(), error, *np.percentile(known, PERCENTILES))]


def _rounded(value: Any) -> float:
    return float(f"{value:.{DIGITS}g}") + 0.0
