"""Options that say on how many devices a model lies and what is divided among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from paramcount.costs.memory.layout import Layout, settled
from paramcount.costs.memory.search import Asked

SIZES = ("devices", "zero", "tp", "pp", "dp", "ep")
HELP = {
    "devices": "Devices; with --fits at most so many. dp is devices / (tp · pp).",
    "tp": "Tensor parallelism: devices that share every layer.",
    "pp": "Pipeline parallelism: stages that share the layers.",
    "dp": "Copies of the model, each with its own batch.",
    "ep": "Expert parallelism: copies that share the experts.",
}


def layout_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give *command* --devices, --zero, --tp, --pp, --dp, --ep and --fits."""
    fits = "Fewest devices, largest batch, largest context on --gpu, over all layouts that these options leave open."
    command = click.option("--fits", is_flag=True, help=fits)(command)
    for name in reversed(SIZES):
        if name == "zero":
            says = "What copies divide: optimizer states (1), gradients (2), weights too (3). Default: 0, nothing."
            command = click.option("--zero", type=click.IntRange(0, 3), help=says)(command)
        else:
            command = click.option(f"--{name}", metavar="N", type=click.IntRange(1), help=HELP[name])(command)
    return command


def take_layout(given: dict[str, Any]) -> dict[str, int | None]:
    """The sizes of a layout out of what is *given*, which no longer has them."""
    return {name: given.pop(name) for name in SIZES}


def layout_of(sizes: Mapping[str, int | None]) -> Layout | None:
    """The layout that *sizes* state; None where none is asked for. Raises InputError where they state none."""
    if all(size is None for size in sizes.values()):
        return None
    return settled(
        sizes["devices"], sizes["zero"] or 0, sizes["tp"] or 1, sizes["pp"] or 1, sizes["dp"], sizes["ep"] or 1
    )


def asked_of(sizes: Mapping[str, int | None]) -> Asked:
    """What a search over layouts is bound to."""
    return Asked(**sizes)
