"""What a block multiplies, what a token leaves in a cache and what a training step keeps: leaves beside its tensors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from paramcount.ledger.tensor import Size, Tensor

TOKEN, PAIR, SEQUENCE, POSITION = "token", "pair", "sequence", "position"
SQUARE = "square"  # a pair of positions, whatever the batch


class Operation(NamedTuple):
    """*macs* multiply-adds for each *per*: a token, a pair of query and key, a sequence, or a position of all."""

    macs: Size
    per: str


class Kept(NamedTuple):
    """*numbers* that a cache keeps of each token."""

    numbers: Size


class Saved(NamedTuple):
    """*numbers* that a training step keeps for its backward pass, for each *per*.

    Each is *width* bytes wide, or as wide as the model's own numbers where that is None.
    """

    numbers: Size
    per: str
    width: int | None = None


class NormKeeps(NamedTuple):
    """What a norm keeps of a token: *vectors* as wide as it is and *statistics* beside them, each of *width* bytes."""

    vectors: int
    statistics: int
    width: int | None = None


class Computed(NamedTuple):
    """How a model is computed, as far as that decides what is kept and its tensors do not say it.

    *function* is how many vectors the function between the maps of a feed-forward keeps beside the last map's input.
    *norm* is what each norm keeps; *masked* whether attention has a mask; *turned* how many columns of a head are
    rotated. *scores* says that the scores of attention and their softmax are kept, rather than computed again, and
    *logsumexp* that a fused kernel keeps one number for each row of them; *dropout* that there is dropout behind the
    softmax, attention and the feed-forward.
    """

    function: int
    norm: NormKeeps
    masked: bool = True
    turned: Size = 0
    scores: bool = True
    logsumexp: bool = False
    dropout: bool = False


def each_token(tensors: Iterable[Tensor]) -> Iterator[Operation]:
    """The matrices among *tensors*, each multiplied by every token; of experts those that a token is sent to.

    A shared tensor adds no parameter and is multiplied all the same; a bias is added.
    """
    for tensor in tensors:
        if len(tensor.shape) > 1:
            yield Operation(tensor.multiplied, TOKEN)


def operations(block: Any) -> Iterator[Operation]:
    """What *block* multiplies; nothing where it says nothing."""
    found: Iterator[Operation] = block.operations() if hasattr(block, "operations") else iter(())
    return found


def kept(block: Any) -> Iterator[Kept]:
    """What *block* keeps of each token; nothing where it says nothing."""
    found: Iterator[Kept] = block.kept() if hasattr(block, "kept") else iter(())
    return found


def saved(block: Any, how: Computed) -> Iterator[Saved]:
    """What a training step keeps of *block*, each tensor once; nothing where it says nothing.

    A tensor that several blocks read is stated by one of them.
    """
    found: Iterator[Saved] = block.saved(how) if hasattr(block, "saved") else iter(())
    return found
