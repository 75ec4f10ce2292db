"""
Tables in and out. In: whatever has the Arrow C stream (polars, pyarrow, DuckDB ...), a pandas DataFrame, or a dict of
arrays and lists. Out: a pandas DataFrame where pandas is installed, else a dict of lists. Neither is imported unless it
is used.
"""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from . import _vitrine
from .errors import BadFormat, NotFound

_UNITS = ("s", "ms", "us", "ns")


def _is_pandas(frame: object) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(frame, pandas.DataFrame)


def names_of(frame: Any) -> list[str]:
    """The names of a table's columns."""
    if isinstance(frame, Mapping):
        return [str(name) for name in frame]
    for attribute in ("column_names", "columns"):
        names = getattr(frame, attribute, None)
        if names is not None and not callable(names):
            return [str(name) for name in names]
    raise BadFormat(
        f"a table is expected, not {type(frame).__name__}: a DataFrame of pandas or polars, an Arrow table, or a dict "
        "of columns", 4)


def columns(frame: Any, names: Sequence[str]) -> dict[str, _vitrine.Handle]:
    """The named columns, as the extension wants them; NotFound names one that is not there."""
    there = names_of(frame)
    for name in names:
        if name not in there:
            raise NotFound(f'there is no column "{name}"; the table has {", ".join(there) or "none"}', 3)
    if isinstance(frame, Mapping):
        return {name: column(frame[name]) for name in names}
    if _is_pandas(frame):
        return {name: _series(frame[name]) for name in names}
    if hasattr(frame, "__arrow_c_stream__"):
        return _vitrine.columns_from_arrow(frame.__arrow_c_stream__(), list(names))
    return {name: column(frame[name]) for name in names}


def column(values: Any) -> _vitrine.Handle:
    """One column out of a NumPy array, a buffer, a pandas Series or a sequence."""
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(values, (pandas.Series, pandas.Index)):
        return _series(values)
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(values, numpy.ndarray):
        return _array(values)
    if isinstance(values, (memoryview, bytes, bytearray)) or type(values).__module__ == "array":
        return _vitrine.column_from_buffer(values, "")
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise BadFormat(f"a column is expected, not {type(values).__name__}", 4)
    return _list(list(values))


def _seconds(cell: Any) -> Any:
    if cell != cell:  # NaT is a datetime too
        return None
    if isinstance(cell, datetime.datetime):
        return int((cell if cell.tzinfo else cell.replace(tzinfo=datetime.timezone.utc)).timestamp())
    if isinstance(cell, datetime.date):
        return int(datetime.datetime(cell.year, cell.month, cell.day, tzinfo=datetime.timezone.utc).timestamp())
    return cell


def _list(cells: list[Any]) -> _vitrine.Handle:
    if any(isinstance(cell, datetime.date) for cell in cells[:100]):
        cells = [_seconds(cell) for cell in cells]
    return _vitrine.column_from_list([cell.item() if hasattr(cell, "item") else cell for cell in cells])


def _array(values: Any) -> _vitrine.Handle:
    if values.ndim != 1:
        raise BadFormat(f"a column has one dimension, not {values.ndim}", 4)
    kind = values.dtype.kind
    if kind == "M":
        unit = str(values.dtype)[len("datetime64["):-1]
        if unit not in _UNITS:
            values, unit = values.astype("datetime64[s]"), "s"
        return _vitrine.column_from_buffer(values.view("i8"), unit)
    if kind in "iub" or (kind == "f" and values.dtype.itemsize in (4, 8)):
        if not values.dtype.isnative:
            values = values.astype(values.dtype.newbyteorder("="))
        return _vitrine.column_from_buffer(values, "")
    if kind == "f":
        return _vitrine.column_from_buffer(values.astype("f8"), "")
    if kind in "UO":
        return _list(values.tolist())
    raise BadFormat(f"a column of {values.dtype} cannot be read; texts, numbers or times are expected", 4)


