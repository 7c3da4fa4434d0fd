"""Quantised weights stored without their shape, or as the inner tensors of torch subclasses.

bitsandbytes packs 4-bit weights two to a byte, HQQ and quanto pack groups; torchao stores data, scale and zero point.
"""

from math import ceil

from paramcount.checkpoint.held import Held, Parts, Quantisation, Shape, activations, parts_of

BNB_BLOCKS = (64, 128, 256, 512, 1024, 2048, 4096)  # weights per scale
HQQ = ("nbits", "group_size", "shape", "axis", "packing", "unpack_view_dtype", "view_as_float", "compute_dtype")
HQQ_MORE = ("quant_scale", "quant_zero", "optimize", "round_zero", "channel_wise", "stores_quant_config")


def nibbles(name: str, named: Parts, said: Quantisation) -> Held | None:
    """bitsandbytes, 4 bits: two weights to a byte without their shape, and a scale for each block."""
    state = (".nested_absmax", ".nested_quant_map", ".quant_state.bitsandbytes__nf4", ".quant_state.bitsandbytes__fp4")
    parts = parts_of(named, name, ("", ".absmax", ".quant_map"), state)
    if not parts or parts[0].dtype != "U8":
        return None
    weights = 2 * parts[0].elements
    if parts[1].elements not in {ceil(weights / block) for block in BNB_BLOCKS}:
        return None
    return Held(name, ((weights,),), parts, "bitsandbytes 4-bit", flat=True)


def hqq(base: str, named: Parts, said: Quantisation) -> Held | None:
    """HQQ: groups of weights packed into bytes, with a scale and a zero for each; its settings are stored beside it."""
    about = tuple(f".{name}" for name in (*HQQ, *HQQ_MORE, "encoded_state_dict"))
    parts = parts_of(named, base, (".W_q", ".scale", ".zero"), about)
    if not parts or parts[0].dtype not in ("U8", "I32") or len(parts[0].shape) != 2:
        return None
    by_rows = parts[1].shape[-1:] == (1,) and parts[1].elements != 1  # a group is a row of the packed tensor
    if by_rows:
        counts = [parts[1].elements * parts[0].shape[1]]
    else:
        width = 8 if parts[0].dtype == "U8" else 32
        counts = [
            parts[0].elements * (width // bits)
            for bits in ((said.bits,) if said.bits in (1, 2, 3, 4, 8) else (4, 8, 2, 1))
        ]
    return Held(f"{base}.weight", tuple((count,) for count in counts), parts, "HQQ", flat=True)


def quanto(name: str, named: Parts, said: Quantisation) -> Held | None:
    """quanto: bytes in the weight's shape, or groups of fewer bits packed into bytes, with scales and shifts."""
    packed = f"{name}._data._data" in named
    parts = parts_of(named, name, ("._data._data" if packed else "._data", "._scale"), ("._shift", "._zeropoint"))
    if not parts or not _of_bytes(parts[0].dtype):
        return None
    parts += activations(named, name.removesuffix(".weight"))
    if not packed:
        return Held(name, (parts[0].shape,), parts, "quanto 8-bit")
    bits = said.bits or 4
    if bits not in (2, 4):
        return None
    return Held(name, ((parts[0].elements * (8 // bits),),), parts, f"quanto {bits}-bit", flat=True)


def torchao(base: str, named: Parts, said: Quantisation) -> Held | None:
    """torchao: a quantised tensor's data, in its shape, with half its inputs, or in tiles of eight to a word."""
    more = ("scale", "scale_and_zero", "zero_point", "per_tensor_scale", "act_pre_scale")
    parts = parts_of(named, f"{base}._weight_", ("qdata",), more)
    if len(parts) < 2:
        return None
    data, scale = parts[:2]
    if data.dtype == "I32":
        return Held(f"{base}.weight", ((8 * data.elements,),), parts, "torchao 4-bit", flat=True)
    if not _of_bytes(data.dtype):
        return None
    halved: list[Shape] = [(*data.shape[:-1], 2 * data.shape[-1])] if data.shape else []
    by_groups = len(scale.shape) == 2 and scale.shape[-1:] == data.shape[:1] and scale.shape[:1] != data.shape[:1]
    if data.dtype == "U8" or (data.dtype == "I8" and by_groups):
        return Held(f"{base}.weight", tuple(halved), parts, "torchao 4-bit") if halved else None
    return Held(f"{base}.weight", (data.shape,), parts, "torchao 8-bit")


def _of_bytes(dtype: str) -> bool:
    return dtype in ("U8", "I8") or dtype.startswith("F8_E")
