"""Where an outcome falls in a range: rules in plain words, found on some points and checked on the others.

A tree of few leaves splits the space of a design; each leaf in which the outcome is wanted more often than elsewhere
is a rule. Coverage is the part of the wanted points that a rule holds, density the part of its points that are wanted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil, floor
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scenarios.design_file import outcome_fault
from scenarios.sweep_results import SweepResults
from simulation.calendar import first_day
from simulation.faults import InputError, plain
from simulation.outcomes import OUTCOMES
from simulation.parameters import DECLARED

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

HELD_OUT = 0.3
LEAST_POINTS = 100
LEAF_SHARE, LEAST_LEAF = 0.02, 8
MOST_LEAVES = 8
FOLDS = 5
SURE = 0.05
"""Chance, at most, that any rule of a scenario holds by luck alone; it is shared among them (Bonferroni)."""

DIGITS = 3


@dataclass(frozen=True)
class Feature:
    """One column that a tree splits: a number, or whether a factor has one of its values.

    Args:
        factor: Name of the factor.
        kind: ``number``, ``whole``, ``month`` or ``word``.
        word: The value that it asks for.
    """

    factor: str
    kind: str
    word: Any = None

    def words(self, low: float, high: float) -> str:
        """Say in words that the column lies above ``low`` and not above ``high``."""
        if self.kind == "word":
            return self._word(low >= 0.0)
        parts = []
        if np.isfinite(low):
            parts.append(
                f"at least {self._end(low, ceil)}" if self.kind != "number" else f"above {self._end(low, ceil)}"
            )
        if np.isfinite(high):
            parts.append(f"at most {self._end(high, floor)}")
        unit = DECLARED[self.factor].unit if self.factor in DECLARED and self.kind != "month" else ""
        return f"{self.factor} {' and '.join(parts)} {unit}".strip()

    def _word(self, is_it: bool) -> str:
        if isinstance(self.word, bool):
            return f"{self.factor} is {str(self.word == is_it).lower()}"
        return f"{self.factor} is {'' if is_it else 'not '}{self.word}"

    def _end(self, value: float, towards: Any) -> str:
        if self.kind == "number":
            return f"{value:.{DIGITS}g}" if abs(value) < 10**DIGITS else f"{value:,.0f}"
        whole = towards(value)
        return first_day(whole).isoformat()[:7] if self.kind == "month" else f"{whole:,}"


@dataclass
class Box:
    """A leaf of the tree: above ``low`` and not above ``high``, feature by feature."""

    low: dict[int, float] = field(default_factory=dict)
    high: dict[int, float] = field(default_factory=dict)

    def split(self, feature: int, at: float, right: bool) -> "Box":
        """Return the part of the box on one side of a split."""
        box = Box(dict(self.low), dict(self.high))
        if right:
            box.low[feature] = max(at, box.low.get(feature, -np.inf))
        else:
            box.high[feature] = min(at, box.high.get(feature, np.inf))
        return box

    def holds(self, x: Floats) -> Flags:
        """Say of each point whether it lies in the box."""
        inside = np.ones(len(x), bool)
        for feature, low in self.low.items():
            inside &= x[:, feature] > low
        for feature, high in self.high.items():
            inside &= x[:, feature] <= high
        return inside

    def words(self, features: Sequence[Feature]) -> str:
        """Say the box in words."""
        split = [n for n in sorted({*self.low, *self.high}) if n in self.low or not self._says(features, n)]
        told = [features[n].words(self.low.get(n, -np.inf), self.high.get(n, np.inf)) for n in split]
        return ", and ".join(told) if told else "everywhere"

    def _says(self, features: Sequence[Feature], absent: int) -> bool:
        """Say whether the box asks for another word of the factor of a word that it rules out."""
        named = {features[n].factor for n in self.low if features[n].kind == "word"}
        return features[absent].kind == "word" and features[absent].factor in named


def discover(
    results: SweepResults,
    outcome: str,
    month: object = None,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> "pd.DataFrame":
    """Return rules for the part of a sweep's space in which an outcome (its mean at a point) falls in a range.

    Args:
        results: A sweep whose points fill a space: not one at a time.
        outcome: Name of the outcome.
        month: The month, as a date or ISO text; the last that is stored unless told.
        at_least: Least value wanted.
        at_most: Greatest value wanted.

    Returns:
        A row a rule, the surest first: ``scenario``, ``rule`` (words), ``coverage`` and ``density`` on points that
        were held out, ``base_rate`` (the part of them that is wanted anywhere), ``points`` (held out, in the rule),
        ``holds`` (whether the density there is beyond luck), and ``coverage_found`` and ``density_found`` on the
        points on which the rule was found. No rows where no part of the space differs from the rest.

    Raises:
        InputError: The range is none, the outcome is not stored, there are too few points, or all or none are wanted.

    Source:
        Bryant and Lempert (2010) for the question; Breiman et al. (1984) for the tree.
    """
    import pandas as pd

    return pd.DataFrame(rules(results, outcome, month, at_least=at_least, at_most=at_most), columns=COLUMNS)


def rules(
    results: SweepResults,
    outcome: str,
    month: object = None,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> list[dict[str, Any]]:
    """Return the rows of ``discover``, each with its ``box``, for those who want limits and not words.

    The arguments and errors are those of ``discover``; ``columns_of`` gives the columns that a box speaks of.
    """
    _refuse(results, outcome, at_least, at_most)
    low, high = -np.inf if at_least is None else at_least, np.inf if at_most is None else at_most
    table = results.at_points([outcome], month).dropna(subset=[outcome])
    rows: list[dict[str, Any]] = []
    for scenario, points in table.groupby("scenario", sort=False, observed=True):
        wanted = points[outcome].between(low, high).to_numpy()
        if wanted.all() or not wanted.any():
            values = points[outcome]
            told = f"{'every' if wanted.all() else 'no'} point of {scenario} is in the range"
            raise InputError([f"{told}: {outcome} goes from {values.min():.4g} to {values.max():.4g} there"])
        x, features = columns_of(results, points)
        rows += [{"scenario": scenario} | row for row in _rules(x, features, wanted, points["point"].to_numpy())]
    return rows


COLUMNS = ("scenario", "rule", "coverage", "density", "base_rate", "points", "holds", "coverage_found",
           "density_found")  # fmt: skip


def _refuse(results: SweepResults, outcome: str, at_least: float | None, at_most: float | None) -> None:
    faults = [fault] if (fault := outcome_fault(outcome)) else []
    if at_least is None and at_most is None:
        faults.append("the range is missing: say at least, at most or both")
    elif at_least is not None and at_most is not None and at_least > at_most:
        faults.append(f"the range from {plain(at_least)} to {plain(at_most)} is reversed")
    points = results.manifest["points"] // max(1, len(results.manifest["scenarios"]))
    if results.method in ("one_at_a_time", "scenarios") or points < LEAST_POINTS:
        told = f"{results.folder}: {points:,} points by {results.method} do not fill a space"
        faults.append(f"{told}: it takes {LEAST_POINTS} or more, by latin_hypercube, sobol, grid or csv")
    if faults:
        raise InputError(faults)


def columns_of(results: SweepResults, points: "pd.DataFrame") -> tuple[Floats, list[Feature]]:
    """Return a design's points as columns that a tree can split, [point, feature], and what each column is."""
    columns: list[Floats] = []
    features: list[Feature] = []
    for name in results.factors:
        column = points[name]
        if column.dtype.kind == "M":
            columns.append((12 * (column.dt.year - first_day(0).year) + column.dt.month - 1).to_numpy(float))
            features.append(Feature(name, "month"))
        elif column.dtype.kind in "fi":
            columns.append(column.to_numpy(float))
            features.append(Feature(name, "whole" if name in DECLARED and DECLARED[name].whole else "number"))
        else:
            words = sorted(column.dropna().unique(), key=str)
            for word in words if len(words) > 2 else words[-1:]:
                columns.append((column == word).to_numpy(float) - 0.5)
                features.append(Feature(name, "word", word if not isinstance(word, np.bool_) else bool(word)))
    return np.column_stack(columns), features


