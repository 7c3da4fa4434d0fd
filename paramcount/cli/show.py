"""`paramcount [show] MODEL…`: where the parameters are, and whether published counts are right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from paramcount.catalog.locate import Source, changed, locate, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paramcount.catalog.spec import Spec
    from paramcount.checkpoint import Checkpoint
from paramcount.cli.adapters import adapter_options, base_beside, with_base, with_lora
from paramcount.cli.options import complete_models, output_options, part_option, set_option
from paramcount.cli.ranks import on_ranks, rank_options
from paramcount.cli.values import Choice
from paramcount.errors import InputError
from paramcount.report.rows import Report
from paramcount.report.show import side_by_side, single

EPILOG = """\b
Examples:
  paramcount gpt3-xl
  paramcount gpt3-xl --set n_heads=16
  paramcount gpt2-small --tensors --format csv
  paramcount qwen2.5-7b --tensors --as paper
  paramcount gpt2-small gpt2-xl --json
  paramcount ./config.json --set num_hidden_layers=48
  paramcount ./llava/config.json --part vision
  paramcount ./model-folder --tensors
  paramcount meta-llama/Llama-3.1-8B
  paramcount gpt2-xl --lora r=16,targets=c_attn
  paramcount gpt3-175b --tp 8 --pp 4
  paramcount ./adapter-folder --base llama-3.1-8b
  paramcount gpt --set n_layers=12 --set d_model=768 --set n_heads=12 --set n_vocab=50257 --set n_ctx=1024
"""


@click.command("show", epilog=EPILOG)
@click.argument("models", metavar="MODEL…", nargs=-1, required=True, shell_complete=complete_models)
@set_option
@part_option
@click.option("--tensors", is_flag=True, help="List every tensor: name, shape, times, count.")
@click.option("--as", "reading", type=Choice(["paper", "stored"]), help="With --tensors: name tensors as the paper "
              "does (W_Q; the default for models from papers) or as checkpoints store them "
              "(the default for configs).")  # fmt: skip
@adapter_options
@rank_options
@output_options
def command(
    models: tuple[str, ...],
    changes: tuple[str, ...],
    part: str,
    tensors: bool,
    reading: str | None,
    lora: str,
    base: str,
    tp: int | None,
    pp: int | None,
) -> Report:
    """Show where a model's parameters are: the formula, count and share of every component.

    MODEL is a name (`paramcount models` lists them), a family with all its sizes, a config.json (- for standard input),
    a folder, a checkpoint (.safetensors, its index, .gguf, .bin) or a hub repository (owner/name).

    Each published count is checked at its printed precision, and explained if it is wrong. A checkpoint is checked
    against its config. Several models are shown side by side.
    """
    if reading and not tensors:
        raise InputError(f"--as {reading}: names tensors, which are not shown; valid: with --tensors")
    asked = _asked(lora, base, tp, pp)
    if asked and part:
        raise InputError(f"--part {part}: can't be combined with {asked[0]}; valid: one of the two")
    if len(asked) > 1:
        raise InputError(f"{', '.join(asked)}: can't be combined; valid: one of them")
    if asked and (tensors or len(models) > 1):
        raise InputError(f"{asked[0]}: takes one MODEL and no --tensors; valid: paramcount {models[0]} {asked[0]}")
    if lora:
        return with_lora(models[0], changes, lora)
    if base:
        return with_base(models[0], changes, base)
    if asked:
        return on_ranks(models[0], changes, tp, pp)
    if len(models) > 1:
        return side_by_side([resolve(model, changes, part) for model in models], tensors, reading or "")
    if beside := base_beside(models[0]):
        return with_base(models[0], changes, beside)
    found = locate(models[0], changes, part)
    if found is None or found.checkpoint is None or changes:
        spec = changed(models[0], found, list(changes))
        return _with_index(single(spec, tensors, reading or ""), spec, {} if found is None or changes else found.stated)
    if reading == "paper":
        raise InputError("--as paper: a checkpoint is shown as stored; valid: --as stored, or its config.json as MODEL")
    return _stored(found, found.checkpoint, tensors)


def _asked(lora: str, base: str, tp: int | None, pp: int | None) -> list[str]:
    """The options given that ask for another report than where the parameters are, as typed."""
    ranks = " ".join(f"--{name} {size}" for name, size in (("tp", tp), ("pp", pp)) if size is not None)
    return [*([f"--lora {lora}"] if lora else []), *([f"--base {base}"] if base else []), *([ranks] if ranks else [])]


def _with_index(report: Report, spec: Spec, stated: Mapping[str, Any], nbytes: int | None = None) -> Report:
    """*report* on *spec*, compared with what a checkpoint's index *stated* if there is one."""
    if not stated:
        return report
    from paramcount.report.witness import with_index

    return with_index(report, spec, stated, nbytes)


def _stored(found: Source, checkpoint: Checkpoint, tensors: bool) -> Report:
    """The report on a checkpoint, checked against its config where that can be counted."""
    from paramcount.report.checkpoint import alone, held_against

    if found.spec is None:
        return alone(checkpoint, found.name, found.note)
    report = held_against(single(found.spec), found.spec, checkpoint, tensors)
    if found.note and report.failed:
        return alone(checkpoint, found.name, found.note)
    return _with_index(report, found.spec, checkpoint.metadata, checkpoint.nbytes())
