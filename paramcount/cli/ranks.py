"""Options that ask what one rank holds: --tp and --pp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from paramcount.report.rows import Report


def rank_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give *command* --tp and --pp."""
    stages = "What one rank holds, of so many pipeline stages."
    command = click.option("--pp", metavar="N", type=click.IntRange(1), help=stages)(command)
    shares = "What one rank holds, of so many that share every layer (tensor parallelism)."
    return click.option("--tp", metavar="N", type=click.IntRange(1), help=shares)(command)


def on_ranks(model: str, changes: tuple[str, ...], tp: int | None, pp: int | None) -> Report:
    """What each rank holds of *model*."""
    from paramcount.catalog.locate import resolve
    from paramcount.catalog.spec import OF_COSTS
    from paramcount.costs.memory.per_rank import per_rank
    from paramcount.report.per_rank import per_rank_report

    spec = resolve(model, changes, OF_COSTS)
    return per_rank_report(spec, per_rank(spec, tp or 1, pp or 1))
