"""Builds and runs a witness on the meta device, where tensors have shapes but no data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

ARITHMETIC = {"add", "sub", "mul", "div", "neg", "lt", "ge", "__or__", "__rpow__"}
FUNCTIONS = {"sin", "cos", "relu", "gelu", "silu", "tanh", "layer_norm", "rms_norm", "masked_fill", "clamp"}
POINTWISE = ARITHMETIC | FUNCTIONS


class PointwiseShapes(TorchFunctionMode):
    """Pointwise operations by their one shape rule, broadcasting; all others are torch's own.

    torch's meta kernels for just these import its compiler, which takes longer than everything else verify does.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        if getattr(func, "__name__", "") not in POINTWISE:
            return func(*args, **(kwargs or {}))
        tensors = [argument for argument in args if isinstance(argument, Tensor)]
        shape = torch.broadcast_shapes(*(tensor.shape for tensor in tensors))  # type: ignore[no-untyped-call]
        return tensors[0].new_empty(shape)


def build(witness: Callable[..., nn.Module], sizes: dict[str, Any]) -> nn.Module:
    """The witness with *sizes*, its parameters without data."""
    with torch.device("meta"):
        return witness(**sizes)


def run(model: nn.Module, b: int, t: int) -> list[tuple[int, ...]]:
    """The output shapes of *model* for *b* sequences of *t* tokens; RuntimeError if its shapes do not fit.

    A model that does not read tokens provides an example of its input.
    """
    example: Callable[[int], Tensor] | None = getattr(model, "example", None)
    tokens = example(b) if example else torch.empty(b, t, dtype=torch.long, device="meta")
    with torch.no_grad(), PointwiseShapes():
        out: Tensor | tuple[Tensor, ...] = model(tokens)
    return [tuple(tensor.shape) for tensor in (out if isinstance(out, tuple) else (out,))]
