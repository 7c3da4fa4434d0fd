"""Checks of the head of a user's table: unknown words are refused with the nearest known ones."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from paramcount.auditing.relations import spoken_of
from paramcount.catalog.called import suggestions
from paramcount.catalog.families import FAMILIES, family_named
from paramcount.catalog.names import find, is_model, names
from paramcount.catalog.rows import counted_here, label_of, stated
from paramcount.errors import InputError
from paramcount.ledger.model import ReadingError
from paramcount.models.design import SizeError
from paramcount.models.index import PLACES
from paramcount.papers.preamble import Preamble, Table

MOST_LINES = 10_000
LONGEST = 60  # characters of a word for which suggestions are made

# How the line of each key is written.
FORMS = {
    "title": "# title: TEXT",
    "source": "# source: TEXT",
    "year": "# year: 2019",
    "note": "# note: TEXT",
    "table": "# table: NAME",
    "family": "# family: NAME, or # family of ROW: NAME",
    "label": "# label: COLUMN, COLUMN",
    "printed": "# printed COLUMN: PLACE",
    "reading": "# reading COLUMN: WHAT IT COUNTS",
    "insignificant": "# insignificant zeros: 1",
    "assume": "# assume FIELD = VALUE: why, or # assume FIELD of ROW = VALUE: why",
    "relation": "# relation NAME: X = 6 * Y * Z",
    "exact": "# exact COLUMN",
    "withdrawn": "# withdrawn NAME of ROW: why",
    "column": "# column TITLE: FIELD",
    "ignore": "# ignore TITLE",
    "row": "# row NAME is MODEL",
    "model": "# model NAME: ROW",
    "alias": "# alias NAME: MODEL",
}
_NAMED = {
    **dict.fromkeys(("title", "source", "year", "note", "table", "label"), ""),
    **dict.fromkeys(("printed", "reading", "relation", "column", "ignore", "model", "alias"), ".+"),
    "family": "(of .+)?",
    "insignificant": "zeros",
    "assume": r".+ = (\d{1,18}|true|false)",
    "row": ".+ is .+",
    "exact": ".+",
    "withdrawn": ".+ of .+",
}


def hint(word: str, known: Iterable[str]) -> str:
    """A suggestion of the nearest of *known*, or the list of valid words."""
    listed = list(dict.fromkeys(known))
    near = suggestions(word[:LONGEST], listed)
    return f"did you mean {near}?" if near else f"valid: {', '.join(listed) or 'none'}"


def check_keys(path: str, lines: Sequence[str], head: Preamble) -> None:
    """Raise InputError on a head line with an unknown key or in the wrong form."""
    if len(lines) > MOST_LINES:
        raise InputError(f"{path}: its head has {len(lines):,} lines; valid: up to {MOST_LINES:,}")
    for key, values in head.items():
        if key not in FORMS:
            raise InputError(f"{path}: head: unknown key {key!r}; {hint(key, FORMS)} (remarks go in `# note: …`)")
        for name in values:
            if re.fullmatch(_NAMED[key], name, re.DOTALL) is None:
                line = f"{key} {name}".strip()
                raise InputError(f"{path}: head: {line!r} is not in the right form; valid: {FORMS[key]}")
    stated = Counter(line.partition(": ")[0].strip("# \n\r:") for line in lines)
    for line, often in stated.items():
        if often > 1 and line != "note":
            raise InputError(f"{path}: head: {line!r} is there twice; valid: each line once")


def check_families(path: str, families: Mapping[str, str]) -> None:
    """Raise InputError if one of these families is unknown."""
    for name in families.values():
        if family_named(name) is None:
            near = suggestions(name.lower(), [*FAMILIES, *PLACES])
            valid = f"{', '.join(FAMILIES)}, or a supported model type (docs/coverage.md)"
            said = f"did you mean {near}? valid: {valid}" if near else f"valid: {valid}"
            raise InputError(f"{path}: head: unknown family {name!r}; {said}")


def check_names(path: str, head: Preamble, titles: Collection[str]) -> None:
    """Raise InputError if a head line names a column that the table does not have."""
    labels = [part.strip() for part in head.get("label", {}).get("", "").split(",") if part.strip()]
    named = [(key, name) for key in ("printed", "column", "ignore") for name in head.get(key, {})]
    for key, name in [*named, *(("label", name) for name in labels)]:
        if name not in titles:
            raise InputError(f"{path}: head: {key} {name}: column {name} is missing; {hint(name, titles)}")


def check_words(table: Table, head: Preamble, rows: Sequence[Mapping[str, str]], fields: Collection[str]) -> None:
    """Raise InputError if a head line names an unknown row, size or model."""
    labels = [label_of(table, cells) for cells in rows]
    for label in (*table.families, *table.assumed, *table.same_as, *table.models):
        if label and label not in labels:
            raise InputError(f"{table.path}: head: no row {label!r}; {hint(label, labels)}")
    for label, assumed in table.assumed.items():
        for field in assumed:
            if field not in fields:
                where = f"assume {field}{f' of {label}' if label else ''}"
                raise InputError(f"{table.path}: head: {where}: unknown size; {hint(field, fields)}")
    spoken = sorted({column for relation in table.relations.values() for column in spoken_of(relation)})
    for column in table.exact:
        if column not in spoken:
            raise InputError(f"{table.path}: head: exact {column}: not in any relation; {hint(column, spoken)}")
    findings = [f"{name} of {label}" for name in table.relations for label in labels]
    for finding in table.withdrawn:
        if finding not in findings:
            raise InputError(f"{table.path}: head: withdrawn {finding}: no such relation; {hint(finding, findings)}")
    for label, model in table.same_as.items():
        if not is_model(model):
            raise InputError(f"{table.path}: head: row {label} is {model}: unknown model; {_near_model(model)}")


def _near_model(name: str) -> str:
    near = suggestions(name.lower(), names())
    return f"did you mean {near}?" if near else "valid: a name that `paramcount models` lists"


def check_readings(table: Table, rows: Sequence[Mapping[str, str]]) -> None:
    """Raise InputError if a reading does not apply to the models of its column's rows."""
    for column, reading in table.readings.items():
        where = f"{table.path}: head: reading {column}: {reading!r}"
        if column not in table.printed:
            listed = ", ".join(table.printed) or "a column that `# printed COLUMN: PLACE` names"
            raise InputError(f"{where}: not a column of counts; valid: {listed}")
        _check_reading(table, rows, reading, where)
    for label, model in table.same_as.items():
        for figure in find(model).published:
            _check_reading(table, rows, figure.reading, f"{table.path}: head: row {label} is {model}", label)


def _check_reading(table: Table, rows: Sequence[Mapping[str, str]], reading: str, where: str, only: str = "") -> None:
    for cells in rows:
        label = label_of(table, cells)
        if not counted_here(table, label) or (only and label != only):
            continue
        try:
            model = stated(table, cells).model()
        except SizeError:  # the audit reports it for that row
            continue
        try:
            model.read(reading)
        except ReadingError as error:
            raise InputError(f"{where}: {error}") from None
