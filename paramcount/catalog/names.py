"""Named models: rows of published tables that a family can count, and families with given sizes."""

from collections.abc import Iterable
from functools import cache

from paramcount.catalog.called import meant, suggestions
from paramcount.catalog.families import FAMILIES, family_named
from paramcount.catalog.rows import figures, label_of, stated
from paramcount.catalog.spec import Published, Spec, override, read_changes
from paramcount.errors import InputError
from paramcount.models.design import MissingError
from paramcount.models.index import PLACES
from paramcount.papers.claim import claim
from paramcount.papers.preamble import Table
from paramcount.papers.tables import folder, read, tables

LONGEST = 60  # characters of a name


class UnknownModelError(InputError):
    """A name that is neither in the catalog nor a family; the message suggests some that are."""

    def __init__(self, name: str, also: Iterable[str] = ()):
        self.name = name
        known = [*names(), *_aliases(), *FAMILIES, *also]
        near = suggestions(name[:LONGEST], known) if name.strip() else ""
        hint = f"did you mean {near}?" if near else "`paramcount models` lists the models"
        super().__init__(
            f"{name.strip() or 'an empty name'} is not a known model{' or command' if also else ''}; {hint}"
        )


def find(name: str) -> Spec:
    """The catalog model called *name*; raises UnknownModelError with the nearest names."""
    key = _key(name)
    places = _places().get(key)
    if places is None:
        return _released(name, key)
    (table, label), *others = places
    spec = stated(table, _cells(table, label), key)
    elsewhere = (figure for other, row in others for figure in figures(other, _cells(other, row)))
    return spec._replace(published=(*spec.published, *elsewhere))


def resolve(name: str, changes: Iterable[str] = ()) -> Spec:
    """A catalog model with *changes* ("field=value") applied, or the family *name* with all its sizes in *changes*.

    Raises UnknownModelError or paramcount.models.design.SizeError.
    """
    if not is_model(name.lower()) and (family := family_named(name.lower())):
        changes = list(changes)
        try:
            return Spec(family.name, family, family.settle(read_changes(family, changes)))
        except MissingError as error:
            models = suggested(name)
            if changes or not models:
                raise
            raise InputError(
                f"{name} is a family; valid: one of its models, e.g. {models}, or its sizes: {error.hints}"
            ) from None
    spec = find(name)
    return override(spec, read_changes(spec.family, changes))


def knows(name: str) -> bool:
    """Whether *name* is a catalog name, an alias, or a family."""
    return name.lower() in FAMILIES or name.lower() in PLACES or is_model(name)


def is_model(name: str) -> bool:
    """Whether *name* is a catalog model, an alias of one, or can only mean one: qwen3 8b, gpt-3."""
    key = _key(name)
    return key in _places() or key in released()


@cache
def _key(name: str) -> str:
    """The catalog name of the model that *name* is or can only mean; *name* itself if there is none."""
    key = name.lower()
    key = _aliases().get(key, key)
    if key in _places() or key in released() or key in FAMILIES or key in PLACES or "/" in key or len(key) > LONGEST:
        return key
    return meant(key, {**{known: known for known in names()}, **_aliases()}) or key


def suggested(name: str) -> str:
    """Up to three catalog models that *name* most likely means, joined by commas; "" if none is close."""
    return suggestions(name[:LONGEST], names())


def names() -> list[str]:
    """The catalog's names, as `paramcount models` lists them."""
    return [*_places(), *released()]


def aliases_of(name: str) -> list[str]:
    """The other names of the model called *name*."""
    return [alias for alias, target in _aliases().items() if target == name]


def everything() -> list[Spec]:
    """Every model in the catalog."""
    return [find(name) for name in names()]


def of_tables() -> list[Spec]:
    """The catalog models whose shape comes from a published table."""
    return [find(name) for name in _places()]


def _released(name: str, key: str) -> Spec:
    """The model with that *key* whose config was released; raises UnknownModelError naming *name*."""
    rows = released().get(key)
    if rows is None:
        raise UnknownModelError(name)
    from paramcount.catalog.from_config import spec_of
    from paramcount.config import read as read_config

    spec = spec_of(read_config(f"{folder()}/configs/{key}.json"), key)
    said = tuple(row["note"] for row in rows if row["note"])
    return spec._replace(published=tuple(_figure(row) for row in rows), notes=(*spec.notes, *said))


def _figure(row: dict[str, str]) -> Published:
    place = row["source"].rpartition(", ")[2]
    return Published(row["source"], place, row["params"], claim(row["params"]), row["reading"])


@cache
def _places() -> dict[str, list[tuple[Table, str]]]:
    """Where each model is printed, starting with the table that gives its shape (the one with a family)."""
    places: dict[str, list[tuple[Table, str]]] = {}
    for table in sorted(tables().values(), key=lambda table: not table.families):
        for row, model in table.models.items():
            places.setdefault(model, []).append((table, row))
    return places


@cache
def released() -> dict[str, list[dict[str, str]]]:
    """The rows of tables/released.csv by model: figures printed for the models in tables/configs."""
    rows: dict[str, list[dict[str, str]]] = {}
    for row in read("released.csv"):
        rows.setdefault(row["model"], []).append(row)
    return rows


@cache
def _aliases() -> dict[str, str]:
    aliases = {alias: model for table in tables().values() for alias, model in table.aliases.items()}
    return aliases | {alias: row["model"] for row in read("released.csv") for alias in row["aliases"].split()}


def _cells(table: Table, label: str) -> dict[str, str]:
    return next(cells for cells in read(table.path) if label_of(table, cells) == label)
