"""Pandas frames whose whole numbers stay exact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

from paramcount.extras import need

if TYPE_CHECKING:
    import pandas

LARGEST = 2**63 - 1
MILLION = 10**6
EXACT = "exact"  # the key in a frame's attrs for its columns of Python ints


def frame(rows: Sequence[Mapping[str, Any]], index: str = "") -> pandas.DataFrame:
    """*rows* as a frame, with the column *index* as its index if given.

    Whole numbers are int64 where a whole column fits (Int64 if some are missing), else Python ints (dtype object);
    `frame.attrs["exact"]` lists the columns of Python ints. Raises MissingLibraryError without pandas.
    """
    need("to_frame", "pandas")
    import pandas

    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: [_plain(row.get(name)) for row in rows] for name in names}
    kinds = {name: _dtype(values) for name, values in columns.items()}
    found = pandas.DataFrame({name: pandas.Series(columns[name], dtype=kinds[name]) for name in names}, columns=names)
    found.attrs[EXACT] = [name for name in names if kinds[name] == "object"]
    return found.set_index(index) if index else found


def html(title: str, found: pandas.DataFrame) -> str:
    """A frame under its *title* for a notebook, whole numbers of a million and more with separators."""
    from html import escape

    return f"<p>{escape(title)}</p>{found.map(_separated).to_html(na_rep='')}"


def _separated(value: Any) -> Any:
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    return f"{value:,}" if whole and abs(value) >= MILLION else "" if value is None else value


def _plain(value: Any) -> Any:
    """*value*, as a plain int if it is a size with a formula."""
    return int.__pos__(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _dtype(values: Sequence[Any]) -> Any:
    """The dtype of a column; None, for pandas to choose, unless all its values are whole numbers."""
    whole = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    if not whole or len(whole) < sum(value is not None for value in values):
        return None
    if max(map(abs, whole)) > LARGEST:
        return "object"
    return "int64" if len(whole) == len(values) else "Int64"
