"""The report of `paramcount solve` with budgets: what each shape needs, and which budget binds."""

from __future__ import annotations

from typing import Any

from paramcount.costs.memory.footprint import INFERENCE
from paramcount.costs.memory.peak import LEFT_OUT as LEFT_OUT_OF_PEAK
from paramcount.quantity import in_bytes, short
from paramcount.report.memory import LEFT_OUT, size
from paramcount.report.rows import Column, Report, Sheet
from paramcount.report.solve import below, document, nothing, parameters, sheet_of, today
from paramcount.solver.budgets import CACHE, COMPUTE, MEMORY
from paramcount.solver.within import Taken, Within

COLUMNS = (
    Column("memory_gb", "memory GB", "amount"),
    Column("cache_gb", "cache GB", "amount"),
    Column("tokens", "tokens", "short"),
    Column("loss", "loss", "loss"),
    Column("exact_about", "exact FLOPs"),
    Column("days", "days", "amount"),
    Column("cost_usd", "$", "amount"),
    Column("binds", "binds"),
)


def solved_within(found: Within) -> Report:
    """The report on shapes within budgets; marked as failed if there are none."""
    solution = found.solution
    data = _document(found)
    if solution.nearest_miss is not None:
        return nothing(solution, data)
    sheet = sheet_of(solution, solution.candidates)
    rows = [row | _row(taken) for row, taken in zip(sheet.rows, found.taken, strict=True)]
    stated = [column for column in COLUMNS if any(row[column.key] is not None for row in rows)]
    without = [] if len(_limits(found)) > 1 else ["binds"]
    if found.limits.purpose != INFERENCE and found.limits.cache is None:
        without.append("cache_gb")
    columns = [column for column in (*sheet.columns, *stated) if column.key not in without]
    parts: list[str | Sheet] = [_heading(found), Sheet(tuple(columns), rows), below(solution, solution.candidates[0])]
    return Report(data, (*parts, *_budgets(found), *_of_memory(found), *_of_training(found), *today(solution)))


def _heading(found: Within) -> str:
    """The heading: how many shapes for which budgets, and the optimum for the compute by the law."""
    solution, limits = found.solution, found.limits
    best = limits.best()
    held = ""
    if best is not None and limits.fit is not None and limits.flops is not None:
        held = (
            f"\n  {limits.fit.law}'s optimum for {limits.flops:.4g} FLOPs: {short(round(best.n_params))} parameters "
            f"({limits.fit.counts}) on {short(round(best.tokens))} tokens"
        )
    said = _limits(found)
    if list(said) == [COMPUTE] and best is not None:
        return parameters(solution) + held
    count = len(solution.candidates)
    asked = " and ".join(said.values())
    binds = f": {found.binds} binds" if len(said) > 1 else ""
    return f"{count} shape{'s' * (count > 1)} for {asked}, {solution.rank} first{binds}{held}"


def _limits(found: Within) -> dict[str, str]:
    """The budgets in words."""
    limits = found.limits
    said = {
        MEMORY: limits.memory and f"{in_bytes(limits.memory)} of memory for {limits.purpose}",
        CACHE: limits.cache and f"{in_bytes(limits.cache)} of cache",
        COMPUTE: limits.flops and f"{limits.flops:.4g} FLOPs",
    }
    return {name: text for name, text in said.items() if text}


def _budgets(found: Within) -> list[str]:
    """How much of each budget in bytes the first shape takes."""
    first, limits = found.taken[0], found.limits
    lines = []
    for name, limit, part in ((MEMORY, limits.memory, first.memory), (CACHE, limits.cache, first.cache)):
        if limit is not None and part is not None:
            share = f"{100 * part / limit:.3g} %"
            lines.append(f"The first shape takes {size(part)} of {name}, {share} of {size(limit)}.")
    return lines


def _of_memory(found: Within) -> list[str]:
    """What the memory includes and what it leaves out."""
    first = found.taken[0].footprint
    run = f" of {first.run.batch:,} × {first.run.seq:,} tokens" if first.run else ""
    what = f"{first.how}{run}"
    if first.purpose != INFERENCE:
        stated = first.activations is not None
        what = f"a step by {first.how}{f', with activations{run}' if stated else ', without activations'}, at its peak"
        what = what if stated else what.removesuffix(", at its peak")
    elif found.limits.cache is not None or first.cache is None:
        what = what if first.cache is not None else first.how.partition(", cache")[0]
    lines = [f"Memory is for {first.purpose}: {what}."]
    lines += [f"{name.capitalize()}: left out, {why.partition(';')[0]}." for name, why in first.reasons.items()]
    if found.limits.memory is None:
        return lines
    if first.purpose == INFERENCE:
        return [*lines, *first.notes, LEFT_OUT]
    return [*lines, LEFT_OUT, *([LEFT_OUT_OF_PEAK] if first.activations is not None else [])]


