"""Blocks: the parts that models are made of, each stating which tensors it owns in plain + and * on its sizes."""

from collections.abc import Iterator
from typing import Protocol

from paramcount.blocks.attention import Attention
from paramcount.blocks.embedding import Embedding, OutputHead
from paramcount.blocks.feedforward import FeedForward
from paramcount.blocks.norm import LayerNorm
from paramcount.tensor import Tensor


class Block(Protocol):
    """Anything that owns tensors."""

    def tensors(self) -> Iterator[Tensor]: ...


__all__ = ["Attention", "Block", "Embedding", "FeedForward", "LayerNorm", "OutputHead"]
