"""Where the lines of a cell are broken: a formula before a plus or a minus, what is too long behind a joint."""

from __future__ import annotations

import re
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.containers import Lines
from rich.text import Text

LONGEST = 72  # columns that a formula takes, in a pipe too, unless one of its terms is longer
JOINT = re.compile(r"(?<=[·*/.-])")
SIGN = re.compile(r"(?<= )(?=[+−-] )")


class Breaking(Text):
    """Text whose words are broken where they are too long, behind a sign that joins parts: 3·d_model·n_experts."""

    def pieces(self) -> list[str]:
        """What stays in one piece."""
        return [part for word in self.plain.split() or [""] for part in JOINT.split(word)]

    def lines(self, width: int) -> list[str]:
        """The text in lines of at most *width*, where its pieces are no wider."""
        return filled(re.split(r"(?<=\s)", self.plain), width)

    def wrap(self, console: Console, width: int, *args: Any, **settings: Any) -> Lines:
        whole = (Text(line.rstrip(), style=self.style) for line in self.lines(width))
        return Lines(piece for line in whole for piece in line.wrap(console, width, *args, **settings))


class BrokenFormula(Breaking):
    """A formula, which goes on in the next line at a plus or a minus, outside of brackets if it can."""

    def lines(self, width: int) -> list[str]:
        return [part for line in at_signs(self.plain, width) for part in filled([line], width)]


class Formula(BrokenFormula):
    """A formula whose terms stay whole."""

    def pieces(self) -> list[str]:
        return [term.rstrip() for term in SIGN.split(self.plain)]


def at_signs(formula: str, width: int) -> list[str]:
    """*formula* in lines of at most *width*, unless a term is longer: each breaks before the outermost, last sign."""
    lines = []
    while cell_len(formula) > width:
        signs = [match.start() for match in SIGN.finditer(formula)]
        places = [at for at in signs if cell_len(formula[:at].rstrip()) <= width] or signs[:1]
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
        for part in [word] if cell_len(word.rstrip()) <= width else JOINT.split(word):
            if lines[-1] and cell_len(lines[-1] + part.rstrip()) > width:
                lines.append("")
            lines[-1] += part
    return lines