def _of_training(found: Within) -> list[str]:
    """Notes on tokens, FLOPs and the law used."""
    limits, fit = found.limits, found.limits.fit
    trainings = [taken.training for taken in found.taken if taken.training]
    if not trainings:
        return []
    counted = "parameters as the law counts them" if fit else "active parameters"
    lines = [f"tokens: D = C/(6·N) for each shape, N being its exact number of {counted}."]
    if limits.flops is None and fit:
        lines = [f"tokens: the number for which the shape is optimal by {fit.law}."]
    if seqs := {training.seq for training in trainings if training.flops_exact is not None}:
        lengths = " or ".join(f"{seq:,}" for seq in sorted(filter(None, seqs)))
        lines.append(f"Exact FLOPs include those of attention, in sequences of {lengths} tokens.")
    if any(training.flops_exact is None for training in trainings):
        lines.append(
            "Exact FLOPs are left out where the model's operations or context are unknown; --seq sets the context."
        )
    if fit and fit.loss is None:
        lines.append(f"{fit.law} gives no loss.")
    best = limits.best()
    if fit and best and (beyond := fit.beyond(best)):
        times = ", ".join(f"{symbol} ×{factor:,.3g}" for symbol, factor in beyond.items())
        lines.append(f"Beyond the range that {fit.law} was fitted to: {times} (docs/scaling.md).")
    return [*lines, *_of_devices(found)]


def _of_devices(found: Within) -> list[str]:
    first = found.taken[0].devices
    if first is None or first.accelerator is None or first.mfu is None:
        return []
    many = f"{first.devices:,} × " if first.devices else ""
    said = f"{many}{first.accelerator.name} at {100 * float(first.mfu):.3g} % of its peak in {first.dtype}"
    if first.price is None:
        return [f"days: {said}, for 6·N·D."]
    time = "days and $" if first.devices else "$"
    return [f"{time}: {said}, ${float(first.price):.4g} per device-hour, for 6·N·D."]


def _row(taken: Taken) -> dict[str, Any]:
    found = _candidate(taken)
    exact = found["flops_exact"]
    kept = None if taken.cache is None else taken.cache / 10**9
    about = None if exact is None else f"{float(exact):.4g}"
    return {**found, "memory_gb": taken.memory / 10**9, "cache_gb": kept, "exact_about": about}


def _candidate(taken: Taken) -> dict[str, Any]:
    """What a shape takes, for JSON."""
    training, devices = taken.training, taken.devices
    names = ("tokens", "flops_6nd", "flops_exact", "seq", "loss")
    of_devices = ("days", "device_hours", "cost_usd")
    whole = {name: getattr(devices, name) if devices else None for name in of_devices}
    return {
        **{name: getattr(training, name) if training else None for name in names},
        "memory_bytes": taken.memory,
        "memory_not_stated": dict(taken.footprint.reasons),
        "cache_bytes": taken.cache,
        **{name: None if value is None else float(value) for name, value in whole.items()},
        "used": dict(taken.used),
        "binds": taken.binds,
    }


def _document(found: Within) -> dict[str, Any]:
    limits, solution = found.limits, found.solution
    best = limits.best()
    held = None
    if limits.fit is not None:
        beyond = limits.fit.beyond(best) if best else {}
        counts = limits.fit.counts
        held = {"law": limits.fit.law, "counts": counts, "best": best._asdict() if best else None, "beyond": beyond}
    counted = str(limits.reading).replace("-", "_") if best else None
    candidates = [
        {**candidate.document(), **_candidate(taken)}
        for candidate, taken in zip(solution.candidates, found.taken, strict=True)
    ]
    return {
        **document(solution),
        "budget": limits.best_size,
        "budget_counts": counted,
        "budgets": {"memory_bytes": limits.memory, "cache_bytes": limits.cache, "flops": limits.flops},
        "for": limits.purpose,
        "how": found.taken[0].footprint.how if found.taken else None,
        "binds": found.binds,
        "flops": limits.flops,
        "of_law": held,
        "candidates": candidates,
    }
