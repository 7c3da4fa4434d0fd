"""Numbers that record what is computed with them while a class is built.

They only make suggestions: which expressions a tensor's side may be, which sizes are compared or divided. Formulas are
decided by counts of models built from plain ints.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

from paramcount.derivation.expression import Expression, apply, minus, multiply, number, over, size
from paramcount.derivation.expression import add as sum_of

MOST = 2000  # expressions, and comparisons, kept for one build

Comparison = tuple[str, Expression, Expression]


class Trace:
    """The expressions that were computed, compared and divided."""

    def __init__(self) -> None:
        self.computed: dict[Expression, None] = {}
        self.compared: dict[Comparison, None] = {}
        self.divided: dict[tuple[Expression, Expression], None] = {}
        self.words: dict[str, set[str]] = {}

    def keep(self, expression: Expression) -> Expression:
        """*expression*, noted as computed."""
        if len(self.computed) < MOST and expression.weight < 40:
            self.computed[expression] = None
        return expression

    def compare(self, how: str, one: Expression, other: Expression) -> None:
        """Note a comparison."""
        if len(self.compared) < MOST and one.sizes | other.sizes:
            self.compared[how, one, other] = None


_current = Trace()


@contextmanager
def tracing() -> Iterator[Trace]:
    """A fresh trace, to which traced numbers write within the context."""
    global _current
    before, _current = _current, Trace()
    try:
        yield _current
    finally:
        _current = before


def traced(name: str, value: int) -> TracedInt:
    """The field *name* with its *value*."""
    return _int(value, size(name))


def _int(value: int, expression: Expression) -> TracedInt:
    made = TracedInt(value)
    made.expression = _current.keep(expression)
    return made


def _float(value: float, expression: Expression) -> TracedFloat:
    made = TracedFloat(value)
    made.expression = expression
    return made


def _of(value: Any) -> Expression | None:
    if isinstance(value, TracedInt | TracedFloat):
        return value.expression
    if isinstance(value, int):
        return number(value)
    return number(Fraction(repr(value))) if isinstance(value, float) and math.isfinite(value) else None


def _binary(name: str, combine: Callable[[Expression, Expression], Expression], swapped: bool = False) -> Any:
    def operation(self: Any, other: Any) -> Any:
        plain = getattr(self.PLAIN, name)(self, other)
        if plain is NotImplemented and isinstance(other, float):
            plain = getattr(float, name)(float(self), other)
        theirs = _of(other)
        if plain is NotImplemented or theirs is None or isinstance(plain, complex):
            return plain
        one, two = (theirs, self.expression) if swapped else (self.expression, theirs)
        try:
            expression = combine(one, two)
        except ValueError:
            return plain
        return _int(plain, expression) if isinstance(plain, int) else _float(plain, expression)

    return operation


def _comparison(name: str, how: str) -> Any:
    def operation(self: Any, other: Any) -> Any:
        plain = getattr(self.PLAIN, name)(self, other)
        if plain is not NotImplemented and (theirs := _of(other)) is not None:
            _current.compare(how, self.expression, theirs)
        return plain

    return operation


def _floored(one: Expression, two: Expression) -> Expression:
    _current.divided[one, two] = None
    return apply("floor", over(one, two))


def _remainder(one: Expression, two: Expression) -> Expression:
    _current.divided[one, two] = None
    return apply("mod", one, two)


def _power(one: Expression, two: Expression) -> Expression:
    if two.operation != "number" or two.arguments[0] not in (0, 1, 2, 3):
        raise ValueError("not a polynomial")
    return multiply([one] * int(two.arguments[0]))


_ARITHMETIC: dict[str, Callable[[Expression, Expression], Expression]] = {
    "add": lambda one, two: sum_of([one, two]),
    "sub": minus,
    "mul": lambda one, two: multiply([one, two]),
    "truediv": over,
    "floordiv": _floored,
    "mod": _remainder,
    "pow": _power,
}
_COMPARISONS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


class _Traced:
    PLAIN: type
    expression: Expression

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __copy__(self) -> Any:
        return self

    def __bool__(self) -> bool:
        _current.compare("!=", self.expression, number(0))
        return bool(self.PLAIN(self))

    def __neg__(self) -> Any:
        return self * -1  # type: ignore[operator]

    def __floor__(self) -> Any:
        return _int(math.floor(self.PLAIN(self)), apply("floor", self.expression))

    def __ceil__(self) -> Any:
        return _int(math.ceil(self.PLAIN(self)), apply("ceil", self.expression))

    def __round__(self, digits: Any = None) -> Any:
        return _int(round(self.PLAIN(self)), apply("round", self.expression)) if digits is None else self

    def __hash__(self) -> int:
        return hash(self.PLAIN(self))


class TracedInt(_Traced, int):
    """An int that knows its expression."""

    PLAIN = int


class TracedFloat(_Traced, float):
    """A float that knows its expression; converted to int, it suggests its rounding and loses the expression."""

    PLAIN = float

    def __int__(self) -> int:
        _current.keep(apply("floor", self.expression))
        return int(float(self))

    __trunc__ = __int__


for _kind in (TracedInt, TracedFloat):
    for _name, _combine in _ARITHMETIC.items():
        setattr(_kind, f"__{_name}__", _binary(f"__{_name}__", _combine))
        setattr(_kind, f"__r{_name}__", _binary(f"__r{_name}__", _combine, swapped=True))
    for _name, _how in _COMPARISONS.items():
        setattr(_kind, f"__{_name}__", _comparison(f"__{_name}__", _how))


class TracedText(str):
    """A string that records what it is compared with."""

    name: str

    @classmethod
    def of(cls, name: str, value: str) -> TracedText:
        """The field *name* with its *value*."""
        made = cls(value)
        made.name = name
        return made

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            _current.words.setdefault(self.name, set()).add(str.__str__(other))
        return str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return str.__hash__(self)

    def __deepcopy__(self, memo: Any) -> TracedText:
        return self
