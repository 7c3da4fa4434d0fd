"""A hub repository's safetensors headers, by range requests: names, shapes and formats, never a weight."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from pathlib import PurePosixPath

from paramcount.checkpoint import Checkpoint
from paramcount.checkpoint.files import parsed, refuse_pointer
from paramcount.checkpoint.index import hold, joined, listed
from paramcount.checkpoint.safetensors import from_header
from paramcount.errors import all_printable
from paramcount.hub.refusals import HubError, some
from paramcount.hub.repository import Hub
from paramcount.hub.transport import Answer, gather

SINGLE = "model.safetensors"
INDEX = "model.safetensors.index.json"
START = 100_000
"""Bytes requested first: nearly every header is shorter, and the rest is dropped."""
INDEX_BYTES = 50_000_000
HEADER_BYTES = 25_000_000
HEADERS_BYTES = 250_000_000
"""Limit for all headers of a sharded model together."""
MOST_SHARDS = 2000
SECONDS_PER_SHARD = 1.0
MOST_SECONDS = 180.0
"""Limit for all shards together."""
FORMATS = {
    ".safetensors": "safetensors under other names",
    ".bin": "PyTorch .bin",
    ".pt": "PyTorch .pt",
    ".pth": "PyTorch .pth",
    ".gguf": "GGUF",
    ".h5": "TensorFlow",
    ".msgpack": "Flax",
    ".onnx": "ONNX",
}
_SPAN = re.compile(r"bytes 0-\d+/(?P<total>\d{1,18})", re.ASCII)
_LENGTH = re.compile(r"\d{1,18}", re.ASCII)


def read(hub: Hub, files: Sequence[str]) -> Checkpoint | None:
    """Every tensor in the repository's safetensors; None if there are none under the names transformers reads.

    Raises HubError, UnreachableError, paramcount.checkpoint.CheckpointError.
    """
    if SINGLE in files:
        [single] = gather([partial(_checkpoint, hub, SINGLE, HEADER_BYTES)], hub.until)
        return single
    return _sharded(hub, files) if INDEX in files else None


def note(files: Sequence[str]) -> str:
    """Why `read` found nothing among *files*, by the formats present; "" if it did find some."""
    if SINGLE in files or INDEX in files:
        return ""
    found: dict[str, int] = {}
    for file in files:
        if kind := FORMATS.get(PurePosixPath(file).suffix):
            found[kind] = found.get(kind, 0) + 1
    kinds = ", ".join(f"{kind} ({count} file{'s' * (count > 1)})" for kind, count in found.items())
    return f"the repository has neither {SINGLE} nor {INDEX}; its weights: {kinds or 'none'}"


def _sharded(hub: Hub, files: Sequence[str]) -> Checkpoint:
    """The tensors of all shards, checked against the index."""
    path = hub.place(INDEX)
    [answer] = gather([partial(hub.get, hub.file(INDEX), INDEX_BYTES + 1)], hub.until)
    if len(answer.body) > INDEX_BYTES:
        raise HubError(f"{path} is larger than {INDEX_BYTES:,} bytes, too large for a model's index")
    index = all_printable(parsed(answer.body, path))
    shards = listed(path, index, ".safetensors")
    if missing := sorted(set(shards) - set(files)):
        raise HubError(f"{path} names {some(missing)}, which the repository lacks; its owner must add them")
    if len(shards) > MOST_SHARDS:
        raise HubError(f"{path} names {len(shards):,} files; at most {MOST_SHARDS:,} are read")
    hub = hub._replace(until=hub.until + min(SECONDS_PER_SHARD * len(shards), MOST_SECONDS))
    most = min(HEADER_BYTES, HEADERS_BYTES // len(shards))
    parts = gather([partial(_checkpoint, hub, shard, most) for shard in shards], hub.until)
    for (shard, names), part in zip(shards.items(), parts, strict=True):
        hold(path, shard, names, {tensor.name for tensor in part.tensors})
    return joined(path, index, parts)


def _checkpoint(hub: Hub, file: str, most: int) -> Checkpoint:
    """The tensors in one file."""
    return from_header(*_header(hub, file, most), hub.place(file))


def _header(hub: Hub, file: str, most: int) -> tuple[bytes, int]:
    """The header of *file* and the bytes of data after it; a header longer than START takes a second request."""
    what = hub.place(file)
    answer = hub.get(hub.file(file), START, part=True)
    refuse_pointer(answer.body, what)
    total = _total(answer, what)
    end = 8 + int.from_bytes(answer.body[:8], "little")
    if total < 8 or end > total:
        claim = f"claims a header of {end - 8:,} bytes in a file of {total:,}"
        raise HubError(f"{what} {claim}; it is damaged, or not safetensors")
    if end > most:
        raise HubError(f"{what} has a header of {end - 8:,} bytes; at most {most - 8:,} are read")
    if end > START:
        answer = hub.get(hub.file(file), end, part=True)
    if len(answer.body) < end:
        raise HubError(
            f"{what} ends after {len(answer.body):,} bytes, within its header of {end - 8:,}; try again later"
        )
    return answer.body[8:end], total - end


def _total(answer: Answer, what: str) -> int:
    """The size of the whole file, in bytes."""
    if answer.status == 200 and _LENGTH.fullmatch(answer.headers.get("content-length", "")):
        return int(answer.headers["content-length"])
    if span := _SPAN.fullmatch(answer.headers.get("content-range", "")):
        return int(span["total"])
    raise HubError(f"{what}: the server does not say how large the file is; check HF_ENDPOINT")
