"""The bytes that shapes of a design take, as functions of their sizes; the shapes found are recounted by readings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from paramcount.catalog.family import SOME
from paramcount.catalog.spec import Spec
from paramcount.costs.cache import BYTES
from paramcount.costs.memory.activations import WIDTHS, activations, unstated
from paramcount.costs.memory.computed import ROTATED, rotated, wiring_of
from paramcount.costs.memory.formats import format_of
from paramcount.costs.memory.peak import moments, no_peak
from paramcount.costs.memory.recipes import Recipe
from paramcount.costs.memory.weights import Weight, own, weights_of
from paramcount.costs.run import Run
from paramcount.costs.stated import costed
from paramcount.costs.work import Keep, keeps
from paramcount.errors import InputError
from paramcount.ledger.model import Reading
from paramcount.ledger.operation import TOKEN
from paramcount.ledger.polynomial import Polynomial, together
from paramcount.ledger.sized import formula_of
from paramcount.ledger.window import CHOSEN
from paramcount.models.design import Design
from paramcount.solver.scaled import Scaled
from paramcount.solver.solution import spec_of

Values = Mapping[str, int]
Measure = Callable[[Values], int]
SEQ = "seq"


class Base(NamedTuple):
    """A *design* at some sizes, *spec*, from which formulas for other sizes are taken; *fixed* sizes are numbers."""

    design: Design
    switches: Mapping[str, bool]
    spec: Spec
    fixed: Mapping[str, int]

    def at_depth(self, n_layers: int) -> Spec:
        """The model with *n_layers* layers."""
        return spec_of(self.design, {**self.spec.sizes, **self.switches, self.design.roles["n_layers"]: n_layers})


class Length(NamedTuple):
    """*batch* sequences of *seq* tokens, or as long as the shape's own size *of*."""

    batch: int
    seq: int
    of: str = ""

    def at(self, values: Values) -> int:
        """The tokens of a sequence."""
        return values[self.of] if self.of else self.seq

    def run(self, sizes: Mapping[str, Any]) -> Run:
        """The run of a model of these *sizes*."""
        return Run(self.batch, self.at(sizes))


class Holds(NamedTuple):
    """The bytes that a training step holds throughout."""

    weights: int
    gradients: int
    optimizer: int


def base_of(design: Design, switches: Mapping[str, bool]) -> Base:
    """A model of *design*: the config's own, or for a paper's family one whose sizes are all different."""
    if not isinstance(design, Scaled):
        return Base(design, switches, Spec(design.name, design, {**{n: SOME[n] for n in design.sizes}, **switches}), {})
    known = {*design.sizes, *design.rules, *design.roles.values()}
    fixed = {name: value for name, value in design.values.items() if name not in known}
    return Base(design, switches, spec_of(design, dict(switches))._replace(name=design.name), fixed)


def count_of(base: Base, reading: Reading) -> Measure:
    """The count under *reading*."""
    values = _values(base, [base.design.count(reading, base.switches)])
    return lambda sizes: values(sizes)[0]


