"""Blocks: the parts that models are made of, each stating which tensors it owns in plain + and * on its sizes."""

from collections.abc import Iterator
from typing import Protocol

from paramcount.blocks.attention import Attention, GroupedAttention, RelativePositions
from paramcount.blocks.embedding import Embedding, OutputHead
from paramcount.blocks.feedforward import Experts, FeedForward, GatedFeedForward
from paramcount.blocks.linear import Linear
from paramcount.blocks.norm import GainNorm, LayerNorm
from paramcount.tensor import Tensor


class Block(Protocol):
    """Anything that owns tensors."""

    def tensors(self) -> Iterator[Tensor]: ...


__all__ = [
    "Attention",
    "Block",
    "Embedding",
    "Experts",
    "FeedForward",
    "GainNorm",
    "GatedFeedForward",
    "GroupedAttention",
    "LayerNorm",
    "Linear",
    "OutputHead",
    "RelativePositions",
]
