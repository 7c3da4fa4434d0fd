"""The report of `paramcount scaling`: each law's best run, its loss by the others, Kaplan's other relations."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from paramcount.quantity import short
from paramcount.report.rows import Column, Report, Sheet
from paramcount.scaling import kaplan
from paramcount.scaling.ask import Answer, Asked, losses
from paramcount.scaling.constants import fitted_range
from paramcount.scaling.frontier import PF_DAY, Run
from paramcount.scaling.hardware import Hardware
from paramcount.scaling.kaplan import Stated

BEST = (
    Column("name", "law"),
    Column("flops_about", "FLOPs"),
    Column("n_params", "N", "short"),
    Column("counts", "N counts"),
    Column("tokens", "D", "short"),
    Column("tokens_per_param", "D/N", "number"),
    Column("loss", "loss", "loss"),
    Column("critical_batch", "batch", "short"),
    Column("fewest_steps", "steps", "short"),
    Column("beyond_about", "beyond its fit"),
    Column("source", "source"),
)
RUN = (
    Column("law", "law"),
    Column("loss", "loss of this run", "loss"),
    Column("least", "lowest for its FLOPs", "loss"),
    Column("least_flops", "fewest FLOPs for that loss"),
    Column("beyond_about", "beyond its fit"),
)
RELATIONS = (
    Column("name", "relation"),
    Column("about", "value"),
    Column("unit", ""),
    Column("place", "source"),
)
OF_KAPLAN = (
    "Batch and steps are Kaplan's critical batch size in tokens, and the fewest steps, which need far larger batches; "
    "at the critical batch size a run takes twice those steps and twice C. kaplan's loss of a run is L(N, S) with "
    "S = D/B_crit(L); N_opt and L(C_min) were fitted separately."
)
OF_ALL = (
    "N is non-embedding parameters for kaplan, all parameters for the others. Losses are in nats per token, on "
    "WebText2 for kaplan and on MassiveText for the others, so compare them within a column, not across."
)
SYMBOLS = {"N": "n_params", "D": "tokens"}
KAPLAN = "Kaplan et al.'s other relations (N is non-embedding)"


def scaling_report(asked: Asked, found: list[Answer], hardware: Hardware | None) -> Report:
    """The report on what was *asked* and what was *found*."""
    run = asked.run()
    by_kaplan = list(_relations(asked, run)) if any(answer.fit.law == kaplan.LAW for answer in found) else []
    main = [answer for answer in found if not answer.fit.variant]
    rows = [_row(answer) for answer in found]
    parts: list[str | Sheet] = [_heading(asked, run, hardware)]
    if run and (judged := [_of_run(answer, run) for answer in main if answer.fit.loss]):
        parts.append(Sheet(RUN, judged, "This run"))
    shown = tuple(column for column in BEST if column.key != "flops_about" or _vary(asked, run))
    parts.append(Sheet(shown, rows, _title(asked, run)))
    parts.append(_others(main))
    if by_kaplan:
        parts.append(Sheet(RELATIONS, [{**line._asdict(), "about": _plain(line)} for line in by_kaplan], KAPLAN))
    parts += _notes(found)
    return Report(_document(asked, run, found, main, by_kaplan, hardware), tuple(parts))


def _vary(asked: Asked, run: Run | None) -> bool:
    """Whether the answers differ in compute."""
    return run is None and asked.flops is None


def _title(asked: Asked, run: Run | None) -> str:
    if run or asked.flops is not None:
        return "Best for this compute, 6·N·D = C"
    return f"The compute for which {'this N' if asked.n_params is not None else 'this D'} is optimal"


def _heading(asked: Asked, run: Run | None, hardware: Hardware | None) -> str:
    said = []
    flops = run.flops if run else asked.flops
    if hardware:
        said.append(
            f"{hardware.devices:,} × {hardware.gpu} for {float(hardware.days):g} days at "
            f"{100 * float(hardware.mfu):.3g} % of {hardware.peak / 1e12:,g} TFLOP/s ({hardware.dtype}, dense): "
            f"{hardware.flops:.4g} FLOPs"
        )
    if run:
        said.append(f"N = {short(round(run.n_params))}, D = {short(round(run.tokens))}")
    elif asked.n_params is not None:
        said.append(f"N = {short(round(asked.n_params))} parameters, as each law counts them")
    elif asked.tokens is not None:
        said.append(f"D = {short(round(asked.tokens))} tokens")
    if flops is not None and not hardware:
        said.append(f"C = {flops:.4g} FLOPs")
    return ", ".join(said) + (f" = {flops / PF_DAY:,.4g} PF-days" if flops is not None else "")


def _row(answer: Answer) -> dict[str, Any]:
    stated = _law(answer)
    return {
        **stated,
        "name": f"{answer.fit.law}, {answer.fit.variant}" if answer.fit.variant else answer.fit.law,
        "flops_about": f"{answer.run.flops:.3g}",
        "beyond_about": _beyond(answer.beyond),
    }


def _of_run(answer: Answer, run: Run) -> dict[str, Any]:
    """The loss of *run*, the lowest loss for its compute, and the fewest FLOPs for its loss if the law gives them."""
    fit = answer.fit
    loss = fit.loss(run) if fit.loss else None
    enough = None if loss is None or fit.best else fit.flops_for(loss)
    return {
        "law": fit.law,
        "loss": loss,
        "least": answer.loss,
        "least_flops": None if enough is None else f"{enough:.3g}",
        "beyond_about": _beyond(fit.beyond(run)),
    }


def _others(main: list[Answer]) -> Sheet:
    """The loss of each best run by every law that gives one."""
    rows = [{"of": f"best of {answer.fit.law}", **losses(answer.run)} for answer in main]
    columns = [Column(name, f"by {name}", "loss") for name in losses(main[0].run)]
    return Sheet((Column("of", "run"), *columns), rows, "Loss of each law's best run")


def _relations(asked: Asked, run: Run | None) -> Iterable[Stated]:
    flops = run.flops if run else asked.flops
    n_params = run.n_params if run else asked.n_params
    tokens = run.tokens if run else asked.tokens
    return chain(
        kaplan.of_run(run) if run else (),
        kaplan.of_flops(flops) if flops is not None else (),
        kaplan.of_params(n_params) if n_params is not None else (),
        kaplan.of_tokens(tokens) if tokens is not None else (),
    )


def _notes(found: list[Answer]) -> list[str]:
    """Notes on the numbers, for the laws in the report only."""
    laws = list(dict.fromkeys(answer.fit.law for answer in found))
    notes = []
    if any(answer.beyond for answer in found):
        ends: dict[str, list[str]] = {}
        for law in laws:
            stated = (
                f"{symbol} {short(int(low))}–{short(int(high))}" for symbol, (low, high) in fitted_range(law).items()
            )
            ends.setdefault(", ".join(stated), []).append(law)
        fitted = "; ".join(f"{', '.join(names)}: {stated}" for stated, names in ends.items())
        notes.append(f"Beyond its fit: how far N or D is outside the range that a law was fitted to ({fitted}).")
    silent = [law for law in laws if all(answer.loss is None for answer in found if answer.fit.law == law)]
    if silent:
        notes.append(f"{' and '.join(silent)} give{'s' * (len(silent) == 1)} no loss.")
    if kaplan.LAW in laws:
        notes.append(OF_KAPLAN)
    return [*notes, OF_ALL]


def _beyond(beyond: dict[str, float]) -> str:
    return ", ".join(f"{symbol} ×{times:,.3g}" for symbol, times in beyond.items())


def _plain(line: Stated) -> str:
    return f"{line.value:.4g}" if line.value < 1000 else short(round(line.value))


def _document(
    asked: Asked,
    run: Run | None,
    found: list[Answer],
    main: list[Answer],
    by_kaplan: list[Stated],
    hardware: Hardware | None,
) -> dict[str, Any]:
    return {
        "asked": asked._asdict(),
        "hardware": hardware
        and {
            "gpu": hardware.gpu,
            "devices": hardware.devices,
            "days": float(hardware.days),
            "mfu": float(hardware.mfu),
            "dtype": hardware.dtype,
            "peak_flops": hardware.peak,
        },
        "run": run and {**run._asdict(), "flops": run.flops, "losses": losses(run)},
        "laws": [_law(answer) for answer in found],
        "of_each_other": [{"best_of": answer.fit.law, "losses": losses(answer.run)} for answer in main],
        "kaplan": [line._asdict() for line in by_kaplan],
    }


def _law(answer: Answer) -> dict[str, Any]:
    fit, run = answer.fit, answer.run
    return {
        "law": fit.law,
        "variant": fit.variant or None,
        "counts": fit.counts,
        "n_params": run.n_params,
        "tokens": run.tokens,
        "flops": run.flops,
        "tokens_per_param": run.tokens / run.n_params,
        "loss": answer.loss,
        "critical_batch": answer.critical_batch,
        "fewest_steps": answer.fewest_steps,
        "beyond": {SYMBOLS[symbol]: times for symbol, times in answer.beyond.items()},
        "fitted_range": {SYMBOLS[symbol]: list(ends) for symbol, ends in fitted_range(fit.law).items()},
        "source": fit.place,
    }
