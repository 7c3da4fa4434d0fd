"""Quantised checkpoints: which stored tensors together are one weight, and of what shape that weight is.

The shapes are those of the formats: GPTQ and AWQ pack words of 32 bits, bitsandbytes flattens 4-bit weights two a byte,
MXFP4 has blocks of 32 weights in 16 bytes (OCP Microscaling v1.0), compressed-tensors packs each row.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import permutations
from math import ceil, prod
from typing import Any, NamedTuple

from paramcount.checkpoint.tensors import StoredTensor

Shape = tuple[int, ...]
Parts = dict[str, StoredTensor]
BNB_BLOCKS = (64, 128, 256, 512, 1024, 2048, 4096)  # weights to a scale


class Held(NamedTuple):
    """A weight as the model has it: its name there, the shapes that it may have, and the tensors it is stored in.

    *packing* names how it is quantised, "" where it is stored as it is. A *flat* one keeps the number of its weights
    alone, rounded up to an even one.
    """

    name: str
    shapes: tuple[Shape, ...]
    stored: tuple[StoredTensor, ...]
    packing: str = ""
    flat: bool = False

    @property
    def params(self) -> int:
        """The weights it stands for."""
        return prod(self.shapes[0])

    @property
    def elements(self) -> int:
        """Elements as they are stored."""
        first, *rest = self.stored
        return first.elements + sum(tensor.elements for tensor in rest) if rest else first.elements

    @property
    def nbytes(self) -> int:
        """Bytes as they are stored."""
        first, *rest = self.stored
        return first.nbytes + sum(tensor.nbytes for tensor in rest) if rest else first.nbytes

    def fits(self, shape: Shape) -> bool:
        """Whether it may be the weight of this shape, in this order of its sides."""
        return shape in self.shapes or (self.flat and prod(shape) + prod(shape) % 2 == self.params)

    def fits_turned(self, shape: Shape) -> bool:
        """Whether it is the weight of this shape with its sides in another order."""
        turned = permutations(shape) if self.packing and len(shape) <= 3 else [shape[::-1]]
        return any(other in self.shapes for other in turned)


class Quantisation(NamedTuple):
    """What config.json says of it: the bits of a weight and how many weights share a scale; None where it does not."""

    bits: int | None = None
    group: int | None = None


def quantisation(beside: Mapping[str, Any]) -> Quantisation:
    """What the documents beside a checkpoint say of its quantisation."""
    config = beside.get("config.json", {})
    stated = config.get("quantization_config", config.get("compression_config"))
    if not isinstance(stated, dict) or stated.get("dynamic"):  # "dynamic": other bits for some modules
        return Quantisation()
    weights: list[Any] = [stated]
    groups = stated.get("config_groups")
    if isinstance(groups, dict):
        weights = [group["weights"] for group in groups.values() if isinstance(group, dict) and "weights" in group]
    return Quantisation(_agreed(weights, "bits", "num_bits"), _agreed(weights, "group_size", "q_group_size"))


def unpacked(tensors: Iterable[StoredTensor], said: Quantisation) -> list[Held]:
    """The weights that *tensors* are. What forms no consistent packing is left as it is stored."""
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


def _integers(base: str, named: Parts, said: Quantisation) -> Held | None:
    """GPTQ and AWQ: words of 32 bits, along the inputs or along the outputs; scales are groups × outputs."""
    parts = _parts(named, base, (".qweight", ".qzeros", ".scales"), (".g_idx",))
    if not parts or any(len(part.shape) != 2 for part in parts[:3]) or parts[0].dtype != "I32":
        return None
    (rows, columns), (groups, words), (same, outputs) = (part.shape for part in parts[:3])
    by_inputs = columns == outputs
    bits, rest = divmod(32 * words, outputs) if outputs else (0, 1)
    if rest or not 1 <= bits <= 8 or said.bits not in (None, bits) or same != groups:
        return None
    if not by_inputs and columns != words:
        return None
    inputs, rest = divmod(rows * 32, bits) if by_inputs else (rows, 0)
    grouped = said.group is None or groups == (ceil(inputs / said.group) if said.group > 0 else 1)
    indexed = len(parts) == 3 or parts[3].shape == (inputs,)
    if rest or not grouped or not indexed or not 1 <= groups <= inputs:
        return None
    return Held(f"{base}.weight", ((outputs, inputs),), parts, f"{'GPTQ' if by_inputs else 'AWQ'} {bits}-bit")


def _nibbles(name: str, named: Parts, said: Quantisation) -> Held | None:
    """bitsandbytes, 4 bits: two weights a byte without their shape, and a scale for each block of them."""
    state = (".nested_absmax", ".nested_quant_map", ".quant_state.bitsandbytes__nf4", ".quant_state.bitsandbytes__fp4")
    parts = _parts(named, name, ("", ".absmax", ".quant_map"), state)
    if not parts or parts[0].dtype != "U8":
        return None
    weights = 2 * parts[0].elements
    if parts[1].elements not in {ceil(weights / block) for block in BNB_BLOCKS}:
        return None
    return Held(name, ((weights,),), parts, "bitsandbytes 4-bit", flat=True)


def _bytes(base: str, named: Parts, said: Quantisation) -> Held | None:
    """bitsandbytes, 8 bits: the weight's own shape, and a scale for each of its rows."""
    parts = _parts(named, base, (".weight", ".SCB"), (".weight_format",))
    if not parts or parts[0].dtype != "I8" or parts[0].shape[:1] != (parts[1].elements,):
        return None
    return Held(f"{base}.weight", (parts[0].shape,), parts, "bitsandbytes 8-bit")


