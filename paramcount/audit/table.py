"""The audit of a table: every row's verdict, what explains the rows that do not agree, and the relations."""

from typing import NamedTuple

from paramcount.audit.counting import count
from paramcount.audit.explanation import Explanation
from paramcount.audit.relations import Related, relate
from paramcount.audit.search import explain_row
from paramcount.audit.shared import explain_table
from paramcount.audit.verdict import EXPLAINED, IMPOSSIBLE, UNEXPLAINED, alone, worst
from paramcount.families import SizeError
from paramcount.heads import Table
from paramcount.published import read, tables
from paramcount.spec import Published, Spec, family_of, figures, label_of, stated


class Judged(NamedTuple):
    """A printed figure, what the row counts to when read as the figure counts, and the verdict."""

    figure: Published
    counted: int
    verdict: str


class Row(NamedTuple):
    """A row of a table: *spec* is None where its sizes state no model, and *fault* says why."""

    label: str
    spec: Spec | None
    published: tuple[Judged, ...]
    verdict: str
    explanations: tuple[Explanation, ...]
    fault: str = ""


class Audit(NamedTuple):
    """A table's rows, what its rows have in common that explains them, and its relations."""

    table: Table
    rows: tuple[Row, ...]
    explanations: tuple[Explanation, ...]
    relations: tuple[Related, ...]

    @property
    def agrees(self) -> bool:
        """Whether every row agrees and every relation holds."""
        return all(row.verdict == "agrees" for row in self.rows) and all(related.holds for related in self.relations)


def audit(table: Table) -> Audit:
    """Hold every row of *table* against its own arithmetic. Figures that other tables print for a row count too."""
    return audited(table, read(table.path))


def audited(table: Table, rows: list[dict[str, str]]) -> Audit:
    """The audit of *rows*, counted as the head of *table* says."""
    printed = [(label_of(table, cells), cells) for cells in rows]
    specs: dict[str, Spec | None] = {}
    faults: dict[str, str] = {}
    for label, cells in printed:
        if family_of(table, label) is None or (table.models and label not in table.models):
            continue
        try:
            specs[label] = _with_other_tables(table, stated(table, cells, table.models.get(label, "")))
        except SizeError as error:
            specs[label], faults[label] = None, str(error)
    whole = [spec for spec in specs.values() if spec]
    shared = explain_table(whole)
    judged = tuple(_row(label, spec, whole, shared, faults.get(label, "")) for label, spec in specs.items())
    relations = tuple(
        relate(relation, label, cells) for relation in table.relations.values() for label, cells in printed
    )
    return Audit(table, judged, tuple(shared), relations)


def _with_other_tables(table: Table, spec: Spec) -> Spec:
    elsewhere: list[Published] = []
    for other in tables().values():
        if other.path != table.path and spec.name in other.models.values():
            for cells in read(other.path):
                if other.models.get(label_of(other, cells)) == spec.name:
                    elsewhere += figures(other, cells)
    return spec._replace(published=(*spec.published, *elsewhere))


def _row(label: str, spec: Spec | None, whole: list[Spec], shared: list[Explanation], fault: str) -> Row:
    if spec is None:
        return Row(label, None, (), IMPOSSIBLE, (), fault)
    others = [other.sizes for other in whole if other.row != label and other.family == spec.family]
    judged = [_judged(spec, figure) for figure in spec.published]
    if all(j.verdict == "agrees" for j in judged):
        return Row(label, spec, tuple(judged), worst([]), ())
    found = [e for e in (*explain_row(spec, others), *(e for e in shared if label in e.rows)) if e.bits > 0]
    found.sort(key=lambda explanation: -explanation.bits)
    judged = [_explained(j, found) for j in judged]
    return Row(label, spec, tuple(judged), worst([j.verdict for j in judged]), tuple(found))


def _judged(spec: Spec, figure: Published) -> Judged:
    counted = count(spec, spec.sizes, figure.reading)
    return Judged(figure, counted, alone(figure.printed, figure.claim, counted))


def _explained(judged: Judged, found: list[Explanation]) -> Judged:
    """A figure that its own digits leave unexplained, once the explanations are known."""
    if judged.verdict != UNEXPLAINED:
        return judged
    meets = any(judged.figure in e.agrees_with or (not e.edit and judged.figure.printed in e.text) for e in found)
    return judged._replace(verdict=EXPLAINED) if meets else judged
