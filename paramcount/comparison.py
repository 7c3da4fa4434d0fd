"""Comparison of two models: the difference in each component, and the hyperparameters that account for it.

When several sizes change at once, the difference has no single cause: n_layers multiplies whatever d_model adds. Each
change gets its Shapley value (Shapley 1953): the parameters it adds, averaged over all orders of making the changes.
The values do not depend on an order, and add up to the difference exactly.

For gpt2-small -> gpt2-xl, d_model, n_heads and n_layers change and d_head does not. An intermediate shape may be 1600
wide with 12 heads of 64, so the wider attention of the 25 heads is credited to n_heads, not to d_model. A size tied to
another in both models (d_ff = 4·d_model) is not a change of its own; its effect is credited to d_model.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING, Any, NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.errors import InputError
from paramcount.frames import frame, html

if TYPE_CHECKING:
    import pandas

MOST = 12  # changes, all of whose combinations are counted
FAMILY = "family"  # stands for a change of family


class Line(NamedTuple):
    """A component's parameters in both models; None in a model that lacks it."""

    name: str
    before: int | None
    after: int | None

    @property
    def difference(self) -> int:
        return (self.after or 0) - (self.before or 0)

    @property
    def ratio(self) -> float | None:
        """after / before; None if before is zero or missing."""
        return (self.after or 0) / self.before if self.before else None


class Cause(NamedTuple):
    """A hyperparameter that differs, and its contribution to the difference.

    *attributed* is its Shapley value in whole parameters, which add up to the difference; *exact* is the value before
    rounding. *alone* is how the first model's count changes if only this hyperparameter does.
    """

    field: str
    before: int | bool | str
    after: int | bool | str
    attributed: int
    exact: Fraction
    alone: int


class Comparison(NamedTuple):
    """How the model *after* differs from *before*. *causes* is None if no intermediate shapes exist."""

    before: Spec
    after: Spec
    components: list[Line]
    total: Line
    non_embedding: Line
    active: Line
    causes: list[Cause] | None

    def __repr__(self) -> str:
        change = f"{self.total.difference:+,} parameters, {self.before.name} to {self.after.name}"
        return f"<{change}: {self.total.before or 0:,} to {self.total.after or 0:,}>"

    def _repr_html_(self) -> str:
        return html(repr(self)[1:-1], self.to_frame())

    def to_frame(self) -> pandas.DataFrame:
        """A row per component, then the sums: both counts, their difference and ratio. Needs pandas."""
        lines = (*self.components, self.total, self.non_embedding, self.active)
        return frame(
            [{**line._asdict(), "difference": line.difference, "ratio": line.ratio} for line in lines], index="name"
        )


def compare(before: Spec, after: Spec) -> Comparison:
    """Compare *after* with *before* by component, and attribute the difference to hyperparameters."""
    old, new = before.model(), after.model()
    counts, others = old.by_component(), new.by_component()
    names = merged(list(counts), list(others))
    return Comparison(
        before,
        after,
        [Line(name, counts.get(name), others.get(name)) for name in names],
        Line("total", old.total(), new.total()),
        Line("non-embedding", old.non_embedding(), new.non_embedding()),
        Line("active per token", old.active(), new.active()),
        causes(before, after),
    )


def merged(names: list[str], others: list[str]) -> list[str]:
    """*names* with those that only *others* has, each inserted after its predecessor there."""
    result = list(names)
    for place, name in enumerate(others):
        if name not in result:
            result.insert(result.index(others[place - 1]) + 1 if place else 0, name)
    return result


def causes(before: Spec, after: Spec) -> list[Cause] | None:
    """The hyperparameters that the difference between the totals comes from, largest contribution first.

    The family may be one of them. None if the families have different hyperparameters or don't allow an intermediate
    shape, or if more than MOST sizes differ.
    """
    if before.family.fields != after.family.fields or len(changed(before, after)) > MOST:
        return None
    try:
        return _causes(before, after)
    except InputError:
        return None


def changed(before: Spec, after: Spec) -> list[str]:
    """The hyperparameters that differ, including the family, without sizes tied to another in both models."""
    follow = _follow(before, after)
    old, new = ({FAMILY: spec.family, **spec.sizes} for spec in (before, after))
    return [name for name in old if old[name] != new[name] and name not in follow]


def _causes(before: Spec, after: Spec) -> list[Cause]:
    follow = _follow(before, after)
    old, new = ({FAMILY: spec.family, **spec.sizes} for spec in (before, after))
    players = changed(before, after)

    def count(fields: frozenset[str]) -> int:
        mixed = {name: (new if name in fields else old)[name] for name in old if name not in follow}
        family = mixed.pop(FAMILY)
        total: int = family.build(**family.settle(mixed)).total()
        return total

    if count(frozenset(players)) != after.model().total():
        raise InputError("the models differ in more than their sizes")
    values = shapley(players, count)
    alone = {field: count(frozenset([field])) - count(frozenset()) for field in players}
    found = [
        Cause(field, _named(old[field]), _named(new[field]), attributed, values[field], alone[field])
        for field, attributed in whole(values).items()
    ]
    return sorted(found, key=lambda cause: -abs(cause.exact))


def shapley(players: list[str], value: Callable[[frozenset[str]], int]) -> dict[str, Fraction]:
    """Each player's share of value(all) − value(none), exactly; *value* is called once for each set of players."""
    subsets = [frozenset(chosen) for size in range(len(players) + 1) for chosen in combinations(players, size)]
    values = {subset: value(subset) for subset in subsets}
    orders = factorial(len(players))

    def part(player: str) -> Fraction:
        without = (subset for subset in subsets if player not in subset)
        gains = ((len(subset), values[subset | {player}] - values[subset]) for subset in without)
        return Fraction(sum(factorial(n) * factorial(len(players) - n - 1) * gain for n, gain in gains), orders)

    return {player: part(player) for player in players}


def whole(values: dict[str, Fraction]) -> dict[str, int]:
    """*values*, whose sum is an int, rounded to ints of the same sum: down, and up for the largest remainders."""
    floors = {name: value.numerator // value.denominator for name, value in values.items()}
    missing = sum(values.values()) - sum(floors.values())
    largest = sorted(values, key=lambda name: floors[name] - values[name])[: int(missing)]
    return {name: floor + (name in largest) for name, floor in floors.items()}


def _follow(before: Spec, after: Spec) -> set[str]:
    """The sizes tied to another in both models at the same ratio."""
    return {field for field, _ in before.family.kept(before.sizes).items() & after.family.kept(after.sizes).items()}


def _named(value: Any) -> int | bool | str:
    return value if isinstance(value, int) else str(value.name)
