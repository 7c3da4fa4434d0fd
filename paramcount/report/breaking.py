"""Text in terminal tables that wraps where it should: formulas before a plus or a minus."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.containers import Lines
from rich.text import Text

from paramcount.report.formulas import JOINT, at_signs, filled, terms, words


class Breaking(Text):
    """Text whose long words wrap after a sign that joins their parts, such as the dot in 3·d_model·n_experts."""

    def pieces(self) -> list[str]:
        """The parts that are never broken."""
        return [part for word in self.plain.split() or [""] for part in JOINT.split(word)]

    def lines(self, width: int) -> list[str]:
        """The text in lines of at most *width* characters, provided that no piece is wider."""
        return filled(words(self.plain), width)

    def wrap(self, console: Console, width: int, *args: Any, **settings: Any) -> Lines:
        whole = (Text(line.rstrip(), style=self.style) for line in self.lines(width))
        return Lines(piece for line in whole for piece in line.wrap(console, width, *args, **settings))


class BrokenFormula(Breaking):
    """A formula, which wraps before a plus or a minus, outside brackets if possible."""

    def lines(self, width: int) -> list[str]:
        return [part for line in at_signs(self.plain, width) for part in filled([line], width)]


class Formula(BrokenFormula):
    """A formula whose terms are never broken."""

    def pieces(self) -> list[str]:
        return terms(self.plain)
