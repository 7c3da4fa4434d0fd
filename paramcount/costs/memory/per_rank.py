"""The number of parameters on each rank of a layout, and the parameters that several ranks hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.costs.memory.divided import checked, pieces, stages_that_differ
from paramcount.costs.memory.layout import Layout, Rank, settled
from paramcount.costs.memory.placed import Laid, Placed, laid

MULTIPLE = 128  # Megatron-LM's --make-vocab-size-divisible-by


class Alike(NamedTuple):
    """*number* ranks that hold the same; *stages* and *tensors* are the first and last of them.

    *components* are the parameters on each of them.
    """

    stages: tuple[int, int]
    tensors: tuple[int, int]
    number: int
    components: dict[str, int]

    @property
    def params(self) -> int:
        """The parameters on each of them."""
        return sum(self.components.values())


class PerRank(NamedTuple):
    """The parameters on the ranks of a *layout*, for a model of *total* parameters.

    *padded* is the same with the vocabulary padded as in Megatron-LM, None if that changes nothing.
    """

    layout: Layout
    ranks: tuple[Alike, ...]
    components: dict[str, int]
    padded: tuple[Alike, ...] | None

    def __repr__(self) -> str:
        most = max(rank.params for rank in self.ranks)
        return f"<{self.layout.tp * self.layout.pp} ranks of a model of {self.total:,} parameters; {most:,} at most>"

    @property
    def total(self) -> int:
        """The parameters of the model."""
        return sum(self.components.values())

    @property
    def held(self) -> dict[str, int]:
        """The parameters on all ranks together, by component."""
        return summed(self.ranks)


def summed(ranks: tuple[Alike, ...]) -> dict[str, int]:
    """The parameters on all of *ranks* together, by component."""
    sums: dict[str, int] = {}
    for one in ranks:
        for name, params in one.components.items():
            sums[name] = sums.get(name, 0) + params * one.number
    return sums


def per_rank(spec: Spec, tp: int = 1, pp: int = 1) -> PerRank:
    """The parameters of *spec* on each of *tp* · *pp* ranks, by Megatron's rule; raises InputError if there is none."""
    layout = settled(None, 0, tp, pp)
    model = laid(spec)
    checked(model, layout)
    ranks = tuple(_alike(model, layout))
    wider = _padded(model, tp)
    padded = tuple(_alike(wider, layout)) if wider != model else None
    return PerRank(layout, ranks, spec.model().by_component(), padded)


def _alike(model: Laid, layout: Layout) -> Iterator[Alike]:
    stages = stages_that_differ(model, layout.pp)
    for stage, following in zip(stages, [*stages[1:], layout.pp], strict=True):
        begun = 0
        counts = [_components(model, layout, Rank(stage, tensor)) for tensor in range(layout.tp)]
        for tensor, own in enumerate(counts):
            if tensor + 1 == layout.tp or counts[tensor + 1] != own:
                number = (following - stage) * (tensor + 1 - begun)
                yield Alike((stage, following - 1), (begun, tensor), number, own)
                begun = tensor + 1


def _components(model: Laid, layout: Layout, rank: Rank) -> dict[str, int]:
    found: dict[str, int] = {}
    for piece in pieces(model, layout, rank):
        weight = piece.weight
        found[weight.component] = found.get(weight.component, 0) + weight.elements * weight.times
    return found


def _padded(model: Laid, tp: int) -> Laid:
    """*model* with its vocabulary padded to a multiple of 128 · tp."""
    return model._replace(tensors=tuple(_wider(one, tp) for one in model.tensors))


def _wider(one: Placed, tp: int) -> Placed:
    if one.cut is None or one.cut.axis != 0 or one.cut.units:
        return one
    rows, *rest = one.weight.shape
    whole = -(-rows // (MULTIPLE * tp)) * MULTIPLE * tp
    return one._replace(weight=one.weight._replace(shape=(whole, *rest)))
