"""The month's core, offers, choice and delivery, in plain Mesa objects: a second opinion on the rules, and a peer.

It is written from docs/odd.md (7.4 to 7.9) in ordinary Python and reads the state of a market at the start of a month.
With keyed luck it must choose as the compiled rules do; with a generator's luck it is what a modeller would time.
At-scale bodies are left out: units do every line in the markets that it is given.
"""

import math
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Protocol

import mesa

from agents.chance import SOURCE_LUCK, TIME_TO_LOOK, VIEW
from agents.columns import (
    BODY,
    BUY,
    COUNCIL,
    CUSTOMER_OWNED,
    FREE_STANDING,
    GENERALIST,
    MAKE,
    NHS,
    SHARE,
    SOCIAL_ENTERPRISE,
    UNIT,
)
from agents.dates import APRIL_2013, JANUARY_2013, JANUARY_2014
from agents.rules.redundancy import SERVICE_SHARES, SERVICE_YEARS
from agents.supplier import NEARNESS
from simulation.parameters import POLICY_DTYPE

NO_ONE, RED = -1, 2
MAKING, SHARING, IN_THE_NHS, OUTSIDE = range(4)
LEAST_VOLUME, NEW_MONTHS, MOST_WEIGHT, HALVINGS = 50_000.0, 24, 64.0, 8
ORDINARY = 0.5
EULER = 0.5772156649015329
WORD = 2**64 - 1


# ---- Luck ------------------------------------------------------------------------------------------------------


class Luck(Protocol):
    """Where uniform numbers come from: named by what they decide, which a generator may ignore."""

    def uniform(self, *name: int) -> float:
        """Return a number between 0 and 1."""

    def of(self, source: int, *name: int) -> float:
        """Return the number of one source among all that a name decides."""


class KeyedLuck:
    """The draws of the compiled rules (docs/odd.md 7.20), in whole numbers of Python.

    Args:
        seed: Seed of the run.
    """

    def __init__(self, seed: int) -> None:
        self.root = self._stir(seed + 0x9E3779B97F4A7C15 & WORD)

    @staticmethod
    def _stir(z: int) -> int:
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & WORD
        z = (z ^ z >> 27) * 0x94D049BB133111EB & WORD
        return z ^ z >> 31

    def _key(self, name: Iterable[int]) -> int:
        key = self.root
        for part in name:
            key = self._stir((key ^ part) * 0x94D049BB133111EB + 0x9E3779B97F4A7C15 & WORD)
        return key

    def uniform(self, *name: int) -> float:
        """Return the number of a name."""
        return self._number(self._key(name))

    def of(self, source: int, *name: int) -> float:
        """Return the number of one source among all that a name decides."""
        return self._number(self._stir(self._key(name) ^ source))

    @staticmethod
    def _number(key: int) -> float:
        return struct.unpack("d", struct.pack("Q", key >> 12 | 0x3FF0000000000000))[0] - (1.0 - 2.0**-53)


class GeneratorLuck:
    """Numbers from the model's own generator, as Mesa models take them.

    Args:
        random: The generator.
    """

    def __init__(self, random: Any) -> None:
        self._random = random

    def uniform(self, *name: int) -> float:
        """Return the next number."""
        return float(self._random.random()) or 0.5

    def of(self, source: int, *name: int) -> float:
        """Return the next number."""
        return self.uniform()


# ---- What there is ---------------------------------------------------------------------------------------------


AGREED = ("kind", "supplier", "price", "next_kind", "next_supplier")


@dataclass
class Agreement:
    """Who does one line for a CCG, and what the CCG would choose now."""

    kind: int
    supplier: int
    price: float
    next_kind: int
    next_supplier: int
    choice: "Option | None" = None


@dataclass
class Option:
    """One source that a CCG considers, line by line."""

    kind: int
    supplier: int
    nest: int
    expected: float = ORDINARY
    worth: dict[int, float] = field(default_factory=dict)
    price: dict[int, float] = field(default_factory=dict)
    luck: dict[int, float] = field(default_factory=dict)


