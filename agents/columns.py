"""What each kind of agent holds: one structured array a kind, one row an agent, a unit for every field.

``State`` gathers the arrays, so that a compiled rule takes one argument. Money is GBP of 2012/13, prices are
GBP per head of a CCG's population per year, staff are full-time equivalents (FTE), months count from 0.
"""

from functools import lru_cache
from typing import Any, Protocol

import numpy as np

Array = np.ndarray[Any, Any]

N_MONTHS = 60
N_LINES = 8
MOST_NEIGHBOURS = 16
MOST_REACH = 12
MOST_LEADERS = 40
MOST_OPTIONS = 80
MOST_DRAWS = 84
AT_ONCE = 4
"""Numbers that a processor works on at once: a power of 2, of which ``N_LINES`` is a multiple."""
MOST_SELLERS = 80
MOST_OUTSIDE = N_LINES + 1 + MOST_REACH + MOST_SELLERS
EVENTS_PER_CCG = 400
NOBODY = -1
NO_SELLER = 65535
"""Nobody, where sellers are numbered without a sign: an index that can't be negative costs no test."""

# Where support comes from, as it is recorded.
HOME_CSS, OTHER_CSS, BY_PRIVATE, BY_OTHER, IN_HOUSE, SHARED = range(6)
N_SOURCES = 6

TOGETHER = N_LINES
"""Row of all lines together, after the lines."""

# Where an agreement's support comes from.
MAKE, SHARE, BUY = range(3)

# The nests of a choice: alternatives within one are alike.
NEST_MAKE, NEST_SHARE, NEST_NHS, NEST_OUTSIDE = range(4)
N_NESTS = 4

# Who owns a supplier.
NHS, PRIVATE, OTHER = range(3)

# Kinds of supplier.
UNIT, GENERALIST, SPECIALIST, VOLUNTARY, COUNCIL, BODY = range(6)
SUPPLIER_KINDS = ("unit", "generalist", "specialist", "voluntary", "council", "body")

# Status of a supplier; those up to FREE_STANDING sell.
(PROPOSED, RAPID_MANAGEMENT, AUTHORISED, HOSTED, FREE_STANDING,
 STOPPED, MERGED, TAKEN_OVER, CLOSED, EXITED, IDLE) = range(11)  # fmt: skip
STATUSES = (
    "proposed", "rapid_management", "authorised", "hosted", "free_standing",
    "stopped", "merged", "taken_over", "closed", "exited", "idle",
)  # fmt: skip

# Form of a unit after hosting.
UNFORMED, NHS_BODY, SOCIAL_ENTERPRISE, CUSTOMER_OWNED, SALE = range(5)
FORMS = ("none", "nhs_body", "social_enterprise", "customer_owned", "sale")

# Grade at a checkpoint.
UNGRADED, GRADE_A, GRADE_B, GRADE_C = range(4)

# How satisfied a CCG says that it is.
NOT_SATISFIED, QUITE_SATISFIED, VERY_SATISFIED = range(3)
SATISFACTIONS = ("not", "quite", "very")

# Why a CCG chose as it did: the largest difference between its choice and the next best.
(BY_PRICE, BY_MOVING_COST, BY_QUALITY, BY_PRESENCE, BY_RELATIONS, BY_PRESSURE, BY_OWN_HANDS,
 NO_CHOICE, UNDECIDED) = range(9)  # fmt: skip
REASONS = (
    "price", "cost_of_moving", "quality", "local_presence", "good_relations", "pressure", "own_hands",
    "no_choice", "undecided",
)  # fmt: skip
N_TERMS = 7

# What a CCG answers when it is asked with whom it plans to work.
ANSWER_HOME, ANSWER_UNDECIDED, ANSWER_OUTSIDE, ANSWER_OTHER = range(4)
ANSWERS = ("home_unit", "undecided", "outside_nhs", "other")

# How the at-scale lines are done.
BY_UNITS, BY_NATIONAL_BODY, BY_NETWORK = range(3)

