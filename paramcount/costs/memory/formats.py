"""Number formats of weights: the bits of a number, and the scales that groups of numbers share."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from paramcount.costs.memory.weights import EXPERTS, LINEAR, Weight
from paramcount.errors import InputError
from paramcount.papers.tables import read

GGUF = "gguf:"  # what stands before a type of ggml's
PLAIN = 2  # bytes of a number in what a low-bit format leaves as it is: bfloat16
ROUTER = "router"


class Format(NamedTuple):
    """A number format of weights: *bits* a number, and for each group a scale and a zero.

    A *group* is a tensor, a row (what makes one output), or so many inputs of a row; where it is "" all numbers are
    stored as they are, else those of linear maps alone are stored in it, as those do *who* use it.
    """

    name: str
    bits: int
    group: str
    scale_bits: int
    zero_bits: int
    who: str
    source: str

    @property
    def low(self) -> bool:
        """Whether its numbers need scales."""
        return bool(self.group)

    def nbytes(self, weight: Weight) -> int:
        """The bytes of one such tensor."""
        if not self.low:
            return weight.elements * self.bits // 8
        if not quantised(weight):
            return weight.elements * PLAIN
        numbers, groups = weight.elements, self.groups(weight)
        return sum(-(-bits // 8) for bits in (numbers * self.bits, groups * self.scale_bits, groups * self.zero_bits))

    def groups(self, weight: Weight) -> int:
        """How many groups its matrix has; of stacked experts each has its own."""
        if self.group == "tensor":
            return weight.shape[0] if weight.kind == EXPERTS and len(weight.shape) > 2 else 1
        if self.group == "row":
            return weight.d_out
        return weight.d_out * -(-weight.d_in // int(self.group))

    def said(self) -> str:
        """What it makes of the numbers, in a line."""
        if not self.low:
            return f"{self.bits} bits a number"
        shared = f"{self.group} inputs" if self.group.isdigit() else self.group
        zero = f" and a zero of {self.zero_bits}" if self.zero_bits else ""
        return f"{self.bits} bits a number, and for each {shared} a scale of {self.scale_bits} bits{zero}"


def quantised(weight: Weight) -> bool:
    """Whether low-bit formats store it in few bits: the linear maps and experts of layers, routers left out."""
    return weight.kind in (LINEAR, EXPERTS) and weight.layers is not None and weight.component != ROUTER


@cache
def formats() -> dict[str, Format]:
    """Every format of tables/number_formats.csv by its name."""
    return {row["format"]: _of_row(row) for row in read("number_formats.csv")}


def format_of(name: str) -> Format:
    """The format called *name*; raises InputError where there is none."""
    if name not in formats():
        raise InputError(f"dtype = {name}: no number format of weights; valid: {', '.join(formats())}, gguf:Q4_K_M")
    return formats()[name]


def _of_row(row: dict[str, str]) -> Format:
    scale, zero = int(row["scale_bits"] or 0), int(row["zero_bits"] or 0)
    return Format(row["format"], int(row["bits"]), row["group"], scale, zero, row["leaves"], row["source"])
