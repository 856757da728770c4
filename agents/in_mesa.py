"""The agents as Mesa sees them: each owns its rows of the market, and a subclass may override what it does.

The compiled engine does not load this file, nor Mesa.
"""

import mesa

from agents import board, ccg, css, provider
from agents.columns import FREE_STANDING, STATUSES, Array
from agents.compiled import together, verb


class Owner(mesa.Agent):  # type: ignore[misc]
    """An agent that owns one row of the market.

    Args:
        model: The market.
        row: Its row.
        name: Its id: of a CCG the ODS code, of a provider with its slot among the potential entrants.
    """

    def __init__(self, model: mesa.Model, row: int, name: str) -> None:
        super().__init__(model)
        self.row, self.name = row, name


class Ccg(Owner):
    """A clinical commissioning group: it owns one row of the market's CCGs, and its row of agreements.

    A subclass may override a verb; ``Market`` then calls it in place of the rule.
    """

    _state_intention = staticmethod(verb(ccg.state_intention))
    _choose_sources = staticmethod(verb(ccg.choose_sources))
    _staff_team = staticmethod(verb(ccg.staff_team))
    _judge_support = staticmethod(verb(ccg.judge_support))

    def state_intention(self) -> None:
        """Say which source is intended for each line, before April 2013."""
        self._state_intention(self.model.columns, self.row)

    def choose_sources(self) -> None:
        """Choose a source for each line that is up for decision."""
        self._choose_sources(self.model.columns, self.row)

    def staff_team(self) -> None:
        """Let staff of its own team come and go."""
        self._staff_team(self.model.columns, self.row)

    def judge_support(self) -> None:
        """Let satisfaction and trust follow what was delivered."""
        self._judge_support(self.model.columns, self.row)

    @property
    def population(self) -> float:
        """People whom it covers."""
        return float(self.model.columns["ccgs"][0, self.row]["population"])

    @property
    def satisfaction(self) -> float:
        """Satisfaction with its support, 0 to 1."""
        return float(self.model.columns["ccgs"][0, self.row]["satisfaction"])

    @property
    def agreements(self) -> Array:
        """Its agreements (AGREEMENTS)."""
        agreements: Array = self.model.columns["agreements"][0, self.row]
        return agreements


class Css(Owner):
    """An NHS commissioning support service: it owns one row of the market's suppliers."""

    _set_prices = staticmethod(verb(css.set_prices))
    _deliver = staticmethod(verb(css.deliver))
    _review_unit = staticmethod(verb(css.review_unit))

    def set_prices(self) -> None:
        """Post prices for the month."""
        self._set_prices(self.model.columns, self.row)

    def deliver(self) -> None:
        """Staff the unit and bear the month's cost."""
        self._deliver(self.model.columns, self.row)

    def review_unit(self) -> None:
        """Look for a unit to join."""
        self._review_unit(self.model.columns, self.row)

    @property
    def status(self) -> str:
        """Where it stands, from proposed to closed."""
        return STATUSES[self.model.columns["suppliers"][0, self.row]["status"]]

    @property
    def customers(self) -> int:
        """CCGs that buy any line from it."""
        return int(self.model.columns["suppliers"][0, self.row]["customers"])


class Provider(Owner):
    """A supplier outside the NHS, in the market or a potential entrant: it owns one row of the market's suppliers."""

    _set_prices = staticmethod(verb(provider.set_prices))
    _weigh_entry = staticmethod(verb(provider.weigh_entry))
    _deliver = staticmethod(verb(provider.deliver))

    def set_prices(self) -> None:
        """Post prices for the month."""
        self._set_prices(self.model.columns, self.row)

    def weigh_entry(self) -> None:
        """Look for a region and line to enter."""
        self._weigh_entry(self.model.columns, self.row)

    def deliver(self) -> None:
        """Staff the provider and bear the month's cost."""
        self._deliver(self.model.columns, self.row)

    @property
    def is_active(self) -> bool:
        """Whether it sells."""
        return bool(self.model.columns["suppliers"][0, self.row]["status"] == FREE_STANDING)


class Board(mesa.Agent):  # type: ignore[misc]
    """The NHS Commissioning Board, which oversees the units.

    Args:
        model: The market.
    """

    _oversee = staticmethod(together(board.oversee))

    def oversee(self) -> None:
        """Agree mergers, hold checkpoints, place leaders, end the unviable and let providers leave."""
        self._oversee(self.model.columns)
