"""From a path to its checkpoint: what kind of file it is, and which file in a folder to read."""

import os
import re
from collections.abc import Callable
from typing import Any

from paramcount.checkpoint.files import document, place
from paramcount.checkpoint.index import read_indexed, stated_by
from paramcount.checkpoint.pytorch import read_pytorch
from paramcount.checkpoint.ranks import Place, ranks_in, read_ranks
from paramcount.checkpoint.safetensors import read_safetensors
from paramcount.checkpoint.splits import parts_of_one, read_gguf_parts
from paramcount.checkpoint.tensors import AbsentError, Checkpoint, CheckpointError

SUFFIXES = "*.safetensors, *.safetensors.index.json, *.gguf, *.bin, *.pt, *.pth, *.ckpt or a folder"
ENDINGS = (".safetensors", ".safetensors.index.json", ".gguf", ".bin", ".bin.index.json", ".pt", ".pth", ".ckpt")
PICKLES = (".bin", ".pt", ".pth", ".ckpt")
# In the order transformers looks for them.
FOLDER = (
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
    "adapter_model.safetensors",
    "adapter_model.bin",
)
# Formats of weights that are not read, by suffix.
OTHERS = {
    ".h5": "Keras's HDF5",
    ".hdf5": "Keras's HDF5",
    ".keras": "Keras's archive",
    ".msgpack": "Flax's msgpack",
    ".npz": "numpy's archive",
    ".npy": "numpy's array",
    ".onnx": "ONNX",
    ".tflite": "TensorFlow Lite",
    ".ot": "rust-bert's format",
    ".distcp": "torch's distributed checkpoint",
    ".nemo": "NeMo's archive",
    ".pb": "TensorFlow's graph",
    ".pdparams": "Paddle's format",
    ".mlmodel": "Core ML",
    ".mlpackage": "Core ML",
}
TENSORFLOW = re.compile(r"ckpt[^/]*\.(index|meta)$|\.data-[0-9]{5}-of-[0-9]{5}$")
# Files transformers' and accelerate's trainers save beside a model.
NOT_WEIGHTS = ("training_args", "optimizer", "scheduler", "scaler", "rng_state", "random_states", "sampler")
INSTEAD = "valid: the config.json of its model, or its weights as safetensors"
BESIDE = ("config.json", "adapter_config.json")


def read(path: str | os.PathLike[str]) -> Checkpoint:
    """The checkpoint at *path*, a file or a folder, read from its headers; no weights are loaded.

    Raises CheckpointError, in one line, on anything missing, malformed or unsafe to read.
    """
    named = os.fspath(path)
    if "\0" in named:
        raise CheckpointError(f"{place(named)}: not a path; valid: {SUFFIXES}")
    if os.path.isdir(named) and (ranks := _ranks(named)):
        return read_ranks(named, ranks, read_pytorch)._replace(beside=_beside(named))
    file = _of_folder(named) if os.path.isdir(named) else named
    checkpoint = _reader(file)(file)
    if checkpoint.format == "gguf":
        return checkpoint
    return checkpoint._replace(beside=_beside(os.path.dirname(file)))


def _reader(path: str) -> Callable[[str], Checkpoint]:
    name = os.path.basename(path)
    if name.endswith(".safetensors"):
        return read_safetensors
    if name.endswith(".gguf"):
        return read_gguf_parts
    if name.endswith(PICKLES):
        return read_pytorch
    if name.endswith(".safetensors.index.json"):
        return lambda index: read_indexed(index, read_safetensors, ".safetensors")
    if name.endswith(".bin.index.json"):
        return lambda index: read_indexed(index, read_pytorch, ".bin")
    if not os.path.lexists(path):
        raise CheckpointError(f"{place(path)}: no such file; valid: {SUFFIXES}")
    if other := other_format(path):
        raise CheckpointError(f"{place(path)}: weights in {other}, a format that is not read; {INSTEAD}")
    raise CheckpointError(f"{place(path)}: not a known checkpoint name; valid: {SUFFIXES}")


def _ranks(folder: str) -> list[Place]:
    """The rank files in *folder*; empty if it holds a model's own file."""
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return [] if set(FOLDER) & set(names) else ranks_in(folder, names)


def _of_folder(folder: str) -> str:
    """The file in *folder* that is its checkpoint; raises CheckpointError if there is none, or several."""
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise CheckpointError(f"{place(folder)}: {error.strerror}; valid: a folder that can be read") from None
    for name in FOLDER:
        if name in names:
            return os.path.join(folder, name)
    names = [name for name in names if not name.startswith(NOT_WEIGHTS)]
    for suffix in (".safetensors", ".gguf", *PICKLES):
        found = [name for name in names if name.endswith(suffix)]
        if len(found) == 1 or (suffix == ".gguf" and found and parts_of_one(found)):
            return os.path.join(folder, found[0])
        if found:
            raise CheckpointError(
                f"{place(folder)}: {len(found):,} {suffix} files and no index, starting with {place(found[0])}; "
                f"valid: one of them by name"
            )
    if others := [name for name in names if other_format(name)]:
        kind = other_format(others[0])
        raise CheckpointError(
            f"{place(folder)}: weights in {kind} ({place(others[0])}), a format that is not read; {INSTEAD}"
        )
    raise CheckpointError(f"{place(folder)}: no checkpoint in it; valid: a folder with {', '.join(FOLDER)} or a *.gguf")


def weights_in(folder: str) -> bool:
    """Whether *folder* has files named like weights; raises OSError if it cannot be read."""
    names = [name for name in os.listdir(folder) if not name.startswith(NOT_WEIGHTS)]
    return any(name.endswith(ENDINGS) for name in names) or bool(ranks_in(folder, names))


def other_format(path: str) -> str:
    """The unsupported format of weights that *path* is named after, or ""."""
    if TENSORFLOW.search(path.lower()):
        return "TensorFlow's checkpoint"
    return next((kind for ending, kind in OTHERS.items() if path.lower().endswith(ending)), "")


def index_of(path: str) -> dict[str, Any]:
    """The totals in the index at *path*, or in that folder; {} without one."""
    names = [path] if not os.path.isdir(path) else [os.path.join(path, name) for name in FOLDER]
    index = next((name for name in names if name.endswith(".index.json") and os.path.isfile(name)), "")
    try:
        return stated_by(index) if index else {}
    except AbsentError:  # the index itself is a pointer
        return {}


def _beside(folder: str) -> dict[str, Any]:
    paths = {name: os.path.join(folder, name) for name in BESIDE}
    return {name: document(path, as_python=True) for name, path in paths.items() if os.path.lexists(path)}