# Who pays for redundancy.
PAID_BY_CCG, PAID_BY_UNIT, PAID_BY_BOARD, PAID_BY_PCT = range(4)


CACHE_LINE = 64
"""Bytes that a processor fetches at once."""


def _record(*columns: tuple[Any, ...]) -> np.dtype[Any]:
    """Return a record type from ``(name, type, shape, unit)`` columns; the unit is for the reader.

    A column that fills a cache line begins at one, so that it is fetched with as few as can be. A record that holds
    such a column takes an odd number of lines, so that one column of many records is not crowded in a cache.
    """
    names, formats, offsets, end, widest = [], [], [], 0, 1
    for name, kind, shape, _ in columns:
        column = np.dtype((kind, shape))
        step = CACHE_LINE if column.itemsize >= CACHE_LINE else column.base.alignment
        offsets.append(_up_to(step, end))
        end, widest = offsets[-1] + column.itemsize, max(widest, step)
        names.append(name)
        formats.append(column)
    size = _up_to(widest, end)
    crowded = widest == CACHE_LINE and size // CACHE_LINE % 2 == 0
    size += CACHE_LINE if crowded else 0
    return np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": size}, align=True)


def _up_to(step: int, size: int) -> int:
    """Return a size (bytes) brought up to whole steps."""
    return -(-size // step) * step


CCG = _record(
    ("key", np.uint64, (), "permanent id of its luck"),
    ("population", np.float64, (), "people"),
    ("published_allowance", np.float64, (), "GBP a year, at GBP 25 a head nationally"),
    ("allowance", np.float64, (), "GBP a year, in force"),
    ("x", np.float64, (), "km east"),
    ("y", np.float64, (), "km north"),
    ("region", np.uint16, (), "row of the SHA regions"),
    ("area", np.int32, (), "row of the area teams"),
    ("home", np.int32, (), "row of its home unit, or NOBODY"),
    ("n_neighbours", np.int32, (), "CCGs"),
    ("neighbours", np.uint16, (MOST_NEIGHBOURS,), "rows of CCGs"),
    ("willing", np.int8, (MOST_NEIGHBOURS,), "1 for the neighbours with whom it would share"),
    ("n_reach", np.int32, (), "units"),
    ("reach", np.uint16, (MOST_REACH,), "rows of the units that reach it, nearest first"),
    ("rating", np.int8, (), "configuration risk: 0 green, 1 amber, 2 red"),
    ("capability", np.float64, (), "0 to 1"),
    ("efficiency", np.float64, (), "of its own team, ratio to a unit"),
    ("relations", np.float64, (), "past relations with its PCT, satisfaction scale, 0 is ordinary"),
    ("taste_quality", np.float64, (), "GBP a head a year per unit of quality, whole bundle"),
    ("taste_presence", np.float64, (), "GBP a head a year, whole bundle"),
    ("taste_known", np.float64, (), "GBP a head a year, whole bundle"),
    ("taste_in_house", np.float64, (), "GBP a head a year, whole bundle"),
    ("own_line", np.int8, (N_LINES,), "1 where its staff do the line already in 2012"),
    ("n_reviews", np.int16, (N_LINES,), "reviews so far"),
    ("formed", np.int16, (N_LINES,), "the review at which it formed its view of who suits the line"),
    ("turn", np.int8, (), "month of the half-year, 0 to 5, in which it looks up from its work"),
    ("first_end", np.int16, (), "month in which the first of its agreements ends with nothing signed to follow"),
    ("n_rounds", np.int64, (), "rounds of reviews so far"),
    ("looks_around", np.int8, (), "1 where it has time to look at this review"),
    ("chose", np.int8, (), "1 where it chose anything this month"),
    ("signed", np.int32, (), "agreements signed that have not started"),
    ("price_weight", np.float64, (), "ratio, 1 or more: how much more price counts so that the mix fits the allowance"),
    ("fte", np.float64, (N_LINES,), "FTE of its own team"),
    ("heads", np.float64, (N_LINES,), "people whom its own team serves"),
    ("quality", np.float64, (), "of its own team, 0 to 1"),
    ("delivered", np.float64, (), "quality of its support this month, by need, 0 to 1"),
    ("service_level", np.float64, (), "share of what it agreed that the allowance pays for"),
    ("support_spend", np.float64, (), "GBP this month, charges apart"),
    ("charges", np.float64, (), "GBP of redundancy, stranded cost and business cases this month"),
    ("satisfaction", np.float64, (), "0 to 1"),
    ("says", np.int8, (), "a SATISFACTION: what it would say of that"),
    ("core_cost", np.float64, (), "GBP a year, in force"),
    ("felt_no_choice", np.int8, (N_LINES,), "1 where it felt no choice at the last review"),
    ("main_reason", np.int8, (), "a REASON for its answer"),
    ("answer", np.int8, (), "an ANSWER, after the last review of the whole mix"),
    ("surveyed", np.int8, (), "1 where it answers the survey of April 2012"),
    ("survey_answer", np.int8, (), "an ANSWER, as in April 2012"),
    ("survey_reason", np.int8, (), "a REASON, as in April 2012"),
    ("authorised", np.int16, (), "month from which it is authorised"),
)

SUPPLIER = _record(
    ("key", np.uint64, (), "permanent id of its luck"),
    ("kind", np.int8, (), "a kind of supplier"),
    ("sector", np.int8, (), "NHS, PRIVATE or OTHER"),
    ("status", np.int8, (), "a STATUS"),
    ("form", np.int8, (), "a FORM"),
    ("grade", np.int8, (), "at the last checkpoint"),
    ("heir", np.int32, (), "row of the supplier that took it on, or NOBODY"),
    ("suitor", np.int32, (), "row of the unit that it would join, or NOBODY"),
    ("region", np.int32, (), "row of the SHA regions; NOBODY is all England"),
    ("first_region", np.int16, (), "row of the first region in which it may sell"),
    ("end_region", np.int16, (), "row after the last of them"),
    ("x", np.float64, (), "km east"),
    ("y", np.float64, (), "km north"),
    ("home_population", np.float64, (), "people of the CCGs whose home unit it is"),
    ("leadership", np.float64, (), "0 to 1"),
    ("leader", np.int32, (), "place in the pool of the leader who holds its post, or NOBODY"),
    ("shares_leader", np.int8, (), "1 where its leader has another unit too"),
    ("efficiency", np.float64, (), "ratio"),
    ("start_quality", np.float64, (), "0 to 1: what its people bring"),
    ("optimism", np.float64, (), "ratio by which it overrates the return of entering"),
    ("reserves", np.float64, (), "GBP, negative is debt"),
    ("can", np.int8, (N_LINES,), "1 for the lines that it could sell"),
    ("wanted_region", np.int32, (), "region that it would enter next, or NOBODY"),
    ("wanted_line", np.int32, (), "line that it would enter next"),
    ("price", np.float64, (N_LINES,), "GBP a head a year, as posted, with VAT that a CCG cannot recover"),
    ("bundle_price", np.float64, (), "GBP a head a year for all its lines"),
    ("quality", np.float64, (N_LINES,), "0 to 1"),
    ("fte", np.float64, (N_LINES,), "FTE"),
    ("heads", np.float64, (N_LINES,), "people"),
    ("expected_heads", np.float64, (N_LINES,), "people for whom it prices"),
    ("intended_heads", np.float64, (N_LINES,), "people of CCGs that intend to buy from it in April 2013"),
    ("intended_served", np.float64, (), "people of CCGs that intend to buy any line from it"),
    ("served", np.float64, (), "people of CCGs that buy any line from it"),
    ("customers", np.int64, (), "CCGs that buy any line from it"),
    (
        "covered_heads",
        np.float64,
        (N_LINES,),
        "people whose fixed cost leavers paid; they count in the price",
    ),
    ("on_nhs_terms", np.float64, (N_LINES,), "FTE whom a provider took on under TUPE and who keep their terms"),
    ("redeploys", np.float64, (), "0 to 1: how far it has posts for staff whose work moves"),
    ("asked", np.float64, (), "need-weighted people whose work was to move to it this month"),
    ("taken_on", np.float64, (), "those signed, where it is asked for more than it can take on"),
    ("receipts", np.float64, (), "GBP this month, net of VAT"),
    ("vat", np.float64, (), "GBP this month that its customers cannot recover"),
    ("charges", np.float64, (), "GBP this month: stranded cost paid to it, less redundancy that it pays"),
    ("cost", np.float64, (), "GBP this month"),
    ("fee", np.float64, (), "GBP this month to the board for hosting"),
    ("months_unviable", np.int64, (), "months in a row"),
    ("n_reviews", np.int64, (), "merger reviews so far"),
    ("entered", np.int64, (), "month of its first entry"),
    ("win_chance", np.float64, (), "learnt share of the work under review that it wins"),
    ("bids", np.int64, (), "agreements that start this month for which it bid and that it offers no longer"),
    ("wins", np.int64, (), "agreements that it won and that start this month"),
    ("gives_up", np.int8, (), "1 where it has left its last market of its own accord"),
    ("leaving", np.int8, (), "1 once it gives up and serves out its agreements"),
    ("on_framework", np.int8, (), "1 where it holds a place"),
)

AGREEMENTS = _record(
    ("price", np.float64, (N_LINES,), "GBP a head a year, with VAT that the CCG cannot recover"),
    ("next_price", np.float64, (N_LINES,), "GBP a head a year"),
    ("choice_price", np.float64, (N_LINES,), "GBP a head a year"),
    ("supplier", np.int16, (N_LINES,), "row of the supplier; of the hosting CCG when shared; NOBODY when made"),
    ("next_supplier", np.int16, (N_LINES,), "the same of what follows"),
    ("choice_supplier", np.int16, (N_LINES,), "the same of what was decided in this phase"),
    ("start", np.int16, (N_LINES,), "month"),
    ("end", np.int16, (N_LINES,), "first month after it"),
    ("next_start", np.int16, (N_LINES,), "month, or NOBODY when nothing is signed"),
    ("next_months", np.int16, (N_LINES,), "months"),
    ("choice_months", np.int16, (N_LINES,), "months"),
    ("kind", np.int8, (N_LINES,), "MAKE, SHARE or BUY"),
    ("next_kind", np.int8, (N_LINES,), "what follows, or before April 2013 what is intended"),
    ("choice_kind", np.int8, (N_LINES,), "what the CCG decided in this phase, or NOBODY"),
)
"""What a CCG has agreed, one agreement a line; lines lie side by side, so that one look takes them all in."""

LINE = _record(
    ("base_fixed", np.float64, (), "GBP a year, from the table"),
    ("base_variable", np.float64, (), "GBP a head a year, from the table"),
    ("fixed", np.float64, (), "GBP a year, in force"),
    ("variable", np.float64, (), "GBP a head a year, in force"),
    ("need", np.float64, (), "GBP a head a year at 3 million people"),
    ("need_share", np.float64, (), "share of the bundle"),
    ("hands_share", np.float64, (), "share of the bundle by need and local knowledge"),
    ("at_scale", np.int8, (), "1 for the four at-scale lines"),
    ("local_weight", np.float64, (), "0 to 1"),
    ("contestable", np.float64, (), "0 to 1"),
    ("fte_per_gbp", np.float64, (), "FTE per GBP a year of cost"),
    ("tupe_share", np.float64, (), "share of staff whom TUPE covers"),
)

BOARD = _record(
    ("seed", np.int64, (), "of the run"),
    ("month", np.int64, (), "0 is January 2012"),
    ("n_events", np.int64, (), "events so far, where they are kept, with those for which there was no room"),
    ("n_reviews", np.int32, (), "reviews by any CCG so far"),
    ("keeps_events", np.int8, (), "1 where events are kept"),
    ("recorded", np.int8, (N_MONTHS,), "1 for the months whose outcomes are recorded"),
    ("ability", np.float64, (MOST_LEADERS,), "0 to 1, of each able leader in the pool"),
    ("posts", np.int8, (MOST_LEADERS,), "units that each leads"),
    ("people", np.float64, (), "people in all CCGs"),
    ("allowance", np.float64, (), "GBP a year, of all CCGs, in force"),
    ("need", np.float64, (), "GBP a head a year: what the bundle ordinarily costs, in force"),
    ("deflator", np.float64, (), "this month's prices over those of 2012/13"),
    ("redundancy_payment", np.float64, (), "GBP: mean for one member of staff, under the terms in force"),
    ("left_in_notice", np.float64, (), "share of staff who leave of their own accord over the notice"),
    ("hosting_over", np.int8, (), "1 once units stand alone"),
    ("framework_open", np.int8, (), "1 once places are held"),
    ("april_spend", np.float64, (), "GBP a month at the April 2013 agreements"),
    ("saving", np.float64, (), "GBP to date"),
    ("switches", np.int64, (), "to date"),
    ("entries", np.int64, (), "to date"),
    ("exits", np.int64, (), "to date"),
    ("redundancy", np.float64, (4,), "GBP to date, by who pays"),
    ("stranded", np.float64, (), "GBP to date"),
    ("preparation", np.float64, (), "GBP to date: help bought to prepare for authorisation"),
    ("paid_for_failures", np.float64, (), "GBP to date: losses covered and debts left"),
    ("fte_transferred", np.float64, (), "FTE to date"),
    ("fte_redundant", np.float64, (), "FTE to date from April 2013"),
    ("fte_redundant_pct", np.float64, (), "FTE to date until the hand-over of April 2013"),
    ("fte_left", np.float64, (), "FTE to date"),
    ("fte_hired", np.float64, (), "FTE to date"),
    ("support_spend", np.float64, (), "GBP this month, all that CCGs pay for support, charges apart"),
    ("paid_by_ccgs", np.float64, (), "GBP this month, the same with charges"),
    ("in_house_cost", np.float64, (), "GBP this month, with the management of agreements"),
    ("charges", np.float64, (), "GBP of redundancy, stranded cost and business cases booked to CCGs this month"),
    ("charges_paid", np.float64, (), "GBP of them paid with this month's support"),
)

REGION = _record(
    ("key", np.uint64, (), "permanent id of the luck of its SHA"),
    ("first_ccg", np.int32, (), "place in ``by_region`` of its first CCG"),
    ("end_ccg", np.int32, (), "place after its last"),
    ("body", np.int32, (), "row of its at-scale body, or NOBODY"),
    ("due", np.float64, (N_LINES,), "GBP a year of work that comes up in the next 12 months"),
    ("started", np.int32, (N_LINES,), "agreements that start this month"),
    ("n_sellers", np.int16, (), "suppliers outside the NHS that sell in it"),
    ("sellers", np.int16, (MOST_SELLERS,), "their rows"),
)

EVENT = _record(
    ("month", np.int32, (), "0 is January 2012"),
    ("event", np.int16, (), "an EVENT"),
    ("reason", np.int16, (), "a CAUSE"),
    ("who", np.int32, (), "row of a supplier, or NOBODY"),
    ("whom", np.int32, (), "row of another supplier, or NOBODY"),
    ("ccg", np.int32, (), "row of a CCG, or NOBODY"),
    ("line", np.int32, (), "row of a line, or NOBODY"),
    ("amount", np.float64, (), "GBP, FTE or people, as the event says"),
)


OPTIONS = _record(
    ("n", np.int64, (), "sources that the CCG considers; they stand nest by nest, and make is the first"),
    ("first", np.uint16, (N_NESTS + 1,), "the first option of each nest; then the number of all"),
    ("n_outside", np.int64, (), "suppliers from outside the NHS that it came upon, some more than once"),
    ("outside", np.int16, (MOST_OUTSIDE,), "their rows"),
    ("kind", np.int8, (MOST_OPTIONS,), "MAKE, SHARE or BUY"),
    ("supplier", np.int16, (MOST_OPTIONS,), "row of the supplier, of the host when shared, NOBODY when made"),
    ("nest", np.uint8, (MOST_OPTIONS,), "nest"),
    ("key", np.uint64, (MOST_OPTIONS,), "permanent id of the luck of the supplier or host"),
    ("is_near", np.int8, (MOST_OPTIONS,), "1 for a supplier at which the CCG would look for any line"),
    ("quality", np.float64, (MOST_OPTIONS,), "0 to 1, as expected"),
    ("presence", np.float64, (MOST_OPTIONS,), "GBP a head a year for the bundle: what its nearness is worth"),
    ("relations", np.float64, (MOST_OPTIONS,), "the same of trust in it"),
    ("pressure", np.float64, (MOST_OPTIONS,), "the same of the pressure to use it"),
    ("own_hands", np.float64, (MOST_OPTIONS,), "the same of doing it oneself"),
    ("n_draws", np.int64, (), "draws of luck a line: one a nest, and one an option of a nest that holds several"),
    ("whose", np.uint64, (MOST_DRAWS,), "whose each is: a nest's number, or an option's permanent id"),
    ("scale", np.float64, (MOST_DRAWS,), "ratio to the luck of a nest"),
    ("draw_of", np.int64, (N_NESTS,), "the draw of each nest; those of its options follow it"),
    ("due", np.int8, (N_LINES,), "1 for the lines under review"),
    ("n_due", np.int64, (), "lines under review; what follows stands in their order, [due]"),
    ("lines", np.uint8, (N_LINES,), "their rows"),
    ("need_share", np.float64, (N_LINES,), "share of the bundle"),
    ("local_weight", np.float64, (N_LINES,), "0 to 1"),
    ("hands_share", np.float64, (N_LINES,), "share of the bundle by need and local knowledge"),
    ("present", np.int64, (N_LINES,), "the option that serves the CCG now, or NOBODY"),
    ("body", np.int64, (N_LINES,), "row of the at-scale body that alone may have the line, or NOBODY"),
    ("moving", np.float64, (N_NESTS, N_LINES), "GBP a head a year: cost of moving, by nest"),
    ("price", np.float64, (MOST_OPTIONS, N_LINES), "GBP a head a year, with management; infinite where shut"),
    ("worth", np.float64, (MOST_OPTIONS, N_LINES), "GBP a head a year, price apart"),
    ("luck_key", np.uint64, (N_LINES,), "key of the CCG's view of who suits the line"),
    ("noise", np.float64, (N_LINES,), "GBP a head a year: scale of the luck of a nest"),
    ("luck", np.float64, (MOST_DRAWS, N_LINES), "GBP a head a year, by draw"),
    ("champion", np.int64, (N_LINES,), "the best option of the nest that is looked at"),
    ("leading", np.float64, (N_LINES,), "GBP a head a year: its value with its own luck"),
    ("value", np.float64, (N_LINES,), "GBP a head a year: its value with the luck of its nest"),
    ("chosen", np.int64, (N_LINES,), "the option that is chosen"),
    ("next_best", np.int64, (N_LINES,), "the best option of the other nests, or NOBODY"),
    ("best_value", np.float64, (N_LINES,), "GBP a head a year: value of what is chosen"),
    ("second_value", np.float64, (N_LINES,), "GBP a head a year: value of the next best"),
    ("difference", np.float64, (N_TERMS,), "GBP a head a year by which the choice beats the next best, by reason"),
)
"""What a CCG considers at one review: a work table that each review fills anew."""

Options = Any
"""An OPTIONS record, as the rules read it."""

Record = Any
"""A month's record (see ``record_of``), as the rules read it."""

Line = Any
"""A LINE record, as the rules read it."""

Supplier = Any
"""A SUPPLIER record, as the rules read it."""


class State(Protocol):
    """Everything that one run holds, as the rules read it: one record, so that a call takes one argument.

    Sizes lie in the record's type (``state_dtype``), which is why a market no larger than England runs in England's
    type and compiles nothing anew; rows beyond ``n_ccgs`` and ``n_suppliers`` are not there.

    Attributes:
        n_ccgs: CCGs.
        n_suppliers: Suppliers: the units as proposed, then the potential entrants by slot.
        n_units: Units as proposed.
        n_regions: SHA regions.
        ccgs: CCG, [ccg].
        suppliers: SUPPLIER, [supplier].
        agreements: AGREEMENTS, [ccg].
        regions: REGION, [region].
        offered: 1 where a supplier sells, [region, supplier, line].
        nearest: Rows of the other units, from the one that seems nearest to a unit, [unit, place].
        far: How far each of them seems (km), [unit, place].
        near: How local a unit is to a CCG, 0 to 1, [unit, ccg] (see ``agents.supplier.nearness``).
        trust: What a CCG knows of a supplier, 0 to 1; 0 is unknown, [supplier, ccg].
        lines: LINE, [line].
        by_area: Rows of the CCGs, area team by area team, [ccg].
        by_region: Rows of the CCGs, region by region, [ccg].
        policy: A record with a field for every parameter, as it is in force, [month].
        board: BOARD, [1].
        outcomes: A record with a field for every outcome, [month].
        line_outcomes: Spend and concentration, [month, line].
        events: EVENT, [event].
        options: OPTIONS, [1].
        book: Who serves whom, kept up to date by ``agents.seller.serve``, and the month's sums, [1] (see ``book_of``).
        record: What a month's outcomes are worked out from, [1] (see ``record_of``).
    """

    n_ccgs: int
    n_suppliers: int
    n_units: int
    n_regions: int
    ccgs: Array
    suppliers: Array
    agreements: Array
    regions: Array
    offered: Array
    nearest: Array
    far: Array
    near: Array
    trust: Array
    lines: Array
    by_area: Array
    by_region: Array
    policy: Array
    board: Array
    outcomes: Array
    line_outcomes: Array
    events: Array
    options: Array
    book: Array
    record: Array


def book_of(n_ccgs: int, n_sellers: int) -> np.dtype[Any]:
    """Return the type of the book; sellers are suppliers and teams (see ``agents.seller``).

    Lines lie side by side: what is added line by line then goes to different places, and need not wait.
    """
    return _record(
        ("seller", np.uint16, (n_ccgs, N_LINES), "who serves each CCG and line"),
        ("users", np.int16, (n_sellers, N_LINES), "CCGs that each serves now"),
        ("heads", np.float64, (n_sellers, N_LINES), "people whom each serves now"),
        ("served", np.float64, (n_sellers,), "people of CCGs whom each serves in any line now"),
        ("customers", np.int64, (n_sellers,), "CCGs whom each serves in any line now"),
        ("changed", np.int8, (n_sellers,), "1 where agreements with it have changed since heads were last counted"),
        ("deserted", np.int64, (), "1 where a team may serve a CCG although its host has left it"),
        ("sales", np.float64, (n_sellers, N_LINES), "GBP a year paid this month for what each delivers, with VAT"),
        ("quality", np.float64, (n_sellers, N_LINES), "0 to 1, this month"),
        ("considered", np.int32, (n_sellers,), "the last review, by number, at which each was considered"),
        ("place", np.int16, (n_sellers,), "its place among what was considered then"),
        ("carrier", np.int16, (n_sellers - n_ccgs,), "who sells for a supplier that may have merged, or NOBODY"),
        ("barred", np.int8, (n_sellers - n_ccgs,), "1 where the supplier may sign nothing this month"),
        ("team_cost", np.float64, (n_ccgs, N_LINES), "GBP a head a year of a team that serves anyone, partners apart"),
        ("team_price", np.float64, (n_ccgs, N_LINES), "GBP a head a year of it, with coordination"),
    )


def record_of(n_sellers: int, n_suppliers: int, n_regions: int) -> np.dtype[Any]:
    """Return the type of the table from which a month's outcomes are worked out; each month fills it anew."""
    return _record(
        ("source", np.uint8, (n_sellers, N_LINES), "source of what each does for CCGs to which it is not home"),
        ("amounts", np.float64, (N_SOURCES, N_LINES), "GBP a year"),
        ("people", np.float64, (N_SOURCES, N_LINES), "people for whom that pays"),
        ("sold", np.float64, (n_sellers, N_LINES), "GBP a year: a team's in all, a supplier's in the area looked at"),
        ("sales", np.float64, (n_suppliers, N_LINES), "GBP a year that each supplier sells in all"),
        ("there", np.int16, (n_sellers,), "the last area team in which each sold"),
        ("seen", np.uint16, (n_suppliers + 1,), "suppliers that sell in the area team that is looked at"),
        ("bought_here", np.float64, (N_LINES + 1,), "GBP a year bought in it, by line and together"),
        ("squares_here", np.float64, (N_LINES + 1,), "sum of squares of what each supplier sells there"),
        ("index_local", np.float64, (N_LINES + 1,), "0 to 1: mean index of area teams, by what is bought there"),
        ("bought", np.float64, (N_LINES + 1,), "GBP a year bought in all"),
        ("together", np.float64, (n_sellers,), "GBP a year that each sells of all lines"),
        ("offers", np.int8, (n_regions, N_LINES), "providers that sell"),
        ("wanted", np.int8, (n_regions,), "units that must offer so that there are enough offers for half of need"),
        ("heir", np.int16, (n_suppliers,), "who carries on each supplier"),
        ("room", np.float64, (n_suppliers,), "people whom the heir could take on; none where it sells not"),
        ("asks", np.float64, (n_suppliers,), "GBP a head a year of its bundle"),
        ("counted", np.int16, (n_suppliers,), "the last CCG for which it was counted"),
    )


@lru_cache
def state_dtype(
    n_ccgs: int,
    n_suppliers: int,
    n_units: int,
    n_regions: int,
    policy: np.dtype[Any],
    outcome: np.dtype[Any],
    line_outcome: np.dtype[Any],
) -> np.dtype[Any]:
    """Return the one type of a run's state with room for so many of each kind.

    Args:
        n_ccgs: Room for CCGs.
        n_suppliers: Room for suppliers.
        n_units: Room for units, which are suppliers.
        n_regions: Room for SHA regions.
        policy: A field for every parameter.
        outcome: A field for every outcome.
        line_outcome: A field for every outcome by line.
    """
    return _record(
        ("n_ccgs", np.int64, (), "CCGs"),
        ("n_suppliers", np.int64, (), "suppliers"),
        ("n_units", np.int64, (), "units as proposed"),
        ("n_regions", np.int64, (), "SHA regions"),
        ("ccgs", CCG, (n_ccgs,), ""),
        ("suppliers", SUPPLIER, (n_suppliers,), ""),
        ("agreements", AGREEMENTS, (n_ccgs,), ""),
        ("lines", LINE, (N_LINES,), ""),
        ("by_area", np.uint16, (n_ccgs,), ""),
        ("by_region", np.uint16, (n_ccgs,), ""),
        ("policy", policy, (N_MONTHS + 1,), ""),
        ("board", BOARD, (1,), ""),
        ("outcomes", outcome, (N_MONTHS,), ""),
        ("line_outcomes", line_outcome, (N_MONTHS, N_LINES), ""),
        ("book", book_of(n_ccgs, n_ccgs + n_suppliers), (1,), ""),
        ("record", record_of(n_ccgs + n_suppliers, n_suppliers, n_regions), (1,), ""),
        ("regions", REGION, (n_regions,), ""),
        ("offered", np.int8, (n_regions, n_suppliers, N_LINES), "1 where a supplier sells"),
        ("nearest", np.uint16, (n_units, n_units), "rows of units"),
        ("far", np.float64, (n_units, n_units), "km"),
        ("near", np.float32, (n_units, n_ccgs), "0 to 1"),
        ("trust", np.float32, (n_suppliers, n_ccgs), "0 to 1"),
        ("options", OPTIONS, (1,), ""),
        ("events", EVENT, (n_ccgs * EVENTS_PER_CCG,), ""),
    )
