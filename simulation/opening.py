"""The market of January 2012: what the data fix, and what luck adds for a seed."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np

from agents.ccg import HALF_YEAR
from agents.chance import (
    AUTHORISED,
    CAPABILITY,
    EFFICIENCY,
    HOME_REGION,
    OPENING,
    OPTIMISM,
    OWN_LINE,
    QUALITY,
    RATING,
    RELATIONS,
    SURVEYED,
    TASTE_IN_HOUSE,
    TASTE_KNOWN,
    TASTE_PRESENCE,
    TASTE_QUALITY,
    TURN,
    WILLING,
    draw_key,
    fold,
    normal,
    permanent_id,
    uniform,
)
from agents.columns import (
    BODY,
    BUY,
    CACHE_LINE,
    CCG,
    FREE_STANDING,
    IDLE,
    LINE,
    MAKE,
    MOST_NEIGHBOURS,
    MOST_REACH,
    MOST_SELLERS,
    N_LINES,
    NHS,
    NOBODY,
    OTHER,
    PRIVATE,
    PROPOSED,
    REGION,
    SUPPLIER,
    SUPPLIER_KINDS,
    UNIT,
    Array,
    State,
    state_dtype,
)
from agents.compiled import rule
from agents.dates import APRIL_2013, now
from agents.leaders import acting_ability, lead, open_pool
from agents.rules.experience import clipped
from agents.seller import open_book
from simulation.buyers import with_larger_ccgs
from simulation.faults import InputError
from simulation.inputs import England
from simulation.outcomes import LINE_OUTCOME_DTYPE, OUTCOME_DTYPE
from simulation.parameters import POLICY_DTYPE
from simulation.plan import Plan, policy_rows
from simulation.terms import set_terms

ENGLAND_SIZES = (211, 88, 41, 10)
"""Least room for CCGs, suppliers, units and regions, so that small markets run in England's type."""

KM_PER_DEGREE_EAST, KM_PER_DEGREE_NORTH = 67.0, 111.2
"""At 53 degrees north; distances in England are right to within 7%."""

GREEN_SHARE, AMBER_SHARE = 0.62, 0.33
"""Shares of CCGs by risk of their configuration (K-28)."""


OTHER_REGION = 2.0
"""How much farther a unit of another region seems to one that looks for a partner (assumed, A-12)."""

LOCAL_KM = 150.0
"""Distance at which an NHS unit is no longer local (assumed, A-07)."""

SECTORS = (NHS, PRIVATE, PRIVATE, OTHER, OTHER, NHS)
OLD_PRICE = 1.05
"""What support cost in 2012 over what it ordinarily costs (ratio; assumed, A-05)."""
RESPONDENTS = 90.0
"""CCGs that answer the survey of April 2012 (K-26: more than 90 people did)."""
QUALITY_SPREAD = 0.1
"""Half-width of the spread of what a supplier's people bring (quality, 0 to 1; assumed, A-11)."""
INTENDED_AT_FIRST = 0.6
"""Part of its home population for which a unit prices at first (assumed, A-05)."""


def blank_market(england: England, plan: Plan) -> Array:
    """Return a market with all that the data and the plan fix, before luck: an array of one state record.

    CCGs under the plan's minimum population have joined a neighbour (see ``simulation.buyers``); the units are those
    that the clusters of all 211 proposed, though one may be left without a CCG of its own.

    Args:
        england: The data.
        plan: Parameters and dated changes.
    """
    laid = _laid_out(england, plan.parameters.ccg.minimum_population)
    market = zeros(laid.dtype)
    fill(market, laid)
    market["policy"] = policy_rows(plan).view(POLICY_DTYPE)[:, 0]
    return market


def zeros(kind: np.dtype[Any]) -> Array:
    """Return a market of zeros, an array of one state record, which begins at a cache line as its columns do."""
    memory = np.zeros(kind.itemsize + CACHE_LINE, np.uint8)
    start = -memory.ctypes.data % CACHE_LINE
    market: Array = memory[start : start + kind.itemsize].view(kind)
    return market


