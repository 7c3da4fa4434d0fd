"""A model's counts as polynomials for each setting of its switches, which the page evaluates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from itertools import product
from typing import Any, NamedTuple

from paramcount.catalog.spec import Spec, override
from paramcount.costs.run import Run
from paramcount.costs.stated import costed
from paramcount.costs.work import keeps
from paramcount.errors import InputError
from paramcount.ledger.model import Model
from paramcount.ledger.operation import PAIR, TOKEN
from paramcount.ledger.polynomial import Polynomial, number
from paramcount.ledger.sized import formula_of

MOST = 8  # settings of switches, enough for three that change a count
READINGS = {"total": "total", "non_embedding": "non-embedding", "active": "active"}


class Variant(NamedTuple):
    """The *model* as formulas in all its sizes with its switches *set* in one way, and the formulas of its costs."""

    set: Mapping[str, bool]
    spec: Spec
    model: Model

    def costs(self) -> dict[str, Polynomial]:
        """Forward FLOPs per token and per query-key pair, and numbers cached per token.

        Empty if these are not known, or if some are for anything but tokens and pairs.
        """
        untied = self.spec._replace(sizes=_untied(self.spec))
        try:
            cost = costed(untied, Run(1, 1))
        except InputError:
            return {}
        if any(line.per not in (TOKEN, PAIR) or line.window or line.chunk for line in cost.work):
            return {}
        sums = {f"flops_{per}": number(0) for per in (TOKEN, PAIR)}
        for line in cost.work:
            sums[f"flops_{line.per}"] += 2 * formula_of(line.macs)
        kept = keeps(cost.model, cost.windows, number=formula_of, layers=formula_of) if cost.causal else []
        if kept and not any(keep.per != TOKEN or keep.window or keep.dtype for keep in kept):
            sums["cached"] = reduce(Polynomial.__add__, (formula_of(0) + keep.numbers for keep in kept))
        return sums if cost.causal else {}


def variants(spec: Spec) -> tuple[list[Variant], list[str]]:
    """A variant for each setting of the switches that change a count, starting with that of *spec*; and the switches.

    If there are more than MOST settings, the last switches are left as they are.
    """
    first = _variant(spec, {})
    if first is None:
        raise InputError(f"{spec.name}: a page needs formulas, and this model was counted without any; "
                         "valid: a model for which `paramcount MODEL` shows formulas")  # fmt: skip
    live: list[str] = []
    for switch in _switches(spec):
        other = _variant(spec, {switch: not spec.sizes[switch]})
        counts = other is not None and other.model.by_component() != first.model.by_component()
        if counts and 2 ** (len(live) + 1) <= MOST:
            live.append(switch)
    while True:
        found = [_variant(spec, setting) for setting in _settings(spec, live)]
        stated = [one for one in found if one is not None]
        if len(stated) == len(found):
            return stated, live
        live.pop()  # together with the others it gives no valid model


def _settings(spec: Spec, live: list[str]) -> list[dict[str, bool]]:
    """Every setting of the *live* switches, starting with that of *spec*."""
    values = product(*([spec.sizes[switch], not spec.sizes[switch]] for switch in live))
    return [dict(zip(live, setting, strict=True)) for setting in values]


def _switches(spec: Spec) -> Iterator[str]:
    for field, value in spec.sizes.items():
        settable = field not in spec.family.keys or spec.family.keys[field].settable
        if isinstance(value, bool) and settable:
            yield field


def _variant(spec: Spec, switches: Mapping[str, bool]) -> Variant | None:
    """The model with *switches* set; None if that is not valid, has other sizes or has no formulas."""
    changes = {switch: value for switch, value in switches.items() if spec.sizes[switch] != value}
    try:
        changed = override(spec, changes) if changes else spec
        sizes = {field: value for field, value in changed.sizes.items() if isinstance(value, bool)}
        model = changed.family.build(**{**changed.family.symbols(), **sizes})
    except InputError:
        return None
    formulas = all(isinstance(count, Polynomial | int) for count in model.by_component().values())
    symbolic = any(isinstance(count, Polynomial) for count in model.by_component().values())
    same = _whole(changed) == _whole(spec)
    return Variant(switches, changed, model) if formulas and symbolic and same else None


def _whole(spec: Spec) -> list[str]:
    return sorted(field for field, value in spec.sizes.items() if not isinstance(value, bool))


def _untied(spec: Spec) -> dict[str, Any]:
    """The sizes with all ties broken, so that each has a symbol of its own in formulas."""
    ties = spec.family.kept(spec.sizes) if not spec.family.keys else {}
    return {**spec.sizes, **{field: 1 if field == "n_kv_heads" else spec.sizes[field] + 1 for field in ties}}
