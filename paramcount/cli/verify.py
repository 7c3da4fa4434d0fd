"""`paramcount verify MODEL… | --all`: ledgers held against torch models written by hand from the papers."""

from __future__ import annotations

import click

from paramcount.catalog import names
from paramcount.catalog.locate import resolve
from paramcount.catalog.spec import DESCRIBED, OF_COSTS, Spec
from paramcount.cli.options import complete_models, output_options, set_option
from paramcount.cli.progress import watched
from paramcount.errors import printable
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
@click.option("--all", "everything", is_flag=True, help="Every model of the catalog, or every type of config.")
@click.option(
    "--against",
    type=click.Choice(["papers", "transformers"]),
    help="Modules written from the papers, or transformers' own classes. Default: the latter for a config.json.",
)
@click.option("--costs", is_flag=True, help="FLOPs, cache and activations, by torch's and transformers' instruments.")
@click.option(
    "--device", type=click.Choice(["cuda"]), help="With --costs: steps of three small models, measured on a GPU."
)
@output_options
def command(
    models: tuple[str, ...],
    changes: tuple[str, ...],
    everything: bool,
    against: str | None,
    costs: bool,
    device: str | None,
) -> Report:
    """Hold a model's ledger against an independent torch model: written by hand from the papers, or transformers' own.

    It is built on the meta device, where 175 billion parameters cost no memory, and compared tensor by tensor and in
    total; those from the papers part by part as well, and run forward. Exit 1 on any mismatch. Needs torch, and
    transformers for its classes: pip install 'paramcount[verify]'.

    --against transformers --all takes the default config of every model type that is counted, and every model of the
    catalog that transformers has a class for.

    --costs holds what a model costs against instruments instead: its FLOPs against torch's counter, its cache against
    transformers', what it keeps for its backward pass against torch's saved-tensor hooks. With --device cuda the peak
    and the time of a step of three small models are shown beside what is stated of them.
    """
    need("verify", "torch", *(["transformers"] if _by_classes(everything, against, device) else []))
    if costs or device:
        return _costs(models, changes, everything, against, costs, device)
    specs = _chosen(models, changes, everything, against)
    held = (_held(spec, against or "", everything) for spec in watched(specs, "comparing"))
    return verified([one for one in held if one])


def _by_classes(everything: bool, against: str | None, device: str | None) -> bool:
    """Whether it is known before a model is read that transformers' classes are built."""
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
        raise click.UsageError("--device is for --costs; valid: paramcount verify --costs --device cuda")
    if against:
        raise click.UsageError("--costs takes no --against, for each cost has its own instrument; valid: --costs alone")
    from paramcount.report.verify_costs import costs_report, device_report, skipped

    if device:
        if models or changes or everything:
            raise click.UsageError("--device takes no model; valid: paramcount verify --costs --device cuda")
        from paramcount.verification.device import name_of, on_device, reached

        return skipped(why) if (why := reached(device)) else device_report(name_of(), on_device())
    from paramcount.verification.costs import measured

    specs = _chosen(models, changes, everything, None, OF_COSTS)
    return costs_report([one for spec in watched(specs, "comparing") for one in measured(spec)])


def _held(spec: Spec, against: str, everything: bool) -> Verified | None:
    """*spec* against its witness; of all, those whose default config transformers does not build are left out."""
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
        raise click.UsageError("--all takes no MODEL and no --set; valid: paramcount verify --all")
    if not everything and not models:
        raise click.UsageError("no model given; valid: paramcount verify MODEL…, or paramcount verify --all")
    if everything and against == "transformers":
        from paramcount.verification.against import everything as of_transformers

        return of_transformers()
    return names.everything() if everything else [resolve(model, changes, part) for model in models]
