"""A run: how many tokens of how many sequences are computed, and how many pairs of queries and keys that makes."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.errors import InputError
from paramcount.ledger.operation import PAIR, POSITION, SEQUENCE, TOKEN

ATTENTION = ("needed", "computed")


class Run(NamedTuple):
    """*batch* sequences of *seq* tokens, *cached* of each computed before.

    *attention* says which pairs count: those "needed" that a causal mask lets through, or those "computed" by a plain
    implementation, which are all. An encoder's mask lets all through.
    """

    batch: int
    seq: int
    cached: int = 0
    attention: str = "needed"

    @property
    def tokens(self) -> int:
        """The tokens that are computed."""
        return self.batch * (self.seq - self.cached)

    def pairs(self, causal: bool) -> int:
        """The pairs of a query that is computed and a key: b·(t − c)·t, or b·[t(t + 1) − c(c + 1)]/2 behind a mask."""
        if causal and self.attention == "needed":
            return self.batch * (self.seq * (self.seq + 1) - self.cached * (self.cached + 1)) // 2
        return self.tokens * self.seq

    def times(self, per: str, causal: bool) -> int:
        """How often what is multiplied for each *per* is multiplied."""
        return {TOKEN: self.tokens, PAIR: self.pairs(causal), SEQUENCE: self.batch, POSITION: self.seq}[per]


def checked(run: Run) -> Run:
    """*run*; raises InputError where it is none."""
    for name in ("batch", "seq"):
        if getattr(run, name) < 1:
            raise InputError(f"{name} = {getattr(run, name)}: not a positive whole number; valid: 1, 2048")
    if not 0 <= run.cached < run.seq:
        raise InputError(f"cached = {run.cached}: tokens computed before; valid: from 0 to seq − 1 = {run.seq - 1}")
    if run.attention not in ATTENTION:
        raise InputError(f"attention = {run.attention}: no such convention; valid: {', '.join(ATTENTION)}")
    return run
