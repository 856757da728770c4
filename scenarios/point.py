"""One point of a design: a scenario in which some values and some dates of policy are set."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.factor import FROM, IN_FORCE, POLICY
from scenarios.scenario import Scenario, dated_changes
from scenarios.scenario_file import Policy
from simulation.parameters import COLUMN, DECLARED
from simulation.plan import Plan, policy_rows

Values = Mapping[str, Any]
"""Values of factors by name; None where the scenario's own stands."""


def plan_at(scenario: Scenario, values: Values) -> Plan:
    """Return what a run at a point is given.

    A parameter that is set keeps its value to the end: the scenario's dated changes of it are dropped.

    Args:
        scenario: The scenario.
        values: Values by the names of factors, checked before.
    """
    settings = {name: value for name, value in values.items() if name in DECLARED and value is not None}
    policies = [moved for policy in scenario.policies if (moved := _moved(policy, values))]
    dated = [change for policy in sorted(policies, key=lambda policy: policy.day) for change in dated_changes(policy)]
    kept = tuple(change for change in dated if change.name not in settings)
    return Plan(scenario.plan.parameters.changed(settings), kept)


def _moved(policy: Policy, values: Values) -> Policy | None:
    """Return a policy on the date that a point gives it; None where the point leaves it out."""
    if values.get(f"{POLICY}{policy.name}{IN_FORCE}") is False:
        return None
    day = values.get(f"{POLICY}{policy.name}{FROM}")
    return policy if day is None else replace(policy, day=day)


class PolicyRows:
    """The parameters in force at the points of one scenario, quickly.

    Args:
        scenario: The scenario.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._own = policy_rows(scenario.plan)

    def at(self, values: Values) -> NDArray[np.float64]:
        """Return the parameters in force at a point, [month, parameter]."""
        if any(name.startswith(POLICY) for name in values):
            return policy_rows(plan_at(self._scenario, values))
        rows = self._own.copy()
        for name, value in values.items():
            if name in DECLARED and value is not None:
                rows[:, COLUMN[name]] = DECLARED[name].number(value)
        return rows
