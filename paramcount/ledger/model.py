"""A model: its blocks in order, and the sums over its ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any, NamedTuple

from paramcount.errors import InputError
from paramcount.ledger.tensor import Block, Given, Size, Tensor

# What "non-embedding" leaves out (Kaplan et al. 2020, sec. 1.3: "excluding all vocabulary and positional embeddings").
EMBEDDINGS = frozenset({"token embedding", "position embedding", "segment embedding", "output head"})


class ReadingError(InputError):
    """A reading that counts something the model lacks; the message names those it has."""


# The order of components in papers and reports: from input to output, with a layer's norms last.
COMPONENTS = (
    *("patch embedding", "class token"),
    *("token embedding", "position embedding", "segment embedding", "image patches", "latents", "initial state"),
    *("embedding norm", "projections", "layer inputs", "bottleneck"),
    *("attention", "indexer", "relative positions", "cross-attention", "mixer", "convolution"),
    *("feed-forward", "router", "experts", "shared experts", "adapters"),
    *("alternating updates", "low-rank residual", "hyper-connections", "residual", "residual weights"),
    *("layer norm", "norm", "final norm", "contact head", "pooler", "head transform", "output head", "classifier"),
    "multi-token prediction",
)


# The parts of a multimodal model, from images and sound to text; text components have no prefix.
PARTS = ("vision", "audio", "projector", "text", "speech")


def place(component: str) -> int:
    """The position of *component* in COMPONENTS, grouped by part; unknown ones come last."""
    part, own = part_of(component), within_part(component)
    return PARTS.index(part) * 1000 + (COMPONENTS.index(own) if own in COMPONENTS else len(COMPONENTS))


def part_of(component: str) -> str:
    """The part of a multimodal model that *component* belongs to: vision, audio, projector, speech or text."""
    first = component.partition(" ")[0]
    return first if first in PARTS else "text"


def within_part(component: str) -> str:
    """The name of *component* within its part: attention for vision attention."""
    return component.removeprefix(part_of(component)).strip() or component


class Part(NamedTuple):
    """A block, its tensors' prefix and the component it is counted under."""

    name: str
    component: str
    block: Block


class Stack(NamedTuple):
    """The same layer *depth* times; its tensors are named `name.0.part.tensor`, `name.1.part.tensor`, …

    A layer may contain stacks, such as experts. *at* are the layers' numbers if they are not 0, 1, 2, …; {} in *name*
    stands for the number. *active* is how many of them a token uses, if not all. *times* is how many layers a token
    passes in total, if layers are run again.
    """

    name: str
    depth: Size
    layer: tuple[Part | Stack, ...]
    at: tuple[int, ...] = ()
    active: Size | None = None
    times: Size | None = None

    def pattern(self) -> str:
        """The name of one of its layers, with {} for the number."""
        return self.name if "{}" in self.name else self.name + ".{}"

    def per_layer(self) -> Any:
        """The parameters of one of its layers."""
        return _params(self.layer, lambda component: True, active=False)

    def passes(self) -> Any:
        """The number of its layers a token passes."""
        ways = (self.times, self.active, self.depth)
        return next(way for way in ways if way is not None)

    def numbers(self) -> tuple[int, ...]:
        """The numbers of its layers; TypeError if the depth is not an int."""
        return self.at or tuple(range(int(self.depth)))  # type: ignore[call-overload]


class Entry(NamedTuple):
    """A line of the ledger: a tensor, its component, and how many copies the model has.

    In a stack the name has {} for the layer's number; *stacks* are those it is in, outermost first.
    """

    name: str
    component: str
    tensor: Tensor
    times: Size = 1
    stacks: tuple[Stack, ...] = ()

    @property
    def params(self) -> Any:
        """The parameters of all its copies."""
        return self.tensor.params * self.times

    def copies(self) -> Iterator[tuple[str, Tensor]]:
        """Each copy under its own name."""
        tensor = self.tensor
        for numbers in product(*(stack.numbers() for stack in self.stacks)):
            shares = tensor.shares and tensor.shares.format(*numbers)
            yield self.name.format(*numbers), tensor._replace(shares=shares) if shares else tensor


