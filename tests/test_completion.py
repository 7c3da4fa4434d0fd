"""Shells complete every option's values."""

import os
import subprocess
import sys

import click
import pytest

from paramcount.cli.values import Whole
from paramcount.cli.verbs import VERBS, paramcount

# Options that take numbers or free text, which can't be completed.
FREE = {
    "params", "tokens", "flops", "devices", "days", "mfu", "tflops", "price", "power", "pue", "carbon", "seq", "source",
    "steps", "batch_tokens", "max_loss", "memory", "cache", "tolerance", "aspect", "d_ff_ratio", "least", "most",
    "words", "lora",
}  # fmt: skip
SIZES = {"SIZE"}


def commands():
    """Every command, including those of groups."""
    context = click.Context(paramcount)
    for verb in VERBS:
        command = paramcount.get_command(context, verb)
        yield verb, command
        for name, nested in getattr(command, "commands", {}).items():
            yield f"{verb} {name}", nested


@pytest.mark.parametrize(("verb", "command"), list(commands()), ids=[verb for verb, _ in commands()])
def test_every_option_is_completed_or_is_a_number(verb, command):
    for param in command.params:
        named = isinstance(param.type, click.Choice | click.Path) or param._custom_shell_complete
        number = isinstance(param.type, Whole | click.types.BoolParamType)
        free = param.name in FREE or (param.metavar in SIZES and verb == "solve")
        assert named or number or getattr(param, "is_flag", False) or free, f"{verb}: {param.name}"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("paramcount memory gpt2 --dtype gguf:Q4_K_M", "gguf:Q4_K_M"),
        ("paramcount gpt3-xl --set n_h", "n_heads="),
        ("paramcount solve --like qwen3-30b-a3b --set n_active", "n_active_experts="),
        ("paramcount train gpt2 --gpu H1", "h100-sxm"),
        ("paramcount models --family qwen3_", "qwen3_moe"),
        ("paramcount formula gpt --solve-for d_m", "d_model"),
        ("paramcount derive mamb", "mamba2"),
        ("paramcount scaling --law chin", "chinchilla-3"),
        ("paramcount solve --rank t", "tidy"),
        ("paramcount memory gpt2 --recipe mix", "mixed-adam"),
        ("paramcount plot train gpt2 --like llama-2-7", "llama-2-70b"),
        ("paramcount gpt2 --format js", "json"),
    ],
)
def test_values_are_completed(words, found):
    told = {"_PARAMCOUNT_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    done = subprocess.run(
        [sys.executable, "-m", "paramcount"], env={**os.environ, **told}, capture_output=True, text=True
    )
    assert f"plain,{found}" in done.stdout.splitlines()
    assert done.stderr == ""
