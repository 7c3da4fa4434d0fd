"""The report of `paramcount MODEL`: sizes, components, published figures and why they differ."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from paramcount.auditing import Explanation, explain
from paramcount.catalog.spec import Published, Spec, of_all
from paramcount.ledger.model import EMBEDDINGS, Model, part_of, within_part
from paramcount.ledger.polynomial import Polynomial
from paramcount.models.design import Counted
from paramcount.report.rows import AGREES, Column, Report, Sheet
from paramcount.report.sizes import layer_notes, polynomial_or_none, size_documents, sizes_sheet

COMPONENTS = (
    Column("name", "component"),
    Column("formula", "formula", "formula"),
    Column("per_layer", "per layer", "count"),
    Column("params", "parameters", "count"),
    Column("share", "share", "share"),
    Column("bar", "", "bar"),
)
TENSORS = (
    Column("name", "tensor"),
    Column("shape", "shape"),
    Column("times", "times", "size"),
    Column("params", "parameters", "count"),
    Column("bar", "", "bar"),
)
NOT_ACTIVE = "without the inactive experts"
PUBLISHED = (
    Column("source", "published in"),
    Column("printed", "printed"),
    Column("admits", "interval"),
    Column("error", "count is off", "error"),
    Column("agrees", "agrees", "agrees"),
)


def single(spec: Spec, tensors: bool = False, reading: str = "") -> Report:
    """The report on one model; *tensors* lists tensors instead of components, *reading* says under which names."""
    model = spec.model_as(reading)
    explanations = [] if spec.overridden else explain(spec)
    formulas = spec.symbolic().by_component()
    rows = _tensor_rows(model, spec.of_all()) if tensors else component_rows(model, formulas, spec.of_all())
    parts: list[str | Sheet] = [
        _heading(spec),
        Sheet(TENSORS if tensors else COMPONENTS, rows),
        *layer_notes(model),
        *spec.width_notes(),
        *sizes_sheet(spec),
        *(["\n".join(spec.notes)] if spec.notes else []),
    ]
    if spec.published:
        parts.append(Sheet(PUBLISHED, _published_rows(spec.published, model)))
    parts += [line for explanation in explanations for line in _explained(explanation)]
    if not (explanations or spec.overridden or all(figure.agrees(model) for figure in spec.published)):
        parts.append("Why: no plausible explanation found.")
    return Report(_document(spec, model, formulas, explanations, tensors), tuple(parts))


def side_by_side(specs: list[Spec], tensors: bool = False, reading: str = "") -> Report:
    """The report on several models, as columns."""
    if tensors:
        reports = [single(spec, tensors=True, reading=reading) for spec in specs]
        return Report(
            [_first(report) for report in reports], tuple(part for report in reports for part in report.parts)
        )
    models = [spec.model() for spec in specs]
    columns = [Column("name", "component")]
    columns += [Column(str(place), spec.title(), "count", header=spec.title()) for place, spec in enumerate(specs)]
    from paramcount.comparison import merged  # imports fractions, which a single model doesn't need

    names = reduce(merged, (list(model.by_component()) for model in models))
    rows: list[dict[str, Any]] = [_across(name, [model.by_component().get(name) for model in models]) for name in names]
    rows.append(_across(of_all(specs), [model.total() for model in models], strong=True))
    rows.append(_across("non-embedding", [model.non_embedding() for model in models]))
    if any(model.active() != model.total() for model in models):
        rows.append(_across("active per token", [model.active() for model in models]))
    lines = [_heading(spec) for spec in specs]
    verdicts = [line for spec, model in zip(specs, models, strict=True) if (line := _verdicts(spec, model))]
    parts: list[str | Sheet] = ["\n".join(lines), Sheet(tuple(columns), rows)]
    parts += ["\n".join(verdicts)] if verdicts else []
    return Report([_beside(spec, model) for spec, model in zip(specs, models, strict=True)], tuple(parts))


def _beside(spec: Spec, model: Model) -> dict[str, Any]:
    return _document(spec, model, spec.symbolic().by_component(), [] if spec.overridden else explain(spec))


def component_rows(model: Model, formulas: Mapping[str, Any], of_all: str = "total") -> list[dict[str, Any]]:
    """A row per component with its formula, parameters and share; then the total and the non-embedding count."""
    total, per_layer, parts = model.total(), model.per_layer(), _parts(model, formulas)
    composed = any(isinstance(formula, Polynomial) for formula in formulas.values())
    rows: list[dict[str, Any]] = []
    for name, params in model.by_component().items():
        if name not in parts and (part := parts.pop(part_of(name), None)) is not None:
            rows.append({"name": part_of(name), "params": part, "share": part / total, "strong": True})
        shared = name == "output head" and not params
        rows.append(
            {
                "name": name,
                "component": name,
                "formula": "tied to the token embedding" if shared else polynomial_or_none(formulas[name], composed),
                "per_layer": per_layer.get(name),
                "params": params,
                "share": params / total,
                "bar": params / total,
            }
        )
    layer = sum(per_layer.values()) if len(model.stacks()) == 1 else None
    rows.append({"name": of_all, "per_layer": layer, "params": total, "share": 1.0, "strong": True})
    rest = model.non_embedding()
    rows.append({"name": "non-embedding", "params": rest, "share": rest / total, "formula": _left_out(model)})
    if (active := model.active()) != total:
        rows.append({"name": "active per token", "params": active, "share": active / total, "formula": NOT_ACTIVE})
    return rows


def _left_out(model: Model) -> str:
    embeddings = [name for name, params in model.by_component().items() if within_part(name) in EMBEDDINGS and params]
    return "without " + ", ".join(embeddings)


def _tensor_rows(model: Model, of_all: str) -> list[dict[str, Any]]:
    total = model.total()
    rows: list[dict[str, Any]] = []
    for entry in model.ledger():
        shape = " × ".join(map(str, entry.tensor.shape))
        rows.append(
            {
                "name": entry.name.replace("{}", "*"),
                "component": entry.component,
                "shape": shape + (f" (is {entry.tensor.shares})" if entry.tensor.shares else ""),
                "times": entry.times,
                "params": entry.params,
                "bar": entry.params / total,
            }
        )
    rows.append({"name": of_all, "params": total, "strong": True})
    return rows


def _heading(spec: Spec) -> str:
    lines = [f"{spec.title()} ({spec.family.kind})" + (f": {spec.caution}" if spec.caution else "")]
    if not spec.family.keys:
        sizes = [f"{field}={spec.sizes[field]}" for field in spec.family.sizes]
        conventions = [field if spec.sizes[field] else f"not {field}" for field in spec.family.switches]
        lines += ["  " + " · ".join(sizes + conventions)] if sizes else []
    lines += [f"  {field}: {why}" for field, why in spec.assumed.items() if field not in spec.overridden]
    return "\n".join(lines)


def _published_rows(published: tuple[Published, ...], model: Model) -> list[dict[str, Any]]:
    return [
        {
            "source": figure.source,
            "printed": figure.printed,
            "admits": str(figure.claim),
            "error": figure.error(model),
            "agrees": figure.agrees(model),
        }
        for figure in published
    ]


def _explained(explanation: Explanation) -> list[str]:
    chance = " This may be chance." if explanation.may_be_chance else ""
    why = f"Why: {explanation.text}.{chance}"
    return [why, f"     {explanation.command}"] if explanation.command else [why]


def _across(name: str, counts: list[int | None], strong: bool = False) -> dict[str, Any]:
    row: dict[str, Any] = {str(place): count for place, count in enumerate(counts)}
    return {"name": name, "component": name, "strong": strong, **row}


def _verdicts(spec: Spec, model: Model) -> str:
    verdicts = (f"{figure.printed} {AGREES[figure.agrees(model)]}" for figure in spec.published)
    return f"{spec.title()}: printed {', '.join(verdicts)}" if spec.published else ""


def _first(report: Report) -> dict[str, Any]:
    return report.documents()[0]


def _document(
    spec: Spec,
    model: Model,
    formulas: Mapping[str, Any],
    explanations: list[Explanation],
    tensors: bool = False,
) -> dict[str, Any]:
    total, per_layer = model.total(), model.per_layer()
    document: dict[str, Any] = {
        "model": spec.name,
        **spec.mark(),
        "family": spec.family.name,
        "hyperparameters": dict(spec.sizes),
        **size_documents(spec),
        "overridden": dict(spec.overridden),
        "assumed": dict(spec.assumed),
        "total": total,
        "non_embedding": model.non_embedding(),
        "active": model.active(),
        **_parts_document(model, formulas),
        "components": [
            {
                "name": name,
                **_formula_document(polynomial_or_none(formulas[name], not isinstance(spec.family, Counted))),
                "params": params,
                "per_layer": per_layer.get(name),
                "share": params / total,
            }
            for name, params in model.by_component().items()
        ],
        "published": [
            {
                "source": figure.source,
                "printed": figure.printed,
                "interval": [figure.claim.low, figure.claim.high],
                "agrees": figure.agrees(model),
                "error": figure.error(model),
            }
            for figure in spec.published
        ],
        "explanations": [_explanation_document(explanation) for explanation in explanations],
    }
    if tensors:
        document["tensors"] = [
            {
                "name": entry.name,
                "component": entry.component,
                "shape": list(entry.tensor.shape),
                "shares": entry.tensor.shares or None,
                "times": entry.times,
                "params": entry.params,
            }
            for entry in model.ledger()
        ]
    return document


def _parts_document(model: Model, formulas: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a multimodal model, which its components' names begin with; empty for other models."""
    parts, total = _parts(model, formulas), model.total()
    return {"parts": [{"name": name, "params": n, "share": n / total} for name, n in parts.items()]} if parts else {}


def _parts(model: Model, formulas: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of each part, if there are several and they aren't just modules that happen to have such names."""
    parts = model.by_part()
    composed = any(isinstance(formula, Polynomial) for formula in formulas.values())  # a tied head has no formula
    return parts if composed and len(parts) > 1 else {}


def _formula_document(formula: Polynomial | None) -> dict[str, Any]:
    if formula is None:
        return {"formula": None, "terms": None}
    return {"formula": str(formula), "terms": formula.document()}


def _explanation_document(explanation: Explanation) -> dict[str, Any]:
    return {
        "edit": explanation.edit,
        "total": explanation.total,
        "restores": explanation.restores or None,
        "agrees_with": [{"source": f.source, "printed": f.printed} for f in explanation.agrees_with],
        "bits": round(explanation.bits, 2),
        "rows_explained": len(explanation.rows),
        "text": explanation.text,
        "command": explanation.command or None,
    }
