"""A printed figure is a claim: 1.3B says [1.25, 1.35) billion, 117M says [116.5, 117.5) million.

Where a source pads its digits with a zero (GPT-3's Table D.1 prints every large count in units of ten million, as in
1,320M), that zero claims nothing. Which tables do so is stated beside them in tables/, not here.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from paramcount.quantity import UNITS

_PRINTED = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?([KMBT]?)")


class Claim(NamedTuple):
    """The counts that a printed figure admits: low <= count < high, in parameters."""

    low: int
    high: int
    nominal: int

    def admits(self, count: int) -> bool:
        return self.low <= count < self.high


def claim(printed: str, insignificant_zeros: int = 0) -> Claim:
    """The claim that *printed* makes, its last *insignificant_zeros* trailing zeros left out of the precision.

    A count with no unit is exact: 116,534,784 admits itself alone. Raises ValueError on a text that is no figure.
    """
    match = _PRINTED.fullmatch(printed.strip())
    if match is None:
        raise ValueError(f"{printed!r} is no printed figure; valid: 117M, 1.3B, 1,320M, 124,439,808")
    whole, decimals, unit = match[1].replace(",", ""), match[2] or "", match[3]
    exponent = UNITS[unit] - len(decimals)
    nominal = int(Decimal(whole + decimals).scaleb(exponent))
    if not unit and not decimals:
        return Claim(nominal, nominal + 1, nominal)
    if not decimals:
        trailing = len(whole) - len(whole.rstrip("0"))
        exponent += min(trailing, insignificant_zeros)
    half = Decimal(5).scaleb(exponent - 1)
    return Claim(_ceil(nominal - half), _ceil(nominal + half), nominal)


def _ceil(value: Decimal) -> int:
    return -int((-value).to_integral_value(rounding="ROUND_FLOOR"))
