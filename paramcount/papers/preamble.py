"""The preamble of a table: lines `# key name: value` that say how to count its rows."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_SWITCH = {"true": True, "false": False}
Preamble = dict[str, dict[str, str]]


class Assumption(NamedTuple):
    """A size that a table does not print, and why it holds."""

    value: int
    why: str


class Table(NamedTuple):
    """A table and the contents of its preamble.

    *printed* maps each column of counts to the place that printed it, and *readings* to what it counts (the total by
    default); *models* maps a row's label to its name in the catalog; *families* and *assumed* apply to single rows, or
    under "" to all; *relations* maps names to equations between columns; *same_as* maps a row's label to the model of
    the catalog whose published figures it shares. *notes* say how a user's own table was read. *exact* are columns
    whose whole numbers are not rounded; *withdrawn* maps "RELATION of ROW" to the reason why it is not a fault.
    """

    path: str
    name: str
    title: str
    source: str
    year: int
    insignificant_zeros: int
    label: tuple[str, ...]
    printed: dict[str, str]
    readings: dict[str, str]
    models: dict[str, str]
    aliases: dict[str, str]
    families: dict[str, str]
    assumed: dict[str, dict[str, Assumption]]
    relations: dict[str, str]
    same_as: Mapping[str, str] = {}
    notes: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    withdrawn: Mapping[str, str] = {}

    def assumptions(self, label: str) -> dict[str, Assumption]:
        """The sizes assumed for the row with this label."""
        return {**self.assumed.get("", {}), **self.assumed.get(label, {})}


def read_preamble(lines: Iterable[str]) -> Preamble:
    """The leading comment lines of *lines*, as {key: {name: value}}."""
    preamble: Preamble = {}
    for line in lines:
        if not line.startswith("#"):
            break
        key, _, value = line[1:].partition(": ")
        key, _, name = key.strip().partition(" ")
        preamble.setdefault(key.rstrip(":"), {})[name] = value.strip()
    return preamble


def table_of(path: str, preamble: Preamble) -> Table:
    """The table at *path* with *preamble*. Raises ValueError if a line lacks a number that it needs."""

    def single(key: str, default: str = "") -> str:
        return preamble.get(key, {}).get("", default)

    zeros = int(preamble.get("insignificant", {}).get("zeros", 0))
    if zeros < 0:
        raise ValueError(f"insignificant zeros: {zeros}; valid: 0 or more")
    return Table(
        path=path,
        name=single("table"),
        title=single("title"),
        source=single("source"),
        year=_year(single("year", "9999")),
        insignificant_zeros=zeros,
        label=tuple(part.strip() for part in single("label", "model").split(",")),
        printed=preamble.get("printed", {}),
        readings=preamble.get("reading", {}),
        models={label: model for model, label in preamble.get("model", {}).items()},
        aliases=preamble.get("alias", {}),
        families={name.removeprefix("of "): family for name, family in preamble.get("family", {}).items()},
        assumed=_assumed(preamble.get("assume", {})),
        relations=preamble.get("relation", {}),
        same_as=dict(_same(name) for name in preamble.get("row", {})),
        exact=tuple(column.rstrip(":") for column in preamble.get("exact", {})),
        withdrawn=preamble.get("withdrawn", {}),
    )


def _year(text: str) -> int:
    if not re.fullmatch(r"[12]\d{3}|9999", text, re.ASCII):
        raise ValueError(f"year: {text!r} is not a year; valid: a year such as 2019")
    return int(text)


def _same(statement: str) -> tuple[str, str]:
    """`GPT-2 large is gpt2-large`."""
    label, _, model = statement.rpartition(" is ")
    return label, model


def _assumed(statements: dict[str, str]) -> dict[str, dict[str, Assumption]]:
    """`n_vocab = 50257` for all rows, `d_ff of LLaMA 7B = 11008` for one."""
    assumed: dict[str, dict[str, Assumption]] = {}
    for statement, why in statements.items():
        where, _, value = statement.rpartition(" = ")
        field, _, label = where.partition(" of ")
        assumed.setdefault(label, {})[field] = Assumption(_SWITCH[value] if value in _SWITCH else int(value), why)
    return assumed
