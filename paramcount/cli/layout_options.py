"""Options that say on how many devices a model lies and what is divided among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from paramcount.catalog.spec import Spec
from paramcount.costs.accelerators import Accelerator
from paramcount.costs.memory.asked import footprint
from paramcount.costs.memory.fit import fit
from paramcount.costs.run import Run
from paramcount.errors import InputError
from paramcount.report.memory import Answer, memory_report
from paramcount.report.rows import Report

if TYPE_CHECKING:
    from paramcount.costs.memory.fits import Fitting
    from paramcount.costs.memory.footprint import Footprint
    from paramcount.costs.memory.per_device import PerDevice

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


def divided(
    spec: Spec,
    run: Run | None,
    purpose: str,
    given: Mapping[str, Any],
    sizes: Mapping[str, int | None],
    device: Accelerator | None,
    search: bool,
) -> Report:
    """What a device of a layout holds, or what a search over layouts finds; raises InputError where it does not fit."""
    from paramcount.report.layout import with_fits, with_layout  # which one device alone need not wait for

    found = footprint(spec, run, purpose, given)
    report = memory_report([Answer(spec.name, f"{spec.title()} ({spec.family.kind})", found)])
    if search:
        return with_fits(report, *_searched(spec, run, found, given, sizes, device))
    of_device = _of_layout(spec, found, given, sizes)
    return with_layout(report, of_device, fit(device, of_device.footprint) if device else None)


def _of_layout(spec: Spec, found: Footprint, given: Mapping[str, Any], sizes: Mapping[str, int | None]) -> PerDevice:
    from paramcount.costs.memory.layout import settled
    from paramcount.costs.memory.per_device import per_device

    zero, tp, pp, ep = sizes["zero"] or 0, sizes["tp"] or 1, sizes["pp"] or 1, sizes["ep"] or 1
    return per_device(spec, found, settled(sizes["devices"], zero, tp, pp, sizes["dp"], ep), given)


def _searched(
    spec: Spec,
    run: Run | None,
    found: Footprint,
    given: Mapping[str, Any],
    sizes: Mapping[str, int | None],
    device: Accelerator | None,
) -> tuple[list[Fitting], str, int]:
    """What fits, the device and its memory; raises InputError where none is given."""
    from paramcount.costs.memory.fits import fits
    from paramcount.costs.memory.search import Asked

    if device is None:
        raise InputError("--fits: no device; valid: with --gpu h100-sxm, or another of its names")
    memory = fit(device, found).memory
    return fits(spec, run, found.purpose, given, memory, Asked(**sizes)), device.name, memory
