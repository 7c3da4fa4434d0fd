"""Reads keys of another program's file by name and refuses the ones it does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from paramcount.config.sizes import ConfigError

ALWAYS = frozenset({"architectures", "auto_map", "name", "comment", "model_name"})
LARGEST = 10**15  # larger than any size of a model; programs compute with floats
ENDS = ("_token_id", "_pdrop", "_dropout", "dropout", "_prob", "_eps", "_epsilon", "_theta", "_std", "_range", "dtype")
STARTS = ("_", "transformers_", "rope_", "init_", "initializer", "tokenizer", "torch", "use_cache", "output_", "max_")


class Keys:
    """A *program*'s *document*, the changes *asked* for, and the keys read so far."""

    def __init__(self, document: Mapping[str, Any], name: str, program: str, asked: Mapping[str, Any] | None = None):
        self.document, self.name, self.program, self.asked = document, name, program, asked or {}
        self.read = {"model_type", *ALWAYS}
        self.notes: list[str] = []

    def get(self, key: str, default: Any = None) -> Any:
        """The value of *key*; *default* if it is missing or null."""
        self.read.add(key)
        value = self.asked.get(key, self.document.get(key))
        return default if value is None else value

    def whole(self, key: str, default: int | None = None, least: int = 1) -> int:
        """The whole number under *key*, or *default*; raises ConfigError otherwise."""
        value = self.get(key, default)
        if value is None:
            raise ConfigError(
                f"{self.name}: {key} is missing from {self.program}; valid: a whole number, --set {key}=…"
            )
        if type(value) is not int or not least <= value <= LARGEST:
            self.refuse(key, f"a whole number from {least} up, --set {key}=…")
        return value

    def number(self, key: str, default: float) -> float:
        """The number under *key*; raises ConfigError otherwise."""
        value = self.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e9:
            self.refuse(key, "a number above 0")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """The switch under *key*; raises ConfigError unless it is true or false."""
        value = self.get(key, default)
        if not isinstance(value, bool):
            self.refuse(key, "true or false")
        return value

    def only(self, key: str, *valid: Any, default: Any = None) -> Any:
        """The value of *key*, which must be one of *valid* or *default*; raises ConfigError."""
        value = self.get(key, default)
        if not any(value is one or (value == one and type(value) is type(one)) for one in (*valid, default)):
            self.refuse(key, f"{' or '.join(_written(one) for one in valid)}; no other is supported")
        return value

    def within(self, key: str) -> Keys:
        """The object under *key*, empty if there is none."""
        value = self.get(key, {})
        if not isinstance(value, dict):
            self.refuse(key, "an object of keys and values")
        inner = Keys(value, self.name, self.program, self.asked)
        inner.read = self.read
        inner.notes = self.notes
        return inner

    def error(self, said: str) -> ConfigError:
        """An error that says what is wrong and what would be valid, for the caller to raise."""
        return ConfigError(f"{self.name}: {self.program}: {said}")

    def refuse(self, key: str, valid: str) -> NoReturn:
        """Raise a ConfigError that says what *key* holds and what would be *valid*."""
        said = _written(self.asked.get(key, self.document.get(key)))
        raise ConfigError(f"{self.name}: {key} = {said} in {self.program}; valid: {valid}")

    def refuse_unread(self, passed: frozenset[str] = frozenset()) -> None:
        """Raise ConfigError on the first number, switch or list that was not read, except *passed* keys."""
        for key, value in self.document.items():
            if key in self.read or key in passed or key.startswith(STARTS) or key.endswith(ENDS):
                continue
            if value is True or type(value) is int or (isinstance(value, dict | list) and value):
                self.refuse(key, "a file without it, since what it adds is unknown")


def _written(value: Any) -> str:
    text = {True: "true", False: "false", None: "null"}[value] if isinstance(value, bool | None) else str(value)
    return text if len(text) <= 40 else f"{text[:37]}…"
