"""England with CCGs of at least a size: those under it join a neighbour before the run begins."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import lru_cache
from typing import Any

import numpy as np

from simulation.inputs import Ccgs, England, Neighbours, read_only


@lru_cache(maxsize=64)
def with_larger_ccgs(england: England, minimum: float) -> England:
    """Return England in which CCGs under a minimum population have joined a neighbour.

    The smallest joins first. It takes the smallest neighbour of its own cluster, else of its SHA, else any; the
    larger of the two keeps its code, name and place on the tile map. One without a neighbour stays as it is.

    Args:
        england: The data.
        minimum: Least population (people); 0 leaves England as it is.

    Source:
        K-28: the BMA asked for at least 750,000 people.
    """
    if not (england.ccgs.population < minimum).any():
        return england
    groups = joined(england, minimum)
    return replace(england, ccgs=_merged_ccgs(england.ccgs, groups), neighbours=_merged_borders(england, groups))


def joined(england: England, minimum: float) -> dict[int, list[int]]:
    """Return the rows of the CCGs that make up each larger one, by the row of the one whose code it keeps."""
    people = dict(enumerate(england.ccgs.population.tolist()))
    members = {row: [row] for row in people}
    beside: dict[int, set[int]] = {row: set() for row in people}
    for a, b in england.neighbours.pairs.tolist():
        beside[a].add(b)
        beside[b].add(a)
    while small := [row for row in people if people[row] < minimum and beside[row]]:
        row = min(small, key=lambda one: (people[one], one))
        partner = _partner(england.ccgs, row, beside[row], people)
        kept, gone = (row, partner) if people[row] > people[partner] else (partner, row)
        people[kept] += people.pop(gone)
        members[kept] += members.pop(gone)
        for other in beside.pop(gone):
            beside[other].discard(gone)
            if other != kept:
                beside[other].add(kept)
                beside[kept].add(other)
    return {row: sorted(members[row]) for row in sorted(members)}


def _partner(ccgs: Ccgs, row: int, beside: set[int], people: Mapping[int, float]) -> int:
    """Return the neighbour that a CCG joins."""

    def rank(other: int) -> tuple[bool, bool, float, int]:
        elsewhere = ccgs.pct_cluster[other] != ccgs.pct_cluster[row]
        return elsewhere, ccgs.sha[other] != ccgs.sha[row], people[other], other

    return min(beside, key=rank)


def _merged_ccgs(ccgs: Ccgs, groups: Mapping[int, Sequence[int]]) -> Ccgs:
    """Return the larger CCGs: people and allowances add up, and the place is the middle of their people."""
    kept = list(groups)
    columns: dict[str, Any] = {}
    for column in fields(Ccgs):
        values = getattr(ccgs, column.name)
        columns[column.name] = values[kept] if isinstance(values, np.ndarray) else tuple(values[row] for row in kept)
    people = [sum(ccgs.population[group].tolist()) for group in groups.values()]
    for name in ("lat", "lon"):
        weighted = [(getattr(ccgs, name)[group] * ccgs.population[group]).tolist() for group in groups.values()]
        columns[name] = read_only([sum(some) / total for some, total in zip(weighted, people, strict=True)], np.float64)
    columns["population"] = read_only(people, np.float64)
    columns["allowance_gbp"] = read_only([sum(ccgs.allowance_gbp[g].tolist()) for g in groups.values()], np.float64)
    return Ccgs(**columns)


def _merged_borders(england: England, groups: Mapping[int, Sequence[int]]) -> Neighbours:
    """Return which of the larger CCGs lie side by side, in the order of their rows, and along how many km."""
    place = {row: new for new, group in enumerate(groups.values()) for row in group}
    borders: dict[tuple[int, int], float] = {}
    for (a, b), km in zip(england.neighbours.pairs.tolist(), england.neighbours.border_km.tolist(), strict=True):
        pair = min(place[a], place[b]), max(place[a], place[b])
        if pair[0] != pair[1]:
            borders[pair] = borders.get(pair, 0.0) + km
    pairs = np.array(sorted(borders), dtype=np.int64).reshape(-1, 2)
    return Neighbours(read_only(pairs, np.int64), read_only([borders[pair] for pair in sorted(borders)], np.float64))
