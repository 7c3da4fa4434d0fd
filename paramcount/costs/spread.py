"""A run's FLOPs by layer and by token."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.costs.run import Run
from paramcount.costs.stated import Costed
from paramcount.costs.work import work
from paramcount.ledger.model import Model, Stack
from paramcount.ledger.sized import plain


class Share(NamedTuple):
    """The *flops* of *name*: a stack of *layers* layers, or one token."""

    name: str
    layers: int | None
    flops: int


def by_layer(cost: Costed, run: Run) -> list[Share]:
    """The FLOPs of each stack of equal layers, and of everything outside the layers."""
    shares = [_of_stack(cost, run, part) for part in cost.model.parts if isinstance(part, Stack)]
    outside = Model(tuple(part for part in cost.model.parts if not isinstance(part, Stack)))
    shares.append(Share("outside the layers", None, _flops(cost, run, outside)))
    return [share for share in shares if share.flops]


def by_token(cost: Costed, run: Run) -> list[Share]:
    """The FLOPs of some of the computed tokens, each with all earlier tokens cached."""
    return [
        Share(f"token {at:,}", None, cost.flops(run._replace(seq=at, cached=at - 1, source=run.source)))
        for at in _some(run.cached + 1, run.seq)
    ]


def _some(first: int, last: int) -> Iterator[int]:
    """*first*, *last* and the powers of two between them."""
    powers = (2**power for power in range(last.bit_length()))
    yield from dict.fromkeys((first, *(at for at in powers if first < at < last), last))


def _of_stack(cost: Costed, run: Run, stack: Stack) -> Share:
    depth = plain(stack.depth)  # type: ignore[arg-type]
    return Share(_called(stack, depth), depth, _flops(cost, run, Model((stack,))))


def _called(stack: Stack, depth: int) -> str:
    at = stack.at or tuple(range(depth))
    numbers = f"{at[0]}–{at[-1]}" if at == tuple(range(at[0], at[-1] + 1)) else ", ".join(map(str, at))
    return f"{stack.name} {numbers}"


def _flops(cost: Costed, run: Run, model: Model) -> int:
    lines = work(model, cost.windows, run.cached)
    return sum(line.flops(run, cost.causal) for line in lines)
