"""What a request leaves open: by its budget, or by the model that it is to be like."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import gcd
from typing import NamedTuple

from paramcount.catalog.locate import resolve
from paramcount.catalog.spec import Spec
from paramcount.errors import InputError
from paramcount.families import FAMILIES, Family
from paramcount.families.family import Sizes
from paramcount.papers.tables import read
from paramcount.solver.choice import Aspect, Span
from paramcount.solver.problem import beside, is_width
from paramcount.solver.proportions import Proportion, Sharing
from paramcount.solver.usual import catalog

READINGS = ("total", "non-embedding", "active")
N_LAYERS = Span(1, 1024)
MULTIPLE = 256  # to which LLaMA's released code rounds d_ff (facebookresearch/llama, model.py: multiple_of)


class Defaults(NamedTuple):
    """The sizes and conventions of a request that names none, and *where* they are from.

    *others*, *widths*, *sharing* and *attention* are as in paramcount.solver.problem.Wishes; *target* is the aspect
    ratio to aim at, where a model and not the trend of all gives it.
    """

    family: Family
    switches: dict[str, bool]
    others: dict[str, tuple[int, ...]]
    d_head: tuple[int, ...]
    widths: dict[str, Proportion]
    sharing: Sharing = Sharing()
    attention: Fraction = Fraction(1)
    aspect: Aspect | None = None
    target: Fraction | None = None
    where: str = ""


def by_budget(budget: int) -> Defaults:
    """GPT-3's vocabulary, context and head sizes, or those of smaller models for budgets that cannot hold them."""
    row = [row for row in read("solve_defaults.csv") if int(row["from_params"]) <= budget][-1]
    heads = tuple(map(int, row["d_head"].split(";")))
    others: dict[str, tuple[int, ...]] = {field: (int(row[field]),) for field in ("n_vocab", "n_ctx")}
    family = FAMILIES["gpt"]
    widths = {"d_ff": Proportion(Fraction(4))}
    return Defaults(family, dict(family.switches), others, heads, widths, where=row["name"])


def by_catalog(budget: int) -> Defaults:
    """Every vocabulary, context and head size that such models have in the catalog, beside what the budget gives."""
    usual = by_budget(budget)
    specs = [spec for spec in catalog() if spec.family.sizes == usual.family.sizes]

    def also(values: tuple[int, ...], field: str) -> tuple[int, ...]:
        return tuple(sorted({*values, *(spec.sizes[field] for spec in specs)}))

    others = {field: also(values, field) for field, values in usual.others.items()}
    return usual._replace(others=others, d_head=also(usual.d_head, "d_head"), where="models of the catalog")


def by_model(name: str) -> Defaults:
    """The conventions and proportions of a model, by its name or its config; its aspect ratio within 25 %.

    Widths (d_ff) keep their proportion to d_model, numbers (n_vocab, n_experts) stay as they are. Raises
    UnknownModelError, or InputError on a config that no family counts.
    """
    spec = resolve(name)
    if isinstance(spec.family, Family):
        return _like(spec.name, spec.family, spec.sizes)
    for family in FAMILIES.values():
        if sizes := _same(family, spec):
            return _like(spec.name, family, sizes)
    raise InputError(f"--like {name}: no family counts it as its config does; valid: models of {', '.join(FAMILIES)}")


def _same(family: Family, spec: Spec) -> Sizes | None:
    """The sizes and conventions with which *family* has the counts of *spec*, None where it has not."""
    if not set(family.sizes) <= spec.sizes.keys():
        return None
    model = spec.model()
    for switches in product((True, False), repeat=len(family.switches)):
        sizes = {field: int(spec.sizes[field]) for field in family.sizes} | dict(
            zip(family.switches, switches, strict=True)
        )
        counted = family.build(**sizes)
        if all(counted.read(reading) == model.read(reading) for reading in READINGS):
            return sizes
    return None


def _like(name: str, family: Family, sizes: Sizes) -> Defaults:
    d_model, n_heads = sizes["d_model"], sizes["n_heads"]
    target = Fraction(d_model, sizes["n_layers"])
    fields = beside(family)
    return Defaults(
        family,
        {switch: sizes[switch] for switch in family.switches},
        {field: (sizes[field],) for field in fields if not is_width(field)},
        (sizes["d_head"],),
        {field: _proportion(sizes[field], d_model) for field in fields if is_width(field)},
        sharing=_sharing(n_heads, sizes["n_kv_heads"]) if "n_kv_heads" in sizes else Sharing(),
        attention=Fraction(n_heads * sizes["d_head"], d_model),
        aspect=(target * 3 / 4, target * 5 / 4),
        target=target,
        where=name,
    )


def _proportion(width: int, d_model: int) -> Proportion:
    """A whole ratio holds exactly; of another the widths are rounded, as the model's own must have been."""
    ratio = Fraction(width, d_model)
    return Proportion(ratio, 0 if ratio.denominator == 1 else gcd(width, MULTIPLE))


def _sharing(n_heads: int, n_kv_heads: int) -> Sharing:
    """Multi-query attention has one key and value whatever its heads; other models keep the size of their groups."""
    return Sharing(number=1) if n_kv_heads == 1 else Sharing(group=n_heads // n_kv_heads)
