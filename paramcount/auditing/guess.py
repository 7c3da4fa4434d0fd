"""A first guess at a table's head: its family, the meaning of its columns, and the sizes that it does not print."""

from __future__ import annotations

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import NamedTuple

from paramcount.auditing.counting import count
from paramcount.auditing.usercolumns import recognised, upright
from paramcount.auditing.userfile import Opened, chosen, is_section, opened
from paramcount.catalog.families import FAMILIES, family_named
from paramcount.catalog.names import of_tables
from paramcount.catalog.rows import label_of, stated
from paramcount.errors import InputError
from paramcount.ledger.model import ReadingError
from paramcount.models.design import SizeError
from paramcount.models.index import PLACES
from paramcount.papers.cells import guarded
from paramcount.papers.columns import COUNTS
from paramcount.papers.grids import Grid, grids
from paramcount.papers.preamble import Assumption, read_preamble
from paramcount.papers.printed_cells import ROUNDED, bare
from paramcount.papers.tables import vocabularies
from paramcount.quantity import UNITS

USUAL = 4  # common values of a size tried for a family
ROWS = 6  # rows on which a guess is tried
CHANCE = 1  # rows that may agree by chance among many unusual sizes
TYPES = 3  # model types suggested by the rows' names
CONTEXTS = (512, 1024, 2048, 4096)
TOTAL = "n_params_printed"


class Guess(NamedTuple):
    """A family, the sizes and switches assumed with it, and what the column of counts counts."""

    family: str
    assumed: Mapping[str, int]
    reading: str
    agreeing: int
    of: int


def guessed(name: str) -> str:
    """The one table in the file *name* as a CSV with a complete head, to be checked and corrected by the user.

    Head lines already in the file are kept. Raises InputError as `open_table` does.
    """
    found = chosen(name)
    if len(found) > 1:
        listed = ", ".join(path for path, _ in found)
        raise InputError(f"{name}: it holds {len(found)} tables of sizes; valid: --guess with one of them, {listed}")
    path, grid = found[0]
    best: Guess | None = None
    refused: InputError | None = None
    opened_as: dict[str, tuple[Grid, Opened]] = {}
    for family in _families(path, grid):
        try:
            with_family = _with_rounded(path, grid, family)
            opened_as[family] = (with_family, opened(path, with_family))
        except InputError as error:
            refused = refused or error
    for usual in (True, False):
        for family, (_, table) in opened_as.items():
            beat = best.agreeing if best else -1
            if best and not usual:
                beat = min(beat + CHANCE, best.of - 1) if best.of > 1 else best.of
            for guess in _tried(family, table, usual, beat):
                best = guess
        if best and best.agreeing == best.of:
            break
    if best is None:
        raise refused or InputError(f"{path}: no family's sizes are all in it; valid: see docs/audit-your-table.md")
    text = _written(path, opened_as[best.family][0], best)
    opened(path, *grids("its guess.csv", text.splitlines(keepends=True)))  # raises if the kept head lines are wrong
    return text


def _families(path: str, grid: Grid) -> list[str]:
    """The families to try: the one that the head names, or all, starting with those that best match the columns and
    the rows' names."""
    head = read_preamble(grid.head)
    if stands := head.get("family", {}).get(""):
        return [stands]
    rows, _ = upright(grid.rows)
    named = [cell for row in rows[1:] for cell in row[:2]]
    text = re.sub(r"[^a-z0-9]", "", " ".join([os.path.basename(path), *named]).lower())
    hinted = [name for name in PLACES if re.sub(r"[^a-z0-9]", "", name.removesuffix("_text")) in text]
    hinted.sort(key=len, reverse=True)
    of_papers = {family.model_type for family in FAMILIES.values()}
    names = [name for name in hinted if name not in {*FAMILIES, *of_papers}][:TYPES]
    own = sorted(FAMILIES, key=lambda name: name not in hinted and FAMILIES[name].model_type not in hinted)
    return sorted([*names, *own], key=lambda name: _left_out(rows, head, name))


def _left_out(rows: Sequence[Sequence[str]], head: Mapping[str, dict[str, str]], family: str) -> int:
    """How many columns hold sizes that *family* does not have, apart from n_ctx."""
    every = {field for name in FAMILIES for field in FAMILIES[name].sizes} - {"n_ctx"}
    try:
        found = recognised("", rows[0], rows[1:], {**head, "family": {"": family}})
    except InputError:
        return len(every)
    return sum(column.field in every for column in found.left_out)


def _with_rounded(path: str, grid: Grid, family: str) -> Grid:
    """*grid* as a table of *family*, with a head line for each size that is printed rounded."""
    head = read_preamble(grid.head)
    lines = list(grid.head) if head.get("family", {}).get("") else [*grid.head, f"# family: {family}\n"]
    rows, _ = upright(grid.rows)
    found = recognised(path, rows[0], rows[1:], read_preamble(lines))
    design = family_named(family)
    for row in rows[1:]:
        texts = dict(zip(rows[0], row, strict=False))
        label = " ".join(texts.get(title, "") for title in found.label)
        for column in found.columns:
            text = bare(texts.get(column.title, ""))
            if design and column.field in design.sizes and ROUNDED.fullmatch(text) and not is_section(row):
                line = f"# assume {column.field} of {label} = {_unrounded(column.field, text, family)}"
                if not any(stands.startswith(line.partition(" = ")[0]) for stands in lines):
                    lines.append(f"{line}: a guess, printed as {text}\n")
    return grid._replace(head=lines)


