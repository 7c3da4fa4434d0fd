"""`plot flops`: the components' shares of a forward pass against its length, beside their shares of the parameters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from paramcount.catalog.spec import Spec
from paramcount.comparison import merged
from paramcount.costs.flops import flops
from paramcount.costs.run import Run
from paramcount.costs.work import work
from paramcount.errors import InputError
from paramcount.ledger.operation import SOURCE
from paramcount.report.figures.style import SMALL, blank, entitle, legend, narrow, wide
from paramcount.report.palette import hatch, shade

LENGTHS = tuple(2**power for power in range(7, 21))  # tokens: 128 to a million
PAIRS = "pairs"
HATCH = "//"  # what grows with the square of the length, told apart without colour
MOST = 4  # models on a page


def figure(specs: Sequence[Spec]) -> Figure:
    """A row a model: at the left the parameters' shares as a bar, at the right those of the FLOPs by length."""
    if len(specs) > MOST:
        raise InputError(f"plot flops: {len(specs)} models; valid: up to {MOST}")
    drawn = blank(wide(), (2.2 if narrow() else 0.9) + 2.3 * len(specs))
    grid = drawn.add_gridspec(len(specs), 2, width_ratios=(1, 3 if narrow() else 7))
    names: list[str] = []
    for place, spec in enumerate(specs):
        names = merged(names, _row(drawn, grid, place, spec, last=place == len(specs) - 1))
    entitle(drawn, "Where a forward pass goes, by its length (needed pairs)", specs)
    handles = [
        Patch(facecolor=_shade(name), hatch=_hatch(name), edgecolor="white", label=name) for name in reversed(names)
    ]
    legend(drawn, handles, 2, where="outside lower center" if narrow() else "outside right center")
    return drawn


def _row(drawn: Figure, grid: Any, place: int, spec: Spec, last: bool) -> list[str]:
    shares = _shares(spec)
    names = reduce(merged, (list(one) for one in shares))
    own = {name: params for name, params in spec.model().by_component().items() if params}
    bar = drawn.add_subplot(grid[place, 0])
    area = drawn.add_subplot(grid[place, 1])
    _bar(bar, own)
    _area(area, names, shares)
    area.set_title(spec.title(), loc="left", fontsize=SMALL)
    if last:
        area.set_xlabel("tokens of a sequence")
    return merged(list(own), names)


def _shares(spec: Spec) -> list[dict[str, float]]:
    """Each component's share of a forward pass of each of LENGTHS."""
    reads = any(
        line.per == SOURCE for line in work(spec.family.sized(spec.sizes))
    )  # as long a source as what it writes
    runs = (flops(spec, Run(1, length, source=length if reads else 0)) for length in LENGTHS)
    return [{_merged_name(name): 0.0 for name in run.components} | _summed(run.components, run.total) for run in runs]


def _summed(components: dict[str, int], total: int) -> dict[str, float]:
    sums: dict[str, int] = {}
    for name, count in components.items():
        sums[_merged_name(name)] = sums.get(_merged_name(name), 0) + count
    return {name: count / total for name, count in sums.items()}


def _merged_name(name: str) -> str:
    """A component, and whether it is of pairs: windows, sources and chunks are not told apart."""
    component, _, per = name.partition(", ")
    return f"{component}, {PAIRS}" if PAIRS in per else component


def _bar(axes: Axes, own: dict[str, int]) -> None:
    bottom, total = 0.0, sum(own.values())
    for name, params in own.items():
        height = 100 * params / total
        axes.bar(0, height, 0.8, bottom, color=_shade(name), edgecolor="white", linewidth=0.3)
        bottom += height
    axes.set_xticks([0], ["param-\neters" if narrow() else "parameters"])
    axes.tick_params("x", length=0)
    axes.set_ylim(0, 100)
    axes.set_ylabel("share (%)")


def _area(axes: Axes, names: list[str], shares: list[dict[str, float]]) -> None:
    stacks = [[100 * one.get(name, 0.0) for one in shares] for name in names]
    areas = axes.stackplot(LENGTHS, stacks, colors=[_shade(name) for name in names], edgecolor="white", linewidth=0.3)
    for name, area in zip(names, areas, strict=True):
        area.set_hatch(_hatch(name))
    axes.set_xscale("log", base=2)
    ticks = LENGTHS[:: 5 if narrow() else 3]
    axes.set_xticks(ticks, [_short(tick) for tick in ticks])
    axes.set_xlim(LENGTHS[0], LENGTHS[-1])
    axes.set_ylim(0, 100)
    axes.set_yticklabels([])


def _short(tokens: int) -> str:
    return f"{tokens // 2**20}M" if tokens >= 2**20 else f"{tokens // 1024}K" if tokens >= 1024 else str(tokens)


def _shade(name: str) -> str:
    return shade(name.partition(",")[0])


def _hatch(name: str) -> str:
    return HATCH if name.endswith(PAIRS) else hatch(name)
