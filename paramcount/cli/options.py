"""Options that commands share, and the output of their reports."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from paramcount.catalog.names import names
from paramcount.catalog.spec import CALLED, WHOLE
from paramcount.cli import completion, streams
from paramcount.cli.progress import shown
from paramcount.cli.values import Choice
from paramcount.errors import InputError, printable
from paramcount.report.rows import Report
from paramcount.report.standins import in_json
from paramcount.report.written import write_file

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

NAMES = {
    "table": "text", "json": "JSON", "jsonl": "JSON lines", "csv": "CSV", "tsv": "TSV", "md": "Markdown", "tex": "LaTeX"
}  # fmt: skip
JSON = ("json", "jsonl")
LONGEST = 60  # characters of a command shown with its progress
SUFFIXES = {".txt": "table", **{f".{form}": form for form in NAMES if form != "table"}, ".ndjson": "jsonl"}


def complete_models(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Shell completion for the catalog's names, or for files where no name matches."""
    from click.shell_completion import CompletionItem

    found = [CompletionItem(name) for name in names() if name.startswith(incomplete)]
    return found or [CompletionItem(incomplete, type="file")]


def set_option(command: Callable[..., Any]) -> Callable[..., Any]:
    help = "Set a hyperparameter or config key, e.g. --set n_heads=16. Repeatable."
    return click.option(
        "--set", "changes", metavar="FIELD=VALUE", multiple=True, shell_complete=completion.changes, help=help
    )(command)


def part_option(command: Callable[..., Any]) -> Callable[..., Any]:
    help = "Count only this part of a multimodal model. Default: the whole model."
    of_parts = Choice(list(CALLED))
    return click.option("--part", type=of_parts, callback=lambda *given: given[-1] or WHOLE, help=help)(command)


def output_options(command: Callable[..., Report]) -> Callable[..., int]:
    """Add --format, --json and -o to *command*, and write the report that it returns accordingly."""

    @click.option("--format", "form", type=Choice(list(NAMES)), help="Output format. Default: table.")
    @click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
    @click.option("-o", "--output", metavar="FILE", type=click.Path(),
                  help="Write to a file in the format of its suffix.")  # fmt: skip
    @wraps(command)
    def with_output(*, form: str | None, as_json: bool, output: str | None, **given: Any) -> int:
        chosen = _format("json" if as_json else form, output)
        with shown(_called()):
            report = command(**given)
        if output is None:
            _print(report, chosen)
        else:
            write_file(output, _page(report, chosen).encode())
            click.echo(printable(f"wrote {output}: {NAMES[chosen]}{_tables(report)}"), err=True)
        return 1 if report.failed else 0

    return with_output


def _called() -> str:
    """The command and its arguments, as typed: derive llama."""
    context = click.get_current_context()
    arguments = (param.name or "" for param in context.command.params if isinstance(param, click.Argument))
    given = map(context.params.get, arguments)
    words = [word for value in given for word in ([value] if isinstance(value, str) else value or ())]
    return printable(" ".join([str(context.info_name), *map(str, words)])[:LONGEST])


def _tables(report: Report) -> str:
    """How much was written: (2 tables, 31 rows)."""
    sheets = report.sheets()
    rows = sum(len(sheet.rows) for sheet in sheets)
    many = f"{len(sheets)} tables, " if len(sheets) > 1 else ""
    return f" ({many}{rows:,} row{'s' * (rows != 1)})" if sheets else ""


def _format(form: str | None, output: str | None) -> str:
    if form or output is None:
        return form or "table"
    suffix = os.path.splitext(output)[1].lower()
    if suffix not in SUFFIXES:
        wrong = f"unknown suffix {suffix!r}" if suffix else "no suffix to tell the format"
        raise InputError(f"-o {output}: {wrong}; valid: {', '.join(SUFFIXES)}, or any name with --format")
    return SUFFIXES[suffix]


def _print(report: Report, form: str) -> None:
    with streams.output() as stream:
        if form == "table" and streams.is_terminal(stream):
            from paramcount.report import terminal

            click.echo(terminal.page(report, stream.encoding), file=stream, nl=False, color=True)
        elif form == "table":
            from paramcount.report import plain

            plain.write(report, stream)
        else:
            page = _page(report, form)
            stream.write(in_json(page, stream.encoding) if form in JSON else page)


def _page(report: Report, form: str) -> str:
    if form != "table":
        from paramcount.report.export import WRITERS

        return WRITERS[form](report)
    from paramcount.report import plain

    page = io.StringIO()
    plain.write(report, page)
    return page.getvalue()
