"""Options for what each rank holds: --tp and --pp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from paramcount.cli.values import Whole
from paramcount.report.rows import Report


def rank_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --tp and --pp to *command*."""
    stages = "Count what each rank holds with N pipeline stages."
    command = click.option("--pp", metavar="N", type=Whole(), help=stages)(command)
    shares = "Count what each rank holds under N-way tensor parallelism."
    return click.option("--tp", metavar="N", type=Whole(), help=shares)(command)


def on_ranks(model: str, changes: tuple[str, ...], tp: int | None, pp: int | None) -> Report:
    """The report on what each rank holds of *model*."""
    from paramcount.catalog.locate import resolve
    from paramcount.catalog.spec import OF_COSTS
    from paramcount.costs.memory.per_rank import per_rank
    from paramcount.report.per_rank import per_rank_report

    spec = resolve(model, changes, OF_COSTS)
    return per_rank_report(spec, per_rank(spec, tp or 1, pp or 1))
