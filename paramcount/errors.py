"""The error for bad input, and untrusted text made safe to print."""

from typing import Any

LONGEST = 400  # characters of an error's line
TAIL = 150  # of them for its end, which says what would be valid


class InputError(ValueError):
    """Bad input. The message is one line: what was asked, what is wrong, what would be valid."""

    def __init__(self, message: str):
        super().__init__(printable(message))


def printable(text: str) -> str:
    """*text* with unprintable characters escaped, since files from strangers may hold terminal codes.

    These are control characters (C0, DEL, C1), line breaks, changes of writing direction (U+202E), characters of zero
    width, and lone surrogates, which no encoding can write.
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def all_printable(value: Any) -> Any:
    """A JSON document with all its strings and keys made `printable`."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [all_printable(item) for item in value]
    if isinstance(value, dict):
        return {printable(key) if isinstance(key, str) else key: all_printable(item) for key, item in value.items()}
    return value


def line(message: str) -> str:
    """*message* as an error's line; if it is long, its beginning and its end, which says what would be valid."""
    text = printable(message)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - TAIL - 1]}…{text[-TAIL:]}"
