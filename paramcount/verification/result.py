"""The result of a verification."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.catalog.spec import PartOf
from paramcount.errors import InputError

PAPERS = "the module from its paper"


class NotBuiltError(InputError):
    """transformers cannot build the class a config names."""


class Verified(NamedTuple):
    """A model's ledger compared with its witness: the number of tensors compared and their parameters.

    *mismatches* are one line each, naming a tensor with the ledger's and the witness's version. *witness* is what it
    was compared with, *part* the part of a larger model it covers, if only one.
    """

    model: str
    tensors: int
    total: int
    mismatches: tuple[str, ...] = ()
    witness: str = PAPERS
    part: PartOf | None = None

    @property
    def ok(self) -> bool:
        return not self.mismatches
