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


def source_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give *command* --source."""
    return click.option(
        "--source",
        metavar="S",
        default="",
        help="Positions of each that an encoder reads: its tokens; of sound, half as many as frames. "
        "Default: the config's max_source_positions, if it has any.",
    )(command)


def run_of(spec: Spec, batch: int, seq: str, cached: int = 0, attention: str = "needed", source: str = "") -> Run:
    """The run that the options state of *spec*; raises InputError where none does."""
    length = parse_quantity(seq, "seq") if seq else stated_context(spec)
    read = parse_quantity(source, "source") if source else _all_of_the_source(spec)
    return checked(Run(batch, length, cached, attention, read))


def _all_of_the_source(spec: Spec) -> int:
    """As many positions as an encoder of sound takes, which is given no fewer; 0 where the config says none."""
    design = spec.family.configured(spec.sizes)
    found = design and design.config.get("max_source_positions")
    return found if isinstance(found, int) else 0