@lru_cache(maxsize=16)
def _laid_out(england: England, minimum_population: float) -> Array:
    """Return a blank market but for its policy: all plans of one least size of CCGs (people) share it."""
    units = _units(england)
    suppliers = _suppliers(england, units)
    england = with_larger_ccgs(england, minimum_population)
    ccgs = _ccgs(england, units, suppliers)
    regions = _region_rows(england, ccgs)
    _check_room(england, suppliers)
    sizes = (len(ccgs), len(suppliers), len(units), len(regions))
    room = (max(pair) for pair in zip(sizes, ENGLAND_SIZES, strict=True))
    market = zeros(state_dtype(*room, POLICY_DTYPE, OUTCOME_DTYPE, LINE_OUTCOME_DTYPE))
    state = market[0]
    state["n_ccgs"], state["n_suppliers"], state["n_units"], state["n_regions"] = sizes
    state["ccgs"][: len(ccgs)] = ccgs
    state["suppliers"][: len(suppliers)] = suppliers
    state["offered"][:, : len(units)] = 1
    seeming = _seeming_distances(suppliers[: len(units)])
    state["nearest"][: len(units), : len(units)] = np.argsort(seeming, axis=1, kind="stable")
    state["far"][: len(units), : len(units)] = np.sort(seeming, axis=1)
    state["near"][: len(units), : len(ccgs)] = _nearness(ccgs, suppliers[: len(units)])
    state["lines"] = _lines(england)
    state["regions"][: len(regions)] = regions
    state["by_area"][: len(ccgs)] = np.argsort(ccgs["area"], kind="stable")
    state["by_region"][: len(ccgs)] = np.argsort(ccgs["region"], kind="stable")
    state["board"][0]["recorded"] = 1
    return market


def record_only(market: Array, months: Iterable[int]) -> None:
    """Have a blank market record the outcomes of some months alone, and those of April 2013, the base of prices.

    The others stay 0.
    """
    recorded = market["board"][0, 0]["recorded"]
    recorded[:] = 0
    recorded[[APRIL_2013, *months]] = 1


def _check_room(england: England, suppliers: Array) -> None:
    """Refuse more providers in a region than its list has room for."""
    outside = suppliers[(suppliers["kind"] != UNIT) & (suppliers["kind"] != BODY)]
    faults = []
    for sha, region in _regions(england).items():
        count = np.count_nonzero((outside["first_region"] <= region) & (region < outside["end_region"]))
        if count > MOST_SELLERS:
            faults.append(f"{count} potential providers could sell in {sha}, more than {MOST_SELLERS}: leave some out")
    if faults:
        raise InputError(faults)


def unit_ids(england: England) -> list[str]:
    """Return the ids of the units as proposed, in the order of the clusters."""
    return list(dict.fromkeys(unit for unit in england.clusters.unit if unit))


def _units(england: England) -> dict[str, int]:
    """Return the row of each unit by id."""
    return {unit: row for row, unit in enumerate(unit_ids(england))}


def _regions(england: England) -> dict[str, int]:
    """Return the row of each SHA region, by name: those of the CCGs, and those where a provider could sell."""
    every = set(england.ccgs.sha).union(*england.providers.shas)
    return {sha: row for row, sha in enumerate(sorted(every))}


def _region_rows(england: England, ccgs: Array) -> Array:
    """Return the SHA regions, with the places of their CCGs in the order of regions."""
    regions = _regions(england)
    rows = np.zeros(len(regions), REGION)
    rows["key"] = [permanent_id(sha) for sha in regions]
    rows["end_ccg"] = np.cumsum(np.bincount(ccgs["region"], minlength=len(regions)))
    rows["first_ccg"][1:] = rows["end_ccg"][:-1]
    return rows


def _suppliers(england: England, units: dict[str, int]) -> Array:
    """Return the suppliers: units as proposed, then potential entrants by slot."""
    rows = np.zeros(len(units) + len(england.providers.provider), SUPPLIER)
    regions = _regions(england)
    homes = _homes(england, units)
    x, y = _places(england)
    for unit, row in units.items():
        mine = homes == row
        weights = england.ccgs.population * mine
        rows[row]["key"] = permanent_id(unit)
        rows[row]["region"] = regions[england.clusters.sha[england.clusters.unit.index(unit)]]
        rows[row]["x"], rows[row]["y"] = _mean(x, weights), _mean(y, weights)
        rows[row]["home_population"] = weights.sum()
        rows[row]["end_region"], rows[row]["can"] = len(regions), 1
    for slot, provider in enumerate(england.providers.provider, start=len(units)):
        index = slot - len(units)
        rows[slot]["key"] = permanent_id(provider)
        rows[slot]["kind"] = SUPPLIER_KINDS.index(england.providers.kind[index])
        here = [regions[sha] for sha in england.providers.shas[index]]
        rows[slot]["region"] = here[0] if len(here) == 1 else NOBODY
        rows[slot]["first_region"], rows[slot]["end_region"] = min(here), max(here) + 1
        rows[slot]["can"] = england.providers.lines[index]
    return rows


