"""Finds what a command's MODEL stands for: a catalog name, a config.json, a checkpoint, or a hub repository."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from paramcount.catalog import names
from paramcount.catalog.spec import Spec, override, read_changes, refuse_part
from paramcount.errors import InputError, printable

if TYPE_CHECKING:
    from paramcount.checkpoint import Checkpoint
    from paramcount.config import Config

CONFIG = "config.json"
CONFIGS = (CONFIG, "params.json", "hparams.json", "bert_config.json")
LARGEST = 10_000_000  # bytes of a config
EVERYONES = ("config", "params", "hparams", "model", "pytorch_model", "adapter_model")
NOT_ITS_OWN = "Its arguments look like a known program's, but its weights are not that program's model."
WEIGHTS = (".safetensors", ".safetensors.index.json", ".gguf", ".bin", ".bin.index.json", ".pt", ".pth", ".ckpt")


class Source(NamedTuple):
    """A model as *spec* describes it and *checkpoint* stores it; either may be missing.

    *note* says why a config beside a checkpoint is not counted, or should not be if the weights disagree with it.
    *stated* is what an index says when its weights are missing; *settled* are changes applied when the config was read.
    """

    name: str
    spec: Spec | None
    checkpoint: Checkpoint | None = None
    note: str = ""
    stated: Mapping[str, Any] = {}
    settled: frozenset[str] = frozenset()


class Asked(NamedTuple):
    """How to read a config: with which *changes*, and, for a multimodal model, which *part*."""

    changes: tuple[str, ...]
    part: str


def resolve(name: str, changes: Iterable[str] = (), part: str = "") -> Spec:
    """The model called *name* with *changes* ("field=value") applied; *part* is as in from_config.spec_of.

    Raises InputError if there is none, or only a checkpoint, which has no sizes to change and no formula.
    """
    changes = list(changes)
    return changed(name, locate(name, changes, part), changes)


def changed(name: str, found: Source | None, changes: list[str]) -> Spec:
    """The model *found* under *name*, with *changes* applied; raises InputError as resolve does."""
    if found is None:
        beside = f"There is also a folder {name} here, without a model; this is the catalog's."
        return _noted(names.resolve(name, changes), beside if os.path.isdir(name) else "")
    if found.spec is None:
        raise InputError(
            f"{name}: {found.note or f'a checkpoint without a {CONFIG}'}; valid: a config that can be counted"
        )
    open_ = [change for change in changes if change not in found.settled]
    return override(found.spec, read_changes(found.spec.family, open_)) if open_ else found.spec


def locate(name: str, changes: Iterable[str] = (), part: str = "") -> Source | None:
    """What *name* stands for. A local file or folder with a model wins over the catalog, the catalog over the hub.

    None if it is a catalog name or has the form of one. A config uses those of *changes* ("model_type=bert") that it
    needs to be recognised; *part* is as in from_config.spec_of.
    """
    asked = Asked(tuple(changes), part)
    if name == "-":
        return _stdin(asked)
    if names.knows(name):
        if is_here(name):
            return _beside_the_catalog(name, _at(name, asked))
        refuse_part(name, part)
        return None
    if os.path.exists(name) or name.endswith((*WEIGHTS, ".json")):
        return _at(name, asked)
    return _hub(name, asked) if "/" in name or os.sep in name else None


def is_here(name: str) -> bool:
    """Whether *name* is a file, or a folder with a model in it."""
    if not os.path.isdir(name):
        return os.path.exists(name)
    return os.path.isfile(_config_in(name)) or _has_weights(name)


def _at(path: str, asked: Asked) -> Source:
    if os.path.isdir(path):
        return _folder(path, asked)
    if path.endswith(WEIGHTS):
        return _with_config(path, path, asked)
    if not path.endswith(".json") and os.path.isfile(path) and _is_other_format(path):
        return _with_config(path, path, asked)
    return _read(path, asked)


def _beside_the_catalog(name: str, found: Source) -> Source:
    what = "folder" if os.path.isdir(name) else "file"
    said = f"The catalog has a {name} too; this is the {what} of that name."
    return found._replace(note=found.note or said) if found.spec is None else _noting(found, said)


def _stdin(asked: Asked) -> Source:
    from paramcount.config import parse

    text = sys.stdin.buffer.read(LARGEST + 1)
    if not text.strip():
        raise InputError("stdin: empty; valid: one config.json: paramcount - < config.json")
    config = parse(text, "stdin", asked.changes)
    return Source("-", _stated(config, "stdin", asked.part), settled=config.settled)


def _folder(name: str, asked: Asked) -> Source:
    name = _snapshot(name)
    if _has_weights(name):
        return _with_config(name, name, asked)
    path = _config_in(name)
    if not os.path.isfile(path):
        if any(map(_is_other_format, os.listdir(name))):
            return _with_config(name, name, asked)  # reports what they are
        raise InputError(f"{name}: the folder has neither {CONFIG} nor weights; valid: a folder with either")
    return _read(path, asked)


def _config_in(folder: str) -> str:
    """The config in *folder*, or where it would be: the first of the names programs use."""
    paths = [os.path.join(folder, name) for name in CONFIGS]
    return next(filter(os.path.isfile, paths), paths[0])


def _has_weights(folder: str) -> bool:
    from paramcount.checkpoint import weights_in

    try:
        return weights_in(folder)
    except OSError as error:
        raise InputError(f"{folder}: {error.strerror}; valid: a folder that can be read") from None


def _is_other_format(name: str) -> bool:
    """Whether *name* is a weights file in a format that is not read."""
    from paramcount.checkpoint.reading import other_format

    return bool(other_format(name))


def _by_arguments(path: str, checkpoint: Checkpoint) -> Spec | None:
    """The model described by a training program's arguments in *checkpoint*, if the program is known."""
    arguments = dict(checkpoint.wrapped.arguments)
    if not arguments or "model_type" in arguments:  # the program's own word, not a transformers type
        return None
    from paramcount.config.document import of

    try:
        return _stated(of(arguments, _called(path)), _called(path))
    except InputError:
        return None


