"""The conditions of a formula: comparisons that are true wherever it agreed with a count, and false elsewhere."""

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
MANY = 6  # conditions; more than this would only list the points of failure
ENOUGH = 30  # points that must agree when a size is held fixed
STEPS = (0, 1, 2, 3, 5, 7, 12)  # steps of a rounding to try, counted from the current one
SMALL = range(10)  # numbers that sizes are compared with in addition to the class's own comparisons


class Condition(NamedTuple):
    """left relation right, e.g. d_embedding != d_model."""

    relation: str
    left: Expression
    right: Expression

    def holds(self, sizes: Sizes) -> bool:
        """Whether it is true at *sizes*; false if a divisor is 0."""
        try:
            return RELATIONS[self.relation](self.left.value(sizes), self.right.value(sizes))
        except ZeroDivisionError:
            return False

    def fixes(self) -> tuple[str, int] | None:
        """The size that it fixes, and its value; None if it leaves a choice."""
        if self.left.operation != "size" or self.right.operation != "number":
            return None
        only = self.relation == "==" or (self.relation == "<=" and self.right.arguments[0] == 0)
        return (self.left.arguments[0], int(self.right.arguments[0])) if only else None

    @property
    def excepted(self) -> str:
        """The size for which it excludes a single number; "" if it is not such a condition."""
        alone = (self.relation, self.left.operation, self.right.operation) == ("!=", "size", "number")
        return str(self.left.arguments[0]) if alone else ""

    @property
    def opposite(self) -> Condition:
        """Its negation."""
        return self._replace(relation=OPPOSITE[self.relation])


def hold(conditions: Iterable[Condition], sizes: Sizes) -> bool:
    """Whether all of *conditions* are true at *sizes*."""
    return all(condition.holds(sizes) for condition in conditions)


def candidates(compared: Iterable[Comparison], base: Sizes) -> Iterator[Condition]:
    """Conditions that may decide about tensors: first the class's own comparisons, then those of sizes with each other
    and with numbers, and last that a size equals its value at *base*."""
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
    """The result of `explained`; if it is not short, that with one size held at its value at *base*, if shorter."""
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
    """The fewest *offered* conditions that are true at all *agreeing* points and rule out the *deviating* ones, and the
    deviating points left. At most one number of a size may be an exception: a formula wrong at several is wrong."""
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
    """Changes of one size to the steps of a rounding in *expression*, and to values next to them."""
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
    """Changes of one size that make the two sides equal, or just unequal."""
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
