"""The catalog as a list: its models with their counts, which are kept in a table, so that no model is built for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from paramcount.catalog.called import squeezed, suggestions
from paramcount.catalog.names import aliases_of, everything
from paramcount.errors import InputError
from paramcount.papers.tables import read

TABLE = "model_counts.csv"  # by scripts/model_counts.py
COLUMNS = ("model", "total", "active", "family", "printed", "origin", "source")
VALID = "`paramcount models` lists them"
_ORIGINS = (
    (re.compile(r"(?:huggingface\.co|docs\.api\.nvidia\.com/nim/reference)/(\S+), .*"), r"\1"),
    (re.compile(r"the parameters of (\S+?)(?:-intermediate\S*)?( with .*)?, as public code prints them"), r"\1"),
    (re.compile(r"keras_hub/src/models/\S+/(\w+)\.py( .*)?, KerasHub"), r"KerasHub, \1"),
)


class Listed(NamedTuple):
    """A model of the catalog: its exact count, what a token is sent through, what was *printed* of it and where.

    *origin* is the *source* in a few words: arXiv:2005.14165v4, Table 2.1; Qwen/Qwen2.5-7B-Instruct.
    """

    model: str
    total: int
    active: int
    family: str
    printed: str
    origin: str
    source: str

    @property
    def aliases(self) -> list[str]:
        return aliases_of(self.model)


def listed() -> list[Listed]:
    """Every model, as the table has it."""
    return [
        Listed(row["model"], int(row["total"]), int(row["active"]), *(row[column] for column in COLUMNS[3:]))
        for row in read(TABLE)
    ]


def counted() -> list[Listed]:
    """Every model, counted anew: what the table is made of and held against."""
    return [
        Listed(
            spec.name,
            (model := spec.model()).total(),
            model.active(),
            spec.family.name,
            ", ".join(figure.printed for figure in spec.published),
            origin(source := spec.published[0].source if spec.published else ""),
            source,
        )
        for spec in everything()
    ]


def origin(source: str) -> str:
    """*source* in so few words that a line of 80 columns holds it beside a name and a count, where that can be."""
    for pattern, brief in _ORIGINS:
        if match := pattern.fullmatch(source):
            return match.expand(brief)
    first, _, rest = source.partition(", ")
    return first if first.endswith(rest) else source


def families() -> list[str]:
    """The families that models of the catalog are of."""
    return sorted({one.family for one in listed()})


def chosen(words: Iterable[str], family: str = "", least: int | None = None, most: int | None = None) -> list[Listed]:
    """The models of *family* and of *least* to *most* parameters whose name, alias or family has all *words*.

    Where some have the words as they stand, one behind the other, it is these alone. Raises InputError on a family that
    no model is of, and where *most* is less than *least*.
    """
    if family and family not in families():
        near = suggestions(family, families())
        raise InputError(f"--family {family}: no model is of it; " + (f"did you mean {near}?" if near else VALID))
    if least is not None and most is not None and most < least:
        raise InputError(f"--min {least:,} --max {most:,}: no number is both; valid: a --max of {least:,} or more")
    admitted = [
        one
        for one in listed()
        if family in ("", one.family) and (least or 0) <= one.total and (most is None or one.total <= most)
    ]
    words = list(words)
    whole = [one for one in admitted if _has(one, " ".join(words))]
    return whole or [one for one in admitted if all(_has(one, word) for word in words)]


def _has(one: Listed, word: str) -> bool:
    return any(squeezed(word) in squeezed(name) for name in (one.model, *one.aliases, one.family))
