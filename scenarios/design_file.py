"""Read and check one design: everything that is wrong with it, at once, before anything runs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from scenarios.design import METHODS, MOST_POINTS, Design, count_of, laid_out, read_points, table_of
from scenarios.factor import Factor, factor_of, flat_factors, policy_name
from scenarios.scenario import Scenario, is_path, load_scenario
from scenarios.scenario_file import unknown_key
from scenarios.toml_file import read_toml
from scenarios.work import MOST_RUNS, number_fault
from simulation.calendar import N_MONTHS, first_day, month_of
from simulation.faults import InputError
from simulation.outcomes import OUTCOMES

KEYS = ("title", "scenario", "method", "points", "seeds", "first_seed", "sample_seed", "levels", "file",
        "outcomes", "months", "vary")  # fmt: skip
ADVICE = "docs/sweeps.md shows one"
LAST_MONTH = N_MONTHS - 1
EVERY = "all"
MOST_MORRIS_LEVELS = 100


def load_design(design: str | Path | Mapping[str, Any] | Design, meanwhile: Callable[[], None] | None = None) -> Design:
    """Read, check and lay out a design.

    Args:
        design: A path to a TOML file, or the same keys and values from Python.
        meanwhile: What this process does while another draws the points, where that takes a while.

    Raises:
        InputError: Something is wrong with it or with what it names; all faults at once.
    """
    if isinstance(design, Design):
        return design
    if isinstance(design, Mapping):
        return _Reader("the design", "design", Path()).design(dict(design), meanwhile)
    path = Path(design)
    label = path.as_posix()
    try:
        content = read_toml(path, what="design", needs="scenario, method and [vary]", advice=ADVICE)
    except ValueError as error:
        raise InputError([f"{label}: {error}"]) from None
    return _Reader(label, path.stem, path.parent).design(content, meanwhile)


class _Reader:
    """Reads the content of one design and gathers what is wrong with it.

    Args:
        label: How messages name the design.
        name: What its results are called.
        folder: Where the files that it names are.
    """

    def __init__(self, label: str, name: str, folder: Path) -> None:
        self.label, self.name, self.folder = label, name, folder
        self.faults: list[str] = []

    def complain(self, fault: str) -> None:
        """Note a fault under the design's name."""
        self.faults.append(f"{self.label}: {fault}")

    def design(self, content: dict[str, Any], meanwhile: Callable[[], None] | None) -> Design:
        """Return the design, or raise with all faults."""
        for key in sorted(content.keys() - set(KEYS)):
            self.complain(unknown_key(key, KEYS, "[vary]"))
        method = self._method(content.get("method"))
        scenarios = self._scenarios(content.get("scenario", "baseline"))
        factors = self._factors(content.get("vary", {}), scenarios)
        base_points = self._base_points(content, method)
        seeds = self._number(content, "seeds", 1, 1, MOST_RUNS)
        first_seed, sample_seed = self._seed(content, "first_seed"), self._seed(content, "sample_seed")
        levels = self._levels(content, method)
        outcomes = self._outcomes(content.get("outcomes", EVERY))
        months = self._months(content.get("months"))
        title = self._title(content.get("title", ""))
        columns: dict[str, list[Any]] = {}
        if method == "csv":
            factors, columns = self._file(content, factors)
        elif "file" in content:
            self.complain(f"file = {content['file']!r} is read by the method csv alone")
        if method and method != "csv" and not factors and not self.faults:
            self.complain('[vary] is missing: say what varies, as in "choice.noise" = [1, 5]')
        if not self.faults and method != "csv":
            self._refuse_too_many(method, factors, base_points, len(scenarios), seeds)
        self._stop_on_faults()
        if method == "csv":
            points = table_of(columns, factors, scenarios)
        else:
            points = laid_out(method, factors, scenarios, base_points, sample_seed, levels, meanwhile)
        return Design(
            name=self.name, source=self.label, method=method, base_points=base_points, scenarios=scenarios,
            factors=tuple(factors), points=points, seeds=seeds, first_seed=first_seed, outcomes=outcomes,
            months=months, sample_seed=sample_seed, levels=levels, title=title,
        )  # fmt: skip

    def _stop_on_faults(self) -> None:
        if self.faults:
            raise InputError(self.faults)

    def _title(self, title: object) -> str:
        if not isinstance(title, str):
            self.complain(f"title = {title!r} is not allowed: it must be a text")
        return str(title)

    # ---- What is run ---------------------------------------------------------------------------------------

    def _method(self, method: object) -> str:
        if method in METHODS:
            return str(method)
        near = get_close_matches(str(method), METHODS, n=1)
        advice = f": did you mean {near[0]}?" if near and method is not None else ""
        told = "method is missing" if method is None else f"method = {method!r} is not allowed"
        self.complain(f"{told}: it must be one of {', '.join(METHODS)}{advice}")
        return ""

    def _scenarios(self, written: object) -> tuple[Scenario, ...]:
        names = [written] if isinstance(written, (str, Path, Scenario)) else written
        if (
            not isinstance(names, (list, tuple))
            or not names
            or not all(isinstance(n, (str, Path, Scenario)) for n in names)
        ):
            self.complain(f"scenario = {written!r} is not allowed: it must be a name or path, or a list of such")
            return ()
        loaded = [scenario for name in names if (scenario := self._scenario(name))]
        seen = [scenario.name for scenario in loaded]
        for name in sorted({name for name in seen if seen.count(name) > 1}):
            self.complain(f"scenario: {name} is there twice: each needs a name of its own")
        return tuple(loaded)

    def _scenario(self, name: str | Path | Scenario) -> Scenario | None:
        if isinstance(name, Scenario):
            return name
        try:
            return load_scenario(self.folder / name if is_path(name) else name)
        except InputError as error:
            self.faults.extend(f"{self.label}: scenario: {fault}" for fault in error.faults)
            return None

    def _factors(self, table: object, scenarios: Sequence[Scenario]) -> list[Factor]:
        if not isinstance(table, Mapping):
            self.complain(f"vary = {table!r} is not allowed: it must be a table, [vary]")
            return []
        found: list[str] = []
        pairs = list(flat_factors(table))
        factors = [factor for name, written in pairs if (factor := factor_of(name, written, found))]
        for fault in found:
            self.complain(f"[vary]: {fault}")
        for factor in factors:
            self._check_policy(factor, {factor.name for factor in factors}, scenarios)
        return factors

    def _check_policy(self, factor: Factor, varied: set[str], scenarios: Sequence[Scenario]) -> None:
        """See to it that the policy of a factor is there in every scenario, and still does something."""
        name = policy_name(factor.name)
        for scenario in scenarios if name else ():
            named = {policy.name: policy for policy in scenario.policies if policy.name}
            if name not in named:
                there = f"its policies are {', '.join(named)}" if named else "none of its policies has a name"
                self.complain(f"[vary]: {factor.name}: {scenario.name} has no policy named {name}: {there}")
            elif set(named[name].changes) <= varied:
                changes = " and ".join(named[name].changes)
                self.complain(f"[vary]: {factor.name} would do nothing, as {changes} is varied too: drop one of them")

    # ---- How much ------------------------------------------------------------------------------------------

    def _base_points(self, content: Mapping[str, Any], method: str) -> int:
        default = None if method in ("latin_hypercube", "sobol", "morris") else 5
        if method == "csv":
            if "points" in content:
                self.complain("points is not for the method csv: each line of the file is a point")
            return 0
        if "points" not in content and default is None:
            self.complain(f"points is missing: say how many, as in points = {512 if method == 'sobol' else 100}")
            return 0
        points = self._number(content, "points", default or 1, 1 if method == "latin_hypercube" else 2, MOST_POINTS)
        if method == "sobol" and points & (points - 1):
            below = 1 << (points.bit_length() - 1)
            self.complain(
                f"points = {points} is not allowed for sobol: it must be a power of two, as {below} or {2 * below}"
            )
        return points

    def _levels(self, content: Mapping[str, Any], method: str) -> int:
        levels = self._number(content, "levels", 4, 2, MOST_MORRIS_LEVELS)
        if "levels" in content and method != "morris":
            self.complain('levels is for the method morris; in a grid write "name" = { low = 1, high = 5, levels = 3 }')
        if levels % 2:
            self.complain(f"levels = {levels} is not allowed: Morris' design wants an even number")
        return levels

    def _number(self, content: Mapping[str, Any], key: str, default: int, low: int, high: int) -> int:
        value = content.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.complain(f"{key} = {value!r} is not allowed: it must be a whole number from {low:,} to {high:,}")
        return default

    def _seed(self, content: Mapping[str, Any], key: str) -> int:
        value = content.get(key, 1)
        if fault := number_fault("seed", value, key):
            self.complain(fault)
            return 1
        return int(value)

    def _refuse_too_many(self, method: str, factors: Sequence[Factor], base: int, scenarios: int, seeds: int) -> None:
        points = count_of(method, factors, base) * scenarios
        if points > MOST_POINTS:
            advice = "vary less, or use latin_hypercube or sobol, whose points do not grow with the number of levels"
            self.complain(f"{method} would have {points:,} points, and {MOST_POINTS:,} are the most: {advice}")
        elif points * seeds > MOST_RUNS:
            self.complain(
                f"{points:,} points with {seeds:,} seeds are {points * seeds:,} runs, and {MOST_RUNS:,} are the most"
            )

    # ---- What is stored ------------------------------------------------------------------------------------

    def _outcomes(self, written: object) -> tuple[str, ...]:
        if written == EVERY:
            return tuple(OUTCOMES)
        if not isinstance(written, (list, tuple)) or not written:
            self.complain(f'outcomes = {written!r} is not allowed: it must be a list of names, or "{EVERY}"')
            return ()
        return tuple(name for name in dict.fromkeys(written) if self._is_outcome(name))

    def _is_outcome(self, name: object) -> bool:
        if fault := outcome_fault(name):
            self.complain(f"outcomes: {fault}")
        return name in OUTCOMES

    def _months(self, written: object) -> tuple[int, ...]:
        if written is None:
            return (LAST_MONTH,)
        if written == EVERY:
            return tuple(range(N_MONTHS))
        if not isinstance(written, (list, tuple)) or not written:
            self.complain(f'months = {written!r} is not allowed: it must be a list of dates, or "{EVERY}"')
            return ()
        months = {month for day in written if (month := self._month(day)) is not None}
        return tuple(sorted(months))

    def _month(self, day: object) -> int | None:
        try:
            return month_named(day)
        except ValueError as error:
            self.complain(f"months: {error}")
            return None

    # ---- A file of points ----------------------------------------------------------------------------------

    def _file(self, content: Mapping[str, Any], listed: Sequence[Factor]) -> tuple[list[Factor], dict[str, list[Any]]]:
        file = content.get("file")
        if not isinstance(file, (str, Path)) or not str(file).strip():
            self.complain('file is missing: the method csv reads its points from one, as in file = "points.csv"')
            return [], {}
        try:
            return read_points(self.folder / file, {factor.name: factor for factor in listed})
        except InputError as error:
            self.faults.extend(f"{self.label}: {fault}" for fault in error.faults)
            return [], {}


def outcome_fault(name: object) -> str | None:
    """Say what is wrong with the name of an outcome, or None when there is one of that name."""
    if name in OUTCOMES:
        return None
    near = get_close_matches(str(name), OUTCOMES, n=1)
    return f"there is no outcome {name}: " + (f"did you mean {near[0]}?" if near else "'csmarket outcomes' lists them")


def month_named(day: object) -> int:
    """Return the month (0 is January 2012) of a date, or of its text.

    Raises:
        ValueError: It is no date, or outside the months of a run.
    """
    if isinstance(day, str):
        try:
            day = date.fromisoformat(day if len(day) > len("2016-12") else f"{day}-01")
        except ValueError:
            raise ValueError(f"{day!r} is not a date: write it as in 2016-12-01") from None
    if isinstance(day, datetime) or not isinstance(day, date):
        raise ValueError(f"{day!r} is not a date: write it as in 2016-12-01")
    month = month_of(day)
    if not 0 <= month < N_MONTHS:
        raise ValueError(f"{day} is outside {first_day(0)} to {first_day(LAST_MONTH)}, the months of a run")
    return month
