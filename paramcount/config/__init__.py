"""config.json: what it says, what it leaves to its model type's defaults, and what is wrong with it."""

from paramcount.config.config import Config, ConfigError
from paramcount.config.document import parse, read

__all__ = ["Config", "ConfigError", "parse", "read"]
