"""Checkpoint: the tensors a file of weights holds, as its header states them."""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from paramcount.errors import InputError

NOTHING: Mapping[str, Any] = MappingProxyType({})


class CheckpointError(InputError):
    """A checkpoint that cannot be read or trusted. One line: the file, what is wrong, what would be valid."""


class AbsentError(CheckpointError):
    """Weights that are named but not there: shards never fetched, git-lfs pointers in their place."""


class StoredTensor(NamedTuple):
    """A tensor of a checkpoint: *shape* with the slowest side first, *dtype* as the format spells it ("BF16", "Q4_K").

    *nbytes* is what it takes in *file*, the name of the file that holds it.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    nbytes: int
    file: str

    @property
    def elements(self) -> int:
        """The product of its shape; of packed weights fewer than the weights they stand for."""
        return math.prod(self.shape)


class Wrapped(NamedTuple):
    """What stands around the tensors in a file: the key *within* which they are, and what was *left* out beside it.

    *left* says of each key what it holds ("40 tensors, 242,304 numbers"), *arguments* are the numbers, switches and
    words that the program states of its model.
    """

    within: str = ""
    left: Mapping[str, str] = NOTHING
    arguments: Mapping[str, Any] = NOTHING


class Checkpoint(NamedTuple):
    """What is stored at *path*; *format* is "safetensors", "gguf" or "pytorch".

    *metadata* is what the header says beside its tensors. *shared* maps names that are stored as another tensor's data
    to that tensor's name (pytorch alone). *beside* holds the JSON documents of the same folder, by file name.
    *wrapped* is what a training program saved around the tensors, and *ranks* of how many devices it is joined.
    """

    format: str
    tensors: tuple[StoredTensor, ...]
    metadata: Mapping[str, Any]
    path: str
    shared: Mapping[str, str] = NOTHING
    beside: Mapping[str, Any] = NOTHING
    wrapped: Wrapped = Wrapped()
    ranks: int = 1

    def elements(self) -> int:
        """The raw sum of elements over all its tensors: buffers, copies and packed words as they are stored."""
        return sum(tensor.elements for tensor in self.tensors)

    def nbytes(self) -> int:
        """The bytes its tensors take."""
        return sum(tensor.nbytes for tensor in self.tensors)
