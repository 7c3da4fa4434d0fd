"""A random misprint in a printed size or count: a digit, two digits swapped, a neighbour's cell, a wrong zero."""

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.papers.claim import claim
from paramcount.papers.preamble import Table

KINDS = ("digit", "swap", "neighbour", "zero")
Cells = dict[str, str]


class Planted(NamedTuple):
    """A misprint: the row *place* of *table*, its *column*, what was there and what is there now."""

    table: Table
    place: int
    column: str
    kind: str
    was: str
    now: str


def plantable(spec: Spec, table: Table, row: Cells) -> list[str]:
    """The printed sizes and counts of a row, in the order of its columns."""
    sizes = {field for field in spec.given if field not in spec.assumed}
    return [column for column in row if row[column] and (column in sizes or column in table.printed)]


def plant(rng: random.Random, table: Table, rows: Sequence[Cells], place: int, columns: list[str]) -> Planted | None:
    """A random misprint in the row at *place*; None if the kind drawn is impossible there."""
    column, kind = rng.choice(columns), rng.choice(KINDS)
    was = rows[place][column]
    now = (
        slip(rng, kind, was) if kind != "neighbour" else rng.choice(neighbours(rows, place, column, columns) or [None])
    )
    if now is None or now == was or not reads(now, column in table.printed):
        return None
    return Planted(table, place, column, kind, was, now)


def neighbours(rows: Sequence[Cells], place: int, column: str, columns: list[str]) -> list[str]:
    """The cells above, below, to the left and to the right."""
    above_below = [rows[i][column] for i in (place - 1, place + 1) if 0 <= i < len(rows)]
    at = columns.index(column)
    beside = [rows[place][columns[i]] for i in (at - 1, at + 1) if 0 <= i < len(columns)]
    return [text for text in (*above_below, *beside) if text]


def reads(text: str, is_count: bool) -> bool:
    if not is_count:
        return text.isdigit() and int(text) > 0
    try:
        return claim(text).low > 0
    except ValueError:
        return False


def slip(rng: random.Random, kind: str, text: str) -> str | None:
    """*text* with a misprint of this kind in its digits; None if that is impossible."""
    places = [i for i, char in enumerate(text) if char.isdigit()]
    if kind == "digit":
        place = rng.choice(places)
        return _digits(text, place, place + 1, rng.choice([d for d in "0123456789" if d != text[place]]))
    if kind == "swap":
        pairs = [(i, j) for i, j in pairwise(places) if text[i] != text[j]]
        if not pairs:
            return None
        i, j = rng.choice(pairs)
        return _digits(text, i, j + 1, text[j] + text[i + 1 : j] + text[i])
    zeros = [i for i in places if text[i] == "0"]
    beside = sorted({*zeros, max(i for i in places)})
    few = bool(zeros) and rng.random() < 0.5
    place = rng.choice(zeros if few else beside)
    return _digits(text, place, place + 1, "" if few else text[place] + "0")


def _digits(text: str, start: int, end: int, new: str) -> str | None:
    """*text* with new digits and its commas in place; None if nobody would print that number."""
    text_now = text[:start] + new + text[end:]
    whole = text_now.rstrip("KMBT").partition(".")[0]
    rest = text_now[len(whole) :]
    plain = whole.replace(",", "")
    if not plain or (plain[0] == "0" and (len(plain) > 1 or "." not in rest)) or rest in (".", ".K", ".M", ".B", ".T"):
        return None
    return (f"{int(plain):,}" if "," in whole else plain) + rest
