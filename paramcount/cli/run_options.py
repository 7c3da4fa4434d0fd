"""Options that say what a run is: how many sequences of how many tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from paramcount.catalog.spec import Spec
from paramcount.costs.run import Run, checked
from paramcount.costs.stated import stated_context
from paramcount.quantity import parse_quantity


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give *command* --batch and --seq."""
    command = click.option("--seq", metavar="T", default="", help="Tokens of a sequence. Default: the model's n_ctx.")(
        command
    )
    return click.option("--batch", metavar="B", type=click.IntRange(1), default=1, help="Sequences. Default: 1.")(
        command
    )


def run_of(spec: Spec, batch: int, seq: str, cached: int = 0, attention: str = "needed") -> Run:
    """The run that the options state of *spec*; raises InputError where none does."""
    length = parse_quantity(seq, "seq") if seq else stated_context(spec)
    return checked(Run(batch, length, cached, attention))
