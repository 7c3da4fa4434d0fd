"""The keys of another program's file: read by name, or refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from paramcount.config.sizes import ConfigError

ALWAYS = frozenset({"architectures", "auto_map", "name", "comment", "model_name"})
ENDS = ("_token_id", "_pdrop", "_dropout", "dropout", "_prob", "_eps", "_epsilon", "_theta", "_std", "_range", "dtype")
STARTS = ("_", "transformers_", "rope_", "init_", "initializer", "tokenizer", "torch", "use_cache", "output_", "max_")


class Keys:
    """The *document* of a *program*, what was *asked* over it, and which keys were read."""

    def __init__(self, document: Mapping[str, Any], name: str, program: str, asked: Mapping[str, Any] | None = None):
        self.document, self.name, self.program, self.asked = document, name, program, asked or {}
        self.read = {"model_type", *ALWAYS}
        self.notes: list[str] = []

    def get(self, key: str, default: Any = None) -> Any:
        """What stands under *key*; *default* where nothing or null does."""
        self.read.add(key)
        value = self.asked.get(key, self.document.get(key))
        return default if value is None else value

    def whole(self, key: str, default: int | None = None, least: int = 1) -> int:
        """The whole number under *key*, or *default*; raises ConfigError on anything else."""
        value = self.get(key, default)
        if value is None:
            raise ConfigError(
                f"{self.name}: {key} is missing from {self.program}; valid: a whole number, --set {key}=…"
            )
        if type(value) is not int or value < least:
            self.refuse(key, f"a whole number from {least} up, --set {key}=…")
        return value

    def number(self, key: str, default: float) -> float:
        """The number under *key*; raises ConfigError on anything else."""
        value = self.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e9:
            self.refuse(key, "a number above 0")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """The switch under *key*; raises ConfigError on anything but true and false."""
        value = self.get(key, default)
        if not isinstance(value, bool):
            self.refuse(key, "true or false")
        return value

    def only(self, key: str, *valid: Any, default: Any = None) -> Any:
        """What stands under *key*, which has to be one of *valid*, as it also is where nothing does."""
        value = self.get(key, default)
        if not any(value is one or (value == one and type(value) is type(one)) for one in (*valid, default)):
            self.refuse(key, f"{' or '.join(_written(one) for one in valid)}; others are not counted")
        return value

    def within(self, key: str) -> Keys:
        """The object under *key*, empty where there is none."""
        value = self.get(key, {})
        if not isinstance(value, dict):
            self.refuse(key, "an object of keys and values")
        inner = Keys(value, self.name, self.program, self.asked)
        inner.read = self.read
        inner.notes = self.notes
        return inner

    def error(self, said: str) -> ConfigError:
        """The error that *said* what is wrong and what would be valid; for the caller to raise."""
        return ConfigError(f"{self.name}: {self.program}: {said}")

    def refuse(self, key: str, valid: str) -> NoReturn:
        """Raise ConfigError that says what *key* holds and what would be *valid*."""
        said = _written(self.asked.get(key, self.document.get(key)))
        raise ConfigError(f"{self.name}: {key} = {said} in {self.program}; valid: {valid}")

    def refuse_unread(self, passed: frozenset[str] = frozenset()) -> None:
        """Raise ConfigError on the first number, switch or list that nobody read, *passed* keys apart."""
        for key, value in self.document.items():
            if key in self.read or key in passed or key.startswith(STARTS) or key.endswith(ENDS):
                continue
            if value is True or type(value) is int or (isinstance(value, dict | list) and value):
                self.refuse(key, "a file without it, since it is not known here what it adds")


def _written(value: Any) -> str:
    text = {True: "true", False: "false", None: "null"}[value] if isinstance(value, bool | None) else str(value)
    return text if len(text) <= 40 else f"{text[:37]}…"
