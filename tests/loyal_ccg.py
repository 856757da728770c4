"""Agents as a user might write them: CCGs that never leave, and CCGs whose code has a fault."""

from agents.in_mesa import Ccg


class LoyalCcg(Ccg):
    """A CCG that never looks at its agreements again once CCGs are live."""

    def choose_sources(self) -> None:
        """Choose for April 2013 alone."""
        if self.model.month < 15:
            super().choose_sources()


class FaultyCcg(Ccg):
    """A CCG that fails with some seeds."""

    def choose_sources(self) -> None:
        """Fail in one run of three."""
        if self.model.run_seed % 3 == 0:
            raise ZeroDivisionError(f"no budget for seed {self.model.run_seed}")
        super().choose_sources()


class NoAgent:
    """No agent at all."""
