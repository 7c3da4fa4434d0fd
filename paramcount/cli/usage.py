"""The usage errors that click finds, reworded as one line: what was typed, what is wrong, what would be valid."""

from __future__ import annotations

import re
from difflib import get_close_matches

import click


def refusal(error: click.ClickException) -> str:
    """The line for *error*."""
    context = getattr(error, "ctx", None)
    if context is None:
        return " ".join(error.format_message().split())
    if isinstance(error, click.NoSuchOption):
        return _no_option(error.option_name, context)
    if isinstance(error, click.BadOptionUsage):
        return _bad_value(error.option_name, context)
    if isinstance(error, click.MissingParameter) and error.param:
        return f"{_path(context)}: no {_name(error.param)} given; valid: {_usage(context)}"
    if extra := re.fullmatch(r"Got unexpected extra arguments? \((.*)\)", error.message):
        return f"{_path(context)} {extra[1]}: unexpected argument; valid: {_usage(context)}"
    if isinstance(context.command, click.Group) and (asked := re.search(r"'(.*)'", error.message)):
        return f"{_path(context)} {asked[1]}: unknown command; valid: {', '.join(context.command.commands)}"
    return " ".join(error.format_message().split())


def _no_option(name: str, context: click.Context) -> str:
    options = [option for param in context.command.get_params(context) for option in _options(param)]
    known = {option.lstrip("-"): option for option in options}
    near = get_close_matches(name.lstrip("-"), known, cutoff=0.7)
    meant = f"did you mean {', '.join(known[one] for one in near)}?"
    hint = meant if near else f"`{context.command_path} --help` lists them"
    return f"{name} is not an option of {_path(context)}; {hint}"


def _bad_value(name: str, context: click.Context) -> str:
    param = next((one for one in context.command.get_params(context) if name in _options(one)), None)
    if not isinstance(param, click.Option) or param.is_flag:
        return f"{name}: takes no value; valid: {name} alone"
    valid = param.metavar or "|".join(getattr(param.type, "choices", ["VALUE"]))
    return f"{name}: no value given; valid: {name} {valid}"


def _options(param: click.Parameter) -> list[str]:
    return [*param.opts, *param.secondary_opts] if isinstance(param, click.Option) else []


def _path(context: click.Context) -> str:
    """The command without the program's name: scaling fit."""
    return context.command_path.partition(" ")[2] or context.command_path


def _metavar(param: click.Parameter) -> str:
    return param.metavar or param.human_readable_name


def _name(param: click.Parameter) -> str:
    """MODEL for an argument, -o FILE for an option."""
    metavar = _metavar(param).strip("[]").split()[0].rstrip("…")
    return f"{param.opts[0]} {metavar}" if isinstance(param, click.Option) else metavar


def _usage(context: click.Context) -> str:
    """The command with its arguments and required options: paramcount plot KIND [MODEL…] -o FILE."""
    params = context.command.get_params(context)
    arguments = [_metavar(param) for param in params if isinstance(param, click.Argument)]
    options = [_name(param) for param in params if isinstance(param, click.Option) and param.required]
    return " ".join([context.command_path, *(arguments or ["[OPTIONS]"]), *options])
