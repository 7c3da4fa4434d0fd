"""Compares a model's computed costs with measurements by torch and transformers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from paramcount.catalog.spec import Spec
from paramcount.config import Config
from paramcount.config.document import of
from paramcount.costs.cache import cache
from paramcount.costs.memory.activations import activations, unstated
from paramcount.costs.run import Run
from paramcount.costs.stated import costed
from paramcount.errors import InputError
from paramcount.extras import need
from paramcount.verification import dry_run
from paramcount.verification.as_config import config_of
from paramcount.verification.compare import witness_of
from paramcount.verification.saved import saved_bytes

RUNS = (Run(3, 16, attention="computed"), Run(2, 33, attention="computed"))
KEPT_IN, CACHED_IN = "bf16", "fp32"  # dtype for activations; dtype cached on the meta device
PAPERS, CLASS = "module from the paper", "transformers class"
COUNTER, CACHE, HOOKS = "torch's FLOP counter", "transformers' cache", "torch's saved-tensor hooks"


class Measured(NamedTuple):
    """A cost of a *model*, computed and measured by an *instrument*; *why* explains it if one is missing."""

    model: str
    cost: str
    instrument: str
    run: Run | None = None
    stated: int | None = None
    measured: int | None = None
    why: str = ""

    @property
    def ok(self) -> bool | None:
        """Whether the two are equal; None if one is missing."""
        return None if None in (self.stated, self.measured) else self.stated == self.measured


def measured(spec: Spec) -> list[Measured]:
    """FLOPs, cache and activations of *spec* in two runs each, by every available instrument."""
    return [*_flops(spec), *_cache(spec), *_activations(spec)]


def _flops(spec: Spec) -> Iterator[Measured]:
    design = spec.family.configured(spec.sizes)
    if design is None:
        spec = _all_experts(spec)
        line, build = Measured(spec.name, "FLOPs", f"{COUNTER} on the {PAPERS}"), lambda: _witness(spec)
    else:
        line, build = Measured(spec.name, "FLOPs", f"{COUNTER} on the {CLASS}"), lambda: _class(design.config)

    def by_counter(built: nn.Module, run: Run) -> int:
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            _forward(built, run, use_cache=False)
        return int(counter.get_total_flops())

    yield from _each_run(line, lambda run: costed(spec, run).flops(run), build, by_counter)


def _cache(spec: Spec) -> Iterator[Measured]:
    line = Measured(spec.name, "cache", f"{CACHE}, after a prefill")
    design = spec.family.configured(spec.sizes)
    try:
        config = of(config_of(spec), spec.name) if design is None else design.config
        cache(spec, RUNS[0], CACHED_IN)
    except InputError as error:
        yield line._replace(why=_short(error, line.model))
        return

    def by_class(built: nn.Module, run: Run) -> int:
        with torch.no_grad():
            kept = _forward(built, run, use_cache=True).past_key_values
        return sum(tensor.nbytes for layer in kept.layers for tensor in (layer.keys, layer.values))

    yield from _each_run(line, lambda run: cache(spec, run, CACHED_IN).total_bytes, lambda: _class(config), by_class)


def _activations(spec: Spec) -> Iterator[Measured]:
    line = Measured(spec.name, "activations", HOOKS)
    for run in RUNS:
        stated = activations(spec, run, KEPT_IN)
        if stated is None:
            yield line._replace(why=unstated(spec))
            return
        yield line._replace(run=run, stated=stated.total_bytes, measured=saved_bytes(spec, stated))


def _each_run(
    line: Measured,
    stated: Callable[[Run], int],
    build: Callable[[], nn.Module],
    measure: Callable[[nn.Module, Run], int],
) -> Iterator[Measured]:
    """*line* for each run, or one that explains why the cost is not known or the instrument fails."""
    try:
        expected = [stated(run) for run in RUNS]
        built = build()
    except InputError as error:
        yield line._replace(why=_short(error, line.model))
        return
    for run, number in zip(RUNS, expected, strict=True):
        try:
            yield line._replace(run=run, stated=number, measured=measure(built, run))
        except Exception as error:  # classes may raise anything on tensors without data
            yield line._replace(run=run, stated=number, why=f"the instrument failed: {_short(error)}")


def _all_experts(spec: Spec) -> Spec:
    """*spec* with every token routed to every expert, as the paper's module computes it."""
    if "n_experts" not in spec.sizes:
        return spec
    return spec._replace(sizes={**spec.sizes, "n_active_experts": spec.sizes["n_experts"]})


def _witness(spec: Spec) -> nn.Module:
    return dry_run.build(witness_of(spec), spec.sizes)


def _class(config: Config) -> nn.Module:
    """The class that *config* names, on the meta device, computing only the experts tokens are routed to."""
    need("verify --costs", "transformers")
    from paramcount.classes import of_transformers

    built = of_transformers.build(config)
    built.config._experts_implementation = "batched_mm"  # type: ignore[union-attr]
    return built.eval()


def _forward(built: nn.Module, run: Run, use_cache: bool) -> Any:
    """Run *built* on the tokens of *run*; a class gets a mask that hides nothing, and counts as masked."""
    tokens = torch.ones(run.batch, run.seq, dtype=torch.long, device="meta")
    if not hasattr(built, "config"):
        return built(tokens)
    try:
        return built(input_ids=tokens, attention_mask=torch.ones_like(tokens), use_cache=use_cache)
    except (RuntimeError, NotImplementedError):  # some read the mask, which has no data here
        return built(input_ids=tokens, use_cache=use_cache)


def _short(error: Exception, name: str = "") -> str:
    return " ".join(str(error).split()).removeprefix(f"{name}: ")[:160]
