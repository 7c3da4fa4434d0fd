"""PaperRow: a paper's row, read by a model's body as if it were a config."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from paramcount.config.config import Config
from paramcount.config.keys import symbol
from paramcount.ledger.sized import Sized

if TYPE_CHECKING:
    from paramcount.config.rules import Rule

SWITCHES = {"tie_word_embeddings": "tied"}  # papers' names for config switches


class PaperRow(Config):
    """*stated* sizes and switches under the literature's names, *fixed* ones under the model type's keys.

    With plain ints as sizes the body gives only the count, and faster. What a class takes for granted (a head's width,
    a pooler) comes from the row. Keys given by neither have the type's defaults.
    """

    def __init__(self, model_type: str, stated: Mapping[str, Any], fixed: Mapping[str, Any], task: str):
        about = {"type": model_type, "classes": {}, "spellings": {}, "nested": {}, "defaults": {}}
        super().__init__({}, about, model_type)
        self.stated, self.fixed, self.task = stated, fixed, task

    @cached_property
    def _defaults(self) -> Mapping[str, Any]:
        from paramcount.config.types import known  # 300 kB that few rows need

        about = known(self.model_type) or {"spellings": {}, "defaults": {}}
        defaults, spellings = about["defaults"], about["spellings"]
        return {**defaults, **{other: defaults[own] for other, own in spellings.items() if own in defaults}}

    def get(self, key: str) -> Any:
        """The row's value under the literature's name of *key*, or the fixed one, or the type's default."""
        if key in self.fixed:
            return self.fixed[key]
        name = SWITCHES.get(key) or symbol(key)
        return self.stated[name] if name in self.stated else self._defaults.get(key)

    def named(self, name: str, value: int, follows: str, rule: Rule | None = None) -> Sized:
        """The size stated in the row, or the one that *follows*."""
        stated = self.stated.get(name)
        return super().named(name, value, follows, rule) if stated is None else stated

    def quotient(self, name: str, above: str, below: str, rest: bool = False) -> Sized:
        """The size stated in the row, whether or not it equals the quotient."""
        stated = self.stated.get(name)
        return super().quotient(name, above, below) if stated is None else stated

    def tied(self, name: str, size: Sized) -> Sized:
        """The size stated in the row."""
        stated = self.stated.get(name)
        return size if stated is None else stated

    def taken(self, name: str, value: bool) -> bool:
        """The value stated in the row or by the family."""
        return bool(self.fixed.get(name, self.stated.get(name, value)))

    def _noted(self, key: str, value: Any, least: int) -> Any:
        stated = isinstance(value, Sized) or self.stated.get(symbol(key)) is value
        return value if stated else super()._noted(key, value, least)
