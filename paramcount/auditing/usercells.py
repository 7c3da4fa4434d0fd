"""The cells of a user's table as sizes, counts and switches, with notes on cells that had to be interpreted."""

from __future__ import annotations

from collections.abc import Sequence

from paramcount.auditing.usercolumns import Columns
from paramcount.catalog.rows import family_of, label_of
from paramcount.errors import InputError
from paramcount.papers.claim import claim
from paramcount.papers.columns import COUNTS, Column
from paramcount.papers.preamble import Assumption, Table
from paramcount.papers.printed_cells import ROUNDED, bare, count_of, pair_of, size_of, switch_of

SHOWN = 4  # interpreted cells listed in the notes


class Cells:
    """Reads the cells of a *table* with these *columns*, row by row."""

    def __init__(self, table: Table, columns: Columns):
        self._table, self._columns = table, columns
        self._otherwise: dict[str, str] = {}
        self._switches: dict[str, dict[str, Assumption]] = {}
        self._counts = {*table.printed, *(field for field in columns.fields if field in COUNTS)}

    def row(self, number: int, texts: Sequence[str]) -> dict[str, str]:
        """The cells of a row, by title and by the fields that they hold; raises InputError on an invalid cell."""
        columns = self._columns.columns
        if len(texts) != len(columns):
            found = f"{len(texts)} cell{'s' * (len(texts) != 1)}"
            raise InputError(f"{self._table.path}: row {number}: {found}; valid: {len(columns)}, as in the header")
        by_title = {column.title: text for column, text in zip(columns, texts, strict=True)}
        label = label_of(self._table, by_title)
        named = set(self._table.label)
        plain = [c.title for c in columns if not c.field or c.title in named or not self._is_field(c.title)]
        cells = {title: by_title[title] for title in plain}
        family = family_of(self._table, label)
        for column in columns:
            where = f"{self._table.path}: row {number}, column {column.title}"
            field, text = column.field or column.title, by_title[column.title]
            if field in self._counts:
                cells[field] = self._count(where, text, column.unit)
            elif not column.field:
                continue
            elif family and (field in family.sizes or field == "d_ff_over_d_model"):
                self._size(where, label, column, text, cells)
            elif family and field in family.switches:
                self._switch(where, label, field, text)
                cells.pop(column.title, None)
        return cells

    def _is_field(self, name: str) -> bool:
        return name in self._columns.valid or name in COUNTS

    def _count(self, where: str, text: str, unit: str) -> str:
        read = count_of(text, unit)
        if read:
            try:
                if not claim(read).nominal:
                    raise ValueError(f"{text!r} is not a parameter count; valid: 1 or more")
            except ValueError as error:
                raise InputError(f"{where}: {error}") from None
        self._note(text, read)
        return read

    def _size(self, where: str, label: str, column: Column, text: str, cells: dict[str, str]) -> None:
        field = column.field
        if (pair := pair_of(text, column.title)) and field in pair:
            for part, number in pair.items():
                _put(where, part, number, text, cells)
            self._note(text, ", ".join(f"{part} = {number}" for part, number in pair.items()))
            return
        read = size_of(text)
        if ROUNDED.fullmatch(read):
            if field not in self._table.assumptions(label):
                raise InputError(
                    f"{where}: {text[:40]!r} is rounded, and a count needs the exact size; "
                    f"valid: the size, or a line `# assume {field} of {label} = …: why` in its head"
                )
            read = ""
        if read and not (read.isascii() and read.isdigit() and len(read) <= 18 and int(read) > 0):
            raise InputError(f"{where}: {text[:40]!r} is not a size; valid: a whole number such as 768")
        _put(where, field, read, text, cells)
        self._note(text.replace(",", ""), read)

    def _switch(self, where: str, label: str, field: str, text: str) -> None:
        if not bare(text):
            return
        value = switch_of(text)
        if value is None:
            raise InputError(f"{where}: {text[:40]!r} is not a switch; valid: true, false")
        self._switches.setdefault(label, {})[field] = Assumption(value, f"column {self._columns.title(field)}")

    def _note(self, text: str, read: str) -> None:
        if text.strip() != read and bare(text):
            self._otherwise.setdefault(text.strip(), read)

    def assumed(self) -> dict[str, dict[str, Assumption]]:
        """The assumptions of the table's head, overridden by the switches of its rows."""
        assumed = {label: dict(fields) for label, fields in self._table.assumed.items()}
        for label, switches in self._switches.items():
            assumed[label] = {**assumed.get(label, {}), **switches}
        return assumed

    def notes(self) -> tuple[str, ...]:
        """Notes on how cells that are not plain sizes or figures were read."""
        if not self._otherwise:
            return ()
        shown = [f"{text!r} as {read or 'the head assumes'}" for text, read in self._otherwise.items()][:SHOWN]
        more = len(self._otherwise) - len(shown)
        return (f"Cells read: {', '.join(shown)}{f', and {more} more' if more else ''}.",)


def _put(where: str, field: str, number: str, text: str, cells: dict[str, str]) -> None:
    """Give *field* its *number*; raises InputError if another cell of the row gave it a different one."""
    before = cells.get(field, "")
    if before and number and before != number:
        raise InputError(f"{where}: {text[:40]!r}, but another cell says {field} is {before}; valid: the same in both")
    cells[field] = number or before
