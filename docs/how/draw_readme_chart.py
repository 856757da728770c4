"""Draw the README's chart anew, from a run of the baseline.

Usage: python docs/how/draw_readme_chart.py
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1]
COMMAND = [sys.executable, "-c", "from outputs.cli import main; main()", "run", "baseline", "--quiet", "--out"]


def main() -> None:
    """Run the baseline and copy its first chart."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*COMMAND, f"{folder}/baseline"], check=True, cwd=DOCS.parent)
        shutil.copy(Path(folder) / "baseline" / "charts" / "units.png", DOCS / "units.png")


if __name__ == "__main__":
    main()
