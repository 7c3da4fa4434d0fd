"""Quantised checkpoints: which stored tensors make up one weight, and how the config says they are packed."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from paramcount.checkpoint.flattened import hqq, nibbles, quanto, torchao
from paramcount.checkpoint.held import Held, Parts, Quantisation, Shape
from paramcount.checkpoint.scaled import blocks, eetq, rows_of_bytes, scaled, scaled_module
from paramcount.checkpoint.tensors import StoredTensor
from paramcount.checkpoint.words import integers, mlx, rows

__all__ = ["Held", "Shape", "quantisation", "unpacked"]

# By a suffix among a weight's tensors; what precedes it is the weight's name or its module's.
PACKINGS: tuple[tuple[str, Callable[[str, Parts, Quantisation], Held | None]], ...] = (
    (".qweight", integers),
    (".weight_packed", rows),
    (".scales", mlx),
    (".W_q", hqq),
    ("._data._data", quanto),
    ("._data", quanto),
    ("._weight_qdata", torchao),
    (".weight_scales", eetq),
    ("_blocks", blocks),
    (".SCB", rows_of_bytes),
    (".absmax", nibbles),
    ("_scale_inv", scaled),
    ("_scale", scaled),
    (".scale", scaled_module),
    (".qscale_weight", scaled_module),
    (".scale_weight", scaled_module),
)
QUANTO = {"int8": 8, "float8": 8, "int4": 4, "int2": 2}  # its config's names for bits per weight


def quantisation(beside: Mapping[str, Any]) -> Quantisation:
    """How the documents beside a checkpoint say it is quantised."""
    config = beside.get("config.json", {})
    said = (config.get(key) for key in ("quantization_config", "compression_config", "quantization"))
    stated = next((one for one in said if one is not None), None)
    if not isinstance(stated, dict) or stated.get("dynamic"):  # "dynamic": different bits for some modules
        return Quantisation()
    weights = _of_weights(stated)
    return Quantisation(_agreed(weights, "bits", "num_bits", "nbits"), _agreed(weights, "group_size", "q_group_size"))


def _of_weights(stated: Mapping[str, Any]) -> list[Any]:
    """The settings for weights: compressed-tensors has them by group of layers, HQQ nested, quanto as a word."""
    groups, own, word = stated.get("config_groups"), stated.get("quant_config"), stated.get("weights")
    if isinstance(groups, dict):
        return [group["weights"] for group in groups.values() if isinstance(group, dict) and "weights" in group]
    if isinstance(own, dict) and "weight_quant_params" in own:
        return [own["weight_quant_params"]]
    return [{"bits": QUANTO[word]}] if isinstance(word, str) and word in QUANTO else [stated]


def unpacked(tensors: Iterable[StoredTensor], said: Quantisation) -> list[Held]:
    """The weights in *tensors*; those in no consistent packing are left as stored."""
    named = {tensor.name: tensor for tensor in tensors}
    taken: dict[str, Held] = {}
    endings = tuple(ending for ending, _ in PACKINGS)
    for name in (name for name in named if name.endswith(endings)):
        for ending, packing in PACKINGS:
            held = packing(name.removesuffix(ending), named, said) if name.endswith(ending) else None
            if held and not any(tensor.name in taken for tensor in held.stored):
                taken |= dict.fromkeys((tensor.name for tensor in held.stored), held)
    plain = (taken.get(name) or Held(name, (tensor.shape,), (tensor,)) for name, tensor in named.items())
    return [held for name, held in zip(named, plain, strict=True) if held.stored[0].name == name]


def _agreed(weights: list[Any], *keys: str) -> int | None:
    """The one whole number that all of *weights* give under one of *keys*."""
    stated = [weight.get(key) for weight in weights if isinstance(weight, dict) for key in keys]
    found = {value for value in stated if type(value) is int and (value == -1 or 1 <= value <= 2**31)}
    return found.pop() if len(found) == 1 else None
