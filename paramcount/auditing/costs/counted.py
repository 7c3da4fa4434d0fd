"""Ways of counting a model's FLOPs, each expressed as the N that would make 6·N·D equal to them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from paramcount.catalog.names import resolve
from paramcount.catalog.spec import Spec
from paramcount.costs.conventions import conventions
from paramcount.costs.run import Run
from paramcount.costs.stated import costed, stated_context
from paramcount.errors import InputError
from paramcount.quantity import parse_quantity

OTHER = "another N"
SEQ = "seq="


class Way(NamedTuple):
    """A convention as a number of *params*; *passes* says that it counts the multiplications of three equal passes."""

    kind: str
    params: Fraction
    text: str
    source: str
    passes: bool


@cache
def ways(shape: str) -> tuple[Way, ...]:
    """Every convention for the model that *shape* names; only 6N if the FLOPs of its layers are not known.

    *shape* is a model of the catalog or a family, then FIELD=VALUE for its sizes, and seq=LENGTH if its sequences are
    not as long as its context. Raises InputError on an invalid shape.
    """
    if not shape:
        return ()
    name, *sizes = shape.split()
    spec = resolve(name, [size for size in sizes if not size.startswith(SEQ)])
    length = next((parse_quantity(size.removeprefix(SEQ), "seq") for size in sizes if size.startswith(SEQ)), 0)
    try:
        return tuple(_of(spec, length or stated_context(spec)))
    except InputError:
        counts = {"6N, all parameters": spec.model().total(), "6N, non-embedding": spec.model().non_embedding()}
        return tuple(Way(OTHER, Fraction(int(n)), _said(way, spec), "", False) for way, n in counts.items())


def _of(spec: Spec, length: int) -> Iterator[Way]:
    run = Run(1, length)
    for way in conventions(spec, costed(spec, run), run, run.seq):
        kind = OTHER if way.name.startswith("6") and "T" not in way.name else "attention"
        params = Fraction(way.flops, 6 * run.seq)
        yield Way(kind, params, _said(way.name, spec), way.source, way.name.startswith("exact"))


def _said(way: str, spec: Spec) -> str:
    whose = "the shape given in the table" if spec.name == spec.family.name else spec.name
    return f"the FLOPs are those of {whose} under the convention `{way}`"
