"""Several Englands: copies far from each other, each with its own CCGs, units, leaders and reach.

Regions and the providers that sell in them are shared, as the state of a run has room for ten regions and 80
providers; so each copy's CCGs consider as many suppliers as England's do.
"""

from dataclasses import fields, replace
from typing import Any

import numpy as np

from simulation.inputs import Clusters, England, Neighbours

APART_DEGREES = 150.0
"""Degrees of longitude between two copies: far beyond every reach."""

OWN = ("ods_code", "ons_code", "name", "area_team", "pct_cluster", "unit", "unit_name")
"""Columns that each copy has in its own words."""


def copies_of(england: England, count: int) -> England:
    """Return a market of some copies of England; with one, England itself."""
    if count == 1:
        return england
    ccgs = replace(england.ccgs, **_repeated(england.ccgs, count))
    shift = np.repeat(np.arange(count) * APART_DEGREES, len(england.ccgs.ods_code))
    ccgs = replace(ccgs, lon=ccgs.lon + shift)
    clusters = Clusters(**_repeated(england.clusters, count))
    return replace(england, ccgs=ccgs, clusters=clusters, neighbours=_borders(england, count))


def _repeated(table: Any, count: int) -> dict[str, Any]:
    return {column.name: _column(column.name, getattr(table, column.name), count) for column in fields(table)}


def _column(name: str, values: Any, count: int) -> Any:
    if isinstance(values, np.ndarray):
        return np.tile(values, count)
    own = name in OWN
    return tuple(f"{value} {copy}" if own and value and copy else value for copy in range(count) for value in values)


def _borders(england: England, count: int) -> Neighbours:
    pairs, ccgs = england.neighbours.pairs, len(england.ccgs.ods_code)
    every = np.concatenate([pairs + copy * ccgs for copy in range(count)])
    return Neighbours(every, np.tile(england.neighbours.border_km, count))
