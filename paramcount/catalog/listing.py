"""The catalog as a list of models with their counts, read from a table so that none is built."""

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
    """A model in the catalog: its exact count, its active parameters, what was *printed* of it and where.

    *origin* is the *source* in short: arXiv:2005.14165v4, Table 2.1; Qwen/Qwen2.5-7B-Instruct.
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
    """Every model, from the table."""
    return [
        Listed(row["model"], int(row["total"]), int(row["active"]), *(row[column] for column in COLUMNS[3:]))
        for row in read(TABLE)
    ]


def counted() -> list[Listed]:
    """Every model, counted anew; the table is made from this and tested against it."""
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
    """*source* shortened to fit a line of 80 columns beside a name and a count, if possible."""
    for pattern, brief in _ORIGINS:
        if match := pattern.fullmatch(source):
            return match.expand(brief)
    first, _, rest = source.partition(", ")
    return first if first.endswith(rest) else source


def families() -> list[str]:
    """The families with models in the catalog."""
    return sorted({one.family for one in listed()})


def chosen(words: Iterable[str], family: str = "", least: int | None = None, most: int | None = None) -> list[Listed]:
    """The models in *family*, with *least* to *most* parameters, whose name, alias or family has all *words*.

    If some match the words as a phrase, only those. Raises InputError on a family without models, or if *most* is less
    than *least*.
    """
    if family and family not in families():
        near = suggestions(family, families())
        raise InputError(
            f"--family {family}: no model has this family; " + (f"did you mean {near}?" if near else VALID)
        )
    if least is not None and most is not None and most < least:
        raise InputError(f"--min {least:,} --max {most:,}: no number fits both; valid: a --max of {least:,} or more")
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
