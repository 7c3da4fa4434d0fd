"""The findings of the audit as a page: a section a kind, each finding with its anchor, source, command and bits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from paramcount.auditing.explanation import Explanation
from paramcount.auditing.table import Audit
from paramcount.papers.tables import read
from paramcount.report.rows import Report

KINDS = {
    "shards": (
        "Counts taken over shards",
        "A model that is trained on several devices may hold some tensors on each of them. A sum over what the devices "
        "hold counts these more than once.",
    ),
    "copied": (
        "Copied figures",
        "A model made after another is printed with the other's count, whatever its vocabulary.",
    ),
    "vocabulary": (
        "Another vocabulary",
        "The shape is that of the model, the count that of the same model with another vocabulary: an earlier one, or "
        "that of its neighbours.",
    ),
    "misprint": (
        "Misprinted cells",
        "One cell does not fit what stands beside it, and another value in it does.",
    ),
    "parts": (
        "Parts left out or counted besides",
        "A count may leave out poolers, norms or biases, or hold a head that the model shares with its embedding.",
    ),
    "nominal": (
        "Names in place of counts",
        "The figure is what the model is called.",
    ),
    "withdrawn": (
        "Withdrawn",
        "What was listed here and does not stand.",
    ),
}


def findings(results: Iterable[Audit]) -> Report:
    """The findings of tables/findings.csv, with the evidence that *results*, today's audits, have for them."""
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
        f"{standing} findings stand, and {len(rows) - standing} were withdrawn. The name before each is its anchor and "
        "stays as it is. Bits are those that the program gives today ([what they mean](#evidence)); a finding without "
        "bits was read off its counts by hand, or is an equation that cannot hold."
    )


def _item(row: Mapping[str, str], result: Audit) -> str:
    """A finding in a line: its anchor, what it says, where, how to see it, and what it is worth."""
    where = row["row"].replace("; ", ", ")
    said = f'- <a id="{row["id"]}"></a>**{row["id"]}**: {row["what"]}.'
    if row["why"]:
        said += f" {'Withdrawn, since ' if row['status'] == 'withdrawn' else 'Note: '}{row['why']}."
    said += f"<br>{result.table.source}{f': {where}' if where else ''}"
    said += f"<br>`paramcount audit {row['table']}`"
    found = _found(row, result)
    return f"{said}, {found.bits:.1f} bits, since {row['since']}" if found else f"{said}, since {row['since']}"


def _found(row: Mapping[str, str], result: Audit) -> Explanation | None:
    """The program's own explanation that makes the change of the finding, if there is one today."""
    wanted = row["edit"]
    labels = set(row["row"].split("; "))
    every = [*result.explanations, *(one for each in result.rows if each.label in labels for one in each.explanations)]
    return next((one for one in every if wanted and _edit(one) == wanted), None)


def _edit(explanation: Explanation) -> str:
    return " ".join(f"{name}={str(value).lower()}" for name, value in explanation.edit.items())
