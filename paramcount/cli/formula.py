"""`paramcount formula MODEL|FAMILY`: the exact count as a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from paramcount.catalog.families import FAMILIES
from paramcount.cli import completion
from paramcount.cli.options import complete_models, output_options, part_option, set_option
from paramcount.errors import InputError
from paramcount.report.rows import Report

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

EPILOG = """\b
Examples:
  paramcount formula gpt
  paramcount formula gpt2-small --format tex
  paramcount formula deepseek-v3 --expand
  paramcount formula gpt --assume n_heads*d_head=d_model,d_ff=4*d_model
  paramcount formula gpt3-175b --leading
  paramcount formula ./config.json --leading
  paramcount formula gpt2-xl --assume n_heads*d_head=d_model --solve-for d_model
"""


def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Shell completion for models and families."""
    from click.shell_completion import CompletionItem

    families = [CompletionItem(name) for name in FAMILIES if name.startswith(incomplete)]
    return [*families, *complete_models(ctx, param, incomplete)]


@click.command("formula", epilog=EPILOG)
@click.argument("name", metavar="MODEL|FAMILY", shell_complete=complete)
@set_option
@part_option
@click.option(
    "--assume",
    "assumptions",
    metavar="EQUATIONS",
    multiple=True,
    shell_complete=completion.assumed,
    help="Substitute these equations, left side by right side: n_heads*d_head=d_model,d_ff=4*d_model.",
)
@click.option("--leading", is_flag=True, help="Show the leading terms, and how far the exact count exceeds them.")
@click.option("--expand", is_flag=True, help="Multiply the formula out instead of factoring it.")
@click.option(
    "--solve-for",
    metavar="SIZE",
    default="",
    shell_complete=completion.sizes,
    help="Solve for this size in closed form, given the total N.",
)
@output_options
def command(
    name: str,
    changes: tuple[str, ...],
    part: str,
    assumptions: tuple[str, ...],
    leading: bool,
    expand: bool,
    solve_for: str,
) -> Report:
    """Write the exact parameter count as a formula, per component and in total.

    For a MODEL, the counts are shown as well, unless its sizes violate an assumption; for a FAMILY, all sizes stay
    symbols.
    """
    from paramcount.formula.relations import read_relations
    from paramcount.formula.statement import read_subject, state
    from paramcount.report.formula import formula_report

    subject = read_subject(name, changes, part)
    valid = subject.family.sizes
    if solve_for and solve_for not in valid:
        raise InputError(f"--solve-for {solve_for}: not a size of {subject.family.name}; valid: {', '.join(valid)}")
    return formula_report(state(subject, read_relations(assumptions, valid), solve_for), leading, solve_for, expand)
