"""A model that was counted and not composed: tensors under their names, with no sizes to change and no formulas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from paramcount.blocks.leaves import Given
from paramcount.config.config import Use
from paramcount.families.family import SizeError, Sizes
from paramcount.ledger.model import Model, Part
from paramcount.ledger.tensor import Tensor


class Counted:
    """What paramcount.families.Family is for a model without sizes."""

    sizes: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    switches: Mapping[str, bool] = {}
    ties: Mapping[str, tuple[int, str]] = {}
    keys: Mapping[str, Use] = {}

    def __init__(self, name: str, summary: str, source: str, tensors: Iterable[tuple[str, Tensor]]):
        """*tensors* are each with the component it is counted under."""
        self.name, self.kind, self.summary, self.source = name, name, summary, source
        self._model = Model(tuple(Part("", component, Given((tensor,))) for component, tensor in tensors))

    def read(self, field: str, text: str) -> Any:
        """Raises SizeError: there is nothing to set."""
        raise SizeError(f"{field}: {self.name} was counted as it is and has no sizes to set ({self.summary})")

    def change(self, sizes: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[Counted, Sizes]:
        """The same where nothing changes."""
        return self, dict(sizes)

    def kept(self, sizes: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
        return {}

    def settle(self, given: Mapping[str, Any]) -> Sizes:
        return dict(given)

    def symbols(self, sizes: Mapping[str, Any] | None = None) -> Sizes:
        return {}

    def build(self, **sizes: Any) -> Model:
        """The model as it was counted."""
        return self._model
