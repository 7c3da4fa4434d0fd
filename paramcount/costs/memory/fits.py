"""What fits a device, over all the layouts that the options leave open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paramcount.catalog.spec import Spec
from paramcount.costs.memory.fits_inference import fits_inference
from paramcount.costs.memory.fits_training import fits_training
from paramcount.costs.memory.fitting import Fitting, Question
from paramcount.costs.memory.footprint import INFERENCE
from paramcount.costs.memory.per_device import divisible
from paramcount.costs.memory.placed import laid
from paramcount.costs.memory.search import Asked
from paramcount.costs.run import Run
from paramcount.errors import InputError


def fits(
    spec: Spec, run: Run | None, purpose: str, given: Mapping[str, Any], memory: int, asked: Asked
) -> list[Fitting]:
    """The answers for devices with *memory* bytes; *run* has the batch and context to hold fixed.

    Raises InputError if it is not known how the model divides, or if it can't be divided as *asked*.
    """
    divisible(asked.zero or 0, purpose, given)
    least = (asked.tp or 1) * (asked.pp or 1) * (asked.dp or asked.ep or 1)
    if asked.devices and least > asked.devices:
        raise InputError(f"devices = {asked.devices}: tp · pp · dp = {least}; valid: --devices {least} or more")
    question = Question(spec, laid(spec), run, purpose, given, memory, asked)
    return fits_inference(question) if purpose == INFERENCE else fits_training(question)
