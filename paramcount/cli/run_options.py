"""Options that describe a run: the number of sequences and their length."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from paramcount.cli.values import Whole
from paramcount.quantity import parse_quantity


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --batch and --seq to *command*."""
    seq = "Tokens per sequence. Default: the model's n_ctx."
    command = click.option("--seq", metavar="T", default="", help=seq)(command)
    return click.option("--batch", metavar="B", type=Whole(), default=1, help="Sequences. Default: 1.")(command)


def source_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --source to *command*."""
    return click.option(
        "--source",
        metavar="S",
        default="",
        help="Positions the encoder reads per sequence: its tokens, or for audio half as many as frames. "
        "Default: the config's max_source_positions, if it has one.",
    )(command)


def tokens_of(option: str, text: str) -> int | None:
    """The number of tokens that *text*, the value of *option*, states; None if it is not given."""
    return parse_quantity(text, option) if text else None
