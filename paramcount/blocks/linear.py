"""A linear map between two widths."""

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.ledger.tensor import Size, Tensor


class Linear(NamedTuple):
    """d_in -> d_out: BERT's pooler (with a bias), OPT-350M's projections (without)."""

    d_in: Size
    d_out: Size
    bias: bool = True

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("weight", (self.d_in, self.d_out))
        if self.bias:
            yield Tensor("bias", (self.d_out,))
