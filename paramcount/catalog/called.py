"""Matches names as people write them: `gpt-3`, `qwen3 8b` and `gemma3-4b` for gpt3, qwen3-8b and gemma-3-4b."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import takewhile

_BETWEEN_DIGITS = re.compile(r"(?<=\d)[-_ ]+(?=\d)")
_OTHER = re.compile(r"[_ -]+(?!\d)|(?<!\d)[_ -]+")
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
    """The up to three of *known* that *name* most likely means, joined by commas.

    First those that go on where *name* ends (llama3: llama-3-8b), then those that begin as it does and differ least.
    """
    from difflib import SequenceMatcher  # only a typo pays for it

    wanted, found = squeezed(name), []
    for place, other in enumerate(known):
        short = squeezed(other)
        ratio = SequenceMatcher(None, wanted, short).ratio()
        goes_on = short.startswith(wanted) and not short[len(wanted) :][:1].isdigit()
        if goes_on or ratio >= 0.5:
            version = short[len(wanted) :].startswith(".") if goes_on else False
            found.append((not goes_on, version, 0.0 if goes_on else -_alike(wanted, short, ratio), place, other))
    return ", ".join(list(dict.fromkeys(other for *_, other in sorted(found)))[:MOST])


def _alike(wanted: str, other: str, ratio: float) -> float:
    """How alike two names are: by their letters, and by how far they agree from the beginning."""
    shared = takewhile(lambda pair: pair[0] == pair[1], zip(wanted, other, strict=False))
    return ratio + len(list(shared)) / len(wanted)
