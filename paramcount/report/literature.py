"""The audit of all tables, as the page that docs/audit.md ends with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from paramcount.auditing.explanation import Explanation
from paramcount.auditing.relations import Related
from paramcount.auditing.table import Audit, AuditedRow
from paramcount.auditing.verdict import AGREES, EXPLAINED, IMPOSSIBLE, ORDER, TRUNCATED, UNDECIDED, UNEXPLAINED, ZEROS
from paramcount.report.audit import ROWS, held_of, lines, parted
from paramcount.report.rows import Column, Report, Sheet

MEANING = {
    AGREES: "the count rounds to every figure printed for the row",
    TRUNCATED: "the count fits if the printed digits were cut off instead of rounded",
    ZEROS: "the count fits if the printed trailing zeros stand for unknown digits",
    UNDECIDED: "a size is not given, and some value of it would fit",
    EXPLAINED: "a change makes the row add up, or its figures contradict each other and the count agrees with one",
    UNEXPLAINED: "no plausible explanation found",
    IMPOSSIBLE: "no model can have the row's sizes",
}
VERDICTS = (Column("verdict", "verdict"), Column("rows", "rows", "count"), Column("meaning", "meaning"))
FINDINGS = (
    Column("table", "table"),
    Column("row", "row"),
    Column("printed", "printed"),
    Column("counted", "recomputed"),
    Column("verdict", "verdict"),
    Column("finding", "best explanation"),
    Column("bits", "bits", "number"),
)
BROKEN = (
    Column("table", "table"),
    Column("row", "row"),
    Column("relation", "relation"),
    Column("left", "left side"),
    Column("right", "right side"),
    Column("finding", "a misprint that would explain it"),
)
WITHDRAWN = (
    Column("table", "table"),
    Column("row", "row"),
    Column("relation", "relation"),
    Column("left", "left side"),
    Column("right", "right side"),
    Column("reason", "why it was withdrawn"),
)
SHOWN = 3  # misprints that would explain why a relation fails
SAYS_ITSELF = (TRUNCATED, ZEROS)  # verdicts that need no further explanation


def literature(results: Iterable[Audit]) -> Report:
    """The page on *results*, oldest table first: a summary, then a section per table. To be written as Markdown."""
    ordered = sorted(results, key=lambda result: (result.table.year, result.table.name))
    parts = _summary(ordered)
    for result in ordered:
        parts += _section(result)
    return Report({}, tuple(parts))


def drawn(result: Audit) -> bool:
    """Whether *result* has a figure, which it does if it prints counts of models."""
    return any(row.published for row in result.rows)


def _summary(results: Sequence[Audit]) -> list[str | Sheet]:
    rows = [row for result in results for row in result.rows]
    relations = [related for result in results for related in result.relations]
    held = sum(related.holds for related in relations)
    counts = Counter(row.verdict for row in rows)
    verdicts: list[dict[str, Any]] = [
        {"verdict": verdict, "rows": counts[verdict], "meaning": MEANING[verdict]}
        for verdict in ORDER
        if counts[verdict]
    ]
    return [
        "## The literature",
        f"{len(results)} tables with {len(rows)} rows that can be recomputed, and {len(relations)} equations "
        f"between columns, of which {held} hold.",
        Sheet(VERDICTS, verdicts),
        "Rows that don't add up (a row found in two tables is listed once):",
        Sheet(FINDINGS, list(_findings(results))),
        "Equations that cannot hold under any rounding:",
        Sheet(BROKEN, [_broken(result, related) for result in results for related in _impossible(result)]),
        "Withdrawn, and why:",
        Sheet(WITHDRAWN, [_withdrawn(result, related) for result in results for related in _excused(result)]),
    ]


def _findings(results: Sequence[Audit]) -> Iterable[dict[str, Any]]:
    """A line for each row that does not agree; rows with the same best explanation share one."""
    seen: set[tuple[str, ...]] = set()
    for result in results:
        alike: dict[str, list[AuditedRow]] = {}
        for row in result.rows:
            places = (row.label, *sorted(f"{j.figure.table} {j.figure.column}" for j in row.published))
            if row.verdict != AGREES and (not row.published or places not in seen):
                best = _best(row)
                alike.setdefault(best.text if best else row.label, []).append(row)
            seen.add(places)
        yield from (_finding(result, rows) for rows in alike.values())


def _best(row: AuditedRow) -> Explanation | None:
    return row.explanations[0] if row.explanations and row.verdict not in SAYS_ITSELF else None


def _finding(result: Audit, rows: list[AuditedRow]) -> dict[str, Any]:
    best = _best(rows[0])
    figures = [judged for row in rows for judged in row.published if judged.verdict != AGREES]
    return {
        "table": _link(result),
        "row": ", ".join(row.label for row in rows),
        "printed": ", ".join(f"{j.figure.printed} ({j.figure.place})" for j in figures),
        "counted": "; ".join(dict.fromkeys(f"{j.counted:,}" for j in figures)),
        "verdict": rows[0].verdict,
        "finding": _hedged(best) if best else rows[0].fault,
        "bits": f"{best.bits:.1f}" if best else None,
    }


def _broken(result: Audit, related: Related) -> dict[str, Any]:
    mended = [f"{m.column} {m.meant} instead of {m.printed} ({m.bits:.1f} bits)" for m in related.mended_by[:SHOWN]]
    return {
        "table": _link(result),
        "row": related.row,
        "relation": f"`{related.relation}`",
        "left": str(related.left),
        "right": str(related.right),
        "finding": "; ".join([*([f"left side {related.off_by}"] if related.off_by else []), *mended]),
    }


def _withdrawn(result: Audit, related: Related) -> dict[str, Any]:
    return {**_broken(result, related), "reason": related.withdrawn}


def _link(result: Audit) -> str:
    anchor = result.table.name.replace(".", "")  # as Markdown makes it of the section's title
    return f"[{result.table.name}](#{anchor})"


def _section(result: Audit) -> list[str | Sheet]:
    table = result.table
    parts: list[str | Sheet] = [f"### {table.name}", f"{table.title or table.name}: {table.source} ({table.year})."]
    if drawn(result):
        parts += [_agreeing(result), f"![{table.title}, printed and recomputed](figures/audit-{table.name}.svg)"]
    doubtful = [row for row in result.rows if row.verdict != AGREES]
    if doubtful:
        parts.append(Sheet(ROWS, [line for row in doubtful for line in lines(row)]))
    if result.shared():
        parts += ["The table as a whole:", _listed(result.shared())]
    for row in doubtful:
        own = [explanation for explanation in row.explanations if explanation not in result.shared()]
        if own or row.fault:
            parts += [f"{row.label}{f' ({row.fault})' if row.fault else ''}:", _listed(own)]
    return parts + _relations(result)


def _agreeing(result: Audit) -> str:
    """One line on the rows that agree, with their range if all do."""
    agreeing = [row for row in result.rows if row.verdict == AGREES]
    if len(agreeing) < len(result.rows):
        if len(result.rows) == 1:
            return "Its one row does not agree in every figure."
        return f"Rows that agree in every figure: {len(agreeing)} of {len(result.rows)}."
    counted = sorted((row.published[0].counted, row.published[0].figure.printed) for row in agreeing)
    (least, first), (most, last) = counted[0], counted[-1]
    if len(counted) == 1:
        return f"Its one row agrees: {first} printed, {least:,} counted."
    all_of_them = "Both" if len(counted) == 2 else f"All {len(counted)}"
    return f"{all_of_them} rows agree, from {first} ({least:,}) to {last} ({most:,})."


def _listed(explanations: Sequence[Explanation]) -> str:
    return "\n".join(_item(explanation) for explanation in explanations)


def _item(explanation: Explanation) -> str:
    line = f"- {explanation.bits:.1f} bits: {_hedged(explanation)}"
    return f"{line}<br>`{explanation.command}`" if explanation.command else line


def _hedged(explanation: Explanation) -> str:
    chance = "; may be chance" if explanation.may_be_chance else ""
    return f"{explanation.text}{chance}{parted(explanation)}"


def _relations(result: Audit) -> list[str | Sheet]:
    if not result.relations:
        return []
    broken, excused = _impossible(result), _excused(result)
    if not broken and not excused:
        return [f"All {len(result.relations)} equations between its columns hold."]
    parts: list[str | Sheet] = [held_of(result.relations)]
    if broken:
        sheet = Sheet(BROKEN[1:], [_broken(result, related) for related in broken])
        parts += ["Impossible under any rounding:", sheet]
    if excused:
        sheet = Sheet(WITHDRAWN[1:], [_withdrawn(result, related) for related in excused])
        parts += ["Withdrawn:", sheet]
    return parts


def _impossible(result: Audit) -> list[Related]:
    return [related for related in result.relations if not related.holds and not related.withdrawn]


def _excused(result: Audit) -> list[Related]:
    return [related for related in result.relations if not related.holds and related.withdrawn]
