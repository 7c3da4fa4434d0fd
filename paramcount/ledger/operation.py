"""What a block multiplies, what a token leaves in a cache and what a training step keeps: leaves beside its tensors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from paramcount.ledger.tensor import Size, Tensor

TOKEN, SOURCE = "token", "source token"  # of the sequence that is computed; of the one that an encoder reads
PAIR, SOURCE_PAIR, CROSS_PAIR = "pair", "source pair", "cross pair"  # of a query and a key, by whose they are
SEQUENCE, POSITION, ONCE = "sequence", "position", "run"
SEEN = "seen token"  # computed in this run or cached: what is kept narrow is widened again for all of them
STATE = "state"  # that a recurrence has after each token
SCORED = "scored pair"  # that an indexer weighs before attention looks at some of them
CHUNK, CHUNK_PAIR, WITHIN, STEP = "chunk", "pair of chunks", "pair within a chunk", "step"  # of a scan
PADDED = "padded sequence"  # of which plain code computes more positions than there are tokens

ONE_LESS = -1  # for kernel − 1 in blocks, which add and multiply alone
AT_SOURCE = {TOKEN: SOURCE, PAIR: SOURCE_PAIR}  # what stands in an encoder whose decoder is a part of the model
OF_KEYS = {CROSS_PAIR: SOURCE}  # whose keys and values pairs are of, where these are not the tokens'
SQUARE = "square"  # a pair of positions, whatever the batch


class Operation(NamedTuple):
    """*macs* multiply-adds for each *per*: a token, a pair of query and key, a sequence, or a position of all.

    For each padded sequence: what plain code multiplies beside the tokens, and nothing needs. A scan goes by chunks of
    *chunk* tokens: the last one of a sequence is padded to as many, pairs of chunks are those of a sequence's with one
    another and with the state that it begins with, pairs within a chunk are of its tokens, unpadded. A step is a single
    token behind what is cached, for which there are no chunks.
    """

    macs: Size
    per: str
    chunk: int = 0


class Kept(NamedTuple):
    """*numbers* that a cache keeps for each *per*: a token, a source token, or a sequence.

    *dtype* is the format that they stay in whatever the cache's is: a state that is always float32 says so.
    """

    numbers: Size
    per: str = TOKEN
    dtype: str = ""


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
    """What *block* keeps; nothing where it says nothing."""
    found: Iterator[Kept] = block.kept() if hasattr(block, "kept") else iter(())
    return found


def saved(block: Any, how: Computed) -> Iterator[Saved]:
    """What a training step keeps of *block*, each tensor once; nothing where it says nothing.

    A tensor that several blocks read is stated by one of them.
    """
    found: Iterator[Saved] = block.saved(how) if hasattr(block, "saved") else iter(())
    return found
