"""Text in the cells of a CSV, where a spreadsheet would run what begins like a formula.

Such text is written with an apostrophe before it, and read without: `=1+1` as `'=1+1`, and `'=1+1` as `''=1+1`, so that
what is read is what was written. Numbers are written as they are.
"""

import re

_RUN = re.compile(r"'*[=+\-@\t\r＝＋－＠]")  # the wide forms are the same to some spreadsheets
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?([eE][+-]?\d+)?%?", re.ASCII)


def guarded(text: str) -> str:
    """*text* as a cell that no spreadsheet runs; what is no more than a number stays one."""
    return f"'{text}" if _RUN.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(cell: str) -> str:
    """The text that `guarded` made *cell* of."""
    return cell[1:] if cell.startswith("'") and _RUN.match(cell) else cell
