"""Published tables, as printed: one CSV a table under tables/, with a TOML beside it that says how to count its rows."""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple


class Table(NamedTuple):
    """What the TOML beside a table says. *printed* maps each column of counts to the place that printed it, *models*
    a row's label to the catalog's name for it, *assumed* a size that the table does not print to its value and why."""

    stem: str
    name: str
    title: str
    source: str
    family: str
    printed: dict[str, str]
    models: dict[str, str]
    aliases: dict[str, str]
    assumed: dict[str, dict[str, Any]]
    insignificant_zeros: int

    def rows(self) -> list[dict[str, str]]:
        """The rows in print order, every cell as printed."""
        return _read(self.stem)


@cache
def folder() -> Path:
    """Where the tables are: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    return next(path for path in (package / "tables", package.parent / "tables") if path.is_dir())


@cache
def tables() -> dict[str, Table]:
    """Every table by its short name."""
    found = (_table(path) for path in sorted(folder().glob("*.toml")))
    return {table.name: table for table in found}


def _table(path: Path) -> Table:
    stated = tomllib.loads(path.read_text(encoding="utf-8"))
    optional = {"family": "", "aliases": {}, "assumed": {}, "insignificant_zeros": 0}
    return Table(stem=path.stem, **{**optional, **stated})


@cache
def _read(stem: str) -> list[dict[str, str]]:
    with open(folder() / f"{stem}.csv", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
