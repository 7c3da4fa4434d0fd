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


# What begins a file that is no JSON, and what it is.
BEGINNINGS = (
    (b"version https://git-lfs", "a git-lfs pointer, not the file itself; valid: the file, after git lfs pull"),
    (b"\x89HDF\r\n", "an HDF5 file, weights as Keras saves them; valid: one JSON object"),
    (b"PK\x03\x04", "a zip, as torch.save and numpy write weights; valid: one JSON object"),
    (b"\x1f\x8b", "compressed by gzip; valid: the file unpacked"),
    (b"GGUF", "a GGUF file; valid: it by a name that ends in .gguf"),
)


def instead_of_json(text: bytes | str, error: ValueError) -> str:
    """What *text*, on which json failed with *error*, is in place of JSON; "" where it looks like nothing known."""
    data = text.encode(errors="replace") if isinstance(text, str) else text
    known = next((what for begins, what in BEGINNINGS if data.startswith(begins)), "")
    if known:
        return known
    start = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        return "empty; valid: one JSON object"
    if start.startswith((b"<!doctype html", b"<html", b"<head")):
        return "an HTML page, not the file itself; valid: the file, downloaded from its raw address"
    lines = [line for line in data.split(b"\n") if line.startswith((b"<<<<<<< ", b">>>>>>> "))]
    if lines:
        return "has the marks of a merge conflict (<<<<<<<, >>>>>>>); valid: the file with one side of each chosen"
    if start[:1] in (b"{", b"[") and _is_cut(data.decode(errors="replace").rstrip(), error):
        return "cut short: its JSON ends before it is complete; valid: the whole file"
    return ""


def _is_cut(text: str, error: ValueError) -> bool:
    """Whether json failed with *error* at the end of *text*, or within a text or a word that the end cuts off."""
    at = getattr(error, "pos", None)
    if at is None:
        return False
    rest = text[at:]
    return "Unterminated string" in str(error) or any(word.startswith(rest) for word in ("true", "false", "null"))


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of *pairs*, for json.loads; raises ValueError where a key stands twice, since either may be meant."""
    members = dict(pairs)
    if len(members) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice[:120]} twice")
    return members
