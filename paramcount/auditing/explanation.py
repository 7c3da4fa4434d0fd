"""An explanation: a change, the figures that it reconciles, and the evidence for it."""

from typing import Any, NamedTuple

from paramcount.auditing.evidence import DOUBTFUL
from paramcount.catalog.spec import Published, Spec, override
from paramcount.models.design import SizeError


class Explanation(NamedTuple):
    """A change that reconciles one or more rows of a table with the figures printed for them.

    *edit* is empty where two figures contradict each other and the count agrees with one. *bits* is the evidence minus
    the cost of naming the change (docs/audit.md); *restores* is the law that holds again, if any. Where the edit is of
    one shared size, *admissible* is the interval of values that would fit as well; *named* of the bits are then for
    this value among those, and *shared* of them for there being one value common to the rows.
    """

    text: str
    edit: dict[str, Any]
    total: int
    bits: float
    restores: str = ""
    agrees_with: tuple[Published, ...] = ()
    rows: tuple[str, ...] = ()
    of_rows: int = 1
    admissible: tuple[int, int] | None = None
    command: str = ""
    named: float | None = None

    @property
    def shared(self) -> float | None:
        return None if self.named is None else self.bits - self.named

    @property
    def may_be_chance(self) -> bool:
        return self.bits < DOUBTFUL


def listed(figures: tuple[Published, ...]) -> str:
    """1.3B (Table 2.1) and 1,320M (Table D.1)"""
    return " and ".join(f"{figure.printed} ({figure.place})" for figure in figures)


def command(spec: Spec, sizes: dict[str, Any], changes: dict[str, Any]) -> str:
    """The command that shows *spec* with *changes* and every other size kept; "" if the model has no name."""
    if spec.name == spec.row or not changes.keys() <= spec.sizes.keys():
        return ""
    try:
        shown = override(spec, changes).sizes
    except SizeError:  # the family has no such model
        return ""
    needed = changes | {field: sizes[field] for field in sizes if shown[field] != sizes[field]}
    return " ".join([f"paramcount {spec.name}", *(f"--set {f}={str(value).lower()}" for f, value in needed.items())])
