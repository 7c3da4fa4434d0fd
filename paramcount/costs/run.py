"""A run: its sequences and tokens, and the number of pairs of queries and keys."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.errors import InputError
from paramcount.ledger.operation import (
    CHUNK,
    CHUNK_PAIR,
    CROSS_PAIR,
    ONCE,
    PADDED,
    PAIR,
    POSITION,
    SCORED,
    SEEN,
    SEQUENCE,
    SOURCE,
    SOURCE_PAIR,
    STATE,
    STEP,
    TOKEN,
    WITHIN,
)
from paramcount.ledger.window import Window

ATTENTION = ("needed", "computed")


class Run(NamedTuple):
    """*batch* sequences of *seq* tokens, *cached* of which are already in the cache; an encoder reads *source* tokens.

    *attention* says which pairs count: those "needed", which a causal mask allows, or those "computed" by a plain
    implementation, which are all of them. An encoder's mask allows all pairs. If tokens are cached, so is the encoder's
    output.
    """

    batch: int
    seq: int
    cached: int = 0
    attention: str = "needed"
    source: int = 0

    @property
    def tokens(self) -> int:
        """The number of computed tokens."""
        return self.batch * (self.seq - self.cached)

    @property
    def source_tokens(self) -> int:
        """The number of tokens that an encoder computes."""
        return 0 if self.cached else self.batch * self.source

    def pairs(self, causal: bool, window: Window | None = None) -> int:
        """The pairs of a computed query and a key: b·(t − c)·t, or b·[t(t + 1) − c(c + 1)]/2 with a causal mask.

        With a *window*, only the pairs within it.
        """
        if self.attention == "computed" or (window is None and not causal):
            return self.tokens * self.seq
        if window is not None:
            return self.batch * window.pairs(self.seq, self.cached, causal)
        return self.batch * (self.seq * (self.seq + 1) - self.cached * (self.cached + 1)) // 2

    def scanned(self, per: str, chunk: int) -> int:
        """The number of *per* in a scan by chunks of *chunk* tokens: chunks, their pairs, or steps."""
        tokens = self.seq - self.cached
        if self.cached and (tokens == 1 or per == WITHIN):
            return self.batch if per == STEP else 0
        whole, rest = divmod(tokens, chunk)
        n_chunks = whole + bool(rest)
        counts = {CHUNK: n_chunks, CHUNK_PAIR: (n_chunks + 1) ** 2, WITHIN: whole * chunk**2 + rest**2, STEP: 0}
        return self.batch * counts[per]

    def times(self, per: str, causal: bool, window: Window | None = None, chunk: int = 0) -> int:
        """The number of *per* in the run: of tokens, pairs, chunks and so on."""
        if per == PAIR:
            return self.pairs(causal, window)
        if chunk:
            return self.scanned(per, chunk)
        return {
            TOKEN: self.tokens,
            STATE: self.tokens,
            SCORED: self.pairs(causal),
            SOURCE: self.source_tokens,
            SOURCE_PAIR: self.source_tokens * self.source,
            CROSS_PAIR: self.tokens * self.source,
            SEQUENCE: self.batch,
            SEEN: self.batch * self.seq,
            PADDED: self.batch if self.attention == "computed" else 0,
            POSITION: self.seq,
            ONCE: 1,
        }[per]


def checked(run: Run) -> Run:
    """*run*; raises InputError if it is invalid."""
    for name in ("batch", "seq"):
        if getattr(run, name) < 1:
            raise InputError(f"{name} = {getattr(run, name)}: not a positive whole number; valid: 1, 2048")
    if not 0 <= run.cached < run.seq:
        raise InputError(f"cached = {run.cached}: must be less than seq; valid: from 0 to seq − 1 = {run.seq - 1}")
    if run.source < 0:
        raise InputError(f"source = {run.source}: not a number of tokens; valid: 0, 512")
    if run.attention not in ATTENTION:
        raise InputError(f"attention = {run.attention}: unknown convention; valid: {', '.join(ATTENTION)}")
    return run
