"""A run: how many tokens of how many sequences are computed, and how many pairs of queries and keys that makes."""

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
    """*batch* sequences of *seq* tokens, *cached* of each computed before; *source* tokens where an encoder reads them.

    *attention* says which pairs count: those "needed" that a causal mask lets through, or those "computed" by a plain
    implementation, which are all. An encoder's mask lets all through. Where tokens are cached, so is what the encoder
    gave.
    """

    batch: int
    seq: int
    cached: int = 0
    attention: str = "needed"
    source: int = 0

    @property
    def tokens(self) -> int:
        """The tokens that are computed."""
        return self.batch * (self.seq - self.cached)

    @property
    def source_tokens(self) -> int:
        """The tokens that an encoder computes."""
        return 0 if self.cached else self.batch * self.source

    def pairs(self, causal: bool, window: Window | None = None) -> int:
        """The pairs of a query that is computed and a key: b·(t − c)·t, or b·[t(t + 1) − c(c + 1)]/2 behind a mask.

        A *window* lets through those within it.
        """
        if self.attention == "computed" or (window is None and not causal):
            return self.tokens * self.seq
        if window is not None:
            return self.batch * window.pairs(self.seq, self.cached, causal)
        return self.batch * (self.seq * (self.seq + 1) - self.cached * (self.cached + 1)) // 2

    def scanned(self, per: str, chunk: int) -> int:
        """The chunks of *chunk* tokens that scans go by, their pairs, or what there is instead where none is."""
        tokens = self.seq - self.cached
        if self.cached and (tokens == 1 or per == WITHIN):
            return self.batch if per == STEP else 0
        whole, rest = divmod(tokens, chunk)
        n_chunks = whole + bool(rest)
        counts = {CHUNK: n_chunks, CHUNK_PAIR: (n_chunks + 1) ** 2, WITHIN: whole * chunk**2 + rest**2, STEP: 0}
        return self.batch * counts[per]

    def times(self, per: str, causal: bool, window: Window | None = None, chunk: int = 0) -> int:
        """How often what is multiplied for each *per* is multiplied."""
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
    """*run*; raises InputError where it is none."""
    for name in ("batch", "seq"):
        if getattr(run, name) < 1:
            raise InputError(f"{name} = {getattr(run, name)}: not a positive whole number; valid: 1, 2048")
    if not 0 <= run.cached < run.seq:
        raise InputError(f"cached = {run.cached}: tokens computed before; valid: from 0 to seq − 1 = {run.seq - 1}")
    if run.source < 0:
        raise InputError(f"source = {run.source}: not a number of tokens; valid: 0, 512")
    if run.attention not in ATTENTION:
        raise InputError(f"attention = {run.attention}: no such convention; valid: {', '.join(ATTENTION)}")
    return run
