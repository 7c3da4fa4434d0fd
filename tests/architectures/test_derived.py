"""What is counted of a config, against the formula that is derived from its class: two ways that share nothing.

The derivation builds transformers' class at many sizes and knows of no architecture.
"""

import json
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
import sympy

import paramcount.derivation
from architectures.special import DEFAULTS
from architectures.underivable import UNDERIVABLE
from paramcount.architectures import accepted
from paramcount.architectures.configured import Configured
from paramcount.architectures.registry import class_of
from paramcount.config import Config, ConfigError, parse
from paramcount.derivation.result import Derived
from paramcount.errors import InputError
from paramcount.formula.symbolic import symbol, to_sympy
from paramcount.sized import formula_of

pytest.importorskip("transformers")

POINTS, ATTEMPTS = 30, 3000
SECONDS = 300.0  # for a class that takes long to be built, on any machine


@pytest.mark.slow
@pytest.mark.parametrize("model_type", accepted())
def test_the_derived_formula_is_the_one_that_is_counted(model_type, tmp_path, monkeypatch):
    monkeypatch.setattr(paramcount.derivation, "SECONDS", SECONDS)
    counted = default(model_type)
    derived = derived_of(counted, tmp_path / "config.json")
    if isinstance(derived, str):
        assert model_type in UNDERIVABLE, derived
        pytest.skip(f"{UNDERIVABLE[model_type]}: {derived}")
    assert model_type not in UNDERIVABLE
    assert derived.proof.configs[0].params == counted.model.total()
    assert equal(derived, counted) is not False
    points, varied = agreeing(derived, counted)
    assert points == POINTS
    assert varied == set(derived.symbols)


def test_nearly_every_type_is_derived():
    assert set(UNDERIVABLE) <= set(accepted())
    assert len(UNDERIVABLE) < len(accepted()) / 10


def default(model_type: str) -> Configured:
    """The type's default config; the class is the one that is counted where a config names none."""
    return Configured(parse(json.dumps({"model_type": model_type, **DEFAULTS.get(model_type, {})}), "config"))


def derived_of(counted: Configured, path) -> Derived | str:
    """The formula of the class that *counted* counts, or why there is none."""
    path.write_text(json.dumps({**counted.config.document, "architectures": [class_of(counted.config)]}), "utf-8")
    try:
        derived = paramcount.derivation.derive(counted.name, str(path))
    except InputError as error:
        return str(error)
    return derived.why or derived


def stated(counted: Configured) -> Any:
    """The total of *counted* in sympy over config keys; None where a size in it has neither a key nor is a quotient."""
    by_key = {}
    for name, use in counted.keys.items():
        above, _, below = use.key.partition(" / ")
        if use.settable:
            by_key[symbol(name)] = symbol(use.key)
        elif above.isidentifier() and below.isidentifier():
            by_key[symbol(name)] = symbol(above) / symbol(below)
    total = to_sympy(formula_of(counted.model.total()))
    return total.subs(by_key, simultaneous=True) if total.free_symbols <= by_key.keys() else None


def by_keys(derived: Derived) -> Any:
    """The derived total over the class's own fields, in it what those are that the default config leaves out."""
    keys = {symbol(name): symbol(key) for key, name in derived.symbols.items()}
    rules = {symbol(name): read(rule) for name, rule in derived.rules.items()}
    total = derived.total.subs(rules, simultaneous=True)
    return total.replace(sympy.floor, without_rest).subs(keys, simultaneous=True)


def read(rule: str) -> Any:
    """A rule as it is printed, in sympy: 4·d_model, ⌊d_model/n_heads⌋."""
    plain = rule.translate({ord("·"): "*", ord("⌊"): "floor(", ord("⌈"): "ceiling(", ord("⌋"): ")", ord("⌉"): ")"})
    return sympy.sympify(plain, locals={name: symbol(name) for name in re.findall(r"\w*_\w*", plain)})


def without_rest(inside: Any) -> Any:
    """⌊d_model/n_heads⌋ as d_model/n_heads: architectures refuse a config where one has a rest."""
    return inside if all(part.is_Symbol for part in sympy.fraction(inside)) else sympy.floor(inside)


def equal(derived: Derived, counted: Configured) -> bool | None:
    """Whether both totals are one formula where sizes are equal that the derivation holds so.

    None where they are not written in the same sizes.
    """
    ours, theirs = stated(counted), by_keys(derived)
    held = {symbol(a): symbol(b) for a, b in ties(derived)}
    if ours is None or not (ours - theirs).is_rational_function():
        return None
    return sympy.expand((ours - theirs).subs(held)) == 0


def ties(derived: Derived) -> Iterator[tuple[str, str]]:
    """The pairs of sizes that the derivation holds equal."""
    for condition in derived.where:
        if condition.relation == "==" and {condition.left.operation, condition.right.operation} == {"size"}:
            yield condition.left.arguments[0], condition.right.arguments[0]


def value_of(config: Config, field: str) -> int | None:
    """What *config* says of *field*, where the fields of a nested config are written outer.inner."""
    *outer, last = field.split(".")
    for key in outer:
        config = config.nested(key)
    value = config.get(last)
    return value if type(value) is int else None


def configs(derived: Derived, counted: Configured) -> Iterator[tuple[dict[str, int], Configured]]:
    """Random configs that the formula speaks of: its sizes, and what is counted there."""
    generator = random.Random(counted.name)
    base = {field: value_of(counted.config, field) for field in derived.symbols}
    for _ in range(ATTEMPTS):
        sizes = drawn(generator, base)
        for condition in derived.where:
            if condition.relation == "==" and condition.left.operation == "size":
                sizes[condition.left.arguments[0]] = int(condition.right.value(sizes))
        try:
            other = Configured(counted.config.changed(sizes))
        except ConfigError:
            continue
        if derived.holds(sizes):
            yield sizes, other


def drawn(generator: random.Random, base: dict[str, int | None]) -> dict[str, int]:
    """Each size as it is at *base*, a multiple or a part of that, or near it; for one that is left out, any other."""
    share = generator.choice((0.3, 0.7, 1))
    known = [value for value in base.values() if value]
    sizes = {}
    for field, value in base.items():
        if value is None:
            value = generator.choice([*known, 1, 2, 4])
        if generator.random() < share:
            near = [2 * value, 3 * value, value + 1, value + 2, max(1, value - 1)]
            value = generator.choice([*near, *(value // part for part in (2, 4) if value and value % part == 0)])
        sizes[field] = value
    return sizes


def agreeing(derived: Derived, counted: Configured) -> tuple[int, set[str]]:
    """At how many configs both count the same, and which sizes were other than the default there; asserts that."""
    seen: dict[str, dict[str, int]] = {}
    for sizes, other in configs(derived, counted):
        assert derived.value(sizes) == other.model.total(), sizes
        seen[repr(sizes)] = sizes
        if len(seen) == POINTS:
            break
    varied = {field for field in derived.symbols if len({sizes[field] for sizes in seen.values()}) > 1}
    return len(seen), varied
