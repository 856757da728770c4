"""Mesa's agents, the compiled engine and plain Python run the same market, bit for bit, on any number of workers."""

import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from plain_run import outcomes_of
from small_market import APRIL_2013, arrays, england, plan_with, run, scenario_runs, small_england

from agents.in_mesa import Ccg, Css, Provider
from scenarios.api import run as run_scenario
from scenarios.scenario import list_scenarios, load_scenario
from scenarios.store import CHUNK_RUNS
from simulation.market import Market
from simulation.month import PHASES

TESTS = Path(__file__).parent
PLAIN_MONTHS = 18
TABLES = ("outcomes", "units", "ccgs", "sourcing", "lines", "events")


@pytest.mark.parametrize("scenario", list_scenarios())
def test_mesa_gives_the_history_of_the_compiled_engine(scenario):
    history = Market(england(), load_scenario(scenario).plan, 1, keeps_events=True).run()
    assert arrays(history) == arrays(scenario_runs(scenario, 1, 3)[0])


@pytest.mark.parametrize("seed", [2, 3])
def test_mesa_gives_it_for_other_seeds_too(seed):
    history = Market(england(), plan_with(), seed, keeps_events=True).run()
    assert arrays(history) == arrays(scenario_runs("baseline", 1, 3)[seed - 1])


def test_mesa_gives_the_history_of_a_small_market():
    market = small_england()
    assert arrays(Market(market, plan_with(), 9).run()) == arrays(run(market, [9])[0])


def test_the_market_has_a_method_for_each_phase_of_the_month():
    assert [phase for phase in PHASES if not hasattr(Market, phase)] == []


class Homebody(Ccg):
    """A CCG that never looks at its agreements again once the market has begun."""

    def choose_sources(self) -> None:
        """Choose for April 2013, and never after."""
        if self.model.month < APRIL_2013:
            super().choose_sources()


def test_a_ccg_of_ones_own_is_used():
    market = small_england()
    own, usual = Market(market, plan_with(), 1, ccg_class=Homebody).run(), run(market, [1])[0]
    assert own.outcomes["switches_to_date"][-1] < usual.outcomes["switches_to_date"][-1]


class Dear(Css):
    """A unit that asks twice what it would."""

    def set_prices(self) -> None:
        """Post prices twice as high."""
        super().set_prices()
        self.model.columns["suppliers"][0, self.row]["price"] *= 2.0


def test_a_unit_of_ones_own_is_used():
    market = small_england()
    own, usual = Market(market, plan_with(), 1, css_class=Dear).run(), run(market, [1])[0]
    assert own.outcomes["home_css_share"][APRIL_2013] < usual.outcomes["home_css_share"][APRIL_2013]


class Timid(Provider):
    """A provider that enters nowhere."""

    def weigh_entry(self) -> None:
        """Want nothing."""
        self.model.columns["suppliers"][0, self.row]["wanted_region"] = -1


def test_a_provider_of_ones_own_is_used():
    cheap = {"entry.barrier": 0}
    own, usual = Market(england(), plan_with(cheap), 1, provider_class=Timid).run(), run(england(), [1], cheap)[0]
    assert own.outcomes["provider_entries_to_date"][-1] == 0
    assert usual.outcomes["provider_entries_to_date"][-1] > 0


def test_a_subclass_that_changes_nothing_gives_the_same_history():
    class Same(Ccg):
        """A CCG like any other."""

    market = small_england()
    assert arrays(Market(market, plan_with(), 1, ccg_class=Same).run()) == arrays(run(market, [1])[0])


def test_one_worker_or_two_give_the_same_tables(tmp_path):
    runs = CHUNK_RUNS + 1
    for workers in (1, 2):
        run_scenario("baseline", runs=runs, seed=3, out=tmp_path / str(workers), workers=workers, event_runs=2)
    for table in TABLES:
        one, two = (pq.read_table(tmp_path / workers / f"{table}.parquet") for workers in ("1", "2"))
        assert one.equals(two), table


def test_either_engine_gives_the_same_tables(tmp_path):
    for engine in ("compiled", "mesa"):
        run_scenario("baseline", runs=2, engine=engine, out=tmp_path / engine, workers=1, event_runs=1)
    for table in TABLES:
        one, two = (pq.read_table(tmp_path / engine / f"{table}.parquet") for engine in ("compiled", "mesa"))
        assert one.equals(two), table


def test_plain_python_gives_the_same_bits(tmp_path):
    file = tmp_path / "plain"
    path = os.pathsep.join([str(TESTS.parent), str(TESTS)])
    told = subprocess.run(
        [sys.executable, "-W", "ignore", TESTS / "plain_run.py", str(PLAIN_MONTHS), file],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": path},
        check=True, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert told.stdout.split() == ["plain"]
    assert file.read_bytes() == outcomes_of(PLAIN_MONTHS)
