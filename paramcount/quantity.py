"""Numbers as people write them, and exact integers: 1.3B, 100T, 100e12, 1_300_000_000, 2^17.

K is 10^3, M 10^6, B 10^9, T 10^12, as the papers print them. Decimal inside, never float:
``int(float("4.35") * 1e12)`` is 4349999999999.
"""

from __future__ import annotations

import re
from decimal import Decimal

from paramcount.errors import InputError

UNITS = {"": 0, "K": 3, "M": 6, "B": 9, "T": 12}
LARGEST = 10**36  # beyond any model; stops 1e400 before it costs memory
VALID = "valid: a whole number from 1 to 1e36 such as 768, 1.3B, 100T, 2^17"

_DECIMAL = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(?:[eE]\+?(\d{1,6}))?([kKMBT]?)")
_POWER = re.compile(r"(\d{1,6})(?:\^|\*\*)(\d{1,4})")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(?!\d)")


class QuantityError(InputError):
    """A text that is no positive whole number; the message says what would be."""


def parse_quantity(text: str, what: str = "a number") -> int:
    """The exact integer that *text* states, from 1 to 10^36; *what* names it in errors.

    Raises QuantityError on zero, negatives, fractions of one, absurd sizes and anything that is no number.
    """
    plain = text.strip()
    if _GROUPED.match(plain):
        plain = plain.replace(",", "")
    value = _evaluate(re.sub(r"(?<=\d)_(?=\d)", "", plain))
    if value is None:
        raise QuantityError(f"{what} = {_clipped(text)}: not a positive whole number; {VALID}")
    if not 1 <= value <= LARGEST:
        raise QuantityError(f"{what} = {_clipped(text)}: {'larger than 1e36' if value else 'zero'}; {VALID}")
    return value


def _evaluate(plain: str) -> int | None:
    if power := _POWER.fullmatch(plain):
        base, exponent = int(power[1]), int(power[2])
        return LARGEST + 1 if base > 1 and exponent > 120 else base**exponent
    match = _DECIMAL.fullmatch(plain)
    if match is None or len(match[1]) > 60:
        return None
    mantissa, exponent = Decimal(match[1]), int(match[2] or 0) + UNITS[match[3].upper()]
    if mantissa and exponent > 60:
        return LARGEST + 1
    scaled = mantissa.scaleb(exponent)
    return int(scaled) if scaled == int(scaled) else None


def _clipped(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"


def short(count: int) -> str:
    """*count* to three digits with its unit: 1_517_123_584 -> '1.52B'; from 10^15 on '1.00e+15'. Halves go to even."""
    for unit, exponent in (("T", 12), ("B", 9), ("M", 6), ("K", 3)):
        if 10**exponent <= count < 10**15:
            rounded = Decimal(f"{Decimal(count):.2e}").scaleb(-exponent)
            return f"{rounded:f}{unit}" if rounded < 1000 else short(int(rounded.scaleb(exponent)))
    return str(count) if count < 1000 else f"{Decimal(count):.2e}"
