"""Finds one expression for a number observed at many points: a tensor's side, or the number of layers that have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, combinations_with_replacement
from math import comb

from paramcount.derivation.expression import ONE, Exact, Expression, Sizes, add, apply, multiply, number, over, size
from paramcount.derivation.linear import combination
from paramcount.derivation.rounding import beyond, extremes, multiples, periodic, rounded, stepped, switched

DEGREE = 3
SURPLUS = 4  # equations beyond the unknowns, which a wrong polynomial would have to meet by chance
MOST = 200  # expressions computed by the class
ROOM = 2  # distinct values of an atom beyond its highest power
LIKELY = 4  # distinct values needed so that no candidate agrees by chance
SMALL = 64  # the largest period or first layer
WIDEST = 90  # unknowns

Seen = Sequence[int | None]


class Fitter:
    """Finds the simplest expression in *fields* for the values seen at *points*, where None means nothing was seen.

    *suggested* are expressions computed by the class itself, *quotients* pairs of fields that it divides.
    """

    def __init__(
        self,
        points: Sequence[Sizes],
        fields: Sequence[str],
        suggested: Iterable[Expression] = (),
        quotients: Iterable[tuple[str, str]] = (),
        check: Callable[[], None] = lambda: None,
    ):
        self._points = points
        self._fields = list(fields)
        self._small = [field for field in fields if points[0][field] <= SMALL]
        self._check = check
        inside = [e for e in suggested if e.sizes and e.sizes <= set(fields)]
        self._suggested = self._unlike(sorted(inside, key=lambda expression: expression.weight))
        self._quotients = [pair for pair in quotients if set(pair) <= set(fields)]
        self._known: dict[tuple[tuple[int | None, ...], bool], Expression | None] = {}
        self._columns: dict[Expression, list[Exact | None]] = {}

    def _unlike(self, expressions: list[Expression]) -> list[Expression]:
        """*expressions* without repeats that are equal at all points."""
        found: dict[tuple[Exact | None, ...], Expression] = {}
        for expression in expressions:
            found.setdefault(tuple(_value(expression, point) for point in self._points), expression)
        return list(found.values())[:MOST]

    def fit(self, seen: Seen, support: Iterable[str], layers: bool = False) -> Expression | None:
        """The expression for *seen*; *support* are the fields known to change it.

        *layers* says that it is a number of layers, which may be periodic in other fields.
        """
        key = (tuple(seen), layers)
        if key not in self._known:
            self._known[key] = self._fit(seen, sorted(support), layers)
        return self._known[key]

    def _fit(self, seen: Seen, support: list[str], layers: bool) -> Expression | None:
        self._check()
        kept = [i for i, value in enumerate(seen) if value is not None]
        values = [value for value in seen if value is not None]
        if not values:
            return None
        if min(values) == max(values):
            return number(values[0])
        points = [self._points[i] for i in kept]
        for atoms in self._atoms(support):
            if found := self._polynomial(atoms, values, kept):
                return found
        if len(set(values)) < LIKELY:
            return self._alone(values, kept)
        for candidate in self._candidates(values, points, support, layers):
            if self._meets(candidate, values, kept):
                return candidate
        if layers:
            rough = [e for e in periodic(support, self._small) if e.operation != "+"]
        else:
            rough = [e for e in self._suggested if _rough(e) and e.sizes <= set(support)][:40]
        return self._mixed(values, kept, support, rough)

    def _atoms(self, support: list[str]) -> Iterator[list[Expression]]:
        fields = [size(field) for field in support]
        quotients = [over(size(a), size(b)) for a, b in self._quotients if a in support and b in support]
        if len(support) == len(self._fields):  # nothing is known about what changes it
            yield from ([*map(size, few)] for many in (1, 2, 3) for few in combinations(support, many))
        yield fields
        if quotients:
            yield [*fields, *quotients]
        if len(self._fields) > len(support):
            yield [size(field) for field in self._fields]

    def _polynomial(self, atoms: list[Expression], values: list[int], kept: list[int]) -> Expression | None:
        for degree in range(1, DEGREE + 1):
            if comb(len(atoms) + degree, degree) + SURPLUS > len(values) or comb(len(atoms) + degree, degree) > WIDEST:
                return None
            if found := self._combined(self._monomials(atoms, degree, kept), values, kept):
                return found
        return None

    def _monomials(self, atoms: list[Expression], degree: int, kept: list[int]) -> list[Expression]:
        """The products of *atoms* up to *degree*, without powers that an atom's few values could meet by chance."""
        most = {atom: len({self._values(atom)[i] for i in kept}) - ROOM for atom in atoms}
        powers = (combinations_with_replacement(atoms, d) for d in range(degree + 1))
        chosen = (some for of_degree in powers for some in of_degree)
        return [multiply(some) for some in chosen if all(some.count(atom) <= most[atom] for atom in some)]

    def _combined(self, terms: list[Expression], values: list[int], kept: list[int]) -> Expression | None:
        columns = [self._column(term, kept) for term in terms]
        if any(column is None for column in columns):
            return None
        found = combination([c for c in columns if c is not None], values)
        if found is None:
            return None
        return add(multiply([number(c), term]) for c, term in zip(found, terms, strict=True) if c)

    def _column(self, term: Expression, kept: list[int]) -> list[Exact] | None:
        column = self._values(term)
        picked = [value for i in kept if (value := column[i]) is not None]
        return picked if len(picked) == len(kept) else None

    def _values(self, expression: Expression) -> list[Exact | None]:
        if expression not in self._columns:
            self._columns[expression] = [_value(expression, point) for point in self._points]
        return self._columns[expression]

    def _candidates(
        self, values: list[int], points: list[Sizes], support: list[str], layers: bool
    ) -> Iterator[Expression]:
        if layers:
            yield from extremes(support)
            yield from beyond(support)
            yield from periodic(support, self._small)
            yield from switched(support, self._small)
            yield from stepped(support, self._small)
            yield from extremes([*support, *(f for f in self._small if f not in support)])
        yield from self._suggested
        for inner in [*map(size, self._fields), *self._suggested]:  # before guessing a ratio, as int() hides the rest
            if inner.sizes <= set(support):
                yield from multiples(values, inner, support)
        for field in () if layers else support:
            yield from rounded(values, points, field)
        yield from extremes(support)

    def _alone(self, values: list[int], kept: list[int]) -> Expression | None:
        """The field equal to *values*, or whose being nonzero is; there are too few values to tell more."""
        fields = [size(field) for field in self._fields]
        there = [apply("min", ONE, field) for field in fields]
        return next((candidate for candidate in [*fields, *there] if self._meets(candidate, values, kept)), None)

    def _meets(self, candidate: Expression, values: list[int], kept: list[int]) -> bool:
        return all(_value(candidate, self._points[i]) == value for i, value in zip(kept, values, strict=True))

    def _mixed(
        self, values: list[int], kept: list[int], support: list[str], rough: list[Expression]
    ) -> Expression | None:
        """A combination of the fields, one of *rough*, and its products with the fields."""
        fields = [number(1), *(size(field) for field in support)]
        for one in rough:
            self._check()
            products = [multiply([one, size(field)]) for field in support]
            for terms in ([*fields, one], [*fields, one, *products]):
                if len(terms) + SURPLUS <= len(values) and (found := self._combined(terms, values, kept)):
                    return found
        return None


def _rough(expression: Expression) -> bool:
    """Whether it is not a polynomial."""
    if expression.operation in ("floor", "ceil", "round", "/", "min", "max"):
        return True
    return any(_rough(part) for part in expression.arguments if isinstance(part, Expression))


def _value(expression: Expression, point: Sizes) -> Exact | None:
    try:
        return expression.value(point)
    except ZeroDivisionError:
        return None
