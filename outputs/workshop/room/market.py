"""The market of a room: the Mesa market, with agents that do what people said."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agents.columns import NOBODY
from outputs.workshop.room.played import PlayedBoard, PlayedCcg, PlayedCss
from outputs.workshop.room.seasons import Season
from simulation.inputs import England
from simulation.market import Market
from simulation.plan import Plan


@dataclass(frozen=True)
class DirectorSheet:
    """What a unit's director said.

    Args:
        price: Mark-up on the model's prices (share; negative is a cut).
        staff: Share of staff to hire; negative to make redundant.
        partner: Row of the unit to merge with, or NOBODY.
        free: Whether mergers are left to the model.
    """

    price: float = 0.0
    staff: float = 0.0
    partner: int = NOBODY
    free: bool = True


@dataclass(frozen=True)
class BoardSheet:
    """What the board's player said.

    Args:
        allowance: GBP a head a year from April, or None to leave it.
        pass_mark: Of the next checkpoint (0 to 1), or None.
        april: The month from which the allowance holds.
    """

    allowance: float | None = None
    pass_mark: float | None = None
    april: int = 0


@dataclass(frozen=True)
class Sheets:
    """What everybody said for one season, by row.

    Args:
        ccgs: For each CCG its lines, each with the kind of source and the row of the supplier or host.
        units: Of directors.
        board: Of the board.
    """

    ccgs: Mapping[int, Mapping[int, tuple[int, int]]] = field(default_factory=dict)
    units: Mapping[int, DirectorSheet] = field(default_factory=dict)
    board: BoardSheet | None = None


NOTHING = Sheets()


class RoomMarket(Market):
    """The market that a room plays.

    Args:
        england: The data.
        plan: Parameters and dated changes.
        seed: Seed of the run.

    Attributes:
        sheets: What people said for the season under way.
        first_month: Its first month.
    """

    def __init__(self, england: England, plan: Plan, seed: int) -> None:
        self.sheets, self.first_month = NOTHING, NOBODY
        super().__init__(
            england, plan, seed, ccg_class=PlayedCcg, css_class=PlayedCss, board_class=PlayedBoard, keeps_events=True
        )

    def play_until(self, month: int) -> None:
        """Let the model alone play up to a month, not included."""
        self.sheets, self.first_month = NOTHING, NOBODY
        self._run_until(month)

    def play(self, season: Season, sheets: Sheets) -> None:
        """Play one season as people said."""
        self.sheets, self.first_month = sheets, season.first
        self.board.set_policy()
        self._run_until(season.end)
        self.sheets, self.first_month = NOTHING, NOBODY

    def _run_until(self, month: int) -> None:
        while self.month < month:
            self.step()
