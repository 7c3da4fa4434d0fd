"""`paramcount memory MODEL…`: the device memory a model needs for inference or training."""

from __future__ import annotations

from typing import Any, NamedTuple

import click

from paramcount.catalog.locate import changed, locate
from paramcount.catalog.spec import OF_COSTS, Spec
from paramcount.cli import completion
from paramcount.cli.layout_options import Asked, divided, is_asked, layout_options, searched, take_layout
from paramcount.cli.options import complete_models, output_options, set_option
from paramcount.cli.run_options import run_options, source_option, tokens_of
from paramcount.cli.values import Choice, Whole
from paramcount.costs.accelerators import Accelerator, accelerator
from paramcount.costs.asked import run_if_any
from paramcount.costs.cache import BYTES
from paramcount.costs.memory.asked import footprint, peak_of
from paramcount.costs.memory.computed import KERNELS, RECOMPUTE
from paramcount.costs.memory.fit import fit
from paramcount.costs.memory.footprint import INFERENCE, TRAINING, as_stored
from paramcount.costs.memory.peak import no_peak
from paramcount.costs.run import Run
from paramcount.costs.stated import context_is_given
from paramcount.errors import InputError
from paramcount.extras import need
from paramcount.report.memory import Answer, memory_report
from paramcount.report.rows import Report

EPILOG = """\b
Examples:
  paramcount memory llama-3.1-8b --seq 8192 --gpu rtx-4090
  paramcount memory llama-3.1-8b --dtype gguf:Q4_K_M --cache-dtype fp8
  paramcount memory gpt3-175b --for training --recipe mixed-adam
  paramcount memory llama-3.1-8b --for training --lora r=16,targets=q_proj,v_proj --dtype int4
  paramcount memory gpt2-small gpt2-xl --for training
  paramcount memory gpt3-175b --for training --devices 64 --zero 3 --tp 8
  paramcount memory llama-3-70b --for training --gpu h100-sxm --fits
"""


class Length(NamedTuple):
    """The number of sequences, their length and the length of an encoder's input, as asked for."""

    batch: int
    seq: str
    source: str

    def of(self, spec: Spec) -> Run | None:
        """The run of *spec*; None where neither the model nor the user states a context."""
        seq, source = tokens_of("--seq", self.seq), tokens_of("--source", self.source)
        return run_if_any(spec, seq, self.batch, source)


@click.command("memory", epilog=EPILOG)
@click.argument("models", metavar="MODEL…", nargs=-1, required=True, shell_complete=complete_models)
@set_option
@run_options
@source_option
@click.option("--for", "purpose", type=Choice([INFERENCE, TRAINING]), default=INFERENCE,
              help="What the memory is for. Default: inference.")  # fmt: skip
@click.option("--dtype", metavar="FORMAT", default="", shell_complete=completion.formats,
              help="Format of the weights, in training of those frozen by --lora: "
              "fp32, bf16, fp16, fp8, int8, int4, gguf:Q4_K_M. Default: bf16.")  # fmt: skip
@click.option("--cache-dtype", type=Choice(list(BYTES)), help="Format of the cache. Default: bf16.")
@click.option("--recipe", metavar="RECIPE", default="", shell_complete=completion.recipes,
              help="Training recipe: fp32-adam, mixed-adam, bf16-adam, adam8bit, "
              "sgd, sgd-momentum. Default: mixed-adam.")  # fmt: skip
@click.option("--lora", metavar="R,TARGETS", default="",
              help="Train only LoRA adapters: r=16,targets=q_proj,v_proj.")  # fmt: skip
@click.option("--recompute", type=Choice(RECOMPUTE), help="What the backward pass recomputes. Default: none.")
@click.option("--kernel", type=Choice(KERNELS), help="Attention kernel; plain keeps the scores. Default: plain.")
@click.option("--accumulate", metavar="N", type=Whole(), help="Batches whose gradients are accumulated.")
@click.option(
    "--gpu",
    metavar="DEVICE",
    default="",
    shell_complete=completion.accelerators,
    help="Check whether the model fits this device: h100-sxm, rtx-4090.",
)
@click.option("--gpu-file", metavar="FILE", type=click.Path(), default=None, help="A CSV file of your own devices.")
@layout_options
@output_options
def command(
    models: tuple[str, ...],
    changes: tuple[str, ...],
    batch: int,
    seq: str,
    source: str,
    purpose: str,
    gpu: str,
    gpu_file: str | None,
    fits: bool,
    **given: Any,
) -> Report:
    """Compute the memory a model needs: its weights and cache, or everything a training step keeps.

    Weights, gradients and optimizer states are exact for every model, with shared tensors counted once. Whatever can't
    be computed exactly is named and left out of the sum. Several models are shown side by side.
    """
    if gpu_file and not gpu:
        raise InputError(f"--gpu-file {gpu_file}: no device chosen from it; valid: with --gpu NAME")
    if fits:
        need("memory --fits", "numpy")
    length = Length(batch, seq, source)
    device, sizes = accelerator(gpu, gpu_file) if gpu else None, take_layout(given)
    if fits or is_asked(sizes):
        if len(models) > 1:
            raise InputError(f"{', '.join(models)}: a layout takes a single model; valid: one MODEL")
        spec = changed(models[0], locate(models[0], changes, OF_COSTS), list(changes))
        report = memory_report([_answer(models[0], changes, length, purpose, given, None)])
        asked = Asked(spec, length.of(spec), purpose, given, sizes, device)
        return searched(report, asked) if fits else divided(report, asked)
    return memory_report([_answer(model, changes, length, purpose, given, device) for model in models])


def _answer(
    model: str,
    changes: tuple[str, ...],
    length: Length,
    purpose: str,
    given: dict[str, Any],
    device: Accelerator | None,
) -> Answer:
    located = locate(model, changes, OF_COSTS)
    stores = located.checkpoint.nbytes() if located and located.checkpoint else None
    moments = None
    if located and located.spec is None and stores is not None and not changes and _as_it_is(purpose, given):
        found, name, title, part = as_stored(stores), located.name, located.name, None
    else:
        spec = changed(model, located, list(changes))
        found = footprint(spec, length.of(spec), purpose, given)
        if found.run and not length.seq and not context_is_given(spec):
            said = f"{found.run.seq:,} tokens is the model type's default context; --seq sets another."
            found = found._replace(notes=(*found.notes, said))
        moments = peak_of(spec, found, given)
        if found.activations is not None and moments is None:
            found = found._replace(notes=(*found.notes, f"Peak: {no_peak(spec)}."))
        name, title, part = spec.name, f"{spec.title()} ({spec.family.kind})", spec.part
    needed = moments.bytes if moments else None
    return Answer(name, title, found, stores, fit(device, found, needed) if device else None, moments, part)


def _as_it_is(purpose: str, given: dict[str, Any]) -> bool:
    """Whether a checkpoint's size alone answers the question."""
    return purpose == INFERENCE and not any(given.values())
