"""A model's multiply-adds and caches by component, summed over its blocks, with formulas."""

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
Windows = Sequence[Window | None]  # of the layers, by number; None sees all tokens


class Work(NamedTuple):
    """*macs* multiply-adds of a *component* per *per*, over all its layers with this *window* or *chunk*."""

    component: str
    macs: Any
    per: str
    window: Window | None = None
    chunk: int = 0

    @property
    def counted(self) -> str:
        """*per* in the plural: tokens, pairs of chunks."""
        one, *of = re.split("(?= of | within )", self.per)
        return "".join((f"{one}s", *of))

    def flops(self, run: Run, causal: bool) -> int:
        """The FLOPs in *run*, two per multiply-add."""
        return 2 * int(self.macs) * run.times(self.per, causal, self.window, self.chunk)

    def formula(self) -> Polynomial:
        """The FLOPs as a formula in the sizes and the run's tokens and pairs.

        pairs_512 are pairs within a window of 512, chunks_64 are chunks of 64 tokens.
        """
        size = self.window.size if self.window else self.chunk
        counted = self.counted.replace(" ", "_")
        symbol = f"{counted}_{size}" if size else counted
        return 2 * formula_of(self.macs) * Polynomial.symbol(symbol)


class Keep(NamedTuple):
    """The *numbers* that *layers* layers of a *component* keep per *per*, within their *window*."""

    component: str
    numbers: int
    per: str
    dtype: str
    window: Window | None
    layers: int


class Passed(NamedTuple):
    """A part that a token passes through, in *times* copies with this window."""

    part: Part
    times: Any
    window: Window | None


def work(model: Model, windows: Windows = (), cached: int = 0) -> list[Work]:
    """The multiply-adds of *model*: one line for each component and *per*, in the components' order.

    If no token is *cached*, all tokens seen are computed ones.
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
    """The caches of *model*: one line for each kind of layer.

    *number* and *layers* convert sizes and numbers of layers: to ints, or with `formula_of` to formulas.
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
    """The number of weights that each token is multiplied by: a tied head's are included, an embedding's are not."""
    return sum((line.macs for line in lines if line.per in (TOKEN, SEEN)), 0)


def _passed(model: Model, windows: Windows) -> Iterator[Passed]:
    """Each part, and how many copies of it a token passes through, with one line per window."""
    alone = sum(isinstance(part, Stack) and _attends(part.layer) for part in model.parts) == 1
    for part in model.parts:
        if not isinstance(part, Stack):
            yield Passed(part, 1, None)
            continue
        for window, layers in _by_window(part, windows, alone):
            for inner, times in _inner(part.layer, layers):
                yield Passed(inner, times, window)


def _by_window(stack: Stack, windows: Windows, alone: bool) -> list[tuple[Window | None, Any]]:
    """The windows of the layers of *stack*, and how many of these layers a token passes through.

    If it is the only (*alone*) stack that attends, the numbers of layers get symbols.
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
    """Whether any of *parts* attends."""
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
