"""Hypotheses on why a row doesn't add up: other ways of counting, other devices, slips, and copied figures.

Each says how a quantity would have to be read. They form three families; naming one of the n in its family costs log2 n
bits on top of the family's own cost. Nothing here depends on the name of a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from paramcount.auditing.costs.arithmetic import bounds
from paramcount.auditing.costs.claims import Claim, peak_of, point
from paramcount.auditing.costs.counted import Way, ways
from paramcount.auditing.costs.figures import FigureError, figure, scaled
from paramcount.auditing.costs.origins import Elsewhere, origins
from paramcount.auditing.evidence import choice
from paramcount.auditing.misprints import misprints
from paramcount.auditing.relations import Interval

READING, SLIP, ORIGIN = 1.0, 2.0, 2.0  # bits to name the family: a reading is as likely as the other two together
CHOWDHERY = "Chowdhery et al. 2022, app. B"
NARAYANAN = "Narayanan et al. 2021, eq. 3"
KAPLAN = "Kaplan et al. 2020, sec. 2.1"
AGAIN = Fraction(4, 3)  # forward and backward cost three passes; a recomputed forward pass is a fourth
OLDER = ("tf32", "fp32")  # formats with a lower peak, which some estimates use


class Hypothesis(NamedTuple):
    """*quantity* should be read as a number in *read* (or, for an origin, was copied from the figure *read*).

    All factors from 1 to *spread* are equally likely; *cost* is in bits, including that of the family.
    """

    kind: str
    quantity: str
    read: Interval
    text: str
    source: str
    cost: float
    spread: Fraction = Fraction(1)
    origin: bool = False


def hypotheses(claim: Claim, broken: Sequence[str], elsewhere: Elsewhere) -> list[Hypothesis]:
    """All hypotheses for *claim*, in which equations between the *broken* quantities do not hold.

    Of the many origins tried, only those that fit the printed figure are returned, but all add to their cost.
    """
    read = _distinct(h for h in readings(claim) if h.quantity in broken)
    tried, admitted = origins(claim, broken, elsewhere)
    found = [Hypothesis(o.kind, o.quantity, point(o.value), o.text, o.source, 0.0, origin=True) for o in admitted]
    return [
        *_priced(read, READING + choice(len(read))),
        *_priced(list(_slips(claim, broken)), SLIP),
        *_priced(found, ORIGIN + choice(tried)),
    ]


def _priced(family: Sequence[Hypothesis], price: float) -> list[Hypothesis]:
    return [one._replace(cost=one.cost + price) for one in family]


def _distinct(family: Iterable[Hypothesis]) -> list[Hypothesis]:
    """*family* with only the first of those that read a quantity in the same way."""
    found: dict[tuple[str, Interval, Fraction], Hypothesis] = {}
    for one in family:
        found.setdefault((one.quantity, one.read, one.spread), one)
    return list(found.values())


def params_of(claim: Claim) -> str:
    """The parameters used in the equations: the active ones, where they are printed."""
    return "n_params_active" if "n_params_active" in claim.figures else "n_params"


def readings(claim: Claim) -> Iterator[Hypothesis]:
    """Other ways to read the figures of *claim*, before the cost of their family is added."""
    known, params = claim.known(), params_of(claim)
    if params in claim.figures:
        yield from _of_counting(claim, params, known[params])
    further = "include an extra forward pass (hardware FLOPs)"
    if {"mfu", "tflops_per_accelerator"} & known.keys():
        for name in ("train_flops", "pf_days"):
            if name in known:
                text = f"the FLOPs printed as {name} {further}"
                yield _reading("hardware FLOPs", name, scaled(known[name], 1 / AGAIN), text, CHOWDHERY)
    for name, words in (("mfu", "utilisation printed as MFU"), ("tflops_per_accelerator", "printed FLOP/s")):
        if name in known:
            text = f"the FLOPs of the {words} {further}"
            yield _reading("hardware FLOPs", name, scaled(known[name], 1 / AGAIN), text, CHOWDHERY)
    yield from _of_devices(claim)


def _of_counting(claim: Claim, params: str, printed: Interval) -> Iterator[Hypothesis]:
    """FLOPs other than 6 per parameter and token, as the number of parameters that would give them."""
    again = "the FLOPs include an extra forward pass, which recomputes activations: 8·N·D"
    yield _reading("recomputation", params, scaled(printed, AGAIN), again, NARAYANAN)
    forward = "the FLOPs are of the forward pass only: 2·N·D"
    yield _reading("forward alone", params, scaled(printed, Fraction(1, 3)), forward, KAPLAN)
    half = "a token passes through half of the parameters, the encoder's or the decoder's: 3·N·D"
    yield _reading("one half", params, scaled(printed, Fraction(1, 2)), half, "Brown et al. 2020, Table D.1")
    if params == "n_params_active" and "n_params" in claim.figures:
        total = claim.figures["n_params"].interval
        yield _reading("another N", params, total, "N is all parameters, not just the active ones", KAPLAN)
    counted = ways(claim.shape)
    for way in counted:
        yield from _counted(way, params)
    if not any(way.passes for way in counted):
        more = bounds()["attention"].high
        text = "attention is counted in addition to 6·N·D"
        yield _reading("attention", params, printed, text, CHOWDHERY)._replace(spread=more)
        again = "attention and an extra forward pass are counted in addition to 6·N·D"
        read = scaled(printed, AGAIN)
        yield _reading("recomputation", params, read, again, NARAYANAN)._replace(spread=more)


def _counted(way: Way, params: str) -> Iterator[Hypothesis]:
    yield _reading(way.kind, params, point(way.params), way.text, way.source)
    if way.passes:
        text = f"{way.text}, plus an extra forward pass"
        yield _reading("recomputation", params, point(way.params * AGAIN), text, NARAYANAN)


def _of_devices(claim: Claim) -> Iterator[Hypothesis]:
    device, known = claim.device, claim.known()
    if device is None or "peak_tflops" not in known:
        return
    dense = known["peak_tflops"]
    text = f"the peak is that of {device.name} with 2:4 sparsity, twice the dense peak"
    yield _reading("sparse peak", "peak_tflops", scaled(dense, Fraction(2)), text, device.source)
    for dtype in OLDER:
        if dtype in device.peaks:
            text = f"the peak is that of {device.name} in {dtype}"
            yield _reading("another peak", "peak_tflops", peak_of(device.peaks[dtype]), text, device.source)
    if "n_accelerators" in claim.figures:
        read = scaled(claim.figures["n_accelerators"].interval, Fraction(1, 2))
        yield _reading("cores", "n_accelerators", read, "the devices counted are half devices: cores or dies", "")


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
                text = f"{name} {claim.figures[name].printed} is a misprint for {meant}"
                yield Hypothesis("slip", name, read.interval, text, "", cost + choice(len(printed)))
