"""The library's face: models that are loaded, and the verbs of the command line as functions."""

from paramcount.library.loaded import LoadedModel
from paramcount.library.loading import load

__all__ = ["LoadedModel", "load"]