def _unrounded(field: str, text: str, family: str) -> int:
    """A guess at the exact value of a rounded size: a vocabulary that rounds to it, a context in units of 1,024."""
    match = re.search(r"([\d,]+)(?:\.(\d+))?([KkMm]?)", text)
    assert match is not None  # it is ROUNDED
    decimals = match[2] or ""
    digits, unit = int(match[1].replace(",", "") + decimals), UNITS[match[3].upper()]
    step: int = 10 ** max(0, unit - len(decimals))
    value: int = digits * 10**unit // 10 ** len(decimals)
    if field == "n_vocab":
        near = [size for size in _sizes(family, field) if abs(size - value) <= step / 2]
        return near[0] if near else value
    scale: int = 10 ** len(decimals)
    return digits * 1024 // scale if unit == UNITS["K"] else value


@cache
def _usual(family: str, field: str) -> tuple[int, ...]:
    """The values of *field* in the catalog's models of *family*, the most common first."""
    found = Counter(spec.sizes[field] for spec in of_tables() if spec.family.name == family and field in spec.sizes)
    return tuple(value for value, _ in found.most_common())


def _sizes(family: str, field: str) -> tuple[int, ...]:
    others = tuple(vocabularies(9999)) if field == "n_vocab" else CONTEXTS
    return tuple(dict.fromkeys((*_usual(family, field), *others)))


def _tried(family: str, table: Opened, usual: bool, beat: int) -> Iterator[Guess]:
    """Guesses at what *table* leaves open under *family*: the *usual* values, or every known value."""
    design = family_named(family)
    assert design is not None
    head, rows = table
    counted = [cells for cells in rows if any(cells.get(column) for column in head.printed)][:ROWS]
    options: dict[str, Sequence[int]] = {}
    for field in ("n_vocab", "n_ctx", "n_segments"):
        said = any(field in head.assumptions(label_of(head, cells)) or cells.get(field) for cells in rows)
        if field in design.sizes and not said:
            values = _usual(family, field) or (_sizes(family, field) if field != "n_segments" else (2,))
            options[field] = values[:USUAL] if usual or field == "n_segments" else _sizes(family, field)
    if "tied" in design.switches and "tied" not in head.assumptions(label_of(head, rows[0]) if rows else ""):
        options["tied"] = [design.switches["tied"], not design.switches["tied"]]
    readings = [head.readings[TOTAL]] if TOTAL in head.readings else ["total", "non-embedding"]
    for reading, values in product(readings if TOTAL in head.printed else ["total"], product(*options.values())):
        assumed = dict(zip(options, values, strict=True))
        agreeing = _agreeing(table, counted or rows[:ROWS], assumed, reading, beat)
        if agreeing is not None and agreeing > beat:
            beat = agreeing
            yield Guess(family, assumed, reading, agreeing, len(counted))


def _agreeing(
    table: Opened, rows: Sequence[Mapping[str, str]], assumed: Mapping[str, int], reading: str, beat: int
) -> int | None:
    """How many *rows* agree with all their figures; None if they cannot *beat* that many, or if none states a model."""
    head = table[0]
    settled = {**{field: Assumption(value, "") for field, value in assumed.items()}, **head.assumed.get("", {})}
    head = head._replace(assumed={**head.assumed, "": settled}, readings={TOTAL: reading, **head.readings})
    agreeing = stating = 0
    for place, cells in enumerate(rows):
        if agreeing + len(rows) - place <= beat:
            return None
        try:
            spec = stated(head, cells)
            stating += 1
            agreeing += bool(spec.published) and all(
                f.claim.admits(count(spec, spec.sizes, f.reading)) for f in spec.published
            )
        except (SizeError, ReadingError, KeyError):
            continue
    return agreeing if stating else None


def _written(path: str, grid: Grid, guess: Guess) -> str:
    """The head and the unchanged cells as a CSV that is read according to *guess*."""
    rows, _ = upright(grid.rows)
    head = read_preamble(grid.head)
    found = recognised(path, rows[0], rows[1:], head)
    agree = f"under which {guess.agreeing} of {guess.of} rows agree" if guess.of else "with no counts to check it by"
    lines = [f"# note: a guess, {agree}; check every line\n"]
    lines += [line for line in (f"# source: {os.path.basename(path)}\n",) if "source" not in head]
    lines += [line for line in grid.head if not line.startswith("# note: a guess")]
    left_out = [column.title for column in found.left_out]
    for column in found.columns:
        title = column.title
        if not title or ": " in title or title in {**head.get("column", {}), **head.get("ignore", {})}:
            continue
        if column.field and column.field != title:
            lines.append(f"# column {title}: {column.field}\n")
        elif title in left_out:
            lines.append(f"# ignore {title}\n")
    if "label" not in head and not any("," in title or ": " in title or not title for title in found.label):
        lines.append(f"# label: {', '.join(found.label)}\n")
    for column in found.columns:
        if column.field in COUNTS and column.title not in head.get("reading", {}) and ": " not in column.title:
            reading = guess.reading if column.field == TOTAL else COUNTS[column.field]
            lines.append(f"# reading {column.title}: {reading}\n")
    for field, value in guess.assumed.items():
        text = str(value).lower()
        lines.append(f"# assume {field} = {text}: a guess, not in the table\n")
    cells = [[guarded(cell) for cell in row] for row in rows if not is_section(row)]
    remark = any(row and row[0].startswith("#") for row in cells)  # unquoted, such a row would be read as a head line
    page = io.StringIO()
    csv.writer(page, lineterminator="\n", quoting=csv.QUOTE_ALL if remark else csv.QUOTE_MINIMAL).writerows(cells)
    return "".join(lines) + page.getvalue()