def _scaled(name: str, named: Parts, said: Quantisation) -> Held | None:
    """FP8 and int8 in the weight's own shape, NVFP4 two a byte; scales for blocks, rows or the whole."""
    weight = named.get(name)
    if weight is None:
        return None
    scale = "_scale_inv" if f"{name}_scale_inv" in named else "_scale"
    layout = {"U8": "NVFP4", "I8": "int8"}.get(weight.dtype, "FP8" if weight.dtype.startswith("F8_E") else "")
    parts = _parts(named, name, ("", scale), ("_scale_2", "_zero_point"))
    if not parts or not layout or not weight.shape or not 1 <= parts[1].elements <= max(weight.elements, 1):
        return None
    parts += _activations(named, name.removesuffix(".weight"))
    shape = (*weight.shape[:-1], 2 * weight.shape[-1]) if layout == "NVFP4" else weight.shape
    return Held(name, (shape,), parts, layout)


def _rows(base: str, named: Parts, said: Quantisation) -> Held | None:
    """compressed-tensors: each row in words of 32 bits, or two weights a byte."""
    also = ("_shape", "_zero_point", "_g_idx", "_global_scale")
    parts = _parts(named, f"{base}.weight", ("_packed", "_scale"), also)
    if not parts or len(parts[0].shape) != 2 or parts[0].dtype not in ("I32", "U8"):
        return None
    outputs, words = parts[0].shape
    if parts[1].elements and parts[1].shape[:1] != (outputs,):
        return None
    width, bits = (8, (4,)) if parts[0].dtype == "U8" else (32, (said.bits,) if said.bits else (4, 8))
    shapes = tuple((outputs, words * width // each) for each in bits if each and words * width % each == 0)
    parts += _activations(named, base)
    return Held(f"{base}.weight", shapes, parts, "compressed-tensors") if shapes else None


def _blocks(name: str, named: Parts, said: Quantisation) -> Held | None:
    """MXFP4: blocks of 32 weights in 16 bytes, a scale for each."""
    parts = _parts(named, name, ("_blocks", "_scales"), ())
    if not parts or parts[0].shape[-1:] != (16,) or parts[0].shape[:-1] != parts[1].shape:
        return None
    *rows, blocks, _ = parts[0].shape
    return Held(name, ((*rows, 32 * blocks),), parts, "MXFP4") if parts[0].dtype == parts[1].dtype == "U8" else None


PACKINGS: tuple[tuple[str, Callable[[str, Parts, Quantisation], Held | None]], ...] = (
    (".qweight", _integers),
    (".weight_packed", _rows),
    ("_blocks", _blocks),
    (".SCB", _bytes),
    (".absmax", _nibbles),
    ("_scale_inv", _scaled),
    ("_scale", _scaled),
)


def _parts(named: Parts, base: str, needed: tuple[str, ...], possible: tuple[str, ...]) -> tuple[StoredTensor, ...]:
    """The tensors of these endings, the needed ones first; none where a needed one is absent."""
    if not all(base + ending in named for ending in needed):
        return ()
    return tuple(named[base + ending] for ending in (*needed, *possible) if base + ending in named)


def _activations(named: Parts, base: str) -> tuple[StoredTensor, ...]:
    """The scales of what goes into a quantised layer and comes out of it."""
    scales = (".input_scale", ".output_scale", ".input_global_scale", ".k_scale", ".v_scale")
    return tuple(named[base + ending] for ending in scales if base + ending in named)


def _agreed(weights: list[Any], *keys: str) -> int | None:
    """The one whole number that all of *weights* give under one of *keys*."""
    stated = [weight.get(key) for weight in weights if isinstance(weight, dict) for key in keys]
    found = {value for value in stated if type(value) is int and (value == -1 or 1 <= value <= 2**31)}
    return found.pop() if len(found) == 1 else None
