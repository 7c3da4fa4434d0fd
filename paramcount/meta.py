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
    """Tensors are made on the meta device and never filled."""
    import torch
    from torch.nn import init

    before = {name: getattr(init, name) for name in dir(init) if name.endswith("_") and not name.startswith("_")}
    for name in before:
        setattr(init, name, _unfilled)
    for name in FILLING:
        setattr(torch.Tensor, name, _unfilled)
    try:
        with torch.device("meta"):
            yield
    finally:
        for name in FILLING:
            delattr(torch.Tensor, name)
        for name, function in before.items():
            setattr(init, name, function)


def _unfilled(tensor: Any, *_: Any, **__: Any) -> Any:
    return tensor


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
