"""Quantised weights in bytes with scales beside them: FP8, int8, and formats that halve or quarter a dimension.

bitsandbytes and EETQ have a scale per row, NVFP4 and MXFP4 per block (OCP Microscaling v1.0), BitNet one per weight.
"""

from paramcount.checkpoint.held import Held, Parts, Quantisation, Shape, activations, parts_of
from paramcount.checkpoint.tensors import StoredTensor

# Suffixes of a weight's scale, after the weight's name or its module's.
BESIDE_WEIGHT = ("_scale_inv", "_scale")
BESIDE_MODULE = (".scale", ".qscale_weight", ".scale_weight")


def rows_of_bytes(base: str, named: Parts, said: Quantisation) -> Held | None:
    """bitsandbytes, 8 bits: the weight's own shape, and a scale for each row."""
    parts = parts_of(named, base, (".weight", ".SCB"), (".weight_format",))
    if not parts or parts[0].dtype != "I8" or parts[0].shape[:1] != (parts[1].elements,):
        return None
    return Held(f"{base}.weight", (parts[0].shape,), parts, "bitsandbytes 8-bit")


def scaled(name: str, named: Parts, said: Quantisation) -> Held | None:
    """A weight with a scale named after it: FP8, int8, NVFP4, BitNet."""
    scale = next((name + ending for ending in BESIDE_WEIGHT if name + ending in named), "")
    return _with_scale(name, scale, named)


def scaled_module(base: str, named: Parts, said: Quantisation) -> Held | None:
    """A weight with a scale named after its module, as in DeepSeek's and Mistral's own files."""
    scale = next((base + ending for ending in BESIDE_MODULE if base + ending in named), "")
    return _with_scale(f"{base}.weight", scale, named)


def _with_scale(name: str, scale: str, named: Parts) -> Held | None:
    if name not in named or scale not in named:
        return None
    weight, by = named[name], named[scale]
    layout, shape = _layout(weight, by)
    if not layout or not weight.shape or not 1 <= by.elements <= max(weight.elements, 1):
        return None
    more = tuple(named[name + ending] for ending in ("_scale_2", "_zero_point") if name + ending in named)
    parts = (weight, by, *more, *activations(named, name.removesuffix(".weight")))
    return Held(name, (shape,), parts, layout)


def _layout(weight: StoredTensor, scale: StoredTensor) -> tuple[str, Shape]:
    """How a weight with such a scale is quantised, and its shape; "" if unknown."""
    halved = (*weight.shape[:-1], 2 * weight.shape[-1]) if weight.shape else ()
    if weight.dtype.startswith("F8_E"):
        return "FP8", weight.shape
    if weight.dtype == "I8":
        blocks = scale.dtype == "F8_E8M0" and 32 * scale.elements == 2 * weight.elements
        return ("MXFP4", halved) if blocks else ("int8", weight.shape)
    if weight.dtype == "U8" and scale.elements == 1 and len(weight.shape) == 2:  # four rows packed into one
        return "BitNet", (4 * weight.shape[0], weight.shape[1])
    return ("NVFP4", halved) if weight.dtype == "U8" else ("", ())


def eetq(base: str, named: Parts, said: Quantisation) -> Held | None:
    """EETQ: bytes of inputs × outputs, and a scale for each output."""
    parts = parts_of(named, base, (".weight", ".weight_scales"), ())
    if not parts or parts[0].dtype != "I8" or len(parts[0].shape) != 2 or parts[1].elements != parts[0].shape[1]:
        return None
    return Held(f"{base}.weight", (parts[0].shape[::-1],), parts, "EETQ 8-bit")


def blocks(name: str, named: Parts, said: Quantisation) -> Held | None:
    """MXFP4: blocks of 32 weights in 16 bytes, with a scale each."""
    parts = parts_of(named, name, ("_blocks", "_scales"), ())
    if not parts or parts[0].shape[-1:] != (16,) or parts[0].shape[:-1] != parts[1].shape:
        return None
    *rows, blocks, _ = parts[0].shape
    return Held(name, ((*rows, 32 * blocks),), parts, "MXFP4") if parts[0].dtype == parts[1].dtype == "U8" else None
