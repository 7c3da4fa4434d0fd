"""Published tables as printed: one CSV per table in tables/, whose first lines say how to count it.

Those lines start with #; tables/README.md documents them. Files without `# table: NAME` hold other facts.
"""

import csv
import os
from functools import cache

from paramcount.papers.preamble import Table, read_preamble, table_of


@cache
def folder() -> str:
    """The folder of the tables: inside an installed package, or next to it in a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    inside = os.path.join(package, "tables")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(package), "tables")


@cache
def tables() -> dict[str, Table]:
    """Every table, by its short name."""
    paths = sorted(os.path.join(folder(), name) for name in os.listdir(folder()) if name.endswith(".csv"))
    return {table.name: table for path in paths if (table := load(path)).name}


def load(path: str) -> Table:
    """The table in the CSV file at *path*, described by its preamble."""
    with open(path, encoding="utf-8") as lines:
        return table_of(path, read_preamble(lines))


@cache
def read(path: str) -> list[dict[str, str]]:
    """The rows of the CSV file at *path* in print order, every cell as printed; bare names are files in tables/."""
    with open(os.path.join(folder(), path), encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


@cache
def vocabularies(until: int) -> dict[int, str]:
    """The vocabulary sizes in use by the year *until*, with the models that they belong to."""
    known = read("vocabularies.csv")
    return {int(row["n_vocab"]): row["owner"] for row in known if int(row["year"]) <= until}