class Model(NamedTuple):
    """A model as an ordered composition of parts and stacks. Its sizes may be ints, symbols or arrays."""

    parts: tuple[Part | Stack, ...]

    def ledger(self) -> Iterator[Entry]:
        """Every tensor once, in the order the model uses them."""
        return _entries(self.parts)

    def part(self, name: str) -> Model:
        """The part called *name* of a multimodal model."""
        return Model(tuple(one for one in self.parts if part_of(_first_component(one)) == name))

    def mapped(self, size: Callable[[Any], Any]) -> Model:
        """The model with *size* applied to each of its sizes."""
        return Model(tuple(_mapped(part, size) for part in self.parts))

    def stacks(self) -> list[Stack]:
        """The stacks of its layers, without those inside layers."""
        return [part for part in self.parts if isinstance(part, Stack)]

    def total(self) -> Any:
        """All parameters, each tensor once whatever its names."""
        return _sum(self, lambda component: True)

    def non_embedding(self) -> Any:
        """The total without token and position embeddings and the output head, tied or not."""
        return _sum(self, lambda component: within_part(component) not in EMBEDDINGS)

    def read(self, reading: Reading) -> Any:
        """The count that *reading* names: total, non-embedding, active, a component, or "total without A, B".

        If *reading* is a function, its sum over the ledger. Raises ReadingError on a component the model lacks.
        """
        if not isinstance(reading, str):
            return reading(self)
        if reading in ("total", "non-embedding", "active"):
            return {"total": self.total, "non-embedding": self.non_embedding, "active": self.active}[reading]()
        if reading.startswith("total without "):
            left_out = reading.removeprefix("total without ").split(", ")
            self._known(*(component for component in left_out if component not in COMPONENTS))
            return _sum(self, lambda component: component not in left_out)
        self._known(reading)
        return self.by_component()[reading]

    def _known(self, *components: str) -> None:
        """Raise ReadingError unless the model has each of *components*."""
        own = self.by_component()
        if lacking := [component for component in components if component not in own]:
            raise ReadingError(
                f"no component {lacking[0]}; valid: total, non-embedding, active, total without A, B, {', '.join(own)}"
            )

    def active(self) -> Any:
        """The parameters one token uses: the total less the inactive experts.

        As Jiang et al. 2024, sec. 2.1, count active parameters, with embeddings and output head in full. Without
        experts it is the total.
        """
        return _sum(self, lambda component: True, active=True)

    def by_component(self) -> dict[str, Any]:
        """Parameters of each component, in the order of COMPONENTS; they add up to the total."""
        counts: dict[str, Any] = {}
        for entry in self.ledger():
            counts[entry.component] = counts.get(entry.component, 0) + entry.params
        return {component: counts[component] for component in sorted(counts, key=place)}

    def by_part(self) -> dict[str, Any]:
        """Parameters of each part of a multimodal model; a text-only model has one, "text"."""
        counts: dict[str, Any] = {}
        for component, params in self.by_component().items():
            counts[part_of(component)] = counts.get(part_of(component), 0) + params
        return counts

    def per_layer(self) -> dict[str, Any]:
        """Parameters of each component in one layer; components outside the stacks are absent.

        So are those whose size differs between layers.
        """
        layers: dict[str, list[Any]] = {}
        for part in self.parts:
            if isinstance(part, Stack):
                counts: dict[str, Any] = {}
                for entry in _entries(part.layer):
                    counts[entry.component] = counts.get(entry.component, 0) + entry.params
                for component, count in counts.items():
                    layers.setdefault(component, []).append(count)
        return {component: first for component, (first, *rest) in layers.items() if all(c == first for c in rest)}


def _first_component(part: Part | Stack) -> str:
    while isinstance(part, Stack):
        if not part.layer:
            return ""
        part = part.layer[0]
    return part.component


def _mapped(part: Part | Stack, size: Callable[[Any], Any]) -> Part | Stack:
    if isinstance(part, Stack):
        layer = tuple(_mapped(inner, size) for inner in part.layer)
        active = None if part.active is None else size(part.active)
        return part._replace(depth=size(part.depth), layer=layer, active=active)
    return part._replace(block=Given(tuple(tensor.mapped(size) for tensor in part.block.tensors())))


def _entries(parts: Iterable[Part | Stack]) -> Iterator[Entry]:
    for part in parts:
        if isinstance(part, Stack):
            for inner in _entries(part.layer):
                name = f"{part.pattern()}.{inner.name}"
                yield Entry(name, inner.component, inner.tensor, inner.times * part.depth, (part, *inner.stacks))
        else:
            for tensor in part.block.tensors():
                yield Entry(f"{part.name}.{tensor.name}" if part.name else tensor.name, part.component, tensor)


def _sum(model: Model, wanted: Any, active: bool = False) -> Any:
    return _params(model.parts, wanted, active)


def _params(parts: Iterable[Part | Stack], wanted: Any, active: bool) -> Any:
    # A layer is summed before it is multiplied, which keeps sweeps over arrays and single counts fast.
    total: Any = 0
    for part in parts:
        if isinstance(part, Stack):
            times = part.active if active and part.active is not None else part.depth
            total = total + _params(part.layer, wanted, active) * times
        elif wanted(part.component):
            for tensor in part.block.tensors():
                total = total + (tensor.active_params if active else tensor.params)
    return total


Parts = tuple[Part | Stack, ...]
Reading = str | Callable[[Model], Any]
