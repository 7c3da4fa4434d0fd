"""The report of `paramcount solve`: candidates, the command that shows the first, and what was searched."""

from __future__ import annotations

from typing import Any

from paramcount.quantity import short
from paramcount.report.rows import Column, Report, Sheet
from paramcount.solver import Candidate, Solution

COLUMNS = (
    Column("n_layers", "n_layers", "size"),
    Column("d_model", "d_model", "size"),
    Column("n_heads", "n_heads", "size"),
    Column("n_kv_heads", "n_kv_heads", "size"),
    Column("d_head", "d_head", "size"),
    Column("d_ff", "d_ff", "size"),
    Column("total", "total", "count"),
    Column("error", "error", "error"),
    Column("aspect", "aspect", "number"),
    Column("attention_share", "attn", "share"),
    Column("ffn_share", "FFN", "share"),
    Column("nearest", "nearest"),
)
COUNTS = {  # which parameters a budget is for: in JSON, in a heading, in a column title
    "total": ("", "total"),
    "non_embedding": (" non-embedding", "non-embedding"),
    "active": (" active", "active"),
}


def solved(solution: Solution) -> Report:
    """The report on *solution*; marked as failed if it has no candidates."""
    if solution.nearest_miss is not None:
        return nothing(solution, document(solution))
    parts: list[str | Sheet] = [parameters(solution), sheet_of(solution, solution.candidates)]
    parts.append(below(solution, solution.candidates[0]))
    return Report(document(solution), (*parts, *today(solution)))


def document(solution: Solution) -> dict[str, Any]:
    """The solution for JSON, with all integers exact."""
    miss = solution.nearest_miss
    return {
        "budget": solution.budget,
        "budget_counts": solution.budget_counts,
        "family": solution.family,
        "shapes_covered": solution.shapes_covered,
        "rank": solution.rank,
        "tolerance": solution.tolerance,
        "candidates": [candidate.document() for candidate in solution.candidates],
        "nearest_miss": miss.document() if miss else None,
        "stopped_by": solution.stopped_by or None,
        "notes": [*solution.notes, *today(solution)],
    }


def nothing(solution: Solution, data: dict[str, Any]) -> Report:
    """The report that nothing was found, with the nearest shape; its JSON document is *data*."""
    assert solution.nearest_miss is not None
    sheet = sheet_of(solution, (solution.nearest_miss,))
    said = f"Nothing found: {solution.stopped_by}."
    return Report(data, (said, sheet, below(solution, solution.nearest_miss), *today(solution)), failed=True)


def below(solution: Solution, first: Candidate) -> str:
    """The command that shows the *first* shape, and what was searched and assumed."""
    return "\n".join([first.command, "", *solution.notes])


def today(solution: Solution) -> list[str]:
    """The last line: if the shapes follow GPT-3, how to ask for those of a current decoder."""
    return [solution.today] if solution.today else []


def parameters(solution: Solution) -> str:
    """The heading: how many shapes for how many parameters."""
    what, _ = COUNTS[solution.budget_counts]
    about = "" if solution.budget < 1000 else f" ({short(solution.budget)})"
    count = len(solution.candidates)
    return f"{count} shape{'s' * (count > 1)} for {solution.budget:,}{about}{what} parameters, {solution.rank} first"


def sheet_of(solution: Solution, candidates: tuple[Candidate, ...]) -> Sheet:
    """The *candidates*, one per row."""
    columns: list[Column] = []
    for column in COLUMNS:
        if column.key == "total":
            columns += [*_varying(candidates), *_counts(solution, candidates[0])]
        elif column.kind != "size" or column.key in candidates[0].sizes:
            columns.append(column)
    return Sheet(tuple(columns), [_row(candidate) for candidate in candidates])


def _varying(candidates: tuple[Candidate, ...]) -> list[Column]:
    """A column for each other size in which the candidates differ, such as n_vocab or n_ctx."""
    usual = {column.key for column in COLUMNS}
    sizes = [field for field in candidates[0].sizes if field not in usual]
    return [Column(field, field, "size") for field in sizes if len({c.sizes[field] for c in candidates}) > 1]


def _counts(solution: Solution, first: Candidate) -> list[Column]:
    """The columns of the count that the budget is for, of the total and of a mixture's active parameters."""
    counts, (_, title) = solution.budget_counts, COUNTS[solution.budget_counts]
    others = ("total", "active") if "active" in first.document() else ("total",)
    return [Column(counts, title, "count"), *(Column(key, key, "count") for key in others if key != counts)]


def _row(candidate: Candidate) -> dict[str, Any]:
    aspect = round(candidate.aspect) if candidate.aspect >= 1000 else candidate.aspect
    return {**candidate.document(), "aspect": aspect}
