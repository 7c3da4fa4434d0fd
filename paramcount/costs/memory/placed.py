"""Every tensor of a model with its place and how layouts may divide it: by layers, columns, rows or experts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from paramcount.blocks.experts import RowsOfExperts, StackedExperts
from paramcount.blocks.shared import Shared, Sharing
from paramcount.blocks.wrapped import Each
from paramcount.catalog.spec import Spec
from paramcount.costs.memory.cuts import Cut, cuts, heads_in
from paramcount.costs.memory.weights import Weight, weights_of
from paramcount.costs.run import Run
from paramcount.costs.stated import costed
from paramcount.errors import InputError
from paramcount.ledger.model import Part, Stack
from paramcount.ledger.operation import TOKEN, kept
from paramcount.ledger.sized import plain
from paramcount.ledger.tensor import as_papers_write
from paramcount.models.design import Counted

SIDE, EACH = "side", "each"  # experts are the first side of one tensor, or separate tensors


class Place(NamedTuple):
    """A place in a model: *within* copies in each of *depth* layers, only those numbered *at* if not all.

    Outside the layers *depth* is 0, and *last* says whether it comes after them. *expert* is SIDE or EACH for experts,
    *n_experts* their number.
    """

    within: int = 1
    depth: int = 0
    at: tuple[int, ...] = ()
    last: bool = False
    expert: str = ""
    n_experts: int = 0


class Placed(NamedTuple):
    """A tensor, its place, and how tensor parallelism cuts it; *cut* is None if there is no rule."""

    weight: Weight
    place: Place
    cut: Cut | None

    @property
    def name(self) -> str:
        """The name of the tensor."""
        return self.weight.name


class Cached(NamedTuple):
    """*numbers* cached per token; *heads* is the symbol for the number of heads, None if not known."""

    numbers: int
    place: Place
    heads: str | None


class Laid(NamedTuple):
    """A model's tensors and cache, its number of layers, and the values of its symbols.

    *uneven* says that not every token adds the same to the cache, because of windows or states. *unstaged* says why its
    layers can't be divided into stages; "" if they can.
    """

    name: str
    tensors: tuple[Placed, ...]
    cached: tuple[Cached, ...]
    n_layers: int
    symbols: dict[str, int]
    unstaged: str = ""
    uneven: bool = False


def laid(spec: Spec, reading: str = "stored") -> Laid:
    """The tensors of *spec*, as they are "stored" or as the "paper" writes them, and its cache per token."""
    counted = isinstance(spec.family, Counted)
    model = spec.family.build() if counted else spec.family.sized(spec.sizes)
    stacks, parts = model.stacks(), list(_parts(model.parts))
    tensors = [one for part, prefix, place in parts for one in _tensors(part, prefix, place, reading == "paper")]
    if reading == "stored":
        tensors = [one._replace(weight=own) for one, own in zip(tensors, weights_of(spec), strict=True)]
    cached = [
        Cached(_number(one.numbers), place, heads_in(one.numbers))
        for part, _, place in parts
        for one in kept(part.block)
    ]
    n_layers = sum(_number(stack.depth) for stack in stacks)
    unstaged = _unstaged(stacks, n_layers, tensors)
    return Laid(spec.name, tuple(tensors), tuple(cached), n_layers, _symbols(spec), unstaged, _uneven(spec))


def _uneven(spec: Spec) -> bool:
    """Whether its cache is not simply a fixed amount per token, or is not known."""
    try:
        keeps = costed(spec, Run(1, 1)).keeps
    except InputError:
        return True
    return any(keep.window or keep.dtype or keep.per != TOKEN for keep in keeps)


def _symbols(spec: Spec) -> dict[str, int]:
    design = spec.family.configured(spec.sizes)
    named = spec.sizes if design is None else {name: use.value for name, use in design.keys.items()}
    return {name: size for name, size in named.items() if isinstance(size, int)}


def _unstaged(stacks: list[Stack], n_layers: int, tensors: list[Placed]) -> str:
    if len({stack.pattern() for stack in stacks}) != 1:
        return "its layers are not of one stack"
    if len(stacks) > 1 and sorted(at for stack in stacks for at in stack.at) != list(range(n_layers)):
        return "its layers are not numbered one after another"
    outside = {one.name for one in tensors if not one.place.depth}
    for one in tensors:
        if one.weight.shares and (one.place.depth or one.weight.shares not in outside):
            return f"its layers share tensors ({one.name})"
    return ""


def _parts(parts: tuple[Part | Stack, ...]) -> Iterator[tuple[Part, str, Place]]:
    """The parts in the ledger's order, with the prefixes of their names and their places."""
    behind = False
    for part in parts:
        if isinstance(part, Stack):
            behind, depth = True, _number(part.depth)
            for inner, prefix, place in _inside(part.layer, f"{part.pattern()}.", Place()):
                yield inner, prefix, place._replace(depth=depth, at=part.at)
        else:
            yield part, "", Place(last=behind)


def _inside(parts: tuple[Part | Stack, ...], prefix: str, place: Place) -> Iterator[tuple[Part, str, Place]]:
    for part in parts:
        if isinstance(part, Stack):
            depth = _number(part.depth)
            inner = place._replace(within=place.within * depth)
            if part.active is not None:
                inner = inner._replace(expert=EACH, n_experts=depth)
            yield from _inside(part.layer, f"{prefix}{part.pattern()}.", inner)
        else:
            yield part, prefix, place


def _tensors(part: Part, prefix: str, place: Place, paper: bool) -> Iterator[Placed]:
    block: Any = part.block
    n_experts = _experts(block)
    own = place._replace(expert=SIDE, n_experts=n_experts) if n_experts else place
    tensors = list(as_papers_write(block) if paper else block.tensors())
    for tensor, cut in zip(tensors, cuts(block, part.component, paper), strict=True):
        name = f"{prefix}{part.name}.{tensor.name}" if part.name else prefix + tensor.name
        shape = tuple(_number(side) for side in tensor.shape)
        weight = Weight(name, part.component, shape, 1, tensor.shares, tensor.computed)
        yield Placed(weight, own, cut)


def _experts(block: Any) -> int:
    """How many experts *block* stacks in its tensors; 0 if it holds no experts."""
    while isinstance(block, Sharing | Shared | Each):
        block = block.block
    return _number(block.n_experts) if isinstance(block, StackedExperts | RowsOfExperts) else 0


def _number(size: Any) -> int:
    """A size as a plain int, without marking it as looked at."""
    return plain(size)
