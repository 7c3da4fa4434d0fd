"""Writing output files: whole or not at all."""

from __future__ import annotations

import os
import stat

from paramcount.errors import InputError

MOST_LINKS = 40  # links followed in a row, as the system does
VALID = "valid: a file in an existing, writable folder"


def write_file(path: str, content: bytes) -> None:
    """Write *content* to *path*; raises InputError if that fails, and leaves an existing file as it was.

    A file is replaced by a complete new one with the same owner and mode; for a link, its target is replaced. Anything
    else (a pipe, a terminal, a device) is written to directly.
    """
    try:
        target = _followed(path)
        if target is None or _is_no_file(target):
            _write_through(path, content)
        else:
            _replace(target, content)
    except OSError as error:
        valid = "valid: a file, not a folder" if os.path.isdir(path) else VALID
        raise InputError(f"-o {path}: {error.strerror}; {valid}") from None


def _followed(path: str) -> str | None:
    """*path* with its links followed; None if it leads to an open file of a process, as /dev/stdout does."""
    for _ in range(MOST_LINKS):
        if not os.path.islink(path):
            break
        folder = os.path.dirname(path)
        if os.path.realpath(folder).startswith("/proc/"):
            return None
        path = os.path.join(folder, os.readlink(path))
    return path


def _is_no_file(path: str) -> bool:
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        return False


def _write_through(path: str, content: bytes) -> None:
    """Append to what is already there."""
    with open(os.open(path, os.O_WRONLY | os.O_APPEND), "wb", buffering=0) as stream:
        rest = memoryview(content)
        while rest:
            rest = rest[stream.write(rest) :]


def _replace(path: str, content: bytes) -> None:
    """Write a new file beside *path* and move it into place once it is complete."""
    import tempfile  # slow to import, and only a written file needs it

    before = os.stat(path) if os.path.lexists(path) else None
    if before and not os.access(path, os.W_OK):
        raise PermissionError(0, "not writable")
    handle, fresh = tempfile.mkstemp(dir=os.path.dirname(path) or ".", prefix=".paramcount-")
    try:
        with open(handle, "wb") as stream:
            stream.write(content)
        _like(fresh, before)
        os.replace(fresh, path)
    finally:
        if os.path.lexists(fresh):
            os.unlink(fresh)


def _like(fresh: str, before: os.stat_result | None) -> None:
    """Give *fresh* the owner and mode of the file that was there *before*, or those of any new file."""
    if before is None:
        os.chmod(fresh, 0o666 & ~_umask())
        return
    own = os.stat(fresh)
    if (own.st_uid, own.st_gid) != (before.st_uid, before.st_gid):
        os.chown(fresh, before.st_uid, before.st_gid)
    os.chmod(fresh, stat.S_IMODE(before.st_mode))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
