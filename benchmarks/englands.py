"""Several Englands: copies far from each other, each with its own CCGs, regions, suppliers and reach.

The pool of leaders is shared, as is the board.
"""

from dataclasses import fields, replace
from typing import Any

import numpy as np

from simulation.inputs import Clusters, England, Neighbours, PotentialProviders

APART_DEGREES = 150.0
"""Degrees of longitude between two copies: far beyond every reach."""

OWN = ("ods_code", "ons_code", "name", "area_team", "sha", "pct_cluster", "unit", "unit_name", "provider", "shas")
"""Columns that each copy has in its own words."""


def copies_of(england: England, count: int) -> England:
    """Return a market of some copies of England; with one, England itself."""
    if count == 1:
        return england
    ccgs = replace(england.ccgs, **_repeated(england.ccgs, count))
    shift = np.repeat(np.arange(count) * APART_DEGREES, len(england.ccgs.ods_code))
    ccgs = replace(ccgs, lon=ccgs.lon + shift)
    clusters = Clusters(**_repeated(england.clusters, count))
    providers = PotentialProviders(**_repeated(england.providers, count))
    return replace(england, ccgs=ccgs, clusters=clusters, providers=providers, neighbours=_borders(england, count))


def _repeated(table: Any, count: int) -> dict[str, Any]:
    return {column.name: _column(column.name, getattr(table, column.name), count) for column in fields(table)}


def _column(name: str, values: Any, count: int) -> Any:
    if isinstance(values, np.ndarray):
        return np.concatenate([values] * count)
    return tuple(_own(value, copy) if name in OWN else value for copy in range(count) for value in values)


def _own(value: Any, copy: int) -> Any:
    """Return a word, or some, as a copy has it; the number comes first, so that a copy's regions follow each other."""
    if isinstance(value, tuple):
        return tuple(_own(word, copy) for word in value)
    return f"{copy} {value}" if value and copy else value


def _borders(england: England, count: int) -> Neighbours:
    pairs, ccgs = england.neighbours.pairs, len(england.ccgs.ods_code)
    every = np.concatenate([pairs + copy * ccgs for copy in range(count)])
    return Neighbours(every, np.tile(england.neighbours.border_km, count))
