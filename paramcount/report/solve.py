"""What `paramcount solve` says: candidates, the line that shows the first, and what was covered."""

from __future__ import annotations

from typing import Any

from paramcount.quantity import short
from paramcount.report.rows import Column, Report, Sheet
from paramcount.solver import Candidate, Solution
from paramcount.solver.compute import ForCompute, Training

COLUMNS = (
    Column("n_layers", "n_layers", "size"),
    Column("d_model", "d_model", "size"),
    Column("n_heads", "n_heads", "size"),
    Column("n_kv_heads", "n_kv_heads", "size", wide=True),
    Column("d_head", "d_head", "size", wide=True),
    Column("d_ff", "d_ff", "size", wide=True),
    Column("total", "total", "count"),
    Column("error", "error", "error"),
    Column("aspect", "aspect", "number"),
    Column("attention_share", "attn", "share", wide=True),
    Column("ffn_share", "FFN", "share", wide=True),
    Column("nearest", "nearest"),
)
TRAINED = (
    Column("tokens", "tokens", "short"),
    Column("loss", "loss", "loss"),
    Column("exact_about", "exact FLOPs", wide=True),
)
COUNTS = {  # what a budget may be for, as JSON names it, and as a heading and a column do
    "total": ("", "total"),
    "non_embedding": (" non-embedding", "non-embedding"),
    "active": (" active", "active"),
}
LONG = 10**17  # counts from here on leave no room beside them at 80 columns
LINE = 78


def solved(solution: Solution) -> Report:
    """The report on *solution*; failed where it has no candidates."""
    if solution.nearest_miss is not None:
        return _nothing(solution, solution.nearest_miss)
    parts: list[str | Sheet] = [_heading(solution), _sheet(solution, solution.candidates)]
    parts.append(_below(solution, solution.candidates[0]))
    return Report(document(solution), tuple(parts))


def solved_for_compute(found: ForCompute) -> Report:
    """The report on shapes for compute: each with its tokens, its loss and its FLOPs."""
    solution = found.solution
    if solution.nearest_miss is not None:
        return _nothing(solution, solution.nearest_miss)
    sheet = _sheet(solution, solution.candidates)
    rows = [row | _trained(training) for row, training in zip(sheet.rows, found.trainings, strict=True)]
    columns = tuple(column for column in sheet.columns if column.key not in ("attention_share", "ffn_share"))
    stated = [column for column in TRAINED if any(row[column.key] is not None for row in rows)]
    best, law = found.best, found.fit.law
    heading = (
        f"{_heading(solution)}\n  {law} holds {short(round(best.n_params))} {found.fit.counts} parameters on "
        f"{short(round(best.tokens))} tokens best for {found.flops:.4g} FLOPs"
    )
    parts: list[str | Sheet] = [heading, Sheet((*columns, *stated), rows), _below(solution, solution.candidates[0])]
    parts += _of_compute(found)
    candidates = [
        {**candidate.document(), **training._asdict()}
        for candidate, training in zip(solution.candidates, found.trainings, strict=True)
    ]
    law_said = {"law": law, "counts": found.fit.counts, "best": best._asdict(), "beyond": found.fit.beyond(best)}
    return Report(
        {**document(solution), "flops": found.flops, "of_law": law_said, "candidates": candidates}, tuple(parts)
    )


def _trained(training: Training) -> dict[str, Any]:
    exact = training.flops_exact
    return {**training._asdict(), "exact_about": None if exact is None else f"{float(exact):.4g}"}


def _of_compute(found: ForCompute) -> list[str]:
    """What is to be known of tokens, FLOPs and the law."""
    lines = ["tokens are what 6·N·D leaves a shape of the compute, N being its exact count as the law counts."]
    if seqs := {training.seq for training in found.trainings if training.flops_exact is not None}:
        lengths = " or ".join(f"{seq:,}" for seq in sorted(filter(None, seqs)))
        lines.append(f"Exact FLOPs count every product, attention's too, in sequences of {lengths} tokens.")
    if any(training.flops_exact is None for training in found.trainings):
        lines.append("Exact FLOPs are not stated where the model's operations or its context are not; --seq gives one.")
    if found.fit.loss is None:
        lines.append(f"{found.fit.law} states no loss.")
    if beyond := found.fit.beyond(found.best):
        times = ", ".join(f"{symbol} ×{factor:,.3g}" for symbol, factor in beyond.items())
        lines.append(f"Beyond what {found.fit.law} was fitted to: {times} (docs/scaling.md).")
    return lines


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
    what, _ = COUNTS[solution.budget_counts]
    about = "" if solution.budget < 1000 else f" ({short(solution.budget)})"
    count = len(solution.candidates)
    return f"{count} shape{'s' * (count > 1)} for {solution.budget:,}{about}{what} parameters, ranked {solution.rank}"


def _sheet(solution: Solution, candidates: tuple[Candidate, ...]) -> Sheet:
    columns: list[Column] = []
    for column in COLUMNS:
        if column.key == "total":
            columns += [*_varying(candidates), *_counts(solution, candidates[0])]
        elif column.kind != "size" or column.key in candidates[0].sizes:
            columns.append(column)
    return Sheet(tuple(columns), [_row(solution, candidate) for candidate in candidates])


def _varying(candidates: tuple[Candidate, ...]) -> list[Column]:
    """A column for each size that has none and that not all candidates have in common: n_vocab, n_ctx."""
    usual = {column.key for column in COLUMNS}
    sizes = [field for field in candidates[0].sizes if field not in usual]
    return [Column(field, field, "size") for field in sizes if len({c.sizes[field] for c in candidates}) > 1]


def _counts(solution: Solution, first: Candidate) -> list[Column]:
    """The count that the budget is for, and beside it the total, and the active parameters of a mixture."""
    counts, (_, title) = solution.budget_counts, COUNTS[solution.budget_counts]
    main = Column(counts, title, "count")
    if solution.budget >= LONG:
        main, also = Column("about", "total ≈"), [main._replace(wide=True)]
    else:
        also = []
    also += [Column(key, key, "count", wide=key == "total") for key in ("total", "active") if key != counts]
    return [main, *(column for column in also if column.key != "active" or "active" in first.document())]


def _row(solution: Solution, candidate: Candidate) -> dict[str, Any]:
    counted = getattr(candidate, solution.budget_counts)
    aspect = round(candidate.aspect) if candidate.aspect >= 1000 else candidate.aspect
    return {**candidate.document(), "aspect": aspect, "about": short(counted)}
