"""`paramcount`: the group of its verbs, `show` being the default, and the one place where errors become a line."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from paramcount.catalog.names import UnknownModelError
from paramcount.cli.streams import OutputError, forget
from paramcount.errors import InputError, line
from paramcount.report.standins import spelled

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

VERBS = {  # each with the first sentence of its help, so that the list of them imports none
    "show": "Show where a model's parameters are: formula, count and share of every component.",
    "formula": "State the exact count as a formula in the sizes, per component and in total.",
    "table": "Recompute a published table row by row: printed counts, exact count, error and agreement.",
    "audit": "Hold printed tables against their own arithmetic, and look for what explains a row that does not add up.",
    "models": "List the models that paramcount knows by name, and the families that take sizes.",
    "compare": "Compare models: the difference in each component, its ratio, and which hyperparameter it comes from.",
    "verify": "Hold a model's ledger against an independent torch model: written by hand from the papers, or "
    "transformers' own.",
    "derive": "Find the formula of a model class by building it at many sizes.",
    "solve": "Find shapes for a budget: of parameters, or of training compute, memory and cache, which may be "
    "combined.",
    "flops": "State what a run multiplies, by component, as a formula and as a number.",
    "cache": "State how large the cache of keys and values is, for a token and for a run; of several models a row "
    "each.",
    "memory": "State what a model takes of a device's memory: its weights and its cache, or all that a step of "
    "training keeps.",
    "train": "State what training takes: FLOPs, PF-days, device-hours, energy, CO2 and money, each with its formula.",
    "scaling": "State the loss and the best N and D for an amount of compute, under scaling laws with names.",
    "plot": "Draw a figure.",
    "page": "Make a page of models whose sizes can be moved: one HTML file that loads nothing.",
    "serve": "Serve the page of `paramcount page` to this machine, with a field for a config of your own.",
}
DEFAULT = "show"
OWN_OPTIONS = ("-h", "--help", "--version")

EXAMPLES = """\b
Examples:
  paramcount gpt3-xl                  where its parameters are, and whether 1.3B is right
  paramcount gpt3-xl --set n_heads=16
  paramcount gpt2-small gpt3-small    side by side
  paramcount ./config.json            a model of your own; also a folder, a checkpoint, owner/name
  paramcount solve --params 100T      which shapes have 100 trillion parameters
"""


class Context(click.Context):
    """A command's context, whose help is written in the encoding of standard output: click takes ASCII for UTF-8."""

    def get_help(self) -> str:
        from paramcount.cli.help import at_spaces_alone, fitted

        at_spaces_alone()
        return spelled(fitted(super().get_help(), self.make_formatter().width + 2), sys.stdout.encoding)


class Verbs(click.Group):
    """The verbs, imported when they are called; anything that is no verb is a model to show."""

    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"paramcount.cli.{cmd_name}").command
        for one in (command, *getattr(command, "commands", {}).values()):
            one.context_class = Context
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        args = args or ["--help"]
        own = args[0] in OWN_OPTIONS or args[0] in VERBS
        return super().parse_args(ctx, args if own else [DEFAULT, *args])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        from paramcount.cli.options import complete_models

        verbs = [CompletionItem(verb, help=says) for verb, says in VERBS.items() if verb.startswith(incomplete)]
        verbs += click.Command.shell_complete(self, ctx, incomplete)
        models = complete_models(ctx, self.params[0], incomplete)
        return verbs if verbs and models[0].type == "file" else [*verbs, *models]


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXAMPLES)
@click.version_option(package_name="paramcount", message="%(prog)s %(version)s")
def paramcount() -> None:
    """Where a transformer language model's parameters are, whether a printed count is right, and which shape fits.

    paramcount MODEL is short for paramcount show MODEL; MODEL is a name from `paramcount models`,
    a config.json, a folder, a checkpoint or a hub repository (owner/name), or a family with
    all its sizes: paramcount gpt --set n_layers=12 --set d_model=768 …

    Numbers may be written 1.3B, 100T, 100e12, 1_300_000_000 or 2^17; B is 10^9 and T is 10^12.
    """


def run(arguments: list[str] | None) -> int:
    """Run the command line; its exit status: 0, 1 (a check failed or nothing was found), 2 (wrong input), 130."""
    try:
        return paramcount.main(arguments, prog_name="paramcount", standalone_mode=False) or 0
    except UnknownModelError as error:
        return _refused(str(UnknownModelError(error.name, also=VERBS)))
    except InputError as error:
        return _refused(str(error))
    except click.ClickException as error:
        return _refused(" ".join(error.format_message().split()))
    except click.Abort:
        return 130
    except OutputError as error:
        forget()
        return 0 if error.nobody_reads else _refused(f"standard output: {error}; valid: one that is open, or -o FILE")
    except OSError as error:  # of what is not a file that was named: the working folder is gone, standard output full
        forget()
        what = "" if error.filename is None else f"{error.filename}: "
        return _refused(f"{what}{error.strerror or type(error).__name__}")


def _refused(message: str) -> int:
    click.echo(spelled(line(f"paramcount: {message}"), sys.stderr.encoding), err=True)
    return 2
