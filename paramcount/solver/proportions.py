"""What follows the width of a model: feed-forward in proportion to it, keys and values in proportion to the heads."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import NamedTuple


class Proportion(NamedTuple):
    """A width as a share of d_model: exactly *ratio*·d_model or, with *multiple*, the nearest multiple of that."""

    ratio: Fraction
    multiple: int = 0

    def unit(self, divisor: int) -> int:
        """The d_model of which every multiple gives a whole width that *divisor* divides."""
        return 1 if self.multiple else least(self.ratio, divisor)

    def of(self, d_model: int) -> int:
        """The width that goes with *d_model*; of two multiples as near, the larger; at least one."""
        share, whole = self.ratio.numerator * d_model, self.ratio.denominator
        if not self.multiple:
            return share // whole
        return max(1, (2 * share + whole * self.multiple) // (2 * whole * self.multiple)) * self.multiple

    def divided(self, divisor: int) -> Proportion:
        """The proportion whose widths, where they are rounded, *divisor* divides."""
        return self._replace(multiple=lcm(self.multiple, divisor))

    def __str__(self) -> str:
        rounded = f" to the nearest multiple of {self.multiple}" if self.multiple else ""
        return f"{self.ratio}·d_model{rounded}"


class Sharing(NamedTuple):
    """How many heads have keys and values of their own: one in every *group*, or a *number* of them whatever the rest.

    Ainslie et al. 2023, sec. 2.2: a group of one is plain attention, a number of one multi-query attention.
    """

    group: int = 1
    number: int = 0

    @property
    def step(self) -> int:
        """What n_heads is a multiple of."""
        return self.number or self.group

    def of(self, n_heads: int) -> int:
        """The n_kv_heads that go with *n_heads*."""
        return self.number or n_heads // self.group

    def __str__(self) -> str:
        return str(self.number or (f"n_heads/{self.group}" if self.group > 1 else "n_heads"))


def least(ratio: Fraction, divisor: int) -> int:
    """The least whole number that times *ratio* is a whole multiple of *divisor*."""
    return (Fraction(divisor) / ratio).numerator
