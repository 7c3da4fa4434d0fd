"""Compares a model's tensors with a checkpoint's: what matches, what differs, and named explanations."""

from collections.abc import Iterable, Mapping, Sequence

from paramcount.checkpoint import result as why
from paramcount.checkpoint.adapter import is_adapter
from paramcount.checkpoint.aside import set_aside
from paramcount.checkpoint.files import place, shown
from paramcount.checkpoint.layouts import Expected, Group, regrouped, renamed
from paramcount.checkpoint.names import is_head, modern, prefix_change
from paramcount.checkpoint.notes import notes, unexplained
from paramcount.checkpoint.packing import Held, quantisation, unpacked
from paramcount.checkpoint.patterns import layer, pattern
from paramcount.checkpoint.result import Reconciled, TensorPair, sums
from paramcount.checkpoint.rows import absent, extra, of_group, pair
from paramcount.checkpoint.tensors import Checkpoint, CheckpointError
from paramcount.errors import InputError

__all__ = ["Expected", "Reconciled", "reconcile"]


def reconcile(expected: Iterable[Expected], checkpoint: Checkpoint, part: bool = False) -> Reconciled:
    """Compare the tensors *expected* of a model, under their checkpoint names, with *checkpoint*.

    If the model is only a *part* of what is stored, such as the text model of a multimodal one, the rest does not count
    as a disagreement. Raises InputError if a name is expected twice, and CheckpointError if the checkpoint is an
    adapter, which does not hold a model.
    """
    if is_adapter(checkpoint):
        raise CheckpointError(f"{place(checkpoint.path)}: a LoRA adapter, not a model; valid: a model's checkpoint")
    wanted: dict[str, Expected] = {}
    for tensor in expected:
        if tensor.name in wanted:
            raise InputError(f"reconcile: {shown(tensor.name)} is expected twice; valid: each tensor once")
        wanted[tensor.name] = tensor
    held = unpacked(checkpoint.tensors, quantisation(checkpoint.beside))
    matching = _Matching(wanted, held, checkpoint.shared, part)
    rows = tuple(matching.rows())
    said = notes(rows, matching.prefix)
    lines = unexplained(rows)
    components, layers, total = sums(rows)
    missing = tuple(shown(row.name) for row in rows if row.lacking)
    return Reconciled(
        rows,
        said,
        components,
        layers,
        total,
        checkpoint.elements(),
        checkpoint.nbytes(),
        _verdict(rows),
        lines,
        missing,
    )


def _verdict(rows: Iterable[TensorPair]) -> str:
    known = list(rows)
    if any(row.unexplained and not row.lacking for row in known):
        return why.DISAGREES
    if any(row.lacking for row in known):
        return why.INCOMPLETE
    return why.EXPLAINED if any(row.why for row in known if _counts(row)) else why.EXACT


def _counts(row: TensorPair) -> bool:
    """Whether a row's explanation should be reported; a shared tensor stored once needs none."""
    return row.why != (why.SHARED,)


class _Matching:
    """Which stored weight is which expected tensor, and how its name was matched."""

    def __init__(
        self, wanted: Mapping[str, Expected], held: list[Held], shared: Iterable[str], part: bool = False
    ) -> None:
        self.wanted = wanted
        self.part = part
        self.held = held
        self.found: dict[str, tuple[Held, tuple[str, ...]]] = {}
        left = self._by_name(held, ("", ""))
        self.prefix = prefix_change(wanted, [modern(weight.name) for weight in held]) if left else ("", "")
        self.extra = self._by_name(left, self.prefix)
        # Tensors stored as another's data: present, adding nothing.
        self.shared = {*shared, *(self.prefix[1] + name.removeprefix(self.prefix[0]) for name in shared)}

    def _by_name(self, held: Iterable[Held], prefix: tuple[str, str]) -> list[Held]:
        """Match by name after changing *prefix*; returns what is left over."""
        return [
            weight
            for weight in held
            if not self._taken(weight, weight.name, prefix)
            and not self._taken(weight, modern(weight.name), prefix, (why.LEGACY,))
        ]

    def _taken(self, weight: Held, spelled: str, prefix: tuple[str, str], reasons: tuple[str, ...] = ()) -> bool:
        """Whether *weight*, *spelled* so and with its *prefix* changed, is a tensor not found yet; if so, it is now."""
        old, new = prefix
        name = new + spelled.removeprefix(old)
        if not spelled.startswith(old) or name not in self.wanted or name in self.found:
            return False
        self.found[name] = weight, ((why.PREFIX, *reasons) if old or new else reasons)
        return True

    def rows(self) -> Iterable[TensorPair]:
        """A row for each expected tensor or group in the model's order, then the other stored tensors."""
        self._take_aliases()
        aside = set_aside(self.extra, self.held)
        other = [weight for weight in self.extra if id(weight) not in aside]
        groups = self._matched_by_shape(other, [weight for weight in self.extra if id(weight) in aside])
        grouped = {tensor.name for group in groups for tensor in group.missing}
        for tensor in self.wanted.values():
            if tensor.name not in grouped:
                yield self._row(tensor)
        for group in groups:
            yield from of_group(group)
        done = {id(weight) for weight, _ in self.found.values()}
        done |= {id(weight) for group in groups for weight in group.extra}
        own = {pattern(weight.name) for weight, _ in self.found.values()} if self.part else set()
        for weight in sorted(self.extra, key=lambda weight: id(weight) not in aside):
            if id(weight) not in done:
                yield extra(weight, aside.get(id(weight)) or self._reason(weight, own))

    def _matched_by_shape(self, other: Sequence[Held], aside: Sequence[Held]) -> list[Group]:
        """Match missing tensors with *other* weights by shape, then with those *aside*, then by sums."""
        missing = [tensor for tensor in self.wanted.values() if tensor.name not in self.found]
        missing = [one for one in missing if not (one.shares or one.computed or one.name in self.shared)]
        for weights in (other, aside):
            for tensor, weight in renamed(missing, weights):
                self.found[tensor.name] = weight, (why.RENAMED,)
            missing = [tensor for tensor in missing if tensor.name not in self.found]
        matched = {id(weight) for weight, _ in self.found.values()}
        groups = regrouped(missing, [weight for weight in other if id(weight) not in matched])
        matched |= {id(weight) for group in groups for weight in group.extra}
        grouped = {tensor.name for group in groups for tensor in group.missing}
        missing = [tensor for tensor in missing if tensor.name not in grouped]
        left = [weight for weight in other if id(weight) not in matched]
        self.found |= {tensor.name: (weight, (why.RENAMED,)) for tensor, weight in renamed(missing, left, True)}
        return groups

    def _reason(self, weight: Held, own: set[str]) -> str:
        """Why a *weight* the model lacks is stored, given its *own* layers, or ""."""
        if self.part and pattern(weight.name) not in own:
            return why.OTHER_PART
        return why.EXTRA_HEAD if is_head(weight.name) and layer(weight.name) is None else ""

    def _take_aliases(self) -> None:
        """If only an alias of a tensor is stored, take it as that tensor."""
        for tensor in self.wanted.values():
            owner = self.wanted.get(tensor.shares)
            if owner and owner.name not in self.found and tensor.name in self.found:
                weight, reasons = self.found.pop(tensor.name)
                self.found[owner.name] = weight, (*reasons, why.RENAMED)

    def _row(self, tensor: Expected) -> TensorPair:
        found = self.found.get(tensor.name)
        return pair(tensor, *found) if found else absent(tensor, tensor.name in self.shared)
