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
LOADED = {"changes", "part", "lora", "base"}  # load's sizes and part, LoadedModel.adapters

# Where an option is no parameter of that name in a function of its command.
ELSEWHERE = {
    ("show", "tensors"): "LoadedModel.tensors",
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
    **{("solve", name): "solve" for name in ("others", "n_segments", "d_embed")},  # its **others
    ("solve", "emit"): "solve",  # a candidate's to_config()
    ("flops", "by"): "LoadedModel.flops_by",
    ("flops", "conventions"): "LoadedModel.conventions",
    ("memory", "fits"): "LoadedModel.best_fits",
    ("train", "gpus"): "train",
    ("page", "catalog"): "site",
    ("plot", "chosen"): "plot",  # its table
    ("scaling fit", "file"): "fit_law",
}


def functions():
    """The functions of each command, as the page lists them."""
    rows = re.findall(r"^\| `paramcount ([\w ]+)` \| (.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {verb: re.findall(r"`([A-Za-z][\w.]*)[(`]", cell) for verb, cell in rows}


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
    parameters = {name for one in names if callable(found(one)) for name in _parameters(found(one))}
    for param in command.params:
        if param.name in {*RENDERED, *REPEATED, *LOADED, "help"}:
            continue
        elsewhere = ELSEWHERE.get((verb, param.name))
        assert elsewhere in names if elsewhere else param.name in parameters, f"{verb} {param.name}"


def _parameters(function):
    """The names of its parameters, those of its options among them."""
    from paramcount.costs.memory.asked import Options

    names = inspect.signature(function).parameters
    return {*names, *(Options.__annotations__ if "options" in names else ())}


def same(run, *arguments):
    """What the command says, as JSON."""
    import json

    return json.loads(run(*arguments, "--json").stdout)


def test_both_say_the_same(run):
    load = paramcount.load
    llama = load("llama-3.1-8b")
    flops = same(run, "flops", "llama-3.1-8b", "--seq", "512", "--train", "--recompute", "full")
    assert llama.flops(seq=512, train=True).total == flops["total"]
    assert llama.hardware_flops("full", seq="512") == flops["hardware"]["flops"]
    ways = same(run, "flops", "gpt3-xl", "--tokens", "300B", "--conventions")["conventions"]
    assert [way.flops for way in load("gpt3-xl").conventions("300B")] == [way["flops"] for way in ways]
    layers = same(run, "flops", "gemma-2-9b", "--seq", "8192", "--by", "layer")["layers"]
    assert [row.flops for row in load("gemma-2-9b").flops_by("layer", 8192)] == [row["flops"] for row in layers]
    assert (
        llama.cache(seq=99, batch=3).total_bytes
        == same(run, "cache", "llama-3.1-8b", "--seq", "99", "--batch", "3")["total_bytes"]
    )
    adapters = same(run, "gpt2-xl", "--lora", "r=16,targets=c_attn")
    assert load("gpt2-xl").adapters("r=16,targets=c_attn").total == adapters["trained"]
    listed = same(run, "models", "qwen", "--max", "2B")["models"]
    assert paramcount.list_models("qwen", most="2B") == [one["model"] for one in listed]
    formulas = same(run, "formula", "gpt2-xl", "--solve-for", "d_model")
    assert str(paramcount.formulas("gpt2-xl").total) == formulas["total"]["formula"]
    assert str(paramcount.closed_form("gpt2-xl", "d_model")) == formulas["solve_for"]["formula"]
    solved = same(run, "solve", "--params", "1.3B", "--top", "3")["candidates"]
    assert [one.document() for one in paramcount.solve("1.3B", top=3).candidates] == solved
    within = same(run, "solve", "--memory", "24GB", "--seq", "4096", "--top", "2")["candidates"]
    found = paramcount.solve_within(memory="24GB", seq=4096, top=2).solution.candidates
    assert [one.total for one in found] == [one["total"] for one in within]
    laws = same(run, "scaling", "--gpu", "h100-sxm", "--devices", "64", "--days", "30", "--mfu", "40%")["laws"]
    answers = paramcount.ask_laws(gpu="h100-sxm", devices=64, days=30, mfu="40%")
    assert [answer.run.n_params for answer in answers] == [law["n_params"] for law in laws]


def test_memory_says_the_same(run):
    gpt = paramcount.load("gpt3-175b")
    ranks = same(run, "gpt3-175b", "--tp", "8", "--pp", "4")["ranks"]
    assert [rank.params for rank in gpt.per_rank(8, 4).ranks] == [rank["params"] for rank in ranks]
    small = paramcount.load("gpt2-small")
    step = same(run, "memory", "gpt2-small", "--for", "training", "--recipe", "bf16-adam", "--gpu", "rtx-4090")
    assert small.memory("training", recipe="bf16-adam").stated == step["stated"]
    assert small.peak(recipe="bf16-adam").bytes == step["peak"]["bytes"]
    assert small.fits("rtx-4090", "training", recipe="bf16-adam").left == step["per_device"]["left"]
    devices = same(run, "memory", "gpt3-175b", "--for", "training", "--devices", "64", "--zero", "3", "--tp", "8")
    found = gpt.per_device("training", devices=64, zero=3, tp=8).footprint
    assert found.optimizer == devices["per_device"]["optimizer"]