def stored_bytes(base: Base, dtype: str) -> Measure:
    """The bytes of the weights in *dtype*."""
    form, weights = format_of(dtype), own(weights_of(base.spec, formula_of))
    return _each(base, weights, form.nbytes) if form.low else _sum(base, weights, form.bits // 8)


def cache_bytes(base: Base, length: Length, dtype: str) -> Measure | None:
    """The bytes of a cache of *length* in *dtype*; None for a model without one; raises InputError if not known."""
    cost = costed(base.spec, Run(length.batch, length.seq))
    if not cost.keeps:
        return None
    lines = keeps(cost.model, cost.windows, formula_of, formula_of)
    if len({line.window for line in lines if line.per == TOKEN}) < 2:
        return _kept(base, lines, length, dtype)
    layers, by_depth = base.design.roles["n_layers"], dict[int, Measure]()

    def at(values: Values) -> int:
        """The bytes at a depth; layers with different windows alternate, so the formula depends on the depth."""
        depth = values[layers]
        if depth not in by_depth:
            found = costed(base.at_depth(depth), Run(length.batch, length.seq))
            by_depth[depth] = _kept(base, keeps(found.model, found.windows, formula_of), length, dtype)
        return by_depth[depth](values)

    return at


def inference_bytes(base: Base, length: Length | None, dtype: str, cache_dtype: str) -> Measure:
    """The bytes of weights, and of a cache if known."""
    weights, kept = stored_bytes(base, dtype), None
    if length is not None:
        with suppress(InputError):
            kept = cache_bytes(base, length, cache_dtype)
    both = kept
    return weights if both is None else lambda values: weights(values) + both(values)


def training_bytes(base: Base, length: Length | None, by: Recipe) -> Measure:
    """The bytes of a training step by the recipe *by*: at its peak if known, else the sum of what is known."""
    holds, kept = _holds(base, by), None if length is None else _activations(base, length, by)
    if length is None or kept is None:
        return lambda values: sum(holds(values))
    if no_peak(base.spec):
        return lambda values: sum(holds(values)) + kept(values)

    def at_peak(values: Values) -> int:
        tokens = length.batch * length.at(values)
        return moments(holds(values), kept(values), tokens, values["n_vocab"], by).bytes

    return at_peak


def _holds(base: Base, by: Recipe) -> Callable[[Values], Holds]:
    weights = own(weights_of(base.spec, formula_of))
    trained = [weight for weight in weights if not weight.frozen]
    everywhere, numbers = _sum(base, weights, by.weights), _sum(base, trained, 1)
    if by.block is None:
        return lambda values: Holds(
            everywhere(values), by.gradients * (count := numbers(values)), sum(by.states) * count
        )
    optimizer = _each(base, trained, lambda weight: by.optimizer(weight.elements))
    return lambda values: Holds(everywhere(values), by.gradients * numbers(values), optimizer(values))


def _activations(base: Base, length: Length, by: Recipe) -> Measure | None:
    wiring = wiring_of(base.spec)
    if wiring is None or unstated(base.spec):
        return None
    found = activations(base.spec, Run(length.batch, length.seq), by.dtype)
    assert found is not None
    formula = found.formula.subs({"batch": length.batch, "e": WIDTHS[by.dtype]})
    symbols = formula.symbols()
    count, turned = formula.function(symbols), wiring.turned

    def at(values: Values) -> int:
        more = {SEQ: length.at(values), ROTATED: rotated(turned, values["d_head"]) if turned else 0}
        return count(*[more[s] if s in more else values[s] for s in symbols])

    return at


def _kept(base: Base, lines: list[Keep], length: Length, dtype: str) -> Measure:
    """The sum of what is cached for a sequence and for its tokens, as far back as windows reach."""
    numbers = _values(base, [_polynomial(line.numbers) for line in lines])
    each = [(BYTES[line.dtype or dtype] * length.batch, line.per == TOKEN, _reach(line.window)) for line in lines]

    def at(values: Values) -> int:
        seq, total = length.at(values), 0
        for count, (width, by_token, reach) in zip(numbers(values), each, strict=True):
            total += count * width * ((seq if reach is None else min(seq, reach)) if by_token else 1)
        return total

    return at


def _reach(window: Any) -> int | None:
    """How many tokens a cache holds for a window, which leaves room for the next one; None for all."""
    return None if window is None or window.kind == CHOSEN else window.size - 1


def _polynomial(value: Any) -> Polynomial:
    total: Polynomial = Polynomial({}) + value
    return total


def _sum(base: Base, weights: Iterable[Weight], width: int) -> Measure:
    """The bytes of *weights* at *width* bytes per number."""
    total = _polynomial(sum(width * weight.elements * weight.times for weight in weights))
    values = _values(base, [total])
    return lambda sizes: values(sizes)[0]


def _each(base: Base, weights: Iterable[Weight], nbytes: Callable[[Weight], int]) -> Measure:
    """The sum of the *nbytes* of each of *weights*, where they are not proportional to its numbers."""
    alike: dict[tuple[Any, ...], tuple[Weight, Any]] = {}
    for weight in weights:
        key = (weight.shape, weight.d_in, weight.kind, weight.layers is None, weight.component)
        first, times = alike.get(key, (weight, 0))
        alike[key] = (first, times + weight.times)
    asked = [(weight, len(weight.shape)) for weight, _ in alike.values()]
    polynomials = [side for weight, times in alike.values() for side in (times, weight.d_in, *weight.shape)]
    values = _values(base, [_polynomial(one) for one in polynomials])
    known: dict[tuple[int, ...], int] = {}

    def at(sizes: Values) -> int:
        found, place, total = values(sizes), 0, 0
        for number, (weight, sides) in enumerate(asked):
            d_in, shape = found[place + 1], found[place + 2 : place + 2 + sides]
            key = (number, d_in, *shape)
            if key not in known:
                known[key] = nbytes(weight._replace(shape=shape, d_in=d_in))
            total += found[place] * known[key]
            place += 2 + sides
        return total

    return at


def _values(base: Base, polynomials: list[Polynomial]) -> Callable[[Values], tuple[int, ...]]:
    """The values of *polynomials* as one function of a shape's sizes."""
    bare = [polynomial.subs(base.fixed) for polynomial in polynomials]
    symbols = sorted({symbol for polynomial in bare for symbol in polynomial.symbols()})
    compiled = together(bare, symbols)
    return lambda values: compiled(*[values[symbol] for symbol in symbols])
