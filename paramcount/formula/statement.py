"""The formulas of a model or a family, with or without assumptions, and their leading terms.

sympy is imported only if there is an assumption to apply.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from paramcount.catalog.families import FAMILIES
from paramcount.catalog.locate import resolve
from paramcount.catalog.names import of_tables
from paramcount.catalog.spec import Spec, read_changes, refuse_part
from paramcount.extras import need
from paramcount.formula.leading import Shortfall, leading_terms, shortfall
from paramcount.formula.relations import Relation, read_relations
from paramcount.ledger.factored import factored
from paramcount.ledger.polynomial import Polynomial
from paramcount.models.design import Design

LONGEST = 240  # characters of a representation


class Subject(NamedTuple):
    """The subject of formulas: a family with free sizes (*spec* is None), or a model with its own sizes."""

    family: Design
    switches: Mapping[str, Any]
    spec: Spec | None = None

    @property
    def name(self) -> str:
        return self.spec.title() if self.spec else self.family.name

    @property
    def sizes(self) -> dict[str, int]:
        """The model's sizes, without its conventions; empty for a family."""
        return {field: self.spec.sizes[field] for field in self.family.sizes} if self.spec else {}

    def formulas(self, free: Iterable[str] = ()) -> dict[str, Polynomial]:
        """The exact formula of each component; d_ff is written as 4·d_model if it is that, unless it is in *free*."""
        symbols = self.family.symbols(self.spec.sizes if self.spec else None) | dict(self.switches)
        symbols |= {field: Polynomial.symbol(field) for field in free if field in self.family.sizes}
        nothing = Polynomial({})
        return {name: nothing + formula for name, formula in self.family.build(**symbols).by_component().items()}

    def refuted(self, relations: Iterable[Relation]) -> list[Relation]:
        """The *relations* that the model's sizes do not satisfy."""
        return [relation for relation in relations if self.spec and not relation.holds(self.sizes)]


class Leading(NamedTuple):
    """The leading terms of a total under *relations*, and how far the exact total is above them."""

    relations: tuple[Relation, ...]
    terms: Polynomial
    shortfall: Shortfall


class Statement(NamedTuple):
    """The formulas of *subject* under *relations*; *plain* are the formulas without them."""

    subject: Subject
    relations: tuple[Relation, ...]
    plain: dict[str, Polynomial]
    components: dict[str, Polynomial]

    def __repr__(self) -> str:
        said = f"{self.subject.name}: {factored(self.total)}"
        return f"<formulas of {said}>" if len(said) <= LONGEST else f"<formulas of {said[:LONGEST]}…>"

    @property
    def total(self) -> Polynomial:
        return total(self.components)

    def value(self, formula: Polynomial) -> int | None:
        """The value of *formula* for the model; None for a family, or if the model does not satisfy the relations."""
        if self.subject.spec is None or self.subject.refuted(self.relations):
            return None
        return formula.subs(self.subject.sizes).value()

    def leading_components(self) -> dict[str, Polynomial]:
        """The leading terms of each component."""
        return rewritten({name: leading_terms(formula) for name, formula in self.plain.items()}, self.relations)

    def leading(self) -> list[Leading]:
        """The leading terms of the total under the relations, and also without them if the model does not satisfy them.

        If there are no relations, without any and under the usual ones.
        """
        plain = total(self.plain)
        if self.relations:
            refuted = self.subject.refuted(self.relations)
            return [_leading(plain, self.relations), *([_leading(plain, ())] if refuted else [])]
        terms = set(leading_terms(plain).symbols())
        apply = tuple(r for r in usual(self.subject.family) if terms.issuperset(r.left.above.symbols()))
        return [_leading(plain, ()), *([_leading(plain, apply)] if apply else [])]


class Measured(NamedTuple):
    """A model of the catalog: its exact total and the value of its leading terms."""

    spec: Spec
    exact: int
    leading: int

    @property
    def error(self) -> float:
        """How far the exact count is above the leading terms, as a fraction of them."""
        return (self.exact - self.leading) / self.leading


def read_subject(name: str, changes: Sequence[str] = (), part: str = "") -> Subject:
    """The family *name* with free sizes, unless *changes* set them, or the model *name* with *changes* applied.

    *part* is as in resolve. Raises UnknownModelError or paramcount.models.design.SizeError.
    """
    if family := FAMILIES.get(name.lower()):
        given = read_changes(family, changes)
        if given.keys() <= family.switches.keys():
            refuse_part(family.name, part)
            return Subject(family, {**family.switches, **given})
    return subject_of(resolve(name, changes, part))


def subject_of(spec: Spec) -> Subject:
    """The model that *spec* states."""
    return Subject(spec.family, {field: spec.sizes[field] for field in spec.family.switches}, spec)


def state(subject: Subject, relations: Sequence[Relation] = (), solve_for: str = "") -> Statement:
    """The formulas of *subject* rewritten under *relations*; raises InputError if they can't be.

    A size mentioned in the relations or *solve_for* is kept as a symbol, even if it is a multiple of d_model.
    """
    mentioned = {symbol for relation in relations for symbol in relation.symbols()} | {solve_for}
    plain = subject.formulas(free=mentioned)
    return Statement(subject, tuple(relations), plain, rewritten(plain, relations))


def usual(family: Design) -> list[Relation]:
    """The assumptions behind 12·d_model²·n_layers (Kaplan et al. 2020, eq. 2.1: d_attn = d_ff/4 = d_model).

    The heads together are as wide as the model, and sizes have their default ratios in the family.
    """
    heads = "n_heads*d_head=d_model" if {"n_heads", "d_head", "d_model"} <= {*family.sizes} else ""
    ties = (
        f"{field}={ratio}*{other}" if ratio > 1 else f"{field}={other}" for field, (ratio, other) in family.ties.items()
    )
    return read_relations([heads, *ties], family.sizes)


def rewritten(formulas: Mapping[str, Polynomial], relations: Sequence[Relation]) -> dict[str, Polynomial]:
    """*formulas* rewritten under *relations*; raises InputError if they can't be."""
    if not relations:
        return dict(formulas)
    need("rewriting a formula (--assume, --leading)", "sympy")
    from paramcount.formula.symbolic import Rewriting

    rewriting = Rewriting(relations)
    return {name: rewriting.apply(formula) for name, formula in formulas.items()}


def total(formulas: Mapping[str, Polynomial]) -> Polynomial:
    """The sum of *formulas*."""
    return sum(formulas.values(), Polynomial({}))


def measured(family: Design) -> list[Measured]:
    """Every model of the catalog in *family*, with its leading terms under no assumptions."""
    models = []
    for spec in of_tables():
        if spec.family.name == family.name:
            exact = spec.formula()
            sizes = {field: spec.sizes[field] for field in family.sizes}
            models.append(Measured(spec, spec.model().total(), leading_terms(exact).subs(sizes).value()))
    return models


def _leading(plain: Polynomial, relations: tuple[Relation, ...]) -> Leading:
    formulas = rewritten({"exact": plain, "terms": leading_terms(plain)}, relations)
    return Leading(relations, formulas["terms"], shortfall(formulas["exact"], formulas["terms"]))
