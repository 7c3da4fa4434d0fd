"""Lists of names: models, families, tables."""

from __future__ import annotations

from paramcount.arguments import checked


@checked
def list_models(
    *words: str, family: str = "", least: int | str | None = None, most: int | str | None = None
) -> list[str]:
    """The names of the models in the catalog, or only those with all *words*, of a *family*, or within a range.

    A word may be part of the name, of an alias or of the family, in any spelling. *least* and *most* are numbers of
    parameters: 10**9 or "1B". Raises paramcount.errors.InputError on an unknown family and on an empty range.

    >>> list_models("gpt3", least="100B")
    ['gpt3-175b']
    """
    from paramcount.catalog.listing import chosen
    from paramcount.catalog.names import names
    from paramcount.quantity import quantity_of

    low = None if least is None else quantity_of(least, "least")
    high = None if most is None else quantity_of(most, "most")
    if not (words or family or low or high):
        return names()
    return [one.model for one in chosen(words, family, low, high)]


def list_families() -> dict[str, tuple[str, ...]]:
    """The families that `load` takes with all sizes given, each with the names of its sizes and switches.

    >>> list_families()["gpt"]
    ('n_layers', 'd_model', 'n_heads', 'd_head', 'd_ff', 'n_vocab', 'n_ctx', 'tied')
    """
    from paramcount.catalog.families import FAMILIES

    return {name: tuple(family.fields) for name, family in FAMILIES.items()}


def list_tables() -> list[str]:
    """The names of the published tables of sizes. `audit` also takes "training-costs".

    >>> "gpt3" in list_tables()
    True
    """
    from paramcount.papers.tables import tables

    return sorted(tables())
