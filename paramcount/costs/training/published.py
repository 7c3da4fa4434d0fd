"""The utilisation of published training runs: as printed, or computed from other printed figures.

Printed TFLOP/s are not used, since many include recomputation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from paramcount.catalog.called import suggestions
from paramcount.costs.accelerators import Accelerator, accelerators
from paramcount.errors import InputError
from paramcount.papers.claim import claim
from paramcount.papers.tables import read

FILE = "training_costs.csv"
DEVICES = "accelerator_names.csv"

Interval = tuple[Fraction, Fraction, Fraction]  # a figure's lower end, its printed value, and its upper end
Cells = dict[str, str]


class Utilisation(NamedTuple):
    """The share of peak that *model*'s devices achieved: *nominal*, and *low* to *high* within the printed digits.

    *how* says from which figures, *source* and *where* who printed them.
    """

    model: str
    low: Fraction
    nominal: Fraction
    high: Fraction
    how: str
    device: str
    source: str
    where: str


class Ran(NamedTuple):
    """A published run of *days* days on *devices* devices."""

    model: str
    devices: int
    days: Fraction
    source: str


def utilisation(name: str) -> Utilisation:
    """The utilisation of the run called *name*; raises InputError if it is unknown or its rows print too little."""
    runs = utilisations()
    if found := runs.get(_key(name)):
        return found
    rows = {_key(row["model"]): row["model"] for row in read(FILE)}
    if _key(name) in rows:
        raise InputError(
            f"like = {name}: neither its MFU nor figures to compute it from are published; valid: {_some(runs)}"
        )
    near = suggestions(_key(name), runs)
    hint = f"did you mean {near}?" if near else f"valid: {_some(runs)}"
    raise InputError(f"like = {name}: unknown training run; {hint}")


@cache
def utilisations() -> dict[str, Utilisation]:
    """The utilisation of every run for which it is known, from the first such row of each model."""
    found: dict[str, Utilisation] = {}
    for row in read(FILE):
        if _key(row["model"]) not in found and (one := _utilisation(row)):
            found[_key(row["model"])] = one
    return found


def runs() -> list[Ran]:
    """The published runs that print both devices and days."""
    found = []
    for row in read(FILE):
        devices, days = _figure(row["n_accelerators_printed"]), _figure(row["days_printed"])
        if devices and days:
            found.append(Ran(row["model"], int(devices[1]), days[1], row["source"]))
    return found


def device(printed: str) -> Accelerator | None:
    """The device that tables call *printed*; None if it may be one of several."""
    known = accelerators()
    named = {row["printed"]: row["device"] for row in read(DEVICES)}
    return known.get(named.get(printed, printed.lower().replace(" ", "-")))


def _utilisation(row: Cells) -> Utilisation | None:
    ways = [(share, how) for share, how in _ways(row) if share[0] > 0 and share[2] <= 1]
    if not ways:
        return None
    (low, nominal, high), how = ways[0]
    return Utilisation(row["model"], low, nominal, high, how, row["accelerator"], row["source"], row["where"])


def _ways(row: Cells) -> Iterator[tuple[Interval, str]]:
    """The utilisation by each set of figures that gives it, the most direct first."""
    if share := _figure(row["mfu_printed"].removesuffix("%").strip()):
        yield _scaled(share, Fraction(1, 100)), "MFU as printed"
    found = device(row["accelerator"])
    params, tokens = (_count(row[column]) for column in (_params(row), "n_tokens_printed"))
    if found is None or not params or not tokens:
        return
    dtype, peak = found.peak()
    for hours, said in ((_hours(row), "device-hours"), (_elapsed(row), "devices · days · 24")):
        if hours:
            parts = zip(params, tokens, reversed(hours), strict=True)
            low, nominal, high = (6 * n * d / (h * 3_600 * peak) for n, d, h in parts)
            yield (low, nominal, high), f"6·N·D / ({said} · 3,600 · {found.name}'s peak in {dtype})"


def _hours(row: Cells) -> Interval | None:
    return _count(row["accelerator_hours_printed"])


def _elapsed(row: Cells) -> Interval | None:
    devices, days = _figure(row["n_accelerators_printed"]), _figure(row["days_printed"])
    return _scaled(days, 24 * devices[1]) if devices and days else None


def _params(row: Cells) -> str:
    return "n_params_active_printed" if row["n_params_active_printed"] else "n_params_printed"


def _count(text: str) -> Interval | None:
    """The interval that a printed count claims: 69.5 to 70.5 billion for 70B."""
    try:
        printed = claim(text.replace("k", "K"))
    except ValueError:
        return None
    exact = printed.high == printed.low + 1
    return Fraction(printed.low), Fraction(printed.nominal), Fraction(printed.low if exact else printed.high)


def _figure(text: str) -> Interval | None:
    """The interval that a number without a unit claims: 46.15 to 46.25 for 46.2, half either way for a whole number."""
    plain = text.replace(",", "")
    if not re.fullmatch(r"\d+(\.\d+)?", plain):
        return None
    half = Fraction(1, 2 * 10 ** len(plain.partition(".")[2]))
    return Fraction(plain) - half, Fraction(plain), Fraction(plain) + half


def _scaled(figure: Interval, by: Fraction) -> Interval:
    low, nominal, high = (part * by for part in figure)
    return low, nominal, high


def _key(name: str) -> str:
    """A name in the form used for look-up: llama-2-70b for Llama 2 70B."""
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-")


def _some(runs: dict[str, Utilisation]) -> str:
    """A few of the known names."""
    return ", ".join(list(runs)[:4])
