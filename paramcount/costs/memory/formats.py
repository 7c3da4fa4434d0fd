"""Number formats of weights: bits of a number, the scales that groups of them share, GGUF's blocks."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from paramcount.checkpoint.gguf_types import TYPES
from paramcount.costs.memory.weights import Weight
from paramcount.errors import InputError
from paramcount.papers.tables import read

GGUF = "gguf:"
PLAIN = 2  # bytes of a number in what a low-bit format leaves as it is: bfloat16
BLOCKS = {name: (weights, nbytes) for name, weights, nbytes in TYPES.values()}


class Format(NamedTuple):
    """A number format of weights. *group* is what shares a scale: "" (nothing), a row, a tensor, or so many inputs."""

    name: str
    bits: int
    group: str
    scale_bits: int
    zero_bits: int
    linear_only: bool
    source: str

    def nbytes(self, weight: Weight) -> int:
        """The bytes of one tensor."""
        if not self.linear_only:
            return weight.elements * self.bits // 8
        if not quantised(weight):
            return weight.elements * PLAIN
        bits = weight.elements * self.bits + self.groups(weight) * (self.scale_bits + self.zero_bits)
        return -(-bits // 8)

    def groups(self, weight: Weight) -> int:
        """How many scales the matrix has."""
        if self.group == "tensor":
            return weight.shape[0] if weight.experts and len(weight.shape) > 2 else 1
        if self.group == "row":
            return weight.d_out
        return weight.d_out * -(-weight.d_in // int(self.group))


class Gguf(NamedTuple):
    """One of ggml's types for every matrix, as `llama-quantize --pure` has it; vectors stay in float32."""

    name: str
    block: int
    block_bytes: int

    def nbytes(self, weight: Weight) -> int:
        """The bytes of one tensor; raises InputError where its rows are not whole blocks."""
        if len(weight.shape) < 2:
            return 4 * weight.elements
        row = weight.d_in or weight.shape[-1]
        if row % self.block:
            said = f"rows of {row:,} are not whole blocks of {self.block}"
            raise InputError(f"{self.name}: {weight.name}: {said}; valid: {GGUF}Q8_0 and others of blocks of 32")
        return weight.elements // self.block * self.block_bytes


def quantised(weight: Weight) -> bool:
    """Whether low-bit formats store it in few bits: the linear maps of layers, without routers."""
    return weight.linear and weight.in_layer and weight.component != "router"


@cache
def formats() -> dict[str, Format]:
    """Every format of tables/number_formats.csv by its name."""
    return {row["format"]: _of_row(row) for row in read("number_formats.csv")}


def format_of(name: str) -> Format | Gguf:
    """The format called *name*; raises InputError where there is none."""
    if name.startswith(GGUF) and name.removeprefix(GGUF) in BLOCKS:
        return Gguf(name, *BLOCKS[name.removeprefix(GGUF)])
    if name not in formats():
        known = ", ".join([*formats(), *(GGUF + each for each in ("Q4_0", "Q4_K", "Q5_K", "Q6_K", "Q8_0"))])
        raise InputError(f"dtype = {name}: no number format of weights; valid: {known}")
    return formats()[name]


def _of_row(row: dict[str, str]) -> Format:
    scale, zero = int(row["scale_bits"] or 0), int(row["zero_bits"] or 0)
    return Format(
        row["format"], int(row["bits"]), row["group"], scale, zero, row["linear_only"] == "yes", row["source"]
    )
