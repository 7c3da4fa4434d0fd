"""What there is by name: models, families, tables."""

from __future__ import annotations


def list_models(
    *words: str, family: str = "", least: int | str | None = None, most: int | str | None = None
) -> list[str]:
    """The catalog's names, or those of a *family* with all *words* in them, of *least* to *most* parameters.

    A word may stand in the name, an alias or the family, however it is spelt. Bounds are numbers or texts: 10**9, "1B".
    Raises paramcount.errors.InputError on a family that no model is of, and on bounds that no number lies between.

    >>> list_models("gpt3", least="100B")
    ['gpt3-175b']
    """
    from paramcount.catalog.listing import chosen
    from paramcount.catalog.names import names
    from paramcount.quantity import whole_number

    low = None if least is None else whole_number(least, "least")
    high = None if most is None else whole_number(most, "most")
    if not (words or family or low or high):
        return names()
    return [one.model for one in chosen(words, family, low, high)]


def list_families() -> dict[str, tuple[str, ...]]:
    """The families whose sizes `load` takes, each with the names of its sizes and switches.

    >>> list_families()["gpt"]
    ('n_layers', 'd_model', 'n_heads', 'd_head', 'd_ff', 'n_vocab', 'n_ctx', 'tied')
    """
    from paramcount.catalog.families import FAMILIES

    return {name: tuple(family.fields) for name, family in FAMILIES.items()}


def list_tables() -> list[str]:
    """The short names of the tables that `table` and `audit` take, those of costs, which only `audit` takes, last.

    >>> "gpt3" in list_tables(), list_tables()[-1]
    (True, 'training-costs')
    """
    from paramcount.auditing.costs.table import OURS
    from paramcount.papers.tables import tables

    return [*tables(), *OURS]
