"""What may be meant where a row does not add up: other ways of counting, other devices, slips, and copied figures.

Each says what a quantity would have to be read as. They are of three families; naming one of the n of its family costs
log2 n bits beside the family's own. Nothing here knows the name of a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from paramcount.auditing.costs.arithmetic import bounds
from paramcount.auditing.costs.claims import Claim, peak_of, point, three_digits
from paramcount.auditing.costs.counted import Way, ways
from paramcount.auditing.costs.figures import Figure, FigureError, figure, scaled
from paramcount.auditing.evidence import choice
from paramcount.auditing.misprints import misprints
from paramcount.auditing.relations import Interval

READING, SLIP, ORIGIN = 1.0, 2.0, 2.0  # bits to name the family: a reading is as likely as both others together
# What a run comes to; the rest is chosen, and two runs may choose alike.
RESULTS = ("train_flops", "pf_days", "accelerator_hours", "energy_mwh", "co2_t", "cost_usd")
CHOWDHERY = "Chowdhery et al. 2022, app. B"
NARAYANAN = "Narayanan et al. 2021, eq. 3"
KAPLAN = "Kaplan et al. 2020, sec. 2.1"
AGAIN = Fraction(4, 3)  # forward and backward are three passes; a recomputed forward pass is a fourth
ASSUMED = tuple(Fraction(share, 100) for share in (30, 33, 40, 50, 100))  # utilisations that estimates assume
OLDER = ("tf32", "fp32")  # formats of a lower peak, which estimates take
PF_DAY = Fraction(86400 * 10**15)
LEAST_DIGITS = 3  # of a figure that may be known again elsewhere


class Hypothesis(NamedTuple):
    """*quantity* is to be read as some number of *read* (or, of an origin, was taken from a figure *read*).

    *spread* says that all factors from 1 to it are as likely; *cost* is in bits, its family's included.
    """

    kind: str
    quantity: str
    read: Interval
    text: str
    source: str
    cost: float
    spread: Fraction = Fraction(1)
    origin: bool = False


def hypotheses(claim: Claim, broken: Sequence[str], others: Sequence[Claim]) -> list[Hypothesis]:
    """All that is tried on *claim*, in which equations between the *broken* quantities do not hold."""
    read = _distinct(h for h in readings(claim) if h.quantity in broken)
    origins = _distinct(h for h in _origins(claim, others) if h.quantity in broken)
    return [
        *_priced(read, READING + choice(len(read))),
        *_priced(list(_slips(claim, broken)), SLIP),
        *_priced(origins, ORIGIN + choice(len(origins))),
    ]


def _priced(family: Sequence[Hypothesis], price: float) -> list[Hypothesis]:
    return [one._replace(cost=one.cost + price) for one in family]


def _distinct(family: Iterable[Hypothesis]) -> list[Hypothesis]:
    """The first of those that read a quantity alike."""
    found: dict[tuple[str, Interval, Fraction], Hypothesis] = {}
    for one in family:
        found.setdefault((one.quantity, one.read, one.spread), one)
    return list(found.values())


def params_of(claim: Claim) -> str:
    """The parameters that the equations take: those that a token meets, where they are printed."""
    return "n_params_active" if "n_params_active" in claim.figures else "n_params"


def readings(claim: Claim) -> Iterator[Hypothesis]:
    """Other ways to read what *claim* prints; their costs are still without a price."""
    known, params = claim.known(), params_of(claim)
    if params in claim.figures:
        yield from _of_counting(claim, params, known[params])
    further = "are hardware FLOPs, with a further forward pass"
    if {"mfu", "tflops_per_accelerator"} & known.keys():
        for name in ("train_flops", "pf_days"):
            if name in known:
                text = f"the FLOPs printed as {name} {further}"
                yield _reading("hardware FLOPs", name, scaled(known[name], 1 / AGAIN), text, CHOWDHERY)
    for name, words in (("mfu", "utilisation printed as MFU"), ("tflops_per_accelerator", "FLOP/s printed")):
        if name in known:
            text = f"those of the {words} {further}"
            yield _reading("hardware FLOPs", name, scaled(known[name], 1 / AGAIN), text, CHOWDHERY)
    yield from _of_devices(claim)


def _of_counting(claim: Claim, params: str, printed: Interval) -> Iterator[Hypothesis]:
    """Other FLOPs than 6 a parameter and token, as the number of parameters that would give them."""
    again = "the FLOPs count a further forward pass, which recomputes activations: 8·N·D"
    yield _reading("recomputation", params, scaled(printed, AGAIN), again, NARAYANAN)
    yield _reading("forward alone", params, scaled(printed, Fraction(1, 3)), "the forward pass alone: 2·N·D", KAPLAN)
    half = "a token passes one half of the parameters, the encoder's or the decoder's: 3·N·D"
    yield _reading("one half", params, scaled(printed, Fraction(1, 2)), half, "Brown et al. 2020, Table D.1")
    if params == "n_params_active" and "n_params" in claim.figures:
        total = claim.figures["n_params"].interval
        yield _reading("another N", params, total, "N is all parameters, not those that a token meets", KAPLAN)
    counted = ways(claim.shape)
    for way in counted:
        yield from _counted(way, params)
    if not any(way.passes for way in counted):
        more = bounds()["attention"].high
        text = "attention is counted beside 6·N·D"
        yield _reading("attention", params, printed, text, CHOWDHERY)._replace(spread=more)
        again = "attention is counted beside 6·N·D, and a further forward pass"
        read = scaled(printed, AGAIN)
        yield _reading("recomputation", params, read, again, NARAYANAN)._replace(spread=more)


def _counted(way: Way, params: str) -> Iterator[Hypothesis]:
    yield _reading(way.kind, params, point(way.params), way.text, way.source)
    if way.passes:
        text = f"{way.text}, and a further forward pass"
        yield _reading("recomputation", params, point(way.params * AGAIN), text, NARAYANAN)


def _of_devices(claim: Claim) -> Iterator[Hypothesis]:
    device, known = claim.device, claim.known()
    if device is None or "peak_tflops" not in known:
        return
    dense = known["peak_tflops"]
    text = f"the peak is that of {device.name} with 2:4 sparsity, twice the dense one"
    yield _reading("sparse peak", "peak_tflops", scaled(dense, Fraction(2)), text, device.source)
    for dtype in OLDER:
        if dtype in device.peaks:
            text = f"the peak is that of {device.name} in {dtype}"
            yield _reading("another peak", "peak_tflops", peak_of(device.peaks[dtype]), text, device.source)
    if "n_accelerators" in claim.figures:
        read = scaled(claim.figures["n_accelerators"].interval, Fraction(1, 2))
        yield _reading("cores", "n_accelerators", read, "the devices counted are halves of one, cores or dies", "")


def _reading(kind: str, quantity: str, read: Interval, text: str, source: str) -> Hypothesis:
    return Hypothesis(kind, quantity, read, text, source, 0.0)


def _slips(claim: Claim, broken: Sequence[str]) -> Iterator[Hypothesis]:
    printed = [name for name in broken if name in claim.figures and claim.figures[name].is_plain]
    for name in printed:
        for meant, cost in misprints(claim.figures[name].printed).items():
            try:
                read = figure(meant, name)
            except FigureError:
                continue
            if read:
                text = f"{name} {claim.figures[name].printed} misprinted for {meant}"
                yield Hypothesis("slip", name, read.interval, text, "", cost + choice(len(printed)))


def _origins(claim: Claim, others: Sequence[Claim]) -> Iterator[Hypothesis]:
    """Figures elsewhere that the printed ones may have been copied or computed from."""
    for name, printed in claim.figures.items():
        if name not in RESULTS or name in claim.borrowed or not _told_apart(printed):
            continue
        for other in others:
            if other.model != claim.model:
                yield from _copied(name, other)
    for name in ("train_flops", "pf_days"):
        if name in claim.figures and name not in claim.borrowed:
            yield from _estimated(claim, name)


def _told_apart(printed: Figure) -> bool:
    low, high = printed.interval
    return printed.is_plain and high - low < high / Fraction(10) ** (LEAST_DIGITS - 1)


def _copied(name: str, other: Claim) -> Iterator[Hypothesis]:
    found = other.figures.get(name)
    if found and name not in other.borrowed and _told_apart(found):
        text = f"{name} is that of {other.label}, {found.printed}"
        yield Hypothesis("copied", name, point(found.nominal), text, other.source, 0.0, origin=True)
    factor = {"pf_days": 1 / PF_DAY, "train_flops": PF_DAY}.get(name)
    twin = {"pf_days": "train_flops", "train_flops": "pf_days"}.get(name, "")
    found = other.figures.get(twin)
    if factor and found and twin not in other.borrowed and _told_apart(found):
        text = f"{name} is what {other.label}'s {twin} {found.printed} come to"
        yield Hypothesis("copied", name, point(found.nominal * factor), text, other.source, 0.0, origin=True)


def _estimated(claim: Claim, name: str) -> Iterator[Hypothesis]:
    """Device-hours times a share of a peak."""
    figures = claim.figures
    if "accelerator_hours" in figures:
        hours = figures["accelerator_hours"].nominal
    elif {"n_accelerators", "days"} <= figures.keys():
        hours = 24 * figures["n_accelerators"].nominal * figures["days"].nominal
    else:
        return
    scale = {"train_flops": Fraction(1), "pf_days": PF_DAY}[name]
    peaks = claim.device.peaks if claim.device else {}
    for dtype, peak in peaks.items():
        for share in ASSUMED:
            rate = three_digits(peak) * share
            read = point(hours * 3600 * rate / scale)
            of = f"{float(100 * share):g} % of {three_digits(peak) / 1e12:g} TFLOP/s, the peak in {dtype}"
            text = f"{name} is device-hours × {of}"
            yield Hypothesis("estimated", name, read, text, "Amodei and Hernandez 2018, appendix", 0.0, origin=True)
