"""What tables in Markdown, HTML and LaTeX have in common once they are parsed."""

import re

MOST_ROWS = 1_000  # a row that disagrees takes some 50 ms
MOST_COLUMNS = 100
TITLES = 3  # lines that the titles of columns may take
JOINS = " | "


def joined(rows: list[list[str]], titles: int) -> list[list[str]]:
    """*rows* with the first *titles* of them as one: what stands in a column from above, each text once."""
    if not 1 < titles <= TITLES or titles == len(rows):
        return rows
    width = max(map(len, rows[:titles]))
    above = [[row[place].strip() if place < len(row) else "" for row in rows[:titles]] for place in range(width)]
    return [[JOINS.join(dict.fromkeys(filter(None, column))) for column in above], *rows[titles:]]


def power(before: str, raised: str) -> str:
    """What a raised text says behind *before*: the power of a ten, or else nothing, as the mark of a footnote."""
    after_ten = re.search(r"[×x*·]\s*10$", before.rstrip()) and re.fullmatch(r"\s*[+-]?\d+\s*", raised)
    return f"^{raised.strip()}" if after_ten else ""
