"""Checkpoints: the tensors in a file of weights, read from its header without loading it."""

from paramcount.checkpoint.reading import index_of, read, weights_in
from paramcount.checkpoint.tensors import AbsentError, Checkpoint, CheckpointError, StoredTensor

__all__ = [
    "AbsentError",
    "Checkpoint",
    "CheckpointError",
    "StoredTensor",
    "index_of",
    "other_format",
    "read",
    "weights_in",
]
