"""The exact interval claimed by a printed figure of a training run: 3.14E+23, 10,000, 355 years, $4.6M, 15T+.

A figure claims half a unit of its last digit either way. Counts printed in full (10,000 devices, 299,892,736,000
tokens) and prices per device-hour are exact. `15T+` and `over 800` have no upper end, `under 400M` no lower one.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from paramcount.auditing.relations import Interval
from paramcount.quantity import UNITS

LEAST, MOST = Fraction(1, 10**40), Fraction(10**40)  # stand for open ends
SMALLEST, LARGEST = Fraction(1, 10**12), Fraction(10**36)  # of a figure
LONGEST = 60  # characters
KEPT = 2  # a trailing zero may be insignificant only after this many digits
COUNTS = ("n_params", "n_params_active", "n_tokens", "n_accelerators", "batch_tokens", "steps")
EXACT = ("price_usd_per_hour",)
TIMES = {"second": Fraction(1, 86400), "minute": Fraction(1, 1440), "hour": Fraction(1, 24), "day": Fraction(1),
         "week": Fraction(7), "month": Fraction(1461, 48), "year": Fraction(1461, 4)}  # fmt: skip
VALID = "valid: 175B, 3.14E+23, 10,000, 46.2 %, 355 years, $4.6M, 15T+, under 75 seconds"

_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,2}))?([kKMBT]?)(?![\w.,])")
_LESS, _MORE, _ABOUT = ("under ", "below ", "up to "), ("over ", "more than "), ("about ", "~")
_PHASES = re.compile(r"([\d.,]+) hours on ([\d.,]+) and ([\d.,]+) hours on ([\d.,]+)")


class Figure(NamedTuple):
    """A printed figure: the interval that it claims, and those if it is truncated or padded with zeros (None: neither).

    *nominal* is the figure itself. Token counts are in tokens, shares are fractions of 1, times are in days.
    """

    printed: str
    nominal: Fraction
    interval: Interval
    truncated: Interval | None = None
    zeros: Interval | None = None

    @property
    def is_plain(self) -> bool:
        """Whether its interval has both ends."""
        return self.interval.low > LEAST and self.interval.high < MOST


class FigureError(ValueError):
    """A text that is not a figure of its column."""


@lru_cache(maxsize=4096)
def figure(text: str, quantity: str) -> Figure | None:
    """The figure for *quantity* printed as *text*; None if it has no number (`several months`). Raises FigureError."""
    plain = text.strip()
    if not plain or plain.startswith("several "):
        return None
    if len(plain) > LONGEST:
        raise FigureError(f"{plain[:LONGEST]!r} is not a figure; {VALID}")
    if quantity == "batch_tokens" and " x " in plain:
        return _product(plain, quantity)
    if quantity == "accelerator_hours" and (phases := _PHASES.fullmatch(plain)):
        return _phases(plain, phases.groups())
    return _single(plain, quantity)


def is_phases(text: str) -> bool:
    """Whether *text* gives a run's hours on one number of devices and then on another."""
    return _PHASES.fullmatch(text.strip()) is not None


def _phases(plain: str, numbers: Sequence[str]) -> Figure:
    hours, devices = numbers[::2], numbers[1::2]
    parts = [_product(f"{h} x {n}", "accelerator_hours") for h, n in zip(hours, devices, strict=True)]
    low, high = sum(part.interval.low for part in parts), sum(part.interval.high for part in parts)
    return Figure(plain, Fraction(sum(part.nominal for part in parts)), Interval(Fraction(low), Fraction(high)))


def _product(plain: str, quantity: str) -> Figure:
    parts = [_single(part, quantity) for part in plain.split(" x ")]
    low, high, nominal = Fraction(1), Fraction(1), Fraction(1)
    for part in parts:
        low, high, nominal = low * part.interval.low, high * part.interval.high, nominal * part.nominal
    return Figure(plain, nominal, Interval(low, high))


def _single(plain: str, quantity: str) -> Figure:
    words, less, more = plain, False, plain.endswith("+")
    for prefix in (*_LESS, *_MORE, *_ABOUT):
        if words.startswith(prefix):
            words, less, more = words.removeprefix(prefix), prefix in _LESS, more or prefix in _MORE
    match = _NUMBER.match(words.removeprefix("$") if "usd" in quantity else words)
    if match is None:
        raise FigureError(f"{plain!r} is not a figure; {VALID}")
    rest = words.removeprefix("$")[match.end() :].strip().removesuffix("+").strip()
    scale = _scale(rest, quantity, plain)
    digits = match[1].replace(",", "") + (match[2] or "")
    power = Fraction(10) ** (int(match[3] or 0) - len(match[2] or "") + UNITS[match[4].upper()])
    value, unit = Fraction(int(digits)) * power * scale, power * scale
    if not SMALLEST < value < LARGEST:
        raise FigureError(f"{plain!r} is {'out of range' if value else 'zero'}; {VALID}")
    if less or more:
        return Figure(plain, value, Interval(LEAST if less else value - unit / 2, MOST if more else value + unit / 2))
    zeros = _zero(digits, bool(match[2]), value, unit)
    if quantity in EXACT or (quantity in COUNTS and power == 1):
        return Figure(plain, value, Interval(value, value), None, zeros)
    return Figure(plain, value, _around(value, unit), Interval(value, value + unit), zeros)


def _around(value: Fraction, unit: Fraction) -> Interval:
    return Interval(value - unit / 2, value + unit / 2)


def _zero(digits: str, decimals: bool, value: Fraction, unit: Fraction) -> Interval | None:
    """What the figure claims if its last digit is an insignificant zero."""
    padded = digits.endswith("0") and len(digits.lstrip("0")) > KEPT and not decimals
    return _around(value, unit * 10) if padded else None


def _scale(rest: str, quantity: str, plain: str) -> Fraction:
    if not rest:
        return Fraction(1)
    if rest == "%" and quantity in ("mfu", "hfu"):
        return Fraction(1, 100)
    if quantity == "days" and (unit := TIMES.get(rest.removesuffix("s"))):
        return unit
    if quantity == "n_accelerators" and rest == "cores":
        return Fraction(1, 2)  # TPU chips v2 to v4 have two cores
    raise FigureError(f"{plain!r}: {rest[:40]!r} is not a unit of {quantity}; {VALID}")


def scaled(interval: Interval, factor: Fraction) -> Interval:
    """*interval* times *factor*."""
    return Interval(interval.low * factor, interval.high * factor)
