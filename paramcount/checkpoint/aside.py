"""Stored tensors that are not parameters of the model, recognised by name: buffers, cache scales, added modules."""

from collections.abc import Sequence

from paramcount.checkpoint import result as why
from paramcount.checkpoint.names import ahead, is_buffer, is_cache_scale
from paramcount.checkpoint.packing import Held

ASIDE = (why.BUFFER, why.CACHE, why.ZERO_BIAS, why.AHEAD)


def set_aside(extra: Sequence[Held], held: Sequence[Held]) -> dict[int, str]:
    """Why each of *extra* that is not a parameter is stored, by its id; *held* is everything stored."""
    predicting = ahead([weight.name for weight in extra])
    biased = _packed_with_bias(held)
    found: dict[int, str] = {}
    for weight in extra:
        if is_buffer(weight.name, weight.shapes[0], weight.stored[0].dtype):
            found[id(weight)] = why.BUFFER
        elif is_cache_scale(weight.name):
            found[id(weight)] = why.CACHE
        elif weight.shapes[0] == biased.get(weight.name):
            found[id(weight)] = why.ZERO_BIAS
        elif weight.name in predicting:
            found[id(weight)] = why.AHEAD
    return found


def _packed_with_bias(held: Sequence[Held]) -> dict[str, tuple[int, ...]]:
    """Biases that GPTQ writers add to each packed layer, zero if the model has none; by name."""
    packed = (weight for weight in held if weight.packing.startswith("GPTQ"))
    return {f"{weight.name.removesuffix('.weight')}.bias": weight.shapes[0][:1] for weight in packed}
