"""A checkpoint in few rows: tensors that differ in a layer's or an expert's number alone are one."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from paramcount.checkpoint.tensors import StoredTensor

NUMBER = re.compile(r"(?<![^.])[0-9]+(?![^.])")  # a part of the name that is a number: a layer's, an expert's
FIRST = ("embed", "wte", "wpe", "token_types")
LAST = ("lm_head", "output", "head", "score", "classifier", "cls", "pooler")


class Counted(NamedTuple):
    """Tensors of one *pattern* (numbers as *), shape and dtype; *params* are the elements of all *times* together."""

    pattern: str
    shape: tuple[int, ...]
    dtype: str
    times: int
    params: int
    nbytes: int


def pattern(name: str) -> str:
    """*name* with every number between dots as *."""
    return NUMBER.sub("*", name)


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts names by their parts, numbers by size: layer 2 before layer 10."""
    return tuple((0, int(part), "") if _number(part) else (1, 0, part) for part in name.split("."))


def in_order(tensors: Iterable[StoredTensor]) -> list[StoredTensor]:
    """*tensors* as a model uses them: embeddings, the layers by number, what follows them, the head."""
    return sorted(tensors, key=lambda tensor: _place(tensor.name))


def counts(tensors: Iterable[StoredTensor]) -> list[Counted]:
    """*tensors* in rows, in the order of a model; only tensors of the same pattern, shape and dtype share one."""
    groups: dict[tuple[str, tuple[int, ...], str], list[StoredTensor]] = {}
    for tensor in tensors:
        groups.setdefault((pattern(tensor.name), tensor.shape, tensor.dtype), []).append(tensor)
    rows = [
        Counted(*same, len(group), group[0].elements * len(group), sum(tensor.nbytes for tensor in group))
        for same, group in groups.items()
    ]
    # A row stands where its first tensor does, and of names of one pattern the shortest have the smallest numbers.
    firsts = [min((len(tensor.name), tensor.name) for tensor in group)[1] for group in groups.values()]
    order = sorted(range(len(rows)), key=lambda row: _place(firsts[row]))
    return [rows[row] for row in order]


def layer(name: str) -> int | None:
    """The number of the layer that a tensor of this name is in, None outside the layers: the first number in it."""
    found = NUMBER.search(name)
    return int(found[0]) if found and len(found[0]) <= 9 else None


def _number(part: str) -> bool:
    return len(part) <= 9 and part.isascii() and part.isdigit()


def _place(name: str) -> tuple[int, tuple[tuple[int, int, str], ...]]:
    return _rank(name), natural(name)


def _rank(name: str) -> int:
    """0 for embeddings, 1 in layers, 2 after them, 3 for heads."""
    if layer(name) is not None:
        return 1
    parts = name.split(".")
    if any(part.startswith(FIRST) or "embed" in part for part in parts[:-1]) and not parts[0].startswith("embed_out"):
        return 0
    return 3 if any(part in LAST for part in parts) else 2
