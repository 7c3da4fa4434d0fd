"""Blocks: the parts that models are made of, each stating which tensors it owns in plain + and * on its sizes."""

from collections.abc import Iterator
from typing import Protocol

from paramcount.tensor import Tensor


class Block(Protocol):
    """Anything that owns tensors."""

    def tensors(self) -> Iterator[Tensor]: ...
