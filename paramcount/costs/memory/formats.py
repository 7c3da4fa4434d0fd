"""Number formats of weights: bits per number, and the scales that groups of numbers share."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from paramcount.costs.memory.weights import EXPERTS, LINEAR, Weight
from paramcount.errors import InputError
from paramcount.papers.tables import read

GGUF = "gguf:"  # the prefix of ggml's types
PLAIN = 2  # bytes per number, bfloat16, for weights that a low-bit format leaves as they are
ROUTER = "router"


class Format(NamedTuple):
    """A number format of weights: *bits* per number, and a scale and a zero per group.

    A *group* is a tensor, a row (the weights of one output), or a number of inputs of a row. If it is "", all weights
    are stored in the format; otherwise only linear maps are, as in *who*.
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
        """The bytes of one tensor of *weight*."""
        if not self.low:
            return weight.elements * self.bits // 8
        if not quantised(weight):
            return weight.elements * PLAIN
        numbers, groups = weight.elements, self.groups(weight)
        return sum(-(-bits // 8) for bits in (numbers * self.bits, groups * self.scale_bits, groups * self.zero_bits))

    def groups(self, weight: Weight) -> int:
        """The number of groups in its matrix; stacked experts each have their own."""
        if self.group == "tensor":
            return weight.shape[0] if weight.kind == EXPERTS and len(weight.shape) > 2 else 1
        if self.group == "row":
            return weight.d_out
        return weight.d_out * -(-weight.d_in // int(self.group))

    def said(self) -> str:
        """A description in one line."""
        if not self.low:
            return f"{self.bits} bits each"
        shared = f"{self.group} inputs" if self.group.isdigit() else self.group
        zero = f" and a {self.zero_bits}-bit zero" if self.zero_bits else ""
        return f"{self.bits} bits each, with a {self.scale_bits}-bit scale{zero} per {shared}"


def quantised(weight: Weight) -> bool:
    """Whether low-bit formats apply to it: to linear maps and experts in layers, but not to routers."""
    return weight.kind in (LINEAR, EXPERTS) and weight.layers is not None and weight.component != ROUTER


@cache
def formats() -> dict[str, Format]:
    """Every format in tables/number_formats.csv, by name."""
    return {row["format"]: _of_row(row) for row in read("number_formats.csv")}


def format_of(name: str) -> Format:
    """The format called *name*; raises InputError if there is none."""
    if name not in formats():
        raise InputError(f"dtype = {name}: unknown format for weights; valid: {', '.join(formats())}, gguf:Q4_K_M")
    return formats()[name]


def _of_row(row: dict[str, str]) -> Format:
    scale, zero = int(row["scale_bits"] or 0), int(row["zero_bits"] or 0)
    return Format(row["format"], int(row["bits"]), row["group"], scale, zero, row["leaves"], row["source"])
