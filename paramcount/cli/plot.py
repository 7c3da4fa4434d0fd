"""`paramcount plot KIND [MODEL…] -o FILE`: figures."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

import click

from paramcount.catalog.locate import resolve
from paramcount.catalog.spec import Spec
from paramcount.cli import completion
from paramcount.cli.options import complete_models, set_option
from paramcount.cli.progress import shown, watched
from paramcount.cli.table import complete_tables, read_table
from paramcount.errors import InputError, printable
from paramcount.extras import need
from paramcount.papers.preamble import Table
from paramcount.report.figures import BY_LAW, KINDS, LAW, SUFFIXES, draw, drawing, inches_of
from paramcount.report.figures.subject import check, subject
from paramcount.report.written import write_file

EPILOG = """\b
Examples:
  paramcount plot share -o share.png
  paramcount plot error --table gpt3 --table gpt3-compute -o error.pdf
  paramcount plot error gpt3-xl --set n_heads=16 -o xl.svg
  paramcount plot budget --params 100T -o budget.svg
  paramcount plot scale gpt3 -o inside.png
  paramcount plot flops gpt3-175b llama-3.1-8b -o flops.svg
  paramcount plot memory llama-3.1-8b -o memory.svg
  paramcount plot audit --table gpt3 -o audit.svg
  paramcount plot scale ./config.json -o mine.pdf
  paramcount plot train gpt3-175b --tokens 300B --gpu a100-80gb --mfu 40% --price 2 -o train.svg
  paramcount plot scaling -o loss.svg
  paramcount plot isoflop --law chinchilla-3 -o isoflop.svg
  paramcount plot share $(paramcount models -q) -o all.pdf
"""

UNCHANGED = ("audit", *BY_LAW)  # kinds without models


def read_tables(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> tuple[Table, ...]:
    return tuple(read_table(ctx, param, name) for name in given)


@click.command("plot", epilog=EPILOG)
@click.argument("kind", metavar="KIND", type=click.Choice(list(KINDS)))
@click.argument("models", metavar="[MODEL…]", nargs=-1, shell_complete=complete_models)
@click.option("--table", "chosen", metavar="TABLE", multiple=True, callback=read_tables, shell_complete=complete_tables,
              help="Every model of a published table; repeatable.")  # fmt: skip
@set_option
@click.option(
    "--params", metavar="BUDGET", help="budget: mark the shapes that `paramcount solve --params BUDGET` finds."
)
@click.option("--tokens", metavar="D", help="train: the number of training tokens.")
@click.option(
    "--gpu",
    metavar="NAME",
    shell_complete=completion.accelerators,
    help="train: the device; this and the options to --price are those of `paramcount train`.",
)
@click.option("--mfu", metavar="SHARE")
@click.option("--tflops", metavar="X")
@click.option("--like", metavar="RUN", shell_complete=completion.runs)
@click.option("--devices", metavar="N")
@click.option("--days", metavar="T")
@click.option("--price", metavar="USD")
@click.option(
    "--law",
    metavar="LAW",
    shell_complete=completion.laws,
    help=f"scaling, isoflop: the law that gives the losses. Default: {LAW}.",
)
@click.option("--width", metavar="single|double|INCHES", default="double", shell_complete=completion.widths,
              help="The width: a column (3.3 in), a page (7 in, the default), or inches.")  # fmt: skip
@click.option("--no-title", "untitled", is_flag=True, help="Leave out the title, for a figure with a caption.")
@click.option("-o", "--output", metavar="FILE", required=True, type=click.Path(),
              help="Where to write the figure: .png, .svg or .pdf.")  # fmt: skip
def command(
    kind: str,
    models: tuple[str, ...],
    chosen: tuple[Table, ...],
    changes: tuple[str, ...],
    width: str,
    untitled: bool,
    output: str,
    **asked: str | None,
) -> None:
    """Draw a figure.

    \b
    share   where the parameters are: each component's share, by model size
    error   exact counts against printed figures, with the interval that the digits admit
    budget  layers against width, with curves of equal count and published models
    scale   every tensor of one model as a rectangle drawn to scale
    memory  memory of one model for inference in each format and training by each recipe
    audit   one table's printed figures, the recomputed counts, and the counts once explained
    flops   each component's share of a forward pass by sequence length
    train   days against devices, with lines of equal cost and published runs
    scaling loss against compute by scaling laws, with published runs
    isoflop loss against size at equal compute, with the best size by each scaling law

    Without MODEL and --table: GPT-2 and GPT-3 (share, error); all of family gpt (budget); gpt3-175b (scale, flops,
    memory); table gpt3 (audit); published runs only (train).
    """
    need("plot", "matplotlib")
    form = _format(output)
    inches_of(width)
    check(kind, asked)
    if changes and (kind in UNCHANGED or (kind == "train" and not models and not chosen)):
        valid = "a MODEL" if kind == "train" else "kinds that draw models"
        raise InputError(f"--set {changes[0]}: plot {kind} draws no model here; valid with: {valid}")

    def read(named: Sequence[Any], part: str) -> Iterable[Spec]:
        return (resolve(name, changes, part) for name in watched(named, "reading models"))

    with shown(f"drawing {kind}"):
        found, said = subject(kind, models, chosen, read, **asked)
        content = drawing(draw(kind, *found, width=width, title=not untitled), form)
    write_file(output, content)
    click.echo(printable(f"wrote {output}: {KINDS[kind]} ({said})"), err=True)


def _format(output: str) -> str:
    suffix = os.path.splitext(output)[1].lower()
    if suffix not in SUFFIXES:
        raise InputError(f"-o {output}: unknown suffix {suffix!r}; valid: {', '.join(SUFFIXES)}")
    return SUFFIXES[suffix]
