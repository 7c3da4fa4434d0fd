"""The result of a derivation."""

from __future__ import annotations

from typing import Any, NamedTuple

import sympy

from paramcount.derivation.conditions import Condition, hold
from paramcount.formula.symbolic import to_sympy
from paramcount.ledger.polynomial import Polynomial


class Side(NamedTuple):
    """The tensors of one pattern and shape: their name with * for an index, and expressions for their sides and number.
    *sample* is an observed shape; *found* is false if a side or the number has no expression."""

    name: str
    shape: tuple[sympy.Expr, ...]
    times: sympy.Expr
    sample: tuple[int, ...]
    found: bool = True

    @property
    def params(self) -> sympy.Expr:
        """The expression for the parameters of all these tensors."""
        return sympy.expand(self.times * sympy.Mul(*self.shape))


class Checked(NamedTuple):
    """A whole config on which the formula was checked: its name, its count, and the formula's value.

    *outside* says why the formula does not apply to it, "" if it does.
    """

    name: str
    params: int
    formula: int | None
    outside: str = ""


class Proof(NamedTuple):
    """How the formula was checked: the numbers of *random* fresh points, of *provoked* ones (equal sizes, thresholds,
    small and large values), of points *outside* the conditions, and of those the class *refused*; the fields *shaken*
    without effect; those *untried*, for which no other value builds; and whole configs, *real* if one was given."""

    random: int
    provoked: int
    outside: int
    refused: int
    shaken: dict[str, list[Any]]
    untried: tuple[str, ...]
    configs: tuple[Checked, ...]
    real: bool


class Derived(NamedTuple):
    """The formula of *name*. *total* is None if there is none, and *why* then says why.

    *symbols* maps the fields in it to their printed names. *conditions* are the conditions on sizes as text, *where*
    the same in testable form. *held* maps fields that change the tensors but are not sizes to their values; *rules* say
    what a size is if the config leaves it out.
    """

    name: str
    total: sympy.Expr | None
    tensors: tuple[Side, ...]
    symbols: dict[str, str]
    conditions: tuple[str, ...]
    where: tuple[Condition, ...]
    held: dict[str, Any]
    rules: dict[str, str]
    proof: Proof
    why: str = ""

    @property
    def missing(self) -> tuple[Side, ...]:
        """The tensors for which no formula was found."""
        return tuple(tensor for tensor in self.tensors if not tensor.found)

    def holds(self, config: dict[str, int]) -> bool:
        """Whether the formula applies to *config*, whose keys are the class's own fields: all conditions hold there."""
        return hold(self.where, config)

    def equals(self, polynomial: Polynomial) -> bool:
        """Whether the total equals *polynomial*, in the same symbols."""
        return self.total is not None and sympy.expand(self.total - to_sympy(polynomial)) == 0

    def value(self, config: dict[str, int]) -> int:
        """The total at *config*, whose keys are the class's own fields; raises ValueError if there is no formula."""
        if self.total is None:
            raise ValueError(f"{self.name}: no formula was found")
        names = {symbol: field for field, symbol in self.symbols.items()}
        sizes = {symbol: config[names[str(symbol)]] for symbol in self.total.free_symbols}
        return int(self.total.xreplace({symbol: sympy.Integer(n) for symbol, n in sizes.items()}))
