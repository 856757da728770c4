"""Each CCG's main source of support, which half the charts of a run begin with."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outputs.charts.house import SOURCES
from scenarios.main_source import main_source


@dataclass(frozen=True, eq=False)
class Leaders:
    """The main source by spend of each CCG in each run, at every snapshot.

    Args:
        months: The snapshots, in order.
        place: The source's place in the house order, [month, run, CCG]; NO_SPEND where it spends nothing.
    """

    months: pd.DatetimeIndex
    place: NDArray[np.int64]

    def at(self, months: Sequence[pd.Timestamp]) -> NDArray[np.int64]:
        """Return the main sources at some of the snapshots."""
        return self.place[self.months.get_indexer(pd.DatetimeIndex(months))]

    def runs_led(self, months: Sequence[pd.Timestamp]) -> NDArray[np.int64]:
        """Return in how many runs each source is a CCG's main one, [month, CCG, source], at some snapshots."""
        place = self.at(months)
        return np.stack([(place == source).sum(axis=1) for source in range(len(SOURCES))], axis=2)


def leaders(sourcing: pd.DataFrame, ods_codes: Sequence[str]) -> Leaders:
    """Return each CCG's main source by spend.

    Spend is price per head, as all of a CCG's lines have the same heads. Of two equal sources the earlier in the
    house order leads.

    Args:
        sourcing: A row a run, CCG, line and snapshot.
        ods_codes: The CCGs, in the order wanted.

    Raises:
        ValueError: A CCG or source in the table is unknown.
    """
    months, runs = (np.sort(sourcing[name].unique()) for name in ("month", "run"))
    shape = (len(months), len(runs), len(ods_codes), len(SOURCES))
    known = {"month": months, "run": runs, "ods_code": ods_codes, "source": list(SOURCES)}
    places = [_places(sourcing[name], names) for name, names in known.items()]
    cells = np.ravel_multi_index(places, shape)
    spend = np.bincount(cells, weights=sourcing["price_per_head"], minlength=int(np.prod(shape))).reshape(shape)
    return Leaders(pd.DatetimeIndex(months), main_source(spend))


def _places(values: pd.Series, names: Collection[Any]) -> NDArray[np.int64]:
    """Return where each value stands among names; a value that is not among them is an error."""
    codes, seen = pd.factorize(values)
    place_of = pd.Index(list(names)).get_indexer(pd.Index(np.asarray(seen)))
    if (place_of < 0).any():
        raise ValueError(f"{values.name} = {seen[place_of < 0][0]!r} is not one of the {len(names)} known")
    places: NDArray[np.int64] = place_of[codes]
    return places
