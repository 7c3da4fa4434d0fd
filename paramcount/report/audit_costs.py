"""The report of `paramcount audit` on a table of training costs: a line per row, then why some don't add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from paramcount.auditing.costs.audit import ORDER, UNCHECKED, Contradiction, CostAudit, CostRow
from paramcount.auditing.costs.checks import BOUND, Check, utilisation
from paramcount.auditing.costs.explain import Explained
from paramcount.auditing.costs.figures import LEAST, MOST
from paramcount.auditing.costs.loose import Loose
from paramcount.auditing.costs.sums import Sum
from paramcount.auditing.relations import Interval
from paramcount.auditing.verdict import AGREES
from paramcount.report.rows import Column, Report, Sheet

ROWS = (
    Column("row", "row"),
    Column("relation", "equation"),
    Column("left", "left side"),
    Column("right", "right side"),
    Column("utilisation", "share of peak"),
    Column("verdict", "verdict"),
)
SUMS = (
    Column("name", "sum"),
    Column("printed", "printed"),
    Column("summed", "sum of its rows"),
    Column("verdict", "verdict"),
)
SHOWN = 3  # explanations of a row in the terminal; JSON has them all
SAYS_ITSELF = (UNCHECKED, AGREES)


def cost_audits(results: list[CostAudit], strict: bool = False, named: bool = False) -> Report:
    """The report on tables of costs, *named* for CSV; with *strict* it is marked as failed unless everything agrees."""
    parts: list[str | Sheet] = []
    for result in results:
        parts += _parts(result, named or len(results) > 1)
    failed = strict and not all(result.agrees for result in results)
    return Report({"tables": [_document(result) for result in results]}, tuple(parts), failed)


def _parts(result: CostAudit, named: bool) -> list[str | Sheet]:
    name = result.name if named else ""
    head = result.title if result.title == result.source else f"{result.title} ({result.source})"
    parts: list[str | Sheet] = [head, Sheet(ROWS, [line for row in result.rows for line in _lines(row)], name=name)]
    parts += ["\n".join(_told(row)) for row in result.rows if row.verdict not in SAYS_ITSELF or row.loose]
    if result.sums:
        parts.append(Sheet(SUMS, [_sum_line(one) for one in result.sums], name=name))
        parts += ["\n".join([f"{s.name}:", *map(_said, s.explanations)]) for s in result.sums if s.explanations]
    return [*parts, _summary(result)]


def _lines(row: CostRow) -> list[dict[str, Any]]:
    """A line for each equation that does not agree; one line for a row in which all do."""
    first = {"row": row.claim.label, "utilisation": _share(utilisation(row.claim))}
    failing = [check for check in row.checks if check.verdict != AGREES]
    if not failing:
        return [{**first, "relation": _holding(row), "verdict": row.verdict}]
    lines = [
        {
            "relation": check.relation.name,
            "left": _said_of(check.left),
            "right": _said_of(check.right),
            "verdict": check.verdict,
        }
        for check in failing
    ]
    return [{**first, **lines[0]}, *({"row": first["row"], "continues": "row", **line} for line in lines[1:])]


def _holding(row: CostRow) -> str:
    return f"all {len(row.checks)}" if len(row.checks) > 1 else "".join(check.relation.name for check in row.checks)


def _share(interval: Interval | None) -> str:
    if interval is None or interval.low <= LEAST or interval.high >= 1000:
        return ""
    low, high = (f"{100 * float(end):.3g}" for end in interval)
    return f"{low} %" if low == high else f"{low}–{high} %"


def _said_of(interval: Interval) -> str:
    """The interval, with just enough digits to tell its ends apart."""
    if interval.low <= LEAST:
        return f"up to {float(interval.high):.4g}"
    if interval.high >= MOST / 10**5:
        return f"{float(interval.low):.4g} or more"
    for digits in range(3, 9):
        low, high = (f"{float(end):,.{digits}g}" for end in interval)
        if low != high:
            break
    (first, _, power), (last, _, same) = low.partition("e"), high.partition("e")
    return low if low == high else f"{first}–{last}e{power}" if power and power == same else f"{low}–{high}"


def _told(row: CostRow) -> Iterable[str]:
    claim = row.claim
    place = ", ".join(filter(None, (claim.source, claim.where)))
    yield f"{claim.label}: {row.verdict} ({place})" if place else f"{claim.label}: {row.verdict}"
    for check in row.checks:
        if check.verdict != AGREES:
            yield f"  {_fails(check)}"
    yield from (f"  {_contradicts(one)}" for one in row.contradictions)
    yield from (_said(one) for one in row.explanations[:SHOWN])
    yield from (f"  {_few_digits(one)}" for one in row.loose)
    if claim.memory:
        yield f"  relies on figures not checked against their source: {claim.memory}"


def _fails(check: Check) -> str:
    formula = check.relation.formula.replace("*", "·").replace("<=", "≤")
    text = f"{formula}: the left side is {_said_of(check.ratio)} times the right"
    if check.verdict == BOUND:
        text += ", so the rest of the time was spent otherwise"
    if check.saved_by:
        text += f"; {check.verdict}: {check.saved_by}"
    return text + (f"; uses figures from {', '.join(check.borrowed)}" if check.borrowed else "")


def _few_digits(one: Loose) -> str:
    text = f"{one.relation} agrees only because its figures have few digits; taken as exact, the left side is "
    text += f"{float(one.ratio):.3g} times the right"
    return f"{text}, which would fit if {'; or '.join(one.readings)}" if one.readings else text


def _contradicts(one: Contradiction) -> str:
    return f"{one.quantity}: {one.printed[0]} here, {one.printed[1]} in {one.rows[1]}"


def _said(one: Explained) -> str:
    chance = "; may be chance" if one.may_be_chance else ""
    return f"  {one.bits:5.1f} bits  {one.text}; fixes {', '.join(one.mends)}{chance}"


def _sum_line(one: Sum) -> dict[str, Any]:
    return {
        "name": one.name,
        "printed": one.figure.printed,
        "summed": _said_of(one.summed),
        "verdict": one.verdict,
    }


def _summary(result: CostAudit) -> str:
    counts = Counter(row.verdict for row in result.rows)
    verdicts = ", ".join(f"{counts[verdict]} {verdict}" for verdict in ORDER if counts[verdict])
    equations = [check for row in result.rows for check in row.checks]
    held = sum(check.verdict == AGREES for check in equations)
    text = f"{len(result.rows)} rows: {verdicts}. {held} of {len(equations)} equations hold."
    if result.sums:
        text += f" {sum(one.verdict == AGREES for one in result.sums)} of {len(result.sums)} sums hold."
    return text


def _document(result: CostAudit) -> dict[str, Any]:
    return {
        "table": result.name,
        "kind": "costs",
        "source": result.source,
        "rows": [_row_document(row) for row in result.rows],
        "sums": [_sum_document(one) for one in result.sums],
    }


def _row_document(row: CostRow) -> dict[str, Any]:
    claim, share = row.claim, utilisation(row.claim)
    return {
        "row": claim.label,
        "model": claim.model,
        "source": claim.source or None,
        "where": claim.where or None,
        "from_memory": claim.memory or None,
        "note": claim.note or None,
        "printed": {name: f.printed for name, f in claim.figures.items() if name not in claim.borrowed},
        "verdict": row.verdict,
        "utilisation": share and _ends(share),
        "checks": [_check_document(check) for check in row.checks],
        "explanations": [_explanation_document(one) for one in row.explanations],
        "loose": [
            {"relation": one.relation, "ratio": float(one.ratio), "readings": list(one.readings)} for one in row.loose
        ],
        "contradictions": [
            {"quantity": one.quantity, "rows": list(one.rows), "printed": list(one.printed)}
            for one in row.contradictions
        ],
    }


def _check_document(check: Check) -> dict[str, Any]:
    return {
        "relation": check.relation.name,
        "formula": check.relation.formula,
        "source": check.relation.source,
        "left": _ends(check.left),
        "right": _ends(check.right),
        "ratio": _ends(check.ratio),
        "verdict": check.verdict,
        "saved_by": check.saved_by or None,
        "figures_of": list(check.borrowed),
    }


def _ends(interval: Interval) -> list[float | None]:
    """[low, high]; null for an end that the figures leave open."""
    return [
        float(interval.low) if interval.low > LEAST * 10**20 else None,
        float(interval.high) if interval.high < MOST / 10**5 else None,
    ]


def _explanation_document(one: Explained) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "quantity": one.quantity,
        "text": one.text,
        "source": one.source or None,
        "bits": round(one.bits, 2),
        "may_be_chance": one.may_be_chance,
        "mends": list(one.mends),
    }


def _sum_document(one: Sum) -> dict[str, Any]:
    return {
        "sum": one.name,
        "quantity": one.quantity,
        "printed": one.figure.printed,
        "rows": list(one.rows),
        "summed": _ends(one.summed),
        "verdict": one.verdict,
        "explanations": [_explanation_document(found) for found in one.explanations],
    }
