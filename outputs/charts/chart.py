"""What a chart is: a table measured from the results, words made from the table, a drawing of the table."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from outputs.charts.house import house_style
from outputs.charts.page import Page, Words
from outputs.charts.study import Study
from scenarios.results import Results
from simulation.inputs import England


@dataclass(frozen=True)
class Chart:
    """One chart. Words and drawing see the table alone, so its CSV holds all that is drawn.

    Args:
        name: Its id, and the name of its files.
        measure: Returns the table of what is drawn.
        describe: Returns the words, from the table.
        draw: Draws the table on a sheet.
        size: Width and height (inches).
    """

    name: str
    measure: Callable[[Results, England], pd.DataFrame]
    describe: Callable[[pd.DataFrame, Study], Words]
    draw: Callable[[Page, pd.DataFrame, Study], None]
    size: tuple[float, float] = (7.2, 4.5)

    def figure(self, table: pd.DataFrame, study: Study) -> Figure:
        """Return the chart drawn from its table. Save it in the house style too."""
        with house_style():
            page = Page(self.describe(table, study), study.source, self.size)
            self.draw(page, table, study)
        return page.figure
