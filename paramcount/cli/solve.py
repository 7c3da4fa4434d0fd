"""`paramcount solve`: from a number of parameters back to shapes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from paramcount.cli import completion, streams
from paramcount.cli.options import complete_models, output_options
from paramcount.costs.cache import BYTES
from paramcount.costs.memory.asked import DTYPE
from paramcount.costs.memory.footprint import INFERENCE, TRAINING
from paramcount.errors import InputError, printable
from paramcount.report.rows import Report
from paramcount.report.solve import solved
from paramcount.report.solve_within import solved_within
from paramcount.report.written import write_file
from paramcount.solver import RANKS, Solution, solve
from paramcount.solver.asked import solve_within

EPILOG = (
    "\b\nRankings:\n"
    + "\n".join(f"\n\b\n  {rank}\n{click.wrap_text(text, 76, '    ', '    ')}" for rank, text in RANKS.items())
    + """

\b
  Roughness is log(odd part)/log(size) of n_layers plus that of d_model: 0 for a
  power of two, 1 for an odd number; 0 also for a pair that a published model has.
  A --d-ff adds its own.
  Ranked balanced, a shape whose sizes all lie within 10 % of a better one's comes
  after those that differ more. Where n_layers, d_model and --aspect are left open,
  closest and tidy put shapes whose d_model/n_layers is as near to the trend as that
  of any published model before all others.

\b
Examples:
  paramcount solve --params 100T
  paramcount solve --params 1.3B --n-layers 16:32 --multiple-of 128 --tolerance 2%
  paramcount solve --params 100T --powers-of-two
  paramcount solve --params 70B --like gpt3-175b --tp 8
  paramcount solve --params 47B --like mixtral-8x7b
  paramcount solve --params 20B --active --like mixtral-8x7b --n-experts 16
  paramcount solve --params 3B --like qwen3-30b-a3b --set n_experts=64
  paramcount solve --params 124439808 --exactly
  paramcount solve --params 350M --emit hf -o config.json
  paramcount solve --flops 1e24 --law chinchilla-3
  paramcount solve --gpu h100-sxm --devices 64 --days 30 --mfu 40% --law refit-2024 --like llama-3.2-1b
  paramcount solve --memory 80GB --dtype int4 --flops 1e23
  paramcount solve --memory 80GB --for training --recipe mixed-adam
  paramcount solve --cache 16GB --seq 131072 --like llama-3.1-8b
"""
)
SIZE = "SIZE"
SIZING = ("flops", "gpu", "memory", "cache")  # budgets beside --params
OF_BUDGETS = {
    **dict.fromkeys((*SIZING, "devices", "days", "mfu", "price", "law", "max_loss", "dtype", "recipe", "seq")),
    "purpose": INFERENCE,
    "cache_dtype": DTYPE,
    "batch": 1,
}  # what belongs to them, and what holds where it is not given
OPTIONS = (
    *OF_BUDGETS,
    "params",
    "like",
    "rank",
    "top",
    "tp",
    "aspect",
    "tied",
    "exactly",
    "active",
    "tolerance",
)  # no sizes


def size(name: str, help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An option for a size: a value, a range or a list."""
    return click.option(name, metavar=SIZE, help=help)


def emitting(command: Callable[..., int]) -> Callable[..., int]:
    """Give *command* --emit, which writes the first candidate's config in the report's place."""

    @click.option("--emit", type=click.Choice(["hf"]), help="Write the first shape as a Hugging Face config.json.")
    @wraps(command)
    def with_emit(*, emit: str | None, **given: Any) -> int:
        return _emit(**given) if emit else command(**given)

    return with_emit


def _emit(*, form: str | None, as_json: bool, output: str | None, **asked: Any) -> int:
    import json

    if form not in (None, "json"):
        raise InputError(f"--emit hf --format {form}: a config is JSON; valid: --emit hf -o config.json")
    solution, _ = _found(**_sizes(**asked))
    if not solution.candidates:
        click.echo(printable(f"paramcount: nothing found: {solution.stopped_by}"), err=True)
        return 1
    text = json.dumps(solution.candidates[0].to_config(), indent=2) + "\n"
    if output is None:
        with streams.output() as stream:
            stream.write(text)
    else:
        write_file(output, text.encode())
        click.echo(printable(f"wrote {output}: a config for {solution.candidates[0].total:,} parameters"), err=True)
    return 0


BUDGETS = (
    click.option("--flops", metavar="C", help="Training compute, 1e24, of which --law makes a size."),
    click.option("--gpu", metavar="NAME", shell_complete=completion.accelerators,
                 help="Compute from devices, h100-sxm, with the next three; or of what days "
                 "and money are, without --days."),
    click.option("--devices", metavar="K", help="How many."),
    click.option("--days", metavar="DAYS", help="For how long."),
    click.option("--mfu", metavar="SHARE", help="At which share of their dense peak: 40%."),
    click.option("--price", metavar="USD", help="Of a device for an hour. There is no default."),
    click.option("--law", metavar="LAW", shell_complete=completion.laws,
                 help="The scaling law: chinchilla-3; see scaling --help."),
    click.option("--max-loss", metavar="L", help="Shapes whose loss by the law is no more."),
    click.option("--memory", metavar="BYTES", help="Of a device: 80GB is 80·10^9 bytes, 80GiB 80·2^30."),
    click.option("--for", "purpose", type=click.Choice([INFERENCE, TRAINING]), default=INFERENCE,
                 help="What memory is for. Default: inference."),
    click.option("--dtype", metavar="FORMAT", shell_complete=completion.formats,
                 help="Of weights in inference: fp32, bf16, fp16, fp8, int8, int4. "
                 "Default: bf16."),
    click.option("--recipe", metavar="RECIPE", shell_complete=completion.recipes,
                 help="Of training: fp32-adam, mixed-adam, bf16-adam, adam8bit, sgd, "
                 "sgd-momentum. Default: mixed-adam."),
    click.option("--cache", metavar="BYTES", help="Of keys and values: 16GB."),
    click.option("--cache-dtype", type=click.Choice(list(BYTES)), default=DTYPE, help="Of the cache. Default: bf16."),
    click.option("--batch", metavar="B", type=click.IntRange(1), default=1, help="Sequences at once. Default: 1."),
    click.option("--seq", metavar="T", help="Tokens of a sequence. Default: the shape's context."),
)  # fmt: skip


