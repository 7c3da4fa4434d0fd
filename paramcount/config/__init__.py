"""Reading a config.json: its keys, its model type's defaults, and what is wrong with it."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from paramcount.config.config import Config
from paramcount.config.sizes import ConfigError

if TYPE_CHECKING:
    from paramcount.config.document import parse, read

__all__ = ["Config", "ConfigError", "parse", "read"]


def __getattr__(name: str) -> Any:
    if name in ("parse", "read"):  # a row of a paper needs no JSON
        return getattr(import_module("paramcount.config.document"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
