"""The footprint of a model: its weights, gradients, optimizer states, activations and cache, in bytes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.costs.cache import BYTES, kept_of
from paramcount.costs.memory.activations import Activations, activations, checked_words, unstated
from paramcount.costs.memory.computed import PLAIN
from paramcount.costs.memory.formats import GGUF, Format, format_of, quantised
from paramcount.costs.memory.korthikanti import korthikanti
from paramcount.costs.memory.lora import Lora, adapters
from paramcount.costs.memory.recipes import Recipe
from paramcount.costs.memory.shaped import shaped_alike
from paramcount.costs.memory.weights import Weight, own, refuse_counted, weights_of
from paramcount.costs.run import Run
from paramcount.costs.stated import costed
from paramcount.errors import InputError

INFERENCE, TRAINING = "inference", "training"
NOTHING: Mapping[str, str] = MappingProxyType({})
NO_CONTEXT = "the context length is not known; add --seq, e.g. --seq 2048"


class Footprint(NamedTuple):
    """Bytes of each kind; None where they are not known, for which *reasons* gives the reason by kind.

    *trained* is the number of trained parameters, *how* the formats or the recipe, *notes* has one note per line.
    """

    purpose: str
    run: Run | None
    weights: int
    gradients: int = 0
    optimizer: int = 0
    activations: int | None = None
    cache: int | None = 0
    trained: int = 0
    how: str = ""
    notes: tuple[str, ...] = ()
    reasons: Mapping[str, str] = NOTHING

    @property
    def kinds(self) -> dict[str, int | None]:
        """The kinds for this purpose, in display order."""
        if self.purpose == INFERENCE:
            return {"weights": self.weights, "cache": self.cache}
        names = ("weights", "gradients", "optimizer", "activations")
        return {name: getattr(self, name) for name in names}

    @property
    def stated(self) -> int:
        """The sum of what is known."""
        return sum(nbytes or 0 for nbytes in self.kinds.values())

    @property
    def total(self) -> int | None:
        """The sum of all kinds; None if one of them is not known."""
        return None if None in self.kinds.values() else self.stated


def inference(spec: Spec, run: Run | None, dtype: str = "bf16", cache_dtype: str = "bf16") -> Footprint:
    """The footprint of *spec* in inference: its weights in *dtype* and the cache of *run* in *cache_dtype*.

    The cache is None if it is not known. Raises InputError on an unknown format.
    """
    if cache_dtype not in BYTES:
        raise InputError(f"cache_dtype = {cache_dtype}: unknown number format; valid: {', '.join(BYTES)}")
    weights = own(weights_of(spec))
    nbytes, notes = _stored(spec, weights, dtype)
    kept, why = _cache(spec, run, cache_dtype)
    how = f"weights in {dtype}, cache in {cache_dtype}"
    return Footprint(INFERENCE, run, nbytes, cache=kept, how=how, notes=notes, reasons=why)


def as_stored(nbytes: int) -> Footprint:
    """The footprint of weights stored in *nbytes* bytes, for a model of which nothing else is known."""
    why = {"cache": "not known without a config"}
    return Footprint(INFERENCE, None, nbytes, cache=None, how="weights as stored", reasons=why)


def training(
    spec: Spec,
    run: Run | None,
    by: Recipe,
    lora: Lora | None = None,
    dtype: str = "bf16",
    recompute: str = "none",
    kernel: str = "plain",
) -> Footprint:
    """The footprint of *spec* in training by the recipe *by*; frozen tensors have only their weights.

    With *lora*, the model's own weights are frozen in *dtype*, and the recipe is for the adapters. *recompute* and
    *kernel* are as in `activations`. Raises InputError on an unknown format, word or target.
    """
    every = weights_of(spec)
    weights, frozen = own(every), 0
    notes: tuple[str, ...] = ()
    if lora:
        frozen, notes = _stored(spec, weights, dtype)
        weights = adapters(spec.name, every, lora)
    trained = [weight for weight in weights if not weight.frozen]
    numbers = sum(weight.elements * weight.times for weight in trained)
    fixed = sum(weight.elements * weight.times for weight in weights if weight.frozen)
    kept, why, said = _activations(spec, run, by, lora, recompute, kernel)
    beside = f", adapters of rank {lora.r} on frozen weights in {dtype}" if lora else ""
    return Footprint(
        TRAINING,
        run,
        frozen + by.weights * (numbers + fixed),
        by.gradients * numbers,
        sum(by.optimizer(weight.elements) * weight.times for weight in trained),
        kept,
        trained=numbers,
        how=f"{by.name} ({by.printed} bytes per parameter){beside}",
        notes=(*notes, *_not_trained(fixed), *said),
        reasons={"activations": why} if why else {},
    )


def _stored(spec: Spec, weights: list[Weight], dtype: str) -> tuple[int, tuple[str, ...]]:
    """The bytes of *weights* in *dtype*, and notes on them."""
    if dtype.startswith(GGUF):
        from paramcount.costs.memory.gguf import mixture  # imports the checkpoint readers

        refuse_counted(spec, dtype)
        mixed = mixture(spec, dtype, weights)
        return sum(mixed.nbytes(weight) for weight in weights), (mixed.said(),)
    form = format_of(dtype)
    if form.low:
        refuse_counted(spec, dtype)
    return sum(form.nbytes(weight) * weight.times for weight in weights), _low(form, weights)


def _low(form: Format, weights: list[Weight]) -> tuple[str, ...]:
    if not form.low:
        return ()
    few = sum(weight.elements * weight.times for weight in weights if quantised(weight))
    every = sum(weight.elements * weight.times for weight in weights)
    said = f"{form.name}: the linear maps of the layers, {few:,} of {every:,} weights, are stored in {form.said()}"
    return (f"{said}; embeddings, norms, biases, routers and the head stay in bf16, as in {form.who}.",)


def _not_trained(numbers: int) -> tuple[str, ...]:
    return (f"{numbers:,} weights get no gradient and have no optimizer state.",) if numbers else ()


def _activations(
    spec: Spec, run: Run | None, by: Recipe, lora: Lora | None, recompute: str, kernel: str
) -> tuple[int | None, str, tuple[str, ...]]:
    """The bytes of activations, or None and why; and notes on published counts or the paper's model of that shape."""
    checked_words(by.dtype, recompute, kernel)
    if lora:
        return None, "not known with adapters, as frozen maps keep no input", ()
    if run is None:
        return None, unstated(spec, kernel) or NO_CONTEXT, ()
    found = activations(spec, run, by.dtype, recompute, kernel)
    if found:
        return found.total_bytes, "", _theirs(spec, found)
    alike = shaped_alike(spec)
    other = activations(alike, run, by.dtype, recompute, kernel) if alike else None
    if alike is None or other is None:
        return None, unstated(spec, kernel), ()
    kept = f"keeps {other.total_bytes:,} bytes of activations"
    return None, unstated(spec, kernel), (f"Implemented as in its paper, a {alike.name} of this shape {kept}.",)


