"""A window: which of the tokens before it a token sees, if not all."""

from __future__ import annotations

from typing import NamedTuple

SLIDING, CHUNKED, AROUND, CHOSEN = "sliding", "chunked", "around", "chosen"


class Window(NamedTuple):
    """How far attention reaches in a layer.

    *size* tokens ending with the query's own (sliding: Child et al. 2019, sec. 4.2; Beltagy et al. 2020, sec. 3.1),
    those in the query's own chunk of *size* up to itself (chunked), *size* to each side (around), or *size* of all up
    to itself, chosen by an indexer (chosen: DeepSeek-AI 2025, sec. 2.1).
    """

    size: int
    kind: str = SLIDING

    def pairs(self, seq: int, cached: int = 0, causal: bool = True) -> int:
        """The query-key pairs in a sequence, for its queries cached + 1 to seq."""
        return self._up_to(seq) - self._up_to(cached) if causal else self._both_ways(seq)

    def _up_to(self, n: int) -> int:
        """The pairs of the first *n* queries, none seeing a later key."""
        if self.kind == CHUNKED:
            whole, rest = divmod(n, self.size)
            return whole * _triangle(self.size) + _triangle(rest)
        reach = self.size + 1 if self.kind == AROUND else self.size
        return _triangle(min(n, reach)) + max(n - reach, 0) * reach

    def _both_ways(self, n: int) -> int:
        """The pairs if a query sees keys on both sides: twice those up to it, less itself."""
        if self.kind == CHUNKED:
            whole, rest = divmod(n, self.size)
            return whole * self.size**2 + rest**2
        return 2 * self._up_to(n) - n


def _triangle(n: int) -> int:
    return n * (n + 1) // 2
