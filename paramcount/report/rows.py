"""What a command found: rows and text in reading order, and the JSON document that says the same unrounded."""

from typing import Any, NamedTuple

from paramcount.ledger.factored import factored
from paramcount.ledger.polynomial import Polynomial
from paramcount.quantity import short


class Column(NamedTuple):
    """A column: the key of its cells, its title and the kind that says how a cell reads.

    Kinds: text; formula (which people read in factors); count (an int); size (an int without
    separators); share (0..1); error (a signed fraction); number (a float); amount (a number, to five digits or whole);
    short (a number to three digits with its unit); loss (nats a token); agrees (bool or None); bar (0..1, drawn in
    terminals alone).
    An *aside* column is left to pipes and files, where a terminal is to have a line a row. In data a column is called
    by its key, or by *header* where the key is a mere number: of several models each by its name.
    """

    key: str
    title: str
    kind: str = "text"
    aside: bool = False
    header: str = ""


class Expanded(NamedTuple):
    """A formula that people read as it is in data: multiplied out."""

    formula: Any

    def __str__(self) -> str:
        return str(self.formula)

    def latex(self) -> str:
        latex: str = self.formula.latex()
        return latex


class Sheet(NamedTuple):
    """A table: its columns and its rows, a row a dict of raw values.

    Three keys of a row are for renderers: "component" picks its colour, "strong" sets it off as a sum, "continues" is
    the column that readers see empty, since it says what it says above. *name* is of which of several tables it is.
    """

    columns: tuple[Column, ...]
    rows: list[dict[str, Any]]
    title: str = ""
    header: bool = True
    name: str = ""


class Report(NamedTuple):
    """A command's result. *data* is the JSON document, *parts* what is read; CSV and its like hold all sheets, several
    one below the other with a column `table`.

    *failed* makes the command exit with 1: a check failed or nothing was found.
    """

    data: dict[str, Any] | list[dict[str, Any]]
    parts: tuple[str | Sheet, ...]
    failed: bool = False

    def documents(self) -> list[dict[str, Any]]:
        return self.data if isinstance(self.data, list) else [self.data]

    def sheets(self) -> list[Sheet]:
        return [part for part in self.parts if isinstance(part, Sheet)]


def as_read(column: Column, row: dict[str, Any]) -> str:
    """A cell of *row* as people read it."""
    return "" if row.get("continues") == column.key else text(column.kind, row.get(column.key))


RIGHT = frozenset({"count", "size", "share", "error", "number", "amount", "short", "loss"})
AGREES = {True: "✓", False: "✗", None: ""}


def text(kind: str, value: Any) -> str:
    """A cell as people read it."""
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
    """A share as a bar, 1 being so many columns wide."""
    if not isinstance(share, float | int):
        return ""
    eighths = round(share * width * 8)
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


def raw(value: Any) -> str | int | float | None:
    """A cell as data: exact."""
    return value if isinstance(value, str | int | float | None) else str(value)
