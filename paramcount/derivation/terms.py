"""The terms of a formula in the making: groups of tensors with their expressions."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from paramcount.derivation.expression import Exact, Expression, Sizes, multiply
from paramcount.derivation.patterns import Groups


class Term(NamedTuple):
    """The tensors of *pattern* that have one shape; None stands for a missing expression."""

    pattern: str
    shape: tuple[Expression | None, ...]
    number: Expression | None
    sample: tuple[int, ...]

    @property
    def found(self) -> bool:
        """Whether no expression is missing."""
        return self.number is not None and None not in self.shape

    @property
    def params(self) -> Expression:
        """The parameters of all these tensors; only valid if it is found."""
        return multiply(part for part in (self.number, *self.shape) if part is not None)


def agrees(terms: list[Term], sizes: Sizes, seen: Groups) -> bool:
    """Whether *terms* give the number of parameters seen at a point with these sizes, for every pattern."""
    expected: defaultdict[str, Exact] = defaultdict(int)
    for term in terms:
        try:
            expected[term.pattern] += term.params.value(sizes)
        except ZeroDivisionError:
            return False
    counted = {pattern: sum(group.params for group in groups) for pattern, groups in seen.items()}
    return all(expected.get(pattern, 0) == counted.get(pattern, 0) for pattern in expected.keys() | counted.keys())
