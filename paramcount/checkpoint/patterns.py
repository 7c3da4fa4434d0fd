"""A checkpoint in few rows: tensors that differ only in a layer or expert number share one."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from paramcount.checkpoint.tensors import StoredTensor

NUMBER = re.compile(r"(?<![^.])[0-9]+(?![^.])")  # a numeric part of the name: a layer or an expert
FIRST = ("embed", "wte", "wpe", "token_types")
LAST = ("lm_head", "output", "head", "score", "classifier", "cls", "pooler")


class Counted(NamedTuple):
    """Tensors with one *pattern* (numbers as *), shape and dtype; *params* are the elements of all *times* of them."""

    pattern: str
    shape: tuple[int, ...]
    dtype: str
    times: int
    params: int
    nbytes: int


def pattern(name: str) -> str:
    """*name* with every number between dots replaced by *."""
    return NUMBER.sub("*", name)


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key for names by their parts, numbers by value: layer 2 before layer 10."""
    return tuple((0, int(part), "") if _number(part) else (1, 0, part) for part in name.split("."))


def in_order(tensors: Iterable[StoredTensor]) -> list[StoredTensor]:
    """*tensors* in a model's order: embeddings, layers by number, what follows them, the head."""
    return sorted(tensors, key=lambda tensor: _place(tensor.name))


def counts(tensors: Iterable[StoredTensor]) -> list[Counted]:
    """*tensors* as rows in a model's order; only the same pattern, shape and dtype share a row."""
    groups: dict[tuple[str, tuple[int, ...], str], list[StoredTensor]] = {}
    for tensor in tensors:
        groups.setdefault((pattern(tensor.name), tensor.shape, tensor.dtype), []).append(tensor)
    rows = [
        Counted(*same, len(group), group[0].elements * len(group), sum(tensor.nbytes for tensor in group))
        for same, group in groups.items()
    ]
    # A row takes its first tensor's place; within a pattern the shortest names have the smallest numbers.
    firsts = [min((len(tensor.name), tensor.name) for tensor in group)[1] for group in groups.values()]
    order = sorted(range(len(rows)), key=lambda row: _place(firsts[row]))
    return [rows[row] for row in order]


def layer(name: str) -> int | None:
    """The layer number in a tensor's name, the first number in it; None outside the layers."""
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
