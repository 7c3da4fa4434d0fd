"""`plot flops`: each component's share of a forward pass by sequence length, beside its share of the parameters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import NullLocator

from paramcount.catalog.spec import Spec
from paramcount.comparison import merged
from paramcount.costs.flops import flops
from paramcount.costs.run import Run
from paramcount.costs.work import work
from paramcount.errors import InputError
from paramcount.ledger.operation import SOURCE
from paramcount.report.figures.placing import fit
from paramcount.report.figures.style import TEXT, blank, entitle, ink, legend, look, narrow, wide

LENGTHS = tuple(2**power for power in range(7, 21))  # tokens: 128 to a million
PAIRS = "pairs"
HATCH = "//"  # of what grows with the square of the length
VISIBLE = 0.002  # the least share that is seen
HEIGHT = 1.75  # inches of a row
ROOMY = 6.0  # inches of a figure whose bars are wide enough for their name
MOST = 4  # models on a page


def figure(specs: Sequence[Spec]) -> Figure:
    """A row for each model: its parameters' shares as a bar, and those of its FLOPs as an area over the length."""
    if len(specs) > MOST:
        raise InputError(f"plot flops: {len(specs)} models; valid: up to {MOST}")
    drawn = blank()
    grid = drawn.add_gridspec(len(specs), 2)
    most: dict[str, float] = {}
    for place, spec in enumerate(specs):
        for name, share in _row(drawn, grid, place, spec, last=place == len(specs) - 1).items():
            most[name] = max(share, most.get(name, 0.0))
    entitle(drawn, "FLOPs of a forward pass by sequence length", specs)
    names = [name for name in reduce(merged, (list(most),)) if most[name] >= VISIBLE]
    handles = [Patch(**_look(name), linewidth=0, label=_label(name)) for name in names]
    if narrow():
        legend(drawn, handles, 2)
    else:
        drawn.legend(handles=handles[::-1], loc="center right", handlelength=1.6)
    plots = [drawn.axes[start : start + 2] for start in range(0, 2 * len(specs), 2)]
    fit(drawn, plots, HEIGHT, not narrow(), (1, 3 if wide() < ROOMY else 7))
    return drawn


def _row(drawn: Figure, grid: Any, place: int, spec: Spec, last: bool) -> dict[str, float]:
    """Draw a model's row; give each component's largest share, of parameters or of FLOPs at any length."""
    shares = _shares(spec)
    params = {name: params for name, params in spec.model().by_component().items() if params}
    own = {name: number / sum(params.values()) for name, number in params.items()}
    bar = drawn.add_subplot(grid[place, 0])
    area = drawn.add_subplot(grid[place, 1])
    _bar(bar, own)
    _area(area, reduce(merged, (list(one) for one in shares)), shares)
    area.set_title(spec.title(), loc="left", fontsize=TEXT)
    if last:
        area.set_xlabel("sequence length (tokens)")
    names = reduce(merged, (list(one) for one in (own, *shares)))
    return {name: max(one.get(name, 0.0) for one in (own, *shares)) for name in names}


def _shares(spec: Spec) -> list[dict[str, float]]:
    """Each component's share of a forward pass, for each of LENGTHS."""
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
    """A component, and whether it works on pairs of tokens; windows, sources and chunks are not told apart."""
    component, _, per = name.partition(", ")
    return f"{component}, {PAIRS}" if PAIRS in per else component


def _bar(axes: Axes, own: dict[str, float]) -> None:
    bottom = 0.0
    for name, share in own.items():
        axes.bar(0, 100 * share, 0.8, bottom, linewidth=0.3, **_look(name))
        bottom += 100 * share
    axes.set_xticks([0], ["param-\neters" if wide() < ROOMY else "parameters"])
    axes.tick_params("x", length=0)
    axes.set_ylim(0, 100)
    axes.set_ylabel("share (%)")


def _area(axes: Axes, names: list[str], shares: list[dict[str, float]]) -> None:
    stacks = [[100 * one.get(name, 0.0) for one in shares] for name in names]
    looks = [_look(name) for name in names]
    areas = axes.stackplot(LENGTHS, stacks, colors=[one["facecolor"] for one in looks], linewidth=0.3)
    for area, one in zip(areas, looks, strict=True):
        area.set(hatch=one["hatch"], edgecolor=one["edgecolor"])
    axes.set_xscale("log", base=2)
    ticks = LENGTHS[:: 5 if narrow() else 3]
    axes.set_xticks(ticks, [_short(tick) for tick in ticks])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlim(LENGTHS[0], LENGTHS[-1])
    axes.set_ylim(0, 100)
    axes.set_yticklabels([])


def _short(tokens: int) -> str:
    return f"{tokens // 2**20}M" if tokens >= 2**20 else f"{tokens // 1024}K" if tokens >= 1024 else str(tokens)


def _look(name: str) -> dict[str, Any]:
    """How a component is filled; work on pairs of tokens has a hatch of its own."""
    looks = look(name.partition(",")[0])
    return looks | {"hatch": HATCH, "edgecolor": ink(looks["facecolor"])} if name.endswith(PAIRS) else looks


def _label(name: str) -> str:
    return name.replace(f", {PAIRS}", ", pairs of tokens")
