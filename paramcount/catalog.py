"""Named models: the rows of published tables that a family can state, and models given by their sizes."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from paramcount.errors import InputError
from paramcount.families import FAMILIES, Family, SizeError
from paramcount.families.family import Sizes
from paramcount.model import Model
from paramcount.polynomial import Polynomial
from paramcount.printed import Claim, claim
from paramcount.published import Table, tables


class UnknownModelError(InputError):
    """A name that is neither in the catalog nor a family; the message suggests some that are."""

    def __init__(self, name: str, also: Iterable[str] = ()):
        self.name = name
        near = suggestions(name.lower(), [*_places(), *_aliases(), *FAMILIES, *also])
        hint = f"did you mean {near}?" if near else "`paramcount models` lists the names"
        super().__init__(f"{name}: no model of this name; {hint}")


class Published(NamedTuple):
    """A count as some source printed it, and what it claims. *place* is the last part of *source*: Table 2.1."""

    source: str
    place: str
    printed: str
    claim: Claim


class Spec(NamedTuple):
    """A model of the catalog, or one given by its sizes: its family, its settled sizes, and what was printed of it.

    *assumed* says why a size holds that its source does not print; *overridden* is what was set over the catalog's.
    """

    name: str
    family: Family
    sizes: Sizes
    table: str = ""
    row: str = ""
    assumed: Mapping[str, str] = {}
    published: tuple[Published, ...] = ()
    overridden: Mapping[str, int | bool] = {}

    def model(self) -> Model:
        """The model in exact ints."""
        return self.family.build(**self.sizes)

    def symbolic(self) -> Model:
        """The same model over symbols, d_ff written as 4·d_model where it is that."""
        return self.family.build(**self.family.symbols(self.sizes))

    def formula(self) -> Polynomial:
        """The exact total as a polynomial in the sizes."""
        total = self.symbolic().total()
        assert isinstance(total, Polynomial)
        return total

    def title(self) -> str:
        changes = ", ".join(f"{field} = {value}" for field, value in self.overridden.items())
        return f"{self.name} with {changes}" if changes else self.name


def find(name: str) -> Spec:
    """The model called *name* in the catalog; raises UnknownModelError with the nearest names."""
    key = name.lower()
    places = _places().get(_aliases().get(key, key))
    if places is None:
        raise UnknownModelError(name)
    return _spec(_aliases().get(key, key), places)


def resolve(name: str, changes: Iterable[str] = ()) -> Spec:
    """A catalog model with *changes* ("field=value") over it, or the family *name* with all its sizes in *changes*.

    Raises UnknownModelError or paramcount.families.SizeError.
    """
    if family := FAMILIES.get(name.lower()):
        return Spec(family.name, family, family.settle(read_changes(family, changes)))
    spec = find(name)
    return override(spec, read_changes(spec.family, changes))


def override(spec: Spec, changes: Mapping[str, int | bool]) -> Spec:
    """*spec* with some sizes set anew; a size that was tied to d_model follows it."""
    follows = spec.family.kept(spec.sizes)
    kept = {field: value for field, value in spec.sizes.items() if field not in follows}
    sizes = spec.family.settle({**kept, **changes})
    return spec._replace(sizes=sizes, overridden={**spec.overridden, **changes})


def read_changes(family: Family, changes: Iterable[str]) -> dict[str, int | bool]:
    """["n_heads=16", "tied=false"] as fields and values of *family*."""
    values: dict[str, int | bool] = {}
    for change in changes:
        field, equals, text = change.partition("=")
        if not equals:
            raise SizeError(f"--set {change}: no value; valid: --set FIELD=VALUE with {', '.join(family.fields)}")
        values[field.strip()] = family.read(field.strip(), text.strip())
    return values


def names() -> list[str]:
    """The catalog's names, as `paramcount models` lists them."""
    return list(_places())


def aliases_of(name: str) -> list[str]:
    return [alias for alias, target in _aliases().items() if target == name]


def everything() -> list[Spec]:
    """Every model of the catalog."""
    return [find(name) for name in names()]


def suggestions(name: str, known: Iterable[str]) -> str:
    """The up to three of *known* nearest to *name*, joined by commas."""
    from difflib import get_close_matches  # only a typo pays for it

    return ", ".join(get_close_matches(name, sorted(known), n=3, cutoff=0.5))


@cache
def _places() -> dict[str, list[tuple[Table, str]]]:
    """Where each model is printed, the table that gives its shape (the one with a family) first."""
    places: dict[str, list[tuple[Table, str]]] = {}
    for table in sorted(tables().values(), key=lambda table: not table.family):
        for row, model in table.models.items():
            places.setdefault(model, []).append((table, row))
    return places


@cache
def _aliases() -> dict[str, str]:
    return {alias: model for table in tables().values() for alias, model in table.aliases.items()}


def _spec(name: str, places: list[tuple[Table, str]]) -> Spec:
    table, label = places[0]
    cells = _row(table, label)
    family = FAMILIES[table.family]
    given = {field: int(cells[field]) for field in family.sizes if cells.get(field)}
    if ratio := cells.get("d_ff_over_d_model"):
        given["d_ff"] = int(ratio) * given["d_model"]
    assumed = {field: why for field, why in _assumed(table) if field not in given}
    given = {**{field: table.assumed[field].value for field in assumed}, **given}
    published = tuple(figure for place in places for figure in _published(*place))
    return Spec(name, family, family.settle(given), table.name, label, assumed, published)


def _assumed(table: Table) -> list[tuple[str, str]]:
    return [(field, assumption.why) for field, assumption in table.assumed.items()]


def _row(table: Table, label: str) -> dict[str, str]:
    return next(cells for cells in table.rows() if cells["model"] == label)


def _published(table: Table, label: str) -> list[Published]:
    document = table.source.partition(",")[0]
    cells = _row(table, label)
    return [
        Published(f"{document}, {where}", where, cells[column], claim(cells[column], table.insignificant_zeros))
        for column, where in table.printed.items()
        if cells.get(column)
    ]
