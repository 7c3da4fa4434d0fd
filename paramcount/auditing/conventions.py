"""What a whole table may have counted otherwise: another vocabulary, parts left out or counted twice."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from paramcount.auditing.counting import count
from paramcount.auditing.evidence import choice
from paramcount.catalog.spec import Spec
from paramcount.ledger.model import EMBEDDINGS
from paramcount.models.design import Design, Sizes
from paramcount.papers.tables import tables, vocabularies

KINDS = 6  # ways of the sections below; naming one costs choice(KINDS) bits
PADDINGS = (8, 64, 128, 1024)
SHARDS = (2, 4, 8)


class Convention(NamedTuple):
    """A way of counting: the JSON *edit* that states it, in words, its cost in bits, and the count it gives a row."""

    edit: dict[str, Any]
    words: str
    cost: float
    counted: Callable[[Spec, str], int]


def conventions(spec: Spec) -> list[Convention]:
    """The ways that rows like *spec* may have been counted."""
    groups = [list(group) for group in (_vocabularies(spec), _padded(spec), _switches(spec), _left_out(spec))]
    groups += [list(_approximate(spec)), list(_sharded(spec))]
    return [convention._replace(cost=choice(KINDS) + choice(len(group))) for group in groups for convention in group]


def with_sizes(spec: Spec, changes: Sizes, reading: str) -> int:
    """The count of *spec* with some sizes set, whatever else was derived from them left as it was."""
    return count(spec, {**spec.sizes, **changes}, reading)


def _vocabularies(spec: Spec) -> Iterator[Convention]:
    year = tables()[spec.table].year if spec.table in tables() else 9999
    for n_vocab, owner in vocabularies(year).items() if "n_vocab" in spec.sizes else ():
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
        yield _setting(switch, value, f"{switch} = {str(value).lower()}")


def _setting(field: str, value: int | bool, words: str) -> Convention:
    return Convention({field: value}, words, 0.0, lambda row, reading: with_sizes(row, {field: value}, reading))


def _left_out(spec: Spec) -> Iterator[Convention]:
    parts = _parts(spec)
    # Norms are left out together: which of them a count lacks, the figures hardly ever tell.
    groups = {name: [name] for name, params in parts.components.items() if params and "norm" not in name}
    groups["norms"] = [name for name in parts.components if "norm" in name]
    groups["embeddings"] = [name for name in parts.components if name in EMBEDDINGS]
    for name, left_out in groups.items():
        yield Convention({"without": name}, f"{name} left out", 0.0, _without(left_out))
    yield _adding({"without": "biases"}, "biases left out", lambda parts: -parts.biases)


def _approximate(spec: Spec) -> Iterator[Convention]:
    if _parts(spec).gates:
        yield _adding({"feed_forward": "plain"}, "a plain feed-forward", lambda parts: -parts.gates)
    elif _parts(spec).ungated:
        yield _adding({"feed_forward": "gated"}, "a gated feed-forward", lambda parts: parts.ungated)
    yield Convention({"count": "12·n_layers·d_model²"}, "12·n_layers·d_model² alone", 0.0, _rule_of_thumb)


def _sharded(spec: Spec) -> Iterator[Convention]:
    """Model-parallel shards that each hold a copy of what is not split: norms, positions, biases added after a sum."""
    for shards in SHARDS:
        words = f"what {shards} model-parallel shards do not split counted {shards} times"
        yield _adding({"shards": shards}, words, _copies(shards - 1))


def _copies(more: int) -> Callable[["Parts"], int]:
    return lambda parts: more * parts.replicated


def _adding(edit: dict[str, Any], words: str, added: Callable[["Parts"], int]) -> Convention:
    return Convention(edit, words, 0.0, lambda row, reading: count(row, row.sizes, reading) + added(_parts(row)))


def _without(components: list[str]) -> Callable[[Spec, str], int]:
    def counted(row: Spec, reading: str) -> int:
        return count(row, row.sizes, reading) - sum(_parts(row).components.get(name, 0) for name in components)

    return counted


def _rule_of_thumb(row: Spec, reading: str) -> int:
    return int(12 * row.sizes["n_layers"] * row.sizes["d_model"] ** 2)


class Parts(NamedTuple):
    """Sums over a row's ledger that conventions leave out, add or repeat."""

    components: dict[str, int]
    biases: int
    replicated: int
    gates: int
    ungated: int


def _parts(row: Spec) -> Parts:
    return _summed(row.family, tuple(row.sizes.items()))


@cache
def _summed(family: Design, sizes: tuple[tuple[str, Any], ...]) -> Parts:
    model = family.build(**dict(sizes))
    entries = list(model.ledger())
    biases = [entry for entry in entries if len(entry.tensor.shape) == 1 and "norm" not in entry.component]
    whole = [entry for entry in entries if "norm" in entry.component or entry.component == "position embedding"]
    whole += [entry for entry in biases if entry.tensor.role in ("output", "down")]  # added after a sum over shards
    maps = [entry for entry in entries if len(entry.tensor.shape) > 1]
    gates = sum(entry.params for entry in maps if entry.tensor.role == "gate")
    ups = sum(entry.params for entry in maps if entry.tensor.role == "up")
    return Parts(
        components=model.by_component(),
        biases=sum(entry.params for entry in biases),
        replicated=sum(entry.params for entry in whole),
        gates=gates,
        ungated=0 if gates else ups,
    )
