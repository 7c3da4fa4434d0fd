"""`paramcount plot KIND [MODEL…] -o FILE`: figures."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from paramcount.auditing.table import audit
from paramcount.catalog.locate import resolve
from paramcount.catalog.names import of_tables
from paramcount.catalog.spec import OF_COSTS, WHOLE
from paramcount.cli import completion
from paramcount.cli.options import complete_models, set_option
from paramcount.cli.progress import shown, watched
from paramcount.cli.table import complete_tables, read_table
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
    return tuple(read_table(ctx, param, name) for name in given)


@click.command("plot", epilog=EPILOG)
@click.argument("kind", metavar="KIND", type=click.Choice(list(KINDS)))
@click.argument("models", metavar="[MODEL…]", nargs=-1, shell_complete=complete_models)
@click.option("--table", "chosen", metavar="TABLE", multiple=True, callback=read_tables, shell_complete=complete_tables,
              help="Every model of a published table; repeat for more.")  # fmt: skip
@set_option
@click.option("--params", metavar="BUDGET", help="budget: mark what `paramcount solve --params BUDGET` finds.")
@click.option("--tokens", metavar="D", help="train: tokens that MODEL is trained on.")
@click.option(
    "--gpu",
    metavar="NAME",
    shell_complete=completion.accelerators,
    help="train: as in `paramcount train`; so are the following.",
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
    help=f"scaling, isoflop: the law whose losses are drawn. Default: {LAW}.",
)
@click.option("--width", metavar="single|double|INCHES", default="double", shell_complete=completion.widths,
              help="Of a column (3.3 in), of a page (7 in, the default), or in inches.")  # fmt: skip
@click.option("--no-title", "untitled", is_flag=True, help="Without the title, which a caption says.")
@click.option("-o", "--output", metavar="FILE", required=True, type=click.Path(),
              help="Where to write the figure: .png, .svg or .pdf.")  # fmt: skip
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
    """Draw a figure.

    \b
    share   where the parameters are as models grow: the components' shares, stacked
    error   what was printed against the exact count, with the interval its digits admit
    budget  layers against width, with curves of equal count and published models
    scale   every tensor of one model as a rectangle to scale
    memory  what one model takes to answer in each format, and to be trained by each recipe
    audit   one table's printed figures as intervals, the recomputed counts, and the counts once explained
    flops   the components' shares of a forward pass by its length, beside those of the parameters
    train   days against devices for a training, with lines of equal cost and the published runs
    scaling loss against compute: the frontiers of scaling laws, and published runs by one of them
    isoflop loss against size at equal compute, and the size that each scaling law holds best

    Without MODEL and --table: GPT-2 and GPT-3; budget without --params all of family gpt; scale, flops and memory
    gpt3-175b; audit gpt3; train the published runs alone.
    """
    need("plot", "matplotlib")
    form = _format(output)
    inches_of(width)
    if params is not None and kind != "budget":
        raise InputError(f"--params {params}: plot {kind} marks no candidates; valid with: plot budget")
    if kind != "train" and (given := [name for name, value in asked.items() if value is not None]):
        raise InputError(f"--{given[0]} {asked[given[0]]}: of training; valid with: plot train")
    if law is not None and kind not in BY_LAW:
        raise InputError(f"--law {law}: of scaling laws; valid with: plot {' or '.join(BY_LAW)}")
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
    """The models, with what is marked beside them, and what that is in a word."""
    part = OF_COSTS if kind in COSTS else WHOLE
    named = watched(models or _default(kind, params), "reading models")
    found = (resolve(name, changes, part) for name in named)
    specs = list({spec.name: spec for spec in found}.values())
    subject = (specs,) if params is None else (specs, _budget(params))
    return subject, specs[0].title() if len(specs) == 1 else f"{len(specs)} models"


def _training(
    models: tuple[str, ...], chosen: tuple[Table, ...], changes: tuple[str, ...], asked: dict[str, Any]
) -> tuple[tuple[object, ...], str]:
    """The trainings of *models* that *asked* describes, and what they are in a word."""
    from paramcount.costs.training import train

    names = [*models, *_rows(chosen)]
    if not names and (changes or any(value is not None for value in asked.values())):
        raise InputError("plot train: no model that is trained; valid: plot train MODEL --tokens 300B …")
    trainings = [train(resolve(name, changes, OF_COSTS), **asked) for name in names]
    if any(training.device_hours is None for training in trainings):
        raise InputError("plot train: no utilisation; add --gpu NAME with --mfu 40%, or --tflops 28, or --like RUN")
    return (trainings,), f"{len(trainings) or 'no'} training{'' if len(trainings) == 1 else 's'}"


def _law(kind: str, given: Sequence[object], law: str) -> str:
    if given:
        raise InputError(f"plot {kind}: draws scaling laws, no models; valid: plot {kind} --law {law}")
    return law


def _table(models: tuple[str, ...], chosen: tuple[Table, ...], changes: tuple[str, ...]) -> Table:
    if models or changes or len(chosen) > 1:
        raise InputError("plot audit: draws one table as it was printed; valid: paramcount plot audit --table NAME")
    return chosen[0] if chosen else tables()["gpt3"]


def _format(output: str) -> str:
    suffix = os.path.splitext(output)[1].lower()
    if suffix not in SUFFIXES:
        raise InputError(f"-o {output}: unknown suffix {suffix!r}; valid: {', '.join(SUFFIXES)}")
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
