"""What a figure is drawn of, from what its caller asks for: models, trainings, a table's audit, or a scaling law."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from paramcount.catalog.names import of_tables
from paramcount.catalog.spec import OF_COSTS, WHOLE, Spec
from paramcount.errors import InputError
from paramcount.papers.preamble import Table
from paramcount.papers.tables import tables
from paramcount.report.figures import BY_LAW, COSTS, KINDS, LAW

if TYPE_CHECKING:
    from paramcount.auditing.table import Audit
    from paramcount.report.figures.budget import Budget

OF_TRAINING = ("tokens", "gpu", "mfu", "tflops", "like", "devices", "days", "price")
ONLY = {  # arguments that only some kinds take, and what the others lack
    "params": (("budget",), "has no budget"),
    "law": (BY_LAW, "uses no scaling law"),
    **dict.fromkeys(OF_TRAINING, (("train",), "shows no training")),
}
ALONE = ("scale", "flops", "memory")  # kinds that draw GPT-3 175B by default, not a series

Read = Callable[[Sequence[Any], str], Iterable[Spec]]  # the specs of models, of which a part may be asked for


def check(kind: str, asked: Mapping[str, Any]) -> None:
    """Raise InputError on an unknown *kind*, and on an argument that another kind takes."""
    if kind not in KINDS:
        raise InputError(f"plot {kind}: no such figure; valid: {', '.join(KINDS)}")
    for name, (kinds, wrong) in ONLY.items():
        if asked.get(name) is not None and kind not in kinds:
            raise InputError(f"--{name} {asked[name]}: plot {kind} {wrong}; valid: with plot {' or '.join(kinds)}")


def subject(
    kind: str, models: Sequence[Any], chosen: Sequence[Table | Audit], read: Read, **asked: Any
) -> tuple[tuple[object, ...], str]:
    """What `draw` takes for that kind, and what it is in a few words.

    *chosen* are tables whose models are added to *models*; `audit` draws one of them. *asked* are the arguments of
    single kinds, ONLY. Raises InputError on what cannot be drawn.
    """
    check(kind, asked)
    if kind in BY_LAW:
        law = asked.get("law") or LAW
        if models or chosen:
            raise InputError(f"plot {kind}: draws scaling laws, not models; valid: plot {kind} --law {law}")
        return (law,), law
    if kind == "audit":
        return _audit(models, chosen)
    named = [*models, *(model for table in chosen for model in _table(table).models.values())]
    if kind == "train":
        return _trainings(named, read, {name: asked.get(name) for name in OF_TRAINING})
    found = read(named or _default(kind, asked.get("params")), OF_COSTS if kind in COSTS else WHOLE)
    specs = list({spec.name: spec for spec in found}.values())
    said = specs[0].title() if len(specs) == 1 else f"{len(specs)} models"
    params = asked.get("params")
    return ((specs,) if params is None else (specs, _budget(str(params)))), said


def _audit(models: Sequence[Any], chosen: Sequence[Table | Audit]) -> tuple[tuple[object, ...], str]:
    from paramcount.auditing.table import audit

    if models or len(chosen) > 1:
        raise InputError("plot audit: draws one published table; valid: paramcount plot audit --table NAME")
    given = chosen[0] if chosen else tables()["gpt3"]
    result = audit(given) if isinstance(given, Table) else given
    return (result,), result.table.name


def _table(given: Table | Audit) -> Table:
    return given if isinstance(given, Table) else given.table


def _trainings(named: Sequence[Any], read: Read, asked: Mapping[str, Any]) -> tuple[tuple[object, ...], str]:
    from paramcount.costs.training import train

    if not named and any(value is not None for value in asked.values()):
        raise InputError("plot train: no model to train; valid: plot train MODEL --tokens 300B …")
    trainings = [train(spec, **asked) for spec in (read(named, OF_COSTS) if named else ())]
    if any(training.device_hours is None for training in trainings):
        raise InputError(
            "plot train: no utilisation given; valid: --gpu NAME with --mfu 40%, --tflops 28 or --like RUN"
        )
    return (trainings,), f"{len(trainings) or 'no'} training{'' if len(trainings) == 1 else 's'}"


def _default(kind: str, params: object) -> list[str]:
    if kind in ALONE:
        return ["gpt3-175b"]
    if kind == "budget" and params is None:
        return [spec.name for spec in of_tables() if spec.family.name == "gpt"]
    return [model for table in ("gpt2", "gpt3") for model in tables()[table].models.values()]


def _budget(params: str) -> Budget:
    from paramcount.quantity import parse_quantity
    from paramcount.report.figures.budget import Budget
    from paramcount.report.figures.curves import of_defaults
    from paramcount.solver import solve
    from paramcount.solver.defaults import by_budget

    found = solve(parse_quantity(params, "--params"))
    return Budget(found.budget, found.candidates, of_defaults(by_budget(found.budget), f"solve --params {params}"))
