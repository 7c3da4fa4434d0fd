"""Counting conventions that a whole table may use: another vocabulary, parts left out, added or counted twice."""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations
from math import comb, gcd
from typing import Any, NamedTuple

from paramcount.auditing.counting import count
from paramcount.auditing.edits import edited
from paramcount.auditing.evidence import choice
from paramcount.catalog.family import Family
from paramcount.catalog.spec import Spec
from paramcount.ledger.model import EMBEDDINGS, Entry, Model, Reading
from paramcount.models.design import Sizes
from paramcount.papers.tables import vocabularies

KINDS = 7  # kinds of convention, one a function below; naming one costs choice(KINDS) bits
PADDINGS = (8, 64, 128, 256, 512, 1024)
MOST_SHARDS = 64


class Convention(NamedTuple):
    """A way of counting: the JSON *edit* that states it, its description, its cost in bits, and its effect on a row.

    The row is *changed*, counted, and then *added* is added. *options* is the number of conventions of its *kind*.
    """

    edit: dict[str, Any]
    words: str
    changed: Callable[[Spec], Spec] = lambda row: row
    added: Callable[[Spec, str], int] = lambda row, reading: 0
    cost: float = 0.0
    kind: int = 0
    options: int = 1

    def counted(self, row: Spec, reading: str) -> int:
        """The count of *row* under this convention."""
        row = self.changed(row)
        return count(row, row.sizes, reading) + self.added(row, reading)


def conventions(spec: Spec) -> list[Convention]:
    """The ways in which rows like *spec* may have been counted."""
    kinds = (_vocabularies, _padded, _switches, _left_out, _put_in, _approximate, _sharded)
    groups = [list(kind(spec)) for kind in kinds]
    return [
        convention._replace(cost=choice(KINDS) + choice(len(group)), kind=kind, options=len(group))
        for kind, group in enumerate(groups)
        for convention in group
    ]


def pairs(ways: list[Convention]) -> Iterator[Convention]:
    """Pairs of *ways* of different kinds, such as a padded vocabulary and replicated parameters."""
    for one, two in combinations(ways, 2):
        if one.kind != two.kind and one.edit.keys().isdisjoint(two.edit):
            yield _together(one, two)


def _together(one: Convention, two: Convention) -> Convention:
    def added(row: Spec, reading: str) -> int:
        return one.added(row, reading) + two.added(row, reading)

    return Convention(
        edit={**one.edit, **two.edit},
        words=f"{one.words}, and {two.words}",
        changed=lambda row: two.changed(one.changed(row)),
        added=added,
        cost=choice(comb(KINDS, 2)) + choice(one.options) + choice(two.options),
    )


def with_sizes(spec: Spec, changes: Sizes, reading: str) -> int:
    """The count of *spec* with some sizes changed and everything derived from them left as it was."""
    return count(spec, {**spec.sizes, **changes}, reading)


def _vocabularies(spec: Spec) -> Iterator[Convention]:
    for n_vocab, owner in vocabularies(spec.year).items() if "n_vocab" in spec.sizes else ():
        if n_vocab != spec.sizes["n_vocab"]:
            yield _setting("n_vocab", n_vocab, f"the vocabulary of {owner}")


