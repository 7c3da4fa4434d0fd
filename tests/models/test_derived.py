"""A config's count against the formula derived from its class: two ways that share nothing.

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
from models.special import DEFAULTS
from models.underivable import TOO_SLOW, UNDERIVABLE
from paramcount.config import Config, ConfigError, parse
from paramcount.derivation.result import Derived
from paramcount.errors import InputError
from paramcount.formula.symbolic import symbol, to_sympy
from paramcount.ledger.sized import formula_of
from paramcount.models.configured import Configured
from paramcount.models.registry import accepted, class_of

pytest.importorskip("transformers")

POINTS, ATTEMPTS = 30, 10_000
SECONDS = 300.0  # five times the usual limit for a class, for slow machines
ROUNDED = (sympy.floor, sympy.ceiling, sympy.Min, sympy.Max, sympy.Mod)


@pytest.mark.slow
@pytest.mark.parametrize("model_type", accepted())
def test_the_derived_formula_is_the_one_that_is_counted(model_type, tmp_path, monkeypatch):
    if model_type in TOO_SLOW:
        pytest.skip("takes more than a minute to derive")
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
    bounded = {size for condition in derived.where for size in condition.left.sizes | condition.right.sizes}
    assert set(derived.symbols) - bounded <= varied


def test_nearly_every_type_is_derived():
    left_out = {*UNDERIVABLE, *TOO_SLOW}
    assert left_out <= set(accepted())
    assert len(left_out) < len(accepted()) / 10


def default(model_type: str) -> Configured:
    """The type's default config, with the class that is counted if a config names none."""
    return Configured(parse(json.dumps({"model_type": model_type, **DEFAULTS.get(model_type, {})}), "config"))


def derived_of(counted: Configured, path) -> Derived | str:
    """The formula of the class of *counted*, or why there is none."""
    path.write_text(json.dumps({**counted.config.document, "architectures": [class_of(counted.config)]}), "utf-8")
    try:
        derived = paramcount.derivation.derive(counted.name, str(path))
    except InputError as error:
        return str(error)
    return derived.why or derived


def stated(counted: Configured) -> Any:
    """The total of *counted* in sympy over config keys; None if a size is neither a key nor a quotient."""
    by_key = {}
    for name, use in counted.keys.items():
        above, _, below = use.key.partition(" / ")
        if use.settable:
            by_key[symbol(name)] = spelt(counted, use.key)
        elif above.isidentifier() and below.isidentifier():
            by_key[symbol(name)] = spelt(counted, above) / spelt(counted, below)
    total = to_sympy(formula_of(counted.model.total()))
    return total.subs(by_key, simultaneous=True) if total.free_symbols <= by_key.keys() else None


def spelt(counted: Configured, key: str) -> Any:
    """The symbol of a config key, in the type's own spelling."""
    return symbol(counted.config.about["spellings"].get(key, key))


def by_keys(derived: Derived, counted: Configured) -> Any:
    """The derived total over config keys, with the values of those that the default config leaves out."""
    keys = {symbol(name): spelt(counted, key) for key, name in derived.symbols.items()}
    rules = {symbol(name): read(rule) for name, rule in derived.rules.items()}
    return derived.total.subs(rules, simultaneous=True).subs(keys, simultaneous=True)


def read(rule: str) -> Any:
    """A printed rule, in sympy: 4·d_model, ⌊d_model/n_heads⌋."""
    plain = rule.translate({ord("·"): "*", ord("⌊"): "floor(", ord("⌈"): "ceiling(", ord("⌋"): ")", ord("⌉"): ")"})
    names = {name: symbol(name) for name in re.findall(r"[a-z]\w*", plain) if name not in ("floor", "ceiling")}
    return sympy.sympify(plain, locals=names)


