"""What a comparison found."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.catalog.spec import PartOf
from paramcount.errors import InputError

PAPERS = "the module from its paper"


class NotBuiltError(InputError):
    """transformers does not build the class that a config names."""


class Verified(NamedTuple):
    """A model's ledger held against its witness: how many tensors were compared and how many parameters they have.

    *mismatches* are one line each; a tensor is named with what the ledger and what the witness says of it. *witness* is
    what it was held against, *part* of which larger model it is a part alone.
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
