"""What a block multiplies, caches per token, and keeps for training: leaves beside its tensors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from paramcount.ledger.tensor import Size, Tensor

TOKEN, SOURCE = "token", "source token"  # of the sequence computed; of the one an encoder reads
PAIR, SOURCE_PAIR, CROSS_PAIR = (
    "pair",
    "source pair",
    "cross pair",
)  # of a query and a key, by the sequences they come from
SEQUENCE, POSITION, ONCE = "sequence", "position", "run"
SEEN = "seen token"  # computed in this run or cached: compressed entries are expanded for all of them
STATE = "state"  # of a recurrence after each token
SCORED = "scored pair"  # scored by an indexer before attention uses some of them
CHUNK, CHUNK_PAIR, WITHIN, STEP = "chunk", "pair of chunks", "pair within a chunk", "step"  # of a scan
PADDED = "padded sequence"  # plain code computes more positions than there are tokens

ONE_LESS = -1  # for kernel − 1 in blocks, which only add and multiply
AT_SOURCE = {TOKEN: SOURCE, PAIR: SOURCE_PAIR}  # in the encoder of an encoder-decoder
OF_KEYS = {CROSS_PAIR: SOURCE}  # whose keys and values a pair uses, if not the tokens'
SQUARE = "square"  # a pair of positions, whatever the batch


class Operation(NamedTuple):
    """*macs* multiply-adds for each *per*: a token, a pair of query and key, a sequence, or a position of all.

    For a padded sequence: what plain code computes besides the tokens, and nothing needs. A scan works in chunks of
    *chunk* tokens: the last in a sequence is padded to that size; pairs of chunks are those of a sequence's chunks with
    each other and with the initial state; pairs within a chunk are of its tokens, unpadded. A step is a single token
    after what is cached, without chunks.
    """

    macs: Size
    per: str
    chunk: int = 0


class Kept(NamedTuple):
    """*numbers* that a cache keeps for each *per*: a token, a source token, or a sequence.

    *dtype* is set if they stay in one format whatever the cache's is, such as a float32 state.
    """

    numbers: Size
    per: str = TOKEN
    dtype: str = ""


class Saved(NamedTuple):
    """*numbers* that a training step keeps for its backward pass, for each *per*.

    Each is *width* bytes wide, or as wide as the model's numbers if that is None.
    """

    numbers: Size
    per: str
    width: int | None = None


class NormKeeps(NamedTuple):
    """What a norm keeps of a token: *vectors* of its width plus *statistics*, each of *width* bytes."""

    vectors: int
    statistics: int
    width: int | None = None


class Computed(NamedTuple):
    """How a model is computed, as far as that affects what is kept and does not follow from its tensors.

    *function* is how many vectors the function between a feed-forward's maps keeps besides the last map's input. *norm*
    is what each norm keeps; *masked* whether attention has a mask; *turned* how many columns of a head are rotated.
    *scores* says that attention scores and their softmax are kept rather than recomputed, *logsumexp* that a fused
    kernel keeps one number per row of them, and *dropout* that there is dropout after the softmax, attention and the
    feed-forward.
    """

    function: int
    norm: NormKeeps
    masked: bool = True
    turned: Size = 0
    scores: bool = True
    logsumexp: bool = False
    dropout: bool = False


def each_token(tensors: Iterable[Tensor]) -> Iterator[Operation]:
    """The matrices among *tensors*, each multiplied by every token; of experts, the active ones.

    A shared tensor adds no parameters but is still multiplied; a bias is added.
    """
    for tensor in tensors:
        if len(tensor.shape) > 1:
            yield Operation(tensor.multiplied, TOKEN)


def operations(block: Any) -> Iterator[Operation]:
    """What *block* multiplies; empty if it does not say."""
    found: Iterator[Operation] = block.operations() if hasattr(block, "operations") else iter(())
    return found


def kept(block: Any) -> Iterator[Kept]:
    """What *block* caches; empty if it does not say."""
    found: Iterator[Kept] = block.kept() if hasattr(block, "kept") else iter(())
    return found


def saved(block: Any, how: Computed) -> Iterator[Saved]:
    """What a training step keeps of *block*, each tensor once; empty if it does not say.

    A tensor read by several blocks is listed by one of them.
    """
    found: Iterator[Saved] = block.saved(how) if hasattr(block, "saved") else iter(())
    return found
