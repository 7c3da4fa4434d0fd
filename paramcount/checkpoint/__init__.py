"""Checkpoints: what a file of weights holds, read from its header without loading it."""

from paramcount.checkpoint.reading import read
from paramcount.checkpoint.tensors import Checkpoint, CheckpointError, StoredTensor

__all__ = ["Checkpoint", "CheckpointError", "StoredTensor", "read"]
