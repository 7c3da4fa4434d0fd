"""What a training step keeps for the backward pass of a map, and of attention between its maps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.blocks.roles import DOWN, KEY, OUTPUT, SECOND, UP, VALUE, Role
from paramcount.ledger.operation import PAIR, POSITION, SQUARE, TOKEN, Computed, Saved
from paramcount.ledger.tensor import Size, Tensor


def kept_of_map(role: Role | None, d_in: Size, d_out: Size, how: Computed) -> Iterator[Saved]:
    """Its input, and a mask if dropout follows.

    Keys and values share the queries' input, and up the gate's. The last map of a feed-forward includes what the
    function before it keeps.
    """
    if role not in (KEY, VALUE, UP):
        yield Saved(d_in, TOKEN)
    if role in (SECOND, DOWN):
        yield Saved(d_in * how.function, TOKEN)
    if how.dropout and role in (OUTPUT, SECOND, DOWN):
        yield Saved(d_out, TOKEN, 1)


def kept_of_attention(queries: Size, values: Size, numbers: Size, n_heads: Size, how: Computed) -> Iterator[Saved]:
    """Queries, keys, values and the softmax; keys and values per query head if the scores are kept.

    Recomputed or fused attention starts from the actual keys and values, *numbers* per token. A fused kernel keeps one
    number for each row of scores, in float32 (Dao et al. 2022, alg. 1).
    """
    if how.scores:
        yield Saved(2 * queries + values, TOKEN)
        yield from _softmax(n_heads, how)
    else:
        yield Saved(queries + numbers, TOKEN)
        if how.logsumexp:
            yield Saved(n_heads, TOKEN, 4)
    yield Saved(2 * how.turned, POSITION)  # sines and cosines, for queries and keys


def _softmax(n_heads: Size, how: Computed) -> Iterator[Saved]:
    yield Saved(n_heads, PAIR)
    if how.masked and n_heads:
        yield Saved(1, SQUARE, 1)
    if how.dropout:
        yield Saved(n_heads, PAIR)
        yield Saved(n_heads, PAIR, 1)


class Result(NamedTuple):
    """The result of a function without parameters, such as tanh, needed by its backward pass; it owns no tensors."""

    numbers: Size
    per: str

    def tensors(self) -> Iterator[Tensor]:
        return iter(())

    def saved(self, how: Computed) -> Iterator[Saved]:
        yield Saved(self.numbers, self.per)
