"""Reads what users ask for: sizes (96, 64:256, 64,96,128), ratios such as 8/3, percentages, ranges of ratios."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from paramcount.errors import InputError
from paramcount.quantity import parse_quantity

MOST_RATIOS = 100
LONGEST = 10**18  # points of a range; close to the limit of Python's sequences


class Span(NamedTuple):
    """Every whole number from *low* to *high*, both included; no upper limit if *high* is None."""

    low: int = 1
    high: int | None = None


Choice = Span | tuple[int, ...]
Asked = int | str | Iterable[int]
Aspect = tuple[Fraction, Fraction | None]
Ratio = int | float | str | Fraction


def read_choice(asked: Asked, what: str) -> Choice:
    """A Span or sorted values, from what is *asked* for the size *what*; raises InputError if it cannot be read."""
    if isinstance(asked, str):
        if ":" in asked:
            return _span(asked, what)
        asked = [parse_quantity(part, what) for part in asked.split(",")]
    values = list(asked) if isinstance(asked, Iterable) else [asked]
    if not values:
        raise InputError(f"{what} = {asked}: no value given; valid: 96, [64, 96]")
    return tuple(sorted({parse_quantity(str(value), what) for value in values}))


def values_of(choice: Choice, what: str, most: int = 4096) -> tuple[int, ...]:
    """The values of *choice* one by one; raises InputError if there are more than *most*."""
    if not isinstance(choice, Span):
        if len(choice) > most:
            raise InputError(f"{what} = {as_asked(choice)}: {len(choice):,} values; valid: at most {most:,}")
        return choice
    if choice.high is None or choice.high - choice.low >= most:
        raise InputError(f"{what} = {as_asked(choice)}: too many values; valid: at most {most}, such as 64,96,128")
    return tuple(range(choice.low, choice.high + 1))


def admits(choice: Choice, value: int) -> bool:
    """Whether *value* is in *choice*."""
    if isinstance(choice, Span):
        return choice.low <= value and (choice.high is None or value <= choice.high)
    return value in choice


def as_asked(choice: Choice) -> str:
    """*choice* as users write it: 64:256, 64,96."""
    if isinstance(choice, Span):
        return f"{choice.low}:{'' if choice.high is None else choice.high}"
    return ",".join(map(str, choice))


def read_ratio(asked: Ratio, what: str) -> Fraction:
    """A positive ratio: 4, 2.5 or 8/3; raises InputError on anything else."""
    text = str(asked).strip()
    if not re.fullmatch(r"\d{1,12}(\.\d{1,12})?|\d{1,12}/\d{0,11}[1-9]\d{0,11}", text) or not Fraction(text):
        raise InputError(f"{what} = {text}: not a positive ratio; valid: 4, 2.5, 8/3")
    return Fraction(text)


def read_ratios(asked: Ratio | Iterable[Ratio], what: str) -> tuple[Fraction, ...]:
    """One or several ratios: "4,8/3", 4, [4, "8/3"]."""
    if isinstance(asked, str):
        asked = asked.split(",")
    parts = list(asked) if isinstance(asked, Iterable) else [asked]
    if not parts:
        raise InputError(f"{what} = {asked}: no ratio given; valid: 2,8/3,4")
    if len(parts) > MOST_RATIOS:
        raise InputError(f"{what}: {len(parts):,} ratios; valid: at most {MOST_RATIOS:,}, such as 2,8/3,4")
    return tuple(sorted({read_ratio(part, what) for part in parts}))


def read_aspect(asked: Ratio | tuple[Ratio, Ratio]) -> Aspect:
    """A range of d_model/n_layers, both ends included: "64:256", (64, 256); "128" is 128 only."""
    ends = asked.split(":") if isinstance(asked, str) else list(asked) if isinstance(asked, tuple) else [asked]
    if len(ends) > 2:
        raise InputError(f"aspect = {asked}: not a range; valid: 64:256")
    low, high = read_ratio(ends[0], "aspect"), read_ratio(ends[-1], "aspect")
    if low > high:
        raise InputError(f"aspect = {asked}: an empty range; valid: {high}:{low}")
    return low, high


def read_tolerance(asked: float | str | Fraction) -> Fraction:
    """A share of the budget from 0 to 1: "1%" and 0.01 are the same."""
    text = str(asked).strip()
    plain = text.removesuffix("%").strip()
    if not re.fullmatch(r"\d{1,6}(\.\d{1,18})?(e-\d{1,2})?", plain) and not re.fullmatch(r"\d+/\d*[1-9]\d*", plain):
        raise InputError(f"tolerance = {text}: not a share of the budget; valid: 1%, 0.01, 0")
    share = Fraction(plain) / (100 if plain != text else 1)
    if share > 1:
        raise InputError(
            f"tolerance = {text}: more than the whole budget; valid: {'100' if plain != text else plain}%, 0.01, 0"
        )
    return share


def _span(text: str, what: str) -> Span:
    ends = text.split(":")
    if len(ends) != 2:
        raise InputError(f"{what} = {text}: not a range; valid: 64:256")
    low = parse_quantity(ends[0], what) if ends[0].strip() else 1
    high = parse_quantity(ends[1], what) if ends[1].strip() else None
    if high is not None and low > high:
        raise InputError(f"{what} = {text}: an empty range; valid: {high}:{low}")
    if high is not None and high - low > LONGEST:
        raise InputError(f"{what} = {text}: more than 10^18 values; valid: a shorter range, or {low}: without an end")
    return Span(low, high)
