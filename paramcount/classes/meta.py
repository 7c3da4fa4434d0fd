"""Building modules for their shapes: on the meta device, in silence, and without filling in values.

There are none there, and torch works long at not having them.
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any

FILLING = ("normal_", "uniform_", "zero_", "fill_", "exponential_", "log_normal_", "random_", "clamp_", "erfinv_")


@contextmanager
def shapes_alone() -> Iterator[None]:
    """Tensors are made on the meta device and never filled.

    Filling is passed over by a mode of torch's own and nothing is put in its functions' place: what is imported
    meanwhile would keep that for good, and leave the weights of real models unset.
    """
    import torch
    from torch.overrides import TorchFunctionMode

    class Unfilled(TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if getattr(func, "__name__", "") in FILLING or getattr(func, "__module__", "") == "torch.nn.init":
                return args[0] if args else (kwargs or {})["tensor"]
            return func(*args, **(kwargs or {}))

    with torch.device("meta"), Unfilled():
        yield


@contextmanager
def watched(check: Callable[[], None]) -> Iterator[None]:
    """*check* is called for every parameter that a module is given; what it raises ends the building."""
    from torch.nn.modules.module import register_module_parameter_registration_hook

    handle = register_module_parameter_registration_hook(lambda *_: check())
    try:
        yield
    finally:
        handle.remove()


@contextmanager
def silence() -> Iterator[None]:
    """Without what a class prints, warns of and logs: it is built for its shapes alone."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
