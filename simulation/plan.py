"""What a run is given: parameters, and the dated changes of policy."""

from dataclasses import dataclass

from simulation.parameters import Parameters, Value


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
