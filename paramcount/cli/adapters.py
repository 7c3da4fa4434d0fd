"""Options for adapters: --lora on a model, --base for an existing adapter."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

from paramcount.cli.options import complete_models
from paramcount.report.rows import Report


def adapter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --lora and --base to *command*."""
    lora = "Count the parameters that LoRA adapters on MODEL train: r=16,targets=q_proj,v_proj."
    command = click.option("--lora", metavar="R,TARGETS", default="", help=lora)(command)
    base = "The base model, where MODEL is an adapter's folder or adapter_config.json."
    return click.option("--base", metavar="MODEL", default="", shell_complete=complete_models, help=base)(command)


def base_beside(model: str) -> str:
    """The base model's config in an adapter's folder, *model*; "" where it has none, or has the base's weights too."""
    if not os.path.isdir(model):
        return ""
    from paramcount.costs.adapters.peft import CONFIG

    names = set(os.listdir(model))
    weights = any(name.startswith(("model", "pytorch_model")) for name in names)
    return os.path.join(model, "config.json") if {CONFIG, "config.json"} <= names and not weights else ""


def with_lora(model: str, changes: tuple[str, ...], lora: str) -> Report:
    """The report on the adapters that *lora* puts on *model*."""
    from paramcount.catalog.locate import resolve
    from paramcount.costs.adapters import adapted, of_text
    from paramcount.report.adapters import adapter_report

    peft = of_text(lora)
    spec = resolve(model, changes)
    return adapter_report(spec, peft, adapted(spec, peft))


def with_base(model: str, changes: tuple[str, ...], base: str) -> Report:
    """The report on the adapter at *model* for *base*, checked against its stored weights where there are any."""
    from paramcount.catalog.locate import resolve
    from paramcount.checkpoint import read
    from paramcount.costs.adapters import adapted, of_file
    from paramcount.costs.adapters.peft import CONFIG, folder_of
    from paramcount.report.adapters import adapter_report

    peft = of_file(model)
    spec = resolve(base, changes)
    weights = [os.path.join(folder_of(model), f"adapter_model{ending}") for ending in (".safetensors", ".bin")]
    path = next((path for path in weights if os.path.isfile(path)), "")
    is_named_so = not model.endswith(".json") or os.path.basename(model) == CONFIG
    stored = read(path) if path and is_named_so else None
    return adapter_report(spec, peft, adapted(spec, peft), stored)
