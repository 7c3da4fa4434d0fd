"""Config: the keys of a config.json as sizes and switches, each with the default of its own model type."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, count
from typing import Any, NamedTuple

from paramcount.config.earlier_names import present_class
from paramcount.config.keys import symbol
from paramcount.config.rules import Fixed, Quotient, Rule
from paramcount.errors import InputError
from paramcount.ledger.sized import Sized, formula_of, plain

DEEPEST = 100_000  # layers that may be listed one by one


class ConfigError(InputError):
    """A config that states no model; the message names the key and what would be valid."""


class Use(NamedTuple):
    """A size that a model was built with: its value, the key it stands under, and whether the config gives it.

    Where it follows from others, *key* says how in words and *rule* as data.
    """

    value: int | bool
    key: str
    given: bool
    rule: Rule | None = None

    @property
    def settable(self) -> bool:
        """Whether it is a key of its own."""
        return self.rule is None


class Limit(NamedTuple):
    """What two sizes of a model have to keep: that *one* "divides" the *other* or "is at most" it."""

    one: str
    keeps: str
    other: str


class Config:
    """A config.json over its model type's defaults.

    Reading a size notes it in *used* by its symbol; that is what a report prints beside the formulas.
    """

    def __init__(self, document: Mapping[str, Any], about: Mapping[str, Any], name: str = "config", prefix: str = ""):
        self.document = document
        self.about = about
        self.name = name
        self.prefix = prefix
        self.task = ""  # of the class that it is read for, once that is known
        self.whole: Config | None = None  # what it is the text model of,
        self.holder = ""  # and the class that holds it there
        self.used: dict[str, Use] = {}
        self.limits: set[Limit] = set()
        self.looked: set[str] = set()  # the symbols of sizes that were compared, divided by or gone through
        self.notes: list[str] = []
        self.given = self._own_spelling(document)
        self.values = {**{self._own(key): value for key, value in about["defaults"].items()}, **self.given}

    @property
    def model_type(self) -> str:
        return str(self.about["type"])

    def get(self, key: str) -> Any:
        """What the config says under *key*, or its type's default, unchecked; None where neither does."""
        return self.values.get(self._own(key))

    def knows(self, key: str) -> bool:
        """Whether *key*, in any spelling, is one of the type's or is given."""
        return self._own(key) in self.values

    def size(self, key: str, least: int = 1) -> Sized:
        """The whole number under *key*, at least *least*; raises ConfigError on anything else."""
        value = self.get(key)
        if value is None:
            raise ConfigError(f"{self.name}: {self.prefix}{key} is missing; valid: a whole number")
        return self._noted(key, value, least)

    def size_or_none(self, key: str, least: int = 1) -> Sized | None:
        """The whole number under *key*, or None where it is absent or null."""
        return None if self.get(key) is None else self.size(key, least)

    def flag(self, key: str) -> bool:
        """The switch under *key*; raises ConfigError on anything but true and false."""
        value = self.get(key)
        if not isinstance(value, bool):
            raise ConfigError(f"{self.name}: {self.prefix}{key} = {_short(value)}: valid: true or false")
        self._use(key, value)
        return value

    def named(self, name: str, value: int, follows: str, rule: Rule | None = None) -> Sized:
        """A size that *follows* from keys, under a symbol of its own; a *rule* says how, if one can."""
        value = plain(value)
        if value < 0:
            raise ConfigError(f"{self.name}: {follows} = {value}: valid: a number that is not negative")
        own = f"{self.prefix}{name}".replace(".", "_")
        candidates = chain((name, own), (f"{own}_{number}" for number in count(2)))
        rule = Fixed(value) if rule is None else rule
        name = next(free for free in candidates if free not in self.used or self.used[free].key == follows)
        self.used[name] = Use(value, follows, given=False, rule=rule)
        return Sized.named(name, value, self.looked)

    def quotient(self, name: str, above: str, below: str) -> Sized:
        """The size under key *above* over that under *below*, as *name*; raises ConfigError where there is a rest."""
        one, other = self.size(above), self.size(below)
        if plain(one) % plain(other):
            keys = f"{self.prefix}{above} = {one} is no multiple of {self.prefix}{below} = {other}"
            raise ConfigError(f"{self.name}: {keys}, and no {name} is given; change one of the two")
        return self.follows(name, f"{above} / {below}", one, other, rounded="exactly")

    def follows(
        self,
        name: str,
        words: str,
        above: int,
        below: int = 1,
        rounded: str = "down",
        times: int = 1,
        least: int = 0,
    ) -> Sized:
        """*times* · *above* / *below*, the quotient *rounded* as paramcount.config.rules.Quotient has it, as *name*.

        *words* say the same of keys, as a report prints it.
        """
        rule = Quotient(formula_of(above), formula_of(below), rounded, formula_of(times), least)
        quotient = -(-plain(above) // plain(below)) if rounded == "up" else plain(above) // plain(below)
        return self.named(name, max(least, plain(times) * quotient), words, rule)

    def tied(self, name: str, size: Sized) -> Sized:
        """*size*, which a class takes for its *name* and a paper may state otherwise."""
        return size

    def taken(self, name: str, value: bool) -> bool:
        """*value*, which a class takes for granted under *name* and a paper may state otherwise."""
        return value

    def at_most(self, few: str, many: str) -> None:
        """Raise ConfigError where the size under key *few* exceeds the one under *many*."""
        one, other = self.size(few, 0), self.size(many, 0)
        if plain(one) > plain(other):
            raise self.refuse(few, f"valid: up to {many} = {other}")
        self._limit(one, "is at most", other)

    def divides(self, one: Sized, other: Sized) -> bool:
        """Whether *one* divides *other*, which is noted as what the model keeps."""
        self._limit(one, "divides", other)
        return plain(other) % plain(one) == 0

    def _limit(self, one: Sized, keeps: str, other: Sized) -> None:
        self.limits.add(Limit(str(formula_of(one)), keeps, str(formula_of(other))))

    def list_of(self, key: str, length: int) -> list[Any] | None:
        """The list under *key*, which must have *length* items, or None; raises ConfigError."""
        value = self.get(key)
        if value is not None and (not isinstance(value, list) or len(value) != length):
            said = f"{len(value)} items" if isinstance(value, list) else _short(value)
            raise ConfigError(f"{self.name}: {self.prefix}{key} has {said}; valid: a list of {length}, one a layer")
        return value

    def layers(self, key: str = "num_hidden_layers") -> Sized:
        """The number of layers under *key*, where they differ and have to be gone through one by one."""
        n_layers = self.size(key)
        if n_layers.looked_at() > DEEPEST:
            raise ConfigError(f"{self.name}: {self.prefix}{key} = {n_layers}: valid: up to {DEEPEST:,}")
        return n_layers

    def nested(self, key: str) -> Config:
        """The config under *key*, over the defaults of its own; what it uses is noted here too."""
        inner = self.get(key)
        if inner is None:
            inner = {}
        if not isinstance(inner, dict):
            raise ConfigError(f"{self.name}: {self.prefix}{key} = {_short(inner)}: valid: an object of keys and values")
        about = self.about["nested"].get(key, {})
        if isinstance(about, str):
            about = _of_type(about)
        else:
            about = {"type": self.model_type, "spellings": {}, "nested": {}, "defaults": about}
        config = Config(inner, about, self.name, f"{self.prefix}{key}.")
        config.used, config.notes, config.limits, config.looked = self.used, self.notes, self.limits, self.looked
        return config

    def class_name(self) -> str | None:
        """The class that `architectures` names first, as transformers calls it; None where it names none.

        Raises ConfigError.
        """
        named = self.document.get("architectures")
        if not named:
            return None
        if not isinstance(named, list) or not isinstance(named[0], str):
            raise ConfigError(f"{self.name}: architectures = {_short(named)}: valid: a list of class names")
        return present_class(named[0], self.about["classes"])

    def n_labels(self) -> Sized:
        """How many labels a classifier has: num_labels, which rules, or those of id2label, or two."""
        if "num_labels" in self.given:
            return self.size("num_labels", 0)
        labels = self.get("id2label")
        if isinstance(labels, dict):
            return self.named("n_labels", len(labels), "items of id2label")
        return self.named("n_labels", 2, "labels by default")

    def under_own_name(self, key: str) -> None:
        """Raise ConfigError where *key*, as its type calls it, stands under another spelling alone.

        transformers reads other spellings last, when it has derived from the key's default what follows from the key.
        """
        others = sorted(self._spellings(key) & self.document.keys())
        if others and key not in self.document:
            raise ConfigError(
                f"{self.name}: {self.prefix}{others[0]}: valid: {key} in its place, which other sizes follow"
            )

    def refuse(self, key: str, valid: str) -> ConfigError:
        """The error that says what *key* holds and what would be *valid*; for the caller to raise."""
        return ConfigError(f"{self.name}: {self.prefix}{key} = {_short(self.get(key))}: {valid}")

    def changed(self, changes: Mapping[str, Any]) -> Config:
        """The config with *changes*, under keys or the symbols of keys that it used, set over it."""
        document = dict(self.document)
        for field, value in changes.items():
            key = self.used[field].key if field in self.used and self.used[field].settable else field
            *outer, own = key.removeprefix(self.prefix).split(".")
            inner = document
            for step in outer:
                inner[step] = dict(inner.get(step) or {})
                inner = inner[step]
            for spelling in self._spellings(own):
                inner.pop(spelling, None)
            inner[own] = value
        changed = Config(document, self.about, self.name, self.prefix)
        changed.whole, changed.holder, changed.task = self.whole, self.holder, self.task if self.holder else ""
        return changed

    def _noted(self, key: str, value: Any, least: int) -> Sized:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ConfigError(
                f"{self.name}: {self.prefix}{key} = {_short(value)}: valid: a whole number from {least} up"
            )
        return Sized.named(self._use(key, value), value, self.looked)

    def _use(self, key: str, value: int | bool) -> str:
        """Note that *key* was read; its symbol, or the key itself where another key has that symbol already."""
        own = self._own(key)
        name = symbol(own)
        if name in self.used and self.used[name].key != self.prefix + own:
            name = f"{self.prefix}{own}".replace(".", "_")
        self.used[name] = Use(value, self.prefix + own, own in self.given)
        return name

    def _own(self, key: str) -> str:
        """What the type itself calls *key*: n_embd for hidden_size, with gpt2."""
        return str(self.about["spellings"].get(key, key))

    def _own_spelling(self, document: Mapping[str, Any]) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for key, value in document.items():
            own = self._own(key)
            if own in given and given[own] != value:
                other = next(one for one in document if one != key and self.about["spellings"].get(one, one) == own)
                raise ConfigError(
                    f"{self.name}: {self.prefix}{other} = {_short(document[other])} and {key} = {_short(value)} "
                    f"contradict each other; they are one key"
                )
            given[own] = value
        return given

    def _spellings(self, key: str) -> set[str]:
        own = self._own(key)
        return {own, *(other for other, name in self.about["spellings"].items() if name == own)}


def _of_type(model_type: str) -> Mapping[str, Any]:
    from paramcount.config.types import known  # which reads this module

    return known(model_type) or {"type": model_type, "spellings": {}, "nested": {}, "defaults": {}}


def _short(value: Any) -> str:
    text = str(value).replace("\n", " ")
    return text if len(text) <= 40 else text[:37] + "…"
