"""The one kind of error that a user can cause."""


class InputError(ValueError):
    """Wrong input. The message is one line: what was asked, what is wrong, what would be valid."""
