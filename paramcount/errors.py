"""The one kind of error that a user can cause."""


class InputError(ValueError):
    """Wrong input. The message is one line: what was asked, what is wrong, what would be valid."""

    def __init__(self, message: str):
        super().__init__(printable(message))


def printable(text: str) -> str:
    """*text* with escapes for what is no character of a line, since files from strangers may hold terminal codes."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
