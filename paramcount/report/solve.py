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
    Column("d_head", "d_head", "size", wide=True),
    Column("d_ff", "d_ff", "size", wide=True),
    Column("total", "total", "count"),
    Column("error", "error", "error"),
    Column("aspect", "aspect", "number"),
    Column("attention_share", "attn", "share", wide=True),
    Column("ffn_share", "FFN", "share", wide=True),
    Column("nearest", "nearest"),
)
EMBEDDINGS = (Column("n_vocab", "n_vocab", "size"), Column("n_ctx", "n_ctx", "size"))
NON_EMBEDDING = Column("non_embedding", "non-embedding", "count")
ABOUT = Column("about", "total ≈")
LONG = 10**17  # counts from here on leave no room beside them at 80 columns
LINE = 78


def solved(solution: Solution) -> Report:
    """The report on *solution*; failed where it has no candidates."""
    if solution.nearest_miss is not None:
        return _nothing(solution, solution.nearest_miss)
    parts: list[str | Sheet] = [_heading(solution), _sheet(solution, solution.candidates)]
    parts.append(_below(solution, solution.candidates[0]))
    return Report(document(solution), tuple(parts))


def document(solution: Solution) -> dict[str, Any]:
    """The solution as JSON, every integer unrounded."""
    miss = solution.nearest_miss
    return {
        "budget": solution.budget,
        "budget_counts": "non_embedding" if solution.non_embedding else "total",
        "family": solution.family,
        "shapes_covered": solution.shapes_covered,
        "rank": solution.rank,
        "tolerance": solution.tolerance,
        "candidates": [candidate._asdict() for candidate in solution.candidates],
        "nearest_miss": miss._asdict() if miss else None,
        "stopped_by": solution.stopped_by or None,
        "notes": list(solution.notes),
    }


def wrapped(command: str, width: int = LINE) -> str:
    """*command* over as many lines as it needs, such that a shell reads them as one."""
    head, *settings = command.split(" --set ")
    lines = [head]
    for setting in settings:
        if len(lines[-1]) + len(setting) + len(" --set  \\") > width:
            lines[-1] += " \\"
            lines.append(f"  --set {setting}")
        else:
            lines[-1] += f" --set {setting}"
    return "\n".join(lines)


def _nothing(solution: Solution, miss: Candidate) -> Report:
    parts: list[str | Sheet] = [
        f"Nothing found: {solution.stopped_by}.",
        _sheet(solution, (miss,)),
        _below(solution, miss),
    ]
    return Report(document(solution), tuple(parts), failed=True)


def _below(solution: Solution, first: Candidate) -> str:
    return "\n".join([wrapped(first.command), "", *solution.notes])


def _heading(solution: Solution) -> str:
    what = " non-embedding" if solution.non_embedding else ""
    about = "" if solution.budget < 1000 else f" ({short(solution.budget)})"
    count = len(solution.candidates)
    return f"{count} shape{'s' * (count > 1)} for {solution.budget:,}{about}{what} parameters, ranked {solution.rank}"


def _sheet(solution: Solution, candidates: tuple[Candidate, ...]) -> Sheet:
    columns = list(COLUMNS)
    place = next(place for place, column in enumerate(columns) if column.key == "total")
    if solution.non_embedding:
        columns[place : place + 1] = [NON_EMBEDDING, columns[place]._replace(wide=True)]
    if solution.budget >= LONG:
        columns[place : place + 1] = [ABOUT, columns[place]._replace(wide=True)]
    varying = [c for c in EMBEDDINGS if len({getattr(candidate, c.key) for candidate in candidates}) > 1]
    columns[5:5] = varying
    return Sheet(tuple(columns), [_row(solution, candidate) for candidate in candidates])


def _row(solution: Solution, candidate: Candidate) -> dict[str, Any]:
    counted = candidate.non_embedding if solution.non_embedding else candidate.total
    aspect = round(candidate.aspect) if candidate.aspect >= 1000 else candidate.aspect
    return {**candidate._asdict(), "aspect": aspect, "about": short(counted)}
