"""Options that describe a run: the number of sequences and their length."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from paramcount.catalog.spec import Spec
from paramcount.cli.values import Whole
from paramcount.costs.run import Run, checked
from paramcount.costs.stated import stated_context
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


def run_of(spec: Spec, batch: int, seq: str, cached: int = 0, attention: str = "needed", source: str = "") -> Run:
    """The run of *spec* that the options describe; raises InputError if neither they nor the model give a length."""
    length = parse_quantity(seq, "--seq") if seq else stated_context(spec)
    read = parse_quantity(source, "--source") if source else _all_of_the_source(spec)
    return checked(Run(batch, length, cached, attention, read))


def _all_of_the_source(spec: Spec) -> int:
    """The positions of an audio encoder, whose input always has full length; 0 if the config states none."""
    design = spec.family.configured(spec.sizes)
    found = design and design.config.get("max_source_positions")
    return found if isinstance(found, int) else 0
