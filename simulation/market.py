"""The market as a Mesa model: the same nine phases, driven through agents that can be looked at and subclassed."""

import mesa

from agents.compiled import together
from agents.in_mesa import Board, Ccg, Css, Provider
from simulation import month as phases
from simulation.buyers import with_larger_ccgs
from simulation.calendar import N_MONTHS, SNAPSHOTS
from simulation.engine import attributed, start
from simulation.history import History
from simulation.inputs import England
from simulation.moving import move_staff
from simulation.opening import blank_market, unit_ids
from simulation.plan import Plan
from simulation.recording import close_records, record
from simulation.signing import sign_agreements
from simulation.tally import count_quality, count_work_due


class Market(mesa.Model):  # type: ignore[misc]
    """England's market for commissioning support, agent by agent.

    The state lies in ``columns``; each agent owns its row. The luck is keyed by the seed, so a run gives the same
    results, bit for bit, as the compiled engine.

    Args:
        england: The data.
        plan: Parameters and dated changes.
        seed: Seed of the run.
        ccg_class: A class of CCGs of the user's own.
        css_class: A class of NHS units of the user's own.
        provider_class: A class of providers of the user's own.
        board_class: A class of the board of the user's own.
        keeps_events: Whether events are kept.

    Attributes:
        columns: The array that holds the state (see ``agents.columns.State``).
        ccgs, units, providers: The agents, as Mesa agent sets; units hold the at-scale bodies too.
        board: The NHS Commissioning Board.
    """

    _apply_policies_due = staticmethod(together(phases.apply_policies_due))
    _count_work_due = staticmethod(together(count_work_due))
    _open_entries = staticmethod(together(phases.open_entries))
    _sign_agreements = staticmethod(together(sign_agreements))
    _move_staff = staticmethod(together(move_staff))
    _tally = staticmethod(together(phases.tally))
    _count_quality = staticmethod(together(count_quality))
    _record = staticmethod(together(record))
    _close_records = staticmethod(together(close_records))

    def __init__(
        self,
        england: England,
        plan: Plan,
        seed: int,
        *,
        ccg_class: type[Ccg] = Ccg,
        css_class: type[Css] = Css,
        provider_class: type[Provider] = Provider,
        board_class: type[Board] = Board,
        keeps_events: bool = False,
    ) -> None:
        super().__init__(rng=seed)
        self.columns = attributed(blank_market(england, plan))
        start(self.columns, seed, keeps_events)
        self.run_seed = seed
        self.board = board_class(self)
        self._people(england, plan, ccg_class, css_class, provider_class)

    def _people(self, england: England, plan: Plan, ccg: type[Ccg], css: type[Css], provider: type[Provider]) -> None:
        """Make the agents, in the order of their rows."""
        england = with_larger_ccgs(england, plan.parameters.ccg.minimum_population)
        units = unit_ids(england)
        for row, code in enumerate(england.ccgs.ods_code):
            ccg(self, row, code)
        for row, unit in enumerate(units):
            css(self, row, unit)
        for slot, (name, kind) in enumerate(
            zip(england.providers.provider, england.providers.kind, strict=True), start=len(units)
        ):
            (css if kind == "body" else provider)(self, slot, name)
        self.ccgs = self.agents.select(agent_type=ccg)
        self.units = self.agents.select(agent_type=css)
        self.providers = self.agents.select(agent_type=provider)

    @property
    def month(self) -> int:
        """The month at which the market stands (0 is January 2012)."""
        return int(self.columns["board"][0, 0]["month"])

    def step(self) -> None:
        """Do the nine phases of a month, as ``month.PHASES`` lists them."""
        for phase in phases.PHASES:
            getattr(self, phase)()
        self.columns["board"][0, 0]["month"] += 1
        if self.month == N_MONTHS:
            self._close_records(self.columns)

    def apply_policies_due(self) -> None:
        """1. The dated policies of the scenario take effect."""
        self._apply_policies_due(self.columns)

    def post_offers(self) -> None:
        """2. Suppliers post prices; providers weigh entering or widening."""
        self._count_work_due(self.columns)
        self.units.do("set_prices")
        self.providers.do("set_prices")
        self.providers.do("weigh_entry")
        self._open_entries(self.columns)

    def state_intentions(self) -> None:
        """3. CCGs state their intentions."""
        self.ccgs.do("state_intention")

    def choose_sources(self) -> None:
        """4. CCGs choose."""
        self.ccgs.do("choose_sources")

    def sign_agreements(self) -> None:
        """5. What was chosen is signed."""
        self._sign_agreements(self.columns)

    def move_staff(self) -> None:
        """6. Agreements start, and staff move."""
        self._move_staff(self.columns)

    def deliver(self) -> None:
        """7. Support is delivered and paid for."""
        self._tally(self.columns)
        self.units.do("deliver")
        self.providers.do("deliver")
        self.ccgs.do("staff_team")
        self._count_quality(self.columns)
        self.ccgs.do("judge_support")

    def oversee(self) -> None:
        """8. Units look for partners, and the board oversees."""
        self.units.do("review_unit")
        self.board.oversee()

    def record(self) -> None:
        """9. The month's outcomes are recorded."""
        self._record(self.columns)

    def run(self) -> History:
        """Run every month and return the history."""
        history = History.blank(self.columns, self.run_seed)
        while self.month < N_MONTHS:
            self.step()
            if self.month - 1 in SNAPSHOTS:
                history.take(self.columns, SNAPSHOTS.index(self.month - 1))
        return history.close(self.columns)
