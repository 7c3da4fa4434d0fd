"""Checkpoint files written by hand, valid or not, for the tests of readers."""

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from paramcount.checkpoint import Checkpoint, CheckpointError, StoredTensor, read
from paramcount.checkpoint.safetensors import BITS


def entries(shapes: dict[str, tuple[int, ...]], dtype: str = "F32") -> dict[str, Any]:
    """The header entries of tensors of these shapes, one after the other."""
    found, end = {}, 0
    for name, shape in shapes.items():
        elements = 1
        for side in shape:
            elements *= side
        begin, end = end, end + elements * BITS[dtype] // 8
        found[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}
    return found


def write_header(path: Path, header: Any, room: int | None = None) -> Path:
    """Write a safetensors file with *header*, an object or bytes, and *room* bytes of data (default: what it needs)."""
    text = header if isinstance(header, bytes) else json.dumps(header, separators=(",", ":")).encode()
    if room is None:
        room = max((entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"), default=0)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + room)  # sparse: the data takes no disk
    return path


def write_sharded(folder: Path, shards: dict[str, dict[str, tuple[int, ...]]]) -> Path:
    """Write these tensors as shards with an index."""
    for shard, shapes in shards.items():
        write_header(folder / shard, entries(shapes))
    weight_map = {name: shard for shard, shapes in shards.items() for name in shapes}
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {"total_size": 1}, "weight_map": weight_map}))
    return index


def stored(*tensors: tuple[str, tuple[int, ...]] | tuple[str, tuple[int, ...], str], **beside: Any) -> Checkpoint:
    """A checkpoint of these tensors: name, shape and dtype ("F32" by default). *beside*: keys of its config.json."""
    made = []
    for name, shape, *dtype in tensors:
        tensor = StoredTensor(name, shape, dtype[0] if dtype else "F32", 0, "model.safetensors")
        made.append(tensor._replace(nbytes=tensor.elements * BITS[tensor.dtype] // 8))
    return Checkpoint("safetensors", tuple(made), {}, "model.safetensors", {}, {"config.json": beside})


def refused(path) -> str:
    """The line with which reading *path* is refused."""
    with pytest.raises(CheckpointError) as error:
        read(path)
    message = str(error.value)
    assert "\n" not in message
    assert message.isprintable()
    assert "; valid: " in message
    return message


def survives(path) -> Checkpoint | None:
    """Check that it is read, or refused in one line; any other exception fails the test."""
    try:
        return read(path)
    except CheckpointError as error:
        said = str(error)
    assert said.isprintable()
    return None
