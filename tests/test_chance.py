"""Is luck uniform, independent, and the same on every machine?"""

import math

import numpy as np
import pytest
from numba import njit
from scipy import stats

from agents.chance import (
    CAPABILITY,
    RATING,
    SOURCE_LUCK,
    draw_key,
    fold,
    gumbel,
    normal,
    permanent_id,
    stir,
    uniform,
)
from agents.elementary import log, normal_quantile, power

FINE, ORDINARY = 1e-4, 20_000
"""Keys are fixed, so a test passes always or never: a chance of less than FINE is taken for a fault."""


@njit
def uniforms(seed: int, purpose: int, agents: int, draws: int) -> np.ndarray:
    """Return draws of one purpose, [agent, n]."""
    out = np.empty((agents, draws))
    for who in range(agents):
        for n in range(draws):
            out[who, n] = uniform(draw_key(seed, purpose, who, n))
    return out


@njit
def shaped(seed: int, size: int, is_gumbel: bool) -> np.ndarray:
    """Return Gumbel or normal draws."""
    out = np.empty(size)
    for n in range(size):
        key = draw_key(seed, 1, 7, n)
        out[n] = gumbel(key) if is_gumbel else normal(key)
    return out


@njit
def folded(parts: int) -> np.ndarray:
    """Return uniform numbers of one key with one more part."""
    out = np.empty(parts)
    for part in range(parts):
        out[part] = uniform(fold(draw_key(1, 1, 1, 1), part))
    return out


@njit
def sourced(views: int, sources: np.ndarray) -> np.ndarray:
    """Return the luck of sources in many views, [view, source]."""
    out = np.empty((views, sources.size))
    for view in range(views):
        for place in range(sources.size):
            out[view, place] = uniform(stir(draw_key(1, SOURCE_LUCK, 7, view) ^ sources[place]))
    return out


@njit
def keys(seeds: int, purposes: int, agents: int, draws: int) -> np.ndarray:
    """Return the key of each draw."""
    out = np.empty((seeds, purposes, agents, draws), np.uint64)
    for seed in range(seeds):
        for purpose in range(purposes):
            for who in range(agents):
                for n in range(draws):
                    out[seed, purpose, who, n] = draw_key(seed, purpose, who, n)
    return out


def compiled(function, values):
    """Return a compiled function of each value."""
    return np.array([function(float(value)) for value in values])


NESTS = np.arange(4).astype(np.uint64)
SUPPLIERS = np.array([permanent_id(f"supplier-{n}") for n in range(50)], np.uint64)

