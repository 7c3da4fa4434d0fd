"""A Hugging Face hub repository: its config and safetensors headers, never a weight, never its code.

huggingface_hub is imported only when a repository is read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from paramcount.errors import InputError
from paramcount.extras import need
from paramcount.hub.endpoint import check

if TYPE_CHECKING:
    from paramcount.checkpoint import Checkpoint

REVISION = "main"
_PART = r"\w(?:[\w.-]{0,94}\w)?"
_REPOSITORY = re.compile(rf"(?P<name>{_PART}/{_PART})(?:@(?P<revision>[^\s~^:?*\[\\/][^\s~^:?*\[\\]*))?", re.ASCII)
_FILES = (".json", ".safetensors", ".gguf", ".git")


class HubModel(NamedTuple):
    """What a repository says about its model, without the weights."""

    repository: str
    """ "owner/name" as requested, without the revision."""
    revision: str
    """The commit everything was read from."""
    config: dict[str, Any]
    """config.json."""
    tensors: Checkpoint | None
    """Names, shapes and number formats from the safetensors headers; None, explained by `note`, if there are none."""
    files: tuple[str, ...]
    """Every file in the repository, or in the cache if it was read from there."""
    note: str = ""


def looks_like_repository(text: str) -> bool:
    """Whether *text* has the form of a repository: owner/name or owner/name@revision, in the hub's characters.

    File names (owner/name.json, .safetensors, .gguf) do not. Nothing is looked up on the disk or the hub; the caller
    must check for a local path of the same name, which takes precedence.
    """
    return _parse(text) is not None


def fetch(repository: str) -> HubModel:
    """What *repository* ("owner/name" or "owner/name@revision") says about its model.

    Reads the list of its files, config.json and, by range requests, its safetensors headers. Each request is made once;
    together they take at most 20 seconds, plus one second per shard, up to three minutes. Under HF_HUB_OFFLINE only the
    cache is read; it is never written. HF_TOKEN, HF_HOME and HF_ENDPOINT are honoured, the last two as they were when
    huggingface_hub was imported. Raises InputError with a one-line message that says what to do.
    """
    place = _parse(repository)
    if place is None:
        raise InputError(f"{repository}: not a hub repository; write owner/name or owner/name@revision")
    check()
    need(f"{repository}: reading the hub", "huggingface_hub")
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        from paramcount.hub.cached import load
    else:
        from paramcount.hub.online import load
    return load(*place)


def _parse(text: str) -> tuple[str, str] | None:
    """Name and revision, or None if *text* does not have the form of a repository."""
    match = _REPOSITORY.fullmatch(text)
    if not match or not text.isprintable() or ".." in text or "--" in match["name"]:
        return None
    if match["name"].lower().endswith(_FILES):
        return None
    return match["name"], match["revision"] or REVISION
