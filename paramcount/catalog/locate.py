"""What the MODEL of a command may be: a name of the catalog, a config.json, a checkpoint, or a hub repository."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from paramcount.catalog import names
from paramcount.catalog.spec import Spec, override, read_changes
from paramcount.errors import InputError, printable

if TYPE_CHECKING:
    from paramcount.checkpoint import Checkpoint
    from paramcount.config import Config

CONFIG = "config.json"
LARGEST = 10_000_000  # bytes of a config
EVERYONES = ("config", "model", "pytorch_model", "adapter_model")
WEIGHTS = (".safetensors", ".safetensors.index.json", ".gguf", ".bin", ".bin.index.json", ".pt", ".pth", ".ckpt")


class Source(NamedTuple):
    """A model as *spec* states it and as *checkpoint* stores it; one of the two may be missing.

    *note* says why a config beside a checkpoint is not counted, *stated* is what an index says whose weights are
    not there.
    """

    name: str
    spec: Spec | None
    checkpoint: Checkpoint | None = None
    note: str = ""
    stated: Mapping[str, Any] = {}


def resolve(name: str, changes: Iterable[str] = ()) -> Spec:
    """The model that *name* states, with *changes* ("field=value") over it.

    Raises InputError where there is none, or a checkpoint alone, which has no sizes to change and no formula.
    """
    return changed(name, locate(name), list(changes))


def changed(name: str, found: Source | None, changes: list[str]) -> Spec:
    """The model of what was *found* under *name*, with *changes* over it; raises InputError as resolve does."""
    if found is None:
        return names.resolve(name, changes)
    if found.spec is None:
        raise InputError(f"{name}: {found.note or f'a checkpoint without a {CONFIG}'}; valid: a config that is counted")
    return override(found.spec, read_changes(found.spec.family, changes)) if changes else found.spec


def locate(name: str) -> Source | None:
    """What *name* stands for where it is no name of the catalog; None where it is one, or is written as one."""
    if name == "-":
        return Source(name, _stdin())
    if names.knows(name):
        return None
    if os.path.isdir(name):
        return _folder(name)
    if name.endswith(WEIGHTS):
        return _with_config(name, name)
    if not name.endswith(".json") and os.path.isfile(name) and _is_other_format(name):
        return _with_config(name, name)
    if name.endswith(".json") or os.path.exists(name):
        return Source(_called(name), _read(name))
    return _hub(name) if "/" in name or os.sep in name else None


def _stdin() -> Spec:
    from paramcount.config import parse

    text = sys.stdin.buffer.read(LARGEST + 1)
    if not text.strip():
        raise InputError("stdin: nothing there; valid: a config.json, once: paramcount - < config.json")
    return _stated(parse(text, "stdin"), "stdin")


def _folder(name: str) -> Source:
    name = _snapshot(name)
    if _has_weights(name):
        return _with_config(name, name)
    path = os.path.join(name, CONFIG)
    if not os.path.isfile(path):
        if any(map(_is_other_format, os.listdir(name))):
            return _with_config(name, name)  # which says what they are
        raise InputError(f"{name}: a folder without {CONFIG} and without weights; valid: one that has either")
    return Source(_called(path), _read(path))


def _has_weights(folder: str) -> bool:
    from paramcount.checkpoint import weights_in

    try:
        return weights_in(folder)
    except OSError as error:
        raise InputError(f"{folder}: {error.strerror}; valid: a folder that can be read") from None


def _is_other_format(name: str) -> bool:
    """Whether *name* is that of a file of weights of a format that is not read."""
    from paramcount.checkpoint.reading import other_format

    return bool(other_format(name))


def _config_in(folder: str) -> str:
    """The config in *folder*: config.json, or Meta's params.json where there is none."""
    paths = [os.path.join(folder, name) for name in (CONFIG, "params.json")]
    return next((path for path in paths if os.path.isfile(path)), paths[0])


def _by_arguments(path: str, checkpoint: Checkpoint) -> Spec | None:
    """The model that a training program's own arguments in *checkpoint* state, where they are of one that is known."""
    arguments = dict(checkpoint.wrapped.arguments)
    if not arguments or "model_type" in arguments:  # a word of the program's, and no type of transformers
        return None
    from paramcount.config.document import of

    try:
        return _stated(of(arguments, _called(path)), _called(path))
    except InputError:
        return None


def _snapshot(folder: str) -> str:
    """The folder of files inside *folder* where that is a repository in the hub's cache; else *folder* itself."""
    inside = os.path.join(folder, "snapshots")
    if not os.path.isdir(inside):
        return folder
    commits = sorted(os.listdir(inside))
    main = os.path.join(folder, "refs", "main")
    if os.path.isfile(main):
        with open(main, encoding="ascii", errors="replace") as file:
            named = file.read(100).strip()
        commits = [commit for commit in commits if commit == named] or commits
    if len(commits) != 1:
        raise InputError(f"{folder}: {len(commits):,} snapshots of a repository; valid: one of {inside}/…")
    return os.path.join(inside, commits[0])


def _with_config(name: str, path: str) -> Source:
    from paramcount.checkpoint import AbsentError, index_of, read
    from paramcount.checkpoint.pytorch import NeedsTorchError

    folder = path if os.path.isdir(path) else os.path.dirname(path)
    beside = _config_in(folder)
    try:
        checkpoint = read(path)
    except (NeedsTorchError, AbsentError) as error:
        index = index_of(path)
        if not (path == folder or index) or not os.path.isfile(beside):
            raise
        spec = _noting(_read(beside), f"Its weights were not read: {error}")
        return Source(_called(beside), spec, stated=index)
    if not os.path.isfile(beside):
        return Source(_called(path), _by_arguments(path, checkpoint), checkpoint)
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
