"""Derives the formula of a class, and checks it against unused fields and whole configs."""

from __future__ import annotations

import json
from typing import Any

import sympy

from paramcount.classes.meta import silence
from paramcount.config.document import LARGEST
from paramcount.derivation.conditions import Condition
from paramcount.derivation.expression import Expression, Sizes, number, put, size
from paramcount.derivation.observe import Workshop, total
from paramcount.derivation.points import Points, prepared
from paramcount.derivation.result import Checked, Derived, Proof, Side
from paramcount.derivation.search import Found, Search
from paramcount.derivation.subject import Subject, distinct
from paramcount.derivation.symbolic import as_text, said, to_sympy
from paramcount.derivation.terms import Term
from paramcount.derivation.unused_fields import effective
from paramcount.errors import InputError
from paramcount.inputs import instead_of_json, once, read_within


def derived(target: str, config: str, seconds: float) -> Derived:
    """The result of `derive`; *seconds* limits its work."""
    with silence():
        return _derived(target, config, seconds)


def _derived(target: str, config: str, seconds: float) -> Derived:
    subject = _subject(target, config)
    workshop = Workshop(subject, seconds)
    points = prepared(workshop)
    found = _searched(points) if points else None
    if found and any(pair and pair[0] in found.points.shallow for pair in map(Condition.fixes, found.conditions)):
        points = prepared(workshop, shallow=False)  # retry with all layers if the formula holds only for few of them
        found = _searched(points) if points else None
    if found is None:
        where = f"with {subject.given}" if subject.given else "with its defaults"
        raise InputError(
            f"{target}: it cannot be built {where} ({workshop.failure({})}); valid: --config FILE with a working config"
        )
    checked = [] if found.why else _configs(found, subject)
    wrong = next((c for c in checked if not c.outside and c.formula != c.params), None)
    if wrong:
        found = found._replace(why=f"for {wrong.name} it gives {wrong.formula:,}, but the class has {wrong.params:,}")
    return _stated(found, subject, tuple(checked))


def _searched(points: Points) -> Found:
    """The formula, with every field that turned out to have an effect included."""
    found = Search(points).run()
    while not found.why and (field := effective(found)):
        points.admit(*field)
        found = Search(points).run()
    return found


def _subject(target: str, config: str) -> Subject:
    given: dict[str, Any] | None = None
    if config:
        text = read_within(config, LARGEST, "a file with a config.json")
        try:
            given = json.loads(text, object_pairs_hook=once)
        except RecursionError:
            raise InputError(f"{config}: nested too deeply; valid: a file with a config.json") from None
        except ValueError as error:
            wrong = instead_of_json(text, error) or f"not valid JSON ({error}); valid: a file with a config.json"
            raise InputError(f"{config}: {wrong}") from None
        if not isinstance(given, dict):
            raise InputError(f"{config}: not a JSON object; valid: a file with a config.json")
    if ":" in target:
        from paramcount.derivation import own_class

        return own_class.read(target, given, config)
    from paramcount.derivation import transformers_class

    return transformers_class.read(target, given, config)


def _configs(found: Found, subject: Subject) -> list[Checked]:
    found.points.workshop.limit(10**9)
    checked = [_checked(found, subject.given or "the class's default config", {})]
    if subject.defaults is not None:
        changes = {key: value for key, value in subject.defaults.items() if value != subject.base[key]}
        checked.append(_checked(found, "the class's default config", changes))
    return [config for config in checked if config is not None]


def _checked(found: Found, name: str, changes: dict[str, Any]) -> Checked | None:
    points = found.points
    shapes = points.workshop.shapes(changes)
    if shapes is None:
        return None
    sizes, outside = _sizes(found, changes)
    if sizes is None:
        return Checked(name, total(shapes), None, outside)
    broken = [said(c, _symbols(found)) for c in found.conditions if not c.holds(sizes)]
    if broken:
        return Checked(name, total(shapes), None, f"not {broken[0]}")
    value = sum(int(term.params.value(sizes)) for term in found.terms)
    return Checked(name, total(shapes), value)


def _sizes(found: Found, changes: dict[str, Any]) -> tuple[Sizes | None, str]:
    """The sizes of a config that differs from the base by *changes*, or why the formula does not apply to it."""
    points = found.points
    fields = points.fields
    for held in fields.held:
        if changes.get(held.field, held.value) != held.value:
            return None, f"{held.field} = {changes[held.field]}"
    sizes: dict[str, int] = {}
    for field in fields.sizes:
        value = changes.get(field, points.workshop.subject.base[field])
        if type(value) is int:
            sizes[field] = value
    for field in fields.sizes:
        if field not in sizes:
            rule = fields.rules.get(field)
            if rule is None or not rule.sizes <= sizes.keys():
                return None, f"{field} is not set"
            sizes[field] = int(rule.value(sizes))
    for one, other in points.ties.items():
        if sizes[one] != sizes[other]:
            return None, f"{one} differs from {other}"
    return sizes, ""


def _symbols(found: Found) -> dict[str, str]:
    names = found.points.fields.sizes
    subject = found.points.workshop.subject
    relevant = distinct({field: subject.symbols[field] for field in names})
    return {**{field: field for field in subject.base}, **relevant}


def _stated(found: Found, subject: Subject, checked: tuple[Checked, ...]) -> Derived:
    symbols = _symbols(found)
    points = found.points
    fields = points.fields
    fixed = {pair[0]: number(pair[1]) for condition in found.conditions if (pair := condition.fixes())}
    sides = tuple(_side(term, symbols, fixed) for term in found.terms)
    where = [*found.conditions, *(Condition("==", size(one), size(other)) for one, other in points.ties.items())]
    proof = Proof(
        found.fresh,
        found.provoked,
        found.outside,
        found.refused,
        fields.shaken,
        tuple(fields.untried),
        checked,
        any(c.name == subject.given and c.formula == c.params for c in checked),
    )
    return Derived(
        subject.name,
        None if found.why else sympy.expand(sympy.Add(*(side.params for side in sides))),
        sides,
        {field: symbols[field] for field in fields.sizes},
        tuple(said(condition, symbols) for condition in where),
        tuple(where),
        {held.field: held.value for held in fields.held},
        {symbols[field]: as_text(to_sympy(rule, symbols)) for field, rule in fields.rules.items() if field in symbols},
        proof,
        found.why,
    )


def _side(term: Term, symbols: dict[str, str], fixed: dict[str, Expression]) -> Side:
    """*term* in sympy, with the sizes fixed by conditions replaced by their values."""
    unknown = sympy.Symbol("?")
    shape = tuple(unknown if side is None else to_sympy(put(side, fixed), symbols) for side in term.shape)
    count = unknown if term.number is None else to_sympy(put(term.number, fixed), symbols)
    return Side(term.pattern, shape, count, term.sample, term.found)
