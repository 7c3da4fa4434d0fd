"""Breaking formulas and text into lines."""

from __future__ import annotations

import re

LONGEST = 72  # width of a formula, in a pipe too, unless one of its terms is longer
JOINT = re.compile(r"(?<=[·*/.-])")
SIGN = re.compile(r"(?<= )(?=[+−-] )")


def terms(formula: str) -> list[str]:
    """The terms of a formula, which are not broken."""
    return [term.rstrip() for term in SIGN.split(formula)]


def words(text: str) -> list[str]:
    """The words of *text*, each with the space after it."""
    return re.split(r"(?<=\s)", text)


def at_signs(formula: str, width: int) -> list[str]:
    """*formula* in lines of at most *width* unless a term is longer, each broken before its last outermost sign."""
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
    """*words* in lines of at most *width*; words that are longer are broken at their joints."""
    lines = [""]
    for word in words:
        for part in [word] if len(word.rstrip()) <= width else JOINT.split(word):
            if lines[-1] and len(lines[-1] + part.rstrip()) > width:
                lines.append("")
            lines[-1] += part
    return lines
