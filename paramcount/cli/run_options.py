"""Options that say what a run is: how many sequences of how many tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


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