def _mean(values: Array, weights: Array) -> float:
    """Return a weighted mean, summed in order so that every machine gives the same bits."""
    total, people = 0.0, 0.0
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        total += value * weight
        people += weight
    return total / people


def _places(england: England) -> tuple[Array, Array]:
    """Return the places of the CCGs (km east, km north)."""
    return england.ccgs.lon * KM_PER_DEGREE_EAST, england.ccgs.lat * KM_PER_DEGREE_NORTH


def _homes(england: England, units: dict[str, int]) -> Array:
    """Return the row of each CCG's home unit, or NOBODY."""
    unit_of = dict(zip(england.clusters.pct_cluster, england.clusters.unit, strict=True))
    return np.array([units.get(unit_of[cluster], NOBODY) for cluster in england.ccgs.pct_cluster])


def _ccgs(england: England, units: dict[str, int], suppliers: Array) -> Array:
    """Return the CCGs with their places, neighbours, home units and the units nearest to them."""
    rows = np.zeros(len(england.ccgs.ods_code), CCG)
    regions = _regions(england)
    areas = {area: row for row, area in enumerate(sorted(set(england.ccgs.area_team)))}
    rows["key"] = [permanent_id(code) for code in england.ccgs.ods_code]
    rows["population"] = england.ccgs.population
    rows["published_allowance"] = england.ccgs.allowance_gbp
    rows["x"], rows["y"] = _places(england)
    rows["region"] = [regions[sha] for sha in england.ccgs.sha]
    rows["area"] = [areas[area] for area in england.ccgs.area_team]
    rows["home"] = _homes(england, units)
    _set_neighbours(rows, england)
    _set_reach(rows, suppliers[: len(units)])
    return rows


def _set_neighbours(rows: Array, england: England) -> None:
    """Write each CCG's neighbours."""
    for a, b in england.neighbours.pairs.tolist():
        for one, other in ((a, b), (b, a)):
            place = rows[one]["n_neighbours"]
            if place == MOST_NEIGHBOURS:
                raise InputError([f"{england.ccgs.ods_code[one]} has more than {MOST_NEIGHBOURS} neighbours"])
            rows[one]["neighbours"][place] = other
            rows[one]["n_neighbours"] = place + 1


def _set_reach(rows: Array, units: Array) -> None:
    """Write the nearest units of each CCG, nearest first."""
    for row in rows:
        square = (units["x"] - row["x"]) ** 2 + (units["y"] - row["y"]) ** 2
        nearest = np.argsort(square, kind="stable")[:MOST_REACH]
        row["reach"][: len(nearest)] = nearest
        row["n_reach"] = len(nearest)


def _seeming_distances(units: Array) -> Array:
    """Return how far each unit seems to each (km): farther in another region, and itself farthest of all."""
    square = (units["x"][:, None] - units["x"]) ** 2 + (units["y"][:, None] - units["y"]) ** 2
    far = np.sqrt(square) * np.where(units["region"][:, None] == units["region"], 1.0, OTHER_REGION)
    np.fill_diagonal(far, np.inf)
    return far


def _nearness(ccgs: Array, units: Array) -> Array:
    """Return how local each unit is to each CCG, 0 to 1, by its distance; its own most of all."""
    square = (units["x"][:, None] - ccgs["x"]) ** 2 + (units["y"][:, None] - ccgs["y"]) ** 2
    near = np.maximum(0.0, 1.0 - np.sqrt(square) / LOCAL_KM)
    near[np.arange(len(units))[:, None] == ccgs["home"]] = 1.0
    return near


def _lines(england: England) -> Array:
    """Return the service lines."""
    table, rows = england.lines, np.zeros(N_LINES, LINE)
    rows["base_fixed"], rows["base_variable"] = table.fixed_cost, table.variable_cost
    rows["at_scale"], rows["local_weight"] = table.at_scale, table.local_weight
    rows["contestable"], rows["tupe_share"] = table.contestable, table.tupe_share
    rows["fte_per_gbp"] = table.fte_per_gbp_m / 1e6
    return rows


def fill(market: Array, blank: Array) -> None:
    """Bring a used market back to a blank one, in its own memory, but for what a run writes before it reads.

    The bytes up to trust are copied: field by field takes ten times as long.
    """
    kept = (blank.dtype.fields or {})["trust"][1]
    market.view(np.uint8)[:kept] = blank.view(np.uint8)[:kept]


