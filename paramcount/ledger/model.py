"""A model: its blocks in order, and the readings of its ledger that are sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any, NamedTuple

from paramcount.errors import InputError
from paramcount.ledger.tensor import Block, Given, Size, Tensor

# What "non-embedding" leaves out (Kaplan et al. 2020, sec. 1.3: "excluding all vocabulary and positional embeddings").
EMBEDDINGS = frozenset({"token embedding", "position embedding", "segment embedding", "output head"})


class ReadingError(InputError):
    """A reading that counts what a model does not have; the message names those that it has."""


# The order in which papers and reports go through a model: from its input to its output, a layer's norms last.
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


# The parts of a model of more than text, from images and sound to text; components of the last bear no part's name.
PARTS = ("vision", "audio", "projector", "text", "speech")


def place(component: str) -> int:
    """Where *component* stands among COMPONENTS, those of one part together; one that is none stands behind all."""
    part, own = part_of(component), within_part(component)
    return PARTS.index(part) * 1000 + (COMPONENTS.index(own) if own in COMPONENTS else len(COMPONENTS))


def part_of(component: str) -> str:
    """The part of a model of more than text that *component* is of: vision, audio, projector, or text."""
    first = component.partition(" ")[0]
    return first if first in PARTS else "text"


def within_part(component: str) -> str:
    """What *component* is called in its part: attention for vision attention."""
    return component.removeprefix(part_of(component)).strip() or component


class Part(NamedTuple):
    """A block, the name its tensors carry and the component it is counted under."""

    name: str
    component: str
    block: Block


class Stack(NamedTuple):
    """The same layer *depth* times; its tensors are named `name.0.part.tensor`, `name.1.part.tensor`, …

    A layer may hold stacks of its own, as experts are. *at* are the layers' numbers where they are not 0, 1, 2, …; a
    *name* with {} in it has the number there. *active* is how many of them a token is sent through, where not all.
    *times* is how many layers a token passes in all, where layers run again.
    """

    name: str
    depth: Size
    layer: tuple[Part | Stack, ...]
    at: tuple[int, ...] = ()
    active: Size | None = None
    times: Size | None = None

    def pattern(self) -> str:
        """The name of one of its layers, {} standing for the number."""
        return self.name if "{}" in self.name else self.name + ".{}"

    def per_layer(self) -> Any:
        """The parameters of one of its layers."""
        return _params(self.layer, lambda component: True, active=False)

    def passes(self) -> Any:
        """How many of its layers a token passes."""
        ways = (self.times, self.active, self.depth)
        return next(way for way in ways if way is not None)

    def numbers(self) -> tuple[int, ...]:
        """The numbers of its layers; TypeError where the depth is no int."""
        return self.at or tuple(range(int(self.depth)))  # type: ignore[call-overload]


class Entry(NamedTuple):
    """A line of the ledger: a tensor, the component it belongs to, and how often the model has it.

    In a stack the name holds {} where the layer's number goes; *stacks* are those that it lies in, the outermost first.
    """

    name: str
    component: str
    tensor: Tensor
    times: Size = 1
    stacks: tuple[Stack, ...] = ()

    @property
    def params(self) -> Any:
        """Parameters of all its copies together."""
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
        """Every tensor once, in the order in which the model uses them."""
        return _entries(self.parts)

    def part(self, name: str) -> Model:
        """Of a model of more than text the part called *name* alone."""
        return Model(tuple(one for one in self.parts if part_of(_first_component(one)) == name))

    def mapped(self, size: Callable[[Any], Any]) -> Model:
        """The model with *size* of each of its sizes in their place."""
        return Model(tuple(_mapped(part, size) for part in self.parts))

    def stacks(self) -> list[Stack]:
        """The stacks of its layers, without those within layers."""
        return [part for part in self.parts if isinstance(part, Stack)]

    def total(self) -> Any:
        """All parameters, each tensor once however many names it has."""
        return _sum(self, lambda component: True)

    def non_embedding(self) -> Any:
        """The total without token and position embeddings and without the output head, tied or not."""
        return _sum(self, lambda component: within_part(component) not in EMBEDDINGS)

    def read(self, reading: Reading) -> Any:
        """The count that *reading* names: total, non-embedding, active, a component, or "total without A, B".

        Or what it sums of the ledger, where it is a function. Raises ReadingError on a component that the model lacks.
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
        """Raise ReadingError where the model has not each of *components*."""
        own = self.by_component()
        if lacking := [component for component in components if component not in own]:
            raise ReadingError(
                f"no component {lacking[0]}; valid: total, non-embedding, active, total without A, B, {', '.join(own)}"
            )

    def active(self) -> Any:
        """The parameters that one token is sent through: the total, less the experts that its router does not choose.

        As Jiang et al. 2024, sec. 2.1, count active parameters: embeddings and output head in full. Without experts it
        is the total.
        """
        return _sum(self, lambda component: True, active=True)

    def by_component(self) -> dict[str, Any]:
        """Parameters of each component, in the order of COMPONENTS; they add up to the total."""
        counts: dict[str, Any] = {}
        for entry in self.ledger():
            counts[entry.component] = counts.get(entry.component, 0) + entry.params
        return {component: counts[component] for component in sorted(counts, key=place)}

    def by_part(self) -> dict[str, Any]:
        """Parameters of each part of a model of more than text; of one of text alone, "text" and all of them."""
        counts: dict[str, Any] = {}
        for component, params in self.by_component().items():
            counts[part_of(component)] = counts.get(part_of(component), 0) + params
        return counts

    def per_layer(self) -> dict[str, Any]:
        """Parameters of each component in one layer; components outside the stacks are absent.

        So are those of which some layers that have them have more than others.
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
    # A layer is summed before it is multiplied, which is what keeps sweeps over arrays and single counts fast.
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
