"""The audit's findings as a page: a section per kind, each finding with its anchor, source, command and bits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from paramcount.auditing.explanation import Explanation
from paramcount.auditing.table import Audit
from paramcount.papers.tables import read
from paramcount.report.rows import Report

KINDS = {
    "shards": (
        "Counts taken over shards",
        "A model trained on several devices may keep a copy of some tensors on each. Summing over devices counts these "
        "more than once.",
    ),
    "copied": (
        "Copied figures",
        "A model based on another is printed with the other's count, although its vocabulary differs.",
    ),
    "vocabulary": (
        "Another vocabulary",
        "The shape is the model's own, but the count is that of the same shape with another vocabulary: an earlier "
        "one, or that of its neighbours.",
    ),
    "misprint": (
        "Misprinted cells",
        "One cell contradicts the others in its row, and another value in it fits.",
    ),
    "parts": (
        "Parts left out or added",
        "A count may leave out poolers, norms or biases, or include a head that the model shares with its embedding.",
    ),
    "nominal": (
        "Names in place of counts",
        "The figure is the size in the model's name, not its count.",
    ),
    "withdrawn": (
        "Withdrawn",
        "Findings that were listed here and turned out to be wrong.",
    ),
}


def findings(results: Iterable[Audit]) -> Report:
    """The findings in tables/findings.csv, with their evidence in *results*, the current audits."""
    audits = {result.table.name: result for result in results}
    rows = read("findings.csv")
    parts: list[str] = ["## Findings", _summary(rows)]
    for kind, (title, teaches) in KINDS.items():
        own = [row for row in rows if row["kind"] == kind]
        if own:
            parts += [f"### {title}", teaches, "\n".join(_item(row, audits[row["table"]]) for row in own)]
    return Report({}, tuple(parts))


def _summary(rows: Sequence[Mapping[str, str]]) -> str:
    standing = sum(row["status"] != "withdrawn" for row in rows)
    return (
        f"{standing} findings stand and {len(rows) - standing} were withdrawn. The name in front of each is its anchor "
        "and does not change. Bits are what the program computes today ([what they mean](#evidence)); a finding "
        "without bits was worked out from the counts by hand, or is an equation that cannot hold."
    )


def _item(row: Mapping[str, str], result: Audit) -> str:
    """A finding as a list item: its anchor, what it says, where, the command that shows it, and its bits."""
    where = row["row"].replace("; ", ", ")
    said = f'- <a id="{row["id"]}"></a>**{row["id"]}**: {row["what"]}.'
    if row["why"]:
        said += f" {'Withdrawn because ' if row['status'] == 'withdrawn' else 'Note: '}{row['why']}."
    said += f"<br>{result.table.source}{f': {where}' if where else ''}"
    said += f"<br>`paramcount audit {row['table']}`"
    found = _found(row, result)
    return f"{said}, {found.bits:.1f} bits, since {row['since']}" if found else f"{said}, since {row['since']}"


def _found(row: Mapping[str, str], result: Audit) -> Explanation | None:
    """The audit's own explanation that makes the same change as the finding, if it has one today."""
    wanted = row["edit"]
    labels = set(row["row"].split("; "))
    every = [*result.explanations, *(one for each in result.rows if each.label in labels for one in each.explanations)]
    return next((one for one in every if wanted and _edit(one) == wanted), None)


def _edit(explanation: Explanation) -> str:
    return " ".join(f"{name}={str(value).lower()}" for name, value in explanation.edit.items())
