"""The cache of a run: what a token leaves behind, in bytes."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.costs.run import Run
from paramcount.costs.stated import costed
from paramcount.errors import InputError

BYTES = {"fp32": 4, "bf16": 2, "fp16": 2, "fp8": 1, "int8": 1}  # of a number, by the format's own width


class Cache(NamedTuple):
    """The bytes that *run*'s tokens leave in a cache of numbers of *dtype*."""

    run: Run
    dtype: str
    numbers: int

    @property
    def bytes_per_token(self) -> int:
        """Of one token of one sequence, all layers together."""
        return self.numbers * BYTES[self.dtype]

    @property
    def total_bytes(self) -> int:
        """Of all tokens of all sequences."""
        return self.bytes_per_token * self.run.batch * self.run.seq


def cache(spec: Spec, run: Run, dtype: str = "bf16") -> Cache:
    """The cache of *spec* after *run*; raises InputError where it keeps none, or what it keeps is not stated."""
    if dtype not in BYTES:
        raise InputError(f"dtype = {dtype}: no number format; valid: {', '.join(BYTES)}")
    numbers = costed(spec, run).kept
    if not numbers:
        raise InputError(f"{spec.name}: keeps nothing of a token; valid: a model that attends to the tokens before")
    return Cache(run, dtype, numbers)
