"""config.json: what it says, what it leaves to its model type's defaults, and what is wrong with it."""

from paramcount.config.config import Config
from paramcount.config.document import parse, read
from paramcount.config.sizes import ConfigError

__all__ = ["Config", "ConfigError", "parse", "read"]
