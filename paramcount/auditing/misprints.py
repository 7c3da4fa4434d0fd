"""Slips of the pen: the numbers that a misprinted one may have been meant to be."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from paramcount.auditing.evidence import choice

# How a wrong number gets into a cell: a digit changed, two digits swapped, a zero too many or too few, a neighbouring
# cell's number, or anything else. Saying which costs choice(KINDS) bits.
KINDS = 5


def slips(text: str) -> Iterator[str]:
    """Texts that may have been meant by *text*: one digit changed, two neighbours swapped, or one zero more or fewer.

    Everything else in *text* is kept.
    """
    yield from misprints(text)


@lru_cache(maxsize=4096)
def misprints(text: str) -> Mapping[str, float]:
    """Each text for which *text* may be a slip, with the cost in bits of naming the kind of slip and the slip."""
    costs: dict[str, float] = {}
    for kind in (_changed(text), _swapped(text), _zeros(text)):
        meant = [slip for slip in dict.fromkeys(kind) if slip != text and not _leading_zero(slip)]
        cost = choice(KINDS) + choice(len(meant))
        costs |= {slip: min(cost, costs.get(slip, cost)) for slip in meant}
    return costs


def _changed(text: str) -> Iterator[str]:
    for place, char in enumerate(text):
        if char.isdigit():
            yield from (text[:place] + other + text[place + 1 :] for other in "0123456789" if other != char)


def _swapped(text: str) -> Iterator[str]:
    digits = [place for place, char in enumerate(text) if char.isdigit()]
    for one, two in pairwise(digits):
        if text[one] != text[two] and text[one + 1 : two] in ("", ",", "."):
            yield text[:one] + text[two] + text[one + 1 : two] + text[one] + text[two + 1 :]


def _zeros(text: str) -> Iterator[str]:
    whole = _whole(text)
    for place, char in enumerate(text):
        if char.isdigit():
            yield _grouped(text[: place + 1] + "0" + text[place + 1 :], whole)
            if char == "0":
                yield _grouped(text[:place] + text[place + 1 :], whole)


def _whole(text: str) -> str:
    """The leading digits and commas of *text*."""
    return text[: len(text) - len(text.lstrip("0123456789,"))]


def _grouped(text: str, before: str) -> str:
    """*text* with its leading digits in groups of three, if those *before* were grouped."""
    if "," not in before:
        return text
    digits = _whole(text)
    return f"{int(digits.replace(',', '') or '0'):,}{text[len(digits) :]}"


def _leading_zero(text: str) -> bool:
    return not text[:1].isdigit() or (text[:1] == "0" and text[1:2] in tuple("0123456789,"))
