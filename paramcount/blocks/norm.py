"""Normalisation."""

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.ledger.tensor import Size, Tensor


class LayerNorm(NamedTuple):
    """Layer normalisation (Ba et al. 2016) over d_model, with a gain and a bias."""

    d_model: Size

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("gain", (self.d_model,))
        yield Tensor("bias", (self.d_model,))


class GainNorm(NamedTuple):
    """A norm with a gain alone: RMSNorm (Zhang and Sennrich 2019), or LayerNorm without its bias (PaLM)."""

    d_model: Size

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("gain", (self.d_model,))
