"""The report of `paramcount compare`: components side by side, and which sizes their differences come from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from paramcount.catalog.spec import of_all
from paramcount.comparison import MOST, Cause, Comparison, Line, changed, merged
from paramcount.report.rows import Column, Report, Sheet, text

CAUSES = (
    Column("field", "changed"),
    Column("from", "from", "size"),
    Column("to", "to", "size"),
    Column("attributed", "contribution", "count"),
    Column("share", "share of difference", "share"),
    Column("alone", "changed alone", "count"),
)
HOW_TO_READ = (
    "contribution: what the change adds, averaged over every order of making the changes (its Shapley value); "
    "contributions sum to the difference.\nchanged alone: what the change adds to {first} if nothing else changes."
)
OPPOSED = "When changes work against each other, one alone can add more than the whole difference."


def compared(labels: Sequence[str], comparisons: Sequence[Comparison], shared: Sequence[str] = ()) -> Report:
    """The report on the models called *labels*, the first against each other one; *shared* changes apply to all."""
    first = labels[0]
    titled = list(zip(labels[1:], comparisons, strict=True))
    parts: list[str | Sheet] = [f"All models with {', '.join(shared)}."] if shared else []
    parts.append(_counts(labels, comparisons))
    for label, comparison in titled:
        parts += _why(first, label, comparison)
    if any(comparison.causes for comparison in comparisons):
        opposed = any(_opposed(comparison) for comparison in comparisons)
        parts.append(HOW_TO_READ.format(first=first) + (f"\n{OPPOSED}" if opposed else ""))
    return Report({**_document(labels, comparisons), "set": list(shared)}, tuple(parts))


def _opposed(comparison: Comparison) -> bool:
    return len({cause.exact > 0 for cause in comparison.causes or []}) > 1


def _counts(labels: Sequence[str], comparisons: Sequence[Comparison]) -> Sheet:
    """A row per component; with more than two models, each difference and ratio says of which."""
    columns = [Column("name", "component"), Column("params_0", labels[0], "count", header=labels[0])]
    for place, label in enumerate(labels[1:], 1):
        of = f"{label} " if len(comparisons) > 1 else ""
        columns += [
            Column(f"params_{place}", label, "count", header=label),
            Column(f"difference_{place}", f"{of}difference", "count", header=f"{label} difference"),
            Column(f"ratio_{place}", f"{of}ratio", "number", header=f"{label} ratio"),
        ]
    *lines, active = _lines(comparisons)
    sparse = any((c.active.before, c.active.after) != (c.total.before, c.total.after) for c in comparisons)
    rows = [_row(line) for line in ([*lines, active] if sparse else lines)]
    rows[len(lines) - 2]["name"] = of_all([comparisons[0].before, *(one.after for one in comparisons)])
    return Sheet(tuple(columns), rows)


def _lines(comparisons: Sequence[Comparison]) -> list[list[Line]]:
    """The lines of every comparison for each component, then for the total, non-embedding and active counts."""
    names = reduce(merged, ([line.name for line in comparison.components] for comparison in comparisons))
    found = [{line.name: line for line in comparison.components} for comparison in comparisons]
    absent = {line.name: line.before for comparison in comparisons for line in comparison.components}
    components = [[lines.get(name, Line(name, absent[name], None)) for lines in found] for name in names]
    sums = [[c.total for c in comparisons], [c.non_embedding for c in comparisons], [c.active for c in comparisons]]
    return [*components, *sums]


def _row(lines: list[Line]) -> dict[str, Any]:
    name = lines[0].name
    row: dict[str, Any] = {"name": name, "component": name, "strong": name == "total", "params_0": lines[0].before}
    for place, line in enumerate(lines, 1):
        row |= {f"params_{place}": line.after, f"difference_{place}": line.difference, f"ratio_{place}": line.ratio}
    return row


def _why(first: str, label: str, comparison: Comparison) -> list[str | Sheet]:
    difference = comparison.total.difference
    stated = f"{label} − {first} = {text('count', difference)}"
    if comparison.causes is None:
        why = _apart(first, label, comparison)
        return [f"{stated}: {why}, so the difference is shown by component only."]
    if not comparison.causes:
        return [f"{stated}: no hyperparameter differs."]
    rows = [{**_cause(cause, difference), **_values(cause)} for cause in comparison.causes]
    return [Sheet(CAUSES, rows, title=f"Where {stated} comes from")]


def _apart(first: str, label: str, comparison: Comparison) -> str:
    """Why the difference is not attributed to sizes."""
    one, other = comparison.before.family, comparison.after.family
    if one.fields == other.fields:
        many = len(changed(comparison.before, comparison.after))
        return f"{many} sizes differ, too many to attribute" if many > MOST else "mixing them makes no valid model"
    if bool(one.keys) == bool(other.keys):
        names = (one.name, other.name) if one.name != other.name else (one.kind, other.kind)
        return f"{' and '.join(names) if names[0] != names[1] else 'the two'} have different hyperparameters"
    config, paper = (first, label) if one.keys else (label, first)
    return f"{config} takes its sizes from a config and {paper} from a paper"


def _cause(cause: Cause, difference: int) -> dict[str, Any]:
    return {
        "field": cause.field,
        "from": cause.before,
        "to": cause.after,
        "attributed": cause.attributed,
        "share": float(cause.exact / difference) if difference else None,
        "alone": cause.alone,
    }


def _values(cause: Cause) -> dict[str, str]:
    return {"from": str(cause.before).lower(), "to": str(cause.after).lower()}


def _document(labels: Sequence[str], comparisons: Sequence[Comparison]) -> dict[str, Any]:
    *components, total, non_embedding, active = (_line_document(lines) for lines in _lines(comparisons))
    return {
        "models": list(labels),
        **_parts(comparisons),
        "components": components,
        "total": total,
        "non_embedding": non_embedding,
        "active": active,
        "causes": [
            {"model": label, **_cause(cause, comparison.total.difference)}
            for label, comparison in zip(labels[1:], comparisons, strict=True)
            for cause in comparison.causes or []
        ],
    }


def _parts(comparisons: Sequence[Comparison]) -> dict[str, Any]:
    """Which of the models are parts of multimodal ones; empty if none is."""
    found = [comparisons[0].before.part, *(comparison.after.part for comparison in comparisons)]
    return {"parts": [one and one.document() for one in found]} if any(found) else {}


def _line_document(lines: list[Line]) -> dict[str, Any]:
    """The counts of all models, and the difference and ratio of each but the first."""
    return {
        "name": lines[0].name,
        "params": [lines[0].before, *(line.after for line in lines)],
        "difference": [line.difference for line in lines],
        "ratio": [line.ratio for line in lines],
    }
