"""The audit of a table: a verdict on every row, explanations of the rows that disagree, and relations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from paramcount.auditing.cell_and_convention import explain_pair
from paramcount.auditing.counting import count
from paramcount.auditing.edits import unsettled
from paramcount.auditing.explanation import Explanation
from paramcount.auditing.incomplete import incomplete, missing_sizes
from paramcount.auditing.placed import Peers
from paramcount.auditing.relations import Related, relate, together
from paramcount.auditing.search import explain_row
from paramcount.auditing.shared import explain_table
from paramcount.auditing.verdict import EXPLAINED, IMPOSSIBLE, UNDECIDED, UNEXPLAINED, alone, tally, worst
from paramcount.catalog.names import find
from paramcount.catalog.rows import counted_here, figures, label_of, stated, with_ones
from paramcount.catalog.spec import Published, Spec
from paramcount.errors import InputError
from paramcount.frames import frame, html
from paramcount.models.design import Design, MissingError, SizeError
from paramcount.papers.preamble import Table
from paramcount.papers.tables import read, tables

if TYPE_CHECKING:
    import pandas

Going = Callable[[list[Any]], Iterator[Any]]  # iterates over a list and shows progress


class Judged(NamedTuple):
    """A printed figure, the row's count under the figure's reading, and the verdict."""

    figure: Published
    counted: int
    verdict: str


class AuditedRow(NamedTuple):
    """A row of a table; *spec* is None if no model has its sizes, and *fault* says why."""

    label: str
    spec: Spec | None
    published: tuple[Judged, ...]
    verdict: str
    explanations: tuple[Explanation, ...]
    fault: str = ""


class Fault(NamedTuple):
    """Why no model has a row's sizes, and the verdict for it."""

    text: str
    verdict: str = IMPOSSIBLE


Stating = tuple[str, Spec | None, Fault | None]  # a row's label, its spec, and why no model has its sizes


class Audit(NamedTuple):
    """A table's rows, the explanations that rows share, and its relations.

    *doubt* says that the family may be wrong, and which families agree with most rows; "" if there is no such doubt.
    """

    table: Table
    rows: tuple[AuditedRow, ...]
    explanations: tuple[Explanation, ...]
    relations: tuple[Related, ...]
    doubt: str = ""

    def shared(self) -> list[Explanation]:
        """Explanations of more than one row."""
        return [explanation for explanation in self.explanations if len(explanation.rows) > 1]

    def __repr__(self) -> str:
        return f"<audit of {self.table.name}: {tally(row.verdict for row in self.rows)}>"

    def _repr_html_(self) -> str:
        return html(repr(self)[1:-1], self.to_frame())

    def to_frame(self) -> pandas.DataFrame:
        """A DataFrame with one row per printed figure: the count, the verdict, and the best explanation with its bits.

        For a row whose sizes no model has, the explanation is its fault. Needs pandas.
        """
        return frame([figure for row in self.rows for figure in _figures(row)])

    @property
    def agrees(self) -> bool:
        """Whether every row agrees and every relation holds, apart from withdrawn findings."""
        hold = all(related.holds or related.withdrawn for related in self.relations)
        return hold and all(row.verdict == "agrees" for row in self.rows)


def _figures(row: AuditedRow) -> Iterator[dict[str, Any]]:
    best = row.explanations[0] if row.explanations else None
    said = {"explanation": best.text if best else row.fault, "bits": best.bits if best else None}
    if not row.published:
        yield {"row": row.label, "source": None, "printed": None, "counted": None, "verdict": row.verdict, **said}
    for judged in row.published:
        figure = {"source": judged.figure.source, "printed": judged.figure.printed, "counted": judged.counted}
        yield {"row": row.label, **figure, "verdict": judged.verdict, **said}


def audit(table: Table) -> Audit:
    """Recompute every row of *table*. Figures that other tables print for the same model are checked too."""
    return audited(table, read(table.path))


def audited(table: Table, printed: Sequence[Mapping[str, str]], going: Going = iter) -> Audit:
    """Recompute the *printed* rows as the preamble of *table* says; *going* shows progress over them."""
    labelled = [(label_of(table, cells), cells) for cells in printed]
    stating = [(label, *_stated(table, label, cells)) for label, cells in labelled if counted_here(table, label)]
    rows, shared = _rows(stating, going)
    relations: list[Related] = []
    for name, relation in table.relations.items():
        related = [relate(relation, label, cells, table.exact) for label, cells in going(labelled)]
        relations += together([r._replace(withdrawn=table.withdrawn.get(f"{name} of {r.row}", "")) for r in related])
    return Audit(table, rows, shared, tuple(relations), _doubt(rows, shared))


def audited_rows(stating: Sequence[Stating], wanted: Collection[str]) -> tuple[AuditedRow, ...]:
    """The rows of a table labelled as *wanted*, each with its explanations."""
    return _rows(stating, lambda rows: (row for row in rows if row[0] in wanted))[0]