class PlainSupplier(mesa.Agent):  # type: ignore[misc]
    """A unit or a provider, with its offers."""

    def __init__(self, model: "PlainMarket", row: int, state: Any, offered: Any) -> None:
        super().__init__(model)
        self.row = row
        for name in ("key", "kind", "sector", "status", "form", "heir", "x", "y", "home_population", "efficiency",
                     "optimism", "redeploys", "on_framework", "entered"):  # fmt: skip
            setattr(self, name, state[name].item())
        self.offered, self.can = offered.tolist(), state["can"].tolist()
        self.price, self.quality = state["price"].tolist(), state["quality"].tolist()
        self.fte, self.heads = state["fte"].tolist(), state["heads"].tolist()
        self.expected, self.covered = state["expected_heads"].tolist(), state["covered_heads"].tolist()
        self.on_nhs_terms = state["on_nhs_terms"].tolist()
        self.barred = False

    @property
    def sells(self) -> bool:
        """Whether it is in the market."""
        return self.status <= FREE_STANDING

    @property
    def vat(self) -> float:
        """VAT in its price that customers cannot recover."""
        return 0.0 if self.sector == NHS or self.kind == COUNCIL else self.model.policy.entry_vat_wedge

    @property
    def of_nhs(self) -> bool:
        """Whether it began in the NHS, whoever owns it now."""
        return self.kind in (UNIT, BODY)

    @property
    def lacks_place(self) -> bool:
        """Whether it sells end-to-end support without a place on a framework in force."""
        return self.model.framework and self.kind in (UNIT, GENERALIST) and not self.on_framework

    @property
    def mean_quality(self) -> float:
        """Mean quality of the lines that it could sell."""
        known = [quality for quality, can in zip(self.quality, self.can, strict=True) if can]
        return sum(known) / max(1, len(known))

    def is_barred(self) -> bool:
        """Say whether it may sign nothing, for want of a place or of quality to sell through another's."""
        if not self.lacks_place:
            return False
        holders = any(other.on_framework and other.sells for other in self.model.suppliers)
        return not holders or self.mean_quality < self.model.policy.framework_minimum_quality

    def set_prices(self) -> None:
        """Post prices for the volume that is expected, with the fee for another's place."""
        if self.of_nhs and not self.sells:
            return
        fee = self.model.policy.framework_fee if self.lacks_place else 0.0
        for line in range(len(self.model.lines)):
            if self.of_nhs:
                self.price[line] = self._unit_price(line) * (1.0 + fee)
            elif self.can[line]:
                self.price[line] = self._provider_price(line) * (1.0 + fee)

    def _cost(self, line: int, heads: float) -> float:
        service = self.model.lines[line]
        return (service.fixed / max(heads, LEAST_VOLUME) + service.variable) / self.efficiency

    def _unit_price(self, line: int) -> float:
        policy = self.model.policy
        extra = {
            SOCIAL_ENTERPRISE: policy.hosting_social_enterprise_cost,
            CUSTOMER_OWNED: policy.hosting_customer_owned_cost,
        }.get(self.form, 0.0)
        heads = max(self.expected[line] + self.covered[line], policy.cost_hoped_share * self.home_population)
        cost = self._cost(line, heads) * (1.0 + extra)
        if self.sector != NHS:
            return cost * (1.0 + policy.entry_margin) * (1.0 + policy.entry_vat_wedge)
        hosted = self.status < FREE_STANDING
        charge = policy.hosting_charge * self.model.lines[line].need_share if hosted else 0.0
        return cost * (1.0 + policy.cost_surplus_target) + charge

    def _provider_price(self, line: int) -> float:
        policy = self.model.policy
        new = not self.sells or self.model.month - self.entered < NEW_MONTHS
        discount = policy.entry_discount * self.optimism if new else 0.0
        cost = self._cost(line, self.expected[line] + policy.entry_other_business)
        cost += self._terms_cost(line) / max(self.expected[line], LEAST_VOLUME)
        return cost * (1.0 + policy.entry_margin) * (1.0 - discount) * (1.0 + self.vat)

    def _terms_cost(self, line: int) -> float:
        """Return what staff who keep NHS terms add to a line's cost, GBP a year."""
        policy = self.model.policy
        pay = policy.redundancy_salary * (1.0 + policy.redundancy_on_cost)
        return self.on_nhs_terms[line] * pay * policy.tupe_terms_cost


