"""Building on the meta device without filling in values: there are none, and torch works long at not having them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

FILLING = ("normal_", "uniform_", "zero_", "fill_", "exponential_", "log_normal_", "random_", "clamp_", "erfinv_")


@contextmanager
def shapes_alone(check: Callable[[], None]) -> Iterator[None]:
    """Tensors are made on the meta device and never filled; *check* is called for every parameter."""
    import torch
    from torch.nn import init
    from torch.nn.modules.module import register_module_parameter_registration_hook

    handle = register_module_parameter_registration_hook(lambda *_: check())
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
        handle.remove()


def _unfilled(tensor: Any, *_: Any, **__: Any) -> Any:
    return tensor
