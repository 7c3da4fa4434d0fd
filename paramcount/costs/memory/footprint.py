"""The footprint of a model: its weights, gradients, optimizer states, activations and cache, in bytes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.costs.cache import cache
from paramcount.costs.memory.formats import format_of
from paramcount.costs.memory.recipes import Recipe
from paramcount.costs.memory.weights import weights_of
from paramcount.costs.run import Run
from paramcount.errors import InputError

INFERENCE, TRAINING = "inference", "training"
NOTHING: Mapping[str, str] = MappingProxyType({})


class Footprint(NamedTuple):
    """Bytes of each kind; None where they are not stated, and *reasons* then says why, by the kind's name."""

    purpose: str
    run: Run | None
    weights: int
    gradients: int = 0
    optimizer: int = 0
    activations: int | None = None
    cache: int | None = 0
    reasons: Mapping[str, str] = NOTHING

    @property
    def kinds(self) -> dict[str, int | None]:
        """Those that this purpose has, in the order in which they are shown."""
        if self.purpose == INFERENCE:
            return {"weights": self.weights, "cache": self.cache}
        names = ("weights", "gradients", "optimizer", "activations")
        return {name: getattr(self, name) for name in names}

    @property
    def stated(self) -> int:
        """The sum of what is stated."""
        return sum(nbytes or 0 for nbytes in self.kinds.values())

    @property
    def total(self) -> int | None:
        """The sum of all; None where one of them is not stated."""
        return None if None in self.kinds.values() else self.stated


def inference(spec: Spec, run: Run | None, dtype: str = "bf16", cache_dtype: str = "bf16") -> Footprint:
    """What *spec* takes to answer: its weights in *dtype* and the cache of *run* in *cache_dtype*.

    The cache is None where what the model keeps is not stated. Raises InputError on an unknown format.
    """
    form = format_of(dtype)
    weights = sum(form.nbytes(weight) * weight.times for weight in weights_of(spec) if not weight.shares)
    try:
        if run is None:
            raise InputError(f"{spec.name}: states no context; valid: --seq 2048")
        return Footprint(INFERENCE, run, weights, cache=cache(spec, run, cache_dtype).total_bytes)
    except InputError as error:
        return Footprint(INFERENCE, run, weights, cache=None, reasons={"cache": str(error)})


def training(spec: Spec, run: Run | None, by: Recipe) -> Footprint:
    """What a step of training *spec* takes, by the recipe *by*; a frozen tensor has its weight alone."""
    weights = gradients = optimizer = 0
    for weight in weights_of(spec):
        if weight.shares:
            continue
        weights += by.weights * weight.elements * weight.times
        if not weight.frozen:
            gradients += by.gradients * weight.elements * weight.times
            optimizer += by.optimizer(weight.elements) * weight.times
    reasons = {"activations": f"{spec.name}: not stated for this type"}
    return Footprint(TRAINING, run, weights, gradients, optimizer, reasons=reasons)
