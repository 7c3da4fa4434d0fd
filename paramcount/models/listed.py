"""Sizes given in a list, such as the widths of consecutive convolutions."""

from __future__ import annotations

from paramcount.config import Config
from paramcount.ledger.sized import Sized


def sizes(c: Config, key: str) -> list[Sized]:
    """The whole numbers listed under *key*, at least one; raises ConfigError."""
    found = c.get(key)
    if not isinstance(found, list) or not found or any(type(one) is not int or one < 1 for one in found):
        raise c.refuse(key, "valid: a list of whole numbers from 1 up")
    return [c.named(f"{key}_{at}", number, f"{c.prefix}{key}[{at}]") for at, number in enumerate(found)]
