"""Architectures: from the config of a model type to its model, with the names that its checkpoints use."""

from paramcount.architectures.registry import accepted, architecture_of, task_of

__all__ = ["accepted", "architecture_of", "task_of"]
