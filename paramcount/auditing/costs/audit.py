"""The audit of a table of costs: every row's checks and verdict, contradictions between sources, and sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from paramcount.auditing.costs.checks import BOUND, Check, checks
from paramcount.auditing.costs.claims import OF_THE_MODEL, OF_THE_RUN, Claim, differ
from paramcount.auditing.costs.explain import Explained, explain
from paramcount.auditing.costs.loose import Loose, loose
from paramcount.auditing.costs.origins import Elsewhere, elsewhere
from paramcount.auditing.costs.sums import Sum
from paramcount.auditing.verdict import AGREES, EXPLAINED, IMPOSSIBLE, TRUNCATED, UNEXPLAINED, ZEROS, tally
from paramcount.frames import frame, html

if TYPE_CHECKING:
    import pandas

UNCHECKED = "nothing to check"
CONTRADICTED = "contradiction between sources"
# From best to worst; a row is as good as its worst equation.
ORDER = (UNCHECKED, AGREES, TRUNCATED, ZEROS, BOUND, EXPLAINED, CONTRADICTED, UNEXPLAINED, IMPOSSIBLE)


class Contradiction(NamedTuple):
    """Two rows of a model print different figures for a *quantity*, which no single number fits."""

    model: str
    quantity: str
    rows: tuple[str, str]
    printed: tuple[str, str]


class CostRow(NamedTuple):
    """A claim, its checks, the verdict, explanations of failed checks, and checks that hold only for lack of digits."""

    claim: Claim
    checks: tuple[Check, ...]
    verdict: str
    explanations: tuple[Explained, ...]
    contradictions: tuple[Contradiction, ...]
    loose: tuple[Loose, ...] = ()

    @property
    def label(self) -> str:
        """The row's label, as the table prints it."""
        return self.claim.label


class CostAudit(NamedTuple):
    """The rows of a table of costs, and its printed sums."""

    name: str
    title: str
    source: str
    rows: tuple[CostRow, ...]
    sums: tuple[Sum, ...]

    def __repr__(self) -> str:
        return f"<audit of {self.name}: {tally(row.verdict for row in self.rows)}>"

    def _repr_html_(self) -> str:
        return html(repr(self)[1:-1], self.to_frame())

    def to_frame(self) -> pandas.DataFrame:
        """A row per equation of a claim: the interval of each side, and the verdict. Needs pandas.

        A claim with nothing to check has a row without an equation.
        """
        return frame([equation for row in self.rows for equation in _equations(row)])

    @property
    def agrees(self) -> bool:
        """Whether everything that can be checked agrees."""
        rows = all(row.verdict in (UNCHECKED, AGREES) for row in self.rows)
        return rows and all(one.verdict == AGREES for one in self.sums)


def _equations(row: CostRow) -> Iterator[dict[str, Any]]:
    best = row.explanations[0] if row.explanations else None
    said = {"explanation": best.text if best else None, "bits": best.bits if best else None}
    if not row.checks:
        yield {"row": row.claim.label, "equation": None, "verdict": row.verdict, **said}
    for check in row.checks:
        sides = {
            f"{side}_{end}": float(value)
            for side, interval in (("left", check.left), ("right", check.right))
            for end, value in interval._asdict().items()
        }
        yield {"row": row.claim.label, "equation": check.relation.name, **sides, "verdict": check.verdict, **said}


def audit_rows(found: Sequence[Claim]) -> tuple[CostRow, ...]:
    """Check each claim against its own arithmetic and against the other claims about its model."""
    by_model: dict[str, list[Claim]] = {}
    for claim in found:
        by_model.setdefault(claim.model, []).append(claim)
    figures = elsewhere(found)
    rows = [_row(claim, by_model[claim.model], figures) for claim in found]
    by_label = {row.claim.label: row for row in rows}
    return tuple(_settled(row, by_label) for row in rows)


def _row(claim: Claim, of_model: Sequence[Claim], figures: Elsewhere) -> CostRow:
    held = checks(claim)
    explained = explain(claim, held, figures) if not all(check.holds for check in held) else []
    judged = tuple(_judged(check, explained) for check in held)
    return CostRow(claim, judged, "", tuple(explained), tuple(_contradictions(claim, of_model)), loose(claim, held))


def _judged(check: Check, explained: Sequence[Explained]) -> Check:
    if check.holds:
        return check
    if any(check.relation.name in one.mends and not one.may_be_chance for one in explained):
        return check._replace(verdict=EXPLAINED)
    if check.borrowed:
        return check._replace(verdict=CONTRADICTED)
    passes = check.relation.sign != "=" and check.ratio.low >= 1
    return check._replace(verdict=IMPOSSIBLE if passes else UNEXPLAINED)


def _contradictions(claim: Claim, of_model: Sequence[Claim]) -> list[Contradiction]:
    found = []
    for other in of_model:
        if other.label == claim.label:
            continue
        alike = not (claim.device and other.device and claim.device.peaks != other.device.peaks)
        for name in (*OF_THE_MODEL, *(OF_THE_RUN if alike else ())):
            if differ(name, claim, other):
                printed = (claim.figures[name].printed, other.figures[name].printed)
                found.append(Contradiction(claim.model, name, (claim.label, other.label), printed))
    return found


def _settled(row: CostRow, by_label: dict[str, CostRow]) -> CostRow:
    """*row* with its verdict, without equations that fail by another row's figure if it is explained there."""
    kept = tuple(check for check in row.checks if not _explained_there(check, row, by_label))
    verdicts = [check.verdict for check in kept]
    if row.contradictions:
        verdicts.append(CONTRADICTED)
    verdict = max(verdicts, key=ORDER.index, default=UNCHECKED)
    names = {check.relation.name for check in kept}
    explanations = tuple(one for one in row.explanations if names & set(one.mends))
    return row._replace(checks=kept, verdict=verdict, explanations=explanations)


def _explained_there(check: Check, row: CostRow, by_label: dict[str, CostRow]) -> bool:
    if check.verdict == AGREES:
        return False
    for label in check.borrowed:
        for one in by_label[label].explanations:
            lent = row.claim.borrowed.get(one.quantity) == label
            if lent and not one.may_be_chance and one.quantity in check.relation.factors[1]:
                return True
    return False
