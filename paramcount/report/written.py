"""The one way in which a file is written: whole or not at all, and where the path leads."""

from __future__ import annotations

import os
import stat

from paramcount.errors import InputError

MOST_LINKS = 40  # that are followed from one to the next, as the system does
VALID = "valid: a file in an existing, writable folder"


def write_file(path: str, content: bytes) -> None:
    """Put *content* at *path*; raises InputError where that cannot be done, and a file is then what it was.

    A file is replaced by a new one that is complete, with its owner and mode; a link stays, and what it leads to is
    replaced. What is no file (a pipe, a terminal, a device) is written to and stays what it is.
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
    """Where *path* leads, its links followed; None where that is a file that a process has open, as /dev/stdout is."""
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
    """Write to what is there already, behind what was written to it before."""
    with open(os.open(path, os.O_WRONLY | os.O_APPEND), "wb", buffering=0) as stream:
        rest = memoryview(content)
        while rest:
            rest = rest[stream.write(rest) :]


def _replace(path: str, content: bytes) -> None:
    """Fill a new file beside *path*, and put it in its place once it is complete."""
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
    """Give *fresh* the owner and the mode of what was there *before*, or those that any new file has."""
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
