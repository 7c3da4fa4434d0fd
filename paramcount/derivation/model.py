"""A formula while it is made: groups of tensors with their expressions, and what they give at a point."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.derivation.expression import Expression, Sizes, multiply
from paramcount.derivation.patterns import Group, Groups


class Term(NamedTuple):
    """The tensors of *pattern* that have one shape; None stands for what has no expression."""

    pattern: str
    shape: tuple[Expression | None, ...]
    number: Expression | None
    sample: tuple[int, ...]

    @property
    def found(self) -> bool:
        """Whether all of it has an expression."""
        return self.number is not None and None not in self.shape

    @property
    def params(self) -> Expression:
        """The parameters of them all; only where it is found."""
        return multiply(part for part in (self.number, *self.shape) if part is not None)


def agrees(terms: list[Term], sizes: Sizes, seen: Groups) -> bool:
    """Whether *terms* give, for every pattern, the parameters that were seen at a point of these sizes."""
    expected: dict[str, object] = {}
    for term in terms:
        try:
            value = term.params.value(sizes)
        except ZeroDivisionError:
            return False
        expected[term.pattern] = value + expected.get(term.pattern, 0)  # type: ignore[operator]
    counted = {pattern: sum(_params(group) for group in groups) for pattern, groups in seen.items()}
    patterns = expected.keys() | counted.keys()
    return all(expected.get(pattern, 0) == counted.get(pattern, 0) for pattern in patterns)


def _params(group: Group) -> int:
    params = group.number
    for n in group.shape:
        params *= n
    return params
