"""Reads and checks the budgets of `solve` other than --params: --memory, --cache, --flops and --gpu."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from paramcount.arguments import checked
from paramcount.costs.cache import BYTES
from paramcount.costs.memory.asked import DTYPE, options_of, recipe_of
from paramcount.costs.memory.footprint import INFERENCE, TRAINING
from paramcount.costs.memory.formats import GGUF, format_of, formats
from paramcount.errors import InputError
from paramcount.quantity import parse_amount, parse_bytes, parse_quantity, quantity_of
from paramcount.scaling.hardware import hardware
from paramcount.scaling.laws import LAWS, Fit, law_named, losing
from paramcount.solver.choice import Asked, Ratio
from paramcount.solver.compute import OF_SHAPES
from paramcount.solver.limits import Limits
from paramcount.solver.within import Rent, Within, shapes_within

Number = int | float | str
NO_BUDGET = (
    "solve: no budget; valid: one of --params 1.3B, --flops 1e24 --law LAW, --memory 80GB, --cache 16GB, --gpu …"
)
OF_COUNTS = ("exactly", "non_embedding", "active")


@checked
def solve_within(
    *,
    memory: int | str | None = None,
    cache: int | str | None = None,
    flops: Number | None = None,
    gpu: str | None = None,
    devices: Number | None = None,
    days: Number | None = None,
    mfu: Number | None = None,
    law: str | None = None,
    max_loss: Number | None = None,
    purpose: str = INFERENCE,
    dtype: str | None = None,
    cache_dtype: str = DTYPE,
    recipe: str | None = None,
    batch: int = 1,
    seq: Number | None = None,
    price: Number | None = None,
    n_layers: Asked | None = None,
    d_model: Asked | None = None,
    n_heads: Asked | None = None,
    n_kv_heads: Asked | None = None,
    d_head: Asked | None = None,
    d_ff: Asked | None = None,
    n_vocab: Asked | None = None,
    n_ctx: Asked | None = None,
    n_experts: Asked | None = None,
    n_active_experts: Asked | None = None,
    d_ff_ratio: Ratio | Iterable[Ratio] | None = None,
    tied: bool | None = None,
    aspect: Ratio | tuple[Ratio, Ratio] | None = None,
    multiple_of: int = 1,
    powers_of_two: bool = False,
    tp: int = 1,
    like: str | None = None,
    tolerance: float | str | Fraction | None = None,
    rank: str = "balanced",
    top: int | None = None,
    **others: Asked | None,
) -> Within:
    """Find shapes that use up one of several budgets and exceed none, the best first, each with its costs.

    Args:
        memory: bytes of a device, or a text such as "80GB" (80·10^9) or "80GiB" (80·2^30), for *purpose*: "inference",
            with weights in *dtype* (bf16) and a cache in *cache_dtype*, or "training" by *recipe* (mixed-adam), at the
            peak of a step, including activations where they are known.
        cache: bytes of the cache of *batch* sequences of *seq* tokens; by default the shapes' own context length.
        flops: training FLOPs, which *law* turns into a size; without a law, every shape within the other budgets is
            trained on the tokens that 6·N·D allows.
        gpu: with *devices*, *days* and *mfu*, the compute of these devices; without *days*, the devices to train on.
        law: a scaling law; without compute, a shape is trained on the number of tokens for which its size is optimal.
        max_loss: only shapes whose loss by the law is at most this.
        price: $ per device-hour.

    The other options are those of `solve`: sizes, and which shapes are allowed and come first.

    >>> found = solve_within(memory="80GB", dtype="int4", top=1)
    >>> found.binds, found.taken[0].memory <= 80 * 10**9
    ('memory', True)

    Raises paramcount.errors.InputError as `solve` does, if budgets contradict each other, and if the shapes' use of a
    budget is not known.
    """
    options = {**{name: value for name, value in locals().items() if name in OF_SHAPES - {"like"}}, **others}
    for name in OF_COUNTS:
        if options.pop(name, False):
            said = f"--{name.replace('_', '-')}: only for a budget in parameters"
            raise InputError(f"{said}; valid: with --params" + ("; the law fixes what is counted" if law else ""))
    fit = None if law is None else law_named(law)
    compute = _compute(flops, gpu, devices, days, mfu)
    given = _given(purpose, dtype, recipe, cache_dtype)
    length = None if seq is None else quantity_of(seq, "seq")
    batch = quantity_of(batch, "batch")
    limits = Limits(
        None if memory is None else parse_bytes(_bytes(memory), "memory"),
        None if cache is None else parse_bytes(_bytes(cache), "cache"),
        compute, fit, purpose, given, batch, length, cache_dtype,
    )  # fmt: skip
    _refuse_open(limits, law, gpu, devices, mfu, price)
    most = None if max_loss is None else _loss(max_loss, limits, fit)
    rent = Rent(*("" if text is None else str(text) for text in (gpu, devices, mfu, price)))
    return shapes_within(limits, rent, most, like, options)


def _bytes(asked: int | str) -> str:
    return asked if isinstance(asked, str) else f"{asked}B"


def _compute(
    flops: Number | None, gpu: str | None, devices: Number | None, days: Number | None, mfu: Number | None
) -> int | None:
    """The FLOPs that are given, or those of the devices; None if there are neither."""
    texts = ["" if text is None else str(text) for text in (gpu, devices, days, mfu)]
    if flops is not None and days is not None:
        raise InputError(f"--flops {flops} with --days {days}: two budgets of compute; valid: one of the two")
    if flops is not None:
        if not gpu and any(texts):
            raise InputError("--devices, --mfu: no device is given; valid: with --gpu h100-sxm")
        return parse_quantity(str(flops), "flops")
    return hardware(*texts).flops if days is not None or (any(texts) and not gpu) else None


def _given(purpose: str, dtype: str | None, recipe: str | None, cache_dtype: str) -> dict[str, str]:
    """The options of the footprint, checked before the search."""
    asked = {"dtype": dtype, "recipe": recipe}
    said = options_of(purpose, asked)
    if purpose == TRAINING:
        if "dtype" in said:
            raise InputError(f"dtype = {dtype}: in training the recipe sets it; valid: --recipe, or --for inference")
        recipe_of(said)
    elif not str(said.get("dtype", "")).startswith(GGUF):
        format_of(said.get("dtype", DTYPE))
    else:
        raise InputError(f"dtype = {dtype}: a mix of formats that depends on the layers; valid: {', '.join(formats())}")
    if cache_dtype not in BYTES:
        raise InputError(f"cache-dtype = {cache_dtype}: unknown number format; valid: {', '.join(BYTES)}")
    return said


def _refuse_open(
    limits: Limits,
    law: str | None,
    gpu: str | None,
    devices: Number | None,
    mfu: Number | None,
    price: Number | None,
) -> None:
    """Raise InputError if no budget determines a size, or if options for a training run leave it open."""
    sized = limits.memory is not None or limits.cache is not None
    if not sized and limits.flops is None:
        if gpu:
            hardware(gpu, str(devices or ""), "", str(mfu or ""))  # raises, and says what is missing
        raise InputError(NO_BUDGET)
    if not sized and law is None:
        raise InputError(f"--flops: needs a law to turn compute into a size; valid: --law {' or '.join(LAWS)}")
    if gpu and mfu is None:
        raise InputError(f"gpu = {gpu}: its utilisation is missing; valid: with --mfu 40%")
    if price is not None and not gpu:
        raise InputError(f"price = {price}: the device is missing; valid: with --gpu NAME --mfu 40%")
    if gpu and limits.flops is None and law is None:
        raise InputError(f"gpu = {gpu}: the compute is missing; valid: with --days 30, --flops 1e23 or --law LAW")


def _loss(asked: Number, limits: Limits, fit: Fit | None) -> float:
    if fit is None or fit.loss is None:
        said = f"{fit.law} gives no loss" if fit else "a loss needs a law"
        raise InputError(f"max-loss = {asked}: {said}; valid: --law {' or '.join(losing())}")
    return float(parse_amount(str(asked), "max-loss", "2.1, nats per token"))
