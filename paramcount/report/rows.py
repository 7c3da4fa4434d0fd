"""Report, Sheet and Column: a command's result as tables and text in reading order, and as a JSON document."""

from typing import Any, NamedTuple

from paramcount.ledger.factored import factored
from paramcount.ledger.polynomial import Polynomial
from paramcount.quantity import short


class Column(NamedTuple):
    """A column: the key of its cells, its title and its kind, which decides how a cell is printed.

    Kinds: text; formula (printed factored); count (an int); size (an int without separators); share (0..1); error (a
    signed fraction); number (a float); amount (a number, to five digits or whole); short (a number to three digits with
    its unit); loss (nats per token); agrees (bool or None); bar (0..1, drawn in terminals only).
    An *aside* column is left to pipes and files, so that a terminal shows each row on one line. In data a column is
    named by its key, or by *header* where the key is only a number: with several models, each by its name.
    """

    key: str
    title: str
    kind: str = "text"
    aside: bool = False
    header: str = ""


class Expanded(NamedTuple):
    """A formula to be printed multiplied out, as in data."""

    formula: Any

    def __str__(self) -> str:
        return str(self.formula)

    def latex(self) -> str:
        latex: str = self.formula.latex()
        return latex


class Sheet(NamedTuple):
    """A table: its columns and its rows, each a dict of raw values.

    Three keys of a row are for renderers: "component" picks its colour, "strong" makes it bold as a total, and
    "continues" names a column to leave blank, because it repeats the row above. *name* tells several tables apart.
    """

    columns: tuple[Column, ...]
    rows: list[dict[str, Any]]
    title: str = ""
    header: bool = True
    name: str = ""


class Report(NamedTuple):
    """A command's result: *data* is the JSON document, *parts* the text and tables in reading order.

    CSV has all the tables, one below another, with a column `table` if there are several. *failed* makes the command
    exit with 1, because a check failed or nothing was found.
    """

    data: dict[str, Any] | list[dict[str, Any]]
    parts: tuple[str | Sheet, ...]
    failed: bool = False

    def documents(self) -> list[dict[str, Any]]:
        return self.data if isinstance(self.data, list) else [self.data]

    def sheets(self) -> list[Sheet]:
        return [part for part in self.parts if isinstance(part, Sheet)]


def as_read(column: Column, row: dict[str, Any]) -> str:
    """A cell of *row* as printed."""
    return "" if row.get("continues") == column.key else text(column.kind, row.get(column.key))


RIGHT = frozenset({"count", "size", "share", "error", "number", "amount", "short", "loss"})
AGREES = {True: "✓", False: "✗", None: ""}


def text(kind: str, value: Any) -> str:
    """*value* as printed in a column of this *kind*."""
    if value is None or kind == "bar":
        return ""
    match kind:
        case "formula":
            return str(in_factors(value))
        case "count":
            return f"{value:,}".replace("-", "−")
        case "share":
            return f"{abs(100 * value):.1f} %" if abs(value) < 0.0005 else f"{100 * value:.1f} %".replace("-", "−")
        case "error":
            return f"{100 * value:+.2f} %".replace("-", "−")
        case "number":
            return f"{value:,.4g}" if isinstance(value, float) else str(value)
        case "amount":
            return f"{round(value):,}" if 10**4 <= value < 10**15 else f"{value:,.5g}"
        case "short":
            return short(round(value))
        case "loss":
            return f"{value:.3f}"
        case "agrees":
            return AGREES[value]
    return str(value)


def in_factors(formula: Any) -> Any:
    """*formula* as people read it: a polynomial in factors, and what is made of several."""
    if isinstance(formula, Polynomial):
        return factored(formula)
    return formula.in_factors() if hasattr(formula, "in_factors") else formula


def bar(share: object, width: int) -> str:
    """A share as a bar, *width* characters long for 1."""
    if not isinstance(share, float | int):
        return ""
    eighths = round(share * width * 8)
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


def raw(value: Any) -> str | int | float | None:
    """A cell as data, unrounded."""
    return value if isinstance(value, str | int | float | None) else str(value)
