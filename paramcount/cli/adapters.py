"""Options for adapters: --lora on a model, --base for an existing adapter."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

from paramcount.cli.options import complete_models
from paramcount.errors import InputError
from paramcount.report.rows import Report

CONFIG = "adapter_config.json"


def adapter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --lora and --base to *command*."""
    lora = "Count the parameters that LoRA adapters on MODEL train: r=16,targets=q_proj,v_proj."
    command = click.option("--lora", metavar="R,TARGETS", default="", help=lora)(command)
    base = "The base model, where MODEL is an adapter's folder or adapter_config.json."
    return click.option("--base", metavar="MODEL", default="", shell_complete=complete_models, help=base)(command)


def base_beside(model: str) -> str:
    """The base model's config in an adapter's folder, *model*; "" where it has none, or has the base's weights too."""
    names = set(os.listdir(model)) if os.path.isdir(model) else set()
    weights = any(name.startswith(("model", "pytorch_model")) for name in names)
    return os.path.join(model, "config.json") if {CONFIG, "config.json"} <= names and not weights else ""


def with_lora(model: str, changes: tuple[str, ...], lora: str) -> Report:
    """The report on the adapters that *lora* puts on *model*."""
    from paramcount.catalog.locate import resolve
    from paramcount.costs.adapters import adapted, of_lora
    from paramcount.costs.memory.lora import parse
    from paramcount.report.adapters import adapter_report

    peft = of_lora(parse(lora))
    spec = resolve(model, changes)
    return adapter_report(spec, peft, adapted(spec, peft))


def with_base(model: str, changes: tuple[str, ...], base: str) -> Report:
    """The report on the adapter at *model* for *base*, checked against its stored weights where there are any."""
    from paramcount.catalog.locate import resolve
    from paramcount.checkpoint import read
    from paramcount.checkpoint.files import document
    from paramcount.costs.adapters import adapted, of_document
    from paramcount.report.adapters import adapter_report

    folder = model if os.path.isdir(model) else os.path.dirname(model)
    config = model if model.endswith(".json") else os.path.join(folder, CONFIG)
    if not os.path.isfile(config):
        raise InputError(f"--base {base}: {model} has no {CONFIG}; valid: an adapter's folder as MODEL")
    peft = of_document(document(config, as_python=True), config)
    spec = resolve(base, changes)
    weights = [os.path.join(folder, f"adapter_model{ending}") for ending in (".safetensors", ".bin")]
    path = next((path for path in weights if os.path.isfile(path)), "")
    stored = read(path) if path and os.path.basename(config) == CONFIG else None
    return adapter_report(spec, peft, adapted(spec, peft), stored)
