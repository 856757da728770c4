"""The model in the EMA Workbench, as installed: the same numbers as our own, in one process and in several."""

import warnings
from typing import Any

import numpy as np
import pytest

from scenarios.ema import as_ema_model
from scenarios.scenario import load_scenario
from simulation.engine import run_seeds
from simulation.faults import InputError
from simulation.inputs import read_england

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from ema_workbench import MultiprocessingEvaluator, SequentialEvaluator

VARY: dict[str, Any] = {
    "choice.noise": [1, 5],
    "hosting.ends": [40, 60],
    "hosting.form": ["own_choice", "sale"],
    "choice.free": [True, False],
    "cost.fixed_scale": [0.5, 2.0],
}


def test_the_workbench_gets_the_outcomes_of_our_own_engine() -> None:
    model = as_ema_model("open_door", vary=VARY, seeds=2, first_seed=5, outcomes=("css_operating", "spend_per_head"))
    with SequentialEvaluator(model) as evaluator:
        experiments, outcomes = evaluator.perform_experiments(scenarios=2, policies=1)
    row = experiments.iloc[1]
    settings = {name: row[name.replace(".", "_")] for name in VARY}
    plain = {name: value.item() if hasattr(value, "item") else value for name, value in settings.items()}
    plan = load_scenario("open_door", plain | {"choice.free": bool(plain["choice.free"])}).plan
    histories = list(run_seeds(read_england(), plan, [5, 6]))
    for name, values in outcomes.items():
        assert values[1] == np.mean([history.outcomes[name][59] for history in histories]), name


def test_levers_are_levers_and_the_rest_uncertainties() -> None:
    model = as_ema_model(vary=VARY)
    assert {lever.name for lever in model.levers} == {"choice_noise", "hosting_ends", "hosting_form", "choice_free"}
    assert [uncertainty.name for uncertainty in model.uncertainties] == ["cost_fixed_scale"]
    ends = {parameter.name: (parameter.lower_bound, parameter.upper_bound) for parameter in model.uncertainties}
    assert ends == {"cost_fixed_scale": (0.5, 2.0)}


def test_processes_of_the_workbench_can_run_it() -> None:
    model = as_ema_model(vary=VARY, outcomes=("quality",))
    with MultiprocessingEvaluator(model, n_processes=2) as evaluator:
        _, outcomes = evaluator.perform_experiments(scenarios=2, policies=2)
    assert len(outcomes["quality"]) == 4
    assert np.isfinite(outcomes["quality"]).all()


def test_what_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InputError) as error:
        as_ema_model(
            vary={"choice.noise": [5, 1], "choice.nois": [1, 2]}, outcomes=("qualty",), month="2017-01", seeds=0
        )
    assert len(error.value.faults) == 5
