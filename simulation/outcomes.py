"""What is recorded every month: names, units and definitions. Importing it compiles nothing."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Outcome:
    """One column of the outcomes table.

    Args:
        name: Its stable name.
        unit: Its unit.
        definition: What it counts, in one sentence.
    """

    name: str
    unit: str
    definition: str


INTENDED = " Until March 2013 it describes intentions."
_COLUMNS = (
    ("css_operating", "units", "NHS units that could sell support this month; before April 2013, proposed units still in the process."),
    ("css_rapid_management", "units", "Of those operating, units in rapid management."),
    ("css_stopped_to_date", "units", "Units stopped at a checkpoint."),
    ("css_merged_to_date", "units", "Units merged into another or taken over."),
    ("css_closed_to_date", "units", "NHS units wound up after April 2013."),
    ("css_sold_to_date", "units", "Units sold to a private owner; they leave the NHS count when sold."),
    ("css_free_standing", "units", "Of those operating, units that stand alone after hosting."),
    ("providers_active", "suppliers", "Suppliers outside the NHS that sell in at least one region, sold units included."),
    ("provider_entries_to_date", "suppliers", "Entries of suppliers outside the NHS after January 2012, returns included."),
    ("provider_exits_to_date", "suppliers", "Times that a supplier outside the NHS has left the market."),
    ("switches_to_date", "agreements", "Agreements of one CCG and one line that changed source or supplier since April 2013."),
    ("ccgs_with_three_offers", "CCGs", "CCGs that at least three suppliers could serve for half of their need: in reach, with capacity, within the allowance."),
    ("home_css_share", "share of spend", "Spend with the home unit." + INTENDED),
    ("other_css_share", "share of spend", "Spend with another NHS unit, or with an at-scale body." + INTENDED),
    ("private_share", "share of spend", "Spend with private suppliers, sold units included." + INTENDED),
    ("other_supplier_share", "share of spend", "Spend with voluntary bodies and councils." + INTENDED),
    ("in_house_share", "share of spend", "Spend on CCGs' own teams." + INTENDED),
    ("shared_share", "share of spend", "Spend on teams shared by neighbouring CCGs." + INTENDED),
    ("outside_nhs_share", "share of spend", "Private and other suppliers together." + INTENDED),
    ("hhi_national", "index, 0 to 1", "Herfindahl-Hirschman index of bought support over England's suppliers." + INTENDED),
    ("hhi_local", "index, 0 to 1", "Mean over area teams, by spend, of the index in each." + INTENDED),
    ("hhi_with_in_house", "index, 0 to 1", "The national index with each own or shared team counted as a seller." + INTENDED),
    ("spend_per_head", "GBP per head per year", "What CCGs pay for support, one-off charges and their core apart." + INTENDED),
    ("price_index", "ratio", "Price of bought support for England's bundle, April 2013 = 1."),
    ("saving_to_date", "GBP", "Spend saved since April 2013 against the agreements of that month."),
    ("allowance_used_share", "share", "Support, core and one-off charges over the allowance."),
    ("css_income", "GBP per year", "Income of operating NHS units, from April 2013."),
    ("css_surplus_share", "share of income", "Operating NHS units' income less cost and hosting charge, over income."),
    ("redundancy_cost_to_date", "GBP", "Redundancy since the hand-over of April 2013, whoever paid."),
    ("redundancy_cost_ccg_to_date", "GBP", "Of that, paid by CCGs."),
    ("redundancy_cost_css_to_date", "GBP", "Of that, paid by NHS units."),
    ("redundancy_cost_board_to_date", "GBP", "Of that, paid by the board."),
    ("redundancy_cost_pct_to_date", "GBP", "Redundancy paid by the trusts until the hand-over, booked apart."),
    ("stranded_cost_to_date", "GBP", "Fixed cost stranded by work that left NHS units."),
    ("bargaining_benefit", "GBP per year", "What pooled contracting gains in negotiation, outside the allowance."),
    ("board_support_to_date", "GBP", "Losses of hosted units and debts of failed ones that the board has met."),
    ("preparation_cost_to_date", "GBP", "Private help that CCGs bought to prepare for authorisation, from shadow budgets."),
    ("fte_css", "FTE", "Staff of NHS units and at-scale bodies; before April 2013 of the clusters behind them."),
    ("fte_providers", "FTE", "Staff of suppliers outside the NHS on this work."),
    ("fte_ccg", "FTE", "Staff of CCGs' own and shared teams."),
    ("fte_transferred_to_date", "FTE", "Staff transferred with their work."),
    ("fte_redundant_to_date", "FTE", "Staff made redundant since the hand-over of April 2013."),
    ("fte_redundant_pct_to_date", "FTE", "Staff made redundant by the trusts until the hand-over."),
    ("fte_left_to_date", "FTE", "Staff who left of their own accord, or with a supplier that lost work."),
    ("fte_hired_to_date", "FTE", "Staff hired."),
    ("very_satisfied_share", "share of CCGs", "CCGs that would say very satisfied."),
    ("quite_satisfied_share", "share of CCGs", "CCGs that would say quite satisfied."),
    ("not_satisfied_share", "share of CCGs", "CCGs that would say not satisfied."),
    ("no_choice_share", "share of CCGs", "CCGs that felt no choice for more than half of their need at the last review."),
    ("quality", "0 to 1", "Quality as delivered, by people and need."),
    ("unmet_need_share", "share of need", "Support that the allowance could not pay for, by people."),
    ("paid_by_ccgs", "GBP per month", "All that CCGs pay: support and one-off charges."),
    ("supplier_receipts", "GBP per month", "What suppliers receive for support, net of VAT."),
    ("in_house_cost", "GBP per month", "Own and shared teams, and the management of agreements."),
    ("vat", "GBP per month", "VAT that CCGs cannot recover."),
    ("charges", "GBP per month", "Redundancy, stranded cost and business cases that CCGs pay."),
)  # fmt: skip

OUTCOMES: dict[str, Outcome] = {name: Outcome(name, unit, definition) for name, unit, definition in _COLUMNS}
OUTCOME_DTYPE = np.dtype([(name, np.float64) for name in OUTCOMES])
LINE_OUTCOME_DTYPE = np.dtype([("spend", np.float64), ("hhi_national", np.float64), ("hhi_local", np.float64)])