SERIES = {
    "draws of one agent": lambda: uniforms(1, CAPABILITY, 1, ORDINARY).ravel(),
    "first draws of many agents": lambda: uniforms(1, CAPABILITY, ORDINARY, 1).ravel(),
    "first draws of many seeds": lambda: np.array([uniforms(s, CAPABILITY, 1, 1)[0, 0] for s in range(ORDINARY)]),
    "first draws of many purposes": lambda: np.array([uniforms(1, p, 1, 1)[0, 0] for p in range(ORDINARY)]),
    "one key with many parts": lambda: folded(ORDINARY),
    "the nests in many views": lambda: sourced(ORDINARY // 4, NESTS).ravel(),
    "one nest in many views": lambda: sourced(ORDINARY, NESTS)[:, 2].copy(),
    "suppliers in many views": lambda: sourced(ORDINARY // 50, SUPPLIERS).ravel(),
}


@pytest.mark.parametrize("series", SERIES)
def test_luck_is_uniform_along_each_part_of_its_key(series):
    assert stats.kstest(SERIES[series](), "uniform").pvalue > FINE


@pytest.mark.parametrize("series", SERIES)
def test_a_draw_says_nothing_of_the_next(series):
    values = SERIES[series]()
    cells = np.histogram2d(values[:-1], values[1:], bins=16, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(cells.ravel()).pvalue > FINE


def test_the_lowest_bits_of_luck_are_even():
    bits = (uniforms(1, CAPABILITY, 1, ORDINARY).ravel() * 2**40).astype(np.int64) & 0xFF
    assert stats.chisquare(np.bincount(bits, minlength=256)).pvalue > FINE


PAIRS = {
    "two purposes": (lambda: uniforms(1, CAPABILITY, ORDINARY, 1), lambda: uniforms(1, RATING, ORDINARY, 1)),
    "two seeds": (lambda: uniforms(1, CAPABILITY, ORDINARY, 1), lambda: uniforms(2, CAPABILITY, ORDINARY, 1)),
    "two draws": (
        lambda: uniforms(1, CAPABILITY, ORDINARY, 2)[:, 0], lambda: uniforms(1, CAPABILITY, ORDINARY, 2)[:, 1],
    ),
    "two nests": (lambda: sourced(ORDINARY, NESTS)[:, 0], lambda: sourced(ORDINARY, NESTS)[:, 1]),
    "a nest and a supplier": (lambda: sourced(ORDINARY, NESTS)[:, 0], lambda: sourced(ORDINARY, SUPPLIERS)[:, 0]),
    "agent and draw exchanged": (
        lambda: uniforms(1, CAPABILITY, 140, 140), lambda: uniforms(1, CAPABILITY, 140, 140).T,
    ),
}  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS)
def test_luck_is_independent_of_other_luck(pair):
    one, other = (np.ascontiguousarray(values()).ravel() for values in PAIRS[pair])
    apart = one != other
    assert abs(np.corrcoef(one[apart], other[apart])[0, 1]) < 4 / math.sqrt(apart.sum() / 2)
    cells = np.histogram2d(one[apart], other[apart], bins=8, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(cells.ravel()).pvalue > FINE


def test_no_two_draws_have_the_same_key():
    assert np.unique(keys(6, 35, 50, 12)).size == 6 * 35 * 50 * 12


def test_luck_stays_strictly_between_0_and_1():
    @njit
    def ends() -> tuple[float, float]:
        return uniform(np.uint64(0)), uniform(np.uint64(0xFFFFFFFFFFFFFFFF))

    assert ends() == (2.0**-53, 1.0 - 2.0**-53)


def test_gumbel_luck_has_the_gumbel_distribution_with_mean_0():
    assert stats.kstest(shaped(1, ORDINARY, True), stats.gumbel_r(loc=-np.euler_gamma).cdf).pvalue > FINE


def test_normal_luck_has_the_standard_normal_distribution():
    assert stats.kstest(shaped(1, ORDINARY, False), stats.norm.cdf).pvalue > FINE


def test_the_logarithm_is_as_accurate_as_it_says():
    spread = np.random.default_rng(1)
    values = np.concatenate([np.exp(spread.uniform(-700, 700, 4000)), spread.uniform(0.5, 2, 4000), [1.0, 2.0**-53]])
    exact = np.array([math.log(value) for value in values])
    assert (np.abs(compiled(log, values) - exact) <= 1e-15 * np.maximum(1.0, np.abs(exact))).all()


def test_the_logarithm_of_1_is_0():
    assert log(1.0) == 0.0


def test_the_normal_quantile_is_as_accurate_as_it_says():
    values = np.concatenate([np.linspace(0.001, 0.999, 1999), 2.0 ** -np.arange(11, 54), 1 - 2.0 ** -np.arange(11, 40)])
    values = values[values != 0.5]
    assert (np.abs(compiled(normal_quantile, values) / stats.norm.ppf(values) - 1.0) <= 1.2e-9).all()


def test_the_normal_quantile_of_a_half_is_0():
    assert normal_quantile(0.5) == 0.0


@pytest.mark.parametrize(
    ("name", "number"),
    [("00C", 4004099565650874593), ("derbyshire", 1532014054512572104), ("generalist-01", 2421642250124165140)],
)
def test_a_name_has_the_same_permanent_id_on_every_machine(name, number):
    assert permanent_id(name) == number


def test_a_draw_is_the_same_number_on_every_machine():
    assert uniforms(1, CAPABILITY, 2, 2).tolist() == [
        [0.7749390227929139, 0.07604075033589452],
        [0.7305131685229079, 0.20908320163894045],
    ]


@pytest.mark.parametrize("times", [0, 1, 2, 7, 100])
def test_a_power_is_a_product(times):
    assert power(0.98, times) == pytest.approx(0.98**times, rel=1e-14)
