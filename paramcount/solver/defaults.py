"""What a request leaves open: by its budget, or by the model that it is to be like."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from paramcount.catalog import find
from paramcount.errors import InputError
from paramcount.families import FAMILIES, Family
from paramcount.published import read
from paramcount.solver.choice import Aspect, Choice, Span
from paramcount.solver.trend import catalog
from paramcount.spec import Spec

SIZES = ("n_layers", "d_model", "n_heads", "d_head", "d_ff", "n_vocab", "n_ctx")
N_LAYERS = Span(1, 1024)


class Defaults(NamedTuple):
    """The sizes and conventions of a request that names none, and *where* they are from.

    *target* is the aspect ratio to aim at, where a model and not the trend of all gives it.
    """

    family: Family
    switches: dict[str, bool]
    n_vocab: Choice
    n_ctx: Choice
    d_head: tuple[int, ...]
    ratio: Fraction = Fraction(4)
    attention: Fraction = Fraction(1)
    aspect: Aspect | None = None
    target: Fraction | None = None
    where: str = ""


def solvable(family: Family) -> bool:
    """Whether the family has the sizes that are solved for, and no others."""
    return set(family.sizes) == set(SIZES)


def by_budget(budget: int) -> Defaults:
    """GPT-3's vocabulary, context and head sizes, or those of smaller models for budgets that cannot hold them."""
    row = [row for row in read("solve_defaults.csv") if int(row["from_params"]) <= budget][-1]
    heads = tuple(map(int, row["d_head"].split(";")))
    n_vocab, n_ctx = int(row["n_vocab"]), int(row["n_ctx"])
    family = FAMILIES["gpt"]
    return Defaults(family, dict(family.switches), (n_vocab,), (n_ctx,), heads, where=row["name"])


def by_catalog(budget: int) -> Defaults:
    """Every vocabulary, context and head size that such models have in the catalog, beside what the budget gives."""
    usual = by_budget(budget)
    specs = [spec for spec in catalog() if solvable(spec.family)]

    def also(choice: Choice, field: str) -> tuple[int, ...]:
        return tuple(sorted({*choice, *(spec.sizes[field] for spec in specs)}))

    heads = also(usual.d_head, "d_head")
    vocabularies, contexts = also(usual.n_vocab, "n_vocab"), also(usual.n_ctx, "n_ctx")
    return usual._replace(n_vocab=vocabularies, n_ctx=contexts, d_head=heads, where="models of the catalog")


def by_model(name: str) -> Defaults:
    """The conventions and proportions of a model of the catalog; its aspect ratio within 25 %.

    Raises UnknownModelError, or InputError on a family that has sizes of its own.
    """
    spec = find(name)
    if not solvable(spec.family):
        own = ", ".join(sorted(set(spec.family.sizes) ^ set(SIZES)))
        known = ", ".join(other for other, family in FAMILIES.items() if solvable(family))
        raise InputError(
            f"--like {name}: {spec.family.name} differs in {own}, for which nothing is solved; valid: models of {known}"
        )
    return _like(spec)


def _like(spec: Spec) -> Defaults:
    sizes, d_model = spec.sizes, spec.sizes["d_model"]
    target = Fraction(d_model, sizes["n_layers"])
    return Defaults(
        spec.family,
        {switch: sizes[switch] for switch in spec.family.switches},
        (sizes["n_vocab"],),
        (sizes["n_ctx"],),
        (sizes["d_head"],),
        ratio=Fraction(sizes["d_ff"], d_model),
        attention=Fraction(sizes["n_heads"] * sizes["d_head"], d_model),
        aspect=(target * 3 / 4, target * 5 / 4),
        target=target,
        where=spec.name,
    )
