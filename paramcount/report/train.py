"""The report of `paramcount train`: FLOPs, time, energy and money, each with its unit and formula."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from paramcount.catalog.spec import CALLED, mark
from paramcount.costs.training.compute import Compute
from paramcount.costs.training.published import Utilisation
from paramcount.costs.training.result import FORMULAS, Training
from paramcount.report.flops import FULL
from paramcount.report.rows import Column, Report, Sheet

READINGS = {"total": "all parameters", "active": "active parameters"}
RESULTS = ("pf_days", "device_hours", "device_years", "days", "energy_mwh", "co2_t", "cost_usd")
BANDED = ("device_hours", "device_years", "devices", "days", "energy_mwh", "co2_t", "cost_usd")
ONCE = (
    "6·N·D assumes that each token uses each parameter once, which is not so for layers that are reused and for "
    "encoder-decoders"
)
OF_6ND = "Its utilisation is of 6·N·D but the FLOPs here are exact; over the same device-hours, that is another share."
APART = 1.5  # ratio of the two conventions from which a note says so
ALONE = "Energy is for the devices alone, at the power above; --pue adds that of the data centre."


class Line(NamedTuple):
    """A quantity: its name, its unit, its value for each training, and the formula or source it comes from."""

    key: str
    name: str
    unit: str
    values: list[Any]
    how: str


def train_report(trainings: Sequence[Training]) -> Report:
    """The report on *trainings*, a column for each."""
    lines = [line for line in _lines(trainings) if any(value is not None for value in line.values)]
    parts: list[str | Sheet] = [_heading(trainings), _sheet(trainings, lines)]
    if bands := [(training, *band) for training in trainings if (band := training.band())]:
        parts.append(_bands(bands, lines))
    documents = [_document(training, lines) for training in trainings]
    return Report(documents[0] if len(documents) == 1 else documents, (*parts, *_notes(trainings)))


def _heading(trainings: Sequence[Training]) -> str:
    names = list(dict.fromkeys(training.compute.model for training in trainings))
    tokens = trainings[0].compute.tokens
    return f"{', '.join(names)}: training" + (f" on {tokens:,} tokens" if tokens else "")


def _titles(trainings: Sequence[Training]) -> list[str]:
    """Column titles that differ: the models, the devices, or both."""
    models = {training.compute.model for training in trainings}
    devices = {training.accelerator and training.accelerator.name for training in trainings}
    if len(devices) == 1:
        return [training.compute.model for training in trainings]
    named = [(training.compute.model, training.accelerator) for training in trainings]
    return [
        device.name if device and len(models) == 1 else f"{model}, {device.name if device else 'no device'}"
        for model, device in named
    ]


def _sheet(trainings: Sequence[Training], lines: list[Line]) -> Sheet:
    titles = _titles(trainings)
    values = tuple(
        Column(f"value {place}" if place else "value", title, "amount") for place, title in enumerate(titles)
    )
    columns = (Column("name", "quantity"), *values, Column("unit", "unit"), Column("how", "from"))
    rows = [
        {"name": line.name, "unit": line.unit, "how": line.how}
        | {column.key: _plain(value) for column, value in zip(values, line.values, strict=True)}
        for line in lines
    ]
    return Sheet(columns, rows)


def _lines(trainings: Sequence[Training]) -> Iterator[Line]:
    first = trainings[0]

    def line(key: str, name: str, unit: str, how: str, of: Any = None) -> Line:
        values = [of(training) if of else getattr(training, key) for training in trainings]
        return Line(key, name, unit, values, how)

    readings = list(dict.fromkeys(t.compute.reading for t in trainings if t.compute.reading))
    yield line("n", "N", "", _counted(first, readings), lambda t: t.compute.params)
    yield line("tokens", "D", "tokens", "given, or steps · batch", lambda t: t.compute.tokens)
    yield line("flops_given", "FLOPs", "", "given", lambda t: t.compute.given)
    yield line("flops_6nd", "FLOPs, 6ND", "", FORMULAS["6nd"], lambda t: t.compute.six_nd)
    yield line("flops_exact", "FLOPs, exact", "", FORMULAS["exact"], lambda t: t.compute.exact)
    yield line("pf_days", "compute", "PF-days", FORMULAS["pf_days"].replace("FLOPs", _flops(first)))
    yield line("peak", "peak", "TFLOP/s", _peaks(trainings), lambda t: t.peak and Fraction(t.peak, 10**12))
    yield line("mfu", "MFU", "%", _mfu(first), lambda t: None if t.mfu is None else 100 * t.mfu)
    achieved = (
        "given" if first.by == "tflops" else "FLOPs / (devices · days · 86,400)" if not first.by else "peak · MFU"
    )
    yield line("tflops", "achieved", "TFLOP/s", achieved, lambda t: t.achieved and t.achieved / 10**12)
    yield line("device_hours", "device-hours", "hours", FORMULAS["device_hours"])
    yield line("device_years", "device-years", "years", FORMULAS["device_years"])
    yield line("devices", "devices", "", FORMULAS["devices"] if first.unknown == "devices" else "given")
    yield line("days", "days", "days", "given" if first.unknown == "mfu" else FORMULAS["days"])
    yield line("power", "power", "W", _power(first), lambda t: t.power if t.device_hours else None)
    yield line("pue", "PUE", "", "given")
    yield line("energy_mwh", "energy", "MWh", FORMULAS["energy_mwh"] if first.pue else "device-hours · power / 10^6")
    yield line("carbon", "carbon", "kg/kWh", "given")
    yield line("co2_t", "CO2", "t", FORMULAS["co2_t"])
    yield line("price", "price", "$/hour", "given, per device")
    yield line("cost_usd", "cost", "$", FORMULAS["cost_usd"])


def _counted(training: Training, readings: Sequence[str]) -> str:
    """Which parameters N is."""
    part = training.compute.part
    return " or ".join(READINGS[reading] for reading in readings) + (f" of the {CALLED[part.part]}" if part else "")


def _flops(training: Training) -> str:
    convention = training.compute.convention
    return {"6nd": "6ND FLOPs", "exact": "exact FLOPs", "given": "FLOPs"}[convention]


def _peaks(trainings: Sequence[Training]) -> str:
    return f"{' or '.join(dict.fromkeys(training.dtype for training in trainings if training.dtype))}, dense"


def _mfu(training: Training) -> str:
    if training.like:
        return f"like {training.like.model}"
    return "given" if training.by == "mfu" else FORMULAS["mfu"]


def _power(training: Training) -> str:
    tdp = training.accelerator and training.accelerator.tdp_w
    return "per device: its TDP" if training.power == tdp else "given, per device"


def _bands(bands: list[tuple[Training, Training, Training]], lines: list[Line]) -> Sheet:
    """The results at the highest and lowest utilisation that the published figures allow."""
    titles = _titles([training for training, _, _ in bands])
    ends = [(f"{place} {end}", f"{title}, {end}") for place, title in enumerate(titles) for end in ("least", "most")]
    columns = (Column("name", "range by printed digits"), *(Column(key, title, "amount") for key, title in ends))
    rows = []
    found = any(training.unknown == "devices" for training, _, _ in bands)
    for line in lines:
        if line.key == "days" and found:
            continue  # follows from the whole number of devices
        if line.key in BANDED and any(value is not None for value in line.values):
            values = [_plain(getattr(training, line.key)) for _, *two in bands for training in two]
            rows.append({"name": line.name} | {key: value for (key, _), value in zip(ends, values, strict=True)})
    return Sheet(columns, rows)


def _notes(trainings: Sequence[Training]) -> Iterator[str]:
    for training in {training.compute.model: training for training in trainings}.values():
        work = training.compute
        if work.exact is not None:
            whose = "" if work.own_length else ", its type's default; --seq sets another length"
            yield f"{work.model}: exact FLOPs are for sequences of {work.seq:,} tokens{whose}."
            yield from _far_apart(work)
        if work.why:
            yield f"{work.model}: no exact FLOPs: {work.why}. {ONCE}."
    if any(training.compute.full for training in trainings):
        yield FULL
    for device in {t.accelerator.name: t.accelerator for t in trainings if t.accelerator}.values():
        if said := "; ".join(filter(None, (device.source, device.note))):
            yield f"{device.name}: {said}"
    if trainings[0].like:
        yield _said(trainings[0].like)
        if trainings[0].compute.convention == "exact" and "6·N·D" in trainings[0].like.how:
            yield OF_6ND
    if trainings[0].energy_mwh is not None and trainings[0].pue is None:
        yield ALONE


def _far_apart(work: Compute) -> Iterator[str]:
    """A note if the two conventions differ a lot, as when layers are reused or attention dominates."""
    if work.exact and work.six_nd and not 1 / APART < (times := work.exact / work.six_nd) < APART:
        follows = "" if work.convention == "exact" else "; --exact bases time and money on them"
        yield f"{work.model}: exact FLOPs are {times:.2g} times 6·N·D{follows}."


def _said(run: Utilisation) -> str:
    low, nominal, high = (100 * float(share) for share in (run.low, run.nominal, run.high))
    where = ", ".join(filter(None, (run.source, run.where)))
    return f"like {run.model} on {run.device}: {nominal:.4g} % ({low:.4g} to {high:.4g}), {run.how}; {where}"


def _document(training: Training, lines: list[Line]) -> dict[str, Any]:
    work = training.compute
    document: dict[str, Any] = {
        "model": None if work.given else work.model,
        **mark(work.part),
        "flops": {"6nd": work.six_nd, "exact": work.exact, "given": work.given},
    }
    document |= {key: _plain(getattr(training, key)) for key in RESULTS}
    document |= {
        "devices": training.devices,
        "mfu": _plain(training.mfu),
        "tflops": _plain(training.achieved and training.achieved / 10**12),
        "unknown": training.unknown or None,
        "band": _band(training),
        "inputs": _inputs(training),
        "formulas": {line.key: line.how for line in lines},
        "why_not_exact": work.why or None,
    }
    return document


def _band(training: Training) -> dict[str, list[Any]] | None:
    """Each quantity at the highest and the lowest utilisation."""
    band = training.band()
    return band and {key: [_plain(getattr(end, key)) for end in band] for key in ("mfu", *BANDED)}


def _inputs(training: Training) -> dict[str, Any]:
    work, device = training.compute, training.accelerator
    return {
        "convention": work.convention,
        "params": work.params,
        "params_counted": work.reading or None,
        "tokens": work.tokens,
        "seq": work.seq,
        "gpu": device and device.name,
        "peak_flops": training.peak,
        "dtype": training.dtype or None,
        "utilisation_by": training.by or None,
        "like": training.like and {key: _plain(value) for key, value in training.like._asdict().items()},
        "days": _plain(training.within),
        "price_usd_per_hour": _plain(training.price),
        "power_w": _plain(training.power),
        "pue": _plain(training.pue),
        "carbon_kg_per_kwh": _plain(training.carbon),
        "gpu_source": device and device.source,
    }


def _plain(value: Any) -> Any:
    """A fraction as a float, for JSON."""
    return float(value) if isinstance(value, Fraction) else value
