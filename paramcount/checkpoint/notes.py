"""A reconciliation in words: a line for each explanation, and lines for what is unexplained."""

from collections.abc import Iterable, Sequence
from math import prod

from paramcount.checkpoint import result as why
from paramcount.checkpoint.files import shown
from paramcount.checkpoint.patterns import pattern
from paramcount.checkpoint.result import LINES, Note, TensorPair, sides_of

# Explanations that change the number of stored elements; a row's difference is charged to its first.
CHARGED = (
    *(why.BUFFER, why.CACHE, why.ZERO_BIAS, why.AHEAD, why.OTHER_PART, why.COMPUTED, why.COPY, why.EXTRA_HEAD),
    *(why.PADDING, why.PACKED),
)
MOST_NAMED = 3


def notes(rows: Sequence[TensorPair], prefix: tuple[str, str]) -> tuple[Note, ...]:
    """The explanations that *rows* need, each once; *prefix* is the stored prefix and the expected one."""
    kinds: dict[str, list[TensorPair]] = {}
    for row in rows:
        for kind in row.why:
            kinds.setdefault(kind, []).append(row)
    return tuple(
        _note(kind, kinds[kind], prefix) for kind in (*CHARGED, *sorted(kinds.keys() - set(CHARGED))) if kind in kinds
    )


def unexplained(rows: Iterable[TensorPair]) -> tuple[str, ...]:
    """What is unexplained, one line for layers that differ alike; at most ten lines, then how many more."""
    groups: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.unexplained:
            key = pattern(row.name), _difference(row)
            groups[key] = groups.get(key, 0) + 1
    lines = [
        f"{shown(name)}{f' ({times:,} times)' if times > 1 else ''}: {what}" for (name, what), times in groups.items()
    ]
    more = [f"and {len(lines) - LINES:,} more"] if len(lines) > LINES else []
    return (*lines[:LINES], *more)


def _difference(row: TensorPair) -> str:
    if row.expected_shape is None:
        return f"stored {sides_of(row.stored_shape)}, not expected"
    if row.stored_shape == row.expected_shape:
        return f"expected {sides_of(row.expected_shape)}, stored as another tensor's data"
    stored = "not stored" if row.stored_shape is None else f"stored {sides_of(row.stored_shape)}"
    return f"expected {sides_of(row.expected_shape)}, {stored}"


def _note(kind: str, rows: list[TensorPair], prefix: tuple[str, str]) -> Note:
    elements = sum(row.difference for row in rows if _charge(row) == kind)
    return Note(kind, f"{_text(kind, rows, prefix)}: {_named(rows)}", len(rows), elements)


def _charge(row: TensorPair) -> str | None:
    return next((kind for kind in CHARGED if kind in row.why), None)


def _text(kind: str, rows: list[TensorPair], prefix: tuple[str, str]) -> str:
    n, stored = _tensors(len(rows)), sum(row.elements for row in rows)
    extra = f"{stored:,} elements in {n}"
    match kind:
        case why.BUFFER:
            return f"buffers rather than parameters, {extra}"
        case why.CACHE:
            return f"scales for quantised keys and values rather than parameters, {extra}"
        case why.ZERO_BIAS:
            return f"zero biases added by quantisation, {extra}"
        case why.AHEAD:
            return f"modules for multi-token prediction, outside the model, {extra}"
        case why.OTHER_PART:
            return f"other parts of the larger model, {extra}"
        case why.COPY:
            return f"copies of shared tensors, {extra}"
        case why.COMPUTED:
            return f"computed and not stored, {sum(row.expected for row in rows):,} parameters in {n}"
        case why.EXTRA_HEAD:
            return f"a head that the model lacks, {stored:,} parameters in {n}"
        case why.PADDING:
            return f"another number of vocabulary rows in {n}: {_padding(rows)}"
        case why.PACKED:
            packings = ", ".join(dict.fromkeys(row.dtype for row in rows))
            weights = sum(row.expected for row in rows)
            nbytes = sum(row.nbytes for row in rows)
            return f"{n} quantised ({packings}): {weights:,} parameters in {stored:,} elements, {nbytes:,} bytes"
        case why.LAYOUT:
            groups = "1 group" if len(rows) == 1 else f"{len(rows):,} groups"
            return f"{sum(row.expected for row in rows):,} parameters in other tensors with the same total, {groups}"
        case why.SHARED:
            return f"{n} not stored because shared with another tensor"
        case why.PREFIX:
            old, new = (f"“{shown(part)}”" if part else "no prefix" for part in prefix)
            return f"{n} stored with {old} where the model has {new}"
        case why.LEGACY:
            return f"{n} stored as gamma and beta instead of weight and bias"
        case why.RENAMED:
            return f"{n} stored under other names with the same shapes"
    return f"{n} stored with their dimensions in another order"


def _tensors(n: int) -> str:
    return "1 tensor" if n == 1 else f"{n:,} tensors"


def _padding(rows: list[TensorPair]) -> str:
    found: dict[str, None] = {}
    for row in rows:
        stored, expected = row.stored_shape or (0,), row.expected_shape or (0,)
        more = stored[0] - expected[0]
        params = abs(more) * prod(stored[1:])
        found[f"{abs(more):,} {'more' if more > 0 else 'fewer'} than expected, {params:,} parameters"] = None
    return "; ".join(found)


def _named(rows: list[TensorPair]) -> str:
    names = list(dict.fromkeys(shown(pattern(row.name)) for row in rows))
    return ", ".join(names[:MOST_NAMED]) + (f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else "")
