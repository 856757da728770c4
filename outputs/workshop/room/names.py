"""What people call themselves, made fit for a list on a wall."""

import unicodedata

LONGEST = 24
MOST_MARKS = 2
"""Accents on one letter; more would climb over the lines above."""


def clean_name(text: object) -> str:
    """Return a name in one line of at most 24 characters, without what cannot be seen; it may be empty.

    Markup stays as it was typed: pages show it as text.
    """
    if not isinstance(text, str):
        return ""
    kept, marks = [], 0
    for letter in unicodedata.normalize("NFC", text[: LONGEST * 8]):
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind.startswith("M") else 0
        if letter.isspace():
            kept.append(" ")
        elif not kind.startswith("C") and marks <= MOST_MARKS:
            kept.append(letter)
    return " ".join("".join(kept).split())[:LONGEST].strip()


def apart(name: str, others: set[str]) -> str:
    """Return a name, with a number where somebody has it already."""
    number, tried = 2, name
    while tried.casefold() in {other.casefold() for other in others}:
        tried = f"{name} {number}"
        number += 1
    return tried
