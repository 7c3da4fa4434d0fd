"""Options that say on how many devices a model lies and what is divided among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import click

from paramcount.catalog.spec import Spec
from paramcount.costs.accelerators import Accelerator
from paramcount.costs.memory.asked import footprint
from paramcount.costs.memory.fit import fit
from paramcount.costs.memory.footprint import Footprint
from paramcount.costs.run import Run
from paramcount.errors import InputError
from paramcount.report.rows import Report

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


def is_asked(sizes: Mapping[str, int | None]) -> bool:
    """Whether any size of a layout is given."""
    return any(size is not None for size in sizes.values())


def take_layout(given: dict[str, Any]) -> dict[str, int | None]:
    """The sizes of a layout out of what is *given*, which no longer has them."""
    return {name: given.pop(name) for name in SIZES}


class Asked(NamedTuple):
    """What a command asks of layouts: of a model and a run, with options and the sizes of a layout, on a device."""

    spec: Spec
    run: Run | None
    purpose: str
    given: Mapping[str, Any]
    sizes: Mapping[str, int | None]
    device: Accelerator | None

    def whole(self) -> Footprint:
        """What one device takes."""
        return footprint(self.spec, self.run, self.purpose, self.given)


def divided(report: Report, asked: Asked) -> Report:
    """*report* on one device with what a device of the layout holds; raises InputError where the model does not fit."""
    from paramcount.costs.memory.layout import settled  # which one device alone need not wait for
    from paramcount.costs.memory.per_device import per_device
    from paramcount.report.layout import with_layout

    sizes = asked.sizes
    zero, tp, pp, ep = sizes["zero"] or 0, sizes["tp"] or 1, sizes["pp"] or 1, sizes["ep"] or 1
    layout = settled(sizes["devices"], zero, tp, pp, sizes["dp"], ep)
    found = per_device(asked.spec, asked.whole(), layout, asked.given)
    needed = found.peak.bytes if found.peak else None
    return with_layout(report, found, fit(asked.device, found.footprint, needed) if asked.device else None)


def searched(report: Report, asked: Asked) -> Report:
    """*report* on one device with what fits such devices; raises InputError where none is given."""
    from paramcount.costs.memory import search
    from paramcount.costs.memory.fits import fits
    from paramcount.report.layout import with_fits

    if asked.device is None:
        raise InputError("--fits: no device; valid: with --gpu h100-sxm, or another of its names")
    memory = fit(asked.device, asked.whole()).memory
    found = fits(asked.spec, asked.run, asked.purpose, asked.given, memory, search.Asked(**asked.sizes))
    return with_fits(report, found, asked.device.name, memory)
