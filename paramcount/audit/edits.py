"""Changes of one cell that would have been natural to make, with what speaks for each."""

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.published import tables, vocabularies
from paramcount.spec import Spec

WIDTH = "n_heads·d_head = d_model"


class Edit(NamedTuple):
    """One size (or convention) set to another value; *restores* says what is in order then that was not before."""

    field: str
    value: int | bool
    restores: str


def edits(spec: Spec) -> Iterator[Iterator[Edit]]:
    """Every natural change of one cell of *spec*, grouped by reason, the likeliest first."""
    yield from (_widths(spec), _vocabularies(spec), _digits(spec), _conventions(spec))


def conventions(spec: Spec) -> Iterator[Iterator[Edit]]:
    """The changes that a whole table may share: what its authors counted, not what they mistyped."""
    yield from (_vocabularies(spec), _conventions(spec))


def _widths(spec: Spec) -> Iterator[Edit]:
    sizes = spec.sizes
    d_model, n_heads, d_head = sizes["d_model"], sizes["n_heads"], sizes["d_head"]
    if n_heads * d_head == d_model:
        return
    yield Edit("d_model", n_heads * d_head, WIDTH)
    if d_model % d_head == 0:
        yield Edit("n_heads", d_model // d_head, WIDTH)
    if d_model % n_heads == 0:
        yield Edit("d_head", d_model // n_heads, WIDTH)


def _vocabularies(spec: Spec) -> Iterator[Edit]:
    known = vocabularies(tables()[spec.table].year) if spec.table else {}
    for n_vocab, owner in known.items():
        if n_vocab != spec.sizes["n_vocab"]:
            yield Edit("n_vocab", n_vocab, f"the vocabulary of {owner}")


def _digits(spec: Spec) -> Iterator[Edit]:
    for field in spec.family.sizes:
        if field not in spec.assumed and field not in spec.family.ties:
            for value in _slips(spec.sizes[field]):
                yield Edit(field, value, f"one slip of the pen from {spec.sizes[field]}")


def _conventions(spec: Spec) -> Iterator[Edit]:
    if "tied" in spec.sizes:
        yield Edit("tied", not spec.sizes["tied"], "the head counted " + ("twice" if spec.sizes["tied"] else "once"))


def _slips(value: int) -> Iterator[int]:
    """Numbers that differ from *value* in one digit, or in the order of two neighbours."""
    digits = str(value)
    for place, digit in enumerate(digits):
        for other in "0123456789":
            if other != digit and not (place == 0 and other == "0"):
                yield int(digits[:place] + other + digits[place + 1 :])
        after = digits[place + 1 : place + 2]
        if after and after != digit and not (place == 0 and after == "0"):
            yield int(digits[:place] + after + digit + digits[place + 2 :])
