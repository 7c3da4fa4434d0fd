"""The sizes of a model on its page: which can be changed, which follow others, which are locked and why."""

from __future__ import annotations

from typing import Any, NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.config.rules import Count, Fixed, Limit
from paramcount.errors import InputError
from paramcount.ledger.polynomial import Polynomial
from paramcount.models.design import Design
from paramcount.report.sizes import in_order

PROBED = 2  # every depth up to this many times the model's own is counted, to check the formula
MOST_PROBED = 160


class Size(NamedTuple):
    """A whole number of the model: *how* it changes ("live", "tied", "follows" or "locked"), and *why* if it can't.

    *rule* says how it follows others, as JSON; *tie* is the multiple of another size that it keeps until it is untied.
    It ranges from *least* to *most*, where the formula is known to hold.
    """

    name: str
    value: int
    how: str
    why: str = ""
    rule: dict[str, Any] | None = None
    tie: tuple[int, str] | None = None
    least: int = 1
    most: int | None = None

    def document(self) -> dict[str, Any]:
        """The size as JSON for the page, without empty fields."""
        stated: dict[str, Any] = {name: value for name, value in self._asdict().items() if value not in ("", None)}
        return stated | {name: str(stated[name]) for name in ("value", "least", "most") if name in stated}


def sizes_of(spec: Spec) -> list[Size]:
    """All whole-number sizes of *spec*, those that every model has first."""
    whole = [name for name, value in spec.sizes.items() if not isinstance(value, bool)]
    if not spec.family.keys:
        ties = spec.family.kept(spec.sizes)
        return [_of_paper(name, spec.sizes[name], ties.get(name)) for name in in_order(whole)]
    return [_of_config(spec, name) for name in in_order(whole)]


def limits_of(design: Design) -> list[dict[str, Any]]:
    """The conditions on sizes as JSON, in a fixed order."""
    limits = sorted(design.limits, key=str)
    return [{"one": limit.one.document(), "keeps": limit.keeps, "other": limit.other.document(),
             "text": _words(limit)} for limit in limits]  # fmt: skip


def _words(limit: Limit) -> str:
    return f"{limit.one} {limit.keeps} {limit.other}"


def _of_paper(name: str, value: int, tie: tuple[int, str] | None) -> Size:
    return Size(name, value, "tied", tie=tie) if tie else Size(name, value, "live")


def _of_config(spec: Spec, name: str) -> Size:
    use, looked = spec.family.keys[name], spec.family.looked
    value = int(use.value)
    if isinstance(use.rule, Fixed):
        return Size(name, value, "locked", f"set by the config as {use.key}")
    if isinstance(use.rule, Count) and "period" not in use.rule.document():
        return Size(name, value, "locked", f"{use.key}, a list of layers")
    if use.rule is not None:
        return Size(name, value, "follows", use.key, use.rule.document())
    if name not in looked:
        return Size(name, value, "live", least=0 if value == 0 else 1)
    bounds = _bounds(spec, name) if name == "n_layers" else None
    if bounds:
        return Size(name, value, "live", least=bounds[0], most=bounds[1])
    return Size(name, value, "locked", "other values change how the model is built")


def _bounds(spec: Spec, name: str) -> tuple[int, int] | None:
    """The range of depths around that of *spec* for which its formulas and rules agree with an actual count."""
    value = spec.sizes[name]
    formulas = {part: Polynomial({}) + count for part, count in spec.symbolic().by_component().items()}
    holding = [depth for depth in range(1, min(PROBED * value, MOST_PROBED) + 1) if _holds(spec, name, depth, formulas)]
    if value not in holding:
        return None
    low = high = value
    while low - 1 in holding:
        low -= 1
    while high + 1 in holding:
        high += 1
    return (low, high) if low < high else None


def _holds(spec: Spec, name: str, depth: int, formulas: dict[str, Polynomial]) -> bool:
    try:
        design, sizes = spec.family.change(spec.sizes, {name: depth})
    except InputError:
        return False
    followed = {**spec.sizes, name: depth}
    for size, use in spec.family.keys.items():
        if use.rule is not None:
            found = use.rule.value(followed)
            if found is None:
                return False
            followed[size] = found
    counts = design.build(**sizes).by_component()
    return {part: formula.at(followed) for part, formula in formulas.items()} == counts
