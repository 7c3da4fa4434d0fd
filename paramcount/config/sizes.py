"""The sizes that a model is built with: under which symbol each stands, how it follows from others, what they keep."""

from __future__ import annotations

from itertools import chain, count
from typing import TYPE_CHECKING, Any, NamedTuple

from paramcount.errors import InputError
from paramcount.ledger.polynomial import Polynomial
from paramcount.ledger.sized import Sized, formula_of, plain
from paramcount.ledger.tensor import Size

if TYPE_CHECKING:
    from paramcount.config.rules import Limit, Rule


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


class UsedSizes:
    """What is noted of sizes while a model is built.

    *used* has each by its symbol, which is what a report prints beside the formulas; *looked* has the symbols of those
    that were compared, divided by or gone through, so that what is built may be another thing where they are others.
    A comparison that does nothing but refuse is noted in *limits* and looks at nothing.
    """

    def __init__(self, name: str, prefix: str, part: str = ""):
        self.name = name
        self.prefix = prefix
        self.part = part  # of a model of more than text: vision, audio; its text model's sizes have plain names
        self.used: dict[str, Use] = {}
        self.limits: set[Limit] = set()
        self.looked: set[str] = set()
        self.notes: list[str] = []

    def called(self, symbol: str) -> str:
        """*symbol* as it is told apart from those of other parts: d_model_vision."""
        return f"{symbol}_{self.part}" if self.part else symbol

    def note_in(self, outer: UsedSizes) -> None:
        """From now on note everything where *outer* does: they are sizes of one model."""
        self.used, self.limits, self.looked, self.notes = outer.used, outer.limits, outer.looked, outer.notes

    def named(self, name: str, value: int, follows: str, rule: Rule | None = None) -> Sized:
        """A size that *follows* from keys, under a symbol of its own; a *rule* says how, if one can."""
        from paramcount.config.rules import Fixed  # which a row of a paper that states every size has no use for

        value = plain(value)
        if value < 0:
            raise ConfigError(f"{self.name}: {follows} = {value}: valid: a number that is not negative")
        use = Use(value, follows, given=False, rule=Fixed(value) if rule is None else rule)
        own, name = f"{self.prefix}{name}".replace(".", "_"), self.called(name)
        candidates = chain((name, own), (f"{own}_{number}" for number in count(2)))
        name = next(free for free in candidates if self.used.get(free, use) == use)
        self.used[name] = use
        return Sized.named(name, value, self.looked)

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
        from paramcount.config.rules import Quotient

        rule = Quotient(formula_of(above), formula_of(below), rounded, formula_of(times), least)
        quotient = -(-plain(above) // plain(below)) if rounded == "up" else plain(above) // plain(below)
        return self.named(name, max(least, plain(times) * quotient), words, rule)

    def divides(self, one: Size, other: Size) -> bool:
        """Whether *one* divides *other*, which is noted as what the model keeps."""
        return self._keeps(one, "divides", other)

    def is_at_most(self, one: Size, other: Size) -> bool:
        """Whether *one* is at most *other*, which is noted as what the model keeps."""
        return self._keeps(one, "is at most", other)

    def equals(self, one: Size, other: Size) -> bool:
        """Whether *one* is *other*, which is noted as what the model keeps."""
        return self._keeps(one, "is", other)

    def tied(self, name: str, size: Sized) -> Sized:
        """*size*, which a class takes for its *name* and a paper may state otherwise."""
        return size

    def taken(self, name: str, value: bool) -> bool:
        """*value*, which a class takes for granted under *name* and a paper may state otherwise."""
        return value

    def _keeps(self, one: Any, keeps: str, other: Any) -> bool:
        from paramcount.config.rules import Limit

        limit = Limit(formula_of(one), keeps, formula_of(other))
        if limit.one != limit.other:
            self.limits.add(limit)
        return Limit(Polynomial({(): plain(one)}), keeps, Polynomial({(): plain(other)})).holds({})
