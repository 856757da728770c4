"""What a chart is: a table measured from the results, words made from the table, a drawing of the table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from outputs.charts.house import house_style
from outputs.charts.leaders import Leaders, leaders
from outputs.charts.page import Page, Words
from outputs.charts.sheet import PAGE, Sheet
from outputs.charts.study import Study
from simulation.inputs import England

RUN = ("run",)
EXPERIMENT = ("compare", "sweep")
"""The kinds of results folder that a chart can be of."""


@dataclass(frozen=True)
class Choice:
    """What a reader may choose for charts that could show one thing or another.

    Args:
        run: The run that a chart of one run shows; the one nearest the middle where none is chosen.
        outcome: The outcome that a chart of one outcome shows.
        across: The parameter along the bottom of a map of two parameters.
        up: The parameter up its side.
        at_least: Least value of the outcome that a rule is for.
        at_most: Greatest value of it.
    """

    run: int | None = None
    outcome: str | None = None
    across: str | None = None
    up: str | None = None
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True)
class Material:
    """What a chart is measured from.

    Args:
        results: The stored results: of one scenario's runs, or of an experiment.
        england: The CCGs, units and lines.
        choice: What the reader chose.
    """

    results: Any
    england: England
    choice: Choice = field(default_factory=Choice)

    @cached_property
    def leaders(self) -> Leaders:
        """Each CCG's main source in each run, found once for all charts of a folder."""
        return leaders(self.results.sourcing, self.england.ccgs.ods_code)


@dataclass(frozen=True, eq=False)
class Chart:
    """One chart. Words and drawing see the table alone, so its CSV holds all that is drawn.

    Args:
        name: Its id, and the name of its files.
        shows: What it shows, in a sentence.
        measure: Returns the table of what is drawn.
        describe: Returns the words, from the table.
        draw: Draws the table on a sheet.
        needs: The columns that it reads, by table.
        kinds: The kinds of folder that it can be of.
        size: Width and height on a page (inches).
        wide: Width that it is drawn at for a slide (inches).
        square: Width that it is drawn at for a square (inches).
    """

    name: str
    shows: str
    measure: Callable[[Material], pd.DataFrame]
    describe: Callable[[pd.DataFrame, Study], Words]
    draw: Callable[[Page, pd.DataFrame, Study], None]
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: tuple[str, ...] = RUN
    size: tuple[float, float] = (7.2, 4.5)
    wide: float = 7.2
    square: float = 6.0

    def size_on(self, sheet: Sheet) -> tuple[float, float]:
        """Return the size of its drawing for a sheet (inches)."""
        return sheet.drawing(self.size, self.wide if sheet.name == "slide" else self.square)

    def figure(self, table: pd.DataFrame, study: Study, sheet: Sheet = PAGE, words: Words | None = None) -> Figure:
        """Return the chart drawn from its table, in the style in force. Save it in that style too.

        Args:
            table: What is drawn.
            study: Whose runs it shows.
            sheet: The size of sheet.
            words: What it says, where that is not just what the table says.
        """
        with house_style():
            page = Page(words or self.describe(table, study), study.source, self.size_on(sheet))
            self.draw(page, table, study)
        return page.figure
