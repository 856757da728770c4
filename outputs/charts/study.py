"""What a chart must know of the runs that it shows, taken from a results folder."""

from dataclasses import dataclass

from outputs.charts.words import plural
from scenarios.results import Results


@dataclass(frozen=True)
class Study:
    """Which runs of which scenario a chart shows.

    Args:
        scenario: The scenario's id.
        scenario_title: Its title in words.
        runs: How many runs are in the tables.
        seeds: Their seeds, in words.
        version: Version of the model.
        varied: What differs between the runs, in words.
    """

    scenario: str
    scenario_title: str
    runs: int
    seeds: str
    version: str
    varied: str = "chance"

    @property
    def source(self) -> str:
        """Where the numbers come from, for the foot of a chart."""
        runs = plural(self.runs, "run")
        return (
            f"Source: csmarket {self.version}, scenario {self.scenario} ({self.scenario_title}); {runs}, {self.seeds}."
        )

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


def study_of(results: Results) -> Study:
    """Return which runs these results hold, counted from the table and not from what was asked for."""
    manifest, runs = results.manifest, results.outcomes.drop_duplicates("run")
    scenario, seeds = manifest["scenario"], runs["seed"].sort_values().tolist()
    varied = "chance" if manifest.get("uncertainty") in (None, "none") else "chance and uncertain parameters"
    return Study(scenario["name"], scenario["title"], len(runs), _seed_words(seeds), str(manifest["version"]), varied)


def _seed_words(seeds: list[int]) -> str:
    """Return the seeds in words: one, a range, or how many lie in a range with gaps."""
    low, high = seeds[0], seeds[-1]
    if low == high:
        return f"seed {low}"
    return f"seeds {low} to {high}" if high - low + 1 == len(seeds) else f"{len(seeds)} seeds from {low} to {high}"
