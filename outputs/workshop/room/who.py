"""Who is in the room's market, by id: rows, names to show, and which CCGs lie side by side."""

from collections import deque

from agents.columns import BUY, MAKE, NOBODY, SHARE
from scenarios.runs import Names
from simulation.inputs import England

KINDS = {"generalist": "General firm", "specialist": "specialist", "voluntary": "Voluntary body"}
SPECIALITIES = {"it": "IT", "business-intelligence": "Data", "back-office": "Back-office"}


class Who:
    """The ids of a market's agents, their rows and their names.

    Args:
        england: The data, with the CCGs as the scenario has them.
    """

    def __init__(self, england: England) -> None:
        ids = Names(england)
        self.ccgs, self.lines, self.suppliers, self.units = ids.ccgs, ids.lines, ids.suppliers, ids.units
        self.ccg_row = {code: row for row, code in enumerate(self.ccgs)}
        self.line_row = {line: row for row, line in enumerate(self.lines)}
        self.supplier_row = {supplier: row for row, supplier in enumerate(self.suppliers)}
        self.line_names = list(england.lines.name)
        self.ccg_names = [_plain(name) for name in england.ccgs.name]
        self.supplier_names = [
            *(f"{name} unit" for name in ids.unit_names),
            *(_provider_name(provider) for provider in england.providers.provider),
        ]
        named = ({"id": code, "name": name} for code, name in zip(self.ccgs, self.ccg_names, strict=True))
        self.places = sorted(named, key=lambda one: one["name"])
        self._around: dict[str, list[str]] = {}
        self.beside: list[list[int]] = [[] for _ in self.ccgs]
        for a, b in england.neighbours.pairs.tolist():
            self.beside[a].append(b)
            self.beside[b].append(a)

    def around(self, code: str) -> list[str]:
        """Return every CCG's code, outwards from one, neighbour by neighbour; those beyond the sea come last."""
        if code not in self._around:
            start = self.ccg_row[code]
            found, queue = {start: None}, deque([start])
            while queue:
                for near in sorted(self.beside[queue.popleft()]):
                    if near not in found:
                        found[near] = None
                        queue.append(near)
            found.update(dict.fromkeys(range(len(self.ccgs))))
            self._around[code] = [self.ccgs[row] for row in found]
        return self._around[code]

    def source(self, kind: int, supplier: int) -> str:
        """Return the id of a source."""
        if kind == MAKE:
            return "make"
        return f"share:{self.ccgs[supplier]}" if kind == SHARE else f"buy:{self.suppliers[supplier]}"

    def read_source(self, source: str) -> tuple[int, int]:
        """Return the kind of a source, and the row of its supplier or host.

        Raises:
            KeyError: There is no such source.
        """
        kind, _, who = source.partition(":")
        if kind == "make" and not who:
            return MAKE, NOBODY
        return (SHARE, self.ccg_row[who]) if kind == "share" else (BUY, self.supplier_row[who])

    def told(self, kind: int, supplier: int, own: int = NOBODY) -> str:
        """Return a source in words, for a CCG."""
        if kind == MAKE or (kind == SHARE and supplier == own):
            return "own team" if kind == MAKE else "own team, with neighbours in it"
        if supplier == NOBODY:
            return "nobody"
        return f"shared with {self.ccg_names[supplier]}" if kind == SHARE else self.supplier_names[supplier]

    def seat_name(self, seat: str) -> str:
        """Return the name of a seat."""
        kind, _, who = seat.partition(":")
        if kind == "ccg":
            return self.ccg_names[self.ccg_row[who]]
        return self.supplier_names[self.supplier_row[who]] if kind == "unit" else "The board"

    def is_seat(self, seat: object) -> bool:
        """Say whether a text names a seat of the game."""
        if not isinstance(seat, str) or len(seat) > 80:
            return False
        kind, _, who = seat.partition(":")
        return seat == "board" or (kind == "ccg" and who in self.ccg_row) or (kind == "unit" and who in self.units)


def _plain(name: str) -> str:
    """Return a CCG's name without what all of them share."""
    for ending in (" CCG", " Clinical Commissioning Group"):
        name = name.removesuffix(ending)
    return name.removeprefix("NHS ")


def _provider_name(provider: str) -> str:
    kind, _, rest = provider.partition("-")
    if kind == "council":
        return f"Councils of {rest.replace('-', ' ').title()}"
    if kind == "specialist":
        what, _, number = rest.rpartition("-")
        return f"{SPECIALITIES.get(what, what.replace('-', ' ').capitalize())} specialist {int(number)}"
    return f"{KINDS.get(kind, kind.capitalize())} {int(rest)}" if rest.isdecimal() else provider
