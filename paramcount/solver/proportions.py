"""Proportions that follow a model's width: of feed-forward to d_model, of key and value heads to heads."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import NamedTuple


class Proportion(NamedTuple):
    """A width in proportion to d_model: exactly *ratio*·d_model or, with *multiple*, rounded to a multiple of that."""

    ratio: Fraction
    multiple: int = 0

    def unit(self, divisor: int) -> int:
        """The d_model whose multiples all give a whole width that *divisor* divides."""
        return 1 if self.multiple else least(self.ratio, divisor)

    def of(self, d_model: int) -> int:
        """The width for *d_model*; of two equally near multiples the larger, and at least one."""
        share, whole = self.ratio.numerator * d_model, self.ratio.denominator
        if not self.multiple:
            return share // whole
        return max(1, (2 * share + whole * self.multiple) // (2 * whole * self.multiple)) * self.multiple

    def divided(self, divisor: int) -> Proportion:
        """The proportion whose rounded widths *divisor* divides."""
        return self._replace(multiple=lcm(self.multiple, divisor))

    def __str__(self) -> str:
        rounded = f" rounded to a multiple of {self.multiple}" if self.multiple else ""
        return f"{self.ratio}·d_model{rounded}"


class Sharing(NamedTuple):
    """How many key and value heads there are: one for every *group* of heads, or a fixed *number*.

    Ainslie et al. 2023, sec. 2.2: a group of one is plain attention, a number of one is multi-query attention.
    """

    group: int = 1
    number: int = 0

    @property
    def step(self) -> int:
        """The number of which n_heads must be a multiple."""
        return self.number or self.group

    def of(self, n_heads: int) -> int:
        """The n_kv_heads that go with *n_heads*."""
        return self.number or n_heads // self.group

    def __str__(self) -> str:
        return str(self.number or (f"n_heads/{self.group}" if self.group > 1 else "n_heads"))


def least(ratio: Fraction, divisor: int) -> int:
    """The smallest whole number whose product with *ratio* is a multiple of *divisor*."""
    return (Fraction(divisor) / ratio).numerator
