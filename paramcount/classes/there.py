"""Whether the installed transformers has a model type, by reading its source lists; importing takes seconds."""

from __future__ import annotations

import os
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from paramcount.config import Config
from paramcount.config.own_code import names_code
from paramcount.models.registry import UnbuiltError

LISTS = ("auto_mappings.py", "configuration_auto.py")
LARGEST = 5_000_000  # bytes


def refuse_absent(config: Config, why: str) -> None:
    """Raise ConfigError, beginning with *why*, if transformers has no such type; nothing if it may have."""
    listed = _listed()
    if listed and f'"{config.model_type}"' not in listed:
        raise absent(config, why)


def absent(config: Config, why: str) -> UnbuiltError:
    """The error that *config*'s type is counted neither here (*why*) nor by transformers."""
    own = ", and code that comes with a config (auto_map) is never run" if names_code(config.document) else ""
    return UnbuiltError(f"{why}, and transformers {_version()} cannot build it: it has no such type{own}")


@cache
def _listed() -> str:
    """The source text of the lists of all types; "" if not found."""
    found = find_spec("transformers")
    folders = list(found.submodule_search_locations or ()) if found else []
    paths = [os.path.join(folder, "models", "auto", name) for folder in folders for name in LISTS]
    text = ""
    for path in paths:
        if os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                text += file.read(LARGEST)
    return text if '"llama"' in text else ""


def _version() -> str:
    try:
        return version("transformers")
    except PackageNotFoundError:
        return "as installed"
