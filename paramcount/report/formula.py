"""The report of `paramcount formula`: formulas and their values, leading terms and their error, a closed form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from paramcount.formula.leading import Shortfall
from paramcount.formula.relations import Relation
from paramcount.formula.roots import Root, solve
from paramcount.formula.statement import Leading, Measured, Statement, Subject, measured
from paramcount.ledger.polynomial import Polynomial
from paramcount.report.rows import Column, Expanded, Report, Sheet, text
from paramcount.report.sizes import in_lines, in_order

COMPONENT = Column("name", "component")
EXACT = (COMPONENT, Column("formula", "formula", "formula"), Column("params", "parameters", "count"))
LEADING = (
    COMPONENT,
    Column("formula", "leading terms", "formula"),
    Column("params", "leading-term count", "count"),
    Column("exact", "exact count", "count"),
    Column("error", "short by", "error"),
)
MODELS = (
    Column("model", "model"),
    Column("total", "exact count", "count"),
    Column("leading", "leading terms", "count"),
    Column("error", "short by", "error"),
)


def formula_report(statement: Statement, leading: bool = False, solve_for: str = "", expand: bool = False) -> Report:
    """The formulas of a model or family, with *leading* their leading terms instead; *solve_for* is a size.

    Formulas are factored for reading unless *expand*; in data they are always multiplied out.
    """
    subject, relations = statement.subject, statement.relations
    data: dict[str, Any] = {
        "model" if subject.spec else "family": subject.spec.name if subject.spec else subject.family.name,
        **(subject.spec.mark() if subject.spec else {}),
        "hyperparameters": dict(subject.spec.sizes) if subject.spec else dict(subject.switches),
        "assume": [str(relation) for relation in relations],
        "not_satisfied": [str(relation) for relation in subject.refuted(relations)],
        "components": [_document(statement, name, formula) for name, formula in statement.components.items()],
        "total": _document(statement, "total", statement.total),
    }
    parts: list[str | Sheet] = [_heading(subject, relations)]
    if leading:
        parts += _leading(statement, data)
    else:
        parts.append(Sheet(_columns(EXACT, subject), _rows(statement, statement.components, statement.total)))
    failed = False
    if solve_for:
        more, failed = _solved(statement, solve_for, leading, data)
        parts += more
    parts += _refutations(subject, relations)
    return Report(data, tuple(map(_expanded, parts) if expand else parts), failed)


def _expanded(part: str | Sheet) -> str | Sheet:
    """*part* with every formula in it multiplied out."""
    if isinstance(part, str):
        return part
    rows = [
        {key: Expanded(cell) if isinstance(cell, Polynomial | Root | Shortfall) else cell for key, cell in row.items()}
        for row in part.rows
    ]
    return part._replace(rows=rows)


def _heading(subject: Subject, relations: Iterable[Relation]) -> str:
    conventions = [field if value else f"not {field}" for field, value in subject.switches.items()]
    sizes = [f"{field}={subject.sizes[field]}" for field in in_order(subject.sizes)]
    lines = [f"{subject.name} ({subject.family.kind})" if subject.spec else f"{subject.name}: {subject.family.summary}"]
    lines += in_lines(sizes + conventions)
    assumed = ", ".join(map(str, relations))
    return "\n".join(lines + ([f"  assuming {assumed}"] if assumed else []))


def _refutations(subject: Subject, relations: Iterable[Relation]) -> list[str]:
    refuted = subject.refuted(relations)
    lines = [f"{subject.name} does not satisfy {r}: {r.refutation(subject.sizes)}." for r in refuted]
    return ["\n".join([*lines, "So no count is shown under that assumption."])] if lines else []


def _columns(columns: tuple[Column, ...], subject: Subject) -> tuple[Column, ...]:
    """*columns*; for a family, which has no values, only those of names and formulas."""
    return columns if subject.spec else tuple(c for c in columns if c.kind in ("text", "formula"))


def _rows(statement: Statement, components: dict[str, Polynomial], total: Polynomial) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    of_all = statement.subject.spec.of_all() if statement.subject.spec else "total"
    for name, formula in [*components.items(), ("total", total)]:
        tied = name == "output head" and not formula.terms
        rows.append(
            {
                "name": of_all if name == "total" else name,
                "component": name,
                "formula": "tied to the token embedding" if tied else formula,
                "params": statement.value(formula),
                "strong": name == "total",
            }
        )
    return rows


def _leading(statement: Statement, data: dict[str, Any]) -> list[str | Sheet]:
    """The tables of leading terms; also puts them into *data*."""
    subject, components, variants = statement.subject, statement.leading_components(), statement.leading()
    rows = _rows(statement, components, variants[0].terms)
    for row, exact in zip(rows, [*statement.components.values(), statement.total], strict=True):
        row |= _error(row["params"], statement.value(exact))
    data["leading"] = {
        "components": [_document(statement, name, terms) for name, terms in components.items()],
        "totals": [_total_document(statement, variant) for variant in variants],
    }
    parts: list[str | Sheet] = [Sheet(_columns(LEADING, subject), rows)]
    parts += [_total_sheet(statement, variant) for variant in variants]
    if subject.spec is None:
        models = [model for model in measured(subject.family) if model.spec.sizes.items() >= subject.switches.items()]
        data["leading"]["models"] = [_model_row(model) for model in models]
        parts += _models(models, variants)
    return parts


def _total_sheet(statement: Statement, variant: Leading) -> Sheet:
    assumed = ", ".join(map(str, variant.relations))
    columns = (
        Column("what", "the total"),
        Column("formula", f"if {assumed}" if assumed else "with no assumption", "formula"),
    )
    rows: list[dict[str, Any]] = [
        {"what": "leading terms", "formula": variant.terms},
        {"what": "exact / leading − 1", "formula": variant.shortfall},
    ]
    if values := _values(statement, variant):
        error = text("error", values["error"])
        rows.append({"what": "this model", "formula": f"{values['exact']:,} / {values['params']:,} − 1 = {error}"})
    return Sheet(columns, rows)


def _values(statement: Statement, variant: Leading) -> dict[str, Any]:
    subject = statement.subject
    if subject.spec is None or subject.refuted(variant.relations):
        return {}
    params = variant.terms.subs(subject.sizes).value()
    return {"params": params, **_error(params, subject.spec.model().total())}


def _error(params: int | None, exact: int | None) -> dict[str, Any]:
    if params is None or exact is None:
        return {}
    return {"exact": exact, "error": (exact - params) / params if params else None}


def _models(models: list[Measured], variants: list[Leading]) -> list[str | Sheet]:
    if not models:
        return []
    relations = [relation for variant in variants for relation in variant.relations]
    unlike = [model.spec.name for model in models if Subject(model.spec.family, {}, model.spec).refuted(relations)]
    assumed = ", ".join(map(str, relations))
    note = f"Counted without assuming {assumed}, which does not hold there: {', '.join(unlike)}." if unlike else ""
    return [Sheet(MODELS, [_model_row(model) for model in models]), *([note] if note else [])]


def _model_row(model: Measured) -> dict[str, Any]:
    return {"model": model.spec.name, "total": model.exact, "leading": model.leading, "error": model.error}


def _solved(statement: Statement, symbol: str, leading: bool, data: dict[str, Any]) -> tuple[list[str | Sheet], bool]:
    """The table of a size in closed form, and whether it failed to return the model's own size."""
    subject, root = statement.subject, solve(statement.total, symbol)
    rows: list[dict[str, Any]] = [{"of": "exactly", "root": root}]
    data["solve_for"] = {"symbol": symbol, **_written(root)}
    if leading and symbol in (terms := statement.leading()[0].terms).symbols():
        rows.append({"of": "from the leading terms", "root": solve(terms, symbol)})
        data["solve_for"]["leading"] = _written(rows[-1]["root"])
    total = statement.value(statement.total)
    check, failed = "", False
    if total is not None:
        own, found = subject.sizes[symbol], root.value(total, subject.sizes)
        failed = found != own
        rows.append({"of": subject.name, "root": root.at(subject.sizes)})
        said = "exactly its own value" if not failed else f"not its own value, {own}"
        check = f" For {subject.name}, N = {total:,} gives {symbol} = {found}, {said}."
        data["solve_for"]["check"] = {**_written(rows[-1]["root"]), "N": total, symbol: own, "exact": not failed}
    columns = (Column("of", "solved"), Column("root", f"{symbol} =", "formula"))
    return [Sheet(columns, rows), f"N is the total.{check}"], failed


def _document(statement: Statement, name: str, formula: Polynomial) -> dict[str, Any]:
    value = statement.value(formula)
    return {"name": name, **_written(formula), **({} if value is None else {"params": value})}


def _total_document(statement: Statement, variant: Leading) -> dict[str, Any]:
    return {
        "assume": [str(relation) for relation in variant.relations],
        **_written(variant.terms),
        "shortfall": _written(variant.shortfall),
        **_values(statement, variant),
    }


def _written(formula: Polynomial | Root | Shortfall) -> dict[str, Any]:
    """As text and LaTeX, and for a polynomial also as terms."""
    document: dict[str, Any] = {"formula": str(formula), "latex": formula.latex()}
    return document | {"terms": formula.document()} if isinstance(formula, Polynomial) else document
