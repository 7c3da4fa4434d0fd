"""Questions about a training run: finds which of days, devices and utilisation is open, and answers it."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.costs.accelerators import accelerator
from paramcount.costs.training.compute import Compute, compute, given
from paramcount.costs.training.published import utilisation, utilisations
from paramcount.costs.training.result import Training
from paramcount.errors import InputError
from paramcount.quantity import parse_amount, parse_quantity

Number = int | float | Fraction | str
Asked = Number | None


class Plan(NamedTuple):
    """The options given, None if not given; *utilisation* is the name and value of mfu, tflops or like."""

    utilisation: tuple[str, Number] | None
    devices: int | None
    days: Fraction | None


def train(
    model: Spec | None,
    *,
    tokens: Asked = None,
    steps: Asked = None,
    batch_tokens: Asked = None,
    flops: Asked = None,
    seq: Asked = None,
    exactly: bool = False,
    gpu: str | None = None,
    gpu_file: str | None = None,
    devices: Asked = None,
    mfu: Asked = None,
    tflops: Asked = None,
    like: str | None = None,
    days: Asked = None,
    price: Asked = None,
    power: Asked = None,
    pue: Asked = None,
    carbon: Asked = None,
) -> Training:
    """The cost of training *model* on *tokens*, or on *steps* of *batch_tokens* each; or the cost of given *flops*.

    Any two of *days*, *devices* and the utilisation give the third; a utilisation alone gives device-hours. It is one
    of *mfu*, a share of *gpu*'s peak; *tflops*, achieved per device; or *like*, a published run with the same
    utilisation. *price* is in $ per device-hour, *power* in W per device (the gpu's TDP by default), *carbon* in kg CO2
    per kWh. FLOPs are 6·N·D, or exact with *exactly*. Raises InputError if options contradict each other or leave the
    answer open.
    """
    work = _work(model, tokens, steps, batch_tokens, flops, seq, exactly)
    plan = Plan(
        _one_utilisation(mfu, tflops, like), _whole(devices, "devices"), _amount(days, "days", "a number of days: 34")
    )
    device = None if gpu is None else accelerator(gpu, gpu_file)
    bare = Training(
        work,
        device,
        price=_amount(price, "price", "$ per device-hour: 1.50", least=0),
        power=_amount(power, "power", "watts per device: 400"),
        pue=_pue(pue),
        carbon=_amount(carbon, "carbon", "kg CO2 per kWh: 0.4", least=0),
    )
    if gpu_file is not None and gpu is None:
        raise InputError(f"gpu-file = {gpu_file}: no device in it was chosen; add --gpu NAME")
    if device and bare.power is None and device.tdp_w:
        bare = bare._replace(power=Fraction(device.tdp_w))
    asks = plan.utilisation or plan.devices or plan.days or device
    if not asks and all(amount is None for amount in (bare.price, bare.power, bare.pue, bare.carbon)):
        return bare
    answer = _answered(bare, plan)
    if answer.power is None and (answer.pue is not None or answer.carbon is not None):
        raise InputError("pue and carbon: the power of the devices is missing; add --gpu, or --power in watts")
    return answer


def _work(
    model: Spec | None, tokens: Asked, steps: Asked, batch: Asked, flops: Asked, seq: Asked, exactly: bool
) -> Compute:
    if flops is not None:
        if model or exactly or any(asked is not None for asked in (tokens, steps, batch, seq)):
            raise InputError(f"flops = {flops}: replaces a model and its tokens; valid: one or the other")
        return given(_quantity(flops, "flops"))
    if model is None:
        raise InputError("train: no model; valid: MODEL --tokens 300B, or --flops 3.14e23")
    return compute(model, _tokens(tokens, steps, batch), _whole(seq, "seq"), exactly=exactly)


def _tokens(tokens: Asked, steps: Asked, batch: Asked) -> int:
    """D, or B·S of McCandlish et al. 2018 (C = 6·N·B·S: Kaplan et al. 2020, sec. 2.1)."""
    if tokens is not None and (steps is not None or batch is not None):
        raise InputError(
            f"tokens = {tokens}: they are also the product of steps and batch-tokens; valid: one or the other"
        )
    if tokens is not None:
        return _quantity(tokens, "tokens")
    if steps is None or batch is None:
        raise InputError("train: no number of tokens; valid: --tokens 300B, or --steps 100K --batch-tokens 3.2M")
    return _quantity(steps, "steps") * _quantity(batch, "batch-tokens")


def _one_utilisation(mfu: Asked, tflops: Asked, like: str | None) -> tuple[str, Number] | None:
    asked: list[tuple[str, Number]] = [
        (name, value) for name, value in (("mfu", mfu), ("tflops", tflops), ("like", like)) if value is not None
    ]
    if len(asked) > 1:
        raise InputError(f"{asked[0][0]} and {asked[1][0]}: both give the utilisation; valid: one of the two")
    return asked[0] if asked else None


def _answered(bare: Training, plan: Plan) -> Training:
    """*bare* with the FLOP/s of a device, and with whichever of days, devices and utilisation was open."""
    if plan.utilisation and plan.devices and plan.days:
        said = f"{plan.utilisation[0]}, devices and days"
        raise InputError(f"{said}: any two of them give the third; valid: two of the three")
    if plan.utilisation:
        found = _achieving(bare, *plan.utilisation)._replace(devices=plan.devices, within=plan.days)
        unknown = "days" if plan.devices else "devices" if plan.days else ""
        return found._replace(unknown=unknown, by=plan.utilisation[0]).enough()
    if plan.devices and plan.days:
        achieved = Fraction(bare.compute.flops) / (plan.devices * plan.days * 86_400)
        found = _peaking(bare, "mfu") if bare.accelerator else bare
        found = found._replace(achieved=achieved, devices=plan.devices, within=plan.days, unknown="mfu")
        _refuse_over_peak(found, f"{plan.devices:,} devices in {float(plan.days):g} days")
        return found
    raise InputError(_open(plan))


def _open(plan: Plan) -> str:
    """The error if too little is given, with the utilisation of published runs."""
    shares = sorted(100 * float(run.nominal) for run in utilisations().values())
    quarter = len(shares) // 4
    band = f"{shares[quarter]:.0f} to {shares[-1 - quarter]:.0f} %"
    own = f"llama-2-70b {100 * float(utilisation('llama-2-70b').nominal):.0f} %"
    other = "--days" if plan.devices else "--devices" if plan.days else "both --devices and --days"
    need = f"the utilisation has no default; add --mfu 40%, --tflops 28, --like RUN, or {other}"
    return f"train: {need} (half of {len(shares)} published runs achieved {band}; {own})"


def _achieving(bare: Training, name: str, value: Number) -> Training:
    """*bare* with the FLOP/s of a device; raises InputError if they exceed its peak."""
    if name == "tflops":
        achieved = _amount(value, name, "10^12 FLOP/s per device: 28")
        assert achieved is not None
        found = (_peaking(bare, name) if bare.accelerator else bare)._replace(achieved=achieved * 10**12)
        _refuse_over_peak(found, f"tflops = {value}")
        return found
    found = _peaking(bare, name)
    assert found.peak is not None
    if name == "like":
        run = utilisation(str(value))
        return found._replace(achieved=run.nominal * found.peak, like=run)
    share = _amount(value, name, "a share of the peak: 40% or 0.4")
    assert share is not None
    if share > 1:
        raise InputError(f"mfu = {value}: over 100 % of the peak; valid: 40% or 0.4")
    return found._replace(achieved=share * found.peak)


def _peaking(bare: Training, name: str) -> Training:
    if bare.accelerator is None:
        raise InputError(f"{name}: the device is missing; add --gpu NAME, e.g. --gpu a100-80gb")
    dtype, peak = bare.accelerator.peak()
    return bare._replace(dtype=dtype, peak=peak)


def _refuse_over_peak(found: Training, what: str) -> None:
    if found.mfu is not None and found.mfu > 1 and found.accelerator and found.peak:
        peak = f"{found.accelerator.name}'s peak of {found.peak / 1e12:g} TFLOP/s in {found.dtype}"
        raise InputError(f"{what}: {100 * float(found.mfu):,.0f} % of {peak}; valid: up to 100 %")


def _pue(asked: Asked) -> Fraction | None:
    pue = _amount(asked, "pue", "power of the data centre over that of its computers, 1 or more: 1.1")
    if pue is not None and pue < 1:
        raise InputError(f"pue = {asked}: less than 1; valid: power of the data centre over that of its computers: 1.1")
    return pue


def _amount(asked: Asked, what: str, valid: str, least: int = 1) -> Fraction | None:
    """*asked* as a fraction; raises InputError if it is negative, or zero unless *least* is 0."""
    if asked is None:
        return None
    found = asked if isinstance(asked, Fraction) and asked >= 0 else parse_amount(str(asked), what, valid)
    if least and not found:
        raise InputError(f"{what} = {asked}: zero; valid: {valid}")
    return found


def _whole(asked: Asked, what: str) -> int | None:
    return None if asked is None else _quantity(asked, what)


def _quantity(asked: Number, what: str) -> int:
    return parse_quantity(str(asked), what)
