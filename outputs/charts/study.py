"""What a chart must know of the runs that it shows, taken from a results folder."""

from dataclasses import dataclass, field
from typing import Any

from outputs.charts.words import plural
from outputs.experiment import Experiment
from scenarios.results import Results


@dataclass(frozen=True)
class Study:
    """Which runs of which scenarios a chart shows.

    Args:
        scenario: The scenario's id; of an experiment, their ids in one text.
        scenario_title: Its title in words; empty for an experiment.
        runs: How many runs are in the tables; of an experiment, how many a point.
        seeds: Their seeds, in words.
        version: Version of the model.
        varied: What differs between the runs, in words.
        points: How many points of an experiment are stored; 0 for one scenario.
        partial: How far unfinished results are, in words; empty where they are finished.
        titles: Titles of the scenarios, by id.
    """

    scenario: str
    scenario_title: str
    runs: int
    seeds: str
    version: str
    varied: str = "chance"
    points: int = 0
    partial: str = ""
    titles: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def source(self) -> str:
        """Where the numbers come from, for the foot of a chart."""
        runs = plural(self.runs, "run")
        if self.points:
            counted = f"{plural(self.points, 'point')}, {runs} each, {self.seeds}"
            partial = f" PARTIAL: {self.partial}." if self.partial else ""
            return f"Source: csmarket {self.version}, {self.scenario}; {counted}.{partial}"
        return (
            f"Source: csmarket {self.version}, scenario {self.scenario} ({self.scenario_title}); {runs}, {self.seeds}."
        )

    def as_dict(self) -> dict[str, Any]:
        """Return it for a chart's description."""
        told: dict[str, Any] = {
            "scenario": self.scenario, "runs": self.runs, "seeds": self.seeds, "version": self.version,
        }  # fmt: skip
        if self.points:
            told |= {"points": self.points, "partial": self.partial or None}
        return told

    def spread_note(self, banded: bool) -> str:
        """Return what bands over the runs mean, or why there are none."""
        if self.runs == 1:
            return f"One run, so no bands: {self.varied} could give another history."
        if not banded:
            return f"All {self.runs} runs are alike here, so no bands."
        return f"Bands are the spread of the model over {self.varied}, not a forecast error."

    def told(self, finding: str, alike: bool = False) -> str:
        """Return a finding as a headline that says if it is one run's alone, or every run's.

        Args:
            finding: What happens, as a clause.
            alike: Whether all runs draw the same.
        """
        if self.runs == 1:
            return f"In one run, {finding}"
        return f"In all {self.runs} runs, {finding}" if alike else finding[0].upper() + finding[1:]

    def over_runs(self, statistic: str) -> str:
        """Return what a line shows of the runs, for a subtitle."""
        return "one run" if self.runs == 1 else f"{statistic} of {self.runs} runs"

    def middle(self, banded: bool) -> str:
        """Return what the middle line is called: the median, or the runs where there is no spread."""
        if self.runs == 1:
            return "one run"
        return "median" if banded else f"all {self.runs} runs"


def study_of(results: Results | Experiment) -> Study:
    """Return which runs these results hold, counted from the tables and not from what was asked for."""
    if isinstance(results, Experiment):
        return _study_of_experiment(results)
    manifest, runs = results.manifest, results.outcomes.drop_duplicates("run")
    scenario, seeds = manifest["scenario"], runs["seed"].sort_values().tolist()
    return Study(
        scenario["name"],
        scenario["title"],
        len(runs),
        _seed_words(seeds),
        str(manifest["version"]),
        _varied(manifest),
        titles={scenario["name"]: scenario["title"]},
    )


def _study_of_experiment(results: Experiment) -> Study:
    names = results.scenarios
    label = "scenario" if len(names) == 1 else "scenarios"
    seeds = results.seeds
    return Study(
        f"{label} {', '.join(names)}",
        "",
        len(seeds),
        _seed_words(seeds),
        str(results.manifest.get("version", "")),
        _varied(results.manifest),
        points=results.points_stored,
        partial=results.partial,
        titles=results.titles,
    )


def _varied(manifest: dict[str, Any]) -> str:
    return "chance" if manifest.get("uncertainty") in (None, "none") else "chance and uncertain parameters"


def _seed_words(seeds: list[int]) -> str:
    """Return the seeds in words: one, a range, or how many lie in a range with gaps."""
    low, high = seeds[0], seeds[-1]
    if low == high:
        return f"seed {low}"
    return f"seeds {low} to {high}" if high - low + 1 == len(seeds) else f"{len(seeds)} seeds from {low} to {high}"
