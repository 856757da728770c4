"""Which outcomes the live page shows, what it calls them, and how its numbers read."""

from dataclasses import dataclass

from simulation.outcomes import OUTCOMES


@dataclass(frozen=True)
class Shown:
    """One outcome on the page.

    Args:
        name: Its name in the model.
        title: What a chart of it is called.
        unit: What its axis says.
        form: How its numbers read: ``count``, ``percent``, ``pounds``, ``millions`` (of pounds), ``index``, ``fte``.
        scale: What the model's number is multiplied by.
        causes: Kinds of event that move it.
    """

    name: str
    title: str
    unit: str
    form: str
    scale: float = 1.0
    causes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return it as the page takes it."""
        words = {"name": self.name, "title": self.title, "unit": self.unit, "form": self.form}
        return {**words, "definition": OUTCOMES[self.name].definition}


MARKET = ("entry", "exit")
ENDS = ("merger", "takeover", "stop", "closure", "form")
MOVES = ("award", "share_ended", "notice", *ENDS, *MARKET)
SPEND, CCGS, UNITS = "% of spend", "% of CCGs", "units"
SHOWN: tuple[Shown, ...] = (
    Shown("css_operating", "NHS units operating", UNITS, "count", causes=ENDS),
    Shown("spend_per_head", "Spend on support", "£ a head a year", "pounds", causes=("award", "extension")),
    Shown("redundancy_cost_to_date", "Redundancy cost to date", "£m", "millions", 1e-6, ("redundancy",)),
    Shown("hhi_local", "Concentration of local markets", "index, 0 to 10,000", "index", 1e4, MOVES),
    Shown("outside_nhs_share", "Suppliers outside the NHS", SPEND, "percent", 100, MOVES),
    Shown("not_satisfied_share", "CCGs not satisfied", CCGS, "percent", 100, ("award", "transfer", *ENDS)),
    Shown("no_choice_share", "CCGs that felt no choice", CCGS, "percent", 100, ("refusal", *ENDS)),
    Shown("switches_to_date", "Agreements that changed hands, to date", "agreements", "count", causes=("award",)),
    Shown("providers_active", "Suppliers outside the NHS that sell", "suppliers", "count", causes=(*MARKET, "form")),
    Shown("css_sold_to_date", "Units sold, to date", UNITS, "count", causes=("form", "closure")),
    Shown("css_free_standing", "Units that stand alone", UNITS, "count", causes=("form", "closure", "takeover")),
    Shown("ccgs_with_three_offers", "CCGs with three credible offers", "CCGs", "count", causes=(*MARKET, *ENDS)),
    Shown("hhi_national", "Concentration in England", "index, 0 to 10,000", "index", 1e4, MOVES),
    Shown("price_index", "Price of bought support", "April 2013 = 1", "ratio", causes=("award", *ENDS)),
    Shown("stranded_cost_to_date", "Stranded cost to date", "£m", "millions", 1e-6, ("stranded_cost",)),
    Shown("fte_css", "Staff of NHS units", "FTE", "fte", causes=("transfer", "redundancy", *ENDS)),
    Shown("fte_redundant_to_date", "Staff made redundant, to date", "FTE", "fte", causes=("redundancy",)),
    Shown("quality", "Quality as delivered", "0 to 1", "ratio", causes=("award", "transfer", "leader", "leader_left")),
    Shown("unmet_need_share", "Need that the allowance could not pay for", "% of need", "percent", 100, ("award",)),
    Shown("home_css_share", "Home NHS unit", SPEND, "percent", 100, MOVES),
    Shown("other_css_share", "Other NHS units", SPEND, "percent", 100, MOVES),
    Shown("private_share", "Private suppliers", SPEND, "percent", 100, MOVES),
    Shown("other_supplier_share", "Voluntary and council suppliers", SPEND, "percent", 100, MOVES),
    Shown("in_house_share", "In house", SPEND, "percent", 100, MOVES),
    Shown("shared_share", "Shared teams", SPEND, "percent", 100, MOVES),
)  # fmt: skip
BY_NAME = {shown.name: shown for shown in SHOWN}
