"""The rows of a table of costs: each row's figures and device, and the figures lent by other rows of its model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from paramcount.auditing.costs.arithmetic import DEVICES, bounds, quantities
from paramcount.auditing.costs.figures import Figure, FigureError, figure, is_phases, scaled
from paramcount.auditing.relations import Interval
from paramcount.costs.accelerators import Accelerator
from paramcount.costs.training.published import device as device_called

MEMORY = "FROM MEMORY"
TRAINED_IN = ("bf16", "fp16")
TERA = 10**12
# Quantities of a model, the same in every row about it, and quantities of a run, the same on equal devices.
OF_THE_MODEL = ("n_params", "n_params_active", "n_tokens", "train_flops", "pf_days")
OF_THE_RUN = ("n_accelerators", "accelerator_hours", "days", "energy_mwh", "co2_t")
RATES = ("tflops_per_accelerator", "mfu")
_CORES = re.compile(r"(TPU v\d)-\d+$")  # a slice named by its number of cores


class Claim(NamedTuple):
    """A row: its *figures* by quantity, the labels of the rows that it *borrowed* some from, and its device.

    *memory* says which of its figures were noted from memory; *shape* is the model that the table says it is.
    """

    label: str
    model: str
    figures: Mapping[str, Figure]
    borrowed: Mapping[str, str]
    device: Accelerator | None
    source: str
    where: str
    memory: str
    note: str
    shape: str = ""

    def known(self) -> dict[str, Interval]:
        """All quantities for the equations: the figures, the device's peak and power, and the bounds."""
        found = {**bounds(), **{name: figure.interval for name, figure in self.figures.items()}}
        if self.device:
            if peak := next((self.device.peaks[d] for d in TRAINED_IN if d in self.device.peaks), 0):
                found["peak_tflops"] = peak_of(peak)
            if self.device.tdp_w:
                found["tdp_w"] = point(Fraction(self.device.tdp_w))
        return found


def point(value: Fraction) -> Interval:
    """The interval that holds only *value*."""
    return Interval(value, value)


def three_digits(peak: int) -> int:
    """*peak*, in FLOP/s, rounded to three digits, as data sheets print it and authors divide by it."""
    unit: int = 10 ** (len(str(peak)) - 3)
    return (peak + unit // 2) // unit * unit


def peak_of(peak: int) -> Interval:
    """The interval of a peak to three digits, in TFLOP/s: 989.4 and 989.5 are both printed for one device."""
    half = Fraction(10 ** (len(str(peak)) - 3), 2)
    value = three_digits(peak)
    return Interval((value - half) / TERA, (value + half) / TERA)


@cache
def columns() -> tuple[str, ...]:
    """The quantities that a row may print, each in a column of its name or of its name followed by `_printed`."""
    given = {name: None for name in quantities() if name not in (*DEVICES, "overhead")}
    return tuple(dict.fromkeys([*OF_THE_MODEL, *given]))


TEXTS = ("model", "accelerator", "source", "where", "seen", "note")


def claims(rows: Iterable[Mapping[str, str]], shapes: Mapping[str, str]) -> list[Claim]:
    """The claims of *rows*, each with figures lent by the others of its model. Raises FigureError on a bad cell."""
    found = [claim(row, shapes.get(row["model"], "")) for row in rows]
    counts: dict[str, int] = {}
    labelled = []
    for one in found:
        counts[one.model] = counts.get(one.model, 0) + 1
        again = counts[one.model]
        labelled.append(one._replace(label=one.model if again == 1 else f"{one.model} [{again}]"))
    by_model: dict[str, list[Claim]] = {}
    for one in labelled:
        by_model.setdefault(one.model, []).append(one)
    return [_lent(one, by_model[one.model]) for one in labelled]


def claim(row: Mapping[str, str], shape: str = "") -> Claim:
    """The claim of one *row*."""
    figures: dict[str, Figure] = {}
    for name in columns():
        text = row.get(f"{name}_printed") or row.get(name) or ""
        if name == "days" and is_phases(text):
            name = "accelerator_hours"
        if name == "price_usd_per_hour" and text.endswith(" the node"):
            text = text.removesuffix(" the node")
            if (price := figure(text, name)) and (devices := figures.get("n_accelerators")):
                figures[name] = _shared(price, row[f"{name}_printed"], devices)
            continue
        if text and (found := _read(text, name)):
            figures[name] = found
    seen = row.get("seen", "")
    memory = "; ".join(part.strip() for part in seen.split(";") if MEMORY in part)
    texts = (row.get("source", ""), row.get("where", ""), memory, row.get("note", ""))
    return Claim(row["model"], row["model"], figures, {}, device(row.get("accelerator", "")), *texts, shape)


def _read(text: str, name: str) -> Figure | None:
    try:
        return figure(text, name)
    except FigureError as error:
        raise FigureError(f"column {name}: {error}") from None


def _shared(price: Figure, printed: str, devices: Figure) -> Figure:
    """The price of one device, from that of a node of so many *devices*."""
    each = 1 / devices.nominal
    return Figure(printed, price.nominal * each, scaled(price.interval, each))


def device(printed: str) -> Accelerator | None:
    """The accelerator named by *printed* (A100-80GB, TPU v3-256); None if it is unknown."""
    return device_called(_CORES.sub(r"\1", printed))


def _lent(one: Claim, rows: list[Claim]) -> Claim:
    """*one* with the figures that it lacks and the other *rows* of its model print.

    Figures of the run are lent only where the devices are equally fast and no figure of the run differs.
    """
    figures, borrowed, own = dict(one.figures), {}, one.device
    for other in rows:
        if other.label == one.label:
            continue
        names = [*OF_THE_MODEL]
        if same_run(one, other):
            names += [*OF_THE_RUN[:3], *RATES]
            own = own or other.device
        for name in names:
            if name in other.figures and name not in figures:
                figures[name], borrowed[name] = other.figures[name], other.label
    return one._replace(figures=figures, borrowed=borrowed, device=own)


def same_run(one: Claim, other: Claim) -> bool:
    """Whether the rows may be about one run: equally fast devices, and no figure of the run that differs."""
    if one.device and other.device and one.device.peaks != other.device.peaks:
        return False
    return not any(differ(name, one, other) for name in OF_THE_RUN)


def differ(name: str, one: Claim, other: Claim) -> bool:
    """Whether both rows print the quantity and no number fits both figures."""
    both = [row.figures[name] for row in (one, other) if name in row.figures and name not in row.borrowed]
    return len(both) == 2 and not both[0].interval.meets(both[1].interval)
