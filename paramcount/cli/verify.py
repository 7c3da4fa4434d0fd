"""`paramcount verify MODEL… | --all`: ledgers held against torch models written by hand from the papers."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from paramcount.catalog import everything, resolve
from paramcount.cli.options import complete_models, output_options, set_option
from paramcount.report.rows import Report
from paramcount.report.verify import verified
from paramcount.spec import Spec
from paramcount.verification import verify

EPILOG = """\b
Examples:
  paramcount verify gpt3-175b
  paramcount verify gpt2-small opt-175b --json
  paramcount verify gpt3-xl --set n_heads=16
  paramcount verify --all
"""


@click.command("verify", epilog=EPILOG)
@click.argument("models", metavar="[MODEL…]", nargs=-1, shell_complete=complete_models)
@set_option
@click.option("--all", "whole_catalog", is_flag=True, help="Every model of the catalog.")
@output_options
def command(models: tuple[str, ...], changes: tuple[str, ...], whole_catalog: bool) -> Report:
    """Hold a model's ledger against an independent torch model, written by hand from the papers.

    It is built on the meta device, where 175 billion parameters cost no memory, compared tensor by tensor, part by part
    and in total, and run forward there. Exit 1 on any mismatch. Needs torch: pip install 'paramcount[verify]'.
    """
    specs = _chosen(models, changes, whole_catalog)
    return verified([verify(spec) for spec in _watched(specs)])


def _chosen(models: tuple[str, ...], changes: tuple[str, ...], whole_catalog: bool) -> list[Spec]:
    if whole_catalog and (models or changes):
        raise click.UsageError("--all takes no MODEL and no --set; valid: paramcount verify --all")
    if not whole_catalog and not models:
        raise click.UsageError("no model given; valid: paramcount verify MODEL…, or paramcount verify --all")
    return everything() if whole_catalog else [resolve(model, changes) for model in models]


def _watched(specs: list[Spec]) -> Iterable[Spec]:
    """*specs* with a progress bar on stderr as they pass, where someone watches and there are several."""
    if len(specs) == 1 or not sys.stderr.isatty():
        return specs
    from rich.console import Console
    from rich.progress import track

    return track(specs, "Comparing", console=Console(stderr=True), transient=True)
