"""Options that every command shares, and how its report leaves the program."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from paramcount.catalog import names
from paramcount.errors import InputError
from paramcount.report.export import WRITERS, replace_file
from paramcount.report.rows import Report

SUFFIXES = {".txt": "table", ".json": "json", ".csv": "csv", ".md": "md", ".tex": "tex"}


class ModelName(click.ParamType):
    """A catalog name or a family; completed in shells."""

    name = "MODEL"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(name) for name in names() if name.startswith(incomplete)]


def set_option(command: Callable[..., Any]) -> Callable[..., Any]:
    help = "Give or override a hyperparameter, e.g. --set n_heads=16; repeat for more."
    return click.option("--set", "changes", metavar="FIELD=VALUE", multiple=True, help=help)(command)


def output_options(command: Callable[..., Report]) -> Callable[..., int]:
    """Give *command* --format, --json and -o, and send the report that it returns where they say."""

    @click.option("--format", "form", type=click.Choice(["table", "json", "csv", "md", "tex"]), help="Default: table.")
    @click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
    @click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to a file, format by its suffix.")
    @wraps(command)
    def with_output(*, form: str | None, as_json: bool, output: Path | None, **given: Any) -> int:
        chosen = _format("json" if as_json else form, output)
        report = command(**given)
        if output is None:
            _print(report, chosen)
        else:
            replace_file(output, lambda path: _save(report, chosen, path))
        return 1 if report.failed else 0

    return with_output


def _format(form: str | None, output: Path | None) -> str:
    if form or output is None:
        return form or "table"
    if output.suffix.lower() not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise InputError(f"-o {output}: unknown suffix {output.suffix!r}; valid: {known}, or say --format")
    return SUFFIXES[output.suffix.lower()]


def _print(report: Report, form: str) -> None:
    if form == "table":
        from paramcount.report import terminal  # rich, which JSON and CSV need not wait for

        terminal.write(report, sys.stdout)
    else:
        sys.stdout.write(WRITERS[form](report))


def _save(report: Report, form: str, path: Path) -> None:
    with open(path, "w", encoding="utf-8", newline="") as stream:
        if form == "table":
            from paramcount.report import terminal

            terminal.write(report, stream)
        else:
            stream.write(WRITERS[form](report))
