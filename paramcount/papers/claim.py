"""A printed figure is a claim: 1.3B says [1.25, 1.35) billion, 117M says [116.5, 117.5) million.

Where a source pads its digits with a zero (GPT-3's Table D.1 prints every large count in units of ten million, as in
1,320M), that zero is not significant. The tables in tables/ say where this is so.
"""

import re
from typing import NamedTuple

from paramcount.quantity import LARGEST, UNITS

LONGEST = 40  # digits
_PRINTED = r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?([KMBT]?)"


class Claim(NamedTuple):
    """The counts that agree with a printed figure: low <= count < high, in parameters."""

    low: int
    high: int
    nominal: int
    unit: str = ""

    def __str__(self) -> str:
        """The interval in the printed unit: 1.25–1.35B; a single number if the claim is exact."""
        if self.high == self.low + 1:
            return f"{self.nominal:,}"
        return f"{_in_units(self.low, self.unit)}–{_in_units(self.high, self.unit)}{self.unit}"

    def error(self, count: int) -> float:
        """The signed error of *count*, as a fraction of the printed figure."""
        return (count - self.nominal) / self.nominal

    def admits(self, count: int) -> bool:
        return self.low <= count < self.high


def claim(printed: str, insignificant_zeros: int = 0) -> Claim:
    """The claim of the figure *printed*, whose last *insignificant_zeros* trailing zeros are not significant.

    A count without a unit is exact: 116,534,784 is only that. Raises ValueError on a text that is not a figure.
    """
    match = re.fullmatch(_PRINTED, printed.strip())
    if match is None:
        raise ValueError(f"{printed[:40]!r} is not a count; valid: 117M, 1.3B, 1,320M, 124,439,808")
    whole, decimals, unit = match[1].replace(",", ""), match[2] or "", match[3]
    exponent = UNITS[unit] - len(decimals)
    if exponent < 0:
        raise ValueError(f"{printed[:40]!r} is not a whole number of parameters")
    nominal = int((whole + decimals)[:LONGEST]) * 10**exponent
    if nominal > LARGEST or len(whole + decimals) > LONGEST:
        raise ValueError(f"{printed[:40]!r} is too large for a parameter count; valid: up to 1e36")
    if not decimals:
        trailing = len(whole) - len(whole.rstrip("0"))
        exponent += min(trailing, insignificant_zeros)
    if exponent == 0:
        return Claim(nominal, nominal + 1, nominal, unit)
    half = 5 * 10 ** (exponent - 1)
    return Claim(nominal - half, nominal + half, nominal, unit)


def _in_units(count: int, unit: str) -> str:
    whole, rest = divmod(count, 10 ** UNITS[unit])
    decimals = f"{rest:0{UNITS[unit]}}".rstrip("0") if rest else ""
    return f"{whole:,}.{decimals}" if decimals else f"{whole:,}"
