"""Checkpoint: the tensors in a file of weights, as its header describes them."""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from paramcount.errors import InputError

NOTHING: Mapping[str, Any] = MappingProxyType({})


class CheckpointError(InputError):
    """A checkpoint that cannot be read or trusted. One line: the file, what is wrong, what would be valid."""


class AbsentError(CheckpointError):
    """Weights that are named but not present: shards never fetched, git-lfs pointers in their place."""


class StoredTensor(NamedTuple):
    """A tensor in a checkpoint: *shape* with the slowest dimension first, *dtype* in the format's spelling ("BF16",
    "Q4_K").

    *nbytes* is its size in *file*, the name of the file that holds it.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    nbytes: int
    file: str

    @property
    def elements(self) -> int:
        """The product of its shape; for packed weights, fewer than the weights it stands for."""
        return math.prod(self.shape)


class Wrapped(NamedTuple):
    """What surrounds the tensors in a file: the key they are *within*, and what was *left* out beside it.

    *left* says what each key holds ("40 tensors, 242,304 numbers"); *arguments* are the numbers, switches and words
    that the program gives for its model.
    """

    within: str = ""
    left: Mapping[str, str] = NOTHING
    arguments: Mapping[str, Any] = NOTHING


class Checkpoint(NamedTuple):
    """The contents of *path*; *format* is "safetensors", "gguf" or "pytorch".

    *metadata* is what the header says besides its tensors. *shared* maps names stored as another tensor's data to that
    tensor's name (pytorch only). *beside* has the JSON documents in the same folder, by file name. *wrapped* is what a
    training program saved around the tensors, and *ranks* the number of devices it was joined from.
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
        """The raw sum of elements over all its tensors, including buffers, copies and packed words."""
        return sum(tensor.elements for tensor in self.tensors)

    def nbytes(self) -> int:
        """The total bytes of its tensors."""
        return sum(tensor.nbytes for tensor in self.tensors)
