"""Records the sizes a model is built with: their symbols, how they follow from others, and their constraints."""

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
    """A config that does not describe a model; the message names the key and what would be valid."""


class Use(NamedTuple):
    """A size a model was built with: its value, its key, and whether the config gives it.

    If it follows from others, *key* says how in words and *rule* as data.
    """

    value: int | bool
    key: str
    given: bool
    rule: Rule | None = None

    @property
    def settable(self) -> bool:
        """Whether it is a key in the config."""
        return self.rule is None


class UsedSizes:
    """Records sizes while a model is built.

    *used* has each by its symbol, as a report prints it beside the formulas. *looked* has the symbols that were
    compared, divided by or iterated over, so that other values might build another model. A comparison that can only
    refuse is recorded in *limits* instead.
    """

    def __init__(self, name: str, prefix: str, part: str = ""):
        self.name = name
        self.prefix = prefix
        self.part = part  # vision or audio in a multimodal model; text sizes have plain names
        self.used: dict[str, Use] = {}
        self.limits: set[Limit] = set()
        self.looked: set[str] = set()
        self.notes: list[str] = []

    def called(self, symbol: str) -> str:
        """*symbol* with the part's name as its suffix: d_model_vision."""
        return f"{symbol}_{self.part}" if self.part else symbol

    def note_in(self, outer: UsedSizes) -> None:
        """From now on record everything in *outer*, since both belong to one model."""
        self.used, self.limits, self.looked, self.notes = outer.used, outer.limits, outer.looked, outer.notes

    def named(self, name: str, value: int, follows: str, rule: Rule | None = None) -> Sized:
        """A size that *follows* from keys, under its own symbol; a *rule* says how, if there is one."""
        from paramcount.config.rules import Fixed  # not needed if a paper's row states every size

        value = plain(value)
        if value < 0:
            raise ConfigError(f"{self.name}: {follows} = {value}; valid: 0 or more")
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
        """*times* · *above* / *below*, the quotient *rounded* as in paramcount.config.rules.Quotient, as *name*.

        *words* say the same in terms of keys, for reports.
        """
        from paramcount.config.rules import Quotient

        rule = Quotient(formula_of(above), formula_of(below), rounded, formula_of(times), least)
        quotient = -(-plain(above) // plain(below)) if rounded == "up" else plain(above) // plain(below)
        return self.named(name, max(least, plain(times) * quotient), words, rule)

    def divides(self, one: Size, other: Size) -> bool:
        """Whether *one* divides *other*, recorded as a constraint."""
        return self._keeps(one, "divides", other)

    def is_at_most(self, one: Size, other: Size) -> bool:
        """Whether *one* is at most *other*, recorded as a constraint."""
        return self._keeps(one, "is at most", other)

    def equals(self, one: Size, other: Size) -> bool:
        """Whether *one* equals *other*, recorded as a constraint."""
        return self._keeps(one, "is", other)

    def tied(self, name: str, size: Sized) -> Sized:
        """*size*, which a class uses for *name* and a paper may state differently."""
        return size

    def taken(self, name: str, value: bool) -> bool:
        """*value*, which a class takes for granted as *name* and a paper may state differently."""
        return value

    def _keeps(self, one: Any, keeps: str, other: Any) -> bool:
        from paramcount.config.rules import Limit

        limit = Limit(formula_of(one), keeps, formula_of(other))
        if limit.one != limit.other:
            self.limits.add(limit)
        return Limit(Polynomial({(): plain(one)}), keeps, Polynomial({(): plain(other)})).holds({})
