"""transformers kept to itself: it asks neither the hub nor whoever sits there, and runs no code of a repository."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn

from huggingface_hub import constants
from transformers import dynamic_module_utils

from paramcount.errors import InputError

# Through these every class of a repository is read, whichever Auto class asks for it; the last is where it is not
# answered whether to trust it, which at 0 seconds is at once.
DOORS = ("get_cached_module_file", "get_class_in_module", "_raise_timeout_error")


class OwnCodeError(InputError):
    """A class that transformers would take from code of a repository."""


@contextmanager
def closed() -> Iterator[None]:
    """A config may name a repository for a part of the model, or code: none is asked for, and none is run."""
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