def _theirs(spec: Spec, ours: Activations) -> tuple[str, ...]:
    """A note with the count of Korthikanti et al. 2022 for the same layers."""
    theirs = korthikanti(spec, ours.run, ours.recompute) if (ours.dtype, ours.kernel) == ("bf16", PLAIN) else None
    if theirs is None:
        return ()
    said = f"{spec.name}: Korthikanti et al. 2022 count {theirs.bytes:,} bytes of activations"
    return (f"{said}, {theirs.formula}: with three dropouts, without statistics, mask and anything outside layers.",)


def _cache(spec: Spec, run: Run | None, dtype: str) -> tuple[int | None, dict[str, str]]:
    """The bytes of the cache, 0 for an encoder, or None and why. InputError on a source that the model doesn't read."""
    if run is None:
        return None, {"cache": NO_CONTEXT}
    try:
        return kept_of(spec, run, dtype).total_bytes, {}
    except InputError as error:
        if run.source:
            _refuse_source(spec, run)
        return None, {"cache": str(error).removeprefix(f"{spec.name}: ").partition("; valid")[0]}


def _refuse_source(spec: Spec, run: Run) -> None:
    """Raise InputError if the cache of *spec* is known without the run's source."""
    try:
        costed(spec, run._replace(source=0))
    except InputError:
        return
    raise InputError(f"{spec.name}: source = {run.source}: it reads no source; valid: an encoder-decoder, or 0")
