"""Published training runs with known size and tokens, from the papers' tables."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.papers.claim import claim
from paramcount.papers.tables import read
from paramcount.scaling.frontier import Run

TABLES = ("gpt3_brown2020_table2_1.csv", "gopher_rae2021_table1.csv", "llama1_touvron2023_table2.csv")


class Published(NamedTuple):
    """A model and its run as printed: all its parameters, and its tokens."""

    name: str
    run: Run


def published() -> list[Published]:
    """The runs for which the tables print both, in the tables' order."""
    rows = (row for table in TABLES for row in read(table))
    return [Published(row["model"], Run(float(row["n_params"]), float(_tokens(row)))) for row in rows if _tokens(row)]


def _tokens(row: dict[str, str]) -> int:
    printed = row.get("n_tokens_printed", "")
    return claim(printed).nominal if printed else int(float(row.get("n_tokens") or 0))
