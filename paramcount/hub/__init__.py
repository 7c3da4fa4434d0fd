"""A repository of the Hugging Face hub: its config and the headers of its safetensors, never a weight, never its code.

huggingface_hub is imported when a repository is read, and not before.
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
    """What a repository says of its model without its weights."""

    repository: str
    """ "owner/name", as asked for, without the revision."""
    revision: str
    """The commit that everything was read from."""
    config: dict[str, Any]
    """config.json."""
    tensors: Checkpoint | None
    """Names, shapes and number formats by the safetensors headers; None where there are none, `note` saying why."""
    files: tuple[str, ...]
    """Every file of the repository; of a cached one, those in the cache."""
    note: str = ""


def looks_like_repository(text: str) -> bool:
    """Whether *text* is written as a repository is: owner/name or owner/name@revision, in the hub's characters.

    What a file is called by (owner/name.json, .safetensors, .gguf) is none. Nothing is looked up, neither on the disk
    nor on the hub: a local path of the same name goes first, and that is for the caller to see to.
    """
    return _parse(text) is not None


def fetch(repository: str) -> HubModel:
    """What *repository* ("owner/name" or "owner/name@revision") says of its model.

    Reads the list of its files, config.json and, by range requests, the headers of its safetensors. Each request is
    made once; together they take 20 seconds at most, and a second more for every shard, three minutes at most.
    Under HF_HUB_OFFLINE the cache is read and nothing else; it is never written. HF_TOKEN, HF_HOME and HF_ENDPOINT
    are honoured, the last two as they were when huggingface_hub was imported. Raises InputError, its message one
    line that says what to do.
    """
    place = _parse(repository)
    if place is None:
        raise InputError(f"{repository}: not a repository of the hub; write owner/name or owner/name@revision")
    check()
    need(f"{repository}: reading the hub", "huggingface_hub")
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        from paramcount.hub.cached import load
    else:
        from paramcount.hub.online import load
    return load(*place)


def _parse(text: str) -> tuple[str, str] | None:
    """Name and revision, or None where *text* is not written as a repository is."""
    match = _REPOSITORY.fullmatch(text)
    if not match or not text.isprintable() or ".." in text or "--" in match["name"]:
        return None
    if match["name"].lower().endswith(_FILES):
        return None
    return match["name"], match["revision"] or REVISION
