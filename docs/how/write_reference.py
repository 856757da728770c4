"""Write the reference tables anew, and the README's chart from a run of the baseline.

Usage: python docs/how/write_reference.py
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLES = ("parameters", "outcomes")


def csmarket(*words: str) -> str:
    """Return what a command prints."""
    command = [sys.executable, "-c", "from outputs.cli import main; main()", *words]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, encoding="utf-8").stdout


def main() -> None:
    """Write the tables and the chart."""
    for table in TABLES:
        (ROOT / "docs" / f"{table}.md").write_text(csmarket(table, "--format", "markdown"), encoding="utf-8")
    csmarket("run", "baseline", "--quiet")
    shutil.copy(ROOT / "runs" / "baseline" / "charts" / "units.png", ROOT / "docs" / "units.png")


if __name__ == "__main__":
    main()
