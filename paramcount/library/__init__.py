"""The Python library: `load` and `LoadedModel`; `verbs` has the commands as functions."""

from paramcount.library.loaded import LoadedModel
from paramcount.library.loading import load

__all__ = ["LoadedModel", "load"]
