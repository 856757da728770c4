"""Write the tables of docs/benchmark.md: ``python docs/how/write_benchmark_page.py bench.json``."""

import json
import os
import platform
import sys
from pathlib import Path

from outputs.benchmarking import figures

PAGE = Path(__file__).parent.parent / "benchmark.md"
MARK = "<!-- from here on written by docs/how/write_benchmark_page.py -->\n"


def main() -> None:
    """Write the tables under the mark of the page."""
    found = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    ratios = "".join(f"| {name} | {value:.2f} |\n" for name, value in found["ratios"].items())
    rest = "".join(f"| {name.replace('_', ' ')} | {value} |\n" for name, value in figures(found))
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    tables = (
        f"\nMeasured on {machine}.\n\n| ratio | times |\n|---|---|\n{ratios}\n| figure | value |\n|---|---|\n{rest}"
    )
    prose = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    PAGE.write_text(prose + MARK + tables, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
