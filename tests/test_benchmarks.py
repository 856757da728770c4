"""The benchmark's peers do the same work: a second opinion in plain objects, Mesa's own runner, and more Englands."""

import importlib
from typing import Any

import numpy as np
import pytest
from command import ROOT
from small_market import england, small_england

from agents.columns import BUY
from benchmarks.batch_peer import OUTCOMES, BatchMarket
from benchmarks.core import do_core, market_of
from benchmarks.englands import copies_of
from benchmarks.plain_market import PlainMarket
from simulation.engine import run_seeds
from simulation.plan import Plan

MONTHS = (12, 15, 24, 40, 55)
PLACES = {"framework.in_force": True, "framework.places": 3.0}
TEAMS = {"in_house.willing_share": 0.9, "stranded.ccg_share_in_house": 0.6}
ENGLANDS = (
    (12, {"choice.free": True, "authorisation.red_risk": 0.6}),
    (18, {"authorisation.red_risk": 0.8, **PLACES, **TEAMS}),
    (40, {"hosting.ends": 30.0, **PLACES, **TEAMS}),
    (55, {"hosting.form": "customer_owned"}),
)
"""Months and values that between them bring every rule of the core to bear, at-scale bodies apart."""


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("tight", [False, True])
def test_plain_objects_choose_and_judge_as_the_compiled_rules(month: int, tight: bool) -> None:
    changes = {"allowance.per_head": 19.0} if tight else {}
    assert_same_core(market_of(small_england(), month, 3, changes))


@pytest.mark.parametrize(("month", "changes"), ENGLANDS)
def test_plain_objects_do_the_same_where_every_rule_of_the_core_bears(month: int, changes: dict[str, Any]) -> None:
    assert_same_core(market_of(england(), month, 3, changes))


def assert_same_core(market: Any) -> None:
    plain = PlainMarket(market[0], keyed=True)
    plain.step()
    do_core(market)
    state = market[0]
    n, m = len(plain.ccgs), len(plain.suppliers)
    chosen = [[(a.choice.kind, a.choice.supplier) for a in ccg.agreements] for ccg in plain.ccgs]
    kinds, suppliers = state["agreements"]["choice_kind"][:n], state["agreements"]["choice_supplier"][:n]
    assert np.array_equal(np.array(chosen)[:, :, 0], kinds)
    assert np.array_equal(np.array(chosen)[:, :, 1], suppliers)
    for name in ("price_weight", "service_level", "satisfaction"):
        assert [getattr(ccg, name) for ccg in plain.ccgs] == pytest.approx(state["ccgs"][name][:n].tolist()), name
    assert np.array([s.price for s in plain.suppliers]) == pytest.approx(state["suppliers"]["price"][:m])
    assert np.array([s.heads for s in plain.suppliers]) == pytest.approx(state["suppliers"]["heads"][:m])
    trust = state["trust"][:m, :n].T
    assert np.array([c.trust[:m] for c in plain.ccgs]) == pytest.approx(trust, abs=1e-6)


def test_more_than_one_source_is_chosen_so_that_agreement_means_something() -> None:
    plain = PlainMarket(market_of(small_england(), 24, 3)[0], keyed=True)
    plain.step()
    assert len({(a.choice.kind, a.choice.supplier) for ccg in plain.ccgs for a in ccg.agreements}) >= 3


def test_mesas_own_runner_drives_the_same_market() -> None:
    model = BatchMarket(seed=2)
    while model.running:
        model.step()
    history = next(iter(run_seeds(england(), Plan(), [2])))
    for name in OUTCOMES:
        assert model.datacollector.model_vars[name] == history.outcomes[name].tolist(), name


def test_two_small_englands_are_two_of_each_with_nothing_between_them() -> None:
    one = small_england()
    two = copies_of(one, 2)
    history = next(iter(run_seeds(two, Plan(), [1])))
    ccgs, units = len(one.ccgs.ods_code), len({unit for unit in one.clusters.unit if unit})
    assert len(two.ccgs.ods_code) == 2 * ccgs
    assert history.outcomes["css_operating"][0] == 2 * units
    mine = np.broadcast_to(np.arange(2 * ccgs)[:, None] // ccgs, history.agreements["kind"].shape)
    buys, supplier = history.agreements["kind"] == BUY, history.agreements["supplier"]
    for first, count in ((0, units), (2 * units, len(one.providers.provider))):
        theirs = buys & (first <= supplier) & (supplier < first + 2 * count)
        assert theirs.any()
        assert np.array_equal(((supplier - first) // count)[theirs], mine[theirs])


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py")))
def test_every_benchmark_finds_what_it_measures(name: str) -> None:
    importlib.import_module(f"benchmarks.{name}")
