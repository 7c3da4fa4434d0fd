"""GGUF in several files: `name-00001-of-00003.gguf`, each with some of the tensors (llama.cpp, gguf-split)."""

import os
import re
from typing import Any

from paramcount.checkpoint.files import place, shown
from paramcount.checkpoint.gguf import read_gguf
from paramcount.checkpoint.tensors import Checkpoint, CheckpointError

PART = re.compile(r"(?P<name>.*)-(?P<number>[0-9]{5})-of-(?P<count>[0-9]{5})\.gguf", re.DOTALL)


def read_gguf_parts(path: str) -> Checkpoint:
    """The GGUF checkpoint at *path*, with all its parts if it is one of several."""
    first = read_gguf(path)
    count = first.metadata.get("split.count", 1)
    if count in (0, 1):
        return first
    names = _parts(path, count)
    missing = [name for name in names if not os.path.lexists(name)]
    if missing:
        raise CheckpointError(
            f"{place(path)}: lacks {len(missing):,} of its {len(names):,} parts: "
            f"{place(os.path.basename(missing[0]))}; valid: all parts in one folder"
        )
    return _joined(path, [read_gguf(name) for name in names])


def parts_of_one(names: list[str]) -> bool:
    """Whether files with these names are parts of one checkpoint."""
    matches = [PART.fullmatch(name) for name in names]
    return None not in matches and len({(match["name"], match["count"]) for match in matches if match}) == 1


def _parts(path: str, count: Any) -> list[str]:
    folder, name = os.path.split(path)
    match = PART.fullmatch(name)
    if match is None or int(match["count"]) != count:
        raise CheckpointError(
            f"{place(path)}: its header says it is one of {shown(str(count))} parts, but its name does not; "
            f"valid: names as gguf-split writes them, …-00001-of-00003.gguf"
        )
    return [os.path.join(folder, f"{match['name']}-{part:05}-of-{match['count']}.gguf") for part in range(1, count + 1)]


def _joined(path: str, parts: list[Checkpoint]) -> Checkpoint:
    seen: set[str] = set()
    for number, part in enumerate(parts):
        if part.metadata.get("split.no") != number or part.metadata.get("split.count") != len(parts):
            raise CheckpointError(
                f"{place(part.path)}: its header does not say it is part {number + 1} of {len(parts)}; "
                f"valid: the parts of one split, in order"
            )
        names = {tensor.name for tensor in part.tensors}
        if twice := seen & names:
            raise CheckpointError(
                f"{place(part.path)}: {shown(min(twice))} is also in an earlier part; valid: each tensor once"
            )
        seen |= names
    stated = parts[0].metadata.get("split.tensors.count", len(seen))
    if stated != len(seen):
        raise CheckpointError(
            f"{place(path)}: {len(seen):,} tensors in its parts, but its header says {shown(str(stated))}; "
            f"valid: parts of one split"
        )
    return Checkpoint("gguf", tuple(tensor for part in parts for tensor in part.tensors), parts[0].metadata, path)
