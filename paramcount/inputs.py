"""Files from strangers: looked at before they are read, read no further than a limit, and JSON with each key once."""

import os
import stat
from typing import Any

from paramcount.errors import InputError


def without_waiting(path: str, flags: int) -> int:
    """An opener for open(): without it a pipe that nobody writes to would hang."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_within(path: str | os.PathLike[str], most: int, valid: str, refusal: type[InputError] = InputError) -> bytes:
    """What the file, pipe or device at *path* holds; raises *refusal*, with what is *valid*, beyond *most* bytes."""
    try:
        with open(path, "rb", opener=without_waiting) as file:
            status = os.fstat(file.fileno())
            if stat.S_ISREG(status.st_mode) and status.st_size > most:
                raise refusal(f"{path}: {status.st_size:,} bytes; valid: {valid}, up to {most:,} bytes")
            begun = _begun(file.fileno()) if stat.S_ISFIFO(status.st_mode) else b""
            if begun is None:
                raise refusal(f"{path}: a pipe that nobody writes to; valid: {valid}")
            data = begun + file.read(most + 1)
    except OSError as error:
        raise refusal(f"{path}: cannot be read ({error.strerror}); valid: {valid}") from None
    if len(data) > most:
        raise refusal(f"{path}: more than {most:,} bytes; valid: {valid}, up to {most:,} bytes")
    return data


def _begun(pipe: int) -> bytes | None:
    """The first byte of *pipe*, which is then waited for; b"" where its writer has sent none yet, None without one."""
    try:
        begun = os.read(pipe, 1) or None
    except BlockingIOError:
        begun = b""
    os.set_blocking(pipe, True)
    return begun


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of *pairs*, for json.loads; raises ValueError where a key stands twice, since either may be meant."""
    members = dict(pairs)
    if len(members) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice[:120]} twice")
    return members
