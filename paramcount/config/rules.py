"""Rules: how a size follows from others, as data for the solver, the audit and pages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from paramcount.ledger.polynomial import Polynomial

ONE = Polynomial({(): 1})
LONGEST = 64  # longest start plus period to look for, in layers


class Quotient(NamedTuple):
    """*times* · *above* / *below*, at least *least*; the quotient is *rounded* "down", "up" or divides "exactly".

    Examples: d_head = d_model / n_heads, and d_ff = 256 · ⌈8 · d_model / 768⌉; with *below* = 1 it is a product.
    """

    above: Polynomial
    below: Polynomial = ONE
    rounded: str = "exactly"
    times: Polynomial = ONE
    least: int = 0

    def needs(self) -> set[str]:
        """The symbols it depends on."""
        return {symbol for part in (self.above, self.below, self.times) for symbol in part.symbols()}

    def value(self, sizes: Mapping[str, int]) -> int | None:
        """The value for *sizes*; None if it should be whole and is not, or on division by zero."""
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
    """The number of layers of one *kind* among *depth* layers, where *kinds* are those of the model's own layers."""

    depth: str
    kinds: tuple[str, ...]
    kind: str

    def needs(self) -> set[str]:
        """The symbol it depends on."""
        return {self.depth}

    def value(self, sizes: Mapping[str, int]) -> int | None:
        """The number of layers of this kind at the depth in *sizes*; None if the kinds do not repeat."""
        n_layers = sizes[self.depth]
        if n_layers == len(self.kinds):
            return self.kinds.count(self.kind)
        found = pattern(self.kinds)
        return None if found is None else found.layers(n_layers).count(self.kind)

    def document(self) -> dict[str, Any]:
        """The rule as JSON: the kinds of the first layers, and those that repeat."""
        found = pattern(self.kinds)
        if found is None:
            return {"rule": "count", "of": self.depth, "kind": self.kind, "layers": list(self.kinds)}
        first, period = map(list, found)
        return {"rule": "count", "of": self.depth, "kind": self.kind, "first": first, "period": period}


class Fixed(NamedTuple):
    """A number from a default, a list or a table, which depends on nothing."""

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
    """*rules* sorted so that each comes after those it needs."""
    ordered: dict[str, Rule] = {}
    while len(ordered) < len(rules):
        open_ = rules.keys() - ordered.keys()
        ready = [name for name in rules if name in open_ and not rules[name].needs() & (open_ - {name})]
        if not ready:
            return dict(rules)  # a cycle; no config has one, and the recount would show it
        ordered |= {name: rules[name] for name in ready}
    return ordered


class Limit(NamedTuple):
    """A constraint on two sizes: *one* "divides" the *other*, "is at most" it, or "is" it."""

    one: Polynomial
    keeps: str
    other: Polynomial

    def holds(self, sizes: Mapping[str, int]) -> bool:
        """Whether *sizes* satisfy it."""
        one, other = self.one.at(sizes), self.other.at(sizes)
        if self.keeps == "divides":
            return bool(one) and int(other) % int(one) == 0
        return bool(one <= other if self.keeps == "is at most" else one == other)


class Pattern(NamedTuple):
    """Kinds of layers: the *first* ones, then a *period* that repeats."""

    first: tuple[str, ...]
    period: tuple[str, ...]

    def layers(self, n_layers: int) -> tuple[str, ...]:
        """The kinds of the first *n_layers* layers."""
        again = max(0, n_layers - len(self.first)) // len(self.period) + 1
        return (self.first + self.period * again)[:n_layers]


@cache
def pattern(kinds: tuple[str, ...]) -> Pattern | None:
    """The shortest start and period that produce *kinds*; None if there is no short one, or it does not repeat.

    ("dense", "sparse", "sparse", "sparse") is one dense layer followed by sparse ones.
    """
    shapes = ((first, length - first) for length in range(1, LONGEST) for first in range(length))
    for first, period in shapes:
        seen_twice = len(kinds) - first >= 2 * period or (len(kinds) - first == period == 1 and first <= 1)
        if seen_twice and _repeats(kinds[first : first + LONGEST], period) and _repeats(kinds[first:], period):
            return Pattern(kinds[:first], kinds[first : first + period])
    return None


def _repeats(kinds: tuple[str, ...], period: int) -> bool:
    return kinds[period:] == kinds[: len(kinds) - period]