def equal(derived: Derived, counted: Configured) -> bool | None:
    """Whether both totals are one formula where the derivation holds; None if they use different sizes.

    Which layers are of a kind may depend on a size that isn't in our formula for the default config.
    """
    ours, theirs = stated(counted), by_keys(derived, counted)
    if ours is None:
        return None
    difference, fixed = ours - theirs, held(derived, counted)
    rounded = {free for part in theirs.atoms(*ROUNDED) for free in part.free_symbols}
    deciding = {free: value_of(counted.config, str(free)) for free in rounded - ours.free_symbols}
    tried = [difference.subs(at).replace(sympy.floor, without_rest) for at in (fixed, fixed | deciding)]
    if any(sympy.expand(rest) == 0 for rest in tried):
        return True
    return False if any(rest.is_rational_function() for rest in tried) else None


def without_rest(inside: Any) -> Any:
    """⌊d_model/n_heads⌋ as d_model/n_heads: architectures refuse a config with a remainder."""
    return inside if all(part.is_Symbol for part in sympy.fraction(inside)) else sympy.floor(inside)


def held(derived: Derived, counted: Configured) -> dict[Any, Any]:
    """The sizes that the derivation doesn't vary, or that are 0 in the default config."""
    base = {key: value_of(counted.config, key) for key in (*derived.symbols, *derived.held, *derived.proof.untried)}
    fixed = {key: value for key, value in base.items() if value == 0 or key not in derived.symbols}
    result = {spelt(counted, key): value for key, value in fixed.items() if value is not None}
    for one, other in equalities(derived):
        result[spelt(counted, one)] = spelt(counted, other) if isinstance(other, str) else other
    return result


def equalities(derived: Derived) -> Iterator[tuple[str, str | int]]:
    """The sizes that the derivation ties to another size or number, and to what."""
    for relation, left, right in derived.where:
        if relation == "==" and left.operation == "size" and right.operation in ("size", "number"):
            yield left.arguments[0], right.arguments[0]


def value_of(config: Config, field: str) -> int | None:
    """The value of *field* in *config*; fields of a nested config are written outer.inner."""
    *outer, last = field.split(".")
    for key in outer:
        config = config.nested(key)
    value = config.get(last)
    return value if type(value) is int else None


def configs(derived: Derived, counted: Configured) -> Iterator[tuple[dict[str, int], Configured]]:
    """Random configs covered by the formula: its sizes, and the count."""
    generator = random.Random(counted.name)
    base = {field: value_of(counted.config, field) for field in derived.symbols}
    for _ in range(ATTEMPTS):
        sizes = drawn(generator, base)
        for one, other in equalities(derived):
            sizes[one] = sizes[other] if isinstance(other, str) else int(other)
        try:
            other = Configured(counted.config.changed(sizes))
        except ConfigError:
            continue
        if derived.holds(sizes):
            yield sizes, other


def drawn(generator: random.Random, base: dict[str, int | None]) -> dict[str, int]:
    """Each size as in *base*, a multiple or a part of that, or near it; any number for one that is left out."""
    share = generator.choice((0.3, 0.7, 1))
    known = [value for value in base.values() if value]
    sizes = {}
    for field, value in base.items():
        if value is None:
            value = generator.choice([*known, 1, 2, 4])
        if generator.random() < share:
            near = [2 * value, 3 * value, value + 1, value + 2, value + 7, max(1, value - 1)]
            value = generator.choice([*near, *(value // part for part in (2, 4) if value and value % part == 0)])
        sizes[field] = value
    return sizes


def agreeing(derived: Derived, counted: Configured) -> tuple[int, set[str]]:
    """Assert that both counts agree; return at how many configs, and which sizes differed from the default."""
    seen: dict[str, dict[str, int]] = {}
    for sizes, other in configs(derived, counted):
        assert derived.value(sizes) == other.model.total(), sizes
        seen[repr(sizes)] = sizes
        if len(seen) == POINTS:
            break
    varied = {field for field in derived.symbols if len({sizes[field] for sizes in seen.values()}) > 1}
    return len(seen), varied
