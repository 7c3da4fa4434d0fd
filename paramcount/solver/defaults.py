"""Defaults for what a request leaves open, from its budget or from the model given by --like."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from paramcount.catalog.families import FAMILIES
from paramcount.catalog.family import Family
from paramcount.catalog.locate import resolve
from paramcount.catalog.spec import OF_COSTS, Spec, marked
from paramcount.errors import InputError
from paramcount.models.configured import Configured
from paramcount.models.design import Design, Sizes
from paramcount.papers.tables import read
from paramcount.solver.choice import Aspect, Choice, Span
from paramcount.solver.problem import beside, is_width
from paramcount.solver.proportions import Proportion, Sharing
from paramcount.solver.scaled import Scaled, proportion
from paramcount.solver.usual import catalog

READINGS = ("total", "non-embedding", "active")
N_LAYERS = Span(1, 1024)


class Defaults(NamedTuple):
    """The sizes and conventions of a request that names none, and *where* they come from.

    *others*, *widths*, *depths*, *sharing* and *attention* are as in paramcount.solver.problem.Problem. With --like,
    *target* is that model's aspect ratio and *own* its depth and width. *n_layers* holds the possible depths.
    """

    family: Design
    switches: dict[str, bool]
    others: dict[str, tuple[int, ...]]
    d_head: tuple[int, ...]
    widths: dict[str, Proportion]
    depths: Mapping[str, Proportion] = {}
    sharing: Sharing = Sharing()
    attention: Fraction = Fraction(1)
    aspect: Aspect | None = None
    target: Fraction | None = None
    n_layers: Choice = N_LAYERS
    own: tuple[int, int] | None = None
    where: str = ""

    @property
    def is_gpt3s(self) -> bool:
        """Whether the design is GPT-3's, because --like is not given."""
        return self.target is None


def by_budget(budget: int) -> Defaults:
    """GPT-3's vocabulary, context and head sizes, or those of smaller models for budgets too small for them."""
    row = [row for row in read("solve_defaults.csv") if int(row["from_params"]) <= budget][-1]
    heads = tuple(map(int, row["d_head"].split(";")))
    others: dict[str, tuple[int, ...]] = {field: (int(row[field]),) for field in ("n_vocab", "n_ctx")}
    family = FAMILIES["gpt"]
    widths = {"d_ff": Proportion(Fraction(4))}
    return Defaults(family, dict(family.switches), others, heads, widths, where=row["name"])


def by_catalog(budget: int) -> Defaults:
    """Every vocabulary, context and head size of such models in the catalog, and those of the budget."""
    usual = by_budget(budget)
    specs = [spec for spec in catalog() if spec.family.sizes == usual.family.sizes]

    def also(values: tuple[int, ...], field: str) -> tuple[int, ...]:
        return tuple(sorted({*values, *(spec.sizes[field] for spec in specs)}))

    others = {field: also(values, field) for field, values in usual.others.items()}
    return usual._replace(others=others, d_head=also(usual.d_head, "d_head"), where="models in the catalog")


def by_model(name: str) -> Defaults:
    """The conventions and proportions of a model, by its name or its config; its aspect ratio within 25 %.

    Widths (d_ff) keep their proportion to d_model, a second depth its proportion to the first, numbers (n_vocab,
    n_experts) stay as they are. Raises UnknownModelError, or InputError on a model that cannot be scaled.
    """
    return by_spec(resolve(name, part=OF_COSTS), name)


def by_spec(spec: Spec, name: str) -> Defaults:
    """As by_model, for a model already found; *name* is its name in errors."""
    if isinstance(spec.family, Family):
        return _like(spec.name, spec.family, spec.sizes)
    if not isinstance(spec.family, Configured):
        raise InputError(f"--like {name}: {spec.family.summary}, so it has no sizes to scale; valid: another model")
    for family in FAMILIES.values():
        if sizes := _same(family, spec):
            return _like(spec.name, family, sizes)
    try:
        scaled = Scaled(spec.family)
    except InputError as error:
        raise InputError(f"--like {name}: {error}; valid: another model") from None
    return _like_config(marked(name, spec.part), scaled)


def _same(family: Family, spec: Spec) -> Sizes | None:
    """The sizes and conventions under which *family* has the counts of *spec*; None if there are none."""
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
    d_model, fields = sizes["d_model"], beside(family)
    return _proportioned(
        Defaults(
            family,
            {switch: sizes[switch] for switch in family.switches},
            {field: (sizes[field],) for field in fields if not is_width(field)},
            (),
            {field: proportion(sizes[field], d_model) for field in fields if is_width(field)},
            where=name,
        ),
        sizes,
    )


def _like_config(name: str, scaled: Scaled) -> Defaults:
    widths, depths = scaled.proportions(), scaled.depths()
    depth = scaled.own_depth()
    others = [field for field in beside(scaled) if field not in {**widths, **depths}]
    return _proportioned(
        Defaults(
            scaled,
            dict(scaled.switches),
            {field: (scaled.values[field],) for field in others},
            (),
            widths,
            depths=depths,
            n_layers=N_LAYERS if depth is None else (depth,),
            own=(scaled.values[scaled.roles["n_layers"]], scaled.values[scaled.roles["d_model"]]),
            where=name,
        ),
        {role: scaled.values[own] for role, own in scaled.roles.items()},
    )


def _proportioned(defaults: Defaults, sizes: Sizes) -> Defaults:
    """*defaults* with the heads and the aspect ratio of a model with these *sizes*.

    If it has no heads, or its heads have no width, one unit of width stands for a head.
    """
    d_model, d_head = sizes["d_model"], sizes.get("d_head", 1)
    n_heads = sizes.get("n_heads", d_model // d_head)
    target = Fraction(d_model, sizes["n_layers"])
    return defaults._replace(
        d_head=(d_head,),
        sharing=_sharing(n_heads, sizes["n_kv_heads"]) if "n_kv_heads" in sizes else Sharing(),
        attention=Fraction(n_heads * d_head, d_model),
        aspect=(target * 3 / 4, target * 5 / 4),
        target=target,
    )


def _sharing(n_heads: int, n_kv_heads: int) -> Sharing:
    """One key and value head for multi-query attention; otherwise groups of the same size."""
    return Sharing(number=1) if n_kv_heads == 1 else Sharing(group=n_heads // n_kv_heads)
