"""Tables at the two ends of a model: tokens and positions in, logits out."""

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.ledger.tensor import Size, Tensor


class Embedding(NamedTuple):
    """A table of one d_model-wide vector for each of its rows: tokens (n_vocab) or learned positions (n_ctx).

    *shares* names the table that it is, if it is one with another: in a body, as the base class names that.
    """

    rows: Size
    d_model: Size
    shares: str = ""

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("weight", (self.rows, self.d_model), shares=self.shares)


class OutputHead(NamedTuple):
    """The unembedding, n_vocab × d_model without bias; *tied_to* names the embedding whose tensor it is, if any."""

    n_vocab: Size
    d_model: Size
    tied_to: str = ""

    def tensors(self) -> Iterator[Tensor]:
        yield Tensor("weight", (self.n_vocab, self.d_model), shares=self.tied_to)
