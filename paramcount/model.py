"""A model: its blocks in order, and the readings of its ledger that are sums."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from paramcount.blocks import Block
from paramcount.tensor import Size, Tensor

# What "non-embedding" leaves out (Kaplan et al. 2020, sec. 1.3: "excluding all vocabulary and positional embeddings").
EMBEDDINGS = frozenset({"token embedding", "position embedding", "segment embedding", "output head"})


class Part(NamedTuple):
    """A block, the name its tensors carry and the component it is counted under."""

    name: str
    component: str
    block: Block


class Stack(NamedTuple):
    """The same layer *depth* times; its tensors are named `name.0.part.tensor`, `name.1.part.tensor`, …"""

    name: str
    depth: Size
    layer: tuple[Part, ...]


class Entry(NamedTuple):
    """A line of the ledger: a tensor, the component it belongs to, and how often the model has it.

    In a stack the name holds {} where the layer's number goes.
    """

    name: str
    component: str
    tensor: Tensor
    times: Size = 1

    @property
    def params(self) -> Any:
        """Parameters of all its copies together."""
        return self.tensor.params * self.times


class Model(NamedTuple):
    """A model as an ordered composition of parts and stacks. Its sizes may be ints, symbols or arrays."""

    parts: tuple[Part | Stack, ...]

    def ledger(self) -> Iterator[Entry]:
        """Every tensor once, in the order in which the model uses them."""
        for part in self.parts:
            if isinstance(part, Stack):
                for inner in part.layer:
                    for tensor in inner.block.tensors():
                        name = f"{part.name}.{{}}.{inner.name}.{tensor.name}"
                        yield Entry(name, inner.component, tensor, part.depth)
            else:
                for tensor in part.block.tensors():
                    yield Entry(f"{part.name}.{tensor.name}", part.component, tensor)

    def total(self) -> Any:
        """All parameters, each tensor once however many names it has."""
        return _sum(self, lambda component: True)

    def non_embedding(self) -> Any:
        """The total without token and position embeddings and without the output head, tied or not."""
        return _sum(self, lambda component: component not in EMBEDDINGS)

    def read(self, reading: str) -> Any:
        """The count that *reading* names: total, non-embedding, active, a component, or "total without A, B".

        Raises KeyError on a component that the model lacks.
        """
        if reading in ("total", "non-embedding", "active"):
            return {"total": self.total, "non-embedding": self.non_embedding, "active": self.active}[reading]()
        if reading.startswith("total without "):
            left_out = reading.removeprefix("total without ").split(", ")
            return _sum(self, lambda component: component not in left_out)
        return self.by_component()[reading]

    def active(self) -> Any:
        """The parameters that one token is sent through: the total, less the experts that its router does not choose.

        As Jiang et al. 2024, sec. 2.1, count active parameters: embeddings and output head in full. Without experts it
        is the total.
        """
        return _sum(self, lambda component: True, active=True)

    def by_component(self) -> dict[str, Any]:
        """Parameters of each component, in the model's order; they add up to the total."""
        counts: dict[str, Any] = {}
        for entry in self.ledger():
            counts[entry.component] = counts.get(entry.component, 0) + entry.params
        return counts

    def per_layer(self) -> dict[str, Any]:
        """Parameters of each component in one layer of each stack; components outside the stacks are absent."""
        counts: dict[str, Any] = {}
        for part in self.parts:
            for inner in part.layer if isinstance(part, Stack) else ():
                counts[inner.component] = counts.get(inner.component, 0) + _block(inner)
        return counts


def _block(part: Part, active: bool = False) -> Any:
    return sum(tensor.active_params if active else tensor.params for tensor in part.block.tensors())


def _sum(model: Model, wanted: Any, active: bool = False) -> Any:
    # A layer is summed before it is multiplied, which is what keeps sweeps over arrays and single counts fast.
    total: Any = 0
    for part in model.parts:
        if isinstance(part, Stack):
            total = total + sum(_block(p, active) for p in part.layer if wanted(p.component)) * part.depth
        elif wanted(part.component):
            total = total + _block(part, active)
    return total
