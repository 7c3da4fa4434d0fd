"""A row of a published table as a model: its sizes and the figures printed for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from paramcount.catalog.families import family_named
from paramcount.catalog.spec import Published, Spec
from paramcount.models.design import Design, MissingError, SizeError, Sizes
from paramcount.papers.claim import claim
from paramcount.papers.preamble import Assumption, Table

MANY = 5040  # a number that most others divide


def label_of(table: Table, cells: Mapping[str, str]) -> str:
    """The label of the row *cells* in *table*."""
    return " ".join(cells[column] for column in table.label)


def family_of(table: Table, label: str) -> Design | None:
    """The family that counts the row with that label; None if the table has no shapes."""
    name = table.families.get(label) or table.families.get("")
    return family_named(name) if name else None


def counted_here(table: Table, label: str) -> bool:
    """Whether the row with that label is counted by the shape printed in *table* itself.

    If a table names catalog models, only its own rows of these are; otherwise all are.
    """
    return family_of(table, label) is not None and (label in table.models or not table.models)


def stated(table: Table, cells: Mapping[str, str], name: str = "") -> Spec:
    """The model in the row *cells*. Raises SizeError if its sizes do not describe one."""
    label = label_of(table, cells)
    family = family_of(table, label)
    if family is None:
        raise SizeError(f"{table.name}: a table without shapes: its preamble names no family")
    given, assumed = _given(table, cells, family)
    printed = figures(table, cells)
    sizes, beside = settled(family, given, [figure.reading for figure in printed])
    return Spec(
        name=name or label,
        family=family,
        sizes=sizes,
        table=table.name,
        row=label,
        given=_with_open(given, sizes, beside),
        assumed={**{field: a.why for field, a in assumed.items()}, **beside, **family.defaults(given)},
        published=printed,
        year=table.year,
    )


def with_ones(table: Table, cells: Mapping[str, str], missing: tuple[str, ...], name: str = "") -> Spec:
    """The row *cells* with 1 for each *missing* size, or one left open that does not affect the count."""
    label = label_of(table, cells)
    family = family_of(table, label)
    assert family is not None
    given, assumed = _given(table, cells, family)
    printed = figures(table, cells)
    sizes, beside = settled(family, {**given, **dict.fromkeys(missing, 1)}, [figure.reading for figure in printed])
    why = {**{field: one.why for field, one in assumed.items()}, **beside}
    whole = _with_open(given, sizes, {**beside, **dict.fromkeys(missing, "")})
    return Spec(name or label, family, sizes, table.name, label, whole, why, printed, year=table.year)


def _with_open(given: Sizes, sizes: Sizes, beside: Iterable[str]) -> Sizes:
    """*given* plus those of *sizes* in *beside* that nothing gives or implies, so that others can be settled."""
    return {**given, **{field: sizes[field] for field in _filled(given, beside) if sizes.get(field) is not None}}


def columns_of(family: Design, cells: Mapping[str, str]) -> dict[str, str]:
    """The fields of *family* that *cells* fill, each with its column, which may be named after a config key."""
    found: dict[str, str] = {}
    for column, text in cells.items():
        if text and (field := family.field(column)):
            found.setdefault(field, column)
    return found


def _given(table: Table, cells: Mapping[str, str], family: Design) -> tuple[Sizes, dict[str, Assumption]]:
    """The sizes in the row *cells* with the assumptions of *table*, and which ones were assumed."""
    columns = columns_of(family, cells)
    assumptions = {family.field(name): one for name, one in table.assumptions(label_of(table, cells)).items()}
    assumed = {field: one for field, one in assumptions.items() if field and field not in columns}
    given: Sizes = {field: _value(family, field, cells[column]) for field, column in columns.items()}
    given |= {field: assumption.value for field, assumption in assumed.items()}
    ratio = int(cells.get("d_ff_over_d_model") or 0)
    if ratio and (ratio, "d_model") != family.ties.get("d_ff"):
        given.setdefault("d_ff", ratio * given["d_model"])
    return given, assumed


def _value(family: Design, field: str, text: str) -> int | bool:
    return bool(family.read(field, text)) if field in family.switches else int(text)


def settled(family: Design, given: Sizes, readings: Iterable[str]) -> tuple[Sizes, dict[str, str]]:
    """*given* settled, and why any unstated sizes hold: they do not affect the counts of *readings*.

    Raises MissingError with the fields that do affect one, and SizeError.
    """
    try:
        return family.settle(given), {}
    except MissingError as error:
        missing = error.fields
    if fault := _whatever(family, given, missing):
        raise SizeError(fault)
    filled = _filled(given, missing)
    enter = [field for field in missing if _enters(family, filled, field, tuple(readings) or ("total",))]
    if enter:
        raise MissingError(family.name, enter)
    return family.settle(filled), dict.fromkeys(missing, "not given, but does not affect the count")


def _filled(given: Sizes, missing: Iterable[str], number: int = 1) -> Sizes:
    """*given* with *number* for each *missing* size that does not follow from the others."""
    follows = {"d_head"} if "d_model" in given else set()
    return {**given, **{field: number for field in missing if field not in follows}}


def _whatever(family: Design, given: Sizes, missing: Iterable[str]) -> str:
    """Why *given* is not a model for two trial values of the *missing* sizes; "" if it is for one."""
    faults = set()
    for number in (1, MANY):
        try:
            family.settle(_filled(given, missing, number))
            return ""
        except SizeError as error:
            faults.add(str(error))
    return faults.pop() if len(faults) == 1 else ""


def _enters(family: Design, filled: Sizes, field: str, readings: Iterable[str]) -> bool:
    """Whether the count changes with *field* alone; heads divide what they share."""
    if field not in filled:
        return False
    divided = filled.get("d_model") if "head" in field and "d_head" not in filled else None
    other = next((n for n in range(2, (divided or 2) + 1) if not divided or divided % n == 0), 2)
    try:
        one, two = family.settle(filled), family.settle({**filled, field: other})
    except SizeError:
        return True
    return any(family.recount(one, reading) != family.recount(two, reading) for reading in readings)


def figures(table: Table, cells: Mapping[str, str]) -> tuple[Published, ...]:
    """The counts printed in the row *cells* of *table*. Raises ValueError on a cell that is not a figure."""
    document = table.source.partition(",")[0]
    return tuple(
        Published(
            source=f"{document}, {place}",
            place=place,
            printed=cells[column],
            claim=claim(cells[column], table.insignificant_zeros),
            reading=table.readings.get(column, "total"),
            column=column,
            table=table.name,
            zeros=table.insignificant_zeros,
        )
        for column, place in table.printed.items()
        if cells.get(column)
    )
