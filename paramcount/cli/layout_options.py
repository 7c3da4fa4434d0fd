"""Options for how a model is divided among devices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import click

from paramcount.catalog.spec import Spec
from paramcount.cli.values import Whole
from paramcount.costs.accelerators import Accelerator
from paramcount.costs.memory.asked import footprint
from paramcount.costs.memory.fit import fit
from paramcount.costs.memory.footprint import Footprint
from paramcount.costs.run import Run
from paramcount.errors import InputError
from paramcount.report.rows import Report

SIZES = ("devices", "zero", "tp", "pp", "dp", "ep")
HELP = {
    "devices": "Number of devices; with --fits, at most that many. dp is devices / (tp · pp).",
    "tp": "Tensor parallelism: devices that split every layer.",
    "pp": "Pipeline parallelism: stages that split the layers.",
    "dp": "Data parallelism: copies of the model, each with its own batch.",
    "ep": "Expert parallelism: copies that split the experts.",
}


def layout_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --devices, --zero, --tp, --pp, --dp, --ep and --fits to *command*."""
    fits = "Find the fewest devices, largest batch and largest context for --gpu, over all layouts not fixed above."
    command = click.option("--fits", is_flag=True, help=fits)(command)
    for name in reversed(SIZES):
        if name == "zero":
            says = (
                "ZeRO stage: copies split the optimizer states (1), also gradients (2), also weights (3). Default: 0."
            )
            command = click.option("--zero", metavar="0-3", type=Whole(0, 3), help=says)(command)
        else:
            command = click.option(f"--{name}", metavar="N", type=Whole(), help=HELP[name])(command)
    return command


def is_asked(sizes: Mapping[str, int | None]) -> bool:
    """Whether any size of the layout is given."""
    return any(size is not None for size in sizes.values())


def take_layout(given: dict[str, Any]) -> dict[str, int | None]:
    """Take the sizes of the layout out of *given*."""
    return {name: given.pop(name) for name in SIZES}


class Asked(NamedTuple):
    """A question about layouts: the model, its run, the options *given*, the layout's *sizes* and the device."""

    spec: Spec
    run: Run | None
    purpose: str
    given: Mapping[str, Any]
    sizes: Mapping[str, int | None]
    device: Accelerator | None

    def whole(self) -> Footprint:
        """The memory of the undivided model on one device."""
        return footprint(self.spec, self.run, self.purpose, self.given)


def divided(report: Report, asked: Asked) -> Report:
    """*report*, which is for one device, with what each device of the layout holds.

    Raises InputError if the model can't be divided that way.
    """
    from paramcount.costs.memory.layout import settled  # not needed for a single device
    from paramcount.costs.memory.per_device import per_device
    from paramcount.report.layout import with_layout

    sizes = asked.sizes
    zero, tp, pp, ep = sizes["zero"] or 0, sizes["tp"] or 1, sizes["pp"] or 1, sizes["ep"] or 1
    layout = settled(sizes["devices"], zero, tp, pp, sizes["dp"], ep)
    found = per_device(asked.spec, asked.whole(), layout, asked.given)
    needed = found.peak.bytes if found.peak else None
    return with_layout(report, found, fit(asked.device, found.footprint, needed) if asked.device else None)


def searched(report: Report, asked: Asked) -> Report:
    """*report*, which is for one device, with what fits on devices of that kind; raises InputError without one."""
    from paramcount.costs.memory import search
    from paramcount.costs.memory.fits import fits
    from paramcount.report.layout import with_fits

    if asked.device is None:
        raise InputError("--fits: no device given; valid: with --gpu h100-sxm or another device")
    memory = fit(asked.device, asked.whole()).memory
    found = fits(asked.spec, asked.run, asked.purpose, asked.given, memory, search.Asked(**asked.sizes))
    return with_fits(report, found, asked.device.name, memory)
