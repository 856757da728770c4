"""What a run is given: parameters, and the dated changes of policy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.calendar import N_MONTHS
from simulation.parameters import COLUMN, DECLARED, Parameters, Value


@dataclass(frozen=True)
class DatedChange:
    """One parameter that changes in the first phase of one month.

    Args:
        month: Month of the change (0 is January 2012).
        name: Dotted name of the parameter.
        value: Its value from then on.
    """

    month: int
    name: str
    value: Value


@dataclass(frozen=True)
class Plan:
    """Parameters at the start, and the dated changes in the order in which they take effect."""

    parameters: Parameters = Parameters()
    dated: tuple[DatedChange, ...] = ()


def policy_rows(plan: Plan) -> NDArray[np.float64]:
    """Return the parameters in force in each month, as numbers, [month, parameter]; one month beyond the last."""
    rows = np.empty((N_MONTHS + 1, len(DECLARED)))
    rows[:] = plan.parameters.numbers()
    for change in plan.dated:
        rows[change.month :, COLUMN[change.name]] = DECLARED[change.name].number(change.value)
    return rows
