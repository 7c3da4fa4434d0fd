"""The one kind of error that a user can cause, and text from strangers made fit to print."""

from typing import Any

LONGEST = 400  # characters of the line that says it
TAIL = 150  # of them, for what would be valid


class InputError(ValueError):
    """Wrong input. The message is one line: what was asked, what is wrong, what would be valid."""

    def __init__(self, message: str):
        super().__init__(printable(message))


def printable(text: str) -> str:
    """*text* with escapes for what is no character of a line, since files from strangers may hold terminal codes.

    That is every control character (C0, DEL, C1), every line break, what turns the direction of writing (U+202E), what
    has no width, and halves of surrogates, which no encoding can write.
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def all_printable(value: Any) -> Any:
    """A JSON document with every text and key in it made `printable`."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [all_printable(item) for item in value]
    if isinstance(value, dict):
        return {printable(key) if isinstance(key, str) else key: all_printable(item) for key, item in value.items()}
    return value


def line(message: str) -> str:
    """*message* as an error is shown: of a long one its beginning, and its end, which says what would be valid."""
    text = printable(message)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - TAIL - 1]}…{text[-TAIL:]}"
