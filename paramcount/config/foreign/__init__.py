"""Files of other programs and of earlier times: recognised by their keys, and read as a config.json of a known type."""

from paramcount.config.foreign.recognised import programs_of, read_as

__all__ = ["programs_of", "read_as"]
