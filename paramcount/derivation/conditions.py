"""Where a formula holds: comparisons that are true wherever it agreed with a count, and false where it did not."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import permutations
from typing import Any, NamedTuple

from paramcount.derivation.expression import Expression, Sizes, apply, number, size
from paramcount.derivation.trace import Comparison

RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
MANY = 6  # conditions, of which more would only list where it was seen to fail
ENOUGH = 30  # points that must agree where a size is held
STEPS = (0, 1, 2, 3, 5, 7, 12)  # which steps of a rounding are looked at, from where it stands
SMALL = range(10)  # what a size is held against where the class has shown nothing


class Condition(NamedTuple):
    """left relation right, e.g. d_embedding != d_model."""

    relation: str
    left: Expression
    right: Expression

    def holds(self, sizes: Sizes) -> bool:
        """Whether it is true at *sizes*; false where a divisor is 0."""
        try:
            return RELATIONS[self.relation](self.left.value(sizes), self.right.value(sizes))
        except ZeroDivisionError:
            return False

    def fixes(self) -> tuple[str, int] | None:
        """The size that it holds at a number, and that number; None where it leaves a choice."""
        if self.left.operation != "size" or self.right.operation != "number":
            return None
        only = self.relation == "==" or (self.relation == "<=" and self.right.arguments[0] == 0)
        return (self.left.arguments[0], int(self.right.arguments[0])) if only else None

    @property
    def excepted(self) -> str:
        """The size of which it excludes one number alone, "" where it does not."""
        alone = (self.relation, self.left.operation, self.right.operation) == ("!=", "size", "number")
        return str(self.left.arguments[0]) if alone else ""

    @property
    def opposite(self) -> Condition:
        """What is true where it is not."""
        return self._replace(relation=OPPOSITE[self.relation])


def hold(conditions: Iterable[Condition], sizes: Sizes) -> bool:
    """Whether all of *conditions* are true at *sizes*."""
    return all(condition.holds(sizes) for condition in conditions)


def candidates(compared: Iterable[Comparison], base: Sizes) -> Iterator[Condition]:
    """What may decide about tensors: first what the class itself compares, then sizes with each other and with numbers,
    at last a size being what it is at *base*."""
    fields = list(base)
    for relation, left, right in compared:
        if left.sizes | right.sizes <= set(fields):
            yield Condition(relation, left, right)
            yield Condition(OPPOSITE[relation], left, right)
    for one, other in permutations(fields, 2):
        left, right = size(one), size(other)
        if one < other:
            yield Condition("!=", left, right)
        yield Condition(">=", left, right)
        yield Condition(">", left, right)
        yield Condition("==", apply("mod", left, right), number(0))
    for field in fields:
        for n in SMALL:
            yield Condition(">=", size(field), number(n))
            yield Condition("<=", size(field), number(n))
            yield Condition("!=", size(field), number(n))
    for field in fields:
        yield Condition("==", size(field), number(base[field]))


def telling(
    agreeing: Sequence[Sizes], deviating: Sequence[Sizes], offered: Sequence[Condition], base: Sizes
) -> tuple[list[Condition], list[Sizes]]:
    """What `explained` gives; where that is not short, with one size held at what it is at *base*, if that is."""
    chosen, left = explained(agreeing, deviating, offered)
    if not left and len(chosen) <= MANY:
        return chosen, left
    for field, value in base.items():
        held = Condition("==", size(field), number(value))
        inside = [sizes for sizes in agreeing if held.holds(sizes)]
        if len(inside) >= ENOUGH:
            more, still = explained(inside, [sizes for sizes in deviating if held.holds(sizes)], offered)
            if not still and len(more) < MANY:
                return [held, *(condition for condition in more if condition != held)], still
    return chosen, left or list(deviating)


def explained(
    agreeing: Sequence[Sizes], deviating: Sequence[Sizes], offered: Iterable[Condition]
) -> tuple[list[Condition], list[Sizes]]:
    """The fewest of *offered* that are true at all *agreeing* and tell them from the *deviating*; and which of these
    are left unexplained. Of a size one number may be an exception: a formula that is wrong at several is wrong."""
    true = [condition for condition in offered if all(condition.holds(sizes) for sizes in agreeing)]
    chosen: list[Condition] = []
    left = list(deviating)
    while left:
        refuted = [sum(not condition.holds(sizes) for sizes in left) for condition in true]
        if not refuted or max(refuted) == 0:
            break
        best = true[refuted.index(max(refuted))]
        chosen.append(best)
        left = [sizes for sizes in left if best.holds(sizes)]
        true = [condition for condition in true if not best.excepted or condition.excepted != best.excepted]
    return chosen, left


def steps(expression: Expression, sizes: Sizes) -> Iterator[dict[str, int]]:
    """Changes of one size to where a rounding in *expression* steps, and to just beside it."""
    for part in expression.arguments:
        if isinstance(part, Expression):
            yield from steps(part, sizes)
    if expression.operation not in ("floor", "ceil", "round"):
        return
    for field in sorted(expression.sizes):
        here = sizes[field]
        try:
            low, high = (expression.arguments[0].value({**sizes, field: n}) for n in (here, 2 * here + 60))
        except ZeroDivisionError:
            continue
        if low == high:
            continue
        for k in STEPS:
            step = (round(low) + k) if high > low else (round(low) - k)
            near = here + (step - low) * (here + 60) / (high - low)
            yield from ({field: max(1, int(near) + beside)} for beside in (-1, 0, 1, 2))


def edges(condition: Condition, sizes: Sizes) -> Iterator[dict[str, int]]:
    """Changes of one size that bring the two sides together, or just past each other."""
    for here, there in ((condition.left, condition.right), (condition.right, condition.left)):
        if here.operation == "size":
            try:
                meeting = there.value(sizes)
            except ZeroDivisionError:
                continue
            if there.sizes != here.sizes and meeting.denominator == 1:
                yield from ({here.arguments[0]: int(meeting) + step} for step in (0, 1, -1) if meeting + step >= 0)
    for field in sorted(condition.left.sizes | condition.right.sizes):
        yield {field: sizes[field] + 1}
        yield {field: max(0, sizes[field] - 1)}
