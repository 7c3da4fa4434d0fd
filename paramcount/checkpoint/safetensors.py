"""Safetensors: a length in 8 bytes, a JSON header, then the tensors without gaps.

The format is in github.com/huggingface/safetensors, README "Format". What that library refuses is refused here too.
"""

import math
import os
from typing import Any

from paramcount.checkpoint.files import LONGEST_JSON, opened, parsed, place, refuse_pointer, shown
from paramcount.checkpoint.tensors import Checkpoint, CheckpointError, StoredTensor
from paramcount.errors import all_printable

BITS = {
    **dict.fromkeys(("F4",), 4),
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
    **dict.fromkeys(("I16", "U16", "F16", "BF16"), 16),
    **dict.fromkeys(("I32", "U32", "F32"), 32),
    **dict.fromkeys(("I64", "U64", "F64", "C64"), 64),
}
MOST_SIDES = 64
LONGEST_NAME = 4096


def read_safetensors(path: str) -> Checkpoint:
    """The tensors in the header of the safetensors file at *path*, in the order of their data."""
    with opened(path) as (file, size):
        start = file.read(8)
        refuse_pointer(start + file.read(16), place(path))
        length = int.from_bytes(start, "little")
        if len(start) < 8 or length > size - 8:
            raise CheckpointError(
                f"{place(path)}: a header of {length:,} bytes in a file of {size:,}; valid: a whole safetensors file"
            )
        if length > LONGEST_JSON:
            raise CheckpointError(f"{place(path)}: a header of {length:,} bytes; valid: up to {LONGEST_JSON:,}")
        file.seek(8)
        text = file.read(length)
    return from_header(text, size - 8 - length, path)


def from_header(text: bytes, room: int, path: str) -> Checkpoint:
    """The tensors in *text*, the JSON header of the file at *path*, with *room* bytes of data after it."""
    header = parsed(text, f"{place(path)}: header")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise CheckpointError(f"{place(path)}: __metadata__ does not map names to text; valid: an object of strings")
    return Checkpoint("safetensors", _tensors(path, header, room), all_printable(metadata), path)


def _tensors(path: str, header: dict[str, Any], room: int) -> tuple[StoredTensor, ...]:
    """Each entry of *header* as a tensor; together they fill the *room* bytes of data exactly."""
    file = os.path.basename(path)
    placed = []
    for name, entry in header.items():
        try:
            placed.append(_placed(name, entry, file))
        except (ValueError, KeyError, TypeError) as error:
            raise CheckpointError(f"{place(path)}: tensor {shown(name)}: {_reason(error)}") from None
    placed.sort(key=lambda found: found[:2])
    end = 0
    for begin, stop, tensor in placed:
        if begin != end:
            fault = "overlaps the tensor before it" if begin < end else f"leaves a gap of {begin - end:,} bytes"
            raise CheckpointError(
                f"{place(path)}: tensor {shown(tensor.name)}: data at {begin:,} {fault}; valid: data at {end:,}"
            )
        end = stop
    if end != room:
        fault = "is cut short" if end > room else "has bytes that belong to no tensor"
        raise CheckpointError(
            f"{place(path)}: the file {fault}: {room:,} bytes of data, but its tensors take {end:,}; "
            f"valid: a whole safetensors file"
        )
    return tuple(tensor for _, _, tensor in placed)


def _placed(name: str, entry: Any, file: str) -> tuple[int, int, StoredTensor]:
    """Where an entry's data begin and end, and its tensor; raises ValueError, KeyError or TypeError."""
    dtype, shape, (begin, stop) = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not (0 < len(name) <= LONGEST_NAME and name.isprintable()):
        raise ValueError(f"a name that cannot be printed; valid: up to {LONGEST_NAME:,} printable characters")
    if type(begin) is not int or type(stop) is not int or not 0 <= begin <= stop < 2**63:
        raise ValueError("data_offsets are not [begin, end]; valid: two whole numbers in order")
    if type(shape) is not list or len(shape) > MOST_SIDES:
        raise ValueError(f"shape is not a list of up to {MOST_SIDES} dimensions; valid: a list of whole numbers")
    for side in shape:
        if type(side) is not int or not 0 <= side < 2**63:
            raise ValueError("a dimension is not a whole number; valid: whole numbers from 0 up to 2^63 - 1")
    if type(dtype) is not str or dtype not in BITS:
        raise ValueError(f"unknown dtype {shown(dtype) if type(dtype) is str else ''}; valid: {', '.join(BITS)}")
    bits = math.prod(shape) * BITS[dtype]
    if bits != 8 * (stop - begin):
        needs = f"{bits // 8:,} bytes" if bits < 2**63 else "more bytes than any file holds"
        stored = f"{stop - begin:,} bytes of data"
        raise ValueError(f"{stored}, but {dtype} {_written(shape)} takes {needs}; valid: as many")
    return begin, stop, StoredTensor(name, tuple(shape), dtype, stop - begin, file)


def _written(shape: list[int]) -> str:
    return shown(" × ".join(map(str, shape)) or "scalar")


def _reason(error: Exception) -> str:
    if type(error) is ValueError and "valid:" in str(error):
        return str(error)
    return "dtype, shape or data_offsets missing; valid: all three"
