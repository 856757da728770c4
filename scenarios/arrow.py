"""Arrow columns straight from the bytes of numbers and words, and back.

Arrow's own conversions first look whether pandas is about, and so load it, which takes a third of a second: as long as
forty runs. They are left for what is rare: dates, and values that are missing.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def column(values: NDArray[Any]) -> pa.Array:
    """Return numbers, or times, as a column of the same type."""
    kept = np.ascontiguousarray(values)
    return pa.Array.from_buffers(pa.from_numpy_dtype(kept.dtype), kept.size, [None, pa.py_buffer(kept)])


def words(values: Sequence[str]) -> pa.Array:
    """Return texts as a column."""
    texts = [value.encode() for value in values]
    ends = np.fromiter(accumulate(map(len, texts), initial=0), np.int32)
    return pa.Array.from_buffers(pa.string(), len(texts), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(texts))])


def column_of(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Return values as a column of a type; None is a missing one."""
    if _is_number(kind) and None not in values:
        return column(np.array(values, kind.to_pandas_dtype()))
    return words(values) if pa.types.is_string(kind) and None not in values else pa.array(values, kind)


def table_of_rows(rows: Sequence[Mapping[str, object]], schema: pa.Schema) -> pa.Table:
    """Return a table of rows; there may be none."""
    return pa.table([column_of([row[field.name] for row in rows], field.type) for field in schema], schema=schema)


def bytes_of(values: pa.ChunkedArray) -> bytes:
    """Return the bytes of numbers, and of all else what it reads."""
    whole = values.combine_chunks()
    if not _is_number(whole.type) or whole.null_count:
        return " ".join(map(str, whole.to_pylist())).encode()
    kind = np.dtype(whole.type.to_pandas_dtype())
    return np.frombuffer(whole.buffers()[1], kind, len(whole), whole.offset * kind.itemsize).tobytes()


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))
