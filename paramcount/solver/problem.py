"""A request with every default filled in, and the ways in which its shapes may follow from their d_model."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from math import lcm, prod
from typing import NamedTuple

from paramcount.errors import InputError
from paramcount.families import Family
from paramcount.solver.choice import Aspect, Choice
from paramcount.solver.proportions import Proportion, Sharing, least

HEADS = ("n_heads", "n_kv_heads", "d_head")
AT_MOST = {"n_active_experts": "n_experts"}  # a size, and the one that it does not exceed
MOST_RECIPES = 20_000  # some 20 s to set up


class Wishes(NamedTuple):
    """A request with every default filled in.

    *others* are the sizes that do not follow from d_model (n_vocab, n_ctx, n_experts), *widths* the proportions of
    those that do (d_ff). *attention* is n_heads·d_head/d_model and *sharing* how many heads have keys and values; *tp*
    divides n_heads, d_model, d_ff and n_vocab; *powers* asks for powers of two; *reading* is the count that the budget
    is for, as paramcount.ledger.model.Model.read has it.
    """

    family: Family
    switches: dict[str, bool]
    n_layers: Choice
    d_model: Choice
    n_heads: Choice
    d_head: tuple[int, ...]
    others: dict[str, Choice]
    widths: dict[str, tuple[Proportion, ...]]
    sharing: tuple[Sharing, ...] = (Sharing(),)
    attention: Fraction = Fraction(1)
    multiple_of: int = 1
    tp: int = 1
    powers: bool = False
    aspect: Aspect | None = None
    reading: str = "total"


class Recipe(NamedTuple):
    """How a shape follows from its d_model: the size of its heads, how they share keys, each width's proportion."""

    d_head: int
    sharing: Sharing
    widths: dict[str, Proportion]


def beside(family: Family) -> tuple[str, ...]:
    """The family's sizes beside depth, width and heads, in its order: d_ff, n_vocab, n_ctx."""
    return tuple(field for field in family.sizes if field not in ("n_layers", "d_model", *HEADS))


def is_width(field: str) -> bool:
    """Whether a size is a width, as d_ff is, and not a number of something."""
    return field.startswith("d_")


def recipes(wishes: Wishes) -> Iterator[Recipe]:
    """Every recipe that *wishes* admits; raises InputError where they are too many."""
    counts = {"d_head": len(wishes.d_head), "n_kv_heads": len(wishes.sharing)}
    counts |= {f"{field}/d_model": len(proportions) for field, proportions in wishes.widths.items()}
    if (many := prod(counts.values())) > MOST_RECIPES:
        stated = ", ".join(f"{count:,} of {field}" for field, count in counts.items() if count > 1)
        raise InputError(f"too many shapes: {stated} make {many:,} ways to choose; valid: at most {MOST_RECIPES:,}")
    for d_head in wishes.d_head:
        for proportions in product(*wishes.widths.values()):
            for sharing in wishes.sharing:
                yield Recipe(d_head, sharing, dict(zip(wishes.widths, proportions, strict=True)))


def unit_of(wishes: Wishes, recipe: Recipe) -> int:
    """The width that every d_model is a multiple of, so that heads and d_ff are whole and all that must divides."""
    widths = (proportion.unit(wishes.tp) for proportion in recipe.widths.values())
    return lcm(unit_of_heads(wishes, recipe.d_head, recipe.sharing), *widths, wishes.multiple_of, wishes.tp)


def unit_of_heads(wishes: Wishes, d_head: int, sharing: Sharing) -> int:
    """The d_model of which every multiple has a whole n_heads that tp divides and that *sharing* divides evenly."""
    return least(wishes.attention / d_head, lcm(wishes.tp, sharing.step))


def n_heads_of(wishes: Wishes, d_model: int, d_head: int) -> int:
    """The n_heads with which attention has its share of *d_model*."""
    return d_model * wishes.attention.numerator // (wishes.attention.denominator * d_head)