def _series(series: Any) -> _vitrine.Handle:
    import pandas

    dtype = series.dtype
    if isinstance(dtype, pandas.DatetimeTZDtype):
        series = pandas.Series(series).dt.tz_convert("UTC").dt.tz_localize(None)
        dtype = series.dtype
    if isinstance(dtype, pandas.CategoricalDtype):
        codes, values = series.array.codes.astype("i8"), list(dtype.categories)
    elif dtype.kind in "iufbM" and not pandas.api.types.is_extension_array_dtype(dtype):
        return _array(series.to_numpy())
    elif dtype.kind in "iufb":
        return _list(series.astype(object).where(series.notna(), None).tolist())
    else:
        codes, uniques = pandas.factorize(series)
        codes, values = codes.astype("i8"), list(uniques)
    return _coded(codes, values)


def _coded(codes: Any, values: list[Any]) -> _vitrine.Handle:
    """Distinct values and which of them each row has. Values of two types are refused with the row."""
    texts = [isinstance(value, str) for value in values]
    if not texts:  # nothing is there at all
        return _list([None] * len(codes))
    if all(texts):
        return _vitrine.column_from_codes(_array(codes), _vitrine.column_from_list(values))
    if any(texts):
        odd = texts.index(not texts[0])
        row = int((codes == odd).argmax())
        raise BadFormat(f"row {row}: texts and numbers are mixed in one column; make all of them one type", 4, row)
    return _list([None if code < 0 else values[code] for code in codes.tolist()])


def cells(frame: Any, names: Sequence[str]) -> list[_vitrine.Handle]:
    """All columns of a table for an import, which reads any cell: one that is no text, number or time as its str()."""
    if isinstance(frame, Mapping):
        return [_imported(column, values) for values in frame.values()]
    if _is_pandas(frame):
        return [_imported(_series, frame.iloc[:, at]) for at in range(len(names))]
    if hasattr(frame, "__arrow_c_stream__"):
        try:
            found = columns(frame, names)
            return [found[name] for name in names]
        except BadFormat:  # a column of a type that imports alone read: each on its own
            return [_imported(lambda _: _alone(frame, name), frame[name]) for name in names]  # noqa: B023
    return [_imported(column, frame[name]) for name in names]


def _alone(frame: Any, name: str) -> _vitrine.Handle:
    return columns(frame.select([name]), [name])[name]


def _imported(read: Callable[[Any], _vitrine.Handle], values: Any) -> _vitrine.Handle:
    try:
        return read(values)
    except (BadFormat, OverflowError):
        if isinstance(values, str) or not isinstance(values, Iterable) or getattr(values, "ndim", 1) != 1:
            raise
        return _vitrine.column_from_list([None if cell is None else str(cell) for cell in _cells(values)])


def rows_of(frame: Any, names: Sequence[str | None]) -> list[tuple[Any, ...]]:
    """Rows of some columns, None for one that is not named and for missing cells."""
    there = names_of(frame)
    for name in names:
        if name is not None and name not in there:
            raise NotFound(f'there is no column "{name}"; the table has {", ".join(there)}', 3)
    cells = [None if name is None else _cells(frame[name]) for name in names]
    n = max((len(c) for c in cells if c is not None), default=0)
    return list(zip(*([None] * n if c is None else c for c in cells)))


def _cells(values: Any) -> list[Any]:
    """The cells of a column, None for missing ones."""
    for attribute in ("tolist", "to_list", "to_pylist"):
        if hasattr(values, attribute):
            values = getattr(values, attribute)()
            break
    return [None if cell is None or cell != cell else cell for cell in values]


class Table(dict[str, list[Any]]):
    """A table where pandas is not installed: a dict of columns."""

    def __init__(self, data: Mapping[str, list[Any]]) -> None:
        super().__init__(data)
        #: What is known of the table as a whole, as pandas has it.
        self.attrs: dict[str, Any] = {}

    @property
    def columns(self) -> list[str]:
        return list(self)

    def __len__(self) -> int:
        return len(next(iter(self.values()), []))


def table(data: Mapping[str, list[Any]], index: str | None = None, **attrs: Any) -> Any:
    """A DataFrame of columns, or a Table; `attrs` go with it."""
    try:
        import pandas
    except ImportError:
        plain = Table(data)
        plain.attrs.update(attrs)
        return plain
    frame = pandas.DataFrame(dict(data))
    if index is not None:
        frame = frame.set_index(index)
    frame.attrs.update(attrs)
    return frame
