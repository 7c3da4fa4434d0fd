"""`paramcount verify MODEL… | --all`: models checked against independent torch models."""

from __future__ import annotations

import click

from paramcount.catalog import names
from paramcount.catalog.locate import resolve
from paramcount.catalog.spec import DESCRIBED, OF_COSTS, Spec
from paramcount.cli.options import complete_models, output_options, set_option
from paramcount.cli.progress import watched
from paramcount.cli.values import Choice
from paramcount.errors import InputError, printable
from paramcount.extras import need
from paramcount.report.rows import Report
from paramcount.report.verify import verified
from paramcount.verification import NotBuiltError, Verified, verify

EPILOG = """\b
Examples:
  paramcount verify gpt3-175b
  paramcount verify gpt2-small opt-175b --json
  paramcount verify gpt3-xl --set n_heads=16
  paramcount verify config.json
  paramcount verify gpt2-xl --against transformers
  paramcount verify --all
  paramcount verify llama-7b llama-3.1-8b --costs
  paramcount verify --costs --device cuda
"""


@click.command("verify", epilog=EPILOG)
@click.argument("models", metavar="[MODEL…]", nargs=-1, shell_complete=complete_models)
@set_option
@click.option("--all", "everything", is_flag=True,
              help="Every model of the catalog; against transformers, also every model type.")  # fmt: skip
@click.option(
    "--against",
    type=Choice(["papers", "transformers"]),
    help="Modules hand-written from the papers (the default), or transformers' own classes "
    "(the default for a config.json).",
)
@click.option("--costs", is_flag=True, help="Check FLOPs, cache and activations instead, as torch measures them.")
@click.option("--device", type=Choice(["cuda"]),
              help="With --costs: measure training steps of three small models on a GPU.")  # fmt: skip
@output_options
def command(
    models: tuple[str, ...],
    changes: tuple[str, ...],
    everything: bool,
    against: str | None,
    costs: bool,
    device: str | None,
) -> Report:
    """Check a model's tensors against an independent torch model, hand-written or transformers' own.

    The torch model is built on the meta device, where 175 billion parameters take no memory, and compared tensor by
    tensor and in total. Hand-written models are also compared part by part and run forward. Exits with 1 on any
    mismatch. Needs torch, and transformers for its classes: pip install 'paramcount[verify]'.

    --against transformers --all checks the default config of every model type that is counted, and every model of the
    catalog that transformers has a class for.

    --costs checks costs instead: FLOPs against torch's counter, the cache against transformers', and the activations
    kept for the backward pass against torch's saved-tensor hooks. With --device cuda, it shows the measured peak
    memory and time of a training step of three small models beside the computed ones.
    """
    need("verify", "torch", *(["transformers"] if _by_classes(everything, against, device) else []))
    if costs or device:
        return _costs(models, changes, everything, against, costs, device)
    specs = _chosen(models, changes, everything, against)
    held = (_held(spec, against or "", everything) for spec in watched(specs, "comparing"))
    return verified([one for one in held if one])


def _by_classes(everything: bool, against: str | None, device: str | None) -> bool:
    """Whether transformers is known to be needed before any model is read."""
    return against == "transformers" or (everything and against != "papers" and not device)


def _costs(
    models: tuple[str, ...],
    changes: tuple[str, ...],
    everything: bool,
    against: str | None,
    costs: bool,
    device: str | None,
) -> Report:
    if not costs:
        raise InputError(f"--device {device}: only applies to --costs; valid: paramcount verify --costs --device cuda")
    if against:
        raise InputError(f"--against {against}: doesn't apply to --costs; valid: --costs without --against")
    from paramcount.report.verify_costs import costs_report, device_report, skipped

    if device:
        if models or changes or everything:
            raise InputError(f"--device {device}: takes no MODEL; valid: paramcount verify --costs --device cuda")
        from paramcount.verification.device import name_of, on_device, reached

        return skipped(why) if (why := reached(device)) else device_report(name_of(), on_device())
    from paramcount.verification.costs import measured

    specs = _chosen(models, changes, everything, None, OF_COSTS)
    return costs_report([one for spec in watched(specs, "comparing") for one in measured(spec)])


def _held(spec: Spec, against: str, everything: bool) -> Verified | None:
    """*spec* checked against its witness; None with --all where transformers can't build its default config."""
    try:
        return verify(spec, against)
    except NotBuiltError as error:
        if not everything:
            raise
        click.echo(printable(f"left out: {error}"), err=True)
        return None


def _chosen(
    models: tuple[str, ...], changes: tuple[str, ...], everything: bool, against: str | None, part: str = DESCRIBED
) -> list[Spec]:
    if everything and (models or changes):
        raise InputError("verify --all: takes no MODEL and no --set; valid: paramcount verify --all")
    if not everything and not models:
        raise InputError("verify: no MODEL given; valid: paramcount verify MODEL…, or paramcount verify --all")
    if everything and against == "transformers":
        from paramcount.verification.against import everything as of_transformers

        return of_transformers()
    return names.everything() if everything else [resolve(model, changes, part) for model in models]
