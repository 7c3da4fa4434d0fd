"""Sized: an int that remembers the formula that computed it, and whether anything looked at it."""

from __future__ import annotations

from typing import Any

from paramcount.ledger.polynomial import Polynomial, number


class Sized(int):
    """An int together with the polynomial in named sizes it was computed by.

    `+`, `-` and `*` carry the polynomial along; any other operation gives a plain int, which appears in a formula as
    that number unless it gets a new name: Sized.named("d_head", d_model // n_heads).

    Comparing a size, dividing by it or iterating over its range is looking at it: with another number something else
    might be built. *looked* collects the symbols that were looked at; `range`, slices and repeated lists read an int
    without asking it, so use `Config.layers` or `looked_at` for these.
    """

    formula: Polynomial
    looked: set[str]

    @classmethod
    def of(cls, value: int, formula: Polynomial, looked: set[str] | None = None) -> Sized:
        sized = cls(value)
        sized.formula = formula
        sized.looked = set() if looked is None else looked
        return sized

    @classmethod
    def named(cls, symbol: str, value: int, looked: set[str] | None = None) -> Sized:
        """*value* under its own symbol."""
        return cls.of(value, Polynomial.symbol(symbol), looked)

    def looked_at(self) -> int:
        """The number alone, marked as looked at."""
        self.looked.update(self.formula.symbols())
        return plain(self)

    def __add__(self, other: Any) -> Any:
        return _both(self, other, int.__add__, lambda one, two: one + two)

    def __sub__(self, other: Any) -> Any:
        return _both(self, other, int.__sub__, lambda one, two: one + two * -1)

    def __rsub__(self, other: Any) -> Any:
        return _both(self, other, int.__rsub__, lambda one, two: two + one * -1)

    def __mul__(self, other: Any) -> Any:
        return _both(self, other, int.__mul__, lambda one, two: one * two)

    __radd__ = __add__
    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return plain(self) != 0 or bool(self.looked_at())

    def __hash__(self) -> int:
        return int.__hash__(self)


def _looking(name: str) -> Any:
    operation, compares = getattr(int, name), name in _COMPARISONS

    def look(self: Sized, *others: Any) -> Any:
        if compares and isinstance(others[0], Sized) and others[0].formula == self.formula:
            return operation(plain(self), plain(others[0]))  # the same size, whatever its number
        return operation(self.looked_at(), *(looked(other) for other in others))

    return look


_COMPARISONS = tuple(f"__{_name}__" for _name in ("eq", "ne", "lt", "le", "gt", "ge"))
_OTHERS = ("floordiv", "rfloordiv", "mod", "rmod", "divmod", "rdivmod", "truediv", "rtruediv", "pow", "rpow",
           "int", "index", "neg", "float")  # fmt: skip
for _name in (*_COMPARISONS, *(f"__{_name}__" for _name in _OTHERS)):
    setattr(Sized, _name, _looking(_name))


def plain(value: int) -> int:
    """The number in *value*, without marking it as looked at."""
    return int.__pos__(value)


def looked(value: Any) -> Any:
    """*value*, marked as looked at if it is a size."""
    return value.looked_at() if isinstance(value, Sized) else value


def formula_of(value: Any) -> Polynomial:
    """The polynomial of a size: its own, or the number."""
    return value.formula if isinstance(value, Sized) else number(int(value))


def _both(size: Sized, other: Any, operation: Any, formula: Any) -> Any:
    value = operation(size, other)
    if value is NotImplemented:
        return value
    return Sized.of(value, formula(size.formula, formula_of(other)), size.looked)