def _padded(spec: Spec) -> Iterator[Convention]:
    n_vocab = spec.sizes.get("n_vocab", 1)
    seen = {n_vocab}
    for step in PADDINGS:
        padded = -(-n_vocab // step) * step
        if padded not in seen:
            seen.add(padded)
            yield _setting("n_vocab", padded, f"the vocabulary padded to a multiple of {step}")


def _switches(spec: Spec) -> Iterator[Convention]:
    for switch in spec.family.switches:
        value = not spec.sizes[switch]
        if edited(spec, {}) is not None and edited(spec, {switch: value}) is None:
            continue  # a switch that needs another
        yield _setting(switch, value, f"{switch} = {str(value).lower()}")


def _setting(field: str, value: int | bool, words: str) -> Convention:
    return Convention({field: value}, words, lambda row: row._replace(sizes={**row.sizes, field: value}))


def _left_out(spec: Spec) -> Iterator[Convention]:
    components = spec.model().by_component()
    # Norms are left out together: figures hardly ever tell which of them are missing.
    groups = {name: [name] for name, params in components.items() if params and "norm" not in name}
    groups["norms"] = [name for name in components if "norm" in name]
    groups["embeddings"] = [name for name in components if name in EMBEDDINGS]
    for name, left_out in groups.items():
        yield _adding({"without": name}, f"{name} left out", _of(tuple(left_out)), -1)
    yield _adding({"without": "biases"}, "biases left out", _biases, -1)
    if count(spec, spec.sizes, _norm_biases):
        yield _adding({"without": "norm biases"}, "norms without biases", _norm_biases, -1)


def _put_in(spec: Spec) -> Iterator[Convention]:
    if count(spec, spec.sizes, _norm_gains) and not count(spec, spec.sizes, _norm_biases):
        yield _adding({"with": "norm biases"}, "norms with biases", _norm_gains, 1)
    headed = _pretraining(spec.family)
    if headed is not None:
        words = "the pre-training head counted"
        yield Convention({"with": "pre-training head"}, words, lambda row: row._replace(family=headed))


def _approximate(spec: Spec) -> Iterator[Convention]:
    if count(spec, spec.sizes, _gates):
        yield _adding({"feed_forward": "plain"}, "a plain feed-forward", _gates, -1)
    elif count(spec, spec.sizes, _ups):
        yield _adding({"feed_forward": "gated"}, "a gated feed-forward", _ups, 1)
    if {"n_layers", "d_model"} <= spec.sizes.keys():
        rule = "12·n_layers·d_model²"
        yield Convention({"count": rule}, f"{rule} alone", added=_rule_of_thumb)


def _sharded(spec: Spec) -> Iterator[Convention]:
    """Parameters that every model-parallel shard replicates: norms, positions, biases added after the all-reduce."""
    split = gcd(*(size for size in map(spec.sizes.get, ("n_heads", "d_ff")) if size))
    for shards in range(2, min(split, MOST_SHARDS) + 1):
        if split % shards == 0:
            words = f"parameters replicated on {shards} model-parallel shards counted {shards} times"
            yield _adding({"shards": shards}, words, _replicated, shards - 1)


def _adding(edit: dict[str, Any], words: str, part: Reading, times: int) -> Convention:
    return Convention(edit, words, added=lambda row, reading: times * count(row, row.sizes, part))


def _rule_of_thumb(row: Spec, reading: str) -> int:
    return int(12 * row.sizes["n_layers"] * row.sizes["d_model"] ** 2) - count(row, row.sizes, reading)


@cache
def _pretraining(family: Any) -> Family | None:
    return family.pretraining() if isinstance(family, Family) else None


# The sums over a ledger that conventions leave out, add or repeat; compiled once per family, like every count.


@cache
def _of(components: tuple[str, ...]) -> Reading:
    def summed(model: Model) -> Any:
        return sum(params for name, params in model.by_component().items() if name in components)

    return summed


def _biases(model: Model) -> Any:
    return sum(entry.params for entry in model.ledger() if _is_bias(entry))


def _norm_biases(model: Model) -> Any:
    return sum(e.params for e in model.ledger() if "norm" in e.component and e.tensor.name == "bias")


def _norm_gains(model: Model) -> Any:
    return sum(e.params for e in model.ledger() if "norm" in e.component and e.tensor.name != "bias")


def _replicated(model: Model) -> Any:
    entries = list(model.ledger())
    whole = [entry for entry in entries if "norm" in entry.component or entry.component == "position embedding"]
    whole += [entry for entry in entries if _is_bias(entry) and entry.tensor.role in ("output", "down")]
    return sum(entry.params for entry in whole)


def _gates(model: Model) -> Any:
    return _maps(model, "gate")


def _ups(model: Model) -> Any:
    return _maps(model, "up")


def _maps(model: Model, role: str) -> Any:
    return sum(e.params for e in model.ledger() if len(e.tensor.shape) > 1 and e.tensor.role == role)


def _is_bias(entry: Entry) -> bool:
    return len(entry.tensor.shape) == 1 and "norm" not in entry.component
