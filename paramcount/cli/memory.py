"""`paramcount memory MODEL…`: what a model takes of a device, to answer or to be trained."""

from __future__ import annotations

from typing import Any, NamedTuple

import click

from paramcount.catalog.locate import changed, locate
from paramcount.catalog.spec import OF_COSTS, Spec
from paramcount.cli import completion
from paramcount.cli.layout_options import Asked, divided, is_asked, layout_options, searched, take_layout
from paramcount.cli.options import complete_models, output_options, set_option
from paramcount.cli.run_options import run_options, source_option
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
    """How many sequences of how many tokens are asked for, and how many an encoder reads."""

    batch: int
    seq: str
    source: str

    def of(self, spec: Spec) -> Run | None:
        """The run of *spec*; None of a model that states no context where none is asked for."""
        return run_if_any(spec, self.seq, self.batch, self.source)


@click.command("memory", epilog=EPILOG)
@click.argument("models", metavar="MODEL…", nargs=-1, required=True, shell_complete=complete_models)
@set_option
@run_options
@source_option
@click.option("--for", "purpose", type=click.Choice([INFERENCE, TRAINING]), default=INFERENCE,
              help="Default: inference.")  # fmt: skip
@click.option("--dtype", metavar="FORMAT", default="", shell_complete=completion.formats,
              help="Of the weights, of those that --lora freezes in training: "
              "fp32, bf16, fp16, fp8, int8, int4, gguf:Q4_K_M. Default: bf16.")  # fmt: skip
@click.option("--cache-dtype", type=click.Choice(list(BYTES)), help="Of the cache. Default: bf16.")
@click.option("--recipe", metavar="RECIPE", default="", shell_complete=completion.recipes,
              help="Of training: fp32-adam, mixed-adam, bf16-adam, adam8bit, "
              "sgd, sgd-momentum. Default: mixed-adam.")  # fmt: skip
@click.option("--lora", metavar="R,TARGETS", default="", help="Train adapters alone: r=16,targets=q_proj,v_proj.")
@click.option("--recompute", type=click.Choice(RECOMPUTE), help="What the backward pass computes again. Default: none.")
@click.option("--kernel", type=click.Choice(KERNELS), help="Of attention: plain keeps its scores. Default: plain.")
@click.option("--accumulate", metavar="N", type=click.IntRange(1), help="Batches over which gradients are summed.")
@click.option(
    "--gpu",
    metavar="DEVICE",
    default="",
    shell_complete=completion.accelerators,
    help="Whether it fits this device: h100-sxm, rtx-4090.",
)
@click.option("--gpu-file", metavar="FILE", type=click.Path(), default=None, help="A CSV file of devices of your own.")
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
    """State what a model takes of a device's memory: its weights and its cache, or all that a step of training keeps.

    Weights, gradients and optimizer states are exact for every model that is counted, each tensor once. What is not
    stated exactly is said, and left out of the sum. Several models become columns.
    """
    if gpu_file and not gpu:
        raise InputError(f"--gpu-file {gpu_file}: no device is asked for; valid: with --gpu NAME")
    if fits:
        need("memory --fits", "numpy")
    length = Length(batch, seq, source)
    device, sizes = accelerator(gpu, gpu_file) if gpu else None, take_layout(given)
    if fits or is_asked(sizes):
        if len(models) > 1:
            raise InputError(f"{', '.join(models)}: a layout is of one model; valid: one MODEL")
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
            said = f"{found.run.seq:,} tokens is the default of the type; --seq states another context."
            found = found._replace(notes=(*found.notes, said))
        moments = peak_of(spec, found, given)
        if found.activations is not None and moments is None:
            found = found._replace(notes=(*found.notes, f"Peak: {no_peak(spec)}."))
        name, title, part = spec.name, f"{spec.title()} ({spec.family.kind})", spec.part
    needed = moments.bytes if moments else None
    return Answer(name, title, found, stores, fit(device, found, needed) if device else None, moments, part)


def _as_it_is(purpose: str, given: dict[str, Any]) -> bool:
    """Whether a checkpoint alone answers what is asked."""
    return purpose == INFERENCE and not any(given.values())
