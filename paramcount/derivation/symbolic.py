"""Expressions and conditions in sympy, as text and as LaTeX."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import reduce
from math import lcm

import sympy

from paramcount.derivation.conditions import Condition
from paramcount.derivation.expression import Expression
from paramcount.errors import InputError
from paramcount.formula.symbolic import from_sympy, symbol
from paramcount.ledger.polynomial import Polynomial

_FUNCTIONS = {
    "+": sympy.Add,
    "*": sympy.Mul,
    "floor": sympy.floor,
    "ceil": sympy.ceiling,
    "min": sympy.Min,
    "max": sympy.Max,
    "mod": sympy.Mod,
}
_SIGNS = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥", "<": "<", ">": ">"}


def to_sympy(expression: Expression, symbols: Mapping[str, str]) -> sympy.Expr:
    """*expression* in sympy, with its fields under their printed names."""
    if expression.operation == "number":
        value: Fraction = expression.arguments[0]
        return sympy.Rational(value.numerator, value.denominator)
    if expression.operation == "size":
        return symbol(symbols[expression.arguments[0]])
    parts = [to_sympy(part, symbols) for part in expression.arguments]
    if expression.operation == "/":
        return parts[0] / parts[1]
    if expression.operation == "round":  # to even, as Python does
        half = sympy.Rational(1, 2)
        lower = sympy.floor(parts[0])
        tie = sympy.Eq(parts[0] - lower, half) & sympy.Eq(sympy.Mod(lower, 2), 0)
        return sympy.Piecewise((lower, tie), (sympy.floor(parts[0] + half), True))
    return _FUNCTIONS[expression.operation](*parts)


def as_text(expression: sympy.Expr) -> str:
    """*expression* as text, e.g. 12·d_model²·n_layers + ⌈d_model/16⌉."""
    above, below_it = sympy.fraction(sympy.together(expression))
    if below_it.free_symbols:
        divisor = as_text(below_it)
        return f"{_bracketed(as_text(above))}/{divisor if divisor.isidentifier() else f'({divisor})'}"
    expanded = sympy.expand(expression)
    terms = [term.as_coeff_Mul() for term in sympy.Add.make_args(expanded)]
    below = reduce(lcm, (int(c.q) for c, _ in terms if c.is_Rational), 1)
    whole = Polynomial({})
    for c, rest in terms:
        product: Polynomial = Polynomial({(): int(c * below)})
        for factor in sympy.Mul.make_args(rest):
            base, power = factor.as_base_exp()
            if power.is_Integer and power > 0:
                base_written, times = _factor(base), int(power)
            else:
                base_written, times = _factor(factor), 1
            if factor != 1:
                product = product * Polynomial({((base_written, times),): 1})
        whole = whole + product
    return str(whole) if below == 1 else f"{_bracketed(str(whole))}/{below}"


def _bracketed(text: str) -> str:
    return f"({text})" if " " in text else text


def _factor(expression: sympy.Expr) -> str:
    if expression.is_Symbol:
        return str(expression)
    if isinstance(expression, sympy.floor):
        return f"⌊{as_text(expression.args[0])}⌋"
    if isinstance(expression, sympy.ceiling):
        return f"⌈{as_text(expression.args[0])}⌉"
    if isinstance(expression, sympy.Min | sympy.Max):
        arguments = ", ".join(sorted(map(as_text, expression.args)))
        return f"{type(expression).__name__.lower()}({arguments})"
    if isinstance(expression, sympy.Mod):
        return f"({as_text(expression.args[0])} mod {as_text(expression.args[1])})"
    return f"({expression})"


def latex(expression: sympy.Expr) -> str:
    """*expression* as LaTeX; polynomials use the GPT-3 paper's subscripts."""
    try:
        return from_sympy(expression).latex()
    except InputError:
        return str(sympy.latex(expression))


def said(condition: Condition, symbols: Mapping[str, str]) -> str:
    """*condition* as text; d_model mod n_heads = 0 as "n_heads divides d_model"."""
    left, right = condition.left, condition.right
    if left.operation == "mod" and right.operation == "number" and not right.arguments[0]:
        above, below = (as_text(to_sympy(part, symbols)) for part in left.arguments)
        return f"{below} {'divides' if condition.relation == '==' else 'does not divide'} {above}"
    one, other = (as_text(to_sympy(part, symbols)) for part in (left, right))
    return f"{one} {_SIGNS[condition.relation]} {other}"