def _snapshot(folder: str) -> str:
    """The files inside *folder* if it is a repository in the hub's cache; else *folder* itself."""
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


def _with_config(name: str, path: str, asked: Asked) -> Source:
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
        found = _noting(_read(beside, asked), f"Its weights were not read: {error}")
        return found._replace(stated=index)
    if not os.path.isfile(beside):
        spec = _by_arguments(path, checkpoint)
        return Source(_called(path), spec, checkpoint, NOT_ITS_OWN if spec else "")
    try:
        return _read(beside, asked)._replace(checkpoint=checkpoint)
    except InputError as error:
        return Source(_called(path), None, checkpoint, str(error))


def _noting(source: Source, note: str) -> Source:
    return source._replace(spec=_noted(source.spec, note)) if source.spec else source


def _noted(spec: Spec, note: str) -> Spec:
    return spec._replace(notes=(*spec.notes, note)) if note else spec


def _read(path: str, asked: Asked) -> Source:
    from paramcount.config import read

    config = read(path, asked.changes)
    return Source(_called(path), _stated(config, _called(path), asked.part), settled=config.settled)


def _called(path: str) -> str:
    """The model's name for *path*: from its file, or from its folder if the file has a standard name."""
    try:
        folder, file = os.path.split(os.path.abspath(path))
    except FileNotFoundError:  # the working folder was deleted
        folder, file = os.path.split(path)
    stem = file.partition(".")[0]
    return printable(os.path.basename(folder) if stem in EVERYONES and os.path.basename(folder) else stem or file)


def _hub(name: str, asked: Asked) -> Source | None:
    from paramcount import hub

    if not hub.looks_like_repository(name):
        raise InputError(f"{name}: no such file or folder; valid: a {CONFIG}, a folder, a checkpoint, owner/name")
    from paramcount.config.document import of

    try:
        found = hub.fetch(name)
    except InputError as error:
        known = names.suggested(name.rpartition("/")[2])
        beside = f", and the catalog has {known}" if known else ""
        raise InputError(f"{error}; there is no file or folder of that name either{beside}") from None
    try:
        config = of(found.config, name, asked.changes)
        spec = _stated(config, name, asked.part)
    except InputError as error:
        if found.tensors is None:
            raise
        return Source(name, None, found.tensors, str(error))
    return _noting(Source(name, spec, found.tensors, settled=config.settled), found.note)


def _stated(config: Config, name: str, part: str = "") -> Spec:
    from paramcount.catalog.from_config import spec_of

    return spec_of(config, name, part)