def budget_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give *command* the options that state budgets other than a number of parameters."""
    for option in reversed(BUDGETS):
        command = option(command)
    return command


def _found(params: str | None, **asked: Any) -> tuple[Solution, Report]:
    """The shapes for the budgets that are given, and the report on them; raises InputError where none is."""
    budgets = {name: asked.pop(name) for name in OF_BUDGETS}
    if not params:
        found = solve_within(**budgets, **asked)
        return found.solution, solved_within(found)
    given = [name for name in SIZING if budgets[name]]
    if given:
        raise InputError(f"--params with --{given[0]}: two budgets; valid: --params alone, or the others together")
    for name, usual in OF_BUDGETS.items():
        if budgets[name] != usual:
            option = {"purpose": "for"}.get(name, name.replace("_", "-"))
            raise InputError(f"--{option} {budgets[name]}: of another budget; valid with: --memory, --cache, --flops")
    solution = solve(params, **asked)
    return solution, solved(solution)


@click.command("solve", epilog=EPILOG)
@click.option("--params", metavar="N", help="The budget: 100T, 1.3B, 124439808.")
@budget_options
@size("--n-layers", "Default: 1:1024; every power of two with --powers-of-two.")
@size("--d-model", "Default: every width the other sizes admit, without limit.")
@size("--n-heads", "Default: such that attention is as wide as the model.")
@size("--n-kv-heads", "Heads with keys and values of their own. Default: in groups as large as those of --like.")
@size("--d-head", "Default: 64,128; smaller for small budgets.")
@size("--d-ff", "In place of --d-ff-ratio.")
@click.option("--d-ff-ratio", metavar="RATIO", help="d_ff/d_model, e.g. 4 (the default), 8/3 or 2,4.")
@size("--n-vocab", "Default: 50257 (GPT-3's); smaller for small budgets.")
@size("--n-ctx", "Default: 2048 (GPT-3's); smaller for small budgets.")
@size("--n-experts", "Default: as many as --like has, which has to be a mixture of experts.")
@size("--n-active-experts", "How many of them a token is sent through. Default: as for --like.")
@size("--n-segments", "Default: as for --like, a BERT.")
@size("--d-embed", "Default: in proportion to d_model as for --like, an OPT-350M.")
@click.option(
    "--set",
    "others",
    metavar="FIELD=SIZE",
    multiple=True,
    shell_complete=completion.changes,
    help="Any other size that --like has; repeat for more.",
)
@click.option("--tied/--untied", default=None, help="Whether the output head is the token embedding. Default: tied.")
@click.option("--aspect", metavar="LOW:HIGH", help="The range of d_model/n_layers.")
@click.option("--multiple-of", metavar="K", type=click.IntRange(1), default=1, help="d_model is a multiple of K.")
@click.option("--powers-of-two", is_flag=True, help="n_layers, d_model and d_head are powers of two.")
@click.option("--tp", metavar="K", type=click.IntRange(1), default=1, help="K divides n_heads, d_model, d_ff, n_vocab.")
@click.option("--like", metavar="MODEL", shell_complete=complete_models, help="Keep its family and proportions.")
@click.option("--tolerance", metavar="SHARE", help="Admitted |error|: 1%, 0.01. Default: 10%; 35% for powers of two.")
@click.option("--exactly", is_flag=True, help="Every shape with exactly this many parameters.")
@click.option("--non-embedding", is_flag=True, help="The budget is for the count without embeddings and head.")
@click.option("--active", is_flag=True, help="The budget is for the parameters that a token is sent through.")
@click.option(
    "--top", metavar="N", type=click.IntRange(1), help="How many. Default: 10; all if exact or powers of two."
)
@click.option(
    "--rank",
    metavar="|".join(RANKS),
    default="balanced",
    shell_complete=completion.ranks,
    help="The order; see below. Default: balanced.",
)
@emitting
@output_options
def command(**asked: Any) -> Report:
    """Find shapes for a budget: of parameters, or of training compute, memory and cache, which may be combined.

    The count increases in every size. So for every choice of the others the best value of one size is found by
    bisection on exact integers, over the whole lattice, and the answer says how many shapes that covers.

    \b
    SIZE is a value, an inclusive range or a list: 96, 64:256, 64,96,128.
    Numbers may be written 100T, 1.3B or 2^17; B is 10^9.
    """
    return _found(**_sizes(**asked))[1]


def _sizes(others: tuple[str, ...], **asked: Any) -> dict[str, Any]:
    """*asked* with the sizes that --set gives; raises InputError on a text that gives none, or one that is given."""
    for other in others:
        field, equals, text = (part.strip() for part in other.partition("="))
        if not equals or not text:
            raise InputError(f"--set {other}: no value; valid: --set FIELD=SIZE, as in --set d_expert=768")
        if asked.get(field) is not None or field in OPTIONS:
            raise InputError(f"--set {other}: {field} is given twice, or is no size; valid: one of the two")
        asked[field] = text
    return asked
