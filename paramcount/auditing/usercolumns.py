"""The fields held by the columns of a user's table, found from their titles, the table's head, and aliases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

from paramcount.auditing.relations import spoken_of
from paramcount.catalog.families import family_named
from paramcount.errors import InputError
from paramcount.papers.columns import COUNTS, Column, TitleError, aliases, columns_of
from paramcount.papers.preamble import Preamble

LONGEST = 60  # characters of a title whose spelling is checked
ALSO = ("model", "d_ff_over_d_model")
MODEL = "model"


class Columns(NamedTuple):
    """The columns of a table in print order.

    *label* holds the titles of the columns that name a row, *valid* the sizes and switches of the table's families,
    *left_out* the columns that hold neither, *notes* how the columns were read.
    """

    columns: list[Column]
    label: tuple[str, ...]
    valid: tuple[str, ...]
    left_out: tuple[Column, ...]
    notes: tuple[str, ...]

    @property
    def fields(self) -> dict[str, Column]:
        return {column.field: column for column in self.columns if column.field}

    def title(self, field: str) -> str:
        return self.fields[field].title if field in self.fields else field

    def field(self, title: str) -> str:
        """The field of the column with that *title*, or the title itself."""
        return next((column.field for column in self.columns if column.title == title and column.field), title)


def recognised(path: str, titles: Sequence[str], rows: Sequence[Sequence[str]], head: Preamble) -> Columns:
    """The table's columns and their fields; raises InputError on a misspelt or ambiguous title."""
    families = {name: family_named(name) for name in head.get("family", {}).values()}
    valid = tuple(dict.fromkeys(field for family in families.values() if family for field in family.fields))
    stated, ignored = head.get("column", {}), head.get("ignore", {})
    for title, field in stated.items():
        if field not in (*valid, *COUNTS, *ALSO):
            near = get_close_matches(field, [*valid, *COUNTS, *ALSO], n=3, cutoff=0.5)
            said = f"did you mean {', '.join(near)}?" if near else f"valid: {', '.join([*valid, *COUNTS, *ALSO])}"
            raise InputError(f"{path}: head: column {title}: unknown size {field!r}; {said}")
    words = [title for place, title in enumerate(titles) if _is_text([row[place] for row in rows if len(row) > place])]
    kept = [title for title in titles if title not in ignored]
    try:
        found = columns_of(kept, {*valid, *COUNTS, *ALSO}, stated, words) if families else _as_they_are(kept)
    except TitleError as error:
        raise InputError(f"{path}: {error}") from None
    by_title = {column.title: column for column in found}
    columns = [by_title.get(title, Column(title, "")) for title in titles]
    spoken = _spoken(path, head)
    label = _label(path, columns, head, words)
    left_out = [c for c in columns if c.field not in (*valid, *COUNTS, *ALSO) and c.title not in (*spoken, *label)]
    for column in left_out if families else ():
        if not column.field and column.title not in ignored:
            _check_spelling(path, column.title, valid)
    columns = [column._replace(field="") if column in left_out else column for column in columns]
    left_out = [column for column in left_out if families and column.title]
    unsaid = [column for column in left_out if column.title not in ignored]
    return Columns(columns, label, valid, tuple(left_out), _said(columns, unsaid, list(families)))


def _as_they_are(titles: Sequence[str]) -> list[Column]:
    return [Column(title, title) for title in titles]


def _spoken(path: str, head: Preamble) -> set[str]:
    """The columns mentioned in the head."""
    spoken = {*head.get("printed", {}), *head.get("reading", {})}
    for relation in head.get("relation", {}).values():
        try:
            names = spoken_of(relation)
        except ValueError as error:
            raise InputError(f"{path}: head: relation {relation[:80]!r}: {error}; valid: X = 6 * Y * Z") from None
        spoken |= names | {f"{name}_printed" for name in names}
    return spoken


def _label(path: str, columns: Sequence[Column], head: Preamble, words: Sequence[str]) -> tuple[str, ...]:
    """The titles of the columns that name a row: from the head, else `model`, else the first with text, else counts."""
    if named := [part.strip() for part in head.get("label", {}).get("", "").split(",") if part.strip()]:
        return tuple(named)
    of_models = [column.title for column in columns if column.field == MODEL]
    texts = [column.title for column in columns[:1] if not column.field and column.title in words]
    counts = [column.title for column in columns if column.field == "n_params_printed"]
    if not columns:
        raise InputError(f"{path}: empty; valid: a table with a header row")
    if not (found := [*of_models, *texts, *counts]):
        listed = ", ".join(column.title for column in columns)
        raise InputError(
            f"{path}: column model is missing; its columns are {listed}; valid: # label: COLUMN in its head"
        )
    return (found[0],)


def _check_spelling(path: str, title: str, valid: Sequence[str]) -> None:
    """Raise InputError if *title* is nearly the name of a size or of a count."""
    wanted = {*COUNTS, *ALSO, *valid}
    names = [name for name, fields in aliases().items() if wanted.intersection(fields)]
    known = {name.lower(): name for name in (*names, *wanted) if len(name) > 3}
    near = get_close_matches(title.lower(), known, n=2, cutoff=0.8) if 3 < len(title) <= LONGEST else []
    if near:
        meant = " or ".join(known[name] for name in near)
        raise InputError(
            f"{path}: unknown column {title!r}; did you mean {meant}? "
            f"valid: that, or a line `# ignore {title}` or `# column {title}: FIELD` in its head"
        )


def _said(columns: Sequence[Column], left_out: Sequence[Column], families: Sequence[str]) -> tuple[str, ...]:
    read = [f"{c.title} as {c.field}" for c in columns if c.field not in ("", c.title, MODEL)]
    notes = [f"Columns read: {', '.join(read)}."] if read else []
    if left_out:
        listed = [f"{c.title} (not a size of {' or '.join(families)})" if _is_size(c) else c.title for c in left_out]
        notes.append(f"Columns left out: {', '.join(listed)}.")
    return tuple(notes)


def _is_size(column: Column) -> bool:
    return column.field.startswith(("n_", "d_", "tied")) and column.field != "n_tokens"


def _is_text(cells: Sequence[str]) -> bool:
    return bool(cells) and not any(re.match(r"[~≈]?\s*\d", cell) for cell in cells)


def upright(rows: list[list[str]]) -> tuple[list[list[str]], bool]:
    """*rows* with the titles in the first row, and whether the table had to be transposed, as papers may print it."""
    across = len(fields_of(rows[0]))
    down = len(fields_of([row[0] for row in rows[1:] if row]))
    if down < 2 or down <= across or len({len(row) for row in rows}) > 1:
        return rows, False
    turned = [list(column) for column in zip(*rows, strict=True)]
    turned[0][0] = turned[0][0] or MODEL
    return turned, True


def fields_of(titles: Sequence[str]) -> set[str]:
    """The sizes and counts that *titles* may name, each title taken by itself."""
    found = [columns_of([title], {*COUNTS, *ALSO}, {})[0].field for title in titles]
    return {*found} - {"", MODEL}
