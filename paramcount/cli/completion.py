"""Shell completion for the values of options, each looked up only when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click

Complete = Callable[[click.Context, click.Parameter, str], list[str]]
ASSUMED = ("n_heads*d_head=d_model", "d_ff=4*d_model")


def _of(names: Callable[[], Iterable[str]]) -> Complete:
    """Completion from *names*, ignoring case."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
        return [name for name in names() if name.lower().startswith(incomplete.lower())]

    return complete


def _accelerators() -> Iterable[str]:
    from paramcount.costs.accelerators import accelerators

    return accelerators()


def _recipes() -> Iterable[str]:
    from paramcount.costs.memory.recipes import recipes

    return recipes()


def _formats() -> Iterable[str]:
    from paramcount.costs.memory.formats import GGUF, formats
    from paramcount.costs.memory.gguf import BLOCKS, MIXTURES

    return [*formats(), *(f"{GGUF}{name}" for name in (*MIXTURES, *BLOCKS))]


def _laws() -> Iterable[str]:
    from paramcount.scaling.laws import LAWS

    return LAWS


def _runs() -> Iterable[str]:
    from paramcount.costs.training.published import utilisations

    return utilisations()


def _ranks() -> Iterable[str]:
    from paramcount.solver import RANKS

    return RANKS


def _types() -> Iterable[str]:
    from paramcount.models.index import PLACES

    return PLACES


def _families() -> Iterable[str]:
    from paramcount.catalog.listing import families

    return families()


def _sizes(ctx: click.Context) -> list[str]:
    """The sizes and switches of the first model or family on the command line."""
    from paramcount.catalog.families import FAMILIES
    from paramcount.catalog.locate import resolve
    from paramcount.errors import InputError

    words = [ctx.params.get(name) for name in ("models", "name", "like")]
    given = next(filter(None, [*words, ctx.args]), ())
    named = [given] if isinstance(given, str) else list(given)
    if not named:
        return []
    if family := FAMILIES.get(named[0]):
        return list(family.fields)
    try:
        return list(resolve(named[0]).family.fields)
    except InputError:
        return []


def sizes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Completion for the sizes of the model on the command line."""
    return [name for name in _sizes(ctx) if name.startswith(incomplete)]


def changes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Completion for --set: FIELD= for each size of the model on the command line."""
    return [f"{name}=" for name in sizes(ctx, param, incomplete)]


widths = _of(lambda: ("single", "double"))
accelerators, recipes, formats = _of(_accelerators), _of(_recipes), _of(_formats)
laws, runs, ranks, types, families = _of(_laws), _of(_runs), _of(_ranks), _of(_types), _of(_families)
assumed = _of(lambda: ASSUMED)
