"""Quantised weights in 32-bit words: GPTQ and AWQ, compressed-tensors, MLX.

GPTQ and AWQ pack along the inputs or outputs, with zeros and scales for groups of inputs; the others pack each row.
"""

from math import ceil

from paramcount.checkpoint.held import Held, Parts, Quantisation, activations, parts_of

MLX_GROUPS = (64, 32, 128, 16)  # weights per scale, most common first


def integers(base: str, named: Parts, said: Quantisation) -> Held | None:
    """GPTQ and AWQ: 32-bit words, along the inputs or the outputs; scales are groups × outputs."""
    parts = parts_of(named, base, (".qweight", ".qzeros", ".scales"), (".g_idx",))
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


def rows(base: str, named: Parts, said: Quantisation) -> Held | None:
    """compressed-tensors: each row in 32-bit words, or two weights to a byte."""
    also = ("_shape", "_zero_point", "_g_idx", "_global_scale")
    parts = parts_of(named, f"{base}.weight", ("_packed", "_scale"), also)
    if not parts or len(parts[0].shape) != 2 or parts[0].dtype not in ("I32", "U8"):
        return None
    outputs, words = parts[0].shape
    if parts[1].elements and parts[1].shape[:1] != (outputs,):
        return None
    width, bits = (8, (4,)) if parts[0].dtype == "U8" else (32, (said.bits,) if said.bits else (4, 8))
    shapes = tuple((outputs, words * width // each) for each in bits if each and words * width % each == 0)
    parts += activations(named, base)
    return Held(f"{base}.weight", shapes, parts, "compressed-tensors") if shapes else None


def mlx(base: str, named: Parts, said: Quantisation) -> Held | None:
    """MLX: each row in words, with any number of bits; a scale, and usually a bias, for each group in a row."""
    parts = parts_of(named, base, (".weight", ".scales"), (".biases",))
    if not parts or parts[0].dtype != "U32" or not parts[0].shape or len(parts[0].shape) != len(parts[1].shape):
        return None
    (*lead, words), (*same, groups) = parts[0].shape, parts[1].shape
    if lead != same or (len(parts) == 3 and parts[2].shape != parts[1].shape) or not groups:
        return None
    sides = [group * groups for group in ((said.group,) if said.group else MLX_GROUPS) if group > 0]
    found = [side for side in sides if 32 * words % side == 0 and 2 <= 32 * words // side <= 8]
    said_bits = [side for side in found if 32 * words == said.bits * side] if said.bits else []
    shapes = tuple((*lead, side) for side in said_bits or found)
    if not shapes:
        return None
    bits = 32 * words // shapes[0][-1]
    return Held(f"{base}.weight", shapes, parts, f"MLX {bits}-bit" if len(shapes) == 1 else "MLX")
