"""Runs transformers isolated: it contacts neither the hub nor a substitute, and runs no repository code."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn

from huggingface_hub import constants
from transformers import dynamic_module_utils

from paramcount.errors import InputError

# Every class in a repository is loaded through these, whichever Auto class asks; the last asks whether to trust
# it, and with a timeout of 0 seconds refuses at once.
DOORS = ("get_cached_module_file", "get_class_in_module", "_raise_timeout_error")


class OwnCodeError(InputError):
    """A class that transformers would load from a repository's code."""


@contextmanager
def closed() -> Iterator[None]:
    """A config may name a repository for part of the model, or code: neither is fetched or run."""
    with ExitStack() as stack:
        for place, name, value in (
            (constants, "HF_HUB_OFFLINE", True),
            (sys, "stdin", io.StringIO()),
            (dynamic_module_utils, "TIME_OUT_REMOTE_CODE", 0),
            *((dynamic_module_utils, door, _refuse) for door in DOORS),
        ):
            stack.callback(setattr, place, name, getattr(place, name))
            setattr(place, name, value)
        yield


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise OwnCodeError("it needs code of its repository (auto_map), which is never run")
