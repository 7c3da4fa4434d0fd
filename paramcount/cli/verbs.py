"""`paramcount`: the group of its verbs, with `show` as default, and the one place where errors become a line."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from paramcount.catalog.names import UnknownModelError
from paramcount.cli.streams import OutputError, forget
from paramcount.errors import InputError, line
from paramcount.report.standins import spelled

if TYPE_CHECKING:
    from types import TracebackType

    from click.shell_completion import CompletionItem

VERBS = {  # each with the first sentence of its help, so that listing them imports none
    "show": "Show where a model's parameters are: the formula, count and share of every component.",
    "formula": "Write the exact parameter count as a formula, per component and in total.",
    "table": "Recompute a published table row by row and compare it with the printed counts.",
    "audit": "Recompute published tables and explain the rows that don't add up.",
    "models": "List the models paramcount knows by name, and the families whose sizes you can set.",
    "compare": "Compare models component by component and attribute the difference to hyperparameters.",
    "verify": "Check a model's tensors against an independent torch model, hand-written or transformers' own.",
    "derive": "Find the parameter formula of a model class by building it at many sizes.",
    "solve": "Find model shapes that fit a budget: parameters, or any of training compute, memory and cache.",
    "flops": "Count the FLOPs of a forward or training pass, by component.",
    "cache": "Compute the size of the key-value cache, per token and for a whole run.",
    "memory": "Compute the memory a model needs: its weights and cache, or everything a training step keeps.",
    "train": "Compute what training takes: FLOPs, PF-days, device-hours, energy, CO2 and money, each with its formula.",
    "scaling": "Compute the loss and the optimal size N and tokens D for a compute budget, under published scaling "
    "laws.",
    "plot": "Draw a figure of models, published tables, costs or scaling laws.",
    "page": "Make a self-contained HTML page of models whose sizes you can change.",
    "serve": "Serve the page of `paramcount page` on this machine, with a field for a config of your own.",
}
DEFAULT = "show"
OWN_OPTIONS = ("-h", "--help", "--version")

EXAMPLES = """\b
Examples:
  paramcount gpt3-xl                  its parameters, checked against 1.3B
  paramcount gpt3-xl --set n_heads=16
  paramcount gpt2-small gpt3-small    two models side by side
  paramcount ./config.json            a model of your own
  paramcount solve --params 100T      shapes with 100 trillion parameters
"""


class Context(click.Context):
    """A command's context that writes help in standard output's encoding, where click would take ASCII for UTF-8."""

    def get_help(self) -> str:
        from paramcount.cli.help import at_spaces_alone, fitted

        at_spaces_alone()
        return spelled(fitted(super().get_help(), self.make_formatter().width + 2), sys.stdout.encoding)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Any:
        if isinstance(error, click.UsageError):
            error.ctx = error.ctx or self  # so that what is valid can be said
        return super().__exit__(kind, error, trace)


class Verbs(click.Group):
    """The verbs, each imported when called; any other word is a model to show."""

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

    `paramcount MODEL` is short for `paramcount show MODEL`. MODEL is a name from `paramcount models`, a config.json, a
    folder, a checkpoint, a hub repository (owner/name), or a family with all its sizes: paramcount gpt
    --set n_layers=12 --set d_model=768 …

    Numbers may be written 1.3B, 100T, 100e12, 1_300_000_000 or 2^17; B is 10^9 and T is 10^12.
    """


def run(arguments: list[str] | None) -> int:
    """Run the command line and return its exit status, as cli/main.py lists them."""
    try:
        return paramcount.main(arguments, prog_name="paramcount", standalone_mode=False) or 0
    except UnknownModelError as error:
        given = sys.argv[1:] if arguments is None else arguments
        return _refused(str(error if given[0] in VERBS else UnknownModelError(error.name, also=VERBS)))
    except InputError as error:
        return _refused(str(error))
    except click.ClickException as error:
        from paramcount.cli.usage import refusal

        return _refused(refusal(error))
    except click.Abort:
        return 130
    except OutputError as error:
        forget()
        return 0 if error.nobody_reads else _refused(f"standard output: {error}; valid: an open one, or -o FILE")
    except OSError as error:  # not of a file that was named: the working folder is gone, standard output is full
        forget()
        what = "" if error.filename is None else f"{error.filename}: "
        return _refused(f"{what}{error.strerror or type(error).__name__}")


def _refused(message: str) -> int:
    click.echo(spelled(line(f"paramcount: {message}"), sys.stderr.encoding), err=True)
    return 2
