"""`paramcount compare A B …`: what differs between models, and which hyperparameter it comes from."""

from __future__ import annotations

import click

from paramcount.catalog.locate import resolve
from paramcount.catalog.spec import Spec
from paramcount.cli.options import complete_models, output_options, part_option, set_option
from paramcount.comparison import compare
from paramcount.errors import InputError, printable
from paramcount.report.compare import compared
from paramcount.report.rows import Report

EPILOG = """\b
Examples:
  paramcount compare gpt2-small gpt2-xl
  paramcount compare gpt3-xl gpt3-xl:n_heads=16
  paramcount compare gpt2-xl gpt3-xl opt-1.3b --set n_vocab=50304
  paramcount compare gpt1 gpt2-small --json
  paramcount compare ./config.json llama-3.1-8b
"""


@click.command("compare", epilog=EPILOG)
@click.argument("models", metavar="MODEL MODEL…", nargs=-1, required=True, shell_complete=complete_models)
@set_option
@part_option
@output_options
def command(models: tuple[str, ...], changes: tuple[str, ...], part: str) -> Report:
    """Compare models: the difference in each component, its ratio, and which hyperparameter it comes from.

    The first MODEL is what the others are compared with. A MODEL may carry changes of its own, as in
    gpt3-xl:n_heads=16,d_ff=8192; --set is for all of them.

    Each hyperparameter that differs is given its Shapley value: what changing it adds, averaged over all orders in
    which the changes can be made. These parts add up to the difference.
    """
    if len(models) < 2:
        raise InputError(f"compare {models[0]}: one model; valid: two or more, e.g. {models[0]} gpt2-xl")
    labels, specs = zip(*(_read(model, changes, part) for model in models), strict=True)
    return compared(labels, [compare(specs[0], spec) for spec in specs[1:]], changes)


def _read(token: str, shared: tuple[str, ...], part: str) -> tuple[str, Spec]:
    """gpt3-xl:n_heads=16 as what it is called and what it is; *shared* changes give way to its own."""
    name, colon, changes = token.partition(":")
    own = changes.split(",") if colon else []
    if wrong := [change for change in own if "=" not in change]:
        raise InputError(f"{token}: {wrong[0]!r} is no change; valid: MODEL:FIELD=VALUE,FIELD=VALUE, no commas within")
    spec = resolve(name, [*shared, *own], part)
    return printable(f"{spec.name}{colon}{changes}"), spec
