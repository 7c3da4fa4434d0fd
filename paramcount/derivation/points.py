"""The points at which a class is built, and the sizes at which a formula is evaluated there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from paramcount.derivation.conditions import Condition
from paramcount.derivation.expression import Expression, Sizes, put, size
from paramcount.derivation.fields import Fields, Held, Shaker, moves
from paramcount.derivation.observe import Shapes, Workshop
from paramcount.derivation.sampler import Sampler
from paramcount.derivation.trace import Trace

FEWER = (4, 6, 8, 12)
LEAST, TIMES = 300, 5  # the limit on the tensors of a point: at least, and as a multiple of the base's


class Sample(NamedTuple):
    """A point with its sizes and shapes; *moved* is the one size that differs from the base, "" if not exactly one."""

    point: dict[str, Any]
    sizes: Sizes
    shapes: Shapes
    moved: str = ""


class Points:
    """Points of a workshop's subject in the sizes of *fields*; *here* are values in place of None, *ties* maps sizes to
    those that they are held equal to."""

    def __init__(self, workshop: Workshop, fields: Fields, here: dict[str, Any], trace: Trace):
        self.workshop, self.fields, self.here, self.trace = workshop, fields, here, trace
        self.ties: dict[str, str] = {}
        self.shallow: list[str] = []

    @property
    def names(self) -> list[str]:
        """The sizes that a formula may be in."""
        return [field for field in self.fields.sizes if field not in self.ties]

    def complete(self, point: dict[str, Any]) -> dict[str, Any]:
        """*point* with the values in place of None and the tied sizes."""
        full = {**self.here, **point}
        return {**full, **{one: full.get(other, self.fields.base[other]) for one, other in self.ties.items()}}

    def sizes(self, point: dict[str, Any]) -> Sizes:
        """The sizes at *point*."""
        return {field: point.get(field, self.fields.base[field]) for field in self.fields.sizes}

    def at(self, point: dict[str, Any], moved: str = "") -> Sample | None:
        """The sample at *point*; None if the class refuses it."""
        full = self.complete(point)
        shapes = self.workshop.shapes(full)
        return None if shapes is None else Sample(full, self.sizes(full), shapes, moved)

    def singles(self) -> list[Sample]:
        """The base, and the base with one size changed, for all values that build."""
        found = [self.at({})]
        for field in self.names:
            found += [self.at({field: value}, field) for value in self.fields.sizes[field]]
        return [sample for sample in found if sample is not None]

    def random(self, count: int, seed: int, conditions: Iterable[Condition] = ()) -> tuple[list[Sample], int]:
        """Up to *count* random points that build, and how many did not; sizes fixed by *conditions* are kept."""
        sampler = Sampler(self.fields, self.divided(), seed)
        fixed = dict(pair for condition in conditions if (pair := condition.fixes()))
        found: dict[str, Sample] = {}
        refused = 0
        for _ in range(4 * count):
            if len(found) == count:
                break
            sample = self.at({**sampler.draw(), **fixed})
            if sample is None:
                refused += 1
            else:
                found.setdefault(repr(sample.sizes), sample)
        return list(found.values()), refused

    def divided(self) -> list[tuple[str, str | int]]:
        """Which sizes the class divides by which sizes or numbers."""
        pairs: list[tuple[str, str | int]] = []
        for above, below in self.trace.divided:
            if above.operation == "size" and below.operation == "size":
                pairs.append((above.arguments[0], below.arguments[0]))
            elif above.operation == "size" and below.operation == "number" and below.arguments[0].denominator == 1:
                pairs.append((above.arguments[0], int(below.arguments[0])))
            elif below.operation == "size" and above.sizes:
                pairs += [(field, below.arguments[0]) for field in sorted(above.sizes) if field != below.arguments[0]]
        return [(a, b) for a, b in dict.fromkeys(pairs) if a != b]

    def quotients(self) -> list[tuple[str, str]]:
        """The pairs in which a field is divided by a field."""
        return [(a, b) for a, b in self.divided() if isinstance(b, str)]

    def admit(self, field: str, value: Any) -> None:
        """Move *field*, which has an effect at *value*, out of the fields without effect."""
        tried = [*self.fields.shaken.pop(field), value]
        base = self.fields.base[field]
        if type(base) is int and all(type(other) is int for other in tried):
            self.fields.sizes[field] = [*tried, *(n for n in moves(base) if n not in tried)]
        else:
            self.fields.held.append(Held(field, base, f"{value!r} changes the tensors"))

    def tie(self) -> None:
        """Tie sizes that are equal at the base if tensors appear or vanish when only one of them changes.

        A projection between two widths is absent where they are equal, as in OPT and ELECTRA.
        """
        base = self.at({})
        assert base is not None
        names = sorted(self.fields.sizes, key=self._kept)
        for one in names:
            for other in self.fields.sizes:
                equal = one != other and base.sizes[one] == base.sizes[other] > 1
                free = one not in self.ties and other not in {*self.ties, *self.ties.values()}
                if equal and free and self._together(one, other, base):
                    self.ties[one] = other

    def _kept(self, field: str) -> tuple[bool, bool]:
        """The sort key for tying: sizes that a config may leave out first, the width of the model last."""
        return field not in self.fields.rules, self.workshop.subject.symbols[field] == "d_model"

    def _together(self, one: str, other: str, base: Sample) -> bool:
        for value in self.fields.sizes[other]:
            both = self.at({one: value, other: value})
            alone, apart = self.at({one: value}), self.at({other: value})
            if both is None or (alone is None and apart is None):
                continue
            kept = both.shapes.keys() == base.shapes.keys()
            changed = [sample for sample in (alone, apart) if sample is not None]
            return kept and all(sample.shapes.keys() != base.shapes.keys() for sample in changed)
        return False

    def suggested(self) -> list[Expression]:
        """The expressions that the class computes with its sizes, with tied sizes replaced."""
        tied = {one: size(other) for one, other in self.ties.items()}
        held = {f for e in self.trace.computed for f in e.sizes} - set(self.fields.sizes)
        return [put(e, tied) for e in self.trace.computed if not e.sizes & held]


def prepared(workshop: Workshop, shallow: bool = True) -> Points | None:
    """The points of a subject, with its fields classified; None if it can't be built at its base.

    With *shallow*, points have fewer layers than the base, if fewer layers have the same kinds of tensors.
    """
    whole = workshop.shapes({})
    if whole is None:
        return None
    here = _unlisted(workshop, whole)
    fewer = _fewer_layers(workshop, whole, here) if shallow else {}
    here |= fewer
    shaker = Shaker(workshop, workshop.trace(here), here)
    workshop.limit(max(LEAST, TIMES * len(shaker.shapes), 3 * len(whole)))
    fields = shaker.classify()
    points = Points(workshop, fields, shaker.here, workshop.trace(shaker.here))
    points.shallow = list(fewer)
    points.tie()
    return points


def _unlisted(workshop: Workshop, whole: Shapes) -> dict[str, Any]:
    """None for the lists of a real config that the class would fill in by itself, such as the kind of each layer, so
    that the number of layers can vary."""
    subject = workshop.subject
    lists = [field for field, value in subject.base.items() if isinstance(value, list)]
    left_out = [field for field in lists if (subject.defaults or {}).get(field, 0) is None]
    return {field: None for field in left_out if workshop.shapes({field: None}) == whole}


def _fewer_layers(workshop: Workshop, whole: Shapes, start: dict[str, Any]) -> dict[str, Any]:
    """Smaller numbers of layers that still have all kinds of tensors, so that points build quickly."""
    here: dict[str, Any] = {}
    for field, value in workshop.subject.base.items():
        if type(value) is int and workshop.subject.symbols[field].endswith("layers"):
            for fewer in (n for n in FEWER if n < value):
                shapes = workshop.shapes({**start, **here, field: fewer})
                if shapes is not None and len(shapes) < len(whole) and _kinds(shapes) == _kinds(whole):
                    here[field] = fewer
                    break
    return here


def _kinds(shapes: Shapes) -> set[tuple[str, tuple[int, ...]]]:
    return {(re.sub(r"\d+", "#", name), shape) for name, shape in shapes.items()}
