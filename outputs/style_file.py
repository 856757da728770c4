"""Read a style file: a house's own colours and fonts, in TOML."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from outputs.charts.house import INKS, LADDER, SOURCES, USUAL, USUAL_FONTS, Style, contrast, installed
from simulation.faults import InputError

COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
TABLES = ("name", "colours", "fonts")
LEAST_CONTRAST = 4.5
"""Of words on paper, as the web's rule for accessible text has it."""


def read_style(path: str | Path) -> Style:
    """Read a style file.

    A style file may hold ``name``, a table ``[colours]`` of ``#RRGGBB`` by role, with ``ladder`` a list of four from
    little to much, and a table ``[fonts]`` with ``family``, a name or a list of names.

    Raises:
        InputError: It cannot be read, or something in it is not allowed; all faults at once.
    """
    path = Path(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError([f"{path}: cannot be read ({error.strerror}): name a style file (TOML)"]) from None
    except ValueError as error:
        raise InputError([f"{path}: is not TOML that can be read: {error}"]) from None
    if faults := [f"{path}: {fault}" for fault in _faults(content)]:
        raise InputError(faults)
    return _style(content, path)


def _style(content: Mapping[str, Any], path: Path) -> Style:
    colours = dict(content.get("colours", {}))
    ladder = tuple(colours.pop("ladder", LADDER))
    family = content.get("fonts", {}).get("family", [])
    families = (family,) if isinstance(family, str) else tuple(family)
    return Style(str(content.get("name", path.stem)), colours, (*families, *USUAL_FONTS), ladder)


def _faults(content: Mapping[str, Any]) -> Iterator[str]:
    for key in content:
        if key not in TABLES:
            yield f"{key} is not known: a style file holds {', '.join(TABLES)}"
    colours, fonts = content.get("colours", {}), content.get("fonts", {})
    for name, table in (("colours", colours), ("fonts", fonts)):
        if not isinstance(table, dict):
            yield f"{name} = {table!r} is not a table: head it [{name}]"
            return
    yield from _colour_faults(colours)
    yield from _font_faults(fonts)


def _colour_faults(colours: Mapping[str, Any]) -> Iterator[str]:
    for role, value in colours.items():
        if role == "ladder":
            yield from _ladder_faults(value)
        elif role not in USUAL:
            near = get_close_matches(role, USUAL, n=1)
            yield f"colours.{role} is not known: " + (f"did you mean {near[0]}?" if near else f"use {', '.join(USUAL)}")
        elif not isinstance(value, str) or not COLOUR.fullmatch(value):
            yield f'colours.{role} = {value!r} is not a colour: write it as "#12436D"'
    yield from _contrast_faults(colours)


def _ladder_faults(value: object) -> Iterator[str]:
    known = isinstance(value, list) and all(isinstance(one, str) and COLOUR.fullmatch(one) for one in value)
    if not isinstance(value, list) or not known or len(value) != len(LADDER):
        yield f"colours.ladder = {value!r} is not allowed: it must be {len(LADDER)} colours from little to much"


def _contrast_faults(colours: Mapping[str, Any]) -> Iterator[str]:
    """Yield the inks that could not be read on the paper."""
    own = {role: value for role, value in colours.items() if isinstance(value, str) and COLOUR.fullmatch(value)}
    paper = own.get("paper", USUAL["paper"])
    for role in (*INKS, *(f"{source}_ink" for source in SOURCES)):
        ink = own.get(role, USUAL[role])
        if (role in own or "paper" in own) and (found := contrast(ink, paper)) < LEAST_CONTRAST:
            yield (
                f"colours.{role} = {ink} cannot be read on {paper}: its contrast is {found:.1f} and must be "
                f"{LEAST_CONTRAST} or more"
            )


def _font_faults(fonts: Mapping[str, Any]) -> Iterator[str]:
    for key in fonts:
        if key != "family":
            yield f"fonts.{key} is not known: use fonts.family"
    family = fonts.get("family", [])
    names = [family] if isinstance(family, str) else family
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        yield f"fonts.family = {family!r} is not allowed: it must be a name or a list of names"
    elif names and not any(name in installed() for name in names):
        yield f"fonts.family = {family!r}: none of these is installed here: install one, or leave it out"
