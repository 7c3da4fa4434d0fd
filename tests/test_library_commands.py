"""The library beside the command line: every command and every option of it has its function, and the same answer."""

import inspect
import re
from pathlib import Path

import click
import pytest

import paramcount
from paramcount.cli.verbs import VERBS
from paramcount.cli.verbs import paramcount as program

PAGE = Path(__file__).resolve().parent.parent / "docs" / "library.md"
RENDERED = {"form", "as_json", "output", "quiet", "untitled", "width"}  # how an answer leaves the program
REPEATED = {"models", "names", "everything"}  # of several: a loop, or a function of its own on the page
LOADED = {"changes": "load", "part": "load", "lora": "LoadedModel.adapters", "base": "LoadedModel.adapters"}

# Where an option is no parameter of that name in a function of its command.
ELSEWHERE = {
    ("show", "tensors"): "LoadedModel.tensors",
    ("show", "reading"): "LoadedModel.tensors",
    ("formula", "name"): "formulas",
    ("formula", "assumptions"): "formulas",
    ("formula", "leading"): "formulas",  # its result's leading()
    ("formula", "expand"): "formulas",  # its components are multiplied out
    ("formula", "solve_for"): "closed_form",
    ("table", "table"): "table",
    ("audit", "strict"): "audit",  # its result's agrees
    ("audit", "guess"): "guess_head",
    ("verify", "costs"): "verify_costs",
    ("verify", "device"): "verify_on_gpu",
    ("solve", "others"): "solve",
    ("solve", "emit"): "solve",  # a candidate's to_config()
    ("flops", "by"): "LoadedModel.flops_by",
    ("flops", "conventions"): "LoadedModel.conventions",
    ("memory", "fits"): "LoadedModel.best_fits",
    ("train", "gpus"): "train",
    ("page", "catalog"): "site",
    ("plot", "chosen"): "plot",
    ("plot", "params"): "plot",
    ("scaling fit", "file"): "fit_law",
}


def functions():
    """The functions of each command, as the page lists them."""
    rows = re.findall(r"^\| `paramcount ([\w ]+)` \| (.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {verb: re.findall(r"`([\w.]+)[(`]", cell) for verb, cell in rows}


def found(name):
    """The function or method of that name."""
    here = paramcount
    for part in name.split("."):
        here = getattr(here, part)
    return here


def commands():
    context = click.Context(program)
    for verb in VERBS:
        command = program.get_command(context, verb)
        yield verb, command
        for name, nested in getattr(command, "commands", {}).items():
            yield f"{verb} {name}", nested


def test_the_page_has_every_command_and_names_what_exists():
    assert set(functions()) == {verb for verb, _ in commands()}
    for verb, names in functions().items():
        assert names, verb
        for name in names:
            assert inspect.getdoc(found(name)), name


def test_every_function_is_on_the_page():
    text = PAGE.read_text(encoding="utf-8")
    methods = [f"LoadedModel.{name}" for name in dir(paramcount.LoadedModel) if not name.startswith("_")]
    for name in (*paramcount.__all__, *methods):
        assert re.search(rf"\b{re.escape(name.removeprefix('LoadedModel.'))}\b", text), name


@pytest.mark.parametrize(("verb", "command"), list(commands()), ids=[verb for verb, _ in commands()])
def test_every_option_has_a_parameter(verb, command):
    names = functions()[verb]
    parameters = {name for one in names for name in _parameters(found(one))}
    for param in command.params:
        if param.name in RENDERED | REPEATED | LOADED.keys() or param.name == "help":
            continue
        elsewhere = ELSEWHERE.get((verb, param.name))
        assert elsewhere in names if elsewhere else param.name in parameters, f"{verb} {param.name}"


def _parameters(function):
    """The names of its parameters, those of its options among them."""
    from paramcount.costs.memory.asked import Options

    names = inspect.signature(function).parameters
    return {*names, *(Options.__annotations__ if "options" in names else ())}
