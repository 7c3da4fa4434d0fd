"""Files and JSON from untrusted sources: only ordinary files are opened, and parsed within limits."""

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from paramcount.checkpoint.tensors import AbsentError, CheckpointError
from paramcount.errors import all_printable, printable
from paramcount.inputs import instead_of_json, once, without_waiting

LONGEST_JSON = 100_000_000  # bytes, the safetensors library's limit for a header
MOST_VALUES = 10_000_000  # values in a document: ten for each of a million tensors
POINTER = b"version https://git-lfs"


def shown(text: str, most: int = 120) -> str:
    """*text* made fit for one terminal line: printable, at most *most* characters."""
    plain = printable(text[: most + 1])
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def place(path: str) -> str:
    """*path* as error messages show it."""
    return shown(path, 1000)


@contextmanager
def opened(path: str) -> Iterator[tuple[BinaryIO, int]]:
    """The ordinary file at *path* and its size in bytes; file system errors become CheckpointError."""
    try:
        with open(path, "rb", opener=without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise CheckpointError(f"{place(path)} is not an ordinary file; valid: a file of weights")
            yield file, status.st_size
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CheckpointError(f"{place(path)}: {reason}; valid: a file that can be read") from None


def document(path: str, as_python: bool = False) -> dict[str, Any]:
    """The JSON object in the file at *path*, with printable text only; *as_python* as for `parsed`."""
    with opened(path) as (file, size):
        if size > LONGEST_JSON:
            raise CheckpointError(f"{place(path)}: {size:,} bytes of JSON; valid: up to {LONGEST_JSON:,}")
        return cast(dict[str, Any], all_printable(parsed(file.read(LONGEST_JSON), place(path), as_python)))


def parsed(text: bytes, what: str, as_python: bool = False) -> dict[str, Any]:
    """The JSON object in *text*, with no duplicate keys; *what* names it in errors.

    *as_python* allows NaN and Infinity, which JSON does not but Python writes, as in Mamba-2's configs.
    """
    refuse_pointer(text, what)
    values = text.count(b",") + text.count(b"[") + text.count(b"{")
    if values > MOST_VALUES:
        raise CheckpointError(f"{what}: {values:,} values in one JSON document; valid: up to {MOST_VALUES:,}")
    try:
        constant = None if as_python else _no_number
        value = json.loads(text.decode(), object_pairs_hook=once, parse_constant=constant)
    except RecursionError:
        raise CheckpointError(f"{what}: JSON nested too deeply; valid: a few levels") from None
    except ValueError as error:
        if instead := instead_of_json(text, error):
            raise CheckpointError(f"{what}: {instead}") from None
        raise CheckpointError(f"{what}: not valid JSON: {shown(str(error))}; valid: one JSON object") from None
    if not isinstance(value, dict):
        raise CheckpointError(f"{what}: JSON, but not an object; valid: an object {{…}}")
    return value


def refuse_pointer(start: bytes, what: str) -> None:
    """Raise AbsentError if *start* begins a git-lfs pointer, a placeholder for a file that was not fetched."""
    if start.startswith(POINTER):
        raise AbsentError(f"{what}: a git-lfs pointer, not the file itself; valid: the file, after git lfs pull")


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is not a JSON number")
