"""Exact polynomials in a model's sizes: the ledger's sums when its sizes are symbols.

A polynomial is a dict from monomials to integer coefficients; a monomial is a tuple of (symbol, power). It supports
only + and *, all that a block may use. sympy does the rest (paramcount.formula); this does the printing that
`paramcount MODEL` needs before sympy could be imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from math import gcd
from typing import Any

Monomial = tuple[tuple[str, int], ...]

# The literature's order of factors in a term: n_vocab·d_model, 4·d_model·d_head·n_heads·n_layers.
ORDER = ("n_vocab", "n_ctx", "d_model", "d_ff", "d_head", "n_heads", "n_layers")
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _place(symbol: str) -> tuple[int, str]:
    return (ORDER.index(symbol), "") if symbol in ORDER else (len(ORDER), symbol)


class Polynomial:
    """An exact polynomial with integer coefficients, e.g. 8·d_model²·n_layers + 5·d_model·n_layers."""

    __slots__ = ("terms",)

    def __init__(self, terms: dict[Monomial, int]):
        self.terms = terms if all(terms.values()) else {monomial: c for monomial, c in terms.items() if c}

    @staticmethod
    def symbol(name: str) -> Polynomial:
        """The symbol *name* as a polynomial."""
        return _symbol(name)

    def __add__(self, other: Polynomial | int) -> Polynomial:
        terms = dict(self.terms)
        for monomial, c in _lift(other).terms.items():
            terms[monomial] = terms.get(monomial, 0) + c
        return Polynomial(terms)

    def __mul__(self, other: Polynomial | int) -> Polynomial:
        terms: dict[Monomial, int] = {}
        others = _lift(other).terms.items()
        for left, a in self.terms.items():
            for right, b in others:
                monomial = _join(left, right)
                terms[monomial] = terms.get(monomial, 0) + a * b
        return Polynomial(terms)

    __radd__ = __add__
    __rmul__ = __mul__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Polynomial | int) and self.terms == _lift(other).terms

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()))

    def __str__(self) -> str:
        return signed((_text(monomial, c) for monomial, c in self.ordered()), minus="−")

    __repr__ = __str__

    def ordered(self) -> list[tuple[Monomial, int]]:
        """The terms as printed: higher degree first, then in the literature's order of symbols."""

        def rank(term: tuple[Monomial, int]) -> tuple[object, ...]:
            monomial = term[0]
            return -sum(power for _, power in monomial), [(_place(s), -p) for s, p in monomial]

        return sorted(self.terms.items(), key=rank)

    def degree(self) -> int:
        """The highest sum of powers in a term; 0 for a number."""
        return max((sum(power for _, power in monomial) for monomial in self.terms), default=0)

    def symbols(self) -> list[str]:
        return sorted({symbol for monomial in self.terms for symbol, _ in monomial}, key=_place)

    def latex(self) -> str:
        r"""The polynomial as LaTeX with the GPT-3 paper's subscripts, e.g. 8 d_{\text{model}}^{2} n_{\text{layers}}."""
        return signed((_latex(monomial, c) for monomial, c in self.ordered()), minus="-")

    def python(self) -> str:
        """The polynomial as a Python expression in its symbols."""
        terms = ("*".join([str(c), *(f"{s}**{p}" if p > 1 else s for s, p in m)]) for m, c in self.ordered())
        return " + ".join(terms) or "0"

    def function(self, order: Iterable[str]) -> Callable[..., int]:
        """The polynomial as a compiled function of its symbols in that *order*; exact for ints."""
        compiled: Callable[..., int] = eval(f"lambda {', '.join(order)}: {self.python()}")
        return compiled

    def coefficients(self, symbol: str) -> dict[int, Polynomial]:
        """The polynomial as one in *symbol*: its coefficient for each power."""
        split: dict[int, dict[Monomial, int]] = {}
        for monomial, c in self.terms.items():
            power = dict(monomial).get(symbol, 0)
            split.setdefault(power, {})[tuple(f for f in monomial if f[0] != symbol)] = c
        return {power: Polynomial(terms) for power, terms in split.items()}

    def factored(self) -> tuple[Polynomial, Polynomial]:
        """Its greatest common term and the rest: n_layers and 2·d_model + 1 for 2·d_model·n_layers + n_layers."""
        powers = [dict(monomial) for monomial in self.terms]
        lowest = {symbol: min(p.get(symbol, 0) for p in powers) for symbol in self.symbols()}
        common = tuple((symbol, power) for symbol, power in lowest.items() if power)
        content = gcd(*self.terms.values()) or 1
        rest = {over(monomial, common)[0]: c // content for monomial, c in self.terms.items()}
        return Polynomial({common: content}), Polynomial(rest)

    def subs(self, sizes: Mapping[str, Polynomial | int]) -> Polynomial:
        """The polynomial with the symbols of *sizes* replaced."""
        result = Polynomial({})
        for monomial, c in self.terms.items():
            term: Polynomial = Polynomial({(): c})
            for symbol, power in monomial:
                for _ in range(power):
                    term = term * sizes.get(symbol, Polynomial.symbol(symbol))
            result = result + term
        return result

    def at(self, sizes: Mapping[str, Any]) -> Any:
        """Its value for *sizes*: ints, arrays, anything with + and *; exact for ints."""
        total: Any = 0
        for monomial, c in self.terms.items():
            term: Any = c
            for symbol, power in monomial:
                for _ in range(power):
                    term = term * sizes[symbol]
            total = total + term
        return total

    def document(self) -> list[dict[str, Any]]:
        """Its terms as JSON in printing order; coefficients are strings, since they may be long."""
        return [{"coefficient": str(c), "powers": dict(monomial)} for monomial, c in self.ordered()]

    def value(self) -> int:
        """The integer a polynomial without symbols stands for; raises ValueError if symbols are left."""
        if left := self.symbols():
            raise ValueError(f"{self} still depends on {', '.join(left)}")
        return self.terms.get((), 0)


def together(polynomials: Iterable[Polynomial], order: Iterable[str]) -> Callable[..., tuple[int, ...]]:
    """*polynomials* as one compiled function of their symbols in that *order*, which returns all their values."""
    values = "".join(f"{polynomial.python()}, " for polynomial in polynomials)
    compiled: Callable[..., tuple[int, ...]] = eval(f"lambda {', '.join(order)}: ({values})")
    return compiled


def leading(polynomial: Polynomial, weights: Mapping[str, int]) -> Polynomial:
    """The terms of *polynomial* that grow fastest if each symbol grows with its weight as power (default 1)."""

    def weight(monomial: Monomial) -> int:
        return sum(weights.get(symbol, 1) * power for symbol, power in monomial)

    top = max(map(weight, polynomial.terms), default=0)
    return Polynomial({m: c for m, c in polynomial.terms.items() if weight(m) == top})


@lru_cache(maxsize=1 << 12)
def _symbol(name: str) -> Polynomial:
    return Polynomial({((name, 1),): 1})


@lru_cache(maxsize=1 << 12)
def number(value: int) -> Polynomial:
    """The constant polynomial *value*."""
    return Polynomial({(): value})


def _lift(value: Polynomial | int) -> Polynomial:
    return value if isinstance(value, Polynomial) else number(value)


@lru_cache(maxsize=1 << 16)
def _join(left: Monomial, right: Monomial) -> Monomial:
    powers = dict(left)
    for symbol, power in right:
        powers[symbol] = powers.get(symbol, 0) + power
    return tuple(sorted(powers.items(), key=lambda factor: _place(factor[0])))


def over(above: Monomial, below: Monomial) -> tuple[Monomial, Monomial]:
    """above/below in lowest terms."""
    one, other = dict(above), dict(below)
    left = tuple((symbol, power - other.get(symbol, 0)) for symbol, power in above if power > other.get(symbol, 0))
    return left, tuple((symbol, power - one.get(symbol, 0)) for symbol, power in below if power > one.get(symbol, 0))


def _factors(c: int, texts: Iterable[str], monomial: Monomial) -> list[str]:
    return ([str(abs(c))] if abs(c) != 1 or not monomial else []) + list(texts)


def _text(monomial: Monomial, c: int) -> str:
    texts = (power_text(symbol, power) for symbol, power in monomial)
    return ("−" if c < 0 else "") + "·".join(_factors(c, texts, monomial))


def _latex(monomial: Monomial, c: int) -> str:
    texts = (power_latex(symbol, power) for symbol, power in monomial)
    return ("-" if c < 0 else "") + r" \, ".join(_factors(c, texts, monomial))


def power_text(symbol: str, power: int) -> str:
    """A power of a symbol: d_model²."""
    return symbol + (str(power).translate(_SUPERSCRIPT) if power > 1 else "")


def power_latex(symbol: str, power: int) -> str:
    r"""The same as LaTeX: d_{\text{model}}^{2}."""
    return latex_symbol(symbol) + (f"^{{{power}}}" if power > 1 else "")


def signed(terms: Iterable[str], minus: str) -> str:
    """Terms as a sum, subtracting those that begin with *minus*."""
    return " + ".join(terms).replace(f"+ {minus}", f"{minus} ") or "0"


def latex_symbol(symbol: str) -> str:
    r"""n_kv_heads as LaTeX: n_{\text{kv\_heads}}; expand, which is not a letter: \text{expand}."""
    letter, _, index = symbol.partition("_")
    if len(letter) > 1:
        return rf"\text{{{_in_text(symbol)}}}"
    return rf"{letter}_{{\text{{{_in_text(index)}}}}}" if index else letter


def _in_text(word: str) -> str:
    return word.replace("_", r"\_")
