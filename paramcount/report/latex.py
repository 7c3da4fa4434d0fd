"""Reports as LaTeX: booktabs tables, with the packages that they need named in the first line."""

from __future__ import annotations

from typing import Any

from paramcount.report.foreign import tex
from paramcount.report.rows import RIGHT, Column, Report, Sheet, as_read, in_factors

PAGE = 40  # rows; a longer table is a longtable
WIDE = 34  # characters; a column with a longer text cell is wrapped
NEEDS = {  # package: the command that needs it
    "booktabs": r"\toprule",
    "longtable": r"\begin{longtable}",
    "amsmath": r"\text{",
    "amssymb": r"\checkmark",
}


def to_latex(report: Report) -> str:
    """*report* as LaTeX, with text as comments; the first line names the packages that it needs."""
    pieces = [
        _table(part) if isinstance(part, Sheet) else "\n".join(f"% {line}" for line in part.splitlines())
        for part in report.parts
    ]
    page = "\n\n".join(pieces) + "\n"
    needed = [package for package, sign in NEEDS.items() if sign in page]
    return f"% \\usepackage{{{','.join(needed)}}}\n\n{page}" if needed else page


def _table(sheet: Sheet) -> str:
    columns = [column for column in sheet.columns if column.kind != "bar"]
    cells = [[_cell(column, row) for column in columns] for row in sheet.rows]
    shares = _shares(columns, sheet.rows)
    form = "".join(_form(column, share) for column, share in zip(columns, shares, strict=True))
    body = [" & ".join(_set(cell, share) for cell, share in zip(line, shares, strict=True)) + r" \\" for line in cells]
    head = [" & ".join(tex(column.title) for column in columns) + r" \\"] if sheet.header else []
    name = [f"% {sheet.title or sheet.name}"] if sheet.title or sheet.name else []
    if len(body) > PAGE:
        top = [r"\toprule", *head, r"\midrule", r"\endhead", r"\bottomrule", r"\endfoot"]
        return "\n".join([*name, rf"\begin{{longtable}}{{{form}}}", *top, *body, r"\end{longtable}"])
    rows = [r"\toprule", *head, r"\midrule", *body, r"\bottomrule"]
    return "\n".join([*name, rf"\begin{{tabular}}{{{form}}}", *rows, r"\end{tabular}"])


def _shares(columns: list[Column], rows: list[dict[str, Any]]) -> list[float]:
    """The share of the line width for each wrapped column; 0 for columns of natural width."""
    long = [column.kind not in RIGHT and any(len(as_read(column, row)) > WIDE for row in rows) for column in columns]
    narrow = sum(
        max([len(column.title), *(len(as_read(column, row)) for row in rows)]) + 2
        for column, wide in zip(columns, long, strict=True)
        if not wide
    )
    room = max(0.25 * sum(long), 1 - narrow / 90) if any(long) else 0  # a line is about 90 characters
    return [round(room / sum(long), 2) if wide else 0.0 for wide in long]


def _form(column: Column, share: float) -> str:
    return rf"p{{{share}\linewidth}}" if share else "r" if column.kind in RIGHT else "l"


def _set(cell: str, share: float) -> str:
    return rf"{{\raggedright {cell}\par}}" if share and cell else cell


def _cell(column: Column, row: dict[str, Any]) -> str:
    """A cell; a formula is set as mathematics, which breaks at its signs."""
    value = in_factors(row.get(column.key))
    latex = getattr(value, "latex", None)
    return f"${latex()}$" if latex and row.get("continues") != column.key else tex(as_read(column, row))
