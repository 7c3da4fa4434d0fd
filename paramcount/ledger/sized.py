"""Sized: a whole number that remembers the formula by which it was computed."""

from __future__ import annotations

from typing import Any

from paramcount.ledger.polynomial import Polynomial


class Sized(int):
    """An int with the polynomial in named sizes that it is the value of.

    `+`, `-` and `*` carry the polynomial along; any other operation gives a plain int, which stands in a formula as the
    number that it is, unless it is named anew: Sized.named("d_head", d_model // n_heads).
    """

    formula: Polynomial

    @classmethod
    def of(cls, value: int, formula: Polynomial) -> Sized:
        sized = cls(value)
        sized.formula = formula
        return sized

    @classmethod
    def named(cls, symbol: str, value: int) -> Sized:
        """*value* under a symbol of its own."""
        return cls.of(value, Polynomial.symbol(symbol))

    def __add__(self, other: Any) -> Any:
        return _both(int.__add__(self, other), lambda: self.formula + formula_of(other))

    def __sub__(self, other: Any) -> Any:
        return _both(int.__sub__(self, other), lambda: self.formula + formula_of(other) * -1)

    def __rsub__(self, other: Any) -> Any:
        return _both(int.__rsub__(self, other), lambda: formula_of(other) + self.formula * -1)

    def __mul__(self, other: Any) -> Any:
        return _both(int.__mul__(self, other), lambda: self.formula * formula_of(other))

    __radd__ = __add__
    __rmul__ = __mul__


def formula_of(value: Any) -> Polynomial:
    """The polynomial of a size: its own, or the number."""
    return value.formula if isinstance(value, Sized) else Polynomial({(): int(value)})


def _both(value: Any, formula: Any) -> Any:
    return value if value is NotImplemented else Sized.of(value, formula())
