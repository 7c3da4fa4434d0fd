"""A request with every default filled in, and the recipes by which its shapes follow from d_model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from math import lcm, prod
from typing import NamedTuple, Protocol

from paramcount.catalog.spec import Spec
from paramcount.config.rules import Quotient, in_order
from paramcount.errors import InputError
from paramcount.models.design import Design
from paramcount.solver.choice import Aspect, Choice, Span
from paramcount.solver.proportions import Proportion, Sharing, least

AT_MOST = {"n_active_experts": "n_experts"}  # a size, and the one that bounds it
FINEST = 512  # multiples of the unit width tried until every exact quotient is whole
MOST_RECIPES = 20_000  # about 20 s to set up


class Meter(Protocol):
    """A shape's use of budgets other than a parameter count: *at* by formulas of its sizes, *of* by a model's readings.

    Both are whole numbers that increase with every size, on a scale where *full* is a budget used up. *stopped* says
    why the nearest shape is rejected when a *share* of the budget may be left unused.
    """

    @property
    def full(self) -> int: ...
    def at(self, values: Mapping[str, int]) -> int: ...
    def of(self, spec: Spec) -> int: ...
    def error(self, used: int) -> float: ...
    def stopped(self, spec: Spec, share: Fraction) -> str: ...


class Problem(NamedTuple):
    """A request with every default filled in.

    *others* are the sizes that do not follow from d_model (n_vocab, n_ctx, n_experts), *widths* the proportions of
    those that do (d_ff), *depths* those of other depths to n_layers. *attention* is n_heads·d_head/d_model, *sharing*
    how many heads have keys and values; *tp* divides n_heads, d_model, d_ff and n_vocab; *powers* asks for powers of
    two; *reading* is the kind of count that the budget is for (see paramcount.ledger.model.Model.read), *meter* the
    use of budgets that are not counts; *like* is the model given by --like.
    """

    family: Design
    switches: dict[str, bool]
    n_layers: Choice
    d_model: Choice
    n_heads: Choice
    d_head: tuple[int, ...]
    others: dict[str, Choice]
    widths: dict[str, tuple[Proportion, ...]]
    depths: Mapping[str, Proportion] = {}
    sharing: tuple[Sharing, ...] = (Sharing(),)
    attention: Fraction = Fraction(1)
    multiple_of: int = 1
    tp: int = 1
    powers: bool = False
    aspect: Aspect | None = None
    reading: str = "total"
    like: str = ""
    meter: Meter | None = None


class Recipe(NamedTuple):
    """How a shape follows from d_model: the size of its heads, how they share keys, and each width's proportion."""

    d_head: int
    sharing: Sharing
    widths: dict[str, Proportion]


def beside(family: Design) -> tuple[str, ...]:
    """The family's sizes other than depth, width and heads, in its order: d_ff, n_vocab, n_ctx."""
    return tuple(field for field in family.sizes if field not in family.roles.values())


def is_width(field: str) -> bool:
    """Whether a size is a width, like d_ff, rather than a number of something."""
    return field.startswith("d_")


def recipes(problem: Problem) -> Iterator[Recipe]:
    """Every recipe that *problem* allows; raises InputError if they are too many."""
    counts = {"d_head": len(problem.d_head), "n_kv_heads": len(problem.sharing)}
    counts |= {f"{field}/d_model": len(proportions) for field, proportions in problem.widths.items()}
    if (many := prod(counts.values())) > MOST_RECIPES:
        stated = ", ".join(f"{count:,} of {field}" for field, count in counts.items() if count > 1)
        raise InputError(f"too many shapes: {stated} make {many:,} combinations; valid: at most {MOST_RECIPES:,}")
    for d_head in problem.d_head:
        for proportions in product(*problem.widths.values()):
            for sharing in problem.sharing:
                yield Recipe(d_head, sharing, dict(zip(problem.widths, proportions, strict=True)))


def unit_of(problem: Problem, recipe: Recipe) -> int:
    """The unit of which every d_model is a multiple, so that heads and d_ff are whole and divisible as required."""
    widths = (proportion.unit(problem.tp) for proportion in recipe.widths.values())
    unit = lcm(unit_of_heads(problem, recipe.d_head, recipe.sharing), *widths, problem.multiple_of, problem.tp)
    for rule in problem.family.rules.values():
        if isinstance(rule, Quotient) and rule.rounded == "exactly":
            unit *= next((k for k in range(1, FINEST) if rule.value(_at(problem, recipe, k * unit)) is not None), 1)
    return unit


def _at(problem: Problem, recipe: Recipe, d_model: int) -> dict[str, int]:
    """The sizes that go with *d_model*, with free ones at their first value."""
    first = {name: choice.low if isinstance(choice, Span) else choice[0] for name, choice in problem.others.items()}
    widths = {name: rule.of(d_model) for name, rule in recipe.widths.items()}
    n_layers = problem.n_layers.low if isinstance(problem.n_layers, Span) else problem.n_layers[0]
    n_heads = n_heads_of(problem, d_model, recipe.d_head)
    own = {"n_layers": n_layers, "d_model": d_model, "n_heads": n_heads, "d_head": recipe.d_head}
    own["n_kv_heads"] = recipe.sharing.of(n_heads)
    depths = {name: rule.of(n_layers) for name, rule in problem.depths.items()}
    sizes = {**first, **widths, **depths, **{name: own[role] for role, name in problem.family.roles.items()}}
    for name, rule in in_order(problem.family.rules).items():
        sizes[name] = rule.value(sizes) or 1
    return sizes


def unit_of_heads(problem: Problem, d_head: int, sharing: Sharing) -> int:
    """The d_model whose multiples all have a whole n_heads, divisible by tp and as *sharing* needs."""
    return least(problem.attention / d_head, lcm(problem.tp, sharing.step))


def n_heads_of(problem: Problem, d_model: int, d_head: int) -> int:
    """The n_heads that give attention its proportion of *d_model*."""
    return d_model * problem.attention.numerator // (problem.attention.denominator * d_head)
