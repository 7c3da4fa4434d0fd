"""What a witness keeps for its backward pass, measured by torch's saved-tensor hooks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.autograd.graph import saved_tensors_hooks
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from paramcount.catalog.spec import Spec
from paramcount.costs.memory.activations import Activations
from paramcount.costs.memory.computed import FULL, FUSED, SELECTIVE
from paramcount.verification.compare import witness_of
from paramcount.verification.witnesses.attention import Attention, BidirectionalAttention

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


def saved_bytes(
    spec: Spec,
    stated: Activations,
    fake: bool = True,
    device: str = "cpu",
    **more: Any,
) -> int:
    """The bytes the witness of *spec* keeps in the run that is *stated*, each storage once, without parameters.

    On *fake* tensors it uses no memory. *more* are arguments of the witness that are not sizes, such as dropout.
    """
    with numbers_of(stated.dtype), FakeTensorMode() if fake else nullcontext(), torch.device(device):
        built = recomputing(witness_of(spec)(**spec.sizes, **more), stated.recompute, stated.kernel)
        tokens = torch.zeros(stated.run.batch, stated.run.seq, dtype=torch.long)
        return sum(one.nbytes() for one in kept_by(built, tokens))


def kept_by(built: nn.Module, tokens: Tensor) -> list[torch.UntypedStorage]:
    """The storages *built* keeps from a forward pass over *tokens*, without its parameters."""
    parameters = {parameter.untyped_storage()._cdata for parameter in built.parameters()}
    kept: dict[int, torch.UntypedStorage] = {}  # kept alive so that no two share an address

    def packed(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in parameters:
            kept.setdefault(storage._cdata, storage)
        return tensor.detach()  # an attached tensor kept by its own node would never be freed

    with saved_tensors_hooks(packed, lambda tensor: tensor):
        built(tokens)
    return list(kept.values())


def recomputing(built: nn.Module, recompute: str, kernel: str) -> nn.Module:
    """*built* with attention by *kernel*, and the parts named in *recompute* under torch.utils.checkpoint."""
    for module in built.modules():
        if isinstance(module, Attention):
            if kernel == FUSED:
                module.attended = partial(fused, module)  # type: ignore[method-assign]
            if recompute == SELECTIVE:
                module.attended = again(module.attended)  # type: ignore[method-assign]
    if recompute == FULL:
        for layer in built.layers:  # type: ignore[union-attr]
            layer.forward = again(layer.forward)
    return built


def again(function: Any) -> Any:
    """*function*, keeping only its inputs and recomputed by the backward pass."""
    return partial(checkpoint, function, use_reentrant=False)


def fused(attention: Attention, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The witness's own attention by torch's kernel that keeps no scores."""
    causal, grouped = not isinstance(attention, BidirectionalAttention), attention.n_kv_heads != attention.n_heads
    return functional.scaled_dot_product_attention(q, k, v, is_causal=causal, enable_gqa=grouped)


@contextmanager
def numbers_of(dtype: str) -> Iterator[None]:
    """Makes torch use *dtype* meanwhile, since modules of fake tensors cannot be converted afterwards."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(DTYPES[dtype])
    try:
        yield
    finally:
        torch.set_default_dtype(before)
