"""What the MODEL of a command may be: a name of the catalog, a config.json, a checkpoint, or a hub repository."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from paramcount.catalog import names
from paramcount.catalog.spec import Spec, override, read_changes
from paramcount.errors import InputError, printable

if TYPE_CHECKING:
    from paramcount.checkpoint import Checkpoint
    from paramcount.config import Config

CONFIG = "config.json"
LARGEST = 10_000_000  # bytes of a config
EVERYONES = ("config", "model", "pytorch_model", "adapter_model")
WEIGHTS = (".safetensors", ".safetensors.index.json", ".gguf", ".bin", ".bin.index.json", ".pt", ".pth")


class Source(NamedTuple):
    """A model as *spec* states it and as *checkpoint* stores it; one of the two may be missing.

    *note* says why a config beside a checkpoint is not counted.
    """

    name: str
    spec: Spec | None
    checkpoint: Checkpoint | None = None
    note: str = ""


def resolve(name: str, changes: Iterable[str] = ()) -> Spec:
    """The model that *name* states, with *changes* ("field=value") over it.

    Raises InputError where there is none, or a checkpoint alone, which has no sizes to change and no formula.
    """
    return changed(name, locate(name), list(changes))


def changed(name: str, found: Source | None, changes: list[str]) -> Spec:
    """The model of what was *found* under *name*, with *changes* over it; raises InputError as resolve does."""
    if found is None:
        beside = f"A folder {name} is here too, without a model in it; this is the catalog's."
        return _noting(names.resolve(name, changes), beside if os.path.isdir(name) else "")
    if found.spec is None:
        raise InputError(f"{name}: {found.note or f'a checkpoint without a {CONFIG}'}; valid: a config that is counted")
    return override(found.spec, read_changes(found.spec.family, changes)) if changes else found.spec


def locate(name: str) -> Source | None:
    """What *name* stands for: a file or a folder with a model goes before the catalog, the catalog before the hub.

    None where it is a name of the catalog's, or is written as one.
    """
    if name == "-":
        return Source(name, _stdin())
    if names.knows(name):
        return _beside_the_catalog(name, _at(name)) if is_here(name) else None
    if os.path.exists(name) or name.endswith((*WEIGHTS, ".json")):
        return _at(name)
    return _hub(name) if "/" in name or os.sep in name else None


def is_here(name: str) -> bool:
    """Whether *name* is a file, or a folder with a model in it."""
    if not os.path.isdir(name):
        return os.path.exists(name)
    return os.path.isfile(os.path.join(name, CONFIG)) or _has_weights(name)


def _at(path: str) -> Source:
    if os.path.isdir(path):
        return _folder(path)
    if path.endswith(WEIGHTS):
        return _with_config(path, path)
    return Source(_called(path), _read(path))


def _beside_the_catalog(name: str, found: Source) -> Source:
    what = "folder" if os.path.isdir(name) else "file"
    said = f"The catalog has a {name} too; this is the {what} of that name."
    if found.spec is None:
        return found._replace(note=found.note or said)
    return found._replace(spec=_noting(found.spec, said))


def _stdin() -> Spec:
    from paramcount.config import parse

    text = sys.stdin.buffer.read(LARGEST + 1)
    if not text.strip():
        raise InputError("stdin: nothing there; valid: a config.json, once: paramcount - < config.json")
    return _stated(parse(text, "stdin"), "stdin")


def _folder(name: str) -> Source:
    if _has_weights(name):
        return _with_config(name, name)
    path = os.path.join(name, CONFIG)
    if not os.path.isfile(path):
        raise InputError(f"{name}: a folder without {CONFIG} and without weights; valid: one that has either")
    return Source(_called(path), _read(path))


def _has_weights(folder: str) -> bool:
    try:
        return any(name.endswith(WEIGHTS) for name in os.listdir(folder))
    except OSError as error:
        raise InputError(f"{folder}: {error.strerror}; valid: a folder that can be read") from None


def _with_config(name: str, path: str) -> Source:
    from paramcount.checkpoint import read
    from paramcount.checkpoint.pytorch import NeedsTorchError

    folder = path if os.path.isdir(path) else os.path.dirname(path)
    beside = os.path.join(folder, CONFIG)
    try:
        checkpoint = read(path)
    except NeedsTorchError as error:
        if path != folder or not os.path.isfile(beside):
            raise
        return Source(_called(beside), _noting(_read(beside), f"Its weights were not read: {error}"))
    if not os.path.isfile(beside):
        return Source(_called(path), None, checkpoint)
    try:
        return Source(_called(beside), _read(beside), checkpoint)
    except InputError as error:
        return Source(_called(path), None, checkpoint, str(error))


def _noting(spec: Spec, note: str) -> Spec:
    return spec._replace(notes=(*spec.notes, note)) if note else spec


def _read(path: str) -> Spec:
    from paramcount.config import read

    return _stated(read(path), _called(path))


def _called(path: str) -> str:
    """What the model at *path* is called: by its file, by its folder where the file has everyone's name."""
    try:
        folder, file = os.path.split(os.path.abspath(path))
    except FileNotFoundError:  # the working folder is gone
        folder, file = os.path.split(path)
    stem = file.partition(".")[0]
    return printable(os.path.basename(folder) if stem in EVERYONES and os.path.basename(folder) else stem or file)


def _hub(name: str) -> Source | None:
    from paramcount import hub

    if not hub.looks_like_repository(name):
        raise InputError(f"{name}: no such file or folder; valid: a {CONFIG}, a folder, a checkpoint, owner/name")
    from paramcount.config.document import of

    try:
        found = hub.fetch(name)
    except InputError as error:
        raise InputError(f"{error}; nor is there a file or folder of that name") from None
    try:
        spec = _stated(of(found.config, name), name)
    except InputError as error:
        if found.tensors is None:
            raise
        return Source(name, None, found.tensors, str(error))
    return Source(name, _noting(spec, found.note), found.tensors)


def _stated(config: Config, name: str) -> Spec:
    from paramcount.catalog.from_config import spec_of

    return spec_of(config, name)
