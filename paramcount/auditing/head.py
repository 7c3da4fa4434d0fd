"""The head of a table of the user's own: every word of it is known, or is refused with the nearest that is."""

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
LONGEST = 60  # characters of a word that may be misspelt

# Each key with how its line is written; "[of ROW]" may be left out.
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
    """The nearest of *known*, or what is valid."""
    listed = list(dict.fromkeys(known))
    near = suggestions(word[:LONGEST], listed)
    return f"did you mean {near}?" if near else f"valid: {', '.join(listed) or 'none'}"


def check_keys(path: str, lines: Sequence[str], head: Preamble) -> None:
    """Raise InputError on a line of the head with an unknown key, or that is written otherwise than it should be."""
    if len(lines) > MOST_LINES:
        raise InputError(f"{path}: its head: {len(lines):,} lines; valid: up to {MOST_LINES:,}")
    for key, values in head.items():
        if key not in FORMS:
            raise InputError(f"{path}: its head: no key {key!r}; {hint(key, FORMS)} (a remark is `# note: …`)")
        for name in values:
            if re.fullmatch(_NAMED[key], name, re.DOTALL) is None:
                line = f"{key} {name}".strip()
                raise InputError(f"{path}: its head: {line!r}: not as such a line is written; valid: {FORMS[key]}")
    stated = Counter(line.partition(": ")[0].strip("# \n\r:") for line in lines)
    for line, often in stated.items():
        if often > 1 and line != "note":
            raise InputError(f"{path}: its head: {line!r} twice; valid: each line once")


def check_families(path: str, families: Mapping[str, str]) -> None:
    """Raise InputError where there is no family of one of these names."""
    for name in families.values():
        if family_named(name) is None:
            near = suggestions(name.lower(), [*FAMILIES, *PLACES])
            valid = f"{', '.join(FAMILIES)}, or a model type that is counted (docs/coverage.md)"
            said = f"did you mean {near}? valid: {valid}" if near else f"valid: {valid}"
            raise InputError(f"{path}: its head: no family {name!r}; {said}")


def check_names(path: str, head: Preamble, titles: Collection[str]) -> None:
    """Raise InputError where a line of the head names a column that is not there."""
    labels = [part.strip() for part in head.get("label", {}).get("", "").split(",") if part.strip()]
    named = [(key, name) for key in ("printed", "column", "ignore") for name in head.get(key, {})]
    for key, name in [*named, *(("label", name) for name in labels)]:
        if name not in titles:
            raise InputError(f"{path}: its head: {key} {name}: column {name} is missing; {hint(name, titles)}")


def check_words(table: Table, head: Preamble, rows: Sequence[Mapping[str, str]], fields: Collection[str]) -> None:
    """Raise InputError where a line of the head names a row, a size or a model that there is not."""
    labels = [label_of(table, cells) for cells in rows]
    for label in (*table.families, *table.assumed, *table.same_as, *table.models):
        if label and label not in labels:
            raise InputError(f"{table.path}: its head: no row {label!r}; {hint(label, labels)}")
    for label, assumed in table.assumed.items():
        for field in assumed:
            if field not in fields:
                where = f"assume {field}{f' of {label}' if label else ''}"
                raise InputError(f"{table.path}: its head: {where}: no such size; {hint(field, fields)}")
    spoken = sorted({column for relation in table.relations.values() for column in spoken_of(relation)})
    for column in table.exact:
        if column not in spoken:
            raise InputError(f"{table.path}: its head: exact {column}: in no relation; {hint(column, spoken)}")
    findings = [f"{name} of {label}" for name in table.relations for label in labels]
    for finding in table.withdrawn:
        if finding not in findings:
            raise InputError(
                f"{table.path}: its head: withdrawn {finding}: no such relation; {hint(finding, findings)}"
            )
    for label, model in table.same_as.items():
        if not is_model(model):
            raise InputError(f"{table.path}: its head: row {label} is {model}: no such model; {_near_model(model)}")


def _near_model(name: str) -> str:
    near = suggestions(name.lower(), names())
    return f"did you mean {near}?" if near else "valid: a name that `paramcount models` lists"


def check_readings(table: Table, rows: Sequence[Mapping[str, str]]) -> None:
    """Raise InputError where a column of counts is said to count what the models of its rows do not have."""
    for column, reading in table.readings.items():
        where = f"{table.path}: its head: reading {column}: {reading!r}"
        if column not in table.printed:
            listed = ", ".join(table.printed) or "a column that `# printed COLUMN: PLACE` names"
            raise InputError(f"{where}: no column of counts; valid: {listed}")
        _check_reading(table, rows, reading, where)
    for label, model in table.same_as.items():
        for figure in find(model).published:
            _check_reading(table, rows, figure.reading, f"{table.path}: its head: row {label} is {model}", label)


def _check_reading(table: Table, rows: Sequence[Mapping[str, str]], reading: str, where: str, only: str = "") -> None:
    for cells in rows:
        label = label_of(table, cells)
        if not counted_here(table, label) or (only and label != only):
            continue
        try:
            model = stated(table, cells).model()
        except SizeError:  # which the audit says of that row
            continue
        try:
            model.read(reading)
        except ReadingError as error:
            raise InputError(f"{where}: {error}") from None
