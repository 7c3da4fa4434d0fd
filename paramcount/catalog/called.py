"""Matches names as people write them: `gpt-3`, `qwen3 8b` and `gemma3-4b` for gpt3, qwen3-8b and gemma-3-4b."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

_BETWEEN_DIGITS = re.compile(r"(?<=\d)[-_ ]+(?=\d)")
_OTHER = re.compile(r"[_ -]+(?!\d)|(?<!\d)[_ -]+")
_PART = re.compile(r"\d+(?:\.\d+)*(?:[kmbt](?![a-z]))?|[a-z]+")
_ABSENT = 0.45  # at this distance a word is a different one
MOST = 3  # suggestions


def squeezed(name: str) -> str:
    """*name* in lower case, without separators next to letters: llama-3-8b becomes llama3-8b.

    A separator between two digits stays, since llama-38b is not llama-3-8b; so does a point.
    """
    return _OTHER.sub("", _BETWEEN_DIGITS.sub("-", name.strip().lower()))


def meant(name: str, targets: Mapping[str, str]) -> str:
    """The only model that *name* can mean, given *targets* from names to models; "" if there is not exactly one."""
    wanted = squeezed(name)
    found = {model for known, model in targets.items() if squeezed(known) == wanted}
    return found.pop() if len(found) == 1 else ""


def suggestions(name: str, known: Iterable[str]) -> str:
    """Up to three of *known* that *name* most likely means, joined by commas; "" if none is close.

    All begin with a word like its first. Names that continue it come first (llama3: llama-3-8b), then those that lack
    the fewest of its words and numbers (llama 70b: llama-2-70b).
    """
    places = {other: place for place, other in reversed(list(enumerate(known)))}
    distance = _distances(name)
    found = {other: far for other in places if (far := distance(other)) is not None}
    return ", ".join(sorted(found, key=lambda other: (found[other], places[other]))[:MOST])


def parts(name: str) -> list[str]:
    """The words and numbers in *name*, sizes with their unit: llama, 3.1, 8b in Llama-3.1-8B."""
    return _PART.findall(name.lower())


def _distances(name: str) -> Callable[[str], tuple[float, int] | None]:
    """A function of another name: how much of *name* it lacks, then how much more it has; None if they differ."""
    wanted, whole = parts(name), squeezed(name)

    def distance(other: str) -> tuple[float, int] | None:
        has, short = parts(other), squeezed(other)
        if not wanted or not has:
            return None
        if whole == short:
            return 0.0, 0
        extra = len(set(has) - set(wanted))
        if rest := _continued(whole, short):
            return 0.5 * rest.startswith("."), extra
        begins = _apart(wanted[0], has[0]) if wanted[0].isalpha() else 0.0
        lacks = sum(min(_apart(part, one) for one in has) for part in wanted)
        return (lacks + begins, extra) if begins < 1 and lacks < len(wanted) else None

    return distance


def _continued(name: str, other: str) -> str:
    """The rest of *other* if it begins with *name* without cutting a number, else ""."""
    rest = other.removeprefix(name) if other.startswith(name) else ""
    return "" if name[-1:].isdigit() and rest[:1].isdigit() else rest


def _apart(part: str, other: str) -> float:
    """The distance between two parts of names: 0 if they are equal, 1 if they are unrelated."""
    if part == other:
        return 0.0
    if not part.isalpha():
        if other.startswith(f"{part}."):
            return 0.5
        return 0.75 if other.startswith(part) or part.startswith(other) else 1.0
    from difflib import SequenceMatcher  # only needed for a typo

    apart = 1 - SequenceMatcher(None, part, other).ratio()
    return apart if apart < _ABSENT else 1.0
