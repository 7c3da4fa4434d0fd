"""The cache of a run, in bytes by kind of layer."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.costs.run import Run
from paramcount.costs.stated import costed
from paramcount.costs.work import Keep
from paramcount.errors import InputError
from paramcount.ledger.operation import SEQUENCE, SOURCE, TOKEN
from paramcount.ledger.window import CHOSEN, Window

BYTES = {"fp32": 4, "bf16": 2, "fp16": 2, "fp8": 1, "int8": 1}  # bytes per number, by format


class Kind(NamedTuple):
    """The cache that layers of one kind keep for *run*, in *dtype* unless they have a format of their own."""

    keep: Keep
    run: Run
    dtype: str

    @property
    def window(self) -> Window | None:
        """The window of the cache; None, for all tokens, also where each query chooses some of them."""
        return None if self.keep.window and self.keep.window.kind == CHOSEN else self.keep.window

    @property
    def name(self) -> str:
        """The component, its window, and its format if that is fixed."""
        of = f"window of {self.window.size:,}" if self.window else ""
        always = f"always {self.keep.dtype}" if self.keep.dtype else ""
        return ", ".join(filter(None, (self.keep.component, of, always)))

    @property
    def bytes_each(self) -> int:
        """Bytes per token, source token or sequence, over all its layers."""
        return self.keep.numbers * BYTES[self.keep.dtype or self.dtype]

    @property
    def held(self) -> int:
        """How many tokens of a sequence are kept: in a window all but one, to make room for the next."""
        if self.keep.per == SEQUENCE:
            return 1
        if self.keep.per == SOURCE:
            return self.run.source
        return min(self.run.seq, self.window.size - 1) if self.window else self.run.seq

    @property
    def total_bytes(self) -> int:
        """Bytes for all sequences."""
        return self.bytes_each * self.held * self.run.batch


class Cache(NamedTuple):
    """The bytes that *run* leaves in a cache in *dtype*, by kind of layer."""

    run: Run
    dtype: str
    kinds: list[Kind]

    @property
    def bytes_per_token(self) -> int:
        """Bytes over all layers for one token of one sequence, while it is within every window."""
        return sum(kind.bytes_each for kind in self.kinds if kind.keep.per == TOKEN)

    @property
    def total_bytes(self) -> int:
        """Bytes for all tokens of all sequences, and for what is kept per sequence or source."""
        return sum(kind.total_bytes for kind in self.kinds)


def cache(spec: Spec, run: Run, dtype: str = "bf16") -> Cache:
    """The cache of *spec* after *run*; raises InputError if it has none or if its size is not known exactly."""
    found = kept_of(spec, run, dtype)
    if not found.kinds:
        raise InputError(f"{spec.name}: it keeps no cache; valid: a model that attends to earlier tokens")
    return found


def kept_of(spec: Spec, run: Run, dtype: str) -> Cache:
    """The same, but empty rather than an error if the model keeps no cache."""
    if dtype not in BYTES:
        raise InputError(f"dtype = {dtype}: unknown number format; valid: {', '.join(BYTES)}")
    return Cache(run, dtype, [Kind(keep, run, dtype) for keep in costed(spec, run, kept_alone=True).keeps])
