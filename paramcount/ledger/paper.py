"""A model as papers write it: every map under its usual name, whatever checkpoints call it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from paramcount.ledger.model import Model, Part, Parts, Stack, place
from paramcount.ledger.tensor import Given, Tensor, as_papers_write

# Vaswani et al. 2017 write attention's four maps, then their biases (with what DeepSeek-AI 2024, sec. 2.1.2,
# puts before them), and a feed-forward's maps each with its bias.
_OF_ATTENTION = ("DQ", "UQ", "QR", "DKV", "KR", "UK", "UV", "Q", "K", "V", "O")
_OF_FEED_FORWARD = ("router", "gate", "up", "down", "1", "2")
ORDER = (
    *(f"{kind}_{letter}" for kind in "Wb" for letter in _OF_ATTENTION),
    *(f"{kind}_{letter}" for letter in _OF_FEED_FORWARD for kind in "Wb"),
)
_NORMS = ("layer norm", "norm")
_STANDS_WITH = {"router": "experts", "relative positions": "attention"}
_NAMED_APART = ("projections",)  # named after their direction: project_in, project_out
_SAY_LITTLE = ("weight", "bias", "gain")  # without their module's name


class Line(NamedTuple):
    """A tensor as the paper writes it and its part; *again* counts those with its role before it."""

    part: Part
    tensor: Tensor
    again: int = 0

    @property
    def known_as(self) -> str:
        """The name that tensors sharing it use within its layer."""
        return f"{self.part.name}.{self.tensor.name}" if self.part.name else self.tensor.name

    @property
    def path(self) -> str:
        """Its prefix, before parts of one kind are numbered."""
        component = _STANDS_WITH.get(self.part.component, self.part.component)
        return "norm" if component in _NORMS else component.replace(" ", "_").replace("-", "_")


class Renamed(NamedTuple):
    """The full names of a tensor: the one used by tensors that share it, and the paper's; {} is a layer's number."""

    known_as: str
    name: str
    stacks: tuple[Stack, ...]


def as_paper(model: Model) -> Model:
    """*model* with its tensors as the paper writes them: W_Q of attention, d_in × d_out, in layers.0, layers.1, …

    The counts are the same, in total and by component. A tensor without a known role keeps its module's name after its
    component's.
    """
    names: list[Renamed] = []
    parts = tuple(_rewritten(model.parts, Renamed("", "", ()), names))
    shared = {entry.tensor.shares for entry in Model(parts).ledger()} - {""}
    return Model(_sharing(parts, _of(names, shared)) if shared else parts)


def _rewritten(parts: Parts, within: Renamed, names: list[Renamed]) -> Iterator[Part | Stack]:
    """*parts*, which are *within* layers or at the top, as the paper writes them; *names* are added to."""
    items = _items(parts)
    if within.stacks:
        items = sorted(items, key=_place)
    lines = [item for item in items if isinstance(item, Line)]
    named = dict(zip(map(id, lines), _names(lines), strict=True))
    one_stack = len({item.name for item in items if isinstance(item, Stack)}) == 1
    for item in items:
        if isinstance(item, Stack):
            stack = item._replace(name="layers") if one_stack else item
            inside = Renamed(
                f"{within.known_as}{item.pattern()}.",
                f"{within.name}{stack.pattern()}.",
                (*within.stacks, item),
            )
            yield stack._replace(layer=tuple(_rewritten(item.layer, inside, names)))
        else:
            path, own = named[id(item)]
            full = Renamed(within.known_as + item.known_as, f"{within.name}{path}.{own}", within.stacks)
            names.append(full)
            yield Part(path, item.part.component, Given((item.tensor._replace(name=own),)))


def _items(parts: Parts) -> list[Line | Stack]:
    """The tensors of *parts* one by one, and their stacks."""
    items: list[Line | Stack] = []
    seen: Counter[tuple[str, str]] = Counter()
    for part in parts:
        if isinstance(part, Stack):
            items.append(part)
            continue
        tensors = list(as_papers_write(part.block))
        maps = {tensor.name: (part.component, tensor.name[2:]) for tensor in tensors if tensor.role}
        items += [Line(part, tensor, seen[maps[tensor.name]] if tensor.role else 0) for tensor in tensors]
        seen.update(set(maps.values()))
    return items


def _place(item: Line | Stack) -> tuple[int, ...]:
    """Its position in a layer: by component, then those with a role, in papers' order."""
    if isinstance(item, Stack):
        return (min((_place(inner)[0] for inner in _items(item.layer)), default=0), 2)
    name = item.tensor.name
    order = ORDER.index(name) if name in ORDER else len(ORDER)
    return (place(item.part.component), 0, item.again, order) if item.tensor.role else (place(item.part.component), 1)


def _names(lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    """The path and own name of each of *lines*, at one level, in order."""
    parts = {(line.part.component, id(line.part)): line for line in lines}
    alone = Counter(component for component, _ in parts)
    several = {line.path for line in lines if line.again}
    norms = [id(line.part) for line in parts.values() if line.path == "norm"]
    ends = Counter(end for line in lines if not line.tensor.role for end in _ends(line.known_as))
    for line in lines:
        if line.path == "norm":
            number = norms.index(id(line.part)) + 1
            yield f"norm_{number}" if len(norms) > 1 else "norm", line.tensor.name
        elif line.tensor.role:
            yield f"{line.path}_{line.again + 1}" if line.path in several else line.path, line.tensor.name
        elif alone[line.part.component] == 1 and line.part.component not in _STANDS_WITH:
            yield line.path, line.tensor.name
        else:
            end = next((end for end in _ends(line.known_as) if ends[end] == 1), line.known_as)
            yield _apart(end) if line.part.component in _NAMED_APART else (line.path, end)


def _apart(name: str) -> tuple[str, str]:
    path, _, own = name.rpartition(".")
    return path, own


def _ends(name: str) -> Iterator[str]:
    """Longer and longer endings of *name*; one segment alone if that is informative."""
    segments = name.split(".")
    for first in reversed(range(len(segments))):
        if segments[first] not in _SAY_LITTLE or first == 0:
            yield ".".join(segments[first:])


def _of(names: list[Renamed], shared: set[str]) -> dict[str, str]:
    """The paper's name of each shared tensor; raises KeyError if there is none."""
    found = {one.known_as: one.name for one in names}
    if not shared <= found.keys():  # some name a tensor in one layer
        for one in names:
            for numbers in product(*(stack.numbers() for stack in one.stacks)):
                found[one.known_as.format(*numbers)] = one.name.format(*numbers)
    return {name: found[name] for name in sorted(shared)}


def _sharing(parts: Parts, names: dict[str, str]) -> Parts:
    """*parts* with shared tensors renamed by *names*."""
    return tuple(
        part._replace(layer=_sharing(part.layer, names)) if isinstance(part, Stack) else _alias(part, names)
        for part in parts
    )


def _alias(part: Part, names: dict[str, str]) -> Part:
    (tensor,) = part.block.tensors()
    return part._replace(block=Given((tensor._replace(shares=names[tensor.shares]),))) if tensor.shares else part