def _rules(x: Floats, features: Sequence[Feature], wanted: Flags, points: NDArray[Any]) -> list[dict[str, Any]]:
    """Return the rules of one scenario, the surest first."""
    from scipy.stats import binom

    held = np.random.default_rng(1).permutation(len(points)) < HELD_OUT * len(points)
    rows: list[dict[str, Any]] = []
    boxes = boxes_of(x[~held], wanted[~held])
    for box in boxes:
        found, checked = box.holds(x[~held]), box.holds(x[held])
        if not wanted[~held][found].mean() > wanted[~held].mean():
            continue
        rate, inside, right = wanted[held].mean(), int(checked.sum()), int(wanted[held][checked].sum())
        luck = binom.sf(right - 1, inside, rate) if inside else 1.0
        rows.append(
            {
                "box": box,
                "rule": box.words(features),
                "coverage": right / max(1, int(wanted[held].sum())),
                "density": right / inside if inside else float("nan"),
                "base_rate": float(rate),
                "points": inside,
                "holds": bool(luck < SURE / len(boxes)),
                "coverage_found": float(wanted[~held][found].sum() / wanted[~held].sum()),
                "density_found": float(wanted[~held][found].mean()),
            }
        )
    return sorted(rows, key=lambda row: (-row["holds"], -np.nan_to_num(row["density"]), -row["coverage"]))


def boxes_of(x: Floats, wanted: Flags) -> list[Box]:
    """Return the leaves of a tree as boxes; how many is settled by cross-validation. One leaf is no rule."""
    from sklearn.model_selection import GridSearchCV, StratifiedKFold
    from sklearn.tree import DecisionTreeClassifier

    folds = min(FOLDS, int(wanted.sum()), int((~wanted).sum()))
    if folds < 2:
        return []
    least = max(LEAST_LEAF, int(LEAF_SHARE * len(x)))
    search = GridSearchCV(
        DecisionTreeClassifier(min_samples_leaf=least, random_state=0),
        {"max_leaf_nodes": range(2, MOST_LEAVES + 1)},
        scoring="neg_log_loss",
        cv=StratifiedKFold(folds, shuffle=True, random_state=0),
    )
    tree = search.fit(x, wanted).best_estimator_.tree_
    return list(_leaves(tree, 0, Box())) if tree.node_count > 1 else []


def _leaves(tree: Any, node: int, box: Box) -> Iterator[Box]:
    if tree.children_left[node] < 0:
        yield box
        return
    feature, at = int(tree.feature[node]), float(tree.threshold[node])
    yield from _leaves(tree, tree.children_left[node], box.split(feature, at, right=False))
    yield from _leaves(tree, tree.children_right[node], box.split(feature, at, right=True))


def range_words(outcome: str, at_least: float | None, at_most: float | None) -> str:
    """Say in words which values are wanted."""
    ends = [
        f"at least {plain(at_least)}" if at_least is not None else "",
        f"at most {plain(at_most)}" if at_most is not None else "",
    ]
    return f"{outcome} {' and '.join(end for end in ends if end)} ({OUTCOMES[outcome].unit})"
