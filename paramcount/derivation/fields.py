"""Which fields change the tensors, found by changing each one; and what is known about the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from paramcount.derivation.expression import Expression, multiply, number, size
from paramcount.derivation.observe import Shapes, Workshop
from paramcount.derivation.trace import Trace

TAUGHT = 2  # successful changes without effect after which a field is left alone
MANY_LAYERS = 12
SHALLOW = (1, 2, 3, 5)
ODD = (6, 7, 64, 1)  # values tried for a field that is None
ACTIVATIONS = ("relu", "gelu", "silu", "tanh")


class Held(NamedTuple):
    """A field that changes the tensors but is not a size, or can't be varied: the formula is for this value of it."""

    field: str
    value: Any
    why: str


class Fields(NamedTuple):
    """The fields by their effect. *sizes* maps each integer field that matters to other values of it that build; *many*
    are those that change the number of tensors; *rules* are what fields left None default to; *shaken* maps fields
    whose change had no effect to the values tried; *untried* are fields for which no other value builds."""

    base: dict[str, Any]
    sizes: dict[str, list[int]]
    many: frozenset[str]
    held: list[Held]
    rules: dict[str, Expression]
    shaken: dict[str, list[Any]]
    untried: list[str]


class Shaker:
    """Changes one field after another, starting from the base of a workshop's subject."""

    def __init__(self, workshop: Workshop, trace: Trace, here: dict[str, Any]):
        self.workshop, self.trace, self.here = workshop, trace, here
        shapes = workshop.shapes(here)
        assert shapes is not None  # the caller has built it
        self.shapes: Shapes = shapes

    def change(self, field: str, value: Any) -> Shapes | None:
        """The shapes with one more field changed."""
        return self.workshop.shapes({**self.here, field: value})

    def classify(self) -> Fields:
        """All fields, by the effect of changing them."""
        base = self.workshop.subject.at(self.here)
        self.rules: dict[str, Expression] = {}
        for field, value in base.items():
            if value is None or value == "auto":
                self._fill(field, base)
        base |= self.here
        found = Fields(base, {}, frozenset(), [], self.rules, {}, [])
        many = set()
        for field, value in base.items():
            if isinstance(value, int) and not isinstance(value, bool):
                many |= {field} if self._integer(field, value, found) else set()
            else:
                self._other(field, value, found)
        return found._replace(many=frozenset(many))

    def _fill(self, field: str, base: dict[str, Any]) -> None:
        """Replace a None that stands for an int by that int, if the tensors stay the same."""
        changed = [(value, shapes) for value in ODD if (shapes := self.change(field, value)) is not None]
        if all(shapes == self.shapes for _, shapes in changed):
            return
        sizes = {key: value for key, value in base.items() if type(value) is int and value > 0}
        candidates = [size(key) for key in sizes] + [e for e in self.trace.computed if e.sizes <= sizes.keys()]
        candidates += [multiply([number(c), size(key)]) for c in (2, 3, 4, 8) for key in sizes]
        by_value: dict[int, list[Expression]] = {}
        for candidate in candidates:
            if candidate.sizes and (value := _whole(candidate, sizes)) and candidate.weight < 12:
                by_value.setdefault(value, []).append(candidate)
        for value, expressions in list(by_value.items())[:200]:
            if self.change(field, value) == self.shapes:
                if rule := self._rule(field, sorted(dict.fromkeys(expressions), key=lambda e: e.weight), sizes):
                    self.rules[field] = rule
                    self.here = {**self.here, field: value}
                return

    def _rule(self, field: str, expressions: list[Expression], sizes: dict[str, int]) -> Expression | None:
        """The one of *expressions* to which the field defaults when it is None, checked at other points too."""
        for expression in expressions[:12]:
            agreed = 0
            for point, comes_to in self._points_of(expression, sizes):
                left_none = self.workshop.shapes(point)
                if left_none is None:
                    continue
                if self.workshop.shapes({**point, field: comes_to}) != left_none:
                    break
                agreed += 1
            else:
                if agreed > 1:
                    return expression
        return None

    def _points_of(self, expression: Expression, sizes: dict[str, int]) -> Iterator[tuple[dict[str, Any], int]]:
        """Points with one size changed at which *expression* is a whole number, and that number."""
        for other in sorted(expression.sizes):
            for value in moves(sizes[other]):
                comes_to = _whole(expression, {**sizes, other: value})
                if comes_to is not None:
                    yield {**self.here, other: value}, comes_to

    def _integer(self, field: str, value: int, found: Fields) -> bool:
        """Classify an integer field; returns whether it changes the number of tensors."""
        built, many, tried = [], False, []
        for other in moves(value):
            if (shapes := self.change(field, other)) is not None:
                tried.append(other)
                built += [other] if shapes != self.shapes else []
                many |= len(shapes) != len(self.shapes)
            if len(tried) >= TAUGHT and not built:
                break
        if tried and not built and self.here:
            built = self._at_full_depth(field, tried)
        if built:
            found.sizes[field] = built
        elif tried:
            found.shaken[field] = tried
        else:
            found.untried.append(field)
        return many and bool(built)

    def _at_full_depth(self, field: str, tried: list[int]) -> list[int]:
        """*tried*, if one of the values has an effect at the base with all its layers: a period may be longer than the
        few layers of the points."""
        whole = self.workshop.shapes({})
        for other in [*tried, *SHALLOW]:
            shapes = self.workshop.shapes({field: other})
            if shapes is not None and shapes != whole:
                return tried
        return []

    def _other(self, field: str, value: Any, found: Fields) -> None:
        tried, changes = [], False
        for other in self._alternatives(field, value):
            if (shapes := self.change(field, other)) is not None:
                tried.append(other)
                changes |= shapes != self.shapes
            if changes:
                break
        if changes:
            found.held.append(Held(field, value, f"{tried[-1]!r} changes the tensors"))
        elif tried:
            found.shaken[field] = tried
        elif isinstance(value, bool):
            found.held.append(Held(field, value, f"{not value} does not build"))
        else:
            found.untried.append(field)

    def _alternatives(self, field: str, value: Any) -> Iterator[Any]:
        if isinstance(value, bool):
            yield not value
        elif isinstance(value, float):
            yield from (value * 2, value / 2, value + 0.25)
        elif isinstance(value, str):
            words = self.trace.words.get(field, set()) | ({*ACTIVATIONS} if "act" in field else set())
            yield from sorted(words - {value})
        elif value is None:
            yield from (*ODD, True, 0.5)
        elif isinstance(value, list | tuple):
            yield from _lists(list(value))


def _lists(value: list[Any]) -> Iterator[list[Any]]:
    if not value:
        yield from ([0], [1], [0, 1])
        return
    if all(type(item) is int for item in value):
        yield [item + 1 for item in value]
    yield value[1:]
    yield [*value, value[-1]]
    yield [value[0]] * len(value)
    yield [value[-1]] * len(value)
    yield value[::-1]


def moves(value: int) -> list[int]:
    """Other values of an integer field, near and far, including some that keep divisors."""
    far = [2 * value, 3 * value, value // 2, value + 1, value + 2, value - 1, 4 * value, value // 4, value + 16]
    return [n for n in dict.fromkeys(far) if n != value and n >= 0 and (n or value == 1)]


def _whole(expression: Expression, sizes: dict[str, int]) -> int | None:
    try:
        value = expression.value(sizes)
    except (ZeroDivisionError, KeyError):
        return None
    return int(value) if value.denominator == 1 and value > 0 else None
