"""Checkpoints written by torch.save. They are pickles, which run code when loaded, so they are never unpickled here.

torch's own restricted loader reads them with the file mapped, so no weights are loaded: the meta device would forget
which tensors share data, and believe any size. Without torch they are refused.
"""

import os
import sys
import zipfile
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from paramcount.checkpoint.files import opened, place, refuse_pointer, shown
from paramcount.checkpoint.inert import standins
from paramcount.checkpoint.tensors import Checkpoint, CheckpointError, StoredTensor, Wrapped
from paramcount.checkpoint.wrapped import KEYS, divided_shapes, state_of

LONGEST_PICKLE = 64 * 2**20  # room for a million tensors' names and shapes
MOST_MEMBERS = 1_000_000
DIVIDED = "on other ranks"
SPELLED = {
    "float64": "F64",
    "float32": "F32",
    "float16": "F16",
    "bfloat16": "BF16",
    "int64": "I64",
    "int32": "I32",
    "int16": "I16",
    "int8": "I8",
    "uint8": "U8",
    "bool": "BOOL",
    "float8_e4m3fn": "F8_E4M3",
    "float8_e5m2": "F8_E5M2",
}


class NeedsTorchError(CheckpointError):
    """A file that only torch can read, when torch is not installed."""


def read_pytorch(path: str) -> Checkpoint:
    """The tensors in the torch.save file at *path*; tensors that share data are listed once."""
    size = _refuse_what_torch_would_unpack(path)
    if find_spec("torch") is None:
        raise NeedsTorchError(
            f"{place(path)}: a pickle, which is read only by torch's restricted loader; "
            f"valid: a safetensors file, or pip install 'paramcount[verify]'"
        )
    tensors: list[StoredTensor] = []
    shared: dict[str, str] = {}
    owners: dict[tuple[Any, ...], str] = {}
    loaded = _loaded(path)
    state, wrapped = _state(path, loaded)
    for name, value in state.items():
        tensor, storage = _stored(path, name, value, size)
        owner = owners.setdefault(storage, tensor.name) if tensor.nbytes else tensor.name
        if owner == tensor.name:
            tensors.append(tensor)
        else:
            shared[tensor.name] = owner
    if wrapped.within and not any(tensor.elements for tensor in tensors):
        tensors = _divided(path, divided_shapes(loaded))
    checkpoint = Checkpoint("pytorch", tuple(tensors), {}, path, shared, wrapped=wrapped)
    if checkpoint.nbytes() > size:
        raise CheckpointError(
            f"{place(path)}: its tensors need {checkpoint.nbytes():,} bytes, but it has {size:,}; valid: a whole file"
        )
    return checkpoint


def _refuse_what_torch_would_unpack(path: str) -> int:
    """The file's size; raises CheckpointError unless it is a zip with uncompressed members."""
    with opened(path) as (file, size):
        start = file.read(32)
        refuse_pointer(start, place(path))
        if start[:4] != b"PK\x03\x04":
            raise CheckpointError(
                f"{place(path)}: not the zip format of torch.save since torch 1.6, and older pickles are not read; "
                f"valid: a safetensors file, or the file saved again"
            )
        file.seek(0)
        try:
            fault = _fault(zipfile.ZipFile(file), size)
        except Exception as error:  # zipfile has no common base for what a damaged file raises
            fault = shown(" ".join(str(error).split())) or type(error).__name__
    if fault:
        raise CheckpointError(f"{place(path)}: {fault}; valid: a file as torch.save writes it")
    return size


def _fault(archive: zipfile.ZipFile, size: int) -> str:
    """Why torch cannot read *archive*, of *size* bytes, without unpacking it or swapping bytes; "" if it can."""
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        return f"{len(members):,} members, more than {MOST_MEMBERS:,}"
    if any(found.compress_type or found.file_size > size for found in members):
        return "compressed members"
    pickled = max((found.file_size for found in members if found.filename.endswith(".pkl")), default=0)
    if pickled > LONGEST_PICKLE:
        return f"a pickle of {pickled:,} bytes, more than {LONGEST_PICKLE:,}"
    orders = [found for found in members if found.filename.endswith("/byteorder")]
    if len(orders) > 1 or any(archive.read(found).decode() != sys.byteorder for found in orders):
        return "written in another byte order"
    return ""


def _loaded(path: str) -> Any:
    import torch
    from torch.serialization import get_unsafe_globals_in_checkpoint, safe_globals

    try:
        with safe_globals(standins(get_unsafe_globals_in_checkpoint(path))):
            return torch.load(path, map_location="cpu", mmap=True, weights_only=True)
    except Exception as error:  # whatever an untrusted file makes torch raise, the answer is the same
        reason = shown(" ".join(str(error).split())) or type(error).__name__
        raise CheckpointError(
            f"{place(path)}: torch refuses it: {reason}; valid: a file with only named tensors"
        ) from None


def _state(path: str, loaded: Any) -> tuple[Mapping[Any, Any], Wrapped]:
    if not isinstance(loaded, Mapping) or not loaded:
        raise CheckpointError(f"{place(path)}: no named tensors; valid: a state_dict as torch.save writes it")
    return state_of(loaded)


def _divided(path: str, shapes: Mapping[str, tuple[int, ...]]) -> list[StoredTensor]:
    """Tensors of these *shapes* whose numbers are not in the file at *path*, since ZeRO-3 shards them across ranks."""
    if not shapes or any(not 0 <= side < 2**63 for shape in shapes.values() for side in shape):
        raise CheckpointError(
            f"{place(path)}: its tensors are empty, as ZeRO-3 leaves them; valid: a file that gives their shapes"
        )
    if not all(name and name.isprintable() for name in shapes):
        raise CheckpointError(
            f"{place(path)}: a tensor name that is not printable text; valid: tensors with printable names"
        )
    return [StoredTensor(name, shape, DIVIDED, 0, os.path.basename(path)) for name, shape in shapes.items()]


def _stored(path: str, name: Any, value: Any, size: int) -> tuple[StoredTensor, tuple[Any, ...]]:
    """A tensor, and a key that is equal for tensors with the same data."""
    import torch

    if not isinstance(name, str) or not name or not name.isprintable():
        raise CheckpointError(
            f"{place(path)}: a tensor name that is not printable text; valid: tensors with printable names"
        )
    if not isinstance(value, torch.Tensor) or value.layout != torch.strided or value.device.type != "cpu":
        kind = type(value).__name__
        valid = f"dense tensors by name, at the top level or under {', '.join(KEYS)}"
        raise CheckpointError(f"{place(path)}: {shown(name)} is a {kind}; valid: {valid}")
    shape = tuple(value.shape)
    dtype = str(value.dtype).removeprefix("torch.")
    tensor = StoredTensor(name, shape, SPELLED.get(dtype, dtype), value.itemsize, os.path.basename(path))
    tensor = tensor._replace(nbytes=tensor.elements * value.itemsize)
    storage = value.untyped_storage()
    if tensor.nbytes > min(size, storage.nbytes()):
        raise CheckpointError(
            f"{place(path)}: tensor {shown(name)} needs {tensor.nbytes:,} bytes, more than stored; valid: whole tensors"
        )
    data = (storage.data_ptr(), value.storage_offset(), shape, value.stride(), dtype)
    return tensor, data
