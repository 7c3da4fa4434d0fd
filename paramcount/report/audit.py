"""The report of `paramcount audit`: a line per printed figure, explanations with their evidence, relations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from paramcount.auditing.evidence import DOUBTFUL
from paramcount.auditing.explanation import Explanation
from paramcount.auditing.relations import Mend, Related
from paramcount.auditing.table import Audit, AuditedRow
from paramcount.papers.preamble import Table
from paramcount.report.rows import Column, Report, Sheet

ROWS = (
    Column("row", "row"),
    Column("place", "printed in"),
    Column("printed", "printed"),
    Column("counted", "recomputed", "count"),
    Column("interval", "interval"),
    Column("verdict", "verdict"),
)
RELATIONS = (
    Column("row", "row"),
    Column("relation", "relation"),
    Column("left", "left side"),
    Column("right", "right side"),
    Column("holds", "holds", "agrees"),
)
SHOWN = 3  # explanations of a row in the terminal; JSON has them all


def audits(results: list[Audit], strict: bool = False, named: bool = False) -> Report:
    """The report on one or more tables, *named* for CSV; with *strict* it is failed unless everything agrees."""
    parts: list[str | Sheet] = []
    for result in results:
        parts += _parts(result, named or len(results) > 1)
    if len(results) > 1:
        parts.append(_summary(results))
    failed = strict and not all(result.agrees for result in results)
    return Report({"tables": [_document(result) for result in results]}, tuple(parts), failed)


def _parts(result: Audit, named: bool) -> list[str | Sheet]:
    table = result.table
    head = "\n".join([_title(table), *table.notes])
    parts: list[str | Sheet] = [head, _sheet(result)._replace(name=table.name if named else "")]
    if result.doubt:
        parts.append(result.doubt)
    texts = [_said(explanation) for explanation in result.shared()[:SHOWN]]
    if texts:
        parts.append("\n".join(["The table as a whole:", *texts]))
    for row in result.rows:
        own = [explanation for explanation in row.explanations if explanation not in result.shared()]
        if own or row.fault:
            parts.append("\n".join([f"{row.label}:{_fault(row)}", *(_said(e) for e in own[:SHOWN])]))
    if result.relations:
        parts.append("\n".join(_relations(list(result.relations))))
    return parts


def _title(table: Table) -> str:
    title = table.title or table.name
    return title if title == table.source else f"{title} ({table.source})"


def _sheet(result: Audit) -> Sheet:
    """The rows; for a table without shapes, both sides of its relations in each row."""
    if result.relations and not result.rows:
        return Sheet(RELATIONS, [_relation_line(related) for related in result.relations])
    return Sheet(ROWS, [line for row in result.rows for line in lines(row)])


def _relation_line(related: Related) -> dict[str, Any]:
    return {
        "row": related.row,
        "relation": related.relation,
        "left": str(related.left),
        "right": str(related.right),
        "holds": related.holds,
    }


def lines(row: AuditedRow) -> list[dict[str, Any]]:
    """A line of ROWS for each printed figure of *row*."""
    if row.spec is None:
        return [{"row": row.label, "verdict": row.verdict}]
    if not row.published:
        return [{"row": row.label, "counted": row.spec.model().total(), "verdict": "nothing printed"}]
    found = []
    for place, judged in enumerate(row.published):
        figure = judged.figure
        found.append(
            {
                "row": row.label,
                "continues": "row" if place else "",
                "place": figure.place,
                "printed": figure.printed,
                "counted": judged.counted,
                "interval": str(figure.claim),
                "verdict": judged.verdict,
            }
        )
    return found


def _said(explanation: Explanation) -> str:
    chance = "; may be chance" if explanation.may_be_chance else ""
    line = f"  {explanation.bits:5.1f} bits  {explanation.text}{chance}{parted(explanation)}"
    return f"{line}\n              {explanation.command}" if explanation.command else line


def parted(explanation: Explanation) -> str:
    """How many of the bits are for one value shared by the rows, and how many for this value."""
    if explanation.named is None:
        return ""
    [field] = explanation.edit
    shared = f"{explanation.shared:.1f} bits for one {field} in all these rows"
    return f"; {shared}, {explanation.named:.1f} for this value of it"


def _fault(row: AuditedRow) -> str:
    return f" {row.fault}" if row.fault else ""


def _relations(relations: list[Related]) -> list[str]:
    broken = [related for related in relations if not related.holds and not related.withdrawn]
    withdrawn = [related for related in relations if not related.holds and related.withdrawn]
    lines = [held_of(relations)]
    for related in broken:
        left = related.relation.partition(" = ")[0]
        sides = f"{left} is {related.left}, the right side {related.right}"
        line = f"  impossible in {related.row}: {related.relation}; {sides}"
        lines.append(line + (f"; {left} is {related.off_by}" if related.off_by else ""))
        lines += [f"   {m.bits:5.1f} bits  {mend(m)}" for m in related.mended_by[:SHOWN]]
    lines += [f"  withdrawn in {related.row}: {related.relation}; {related.withdrawn}" for related in withdrawn]
    return lines


def held_of(relations: Sequence[Related]) -> str:
    """How many of the *relations* hold, and how many findings were withdrawn."""
    held = sum(related.holds for related in relations)
    withdrawn = sum(bool(related.withdrawn) and not related.holds for related in relations)
    return f"{held} of {len(relations)} relations between columns hold{f', {withdrawn} withdrawn' * bool(withdrawn)}."


def mend(found: Mend) -> str:
    """For example: train_flops 1.26e+24 misprinted for 1.26e+25; may be chance"""
    chance = "; may be chance" if found.bits < DOUBTFUL else ""
    return f"{found.column} {found.printed} misprinted for {found.meant}{chance}"


def _summary(results: list[Audit]) -> str:
    rows = [row for result in results for row in result.rows]
    relations = [related for result in results for related in result.relations]
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.verdict] = counts.get(row.verdict, 0) + 1
    verdicts = ", ".join(f"{number} {verdict}" for verdict, number in counts.items())
    held = sum(related.holds for related in relations)
    return f"{len(results)} tables, {len(rows)} rows: {verdicts}. {held} of {len(relations)} relations hold."


def _document(result: Audit) -> dict[str, Any]:
    return {
        "table": result.table.name,
        "source": result.table.source,
        "notes": list(result.table.notes),
        "rows": [_row_document(row) for row in result.rows],
        "explanations": [_explanation_document(explanation) for explanation in result.explanations],
        "relations": [_relation_document(related) for related in result.relations],
        "doubt": result.doubt or None,
    }


def _row_document(row: AuditedRow) -> dict[str, Any]:
    return {
        "model": row.label,
        "total": row.spec.model().total() if row.spec else None,
        "published": [
            {
                "column": judged.figure.column,
                "source": judged.figure.source,
                "printed": judged.figure.printed,
                "counted": judged.counted,
                "interval": [judged.figure.claim.low, judged.figure.claim.high],
                "verdict": judged.verdict,
            }
            for judged in row.published
        ],
        "verdict": row.verdict,
        "fault": row.fault or None,
        "explanations": [_explanation_document(explanation) for explanation in row.explanations],
    }


def _explanation_document(explanation: Explanation) -> dict[str, Any]:
    return {
        "edit": explanation.edit,
        "total": explanation.total,
        "bits": round(explanation.bits, 2),
        "bits_shared": None if explanation.shared is None else round(explanation.shared, 2),
        "bits_named": None if explanation.named is None else round(explanation.named, 2),
        "may_be_chance": explanation.may_be_chance,
        "restores": explanation.restores or None,
        "rows_explained": list(explanation.rows),
        "of_rows": explanation.of_rows,
        "admissible": list(explanation.admissible) if explanation.admissible else None,
        "text": explanation.text,
        "command": explanation.command or None,
    }


def _relation_document(related: Related) -> dict[str, Any]:
    return {
        "relation": related.relation,
        "row": related.row,
        "left": [float(end) for end in related.left],
        "right": [float(end) for end in related.right],
        "holds": related.holds,
        "off_by": related.off_by or None,
        "withdrawn": related.withdrawn or None,
        "misprints": [{**mend._asdict(), "bits": round(mend.bits, 2)} for mend in related.mended_by],
    }
