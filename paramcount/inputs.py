"""Reading untrusted files: size limits, pipes, and JSON whose keys must be unique."""

import os
import stat
from typing import Any

from paramcount.errors import InputError


def without_waiting(path: str, flags: int) -> int:
    """An opener for open() that doesn't hang on a pipe without a writer."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_within(path: str | os.PathLike[str], most: int, valid: str, refusal: type[InputError] = InputError) -> bytes:
    """The content of the file, pipe or device at *path*.

    Raises *refusal*, which says what is *valid*, if it can't be read or has more than *most* bytes.
    """
    try:
        with open(path, "rb", opener=without_waiting) as file:
            status = os.fstat(file.fileno())
            if stat.S_ISREG(status.st_mode) and status.st_size > most:
                raise refusal(f"{path}: {status.st_size:,} bytes is too large; valid: {valid}, up to {most:,} bytes")
            begun = _begun(file.fileno()) if stat.S_ISFIFO(status.st_mode) else b""
            if begun is None:
                raise refusal(f"{path}: a pipe without a writer; valid: {valid}")
            data = begun + file.read(most + 1)
    except OSError as error:
        raise refusal(f"{path}: cannot be read ({error.strerror}); valid: {valid}") from None
    if len(data) > most:
        raise refusal(f"{path}: more than {most:,} bytes; valid: {valid}, up to {most:,} bytes")
    return data


def utf8(data: bytes, path: str, valid: str) -> str:
    """The text that *data*, read from *path*, is in UTF-8; raises InputError, which says what is *valid*."""
    if b"\0" in data:
        raise InputError(f"{path}: a binary file; valid: {valid}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}; valid: {valid}, saved as UTF-8") from None


def _begun(pipe: int) -> bytes | None:
    """The first byte of *pipe*, made blocking; b"" if its writer has sent nothing yet, None without a writer."""
    try:
        begun = os.read(pipe, 1) or None
    except BlockingIOError:
        begun = b""
    os.set_blocking(pipe, True)
    return begun


# How files other than JSON begin, and what they are.
BEGINNINGS = (
    (b"version https://git-lfs", "a git-lfs pointer, not the file itself; valid: the file, after git lfs pull"),
    (b"\x89HDF\r\n", "an HDF5 file, weights as Keras saves them; valid: one JSON object"),
    (b"PK\x03\x04", "a zip file, as torch.save and numpy write weights; valid: one JSON object"),
    (b"\x1f\x8b", "compressed with gzip; valid: the unpacked file"),
    (b"GGUF", "a GGUF file; valid: the same file with a name that ends in .gguf"),
)


def instead_of_json(text: bytes | str, error: ValueError) -> str:
    """What *text*, which json refused with *error*, is instead of JSON; "" if it looks like nothing known."""
    data = text.encode(errors="replace") if isinstance(text, str) else text
    known = next((what for begins, what in BEGINNINGS if data.startswith(begins)), "")
    if known:
        return known
    start = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        return "empty; valid: one JSON object"
    if start.startswith((b"<!doctype html", b"<html", b"<head")):
        return "an HTML page, not the file itself; valid: the file downloaded from its raw address"
    lines = [line for line in data.split(b"\n") if line.startswith((b"<<<<<<< ", b">>>>>>> "))]
    if lines:
        return "contains merge conflict markers (<<<<<<<, >>>>>>>); valid: the file with its conflicts resolved"
    if start[:1] in (b"{", b"[") and _is_cut(data.decode(errors="replace").rstrip(), error):
        return "cut short: its JSON ends before it is complete; valid: the whole file"
    if b"\0" in data:
        return "a binary file; valid: one JSON object"
    return "" if _is_utf8(data) else "not UTF-8 text; valid: one JSON object"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_cut(text: str, error: ValueError) -> bool:
    """Whether json failed with *error* at the end of *text*, or in a string or word cut off by it."""
    at = getattr(error, "pos", None)
    if at is None:
        return False
    rest = text[at:]
    return "Unterminated string" in str(error) or any(word.startswith(rest) for word in ("true", "false", "null"))


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of *pairs*, for json.loads; raises ValueError on a duplicate key, since either may be meant."""
    members = dict(pairs)
    if len(members) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice[:120]} appears twice")
    return members
