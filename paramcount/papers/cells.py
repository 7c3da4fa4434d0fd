"""Text in the cells of a CSV, where a spreadsheet would run what begins like a formula.

Such text is written with an apostrophe before it, and read without: `=1+1` as `'=1+1`, and `'=1+1` as `''=1+1`, so that
what is read is what was written. Numbers are written as they are.
"""

import re

_RUN = re.compile(r"'*[=+\-@\t\r＝＋－＠]")  # the wide forms are the same to some spreadsheets


def guarded(text: str) -> str:
    """*text* as a cell that no spreadsheet runs."""
    return f"'{text}" if _RUN.match(text) else text


def unguarded(cell: str) -> str:
    """The text that `guarded` made *cell* of."""
    return cell[1:] if cell.startswith("'") and _RUN.match(cell) else cell
