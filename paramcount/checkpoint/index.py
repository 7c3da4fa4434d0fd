"""Checkpoints in several files: an index says which shard holds which tensor, and each shard is checked."""

import os
from collections.abc import Callable
from typing import Any

from paramcount.checkpoint.files import document, place, shown
from paramcount.checkpoint.tensors import AbsentError, Checkpoint, CheckpointError


def read_indexed(path: str, read_one: Callable[[str], Checkpoint], suffix: str) -> Checkpoint:
    """The checkpoint of the index at *path*; *read_one* reads each of its shards, files with *suffix* beside it."""
    index = document(path)
    places = listed(path, index, suffix)
    folder = os.path.dirname(path)
    missing = [shard for shard in places if not os.path.lexists(os.path.join(folder, shard))]
    if missing:
        said = ", ".join(missing[:3]) + (f" and {len(missing) - 3:,} more" if len(missing) > 3 else "")
        raise AbsentError(
            f"{place(path)}: lacks {len(missing):,} of its {len(places):,} shards: {said}; valid: all beside it"
        )
    shards = []
    for shard, names in places.items():
        read = read_one(os.path.join(folder, shard))
        hold(path, shard, names, {tensor.name for tensor in read.tensors} | set(read.shared))
        shards.append(read)
    return joined(path, index, shards)


def stated_by(path: str) -> dict[str, Any]:
    """The figures the index at *path* gives for all its tensors together (total_size, total_parameters)."""
    stated = document(path).get("metadata")
    return stated if isinstance(stated, dict) else {}


def listed(path: str, index: dict[str, Any], suffix: str) -> dict[str, set[str]]:
    """The tensors' names by shard, in the order of the shards' names; raises CheckpointError on a bad map."""
    weight_map = index.get("weight_map")
    if not isinstance(weight_map, dict) or not weight_map:
        raise CheckpointError(f'{place(path)}: no "weight_map"; valid: an object that names each tensor\'s file')
    places: dict[str, set[str]] = {}
    for name, shard in weight_map.items():
        if not isinstance(shard, str) or (shard not in places and not _plain(shard, suffix)):
            said = shown(shard) if isinstance(shard, str) else "a value that is not text"
            raise CheckpointError(
                f"{place(path)}: tensor {shown(name)} is listed under {said}; "
                f"valid: the name of a {suffix} file beside it"
            )
        places.setdefault(shard, set()).add(name)
    return dict(sorted(places.items()))


def _plain(shard: str, suffix: str) -> bool:
    """Whether a shard is given as a bare file name; a path could lead out of the folder."""
    return shard.endswith(suffix) and shard.isprintable() and len(shard) <= 255 and not set(shard) & set("/\\:")


def hold(path: str, shard: str, stated: set[str], found: set[str]) -> None:
    """Raise CheckpointError unless the tensors *found* in *shard* are those *stated* by the index at *path*."""
    if lacking := stated - found:
        fault = f"the index says that {shard} holds {shown(min(lacking))}, but it does not"
    elif beyond := found - stated:
        fault = f"{shard} holds {shown(min(beyond))}, which the index does not list"
    else:
        return
    others = len(stated ^ found) - 1
    more = f" (and {others:,} more such)" if others else ""
    raise CheckpointError(f"{place(path)}: {fault}{more}; valid: an index and shards saved together")


def joined(path: str, index: dict[str, Any], shards: list[Checkpoint]) -> Checkpoint:
    """One checkpoint from all its *shards*; what *index* says about itself overrides what they say."""
    metadata: dict[str, Any] = {}
    shared: dict[str, str] = {}
    for shard in shards:
        metadata |= shard.metadata
        shared |= shard.shared
    stated = index.get("metadata")
    metadata |= stated if isinstance(stated, dict) else {}
    tensors = tuple(tensor for shard in shards for tensor in shard.tensors)
    return Checkpoint(shards[0].format, tensors, metadata, path, shared)
