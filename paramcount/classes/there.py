"""Whether the transformers that is installed has a model type, by the text of its lists: importing it takes seconds."""

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
    """Raise ConfigError, *why* first, where transformers has no type of that name; where it may have, nothing."""
    listed = _listed()
    if listed and f'"{config.model_type}"' not in listed:
        raise absent(config, why)


def absent(config: Config, why: str) -> UnbuiltError:
    """That *config*'s type is counted neither here, *why*, nor by transformers."""
    own = ", and code that comes with a config (auto_map) is never run" if names_code(config.document) else ""
    return UnbuiltError(f"{why}; nor does transformers {_version()} build it, which has no such type{own}")


@cache
def _listed() -> str:
    """The text of the lists of all types; "" where they are not found."""
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
