"""Config: the keys of a config.json as sizes and switches, each with the default of its own model type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paramcount.config.keys import symbol
from paramcount.config.sizes import ConfigError, Use, UsedSizes
from paramcount.config.spelling import Spelling
from paramcount.ledger.sized import Sized, plain

DEEPEST = 100_000  # largest number of layers handled one by one


class Config(UsedSizes):
    """A config.json with its model type's defaults filled in, recording the sizes a model reads from it."""

    def __init__(
        self,
        document: Mapping[str, Any],
        about: Mapping[str, Any],
        name: str = "config",
        prefix: str = "",
        part: str = "",
    ):
        super().__init__(name, prefix, part)
        self.document = document
        self.about = about
        self.task = ""  # of the class it is read for, once known
        self.whole: Config | None = None  # the multimodal model this is the text model of,
        self.holder = ""  # and the class that holds it there
        self.inner: dict[str, Config] = {}  # nested configs read so far
        self.decided: frozenset[str] = frozenset()  # switches already recorded by the enclosing config
        self.goes_on = True  # whether further layers would repeat the pattern of layer kinds
        self.meant = False  # whether it came from another program's file
        self.settled: frozenset[str] = frozenset()  # changes ("vocab_size=32000") applied before it was read
        self.asked: set[str] = set()  # keys looked up, under the type's own names
        self.cut: set[str] = set()  # keys of lists cut off after the last layer
        self.spelling = Spelling(about["spellings"])
        for one, other in self.spelling.contradictions(document):
            raise ConfigError(
                f"{self.name}: {prefix}{one} = {_short(document[one])} and {other} = {_short(document[other])} "
                f"contradict each other: they are the same key"
            )
        self.given = self.spelling.of(document)
        self.values = {**self.spelling.of(about["defaults"]), **self.given}

    @property
    def model_type(self) -> str:
        return str(self.about["type"])

    def get(self, key: str) -> Any:
        """The value of *key* or its type's default, unchecked; None if there is neither."""
        own = self.spelling.own(key)
        self.asked.add(own)
        return self.values.get(own)

    def knows(self, key: str) -> bool:
        """Whether *key*, in any spelling, belongs to the type or is given."""
        return self.spelling.own(key) in self.values

    def holding(self, key: str) -> tuple[Config, str] | None:
        """The config that has *key* ("vision_config.hidden_size") and its name there, or None.

        A key that a multimodal model does not have itself is looked up in its text model.
        """
        outer, dot, own = key.partition(".")
        if dot and outer in self.inner:
            return self.inner[outer].holding(own)
        if self.knows(key):
            return self, key
        text = self.inner.get("text_config")
        return text.holding(key) if text else None

    def size(self, key: str, least: int = 1) -> Sized:
        """The whole number under *key*, at least *least*; raises ConfigError otherwise."""
        value = self.get(key)
        if value is None:
            raise ConfigError(f"{self.name}: {self.prefix}{key} is missing; valid: a whole number")
        return self._noted(key, value, least)

    def size_or_none(self, key: str, least: int = 1) -> Sized | None:
        """The whole number under *key*, or None if it is absent or null."""
        return None if self.get(key) is None else self.size(key, least)

    def sides(self, key: str) -> tuple[Sized, Sized]:
        """Height and width under *key*, given as one number or as a list of two; raises ConfigError."""
        value = self.get(key)
        if not isinstance(value, list):
            side = self.size(key)
            return side, side
        if len(value) != 2:
            raise self.refuse(key, "valid: a whole number, or a list of height and width")
        if value[0] == value[1]:
            side = self._noted(key, value[0], 1)
            return side, side
        height, width = (self._noted_side(key, one, name) for one, name in zip(value, ("height", "width"), strict=True))
        return height, width

    def flag(self, key: str) -> bool:
        """The switch under *key*; raises ConfigError unless it is true or false."""
        value = self.get(key)
        if not isinstance(value, bool):
            raise ConfigError(f"{self.name}: {self.prefix}{key} = {_short(value)}; valid: true or false")
        if key not in self.decided:
            self._use(key, value)
        return value

    def quotient(self, name: str, above: str, below: str, rest: bool = False) -> Sized:
        """The size under key *above* divided by that under *below*, as *name*.

        Raises ConfigError if it does not divide evenly, unless a *rest* is allowed, which is then dropped.
        """
        one, other = self.size(above), self.size(below)
        words = f"{self.prefix}{above} / {self.prefix}{below}"
        if rest and plain(one) % plain(other) and plain(one) > plain(other):
            words += ", rounded down"
        elif not self.divides(other, one):
            keys = f"{self.prefix}{above} = {one} is not a multiple of {self.prefix}{below} = {other}"
            raise ConfigError(f"{self.name}: {keys}, and {name} is not given; change one of the two")
        return self.follows(name, words, one, other, rounded="down" if rest else "exactly")

    def at_most(self, few: str, many: str) -> None:
        """Raise ConfigError if the size under key *few* exceeds the one under *many*."""
        one, other = self.size(few, 0), self.size(many, 0)
        if not self.is_at_most(one, other):
            raise self.refuse(few, f"valid: up to {many} = {other}")

    def agrees(self, key: str, size: int) -> bool:
        """Whether the config leaves *key* out or gives it the value *size*, the only one allowed."""
        said = self.get(key)
        return said is None or (said == plain(size) and self.equals(plain(size), size))

    def list_of(self, key: str, length: int) -> list[Any] | None:
        """The list under *key*, which must have *length* items, or None; raises ConfigError."""
        value = self.get(key)
        if value is not None and (not isinstance(value, list) or len(value) != length):
            said = f"{len(value)} items" if isinstance(value, list) else _short(value)
            raise ConfigError(f"{self.name}: {self.prefix}{key} has {said}; valid: a list of {length}, one per layer")
        return value

    def layers(self, key: str = "num_hidden_layers") -> Sized:
        """The number of layers under *key*, for models whose layers differ and are built one by one."""
        n_layers = self.size(key)
        if n_layers.looked_at() > DEEPEST:
            raise ConfigError(f"{self.name}: {self.prefix}{key} = {n_layers}; valid: up to {DEEPEST:,}")
        return n_layers

    def nested(self, key: str, part: str = "") -> Config:
        """The config under *key*, over its own type's defaults; the sizes it uses are recorded here too.

        For a *part* of a multimodal model, symbols end in the part's name: d_model_vision.
        """
        inner, held = self.get(key), self.about.get("parts", {}).get(key)
        if inner is None:
            inner = held.get("given", {}) if held else {}
        if not isinstance(inner, dict):
            raise ConfigError(f"{self.name}: {self.prefix}{key} = {_short(inner)}; valid: an object of keys and values")
        about = self.about["nested"].get(key, {})
        if held:
            about = _of_type(str(inner.get("model_type", held["type"])) if held.get("free") else held["type"])
        elif isinstance(about, str):
            about = _of_type(about)
        else:
            about = {"type": self.model_type, "spellings": {}, "nested": {}, "defaults": about}
        return self.within(key, inner, about, part)

    def within(self, key: str, document: Mapping[str, Any], about: Mapping[str, Any], part: str = "") -> Config:
        """*document*, found under *key* or used where that is null, as a config of its own type."""
        config = Config(document, about, self.name, f"{self.prefix}{key}.", part or self.part)
        config.note_in(self)
        self.inner[key] = config
        return config

    def class_name(self) -> str | None:
        """The first class under `architectures`, by its transformers name; None if there is none.

        Raises ConfigError.
        """
        named = self.document.get("architectures")
        if not named:
            return None
        if not isinstance(named, list) or not isinstance(named[0], str):
            raise ConfigError(f"{self.name}: architectures = {_short(named)}; valid: a list of class names")
        from paramcount.config.earlier_names import present_class  # not needed for a paper's row

        return present_class(named[0], self.about["classes"])

    def n_labels(self) -> Sized:
        """The number of labels of a classifier: num_labels if given, else the length of id2label, else two."""
        if "num_labels" in self.given:
            return self.size("num_labels", 0)
        labels = self.get("id2label")
        if isinstance(labels, dict):
            return self.named("n_labels", len(labels), "items of id2label")
        return self.named("n_labels", 2, "labels by default")

    def under_own_name(self, key: str) -> None:
        """Raise ConfigError if *key* is given only under a spelling other than its type's own.

        transformers reads other spellings last, after it has derived other sizes from the key's default.
        """
        others = sorted(self.spelling.all_of(key) & self.document.keys())
        if others and key not in self.document:
            raise ConfigError(
                f"{self.name}: {self.prefix}{others[0]}; valid: {key} instead, since other sizes follow from it"
            )

    def refuse(self, key: str, valid: str) -> ConfigError:
        """The error that says what *key* holds and what would be *valid*, for the caller to raise."""
        return ConfigError(f"{self.name}: {self.prefix}{key} = {_short(self.get(key))}; {valid}")

    def changed(self, changes: Mapping[str, Any]) -> Config:
        """The config with *changes*, under keys or the symbols of keys it used, applied."""
        own = {self._written(field).removeprefix(self.prefix): value for field, value in changes.items()}
        changed = Config(self._with(own), self.about, self.name, self.prefix, self.part)
        changed.whole, changed.holder, changed.task = self.whole, self.holder, self.task if self.holder else ""
        return changed

    def _written(self, field: str) -> str:
        """The full key of *field*, a symbol or a key, in the whole config."""
        if field in self.used and self.used[field].settable:
            return self.used[field].key
        found = None if field.startswith(self.prefix) and self.prefix else self.holding(field)
        return f"{found[0].prefix}{found[1]}" if found else field

    def _with(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """The document with *changes* applied, each under its own key; nested keys are written key.key."""
        return self._over(self.document, changes)

    def _over(self, stated: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
        document, within = dict(stated), dict[str, dict[str, Any]]()
        for key, value in changes.items():
            outer, _, inner = key.partition(".")
            if inner:
                within.setdefault(outer, {})[inner] = value
                continue
            for spelling in sorted(self.spelling.all_of(key)):
                document.pop(spelling, None)
            document[key] = value
        for outer, own in within.items():
            config, written = self.inner.get(outer) or self.nested(outer), document.get(outer)
            document[outer] = config._over(written if isinstance(written, dict) else config.document, own)
        return document

    def _noted(self, key: str, value: Any, least: int) -> Sized:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ConfigError(
                f"{self.name}: {self.prefix}{key} = {_short(value)}; valid: a whole number from {least} up"
            )
        size = Sized.named(self._use(key, value), value, self.looked)
        if least > 1:
            self.is_at_most(least, size)
        return size

    def _noted_side(self, key: str, value: Any, name: str) -> Sized:
        """One of two sides that differ, recorded as a size of its own."""
        if type(value) is not int or value < 1:
            raise self.refuse(key, "valid: a whole number from 1 up, or a list of two")
        return self.named(f"{key.removesuffix('_size')}_{name}", value, f"{name} in {self.prefix}{key}")

    def _use(self, key: str, value: int | bool) -> str:
        """Record that *key* was read and return its symbol, or the key itself if another key has that symbol."""
        own = self.spelling.own(key)
        width = own == self.spelling.own("hidden_size")  # hidden_dim is d_ff in most types, d_model in some
        name = self.called("d_model" if width else symbol(own))
        if name in self.used and self.used[name].key != self.prefix + own:
            name = f"{self.prefix}{own}".replace(".", "_")
        self.used[name] = Use(value, self.prefix + own, own in self.given)
        return name


def _of_type(model_type: str) -> Mapping[str, Any]:
    from paramcount.config.types import known  # which imports this module

    return known(model_type) or {"type": model_type, "spellings": {}, "nested": {}, "defaults": {}}


def _short(value: Any) -> str:
    text = str(value).replace("\n", " ")
    return text if len(text) <= 40 else text[:37] + "…"
