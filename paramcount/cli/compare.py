"""`paramcount compare A B …`: how models differ, and which hyperparameters account for it."""

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
    """Compare models component by component and attribute the difference to hyperparameters.

    Every other MODEL is compared with the first. A MODEL may have changes of its own, as in
    gpt3-xl:n_heads=16,d_ff=8192; --set applies to all of them.

    Each hyperparameter that differs gets its Shapley value: the parameters it adds, averaged over all orders of making
    the changes. The values add up to the difference exactly.
    """
    if len(models) < 2:
        raise InputError(f"compare {models[0]}: only one model given; valid: two or more, e.g. {models[0]} gpt2-xl")
    labels, specs = zip(*(_read(model, changes, part) for model in models), strict=True)
    return compared(labels, [compare(specs[0], spec) for spec in specs[1:]], changes)


def _read(token: str, shared: tuple[str, ...], part: str) -> tuple[str, Spec]:
    """The label and Spec of *token*, e.g. gpt3-xl:n_heads=16; its own changes take precedence over *shared* ones."""
    name, colon, changes = token.partition(":")
    own = changes.split(",") if colon else []
    if wrong := [change for change in own if "=" not in change]:
        said = f"{wrong[0]!r} is not a change" if wrong[0] else "a change is missing"
        raise InputError(f"{token}: {said}; valid: MODEL:FIELD=VALUE,FIELD=VALUE, without other commas")
    spec = resolve(name, [*shared, *own], part)
    return printable(f"{spec.name}{colon}{changes}"), spec
