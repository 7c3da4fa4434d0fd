"""Numbers as people write them, read and printed exactly: 1.3B, 100T, 100e12, 1_300_000_000, 2^17.

K is 10^3, M 10^6, B 10^9, T 10^12, as in the papers; lower case works too. Never goes through a float, since
``int(float("4.35") * 1e12)`` is 4349999999999.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from paramcount.errors import InputError

if TYPE_CHECKING:
    from fractions import Fraction

UNITS = {"": 0, "K": 3, "M": 6, "B": 9, "T": 12}
LARGEST = 10**36  # beyond any model; stops 1e400 before it takes memory
VALID = "valid: a whole number from 1 to 1e36, such as 768, 1.3B, 100T or 2^17"

_DECIMAL = r"(\d*)(?:\.(\d+))?(?:[eE]\+?(\d{1,6}))?([kKmMbBtT]?)"
_POWER = r"(\d{1,6})(?:\^|\*\*)(\d{1,4})"
NO_NUMBER = "not a number"
_POSITIONS = re.compile(r"seq|ctx|source|context|position|cached|window")  # in the names of sequence lengths
_TOKENS = re.compile(r"tokens$")  # of counts of tokens, which may be a sequence's
_GROUPED = r"\d{1,3}(,\d{3})+(?!\d)"


class QuantityError(InputError):
    """The text is not a valid number; the message says what would be."""


def parse_quantity(text: str, what: str = "a number") -> int:
    """The exact integer that *text* states, from 1 to 10^36; *what* names it in errors.

    Raises QuantityError on zero, negative, fractional or absurdly large numbers and on anything that is not a number.
    Also where `refuse_ambiguous` does.
    """
    value = whole_number(text)
    if value is None:
        raise QuantityError(f"{asked(what, text)}: not a positive whole number; {VALID}")
    refuse_ambiguous(text, what, value)
    if not 1 <= value <= LARGEST:
        raise QuantityError(f"{asked(what, text)}: {'larger than 1e36' if value else 'zero'}; {VALID}")
    return value


def refuse_ambiguous(text: str, what: str, value: int) -> None:
    """Raise QuantityError on a sequence length with K or M, and on tokens with K: 4K may mean 4,000 or 4,096."""
    unit = text.strip()[-1]
    if value and ((unit in "kKmM" and _POSITIONS.search(what)) or (unit in "kK" and _TOKENS.search(what))):
        raise QuantityError(f"{asked(what, text)}: ambiguous; valid: {_readings(value, unit)}")


def asked(what: str, text: str) -> str:
    """An option or size with its value, as an error shows it: --tokens 3x, n_layers = 3x."""
    value = (text if len(text) <= 40 else text[:40] + "…") if text.strip() else "''"
    return f"{what} {value}" if what.startswith("-") else f"{what} = {value}"


def whole_number(text: str) -> int | None:
    """The whole number that *text* states, from 0; None if it states none. Absurdly large ones are LARGEST + 1."""
    plain = text.strip()
    if re.match(_GROUPED, plain):
        plain = plain.replace(",", "")
    return _evaluate(re.sub(r"(?<=\d)_(?=\d)", "", plain))


def quantity_of(value: object, what: str, least: int = 1) -> int:
    """*value*, a number or text, as parse_quantity reads it; with *least* 0 also zero."""
    text = str(value)
    return 0 if least == 0 and text.strip() == "0" else parse_quantity(text, what)


def parse_bytes(text: str, what: str) -> int:
    """The number of bytes that *text* states: 80GB is 80·10^9, 80GiB 80·2^30.

    Raises QuantityError if the unit is missing or unknown, and unless it is a whole number of bytes from 1 to 10^36.
    """
    match = re.fullmatch(r"([^%]*?)\s*(B|[kKMGTP]i?B)", text.strip(), re.ASCII)
    valid = "valid: 80GB (80·10^9 bytes), 80GiB (80·2^30 bytes), MB, TB"
    amount = _amount(match[1]) if match else NO_NUMBER
    if match is None or isinstance(amount, str):
        wrong = "not a size in bytes" if amount == NO_NUMBER else amount
        raise QuantityError(f"{asked(what, text)}: {wrong}; {valid}")
    prefix = match[2].rstrip("B").upper()
    power = " KMGTP".index(prefix[0]) if prefix else 0
    thousand = 1024 if prefix.endswith("I") else 1000
    found = amount * thousand**power
    if found.denominator != 1 or not 1 <= found <= LARGEST:
        wrong = "zero" if not found else "not a whole number of bytes up to 1e36"
        raise QuantityError(f"{asked(what, text)}: {wrong}; {valid}")
    return int(found)


def _evaluate(plain: str) -> int | None:
    if power := re.fullmatch(_POWER, plain):
        base, exponent = int(power[1]), int(power[2])
        return LARGEST + 1 if base > 1 and exponent > 120 else base**exponent
    match = re.fullmatch(_DECIMAL, plain)
    if match is None or not (match[1] or match[2]) or len(plain) > 60:
        return None
    decimals = match[2] or ""
    digits, exponent = int(match[1] + decimals), int(match[3] or 0) + UNITS[match[4].upper()] - len(decimals)
    if digits and exponent > 60:
        return LARGEST + 1
    value, rest = (digits * 10**exponent, 0) if exponent >= 0 else divmod(digits, 10**-exponent)
    return None if rest else value


def _readings(value: int, unit: str) -> str:
    """*value*, written with *unit*, in powers of ten and of two: 4000 or 4096."""
    power = UNITS[unit.upper()] // 3
    return f"{value} or {value * 1024**power // 1000**power}"


def short(count: int) -> str:
    """*count* to three digits with its unit: 1_517_123_584 -> '1.52B'; 10^15 and above: '1.00e+15'. Halves round up."""
    for unit, exponent in (("T", 12), ("B", 9), ("M", 6), ("K", 3)):
        if 10**exponent <= count < 10**15:
            digits, power = _rounded(count)
            places = exponent - power
            text = str(digits) if places <= 0 else f"{digits // 10**places}.{digits % 10**places:0{places}}"
            return text + unit if places >= 0 else short(digits * 10**power)
    if count < 1000:
        return str(count)
    digits, power = _rounded(count)
    return f"{digits // 100}.{digits % 100:02}e+{power + 2}"


def in_bytes(nbytes: int) -> str:
    """*nbytes* to four digits in a decimal unit: 79_840_000_000 -> '79.84 GB'."""
    power = min((len(str(nbytes)) - 1) // 3, 5)
    return f"{nbytes / 1000**power:.4g} {' kMGTP'[power].strip()}B"


def _rounded(count: int) -> tuple[int, int]:
    """*count* as three digits and a power of ten."""
    power = len(str(count)) - 3
    digits = (count + 5 * 10 ** (power - 1)) // 10**power if power > 0 else count
    return (digits // 10, power + 1) if digits == 1000 else (digits, power)


def parse_amount(text: str, what: str, valid: str) -> Fraction:
    """The exact fraction that *text* states, zero or more: 28, 1.50, 40%, 1e-3.

    Raises QuantityError, with *what* it is and what is *valid*.
    """
    value = _amount(text)
    if isinstance(value, str):
        raise QuantityError(f"{asked(what, text)}: {value}; valid: {valid}")
    return value


def _amount(text: str) -> Fraction | str:
    """The fraction that *text* states, or what is wrong with it."""
    from fractions import Fraction  # slow to import, and not needed for a count

    match = re.fullmatch(r"(\d*(?:\.\d+)?)(?:[eE]([+-]?\d{1,2}))?\s*(%?)", text.strip(), re.ASCII)
    if match is None or not match[1] or len(text) > 60:
        return "negative" if re.match(r"\s*[-−]\s*[\d.]", text) else NO_NUMBER
    value = Fraction(match[1]) * Fraction(10) ** int(match[2] or 0)
    value = value / 100 if match[3] else value
    return "above 1e36 or below 1e-36" if value > LARGEST or 0 < value * LARGEST < 1 else value
