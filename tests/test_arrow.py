"""Columns from bytes are what Arrow itself makes of the same values."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from scenarios.arrow import bytes_of, column, column_of, table_of_rows, words

SCHEMA = pa.schema([("point", pa.int32()), ("seed", pa.int64()), ("error", pa.string())])


@pytest.mark.parametrize(
    "values",
    [
        np.arange(5, dtype=np.int32),
        np.linspace(0.0, 1.0, 7)[::2],
        np.array(["2013-04-01", "2016-12-01"], "datetime64[ms]"),
        np.empty(0),
    ],
)
def test_numbers_and_times_keep_their_values_and_type(values: np.ndarray[Any, Any]) -> None:
    assert column(values).equals(pa.array(values))
    column(values).validate(full=True)


@pytest.mark.parametrize("texts", [[], [""], ["open_door", "", "\u00a3 a head", "a\nb"]])
def test_words_keep_their_letters(texts: list[str]) -> None:
    assert words(texts).equals(pa.array(texts, pa.string()))
    words(texts).validate(full=True)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2], pa.int64()),
        ([1.5, None], pa.float64()),
        (["sale", None], pa.string()),
        (["sale", "nhs_body"], pa.string()),
        ([True, False], pa.bool_()),
        ([date(2013, 4, 1)], pa.date32()),
    ],
)
def test_a_list_keeps_its_values_and_its_gaps(values: list[Any], kind: pa.DataType) -> None:
    assert column_of(values, kind).equals(pa.array(values, kind))


def test_rows_become_a_table_of_the_columns_asked_for_though_there_be_none() -> None:
    rows = [{"point": 3, "seed": 10**15, "error": "ValueError: no"}, {"point": 4, "seed": 2, "error": ""}]
    assert table_of_rows(rows, SCHEMA).equals(pa.Table.from_pylist(rows, SCHEMA))
    assert table_of_rows([], SCHEMA).equals(SCHEMA.empty_table())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1.0, 2.0], [1.0, 2.5]),
        ([1, 2], [2, 1]),
        ([1.0, None], [None, 1.0]),
        (["a", "bc"], ["a", "bd"]),
        ([True, False], [True, True]),
    ],
)
def test_bytes_differ_where_a_value_does_and_not_by_how_it_is_cut(one: list[Any], other: list[Any]) -> None:
    whole, cut = pa.chunked_array([one]), pa.chunked_array([pa.array([*one, *one])[2:3], one[1:]])
    assert bytes_of(whole) == bytes_of(cut) != bytes_of(pa.chunked_array([other], whole.type))