def _rows(stating: Sequence[Stating], going: Going) -> tuple[tuple[AuditedRow, ...], tuple[Explanation, ...]]:
    """The rows and the explanations that they share; *going* shows progress over them."""
    specs = [spec for _, spec, _ in stating if spec]
    shared = explain_table([spec for _, spec, fault in stating if spec and not fault])
    everyone = Peers(specs)
    peers: dict[Design, Peers] = {}
    for spec in specs:
        peers.setdefault(spec.family, Peers()).append(spec)
    for alike in peers.values():
        alike.everyone = everyone
    return tuple(_row(label, spec, peers, shared, fault) for label, spec, fault in going(list(stating))), tuple(shared)


def _doubt(rows: Sequence[AuditedRow], shared: Sequence[Explanation]) -> str:
    """A warning that the rows' family may be wrong, if all are off alike and nothing explains it."""
    judged = [(row.spec, row.published[0].counted) for row in rows if row.spec and row.published]
    unexplained = sum(row.verdict == UNEXPLAINED for row in rows)
    if 2 * unexplained <= len(rows) or len(judged) < len(rows) or any(len(e.rows) == len(rows) for e in shared):
        return ""
    from paramcount.auditing.other_family import doubt  # tries every family and type

    return doubt(judged)


def _stated(table: Table, label: str, cells: Mapping[str, str]) -> tuple[Spec | None, Fault | None]:
    """The spec of the row of *cells*, and why no model has its sizes, if none does."""
    name = table.models.get(label, "")
    try:
        return _with_other_tables(table, stated(table, cells, name)), None
    except MissingError as error:
        return None, _left_open(table, cells, error, name)
    except SizeError as error:
        spec = unsettled(table, cells, name)
        return spec and _with_other_tables(table, spec), Fault(str(error))


def _left_open(table: Table, cells: Mapping[str, str], error: MissingError, name: str) -> Fault:
    """The fault of a row without a size that its family needs."""
    try:
        verdict, text = incomplete(with_ones(table, cells, error.fields, name), error.fields)
    except SizeError as other:
        return Fault(f"{missing_sizes(error.fields)}; {other}", UNDECIDED)
    return Fault(text, verdict)


def _with_other_tables(table: Table, spec: Spec) -> Spec:
    """*spec* with the figures that other tables print for the catalog's model that its table says it is."""
    if model := table.same_as.get(spec.row):
        return spec._replace(published=(*spec.published, *find(model).published))
    elsewhere: list[Published] = []
    if spec.row not in table.models:
        return spec
    for other in tables().values():
        if other.path != table.path and spec.name in other.models.values():
            for cells in read(other.path):
                if other.models.get(label_of(other, cells)) == spec.name:
                    elsewhere += figures(other, cells)
    return spec._replace(published=(*spec.published, *elsewhere))


def _in_pairs(spec: Spec, alike: Peers) -> list[Explanation]:
    """Pairs of changes that explain a row whose sizes no model has; none if the type cannot be built with them."""
    try:
        return list(explain_pair(spec, alike))
    except InputError:
        return []


def _row(
    label: str, spec: Spec | None, peers: Mapping[Design, Peers], shared: list[Explanation], fault: Fault | None
) -> AuditedRow:
    if spec is None:
        verdict, text = (fault.verdict, fault.text) if fault else (IMPOSSIBLE, "")
        return AuditedRow(label, None, (), verdict, (), text)
    alike = peers[spec.family]
    if fault:
        found = explain_row(spec, alike) or _in_pairs(spec, alike)
        return AuditedRow(label, None, (), IMPOSSIBLE, tuple(e for e in found if e.bits > 0), fault.text)
    judged = [_judged(spec, figure) for figure in spec.published]
    if all(j.verdict == "agrees" for j in judged):
        return AuditedRow(label, spec, tuple(judged), worst([]), ())
    found = [e for e in (*explain_row(spec, alike), *(e for e in shared if label in e.rows)) if e.bits > 0]
    if not found and any(j.verdict == UNEXPLAINED for j in judged):
        found = [e for e in explain_pair(spec, alike) if e.bits > 0]
    found = _distinct(sorted(found, key=lambda explanation: -explanation.bits))
    judged = [_explained(j, found) for j in judged]
    return AuditedRow(label, spec, tuple(judged), worst([j.verdict for j in judged]), tuple(found))


def _distinct(found: list[Explanation]) -> list[Explanation]:
    """*found* without repeated changes: a cell of the row and a size of the table may be the same."""
    return [e for i, e in enumerate(found) if not e.edit or e.edit not in [other.edit for other in found[:i]]]


def _judged(spec: Spec, figure: Published) -> Judged:
    counted = count(spec, spec.sizes, figure.reading)
    return Judged(figure, counted, alone(figure.printed, figure.claim, counted))


def _explained(judged: Judged, found: list[Explanation]) -> Judged:
    """*judged* with the verdict EXPLAINED if its own digits do not explain it and one of *found* does."""
    if judged.verdict != UNEXPLAINED:
        return judged
    meets = any(judged.figure in e.agrees_with or (not e.edit and judged.figure.printed in e.text) for e in found)
    return judged._replace(verdict=EXPLAINED) if meets else judged
