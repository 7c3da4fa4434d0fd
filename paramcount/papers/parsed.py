"""Helpers for parsed tables in Markdown, HTML and LaTeX."""

import re

MOST_ROWS = 1_000  # a row that disagrees takes about 50 ms
MOST_COLUMNS = 100
TITLES = 3  # the most lines of titles
JOINS = " | "


def joined(rows: list[list[str]], titles: int) -> list[list[str]]:
    """*rows* with the first *titles* of them merged into one: the distinct texts of each column, from above."""
    if not 1 < titles <= TITLES or titles == len(rows):
        return rows
    width = max(map(len, rows[:titles]))
    above = [[row[place].strip() if place < len(row) else "" for row in rows[:titles]] for place in range(width)]
    return [[JOINS.join(dict.fromkeys(filter(None, column))) for column in above], *rows[titles:]]


def power(before: str, raised: str) -> str:
    """The meaning of a raised text after *before*: the exponent of a power of ten, or "" for a footnote mark."""
    after_ten = re.search(r"[×x*·]\s*10$", before.rstrip()) and re.fullmatch(r"\s*[+-]?\d+\s*", raised)
    return f"^{raised.strip()}" if after_ten else ""
