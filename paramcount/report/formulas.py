"""How formulas and words are broken into lines."""

from __future__ import annotations

import re

LONGEST = 72  # columns that a formula takes, in a pipe too, unless one of its terms is longer
JOINT = re.compile(r"(?<=[·*/.-])")
SIGN = re.compile(r"(?<= )(?=[+−-] )")


def terms(formula: str) -> list[str]:
    """What of a formula stays in one piece."""
    return [term.rstrip() for term in SIGN.split(formula)]


def words(text: str) -> list[str]:
    """The words of *text*, each with the space behind it."""
    return re.split(r"(?<=\s)(?=\S)", text)


def at_signs(formula: str, width: int) -> list[str]:
    """*formula* in lines of at most *width*, unless a term is longer: each breaks before the outermost, last sign."""
    lines = []
    while len(formula) > width:
        signs = [match.start() for match in SIGN.finditer(formula)]
        places = [at for at in signs if len(formula[:at].rstrip()) <= width] or signs[:1]
        if not places:
            break
        cut = min(places, key=lambda at: (_depth(formula[:at]), -at))
        lines.append(formula[:cut].rstrip())
        formula = formula[cut:]
    return [*lines, formula]


def _depth(before: str) -> int:
    return before.count("(") - before.count(")")


def filled(words: list[str], width: int) -> list[str]:
    """*words* in lines of at most *width*; those that are longer are broken at their joints."""
    lines = [""]
    for word in words:
        for part in [word] if room(word.rstrip()) <= width else JOINT.split(word):
            if lines[-1] and room(lines[-1] + part.rstrip()) > width:
                lines.append("")
            lines[-1] += part
    return lines


def room(text: str) -> int:
    """How many columns *text* takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
