"""`paramcount solve`: shapes that fit a budget."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from paramcount.cli import completion, streams
from paramcount.cli.options import complete_models, output_options
from paramcount.cli.values import Choice, Whole
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
    "Rankings:\n"
    + "\n".join(f"\n  {rank}: {text}.\n" for rank, text in RANKS.items())
    + """
The roughness of a shape is log(odd part)/log(size), summed over n_layers, d_model and --d-ff if given: 0 for a power
of two, 1 for an odd number. A pair of n_layers and d_model that a published model has also counts as 0.

Ranked balanced, a shape whose sizes are all within 10 % of a better shape's comes after shapes that differ more. If
n_layers, d_model and --aspect are all left open, closest and tidy first list shapes whose d_model/n_layers is as near
the trend as any published model's.

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
}  # their options and defaults
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
)  # that are not sizes


def size(name: str, help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An option for a size, which may be a value, a range or a list."""
    return click.option(name, metavar=SIZE, help=help)


def emitting(command: Callable[..., int]) -> Callable[..., int]:
    """Add --emit to *command*: write the first candidate's config instead of the report."""

    @click.option("--emit", type=Choice(["hf"]), help="Write the first shape as a Hugging Face config.json.")
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
    click.option("--flops", metavar="C", help="Training compute in FLOPs, turned into a size by --law: 1e24."),
    click.option("--gpu", metavar="NAME", shell_complete=completion.accelerators,
                 help="Compute budget from hardware: the device, e.g. h100-sxm. Needs --devices, --days and --mfu. "
                 "Without --days, it gives the time and cost of training instead."),
    click.option("--devices", metavar="K", help="Number of devices."),
    click.option("--days", metavar="DAYS", help="Days of training."),
    click.option("--mfu", metavar="SHARE", help="Share of the devices' dense peak achieved: 40% or 0.4."),
    click.option("--price", metavar="USD", help="Dollars per device-hour. No default."),
    click.option("--law", metavar="LAW", shell_complete=completion.laws,
                 help="Scaling law, e.g. chinchilla-3; `paramcount scaling --help` lists them."),
    click.option("--max-loss", metavar="L", help="Only shapes whose loss under the law is at most L."),
    click.option("--memory", metavar="BYTES",
                 help="Memory budget per device: 80GB is 80·10^9 bytes, 80GiB is 80·2^30."),
    click.option("--for", "purpose", type=Choice([INFERENCE, TRAINING]), default=INFERENCE,
                 help="What the memory is for. Default: inference."),
    click.option("--dtype", metavar="FORMAT", shell_complete=completion.formats,
                 help="Format of the weights for inference: fp32, bf16, fp16, fp8, int8, int4. "
                 "Default: bf16."),
    click.option("--recipe", metavar="RECIPE", shell_complete=completion.recipes,
                 help="Training recipe: fp32-adam, mixed-adam, bf16-adam, adam8bit, sgd, "
                 "sgd-momentum. Default: mixed-adam."),
    click.option("--cache", metavar="BYTES", help="Budget for the key-value cache: 16GB."),
    click.option("--cache-dtype", type=Choice(list(BYTES)), default=DTYPE,
                 help="Format of the cache. Default: bf16."),
    click.option("--batch", metavar="B", type=Whole(), default=1, help="Sequences at once. Default: 1."),
    click.option("--seq", metavar="T", help="Tokens per sequence. Default: the shape's context."),
)  # fmt: skip


