"""`paramcount derive MODEL_TYPE|module:Class`: the formula of a model class, found by building it."""

from __future__ import annotations

import click

from paramcount.cli import completion
from paramcount.cli.options import output_options
from paramcount.report.rows import Report

EPILOG = """\b
Examples:
  paramcount derive mamba2
  paramcount derive mypackage.model:MyModel
  paramcount derive llama --config config.json
  paramcount derive jamba --json
"""


@click.command("derive", epilog=EPILOG)
@click.argument("target", metavar="MODEL_TYPE|module:Class", shell_complete=completion.types)
@click.option(
    "--config",
    metavar="FILE",
    default="",
    type=click.Path(),
    help="A real config.json: fix its fields, and check the formula on it too.",
)
@output_options
def command(target: str, config: str) -> Report:
    """Find the parameter formula of a model class by building it at many sizes.

    MODEL_TYPE is one of transformers' model types: the class that the config names, or the type's language model.
    module:Class is a torch module of your own whose constructor takes integers or a single config. It is imported,
    which runs its code, so name only modules you trust. Code that comes with a config.json is never run.

    The class is built on the meta device, where parameters take no memory. Exits with 1 if no formula matches the
    class at every point tried. Needs torch, and transformers for its classes.
    """
    from paramcount.derivation import derive, need_libraries

    need_libraries(target)
    from paramcount.report.derive import derived_report

    return derived_report(derive(target, config))
