"""The cache of a run: what is left behind, by kind of layer, in bytes."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.costs.run import Run
from paramcount.costs.stated import costed
from paramcount.costs.work import Keep
from paramcount.errors import InputError
from paramcount.ledger.operation import SEQUENCE, SOURCE, TOKEN
from paramcount.ledger.window import CHOSEN, Window

BYTES = {"fp32": 4, "bf16": 2, "fp16": 2, "fp8": 1, "int8": 1}  # of a number, by the format's own width


class Kind(NamedTuple):
    """What layers of one kind keep of *run*, in numbers of *dtype* where they have no format of their own."""

    keep: Keep
    run: Run
    dtype: str

    @property
    def window(self) -> Window | None:
        """How far what is kept reaches; all tokens are where some of them are chosen anew each time."""
        return None if self.keep.window and self.keep.window.kind == CHOSEN else self.keep.window

    @property
    def name(self) -> str:
        """The component, how far it reaches, and the format that it has whatever the cache's is."""
        of = f"window of {self.window.size:,}" if self.window else ""
        always = f"always {self.keep.dtype}" if self.keep.dtype else ""
        return ", ".join(filter(None, (self.keep.component, of, always)))

    @property
    def bytes_each(self) -> int:
        """Of a token, of a source token, or of a sequence, all its layers together."""
        return self.keep.numbers * BYTES[self.keep.dtype or self.dtype]

    @property
    def held(self) -> int:
        """How many tokens of a sequence are kept: within a window all but one, which makes room for the next."""
        if self.keep.per == SEQUENCE:
            return 1
        if self.keep.per == SOURCE:
            return self.run.source
        return min(self.run.seq, self.window.size - 1) if self.window else self.run.seq

    @property
    def total_bytes(self) -> int:
        """Of all sequences."""
        return self.bytes_each * self.held * self.run.batch


class Cache(NamedTuple):
    """The bytes that *run* leaves in a cache of numbers of *dtype*, by kind of layer."""

    run: Run
    dtype: str
    kinds: list[Kind]

    @property
    def bytes_per_token(self) -> int:
        """Of one token of one sequence that every window still reaches, all layers together."""
        return sum(kind.bytes_each for kind in self.kinds if kind.keep.per == TOKEN)

    @property
    def total_bytes(self) -> int:
        """Of all tokens of all sequences, and of what is kept of a sequence or its source."""
        return sum(kind.total_bytes for kind in self.kinds)


def cache(spec: Spec, run: Run, dtype: str = "bf16") -> Cache:
    """The cache of *spec* after *run*; raises InputError where it keeps none, or what it keeps is not stated."""
    found = kept_of(spec, run, dtype)
    if not found.kinds:
        raise InputError(f"{spec.name}: keeps nothing of a token; valid: a model that attends to the tokens before")
    return found


def kept_of(spec: Spec, run: Run, dtype: str) -> Cache:
    """The same, without any kind of layer where the model keeps nothing."""
    if dtype not in BYTES:
        raise InputError(f"dtype = {dtype}: no number format; valid: {', '.join(BYTES)}")
    return Cache(run, dtype, [Kind(keep, run, dtype) for keep in costed(spec, run, kept_alone=True).keeps])
