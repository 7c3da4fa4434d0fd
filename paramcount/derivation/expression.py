"""Exact expressions in a model's integer fields: sums, products, quotients, roundings, minima and maxima."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

Sizes = Mapping[str, int]
Exact = int | Fraction


class Expression(NamedTuple):
    """A node: an operation and its arguments. Leaves are ("number", value) and ("size", field name)."""

    operation: str
    arguments: tuple[Any, ...]

    def value(self, sizes: Sizes) -> Exact:
        """Its value at *sizes*; raises ZeroDivisionError if a divisor is 0."""
        if self.operation == "number":
            number: Exact = self.arguments[0]
            return number
        if self.operation == "size":
            return sizes[self.arguments[0]]
        result: Exact = OPERATIONS[self.operation](*[argument.value(sizes) for argument in self.arguments])
        return result

    @property
    def sizes(self) -> frozenset[str]:
        """The fields in it."""
        return _sizes(self)

    @property
    def weight(self) -> int:
        """Its number of nodes: of two expressions that agree, the lighter one is preferred."""
        return 1 + sum(part.weight for part in self.arguments if isinstance(part, Expression))


def _quotient(above: Exact, below: Exact) -> Exact:
    return _plain(Fraction(above) / below)


def _plain(value: Exact) -> Exact:
    return value.numerator if value.denominator == 1 else value


OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": lambda *parts: sum(parts),
    "*": lambda *parts: _plain(math.prod(parts)),
    "/": _quotient,
    "mod": lambda above, below: above % below,
    "floor": math.floor,
    "ceil": math.ceil,
    "round": round,
    "min": min,
    "max": max,
}


@cache
def _sizes(expression: Expression) -> frozenset[str]:
    if expression.operation == "size":
        return frozenset(expression.arguments)
    parts = [part.sizes for part in expression.arguments if isinstance(part, Expression)]
    return frozenset().union(*parts)


def number(value: Exact) -> Expression:
    """The number *value*."""
    return Expression("number", (_plain(value),))


def size(name: str) -> Expression:
    """The field *name*."""
    return Expression("size", (name,))


ZERO, ONE = number(0), number(1)


def add(parts: Iterable[Expression]) -> Expression:
    """The sum of *parts*."""
    kept = [part for part in parts if part != ZERO]
    return Expression("+", tuple(kept)) if len(kept) > 1 else kept[0] if kept else ZERO


def multiply(parts: Iterable[Expression]) -> Expression:
    """The product of *parts*."""
    kept = [part for part in parts if part != ONE]
    if ZERO in kept:
        return ZERO
    return Expression("*", tuple(kept)) if len(kept) > 1 else kept[0] if kept else ONE


def minus(above: Expression, below: Expression) -> Expression:
    """*above* − *below*."""
    return add([above, multiply([number(-1), below])])


def over(above: Expression, below: Expression) -> Expression:
    """*above* / *below*."""
    return above if below == ONE else Expression("/", (above, below))


def apply(operation: str, *arguments: Expression) -> Expression:
    """floor, ceil, round, min, max or mod of *arguments*."""
    return Expression(operation, arguments)


def largest(one: Expression, other: Expression) -> Expression:
    """The larger of two."""
    return Expression("max", (one, other))


def up_to_multiple(expression: Expression, multiple: Expression) -> Expression:
    """*expression* rounded up to a multiple of *multiple*."""
    return multiply([multiple, apply("ceil", over(expression, multiple))])


def put(expression: Expression, replaced: Mapping[str, Expression]) -> Expression:
    """*expression* with the fields in *replaced* substituted."""
    if expression.operation == "size":
        return replaced.get(expression.arguments[0], expression)
    if expression.operation == "number":
        return expression
    return Expression(expression.operation, tuple(put(part, replaced) for part in expression.arguments))
