"""What a derivation found."""

from __future__ import annotations

from typing import Any, NamedTuple

import sympy

from paramcount.derivation.conditions import Condition, hold
from paramcount.formula.symbolic import to_sympy
from paramcount.ledger.polynomial import Polynomial


class Side(NamedTuple):
    """The tensors of one pattern and shape: their name with * for an index, the expressions of their sides and of how
    many there are. *sample* is a shape that was seen; *found* is false where a side or the number has no expression."""

    name: str
    shape: tuple[sympy.Expr, ...]
    times: sympy.Expr
    sample: tuple[int, ...]
    found: bool = True

    @property
    def params(self) -> sympy.Expr:
        """The parameters of them all."""
        return sympy.expand(self.times * sympy.Mul(*self.shape))


class Checked(NamedTuple):
    """A whole config on which the formula was tried: its name, its count, what the formula gives.

    *outside* says why the formula does not speak of it, "" where it does.
    """

    name: str
    params: int
    formula: int | None
    outside: str = ""


class Proof(NamedTuple):
    """Where the formula was held against counts: *random* fresh points, *provoked* ones (sizes made equal, thresholds,
    small and large values), points outside the conditions, those that the class refused; the fields *shaken* without
    effect, those of which no other value builds; and whole configs, *real* where one was given."""

    random: int
    provoked: int
    outside: int
    refused: int
    shaken: dict[str, list[Any]]
    untried: tuple[str, ...]
    configs: tuple[Checked, ...]
    real: bool


class Derived(NamedTuple):
    """The formula of *name*. *total* is None where none is claimed, *why* then says so.

    *symbols* has the printed name of each field that it is in. *conditions* are those on sizes as text, *where* are the
    same as they are tested. *held* are the fields that are no sizes and change the tensors, with their values; *rules*
    say what a size is where the config leaves it out.
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
        """Whether the formula speaks of *config*, whose keys are the class's own fields: all conditions hold there."""
        return hold(self.where, config)

    def equals(self, polynomial: Polynomial) -> bool:
        """Whether the total is *polynomial*, as a family states it in the same symbols."""
        return self.total is not None and sympy.expand(self.total - to_sympy(polynomial)) == 0

    def value(self, config: dict[str, int]) -> int:
        """The total at *config*, whose keys are the class's own fields; raises ValueError where there is none."""
        if self.total is None:
            raise ValueError(f"{self.name}: no formula is claimed")
        names = {symbol: field for field, symbol in self.symbols.items()}
        sizes = {symbol: config[names[str(symbol)]] for symbol in self.total.free_symbols}
        return int(self.total.xreplace({symbol: sympy.Integer(n) for symbol, n in sizes.items()}))
