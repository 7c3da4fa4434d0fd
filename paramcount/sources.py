"""What the MODEL of a command may be: a name of the catalog, a config.json, a checkpoint, or a hub repository."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from paramcount import catalog
from paramcount.errors import InputError
from paramcount.spec import Spec, override, read_changes

if TYPE_CHECKING:
    from paramcount.checkpoint import Checkpoint
    from paramcount.config import Config

CONFIG = "config.json"
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
        return catalog.resolve(name, changes)
    if found.spec is None:
        raise InputError(f"{name}: {found.note or f'a checkpoint without a {CONFIG}'}; valid: a config that is counted")
    return override(found.spec, read_changes(found.spec.family, changes)) if changes else found.spec


def locate(name: str) -> Source | None:
    """What *name* stands for where it is no name of the catalog; None where it is written as one."""
    if name == "-":
        from paramcount.config import parse

        return Source(name, _stated(parse(sys.stdin.buffer.read(), "stdin"), "stdin"))
    if os.path.isdir(name) and not _plain(name):
        return _folder(name)
    if name.endswith(WEIGHTS):
        return _with_config(name, name)
    if name.endswith(".json") or (os.path.isfile(name) and not _plain(name)):
        return Source(name, _read(name))
    return None if _plain(name) else _hub(name)


def _plain(name: str) -> bool:
    """Whether *name* is written without a folder, as those of the catalog are."""
    return "/" not in name and os.sep not in name and name not in (".", "..")


def _folder(name: str) -> Source:
    if _has_weights(name):
        return _with_config(name, name)
    path = os.path.join(name, CONFIG)
    if not os.path.isfile(path):
        raise InputError(f"{name}: a folder without {CONFIG} and without weights; valid: one that has either")
    return Source(name, _read(path, name))


def _has_weights(folder: str) -> bool:
    return any(entry.name.endswith(WEIGHTS) for entry in os.scandir(folder))


def _with_config(name: str, path: str) -> Source:
    from paramcount.checkpoint import read

    checkpoint = read(path)
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    beside = os.path.join(folder, CONFIG)
    if not os.path.isfile(beside):
        return Source(name, None, checkpoint)
    try:
        return Source(name, _read(beside, name), checkpoint)
    except InputError as error:
        return Source(name, None, checkpoint, str(error))


def _read(path: str, name: str = "") -> Spec:
    from pathlib import Path

    from paramcount.config import read

    return _stated(read(Path(path)), name or path)


def _hub(name: str) -> Source | None:
    from paramcount import hub

    if not hub.looks_like_repository(name):
        raise InputError(f"{name}: no such file or folder; valid: a {CONFIG}, a folder, a checkpoint, owner/name")
    from paramcount.config.document import of

    found = hub.fetch(name)
    return Source(name, _stated(of(found.config, name), name), found.tensors, found.note)


def _stated(config: Config, name: str) -> Spec:
    from paramcount.configs import spec_of

    return spec_of(config, name)