@rule
def open_market(state: State, seed: int, keeps_events: bool) -> None:
    """Add a seed's luck to a blank market, and the staff and agreements of January 2012."""
    state.board[0].seed = seed
    state.board[0].keeps_events = keeps_events
    set_terms(state)
    open_pool(state)
    for supplier in range(state.n_suppliers):
        if state.suppliers[supplier].kind == UNIT:
            open_unit(state, supplier)
        elif state.suppliers[supplier].kind == BODY:
            open_body(state, supplier)
        else:
            open_provider(state, supplier)
    for ccg in range(state.n_ccgs):
        open_ccg(state, ccg)
    open_trust(state)
    open_book(state)


@rule
def lucky(state: State, purpose: int, key: int, n: int) -> float:
    """Return a number strictly between 0 and 1 for one purpose and one agent."""
    return uniform(draw_key(state.board[0].seed, purpose, key, n))


@rule
def open_unit(state: State, unit: int) -> None:
    """Draw a unit's leadership and quality, and staff it for the CCGs of its clusters."""
    row, policy = state.suppliers[unit], state.policy[now(state)]
    row.sector, row.status, row.heir, row.suitor = NHS, PROPOSED, NOBODY, NOBODY
    row.wanted_region, row.leader = NOBODY, NOBODY
    lead(state, unit, acting_ability(state, unit, 0))
    row.start_quality = 0.5 + QUALITY_SPREAD * (2.0 * lucky(state, QUALITY, row.key, 0) - 1.0)
    for line in range(N_LINES):
        service = state.lines[line]
        row.heads[line] = row.home_population
        row.expected_heads[line] = row.home_population * INTENDED_AT_FIRST
        row.quality[line] = row.start_quality
        cost = service.fixed + service.variable * row.home_population
        row.fte[line] = service.fte_per_gbp * cost * (1.0 + policy.staffing_surplus_at_opening)


@rule
def open_body(state: State, body: int) -> None:
    """Set up an at-scale body that waits to be asked for: ordinary in quality and led as most are."""
    row = state.suppliers[body]
    row.sector, row.status, row.heir, row.suitor = NHS, IDLE, NOBODY, NOBODY
    row.wanted_region, row.leader = NOBODY, NOBODY
    row.start_quality = 0.5
    lead(state, body, 0.5)
    for place in range(state.regions[row.first_region].first_ccg, state.regions[row.end_region - 1].end_ccg):
        row.home_population += state.ccgs[state.by_region[place]].population
    for line in range(N_LINES):
        row.quality[line] = row.start_quality
        row.expected_heads[line] = row.home_population * row.can[line]


@rule
def open_provider(state: State, provider: int) -> None:
    """Draw a provider's quality, efficiency and hopes, and put those that sell already in one region."""
    row, policy = state.suppliers[provider], state.policy[now(state)]
    row.sector = SECTORS[row.kind]
    row.heir, row.suitor, row.wanted_region, row.leader = NOBODY, NOBODY, NOBODY, NOBODY
    row.leadership = 0.5
    row.start_quality = 0.5 + QUALITY_SPREAD * (2.0 * lucky(state, QUALITY, row.key, 0) - 1.0)
    spread = policy.entry_efficiency_spread * (2.0 * lucky(state, EFFICIENCY, row.key, 0) - 1.0)
    row.efficiency = policy.entry_efficiency + spread
    row.optimism = 0.5 + lucky(state, OPTIMISM, row.key, 0)
    row.win_chance = policy.entry_win_chance
    row.status, row.entered = IDLE, 0
    for line in range(N_LINES):
        row.quality[line] = row.start_quality
    if lucky(state, OPENING, row.key, 0) < policy.entry_opening_share:
        row.status = FREE_STANDING
        region = row.first_region + int(lucky(state, HOME_REGION, row.key, 0) * (row.end_region - row.first_region))
        for line in range(N_LINES):
            state.offered[region, provider, line] = row.can[line]


