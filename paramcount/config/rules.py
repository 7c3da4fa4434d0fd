"""Rules: how a size that no key gives follows from others, as data that a solver, an audit or a page can go by."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from paramcount.ledger.polynomial import Polynomial

ONE = Polynomial({(): 1})
LONGEST = 64  # layers of a start and a period together that are looked for


class Quotient(NamedTuple):
    """*times* · *above* / *below*, and at *least* so much; the quotient is *rounded* "down", "up" or whole "exactly".

    So d_head = d_model / n_heads, and d_ff = 256 · ⌈8 · d_model / 768⌉; with *below* 1 it is a product.
    """

    above: Polynomial
    below: Polynomial = ONE
    rounded: str = "exactly"
    times: Polynomial = ONE
    least: int = 0

    def needs(self) -> set[str]:
        """The symbols that it follows from."""
        return {symbol for part in (self.above, self.below, self.times) for symbol in part.symbols()}

    def value(self, sizes: Mapping[str, int]) -> int | None:
        """What it comes to for *sizes*; None where it is not whole and should be, or divides by nothing."""
        above, below, times = (part.at(sizes) for part in (self.above, self.below, self.times))
        if below == 0 or (self.rounded == "exactly" and above % below):
            return None
        return max(self.least, int(times * (-(-above // below) if self.rounded == "up" else above // below)))

    def document(self) -> dict[str, Any]:
        """The rule as JSON, each polynomial as a list of terms."""
        parts = {"above": self.above, "below": self.below, "times": self.times}
        return {
            "rule": "quotient",
            **{name: part.document() for name, part in parts.items()},
            "rounded": self.rounded,
            "least": self.least,
        }


class Count(NamedTuple):
    """Of *depth* layers those of one *kind*, which go on as the *kinds* of a model's own layers do."""

    depth: str
    kinds: tuple[str, ...]
    kind: str

    def needs(self) -> set[str]:
        """The symbol that it follows from."""
        return {self.depth}

    def value(self, sizes: Mapping[str, int]) -> int | None:
        """How many layers of the kind there are where *sizes* say how many there are in all; None without a period."""
        n_layers = sizes[self.depth]
        if n_layers == len(self.kinds):
            return self.kinds.count(self.kind)
        found = pattern(self.kinds)
        return None if found is None else found.layers(n_layers).count(self.kind)

    def document(self) -> dict[str, Any]:
        """The rule as JSON: the kinds of the first layers, and those that come again and again."""
        found = pattern(self.kinds)
        if found is None:
            return {"rule": "count", "of": self.depth, "kind": self.kind, "layers": list(self.kinds)}
        first, period = map(list, found)
        return {"rule": "count", "of": self.depth, "kind": self.kind, "first": first, "period": period}


class Fixed(NamedTuple):
    """A number that a default, a list or a table gives, which follows nothing."""

    number: int

    def needs(self) -> set[str]:
        """Nothing."""
        return set()

    def value(self, sizes: Mapping[str, int]) -> int | None:
        """The number."""
        return self.number

    def document(self) -> dict[str, Any]:
        """The rule as JSON."""
        return {"rule": "fixed", "value": self.number}


Rule = Quotient | Count | Fixed


def in_order(rules: Mapping[str, Rule]) -> dict[str, Rule]:
    """*rules*, each behind those that it needs."""
    ordered: dict[str, Rule] = {}
    while len(ordered) < len(rules):
        open_ = rules.keys() - ordered.keys()
        ready = [name for name in rules if name in open_ and not rules[name].needs() & (open_ - {name})]
        if not ready:
            return dict(rules)  # a circle, which no config has made yet; the recount would tell
        ordered |= {name: rules[name] for name in ready}
    return ordered


class Limit(NamedTuple):
    """What two sizes of a model have to keep: that *one* "divides" the *other*, "is at most" it, or "is" it."""

    one: Polynomial
    keeps: str
    other: Polynomial

    def holds(self, sizes: Mapping[str, int]) -> bool:
        """Whether *sizes* keep it."""
        one, other = self.one.at(sizes), self.other.at(sizes)
        if self.keeps == "divides":
            return bool(one) and int(other) % int(one) == 0
        return bool(one <= other if self.keeps == "is at most" else one == other)


class Pattern(NamedTuple):
    """Layers' kinds: those of the *first*, then those of a *period* again and again."""

    first: tuple[str, ...]
    period: tuple[str, ...]

    def layers(self, n_layers: int) -> tuple[str, ...]:
        """The kinds of so many layers."""
        again = max(0, n_layers - len(self.first)) // len(self.period) + 1
        return (self.first + self.period * again)[:n_layers]


@cache
def pattern(kinds: tuple[str, ...]) -> Pattern | None:
    """The shortest start and period that *kinds* are made of; None where none is short, or comes twice.

    ("dense", "sparse", "sparse", "sparse") are one dense layer and then sparse ones.
    """
    shapes = ((first, length - first) for length in range(1, LONGEST) for first in range(length))
    for first, period in shapes:
        seen_twice = len(kinds) - first >= 2 * period or (len(kinds) - first == period == 1 and first <= 1)
        if seen_twice and _repeats(kinds[first : first + LONGEST], period) and _repeats(kinds[first:], period):
            return Pattern(kinds[:first], kinds[first : first + period])
    return None


def _repeats(kinds: tuple[str, ...], period: int) -> bool:
    return kinds[period:] == kinds[: len(kinds) - period]
