"""Where a printed figure may have come from: another model, or device-hours times a share of a peak.

Such figures are recognised by their digits, so they need a few, and many figures are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from paramcount.auditing.costs.claims import Claim, three_digits
from paramcount.auditing.costs.figures import Figure

# Results of a run; the other quantities are chosen, and two runs may choose the same.
RESULTS = ("train_flops", "pf_days", "accelerator_hours", "energy_mwh", "co2_t", "cost_usd")
PF_DAY = Fraction(86400 * 10**15)
TWINS = {"pf_days": ("train_flops", 1 / PF_DAY), "train_flops": ("pf_days", PF_DAY)}
ASSUMED = tuple(Fraction(share, 100) for share in (30, 33, 40, 50, 100))  # utilisations assumed in estimates
LEAST_DIGITS = 3  # of a figure that can be recognised
AMODEI = "Amodei and Hernandez 2018, appendix"


class Origin(NamedTuple):
    """A *value* of *quantity* that may have been printed in place of the right one, and where it comes from."""

    kind: str
    quantity: str
    value: Fraction
    text: str
    source: str
    model: str = ""


Elsewhere = Mapping[str, Sequence[Origin]]  # by quantity, each value once per model


def elsewhere(claims: Iterable[Claim]) -> Elsewhere:
    """Every figure of *claims* from which others may have been copied."""
    found: dict[str, dict[tuple[str, Fraction], Origin]] = {name: {} for name in RESULTS}
    for claim in claims:
        for name, figure in claim.figures.items():
            if name in RESULTS and name not in claim.borrowed and told_apart(figure):
                for one in _copies(claim, name, figure):
                    found[one.quantity].setdefault((one.model, one.value), one)
    return {name: list(origins.values()) for name, origins in found.items()}


def _copies(claim: Claim, name: str, figure: Figure) -> Iterator[Origin]:
    text = f"{name} was copied from {claim.label}, {figure.printed}"
    yield Origin("copied", name, figure.nominal, text, claim.source, claim.model)
    for quantity, (twin, factor) in TWINS.items():
        if twin == name:
            text = f"{quantity} was converted from {claim.label}'s {name}, {figure.printed}"
            yield Origin("copied", quantity, figure.nominal * factor, text, claim.source, claim.model)


def told_apart(figure: Figure) -> bool:
    """Whether the figure has enough digits to be recognised."""
    low, high = figure.interval
    return figure.is_plain and (high - low) * 10 ** (LEAST_DIGITS - 1) < high


def origins(claim: Claim, broken: Iterable[str], others: Elsewhere) -> tuple[int, list[Origin]]:
    """The number of origins tried for the *broken* figures of *claim*, and those that fit their digits."""
    tried: set[tuple[str, Fraction]] = set()
    admitted: dict[tuple[str, Fraction], Origin] = {}
    for name in broken:
        figure = claim.figures.get(name)
        if figure is None or name in claim.borrowed or not told_apart(figure):
            continue
        low, high = figure.interval
        copies = [one for one in others.get(name, ()) if one.model != claim.model]
        for one in (*copies, *_estimates(claim, name)):
            tried.add((name, one.value))
            if low <= one.value < high:
                admitted.setdefault((name, one.value), one)
    return len(tried), list(admitted.values())


def _estimates(claim: Claim, name: str) -> Iterator[Origin]:
    """Device-hours times a share of a peak."""
    figures = claim.figures
    scale = {"train_flops": Fraction(1), "pf_days": PF_DAY}.get(name)
    if "accelerator_hours" in figures:
        hours = figures["accelerator_hours"].nominal
    elif {"n_accelerators", "days"} <= figures.keys():
        hours = 24 * figures["n_accelerators"].nominal * figures["days"].nominal
    else:
        return
    if scale is None or claim.device is None:
        return
    for dtype, peak in claim.device.peaks.items():
        for share in ASSUMED:
            value = hours * 3600 * three_digits(peak) * share / scale
            of = f"{float(100 * share):g} % of {three_digits(peak) / 1e12:g} TFLOP/s, the peak in {dtype}"
            yield Origin("estimated", name, value, f"{name} is device-hours × {of}", AMODEI)
