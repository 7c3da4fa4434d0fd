"""`paramcount plot KIND [MODEL…] -o FILE`: figures."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from paramcount.auditing.table import audit
from paramcount.catalog.locate import resolve
from paramcount.catalog.names import of_tables
from paramcount.catalog.recomputed import table_named
from paramcount.catalog.spec import OF_COSTS, WHOLE
from paramcount.cli import completion
from paramcount.cli.options import complete_models, set_option
from paramcount.cli.progress import shown, watched
from paramcount.cli.table import complete_tables
from paramcount.cli.values import Choice
from paramcount.errors import InputError, printable
from paramcount.extras import need
from paramcount.papers.preamble import Table
from paramcount.papers.tables import tables
from paramcount.quantity import parse_quantity
from paramcount.report.figures import BY_LAW, COSTS, KINDS, LAW, SUFFIXES, draw, drawing, inches_of
from paramcount.report.written import write_file

if TYPE_CHECKING:
    from paramcount.report.figures.budget import Budget

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
    params: str | None,
    law: str | None,
    width: str,
    untitled: bool,
    output: str,
    **asked: Any,
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
    if params is not None and kind != "budget":
        raise InputError(f"--params {params}: plot {kind} has no budget; valid: with plot budget")
    if kind != "train" and (given := [name for name, value in asked.items() if value is not None]):
        raise InputError(f"--{given[0]} {asked[given[0]]}: plot {kind} shows no training; valid: with plot train")
    if law is not None and kind not in BY_LAW:
        raise InputError(f"--law {law}: plot {kind} uses no scaling law; valid: with plot {' or '.join(BY_LAW)}")
    with shown(f"drawing {kind}"):
        subject: tuple[object, ...]
        if kind == "train":
            subject, drawn = _training(models, chosen, changes, asked)
        elif kind in BY_LAW:
            subject, drawn = (_law(kind, models or changes or chosen, law or LAW),), law or LAW
        elif kind == "audit":
            table = _table(models, chosen, changes)
            subject, drawn = (audit(table),), table.name
        else:
            subject, drawn = _models(kind, [*models, *_rows(chosen)], changes, params)
        content = drawing(draw(kind, *subject, width=width, title=not untitled), form)
    write_file(output, content)
    click.echo(printable(f"wrote {output}: {KINDS[kind]} ({drawn})"), err=True)


def _models(
    kind: str, models: list[str], changes: tuple[str, ...], params: str | None
) -> tuple[tuple[object, ...], str]:
    """The models and what is marked beside them, and a short name for both."""
    part = OF_COSTS if kind in COSTS else WHOLE
    named = watched(models or _default(kind, params), "reading models")
    found = (resolve(name, changes, part) for name in named)
    specs = list({spec.name: spec for spec in found}.values())
    subject = (specs,) if params is None else (specs, _budget(params))
    return subject, specs[0].title() if len(specs) == 1 else f"{len(specs)} models"


def _training(
    models: tuple[str, ...], chosen: tuple[Table, ...], changes: tuple[str, ...], asked: dict[str, Any]
) -> tuple[tuple[object, ...], str]:
    """The training runs of *models* that *asked* describes, and a short name for them."""
    from paramcount.costs.training import train

    names = [*models, *_rows(chosen)]
    if not names and (changes or any(value is not None for value in asked.values())):
        raise InputError("plot train: no model to train; valid: plot train MODEL --tokens 300B …")
    trainings = [train(resolve(name, changes, OF_COSTS), **asked) for name in names]
    if any(training.device_hours is None for training in trainings):
        raise InputError(
            "plot train: no utilisation given; valid: --gpu NAME with --mfu 40%, --tflops 28 or --like RUN"
        )
    return (trainings,), f"{len(trainings) or 'no'} training{'' if len(trainings) == 1 else 's'}"


def _law(kind: str, given: Sequence[object], law: str) -> str:
    if given:
        raise InputError(f"plot {kind}: draws scaling laws, not models; valid: plot {kind} --law {law}")
    return law


def _table(models: tuple[str, ...], chosen: tuple[Table, ...], changes: tuple[str, ...]) -> Table:
    if models or changes or len(chosen) > 1:
        raise InputError("plot audit: draws one published table; valid: paramcount plot audit --table NAME")
    return chosen[0] if chosen else tables()["gpt3"]


def _format(output: str) -> str:
    suffix = os.path.splitext(output)[1].lower()
    if suffix not in SUFFIXES:
        wrong = f"unknown suffix {suffix!r}" if suffix else "no suffix to tell the format"
        raise InputError(f"-o {output}: {wrong}; valid: {', '.join(SUFFIXES)}")
    return SUFFIXES[suffix]


def _rows(chosen: Iterable[Table]) -> list[str]:
    return [model for table in chosen for model in table.models.values()]


def _default(kind: str, params: str | None) -> list[str]:
    if kind in ("scale", "flops", "memory"):
        return ["gpt3-175b"]
    if kind == "budget" and params is None:
        return [spec.name for spec in of_tables() if spec.family.name == "gpt"]
    return _rows([tables()["gpt2"], tables()["gpt3"]])


def _budget(params: str) -> Budget:
    from paramcount.report.figures.budget import Budget
    from paramcount.report.figures.curves import of_defaults
    from paramcount.solver import solve
    from paramcount.solver.defaults import by_budget

    found = solve(parse_quantity(params, "--params"))
    return Budget(found.budget, found.candidates, of_defaults(by_budget(found.budget), f"solve --params {params}"))
