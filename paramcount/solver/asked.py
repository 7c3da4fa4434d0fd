"""Budgets of `solve` as they are written, --memory, --cache, --flops and --gpu: what they mean, what contradicts."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from paramcount.costs.cache import BYTES
from paramcount.costs.memory.asked import DTYPE, options_of, recipe_of
from paramcount.costs.memory.footprint import INFERENCE, TRAINING
from paramcount.costs.memory.formats import GGUF, format_of, formats
from paramcount.errors import InputError
from paramcount.quantity import parse_amount, parse_bytes, parse_quantity, whole_number
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
    """Shapes that use one of several budgets up and exceed none, the best first, each with what it takes.

    Args:
        memory: bytes of a device, or a text such as "80GB" (80·10^9) or "80GiB" (80·2^30), for *purpose*: "inference",
            weights in *dtype* (bf16) and a cache in *cache_dtype*, or "training" by *recipe* (mixed-adam), a step at
            its peak, with activations where they are stated.
        cache: bytes of the cache of *batch* sequences of *seq* tokens, by default the context of the shapes.
        flops: training FLOPs, of which *law* makes a size; without a law all shapes that keep the other budgets are
            trained on what 6·N·D leaves them.
        gpu: with *devices*, *days* and *mfu* the same from devices; without *days* those that training is on.
        law: a scaling law; without compute a shape is trained on the tokens for which it is best.
        max_loss: shapes whose loss by the law is no more.
        price: $ for an hour of a device.

    The other options are those of `solve`: sizes, and what says which shapes are admitted and come first.

    >>> found = solve_within(memory="80GB", dtype="int4", top=1)
    >>> found.binds, found.taken[0].memory <= 80 * 10**9
    ('memory', True)

    Raises paramcount.errors.InputError as `solve` does, on budgets that contradict each other, and where what a budget
    is of is not stated of the shapes.
    """
    options = {**{name: value for name, value in locals().items() if name in OF_SHAPES - {"like"}}, **others}
    for name in OF_COUNTS:
        if options.pop(name, False):
            said = f"--{name.replace('_', '-')}: of a number of parameters"
            raise InputError(f"{said}; valid: with --params" + ("; the law says what is counted" if law else ""))
    fit = None if law is None else law_named(law)
    compute = _compute(flops, gpu, devices, days, mfu)
    given = _given(purpose, dtype, recipe, cache_dtype)
    length = None if seq is None else whole_number(seq, "seq")
    batch = whole_number(batch, "batch")
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
    """The FLOPs that are asked for, or that devices give; None where neither states any."""
    texts = ["" if text is None else str(text) for text in (gpu, devices, days, mfu)]
    if flops is not None and days is not None:
        raise InputError(f"--flops {flops} with --days {days}: two budgets of compute; valid: one of the two")
    if flops is not None:
        if not gpu and any(texts):
            raise InputError("--devices, --mfu: of which device? valid: with --gpu h100-sxm")
        return parse_quantity(str(flops), "flops")
    return hardware(*texts).flops if days is not None or (any(texts) and not gpu) else None


def _given(purpose: str, dtype: str | None, recipe: str | None, cache_dtype: str) -> dict[str, str]:
    """The options of the footprint, checked before anything is looked for."""
    asked = {"dtype": dtype, "recipe": recipe}
    said = options_of(purpose, asked)
    if purpose == TRAINING:
        if "dtype" in said:
            raise InputError(f"dtype = {dtype}: the recipe says how weights are kept; valid: --recipe, --for inference")
        recipe_of(said)
    elif not str(said.get("dtype", "")).startswith(GGUF):
        format_of(said.get("dtype", DTYPE))
    else:
        raise InputError(f"dtype = {dtype}: goes by the layer, and a shape by its sizes; valid: {', '.join(formats())}")
    if cache_dtype not in BYTES:
        raise InputError(f"cache-dtype = {cache_dtype}: no number format; valid: {', '.join(BYTES)}")
    return said


def _refuse_open(
    limits: Limits,
    law: str | None,
    gpu: str | None,
    devices: Number | None,
    mfu: Number | None,
    price: Number | None,
) -> None:
    """Raise InputError where no budget makes a size, and where money is asked of no training."""
    sized = limits.memory is not None or limits.cache is not None
    if not sized and limits.flops is None:
        if gpu:
            hardware(gpu, str(devices or ""), "", str(mfu or ""))  # which says what is missing
        raise InputError(NO_BUDGET)
    if not sized and law is None:
        raise InputError(f"--flops: no law that makes a size of compute; valid: --law {' or '.join(LAWS)}")
    if gpu and mfu is None:
        raise InputError(f"gpu = {gpu}: at which share of its peak? valid: with --mfu 40%")
    if price is not None and not gpu:
        raise InputError(f"price = {price}: of which device for an hour? valid: with --gpu NAME --mfu 40%")
    if gpu and limits.flops is None and law is None:
        raise InputError(f"gpu = {gpu}: how much is trained on it? valid: with --days 30, --flops 1e23 or --law LAW")


def _loss(asked: Number, limits: Limits, fit: Fit | None) -> float:
    if fit is None or fit.loss is None:
        said = f"{fit.law} states no loss" if fit else "no law says the loss"
        raise InputError(f"max-loss = {asked}: {said}; valid: --law {' or '.join(losing())}")
    return float(parse_amount(str(asked), "max-loss", "2.1, nats a token"))
