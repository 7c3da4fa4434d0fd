"""What a model multiplies and keeps, by component: sums over its blocks, with their formulas."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from paramcount.costs.run import Run
from paramcount.ledger.model import Model, Part, Stack, place
from paramcount.ledger.operation import CROSS_PAIR, PAIR, SEEN, SOURCE_PAIR, TOKEN, kept, operations
from paramcount.ledger.polynomial import Polynomial
from paramcount.ledger.sized import Sized, formula_of, plain
from paramcount.ledger.window import Window

PAIRS = (PAIR, SOURCE_PAIR, CROSS_PAIR)
Windows = Sequence[Window | None]  # of the layers, by their numbers; none sees all


class Work(NamedTuple):
    """*macs* multiply-adds of a *component* for each *per*, in all its layers of this *window*, or this *chunk*."""

    component: str
    macs: Any
    per: str
    window: Window | None = None
    chunk: int = 0

    @property
    def counted(self) -> str:
        """What there are many of: tokens, pairs of chunks."""
        one, *of = re.split("(?= of | within )", self.per)
        return "".join((f"{one}s", *of))

    def flops(self, run: Run, causal: bool) -> int:
        """Two for each multiply-add."""
        return 2 * int(self.macs) * run.times(self.per, causal, self.window, self.chunk)

    def formula(self) -> Polynomial:
        """The same over the sizes and the run's tokens and pairs.

        pairs_512 are those within a window of 512, chunks_64 those of 64 tokens.
        """
        size = self.window.size if self.window else self.chunk
        counted = self.counted.replace(" ", "_")
        symbol = f"{counted}_{size}" if size else counted
        return 2 * formula_of(self.macs) * Polynomial.symbol(symbol)


class Keep(NamedTuple):
    """*numbers* that *layers* layers of a *component* keep for each *per*, as far as their *window* reaches."""

    component: str
    numbers: int
    per: str
    dtype: str
    window: Window | None
    layers: int


class Passed(NamedTuple):
    """A part that a token passes: in *times* copies, the window of each being this one."""

    part: Part
    times: Any
    window: Window | None


def work(model: Model, windows: Windows = (), cached: int = 0) -> list[Work]:
    """What *model* multiplies, a line for each component and what it is multiplied for, in the components' order.

    Where no token is *cached*, those that are seen are those that are computed.
    """
    sums: dict[tuple[Any, ...], Any] = {}
    for part, times, window in _passed(model, windows):
        for macs, stated, chunk in operations(part.block):
            per = TOKEN if stated == SEEN and not cached else stated
            key = (part.component, per, window if per == PAIR else None, plain(chunk))
            sums[key] = sums.get(key, 0) + macs * times
    lines = [Work(component, macs, per, window, chunk) for (component, per, window, chunk), macs in sums.items()]
    return sorted(lines, key=lambda line: place(line.component))


def keeps(
    model: Model, windows: Windows = (), number: Callable[[Any], Any] = int, layers: Callable[[Any], Any] = int
) -> list[Keep]:
    """What a cache keeps, a line for each kind of layer that keeps other than the others.

    *number* makes of a size what stands in them, and *layers* of how many layers there are: the number that it is, or
    with `formula_of` its formula.
    """
    sums: dict[tuple[Any, ...], Any] = {}
    for part, times, window in _passed(model, windows):
        for stated, per, dtype in kept(part.block):
            if int(stated):  # type: ignore[call-overload]
                key = (part.component, number(stated), per, dtype, window if per == TOKEN else None)
                sums[key] = sums.get(key, 0) + layers(times)
    return [
        Keep(component, numbers * times, per, dtype, window, times)
        for (component, numbers, per, dtype, window), times in sums.items()
    ]


def multiplied(lines: list[Work]) -> Any:
    """The weights that a token is multiplied by: those of a tied head are, those of an embedding are not."""
    return sum((line.macs for line in lines if line.per in (TOKEN, SEEN)), 0)


def _passed(model: Model, windows: Windows) -> Iterator[Passed]:
    """Each part, and how many of it a token passes; in layers of several windows a line for each of them."""
    alone = sum(isinstance(part, Stack) and _attends(part.layer) for part in model.parts) == 1
    for part in model.parts:
        if not isinstance(part, Stack):
            yield Passed(part, 1, None)
            continue
        for window, layers in _by_window(part, windows, alone):
            for inner, times in _inner(part.layer, layers):
                yield Passed(inner, times, window)


def _by_window(stack: Stack, windows: Windows, alone: bool) -> list[tuple[Window | None, Any]]:
    """The windows that layers of *stack* have, and how many of them a token passes.

    Where it stands *alone*, so that there is no other of which that would be said, their numbers have names.
    """
    if not windows or not _attends(stack.layer):
        return [(None, stack.passes())]
    numbers = stack.at or range(plain(stack.depth))  # type: ignore[arg-type]
    found = Counter(windows[number] for number in numbers)
    if len(found) == 1:
        return [(next(iter(found)), stack.passes())]
    (most, _), *others = found.most_common()
    rest = [(window, _named(window, layers) if alone else layers) for window, layers in others]
    remaining = stack.passes() + -1 * sum(layers for _, layers in rest)
    return [(most, remaining), *rest]


def _attends(parts: tuple[Part | Stack, ...]) -> bool:
    """Whether any of *parts* multiplies pairs."""
    blocks = (part.block for part, _ in _inner(parts, 1))
    return any(operation.per == PAIR for block in blocks for operation in operations(block))


def _named(window: Window | None, layers: int) -> Any:
    return Sized.named(f"n_{window.kind}_layers" if window else "n_full_layers", layers)


def _inner(parts: tuple[Part | Stack, ...], times: Any) -> Iterator[tuple[Part, Any]]:
    for part in parts:
        if isinstance(part, Stack):
            yield from _inner(part.layer, times * part.passes())
        else:
            yield part, times
