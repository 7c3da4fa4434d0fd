"""Builds modules for their shapes: on the meta device, silently, and without initialising values.

torch spends long on initialising tensors that have no values.
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
    """Tensors are made on the meta device and never initialised.

    Initialisation is skipped by a torch mode rather than by patching functions: code imported meanwhile would keep the
    patches and leave real models uninitialised.
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
    """Calls *check* for every parameter added to a module; an exception it raises stops the build."""
    from torch.nn.modules.module import register_module_parameter_registration_hook

    handle = register_module_parameter_registration_hook(lambda *_: check())
    try:
        yield
    finally:
        handle.remove()


@contextmanager
def silence() -> Iterator[None]:
    """Suppresses what a class prints, warns about and logs, since it is built only for its shapes."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
