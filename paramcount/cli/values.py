"""Types for the values of options; their errors say what would be valid."""

from __future__ import annotations

import re
from typing import Any

import click

from paramcount.errors import InputError
from paramcount.quantity import LARGEST, asked, refuse_ambiguous, whole_number


class Choice(click.Choice):  # type: ignore[type-arg]  # generic since click 8.2 only
    """One of a few words."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value not in self.choices:
            raise InputError(f"{_typed(param, value)}: unknown value; valid: {', '.join(self.choices)}")
        return value


class Whole(click.ParamType):  # type: ignore[type-arg]
    """A whole number from *least* to *most*, written like any other number: 4096, 2^17."""

    name = "whole number"

    def __init__(self, least: int = 1, most: int | None = None):
        self.least, self.most = least, most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        number = value if isinstance(value, int) else whole_number(value)
        most = LARGEST if self.most is None else self.most
        if number is not None and self.least <= number <= most:
            if isinstance(value, str) and param is not None:
                refuse_ambiguous(value, param.opts[-1], number)
            return number
        until = "up" if self.most is None else f"to {self.most:,}"
        wrong = self._wrong(str(value).strip(), number)
        raise InputError(f"{_typed(param, value)}: {wrong}; valid: a whole number from {self.least} {until}")

    def _wrong(self, text: str, number: int | None) -> str:
        if number is None:
            return "negative" if re.fullmatch(r"-\d+", text) else "not a whole number"
        return "too small" if number < self.least else "too large"


def _typed(param: click.Parameter | None, value: Any) -> str:
    """The option or argument and its value, as they were typed."""
    named = "" if param is None else param.opts[-1] if isinstance(param, click.Option) else param.human_readable_name
    return asked(named, str(value)) if named.startswith("-") else f"{named} {value}".strip()