class PlainCcg(mesa.Agent):  # type: ignore[misc]
    """A CCG, with its agreements, tastes and trust."""

    def __init__(self, model: "PlainMarket", row: int, state: Any, agreements: Any, near: Any, trust: Any) -> None:
        super().__init__(model)
        self.row = row
        for name in ("key", "population", "allowance", "region", "home", "rating", "authorised", "efficiency",
                     "relations", "taste_quality", "taste_presence", "taste_known", "taste_in_house", "quality",
                     "satisfaction"):  # fmt: skip
            setattr(self, name, state[name].item())
        self.neighbours = state["neighbours"][: state["n_neighbours"]].tolist()
        self.willing = state["willing"].tolist()
        self.reach = state["reach"][: state["n_reach"]].tolist()
        self.own_line, self.n_reviews = state["own_line"].tolist(), state["n_reviews"].tolist()
        self.formed = state["formed"].tolist()
        self.fte, self.heads = state["fte"].tolist(), state["heads"].tolist()
        self.agreements = [
            Agreement(*values)
            for values in zip(*(agreements[name].tolist() for name in AGREED), strict=True)
        ]  # fmt: skip
        self.near, self.trust = near.tolist(), trust.tolist()
        self.users = [0] * len(self.agreements)
        self.looks, self.price_weight, self.service_level = False, 1.0, 1.0

    # -- Offers that it considers --

    def review(self) -> None:
        """Choose the best source for every line that the allowance bears."""
        self.looks = self._has_time()
        options = list(self._considered())
        lines = range(len(self.model.lines))
        moving = [[self._moving_cost(line, nest) for nest in range(4)] for line in lines]
        for option in options:
            for line in lines:
                self._weigh(option, line, moving[line][option.nest])
        for line in lines:
            if not any(line in option.worth for option in options):
                self._weigh(options[0], line, moving[line][MAKING], last_resort=True)
        between = self._draw_luck(options)
        budget = (self.allowance - self.model.policy.allowance_core_cost) / self.population
        self.price_weight = self._weight_within(options, between, budget)
        chosen = self._chosen(options, between, self.price_weight)
        for agreement, option in zip(self.agreements, chosen, strict=True):
            agreement.choice = option

    def _has_time(self) -> bool:
        if self.home == NO_ONE:
            return True
        policy, month = self.model.policy, self.model.month
        if month < self.authorised and (month >= APRIL_2013 or self.rating == RED):
            return False
        passed = min(1.0, max(0.0, (month - JANUARY_2013 + 1) / (JANUARY_2014 - JANUARY_2013 + 1)))
        share = policy.choice_no_time_share + passed * (policy.choice_no_time_share_later - policy.choice_no_time_share)
        return self.model.luck.uniform(TIME_TO_LOOK, self.key, month // 12) >= share

    def _considered(self) -> Iterator[Option]:
        """Yield each source once: its own team, hosts, and suppliers that may sign."""
        yield Option(MAKE, NO_ONE, MAKING)
        hosts = [a.supplier for a in self.agreements if a.kind == SHARE and a.supplier != self.row]
        if self.looks:
            hosts += [n for n, willing in zip(self.neighbours, self.willing, strict=False) if willing]
        for host in dict.fromkeys(hosts):
            yield Option(SHARE, host, SHARING)
        suppliers = self.model.suppliers
        present = [a.supplier for a in self.agreements if a.kind == BUY]
        known = [*present, self.home] if self.home != NO_ONE else present
        near = [self.model.heir(unit) for unit in self.reach] if self.looks else []
        near = [unit for unit in near if suppliers[unit].sells]
        others = self.model.sellers[self.region] if self.looks else []
        for row in dict.fromkeys([*known, *near, *others]):
            if not suppliers[row].barred:
                nest = IN_THE_NHS if suppliers[row].sector == NHS else OUTSIDE
                yield Option(BUY, row, nest, self._expected_quality(row))

    def _expected_quality(self, supplier: int) -> float:
        """Return the quality that it expects: its own trust, or in part its neighbours', or an ordinary supplier's."""
        if self.trust[supplier] > 0.0:
            return float(self.trust[supplier])
        heard = [trust for n in self.neighbours if (trust := self.model.ccgs[n].trust[supplier]) > 0.0]
        if not heard:
            return ORDINARY
        weight = self.model.policy.experience_neighbour_weight
        return float(ORDINARY + weight * (sum(heard) / len(heard) - ORDINARY))

    # -- What each is worth --

    def _weigh(self, option: Option, line: int, moving: float, *, last_resort: bool = False) -> None:
        """Note the price and worth of an option for a line, where it is open."""
        moving = 0.0 if self._is_present(option, line) else moving
        if option.kind == BUY:
            if self._may_buy(option, line):
                self._weigh_supplier(option, line, moving)
        elif last_resort or self._team_is_open(option, line):
            self._weigh_team(option, line, moving)

    def _is_present(self, option: Option, line: int) -> bool:
        agreement = self.agreements[line]
        own_now = agreement.kind == MAKE or (agreement.kind == SHARE and agreement.supplier == self.row)
        if own_now or option.kind == MAKE:
            return own_now and option.kind == MAKE
        return (agreement.kind, agreement.supplier) == (option.kind, option.supplier)

    def _may_buy(self, option: Option, line: int) -> bool:
        seller = self.model.suppliers[option.supplier]
        known = self._is_present(option, line) or option.supplier == self.home or self.looks
        return bool(seller.offered[self.region][line]) and known

    def _weigh_supplier(self, option: Option, line: int, moving: float) -> None:
        seller, service, policy = self.model.suppliers[option.supplier], self.model.lines[line], self.model.policy
        quality = seller.quality[line] if self._is_present(option, line) else option.expected
        taste = quality * self.taste_quality + self.trust[option.supplier] * self.taste_known
        near = self.near[option.supplier] if option.supplier < len(self.near) else float(NEARNESS[seller.kind])
        taste += near * self.taste_presence * service.local_weight
        if option.supplier == self.home:
            taste += policy.choice_pressure if self.model.month < APRIL_2013 else 0.0
            taste += policy.hosting_customer_owned_loyalty if seller.form == CUSTOMER_OWNED else 0.0
        option.worth[line] = taste * service.need_share - moving
        option.price[line] = seller.price[line] * (1.0 + policy.choice_contract_management)

    def _team_is_open(self, option: Option, line: int) -> bool:
        agreement = self.agreements[line]
        if option.kind == MAKE:
            return self.looks or bool(self.own_line[line]) or agreement.kind != BUY
        joined = agreement.kind == SHARE and agreement.supplier == option.supplier
        return joined or (self.looks and self.model.hosts(option.supplier, line))

    def _weigh_team(self, option: Option, line: int, moving: float) -> None:
        alone, service = option.kind == MAKE, self.model.lines[line]
        host = self if alone else self.model.ccgs[option.supplier]
        own = 1.0 if alone else 0.5
        taste = host.quality * self.taste_quality + self.taste_presence * service.local_weight * (0.5 + 0.5 * own)
        taste += self.taste_known if alone and self.own_line[line] else 0.0
        hands = self.taste_in_house * own * service.hands_share
        option.worth[line] = taste * service.need_share + hands - moving
        option.price[line] = host.team_price(line, *self._team_with_me(host, line))

    def _team_with_me(self, host: "PlainCcg", line: int) -> tuple[float, int]:
        """Return the people and the CCGs whom its own team, or a host's with it in it, would serve."""
        heads, users = max(host.population, host.heads[line]), max(1, host.users[line])
        if host is self:
            return heads, 1
        agreement = self.agreements[line]
        joined = agreement.kind == SHARE and agreement.supplier == host.row
        return (heads, users) if joined else (heads + self.population, users + 1)

    def team_price(self, line: int, heads: float, partners: int) -> float:
        """Return what its team costs a head for a line."""
        service = self.model.lines[line]
        cost = (service.fixed / heads + service.variable) / self.efficiency
        return cost * (1.0 + self.model.policy.in_house_coordination_charge * (partners - 1))

    def _moving_cost(self, line: int, nest: int) -> float:
        """Return redundancy, stranded cost, procurement and business case of moving a line to a nest, a head a year."""
        policy, agreement, share = self.model.policy, self.agreements[line], self.model.lines[line].need_share
        bought = agreement.kind == BUY
        total = self._redundancy(line, nest, bought)
        if nest in (IN_THE_NHS, OUTSIDE):
            total += policy.choice_procurement_cost * share
        elif bought:
            total += policy.in_house_business_case_cost * share
            total += self._stranded(line) * policy.stranded_ccg_share_in_house
        return total / (self.population * policy.agreement_months / 12.0)

    def _redundancy(self, line: int, nest: int, bought: bool) -> float:
        policy, agreement = self.model.policy, self.agreements[line]
        team: Any = self.model.suppliers[agreement.supplier] if bought else self.host(agreement)
        if bought and not team.of_nhs:
            return 0.0
        attached = team.fte[line] * self.population / max(team.heads[line], self.population)
        moves = {IN_THE_NHS: policy.tupe_to_nhs, OUTSIDE: policy.tupe_to_outside_nhs}.get(nest, policy.tupe_to_in_house)
        moves *= policy.tupe_transfer_share * self.model.lines[line].tupe_share
        stay = (1.0 - policy.staffing_turnover / 12.0) ** int(policy.agreement_notice)
        redeployed = policy.redundancy_redeployed_share * team.redeploys if bought else 0.0
        redundant = attached * (1.0 - moves) * (1.0 - redeployed) * stay
        pays = {IN_THE_NHS: policy.redundancy_ccg_share_other_css, OUTSIDE: policy.redundancy_ccg_share_outside_nhs}
        mine = pays.get(nest, policy.redundancy_ccg_share_in_house) if bought else 1.0
        return redundant * self.model.payment * mine

    def host(self, agreement: Agreement) -> "PlainCcg":
        """Return whose team serves a line that is not bought."""
        host: PlainCcg = self if agreement.kind == MAKE else self.model.ccgs[agreement.supplier]
        return host

    def _stranded(self, line: int) -> float:
        seller, policy = self.model.suppliers[self.agreements[line].supplier], self.model.policy
        heads = max(seller.heads[line], self.population)
        yearly = self.model.lines[line].fixed * policy.cost_nonpay_share * self.population / heads
        return yearly * policy.stranded_months / 12.0

    # -- Luck and choice --

    def _draw_luck(self, options: list[Option]) -> list[list[float]]:
        """Give each option its luck for each line, and return that of each nest."""
        policy = self.model.policy
        between = []
        for line, service in enumerate(self.model.lines):
            scale = policy.choice_noise * service.need_share
            if self.model.luck.uniform(VIEW, self.key, self.n_reviews[line], line) >= policy.choice_noise_persistence:
                self.formed[line] = self.n_reviews[line]
            between.append([scale * self._luck(line, nest) for nest in range(4)])
            for option in options[1:]:
                who = self.model.suppliers if option.kind == BUY else self.model.ccgs
                luck = self._luck(line, who[option.supplier].key)
                option.luck[line] = scale * policy.choice_noise_within * luck
        return between

    def _luck(self, line: int, source: int) -> float:
        """Return the Gumbel number of a source in the CCG's view of a line."""
        number = self.model.luck.of(source, SOURCE_LUCK, self.key, self.formed[line], line)
        return -math.log(-math.log(number)) - EULER

    def _chosen(self, options: list[Option], between: list[list[float]], weight: float) -> list[Option]:
        """Return the best source of each line: each nest is stood for by its best option."""
        return [self._best(options, between[line], line, weight) for line in range(len(self.model.lines))]

    def _best(self, options: list[Option], between: list[float], line: int, weight: float) -> Option:
        champions: dict[int, tuple[float, Option]] = {}
        for option in options:
            if line in option.worth:
                value = option.worth[line] - weight * option.price[line] + option.luck.get(line, 0.0)
                if option.nest not in champions or value > champions[option.nest][0]:
                    champions[option.nest] = value, option
        best, most = None, -math.inf
        for nest in sorted(champions):
            option = champions[nest][1]
            value = option.worth[line] - weight * option.price[line] + between[nest]
            if value > most:
                best, most = option, value
        assert best is not None
        return best

    def _weight_within(self, options: list[Option], between: list[list[float]], budget: float) -> float:
        """Return the least weight of price, from 1, at which the choice fits the budget."""

        def fits(weight: float) -> bool:
            chosen = self._chosen(options, between, weight)
            return sum(option.price[line] for line, option in enumerate(chosen)) <= budget

        low, high = 1.0, MOST_WEIGHT
        if fits(low):
            return low
        if not fits(high):
            return high
        for _ in range(HALVINGS):
            middle = math.sqrt(low * high)
            low, high = (low, middle) if fits(middle) else (middle, high)
        return high

    # -- Delivery --

    def pay(self) -> None:
        """Price its own lines at the scale that they have, and cut the service where the allowance falls short."""
        policy, total = self.model.policy, 0.0
        for line, agreement in enumerate(self.agreements):
            if agreement.kind == BUY:
                total += agreement.price * (1.0 + policy.choice_contract_management)
                continue
            host = self.host(agreement)
            agreement.price = host.team_price(line, host.heads[line], host.users[line])
            total += agreement.price
        room = max(0.0, self.allowance - policy.allowance_core_cost)
        self.service_level = min(1.0, room / (total * self.population)) if self.model.month >= APRIL_2013 else 1.0

    def judge(self) -> None:
        """Let satisfaction, and trust in each supplier, follow quality and price."""
        policy, lines = self.model.policy, self.model.lines
        seen = [self._delivered(line) for line in range(len(lines))]
        quality = sum(service.need_share * q for service, q in zip(lines, seen, strict=True))
        need = sum(service.need for service in lines)
        price = sum(agreement.price for agreement in self.agreements)
        target = min(1.0, max(0.0, quality * self.service_level + 0.3 * (need - price) / need + self.relations))
        self.satisfaction += policy.experience_learning * (target - self.satisfaction)
        for line, agreement in enumerate(self.agreements):
            if agreement.kind == BUY:
                felt = min(1.0, max(0.0, self.satisfaction + seen[line] - quality))
                speed = policy.experience_learning * lines[line].need_share * len(lines)
                self.trust[agreement.supplier] += speed * (felt - self.trust[agreement.supplier])

    def _delivered(self, line: int) -> float:
        agreement = self.agreements[line]
        if agreement.kind == BUY:
            return self.model.suppliers[agreement.supplier].quality[line]
        return float(self.host(agreement).quality)


class PlainMarket(mesa.Model):  # type: ignore[misc]
    """The market at the start of a month, as plain objects.

    Args:
        state: A market's state record (see ``agents.columns.State``); it is read, not kept.
        keyed: Whether luck is that of the compiled rules; otherwise it comes from the model's generator.
    """

    def __init__(self, state: Any, *, keyed: bool) -> None:
        super().__init__(rng=1)
        board = state["board"][0]
        self.month, self.framework = int(board["month"]), bool(board["framework_open"])
        row = state["policy"][self.month]
        self.policy = SimpleNamespace(**{name: float(row[name]) for name in POLICY_DTYPE.names or ()})
        names = ("fixed", "variable", "need", "need_share", "hands_share", "local_weight", "tupe_share")
        self.lines = [SimpleNamespace(**{name: float(line[name]) for name in names}) for line in state["lines"]]
        self.luck: Luck = KeyedLuck(int(board["seed"])) if keyed else GeneratorLuck(self.random)
        self.payment = self._mean_payment(float(board["deflator"]))
        self.sellers = [region["sellers"][: region["n_sellers"]].tolist() for region in state["regions"]]
        self.suppliers = [
            PlainSupplier(self, n, state["suppliers"][n], state["offered"][:, n])
            for n in range(int(state["n_suppliers"]))
        ]
        near = state["near"][: int(state["n_units"])]
        self.ccgs = [
            PlainCcg(self, n, state["ccgs"][n], state["agreements"][n], near[:, n], state["trust"][:, n])
            for n in range(int(state["n_ccgs"]))
        ]
        self._count_users()

    def _mean_payment(self, deflator: float) -> float:
        """Return what a redundant member of staff is paid on average."""
        policy = self.policy
        pay = min(policy.redundancy_salary, policy.redundancy_salary_cap / deflator)
        months = [
            0.0 if years < 2.0 else min(math.floor(years), policy.redundancy_cap_months) for years in SERVICE_YEARS
        ]
        return sum(share * month for share, month in zip(SERVICE_SHARES, months, strict=True)) * pay / 12.0

    def heir(self, supplier: int) -> int:
        """Return who carries on the work of a supplier that may have merged."""
        while self.suppliers[supplier].heir != NO_ONE:
            supplier = self.suppliers[supplier].heir
        return supplier

    def hosts(self, ccg: int, line: int) -> bool:
        """Say whether a CCG makes a line itself, or before April 2013 means to, so that another may join it."""
        agreement, early = self.ccgs[ccg].agreements[line], self.month < APRIL_2013
        kind = agreement.next_kind if early else agreement.kind
        supplier = agreement.next_supplier if early else agreement.supplier
        return kind == MAKE or (kind == SHARE and supplier == ccg)

    def step(self) -> None:
        """Do the month's core: offers, choice, delivery."""
        for supplier in self.suppliers:
            supplier.barred = supplier.is_barred()
            supplier.set_prices()
        for ccg in self.ccgs:
            ccg.review()
        self._count_heads()
        for ccg in self.ccgs:
            ccg.pay()
        for ccg in self.ccgs:
            ccg.judge()

    def _count_users(self) -> None:
        """Count the CCGs whom each team serves."""
        for ccg in self.ccgs:
            for line, agreement in enumerate(ccg.agreements):
                if agreement.kind != BUY:
                    ccg.host(agreement).users[line] += 1

    def _count_heads(self) -> None:
        """Count the people whom each supplier and each team serve."""
        everyone: list[Any] = [*self.suppliers, *self.ccgs]
        for agent in everyone:
            agent.heads = [0.0] * len(self.lines)
        for ccg in self.ccgs:
            for line, agreement in enumerate(ccg.agreements):
                if agreement.kind == BUY:
                    self.suppliers[agreement.supplier].heads[line] += ccg.population
                else:
                    ccg.host(agreement).heads[line] += ccg.population
