"""Published tables, as printed: one CSV a table under tables/, its first lines saying how to count it.

Those lines start with #; tables/README.md documents them. Files without `# table: NAME` are facts of other kinds.
"""

import csv
import os
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple


class Assumption(NamedTuple):
    """A size that a table does not print, and why it holds."""

    value: int
    why: str


class Table(NamedTuple):
    """What the head of a table says. *printed* maps each column of counts to the place that printed it, *models* a
    row's label to the catalog's name for it, *assumed* a size that the table does not print to its value and why."""

    stem: str
    name: str
    title: str
    source: str
    year: int
    family: str
    insignificant_zeros: int
    printed: dict[str, str]
    models: dict[str, str]
    aliases: dict[str, str]
    assumed: dict[str, Assumption]

    def rows(self) -> list[dict[str, str]]:
        """The rows in print order, every cell as printed."""
        return read(self.stem)


@cache
def folder() -> str:
    """Where the tables are: inside an installed package, or beside it in a checkout."""
    package = os.path.dirname(os.path.abspath(__file__))
    inside = os.path.join(package, "tables")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(package), "tables")


@cache
def tables() -> dict[str, Table]:
    """Every table by its short name."""
    stems = sorted(name.removesuffix(".csv") for name in os.listdir(folder()) if name.endswith(".csv"))
    heads = ((stem, _head(stem)) for stem in stems)
    found = (_table(stem, head) for stem, head in heads if "table" in head)
    return {table.name: table for table in found}


@cache
def read(stem: str) -> list[dict[str, str]]:
    """The rows of tables/*stem*.csv, every cell as printed."""
    with open(os.path.join(folder(), f"{stem}.csv"), encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def vocabularies(until: int) -> dict[int, str]:
    """Vocabulary sizes that were in use by the year *until*, with their owners."""
    return {int(row["n_vocab"]): row["owner"] for row in read("vocabularies") if int(row["year"]) <= until}


def _head(stem: str) -> dict[str, dict[str, str]]:
    """The lines `# key name: value` before the rows, as {key: {name: value}}."""
    head: dict[str, dict[str, str]] = {}
    with open(os.path.join(folder(), f"{stem}.csv"), encoding="utf-8") as lines:
        for line in _comments(lines):
            key, _, value = line.partition(":")
            key, _, name = key.strip().partition(" ")
            head.setdefault(key, {})[name] = value.strip()
    return head


def _comments(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        if not line.startswith("#"):
            return
        yield line[1:]


def _table(stem: str, head: dict[str, dict[str, str]]) -> Table:
    def single(key: str) -> str:
        return head.get(key, {}).get("", "")

    assumed = {}
    for statement, why in head.get("assume", {}).items():
        field, _, value = statement.partition(" = ")
        assumed[field] = Assumption(int(value), why)
    return Table(
        stem=stem,
        name=single("table"),
        title=single("title"),
        source=single("source"),
        year=int(single("year")),
        family=single("family"),
        insignificant_zeros=int(head.get("insignificant", {}).get("zeros", 0)),
        printed=head.get("printed", {}),
        models={label: model for model, label in head.get("model", {}).items()},
        aliases=head.get("alias", {}),
        assumed=assumed,
    )
