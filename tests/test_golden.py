"""The baseline's means, to the last digit: a change of results is never an accident.

When results are meant to change, write the table anew and say why under **Results** in the changelog:
``python tests/test_golden.py --write``
"""

import csv
import io
import sys
from pathlib import Path

from small_market import england, outcome, run

GOLDEN = Path(__file__).parent / "golden" / "baseline.csv"
SEEDS = range(1, 21)
MONTHS = {"2012-01-01": 0, "2012-06-01": 5, "2013-04-01": 15, "2016-12-01": 59}
OUTCOMES = (
    "css_operating", "providers_active", "switches_to_date", "home_css_share", "private_share", "in_house_share",
    "hhi_national", "hhi_local", "spend_per_head", "redundancy_cost_to_date", "fte_css", "quality", "unmet_need_share",
)  # fmt: skip


def table() -> str:
    """Return the means over 20 runs as a CSV text, every digit kept."""
    histories = run(england(), SEEDS)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("outcome", "month", "mean"))
    for name in OUTCOMES:
        for day, month in MONTHS.items():
            writer.writerow((name, day, repr(float(sum(outcome(histories, name, month).tolist()) / len(SEEDS)))))
    return text.getvalue()


def test_the_means_of_the_baseline_are_what_they_were():
    assert table().splitlines() == GOLDEN.read_text(encoding="utf-8").splitlines()


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(table(), encoding="utf-8", newline="\n")
