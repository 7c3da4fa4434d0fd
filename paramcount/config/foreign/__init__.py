"""Reads other programs' files, recognised by their keys, as a config.json of a known type."""

from paramcount.config.foreign.recognised import programs_of, read_as

__all__ = ["programs_of", "read_as"]
