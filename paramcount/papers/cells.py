"""Guards text in CSV cells that a spreadsheet would run as a formula.

Such text is written with an apostrophe in front and read without it: `=1+1` becomes `'=1+1`, and `'=1+1` becomes
`''=1+1`, so that reading restores what was written. Numbers are left as they are.
"""

import re

_RUN = re.compile(r"'*[=+\-@\t\r＝＋－＠]")  # some spreadsheets treat the wide forms alike
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?([eE][+-]?\d+)?%?", re.ASCII)


def guarded(text: str) -> str:
    """*text* as a cell that no spreadsheet runs; plain numbers are unchanged."""
    return f"'{text}" if _RUN.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(cell: str) -> str:
    """The text from which `guarded` made *cell*."""
    return cell[1:] if cell.startswith("'") and _RUN.match(cell) else cell
