"""A repository read from huggingface_hub's cache, which is never written here."""

from __future__ import annotations

from pathlib import Path

from paramcount.checkpoint import Checkpoint
from paramcount.checkpoint.files import document, opened
from paramcount.checkpoint.index import listed, read_indexed
from paramcount.checkpoint.safetensors import read_safetensors
from paramcount.hub import HubModel
from paramcount.hub.documents import CONFIG_BYTES, read_object
from paramcount.hub.refusals import HubError
from paramcount.hub.weights import INDEX, SINGLE

ABSENT = "HF_HUB_OFFLINE is set and the cache lacks some of its safetensors"


def load(name: str, revision: str) -> HubModel:
    """The repository *name* at *revision* from the cache; raises HubError if its config.json is not there."""
    from huggingface_hub import constants, try_to_load_from_cache

    found = try_to_load_from_cache(name, "config.json", revision=revision)
    if not isinstance(found, str):
        fault = f"HF_HUB_OFFLINE is set and config.json at {revision} is not in the cache, {constants.HF_HUB_CACHE}"
        raise HubError(f"{name}: {fault}; unset HF_HUB_OFFLINE, or use a local config.json")
    folder = Path(found).parent
    with opened(found) as (file, _):
        config = read_object(file.read(CONFIG_BYTES + 1), CONFIG_BYTES, f"{name}/config.json")
    files = tuple(sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()))
    tensors = _tensors(folder, files)
    tensors = tensors and tensors._replace(beside={"config.json": config})
    return HubModel(name, folder.name, config, tensors, files, "" if tensors else ABSENT)


def _tensors(folder: Path, files: tuple[str, ...]) -> Checkpoint | None:
    """The tensors in the safetensors in *folder*; None if one of the files is not cached."""
    if SINGLE in files:
        return read_safetensors(str(folder / SINGLE))
    index = str(folder / INDEX)
    if INDEX not in files or not set(listed(index, document(index), ".safetensors")) <= set(files):
        return None
    return read_indexed(index, read_safetensors, ".safetensors")