@rule
def open_ccg(state: State, ccg: int) -> None:
    """Draw a CCG's capability, tastes and past relations, and cover its lines by its cluster's team."""
    row, policy, seed = state.ccgs[ccg], state.policy[now(state)], state.board[0].seed
    row.capability = lucky(state, CAPABILITY, row.key, 0)
    span = policy.in_house_efficiency_high - policy.in_house_efficiency_low
    row.efficiency = policy.in_house_efficiency_low + span * row.capability
    row.rating = rating(lucky(state, RATING, row.key, 0))
    row.authorised = authorised_from(state, row.rating, lucky(state, AUTHORISED, row.key, 0))
    row.surveyed = lucky(state, SURVEYED, row.key, 0) * state.n_ccgs < RESPONDENTS
    row.relations = policy.experience_relations_spread * normal(draw_key(seed, RELATIONS, row.key, 0))
    row.taste_quality = spread_taste(state, policy.choice_taste_quality, TASTE_QUALITY, row.key)
    row.taste_presence = spread_taste(state, policy.choice_taste_presence, TASTE_PRESENCE, row.key)
    row.taste_known = spread_taste(state, policy.choice_taste_known, TASTE_KNOWN, row.key)
    luck = normal(draw_key(seed, TASTE_IN_HOUSE, row.key, 0))
    row.taste_in_house = policy.in_house_taste + policy.in_house_taste_spread * luck
    row.quality = 0.4 + 0.2 * row.capability
    row.satisfaction = clipped(0.5 + row.relations)
    row.price_weight, row.service_level = 1.0, 1.0
    row.turn = int(lucky(state, TURN, row.key, 0) * HALF_YEAR)
    set_reach(state, ccg)
    set_willing(state, ccg)
    for line in range(N_LINES):
        local = state.lines[line].local_weight
        row.own_line[line] = lucky(state, OWN_LINE, row.key, line) < policy.in_house_already_share * local
        open_agreement(state, ccg, line)


@rule
def rating(luck: float) -> int:
    """Return a configuration risk by luck from 0 to 1: 0 green, 1 amber, 2 red. Source: K-28."""
    if luck < GREEN_SHARE:
        return 0
    return 1 if luck < GREEN_SHARE + AMBER_SHARE else 2


@rule
def authorised_from(state: State, risk: int, luck: float) -> int:
    """Return the month from which a CCG of a configuration risk is authorised. Source: K-28, K-29."""
    policy = state.policy[0]
    chance = 0.0 if risk == 0 else (policy.authorisation_amber_risk if risk == 1 else policy.authorisation_red_risk)
    return APRIL_2013 + (int(policy.authorisation_delay) if luck < chance else 0)


@rule
def spread_taste(state: State, mean: float, purpose: int, key: int) -> float:
    """Return one CCG's taste: uniform about the mean."""
    return mean * (1.0 + state.policy[now(state)].choice_taste_spread * (2.0 * lucky(state, purpose, key, 0) - 1.0))


@rule
def set_reach(state: State, ccg: int) -> None:
    """Keep the units within reach, of those nearest."""
    row, reach = state.ccgs[ccg], state.policy[now(state)].choice_reach_km
    within = 0
    for k in range(row.n_reach):
        unit = state.suppliers[row.reach[k]]
        square = (unit.x - row.x) * (unit.x - row.x) + (unit.y - row.y) * (unit.y - row.y)
        within += square <= reach * reach
    row.n_reach = within


@rule
def set_willing(state: State, ccg: int) -> None:
    """Settle with which neighbours a CCG would share a team; the same for both."""
    row = state.ccgs[ccg]
    for k in range(row.n_neighbours):
        other = state.ccgs[row.neighbours[k]].key
        key = fold(draw_key(state.board[0].seed, WILLING, min(row.key, other), 0), max(row.key, other))
        row.willing[k] = uniform(key) < state.policy[0].in_house_willing_share


@rule
def open_agreement(state: State, ccg: int, line: int) -> None:
    """Cover one line until March 2013: by the cluster's team, or without a unit by the CCG's own staff."""
    row, service, agreements = state.ccgs[ccg], state.lines[line], state.agreements[ccg]
    agreements.kind[line] = BUY if row.home != NOBODY else MAKE
    agreements.supplier[line] = row.home
    agreements.price[line] = service.need * OLD_PRICE
    agreements.end[line] = APRIL_2013
    agreements.next_kind[line], agreements.next_supplier[line], agreements.next_start[line] = MAKE, NOBODY, NOBODY
    agreements.choice_kind[line] = NOBODY
    if row.home == NOBODY:
        row.heads[line] = row.population
        cost = service.fixed + service.variable * row.population
        row.fte[line] = service.fte_per_gbp * cost * (1.0 + state.policy[now(state)].staffing_surplus_at_opening)


@rule
def open_trust(state: State) -> None:
    """Let each CCG know its home unit alone."""
    state.trust[:] = 0.0
    for ccg in range(state.n_ccgs):
        row = state.ccgs[ccg]
        if row.home != NOBODY:
            state.trust[row.home, ccg] = row.satisfaction
