"""Write the register of assumptions as a table that reports carry: outputs/data/assumptions.csv.

Usage: python docs/how/write_assumptions.py
"""

import csv
import io
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REGISTER = ROOT / "docs" / "assumptions.md"
TABLE = ROOT / "outputs" / "data" / "assumptions.csv"
PARTS = {"statement": "Statement", "grade": "Grade", "if_wrong": "If wrong"}
COLUMNS = ("key", "title", *PARTS)


def rows_of(text: str) -> list[dict[str, str]]:
    """Return a row for each assumption of the register."""
    sections = re.split(r"^## (?=A-\d\d )", text, flags=re.MULTILINE)[1:]
    return [_row(section) for section in sections]


def _row(section: str) -> dict[str, str]:
    key, title = section.splitlines()[0].split(" ", 1)
    parts = {}
    for name, label in PARTS.items():
        found = re.search(rf"^- \*\*{label}\.\*\* (.*?)(?=^- \*\*|^##|\Z)", section, re.MULTILINE | re.DOTALL)
        parts[name] = _plain(found[1]) if found else ""
    return {"key": key, "title": title.strip(), **parts}


def _plain(text: str) -> str:
    """Return a paragraph in one line, without the marks of Markdown."""
    return " ".join(re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text).replace("`", "").split())


def table_of(text: str) -> str:
    """Return the register as CSV."""
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows_of(text))
    return file.getvalue()


if __name__ == "__main__":
    TABLE.write_text(table_of(REGISTER.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
