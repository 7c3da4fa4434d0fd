"""What `paramcount solve` says: candidates, the line that shows the first, and what was covered."""

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
COUNTS = {  # what a budget may be for, as JSON names it, and as a heading and a column do
    "total": ("", "total"),
    "non_embedding": (" non-embedding", "non-embedding"),
    "active": (" active", "active"),
}


def solved(solution: Solution) -> Report:
    """The report on *solution*; failed where it has no candidates."""
    if solution.nearest_miss is not None:
        return nothing(solution, document(solution))
    parts: list[str | Sheet] = [parameters(solution), sheet_of(solution, solution.candidates)]
    parts.append(below(solution, solution.candidates[0]))
    return Report(document(solution), (*parts, *today(solution)))


def document(solution: Solution) -> dict[str, Any]:
    """The solution as JSON, every integer unrounded."""
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
    """The report, whose document is *data*, that nothing was found, with the shape that was nearest."""
    assert solution.nearest_miss is not None
    sheet = sheet_of(solution, (solution.nearest_miss,))
    said = f"Nothing found: {solution.stopped_by}."
    return Report(data, (said, sheet, below(solution, solution.nearest_miss), *today(solution)), failed=True)


def below(solution: Solution, first: Candidate) -> str:
    """The line that shows the *first* shape, and what was covered and assumed."""
    return "\n".join([first.command, "", *solution.notes])


def today(solution: Solution) -> list[str]:
    """The last line: how to ask for a decoder of today, where the shapes are of GPT-3's design."""
    return [solution.today] if solution.today else []


def parameters(solution: Solution) -> str:
    """How many shapes there are for how many parameters."""
    what, _ = COUNTS[solution.budget_counts]
    about = "" if solution.budget < 1000 else f" ({short(solution.budget)})"
    count = len(solution.candidates)
    return f"{count} shape{'s' * (count > 1)} for {solution.budget:,}{about}{what} parameters, ranked {solution.rank}"


def sheet_of(solution: Solution, candidates: tuple[Candidate, ...]) -> Sheet:
    """The *candidates*, a row each."""
    columns: list[Column] = []
    for column in COLUMNS:
        if column.key == "total":
            columns += [*_varying(candidates), *_counts(solution, candidates[0])]
        elif column.kind != "size" or column.key in candidates[0].sizes:
            columns.append(column)
    return Sheet(tuple(columns), [_row(candidate) for candidate in candidates])


def _varying(candidates: tuple[Candidate, ...]) -> list[Column]:
    """A column for each size that has none and that not all candidates have in common: n_vocab, n_ctx."""
    usual = {column.key for column in COLUMNS}
    sizes = [field for field in candidates[0].sizes if field not in usual]
    return [Column(field, field, "size") for field in sizes if len({c.sizes[field] for c in candidates}) > 1]


def _counts(solution: Solution, first: Candidate) -> list[Column]:
    """The count that the budget is for, and beside it the total, and the active parameters of a mixture."""
    counts, (_, title) = solution.budget_counts, COUNTS[solution.budget_counts]
    others = ("total", "active") if "active" in first.document() else ("total",)
    return [Column(counts, title, "count"), *(Column(key, key, "count") for key in others if key != counts)]


def _row(candidate: Candidate) -> dict[str, Any]:
    aspect = round(candidate.aspect) if candidate.aspect >= 1000 else candidate.aspect
    return {**candidate.document(), "aspect": aspect}
