"""`paramcount plot KIND [MODEL…] -o FILE`: figures."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

import click

from paramcount.catalog.locate import resolve
from paramcount.catalog.recomputed import table_named
from paramcount.catalog.spec import Spec
from paramcount.cli import completion
from paramcount.cli.options import complete_models, set_option
from paramcount.cli.progress import shown, watched
from paramcount.cli.table import complete_tables
from paramcount.cli.values import Choice
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
    """The tables that --table names."""
    return tuple(map(table_named, given))


@click.command("plot", epilog=EPILOG)
@click.argument("kind", metavar="KIND", type=Choice(list(KINDS)))
@click.argument("models", metavar="[MODEL…]", nargs=-1, shell_complete=complete_models)
@click.option("--table", "chosen", metavar="TABLE", multiple=True, callback=read_tables, shell_complete=complete_tables,
              help="Every model of this published table. Repeatable.")  # fmt: skip
@set_option
@click.option("--params", metavar="BUDGET", help="budget: mark the shapes that `paramcount solve --params` finds.")
@click.option("--tokens", metavar="D", help="train: the training tokens: 300B.")
@click.option("--gpu", metavar="NAME", shell_complete=completion.accelerators,
              help="train: the device: a100-80gb, h100-sxm.")  # fmt: skip
@click.option("--mfu", metavar="SHARE", help="train: the share of peak FLOP/s achieved: 40%.")
@click.option("--tflops", metavar="X", help="train: the same in TFLOP/s per device.")
@click.option("--like", metavar="RUN", shell_complete=completion.runs,
              help="train: the same as a published run's: llama-2-70b.")  # fmt: skip
@click.option("--devices", metavar="N", help="train: the number of devices.")
@click.option("--days", metavar="T", help="train: days from start to end.")
@click.option("--price", metavar="USD", help="train: dollars per device-hour.")
@click.option("--law", metavar="LAW", shell_complete=completion.laws,
              help=f"scaling, isoflop: the law that gives the losses. Default: {LAW}.")  # fmt: skip
@click.option("--width", metavar="single|double|INCHES", default="double", shell_complete=completion.widths,
              help="Width: a column (single, 3.3 in), a page (double, 7 in) or INCHES. Default: double.")  # fmt: skip
@click.option("--no-title", "untitled", is_flag=True, help="Leave the title out, for figures with a caption.")
@click.option("-o", "--output", metavar="FILE", required=True, type=click.Path(),
              help="The figure to write: .png, .svg or .pdf.")  # fmt: skip
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
    """Draw a figure of models, published tables, costs or scaling laws.

    \b
    KIND is one of:
      share    each component's share of the parameters, as models grow
      error    printed counts against exact ones, with their rounding intervals
      budget   layers against width, with curves of equal count
      scale    every tensor of one model as a rectangle drawn to scale
      memory   one model's memory in each number format and training recipe
      audit    one table's printed counts against its recomputed ones
      flops    each component's share of a forward pass, by sequence length
      train    days against devices for a training run, with lines of equal cost
      scaling  loss against compute, under scaling laws, with published runs
      isoflop  loss against size at equal compute, with each law's best size

    Without MODEL or --table, KIND draws GPT-2 and GPT-3, except: budget without --params draws every model of family
    gpt; scale, flops and memory gpt3-175b; audit the table gpt3; train the published runs only.
    """
    need("plot", "matplotlib")
    form = _format(output)
    inches_of(width)
    check(kind, asked)
    if changes and (kind in UNCHANGED or (kind == "train" and not models and not chosen)):
        valid = "a MODEL" if kind == "train" else "kinds that draw models"
        raise InputError(f"--set {changes[0]}: plot {kind} draws no model here; valid: with {valid}")

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
        wrong = f"unknown suffix {suffix!r}" if suffix else "no suffix to tell the format"
        raise InputError(f"-o {output}: {wrong}; valid: {', '.join(SUFFIXES)}")
    return SUFFIXES[suffix]