def budget_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options for budgets other than a number of parameters to *command*."""
    for option in reversed(BUDGETS):
        command = option(command)
    return command


def _found(params: str | None, **asked: Any) -> tuple[Solution, Report]:
    """The shapes for the given budgets, and the report on them; raises InputError without a budget."""
    budgets = {name: asked.pop(name) for name in OF_BUDGETS}
    if not params:
        found = solve_within(**budgets, **asked)
        return found.solution, solved_within(found)
    given = [name for name in SIZING if budgets[name]]
    if given:
        raise InputError(
            f"--params with --{given[0]}: can't be combined; valid: --params alone, or --flops, --memory and --cache"
        )
    for name, usual in OF_BUDGETS.items():
        if budgets[name] != usual:
            option = {"purpose": "for"}.get(name, name.replace("_", "-"))
            raise InputError(
                f"--{option} {budgets[name]}: doesn't apply to --params; valid: with --flops, --memory or --cache"
            )
    solution = solve(params, **asked)
    return solution, solved(solution)


@click.command("solve", epilog=EPILOG)
@click.option("--params", metavar="N", help="Budget of parameters: 100T, 1.3B, 124439808.")
@budget_options
@size("--n-layers", "Default: 1:1024; every power of two with --powers-of-two.")
@size("--d-model", "Default: every width that fits the other sizes.")
@size("--n-heads", "Default: as many as make attention as wide as the model.")
@size("--n-kv-heads", "Key-value heads. Default: the same group size as --like.")
@size("--d-head", "Default: 64,128; smaller for small budgets.")
@size("--d-ff", "Instead of --d-ff-ratio.")
@click.option("--d-ff-ratio", metavar="RATIO", help="d_ff/d_model: 4 (the default), 8/3 or 2,4.")
@size("--n-vocab", "Default: 50257 (GPT-3's); smaller for small budgets.")
@size("--n-ctx", "Default: 2048 (GPT-3's); smaller for small budgets.")
@size("--n-experts", "Experts, where --like is a mixture of experts. Default: as many as --like has.")
@size("--n-active-experts", "Active experts per token. Default: as many as --like has.")
@size("--n-segments", "Segments, where --like is a BERT. Default: as many as --like has.")
@size("--d-embed", "Embedding width, where --like has its own (opt-350m). Default: the same ratio to d_model.")
@click.option(
    "--set",
    "others",
    metavar="FIELD=SIZE",
    multiple=True,
    shell_complete=completion.changes,
    help="Any other size that --like has. Repeatable.",
)
@click.option("--tied/--untied", default=None, help="Whether the output head is the token embedding. Default: tied.")
@click.option("--aspect", metavar="LOW:HIGH", help="Range of d_model/n_layers.")
@click.option("--multiple-of", metavar="K", type=Whole(), default=1, help="d_model is a multiple of K.")
@click.option("--powers-of-two", is_flag=True, help="n_layers, d_model and d_head are powers of two.")
@click.option("--tp", metavar="K", type=Whole(), default=1, help="n_heads, d_model, d_ff, n_vocab are multiples of K.")
@click.option(
    "--like", metavar="MODEL", shell_complete=complete_models, help="Keep this model's family and proportions."
)
@click.option("--tolerance", metavar="SHARE", help="Largest |error|: 1% or 0.01. Default: 10%; 35% for powers of two.")
@click.option("--exactly", is_flag=True, help="Find every shape with exactly this many parameters.")
@click.option("--non-embedding", is_flag=True, help="The budget excludes embeddings and the output head.")
@click.option("--active", is_flag=True, help="The budget is for the active parameters per token.")
@click.option("--top", metavar="N", type=Whole(),
              help="How many shapes to show. Default: 10; all for --exactly or --powers-of-two.")  # fmt: skip
@click.option(
    "--rank",
    metavar="|".join(RANKS),
    default="balanced",
    shell_complete=completion.ranks,
    help="Order of the shapes, explained below. Default: balanced.",
)
@emitting
@output_options
def command(**asked: Any) -> Report:
    """Find model shapes that fit a budget: parameters, or any of training compute, memory and cache.

    The count increases with every size, so the best value of one size is found by bisection on exact integers for
    every choice of the others. This covers the whole lattice of shapes; the answer says how many there are.

    SIZE is a value, an inclusive range or a list: 96, 64:256 or 64,96,128. Numbers may be written 100T, 1.3B or 2^17;
    B is 10^9.
    """
    return _found(**_sizes(**asked))[1]


def _sizes(others: tuple[str, ...], **asked: Any) -> dict[str, Any]:
    """*asked* with the sizes from --set; raises InputError on one without a value, or that is given already."""
    for other in others:
        field, equals, text = (part.strip() for part in other.partition("="))
        if not equals or not text:
            raise InputError(f"--set {other}: no value; valid: --set FIELD=SIZE, e.g. --set d_expert=768")
        if field in OPTIONS:
            raise InputError(f"--set {other}: {field} is not a size; valid: --{field.replace('_', '-')}")
        if asked.get(field) is not None:
            raise InputError(f"--set {other}: {field} is given twice; valid: once")
        asked[field] = text
    return asked
