"""Recognises the size or count in a column of a table by its title: Layers, #Heads, hidden_size, L, Params (M)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from paramcount.config.keys import SYMBOLS
from paramcount.papers.parsed import JOINS
from paramcount.papers.tables import read

COUNTS = {
    "n_params_printed": "total",
    "n_params": "total",
    "n_params_non_embedding_printed": "non-embedding",
    "n_params_active_printed": "active",
}
_UNITS = {"k": "K", "thousand": "K", "thousands": "K", "m": "M", "million": "M", "millions": "M", "b": "B",
          "billion": "B", "billions": "B", "t": "T", "trillion": "T", "trillions": "T"}  # fmt: skip
_LEADING = {"number", "no", "num", "of", "the", "nr", "n"}


class Column(NamedTuple):
    """A column: its *title*, the *field* that it holds, "" if unknown, and the *unit* given in the title."""

    title: str
    field: str
    unit: str = ""


class TitleError(ValueError):
    """Titles that name one thing twice."""


def columns_of(
    titles: Sequence[str], fields: Collection[str], stated: Mapping[str, str], words: Collection[str] = ()
) -> list[Column]:
    """The columns with these *titles*: recognised from *stated*, from the names of *fields*, or as an alias.

    An ambiguous title takes the first of its meanings that no other column has. Columns in *words* hold text, so they
    are not counts. Raises TitleError if two columns have the same meaning.
    """
    found: dict[int, Column] = {}
    for place, title in enumerate(titles):
        if title in stated:
            found[place] = Column(title, stated[title], _unit(title))
        elif title in fields or not title:
            found[place] = Column(title, title)
    options = {place: _options(title) for place, title in enumerate(titles) if place not in found}
    for place, names in sorted(options.items(), key=lambda item: len(item[1])):
        title = titles[place]
        possible = [field for field in names if field not in COUNTS or title not in words]
        taken = {column.field: column.title for column in found.values()}
        free = [field for field in possible if field not in taken]
        if len(names) == 1 and possible and not free:
            raise TitleError(
                f"the columns {taken[possible[0]]!r} and {title!r} are both read as {possible[0]}; "
                f"valid: a line `# column {title}: FIELD` or `# ignore {title}`"
            )
        field = free[0] if free else ""
        found[place] = Column(title, field, _unit(title) if field in COUNTS else "")
    return [found[place] for place in range(len(titles))]


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """The meanings of titles, by `_key`, or by the title itself for single letters."""
    names: dict[str, tuple[str, ...]] = {_key(key): (field,) for key, field in SYMBOLS.items()}
    for row in read("column_names.csv"):
        names[row["name"] if len(row["name"]) == 1 else _key(row["name"])] = tuple(row["fields"].split())
    return names


def aliases() -> dict[str, tuple[str, ...]]:
    """The known titles, as written in tables/column_names.csv, and their possible meanings."""
    return {row["name"]: tuple(row["fields"].split()) for row in read("column_names.csv")}


def _options(title: str) -> tuple[str, ...]:
    """The possible meanings of *title*: of all of it, its last part, or the parts outside and inside parentheses."""
    last = title.rpartition(JOINS)[2]
    inside = re.findall(r"[(\[]([^()\[\]]*)[)\]]", last)
    outside = re.sub(r"[(\[][^()\[\]]*[)\]]", " ", last)
    symbols = [text for text in inside if len(text.strip()) > 1]
    for text in (title, last, *symbols, outside, *inside):
        plain = re.sub(r"[^\w]", "", text) if len(text.strip(" #$*†‡.:")) == 1 else text
        for key in (plain.strip(), _key(text)):
            if key in _names() and (len(key) > 1 or key == plain.strip()):
                return _names()[key]
    return ()


def _words(title: str) -> list[str]:
    return re.findall(r"[a-z]+|\d+", title.lower())


def _key(title: str) -> str:
    """*title* in lower case, without signs and without a leading "number of"."""
    words = _words(title)
    while len(words) > 1 and words[0] in _LEADING:
        words = words[1:]
    return "".join(words)


def _unit(title: str) -> str:
    """The unit in `Params (M)` or `Parameters [billions]`."""
    match = re.search(r"[(\[]\s*(?:in\s+)?([A-Za-z]+)\s*[)\]]", title)
    return _UNITS.get(match[1].lower(), "") if match else ""
