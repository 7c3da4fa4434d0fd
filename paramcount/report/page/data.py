"""The data of the page: a model's sizes, its counts as terms, and its published figures, as JSON."""

from __future__ import annotations

import json
from collections.abc import Container, Sequence
from shlex import quote
from typing import Any

from paramcount.auditing import explain
from paramcount.catalog.spec import Published, Spec
from paramcount.ledger.factored import factored
from paramcount.ledger.model import Entry, Model
from paramcount.ledger.polynomial import Monomial, Polynomial
from paramcount.report.page.sizes import limits_of, sizes_of
from paramcount.report.page.variants import READINGS, Variant, variants


class Terms:
    """Polynomials in *sizes*, each stored once: *of* gives the number under which the page finds it."""

    def __init__(self, sizes: list[str]) -> None:
        self._sizes = sizes
        self._places: dict[Polynomial, int] = {}

    def of(self, formula: Any) -> int:
        """The number of *formula*, a polynomial or a whole number."""
        return self._places.setdefault(Polynomial({}) + formula, len(self._places))

    def document(self) -> list[list[list[Any]]]:
        """Each polynomial as its terms, a coefficient and the places of the sizes it multiplies: ["8", 1, 1, 0]."""
        return [[self._term(*term) for term in one.ordered()] for one in self._places]

    def factored(self, places: Container[int]) -> dict[int, str]:
        """The factored formulas at *places*, those that differ from the multiplied-out ones."""
        texts = {place: (str(factored(one)), str(one)) for one, place in self._places.items() if place in places}
        return {place: short for place, (short, long) in texts.items() if short != long}

    def _term(self, monomial: Monomial, coefficient: int) -> list[Any]:
        factors = [self._sizes.index(size) for size, power in monomial for _ in range(power)]
        return [str(coefficient), *factors]


def page_data(specs: Sequence[Spec], called: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The data of a page on *specs*; *called* are their names on the command line, by default their own names.

    Raises InputError on a model that has no formulas.
    """
    names = called or [spec.name for spec in specs]
    return [_model(*one) for one in zip(specs, names, strict=True)]


def as_script(data: dict[str, Any]) -> str:
    """*data* as JSON that is safe inside a script element, whatever names are in it."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _model(spec: Spec, called: str) -> dict[str, Any]:
    found, live = variants(spec)
    sizes = sizes_of(spec)
    terms = Terms([size.name for size in sizes])
    document: dict[str, Any] = {
        "name": spec.name,
        "called": quote(called),
        "kind": spec.family.kind,
        "notes": [*([spec.caution] if spec.caution else []), *spec.notes],
        "assumed": dict(spec.assumed),
        "set": {field: _value(value) for field, value in spec.overridden.items()},
        "of_family": spec.name == spec.family.name,
        "sizes": [size.document() for size in sizes],
        "switches": [{"name": switch, "value": spec.sizes[switch]} for switch in live],
        "held": [
            {"name": field, "value": value}
            for field, value in spec.sizes.items()
            if isinstance(value, bool) and field not in live
        ],
        "limits": limits_of(spec.family),
        "variants": [_variant(one, spec, terms) for one in found],
        "tensors": _tensors(found, terms),
        "published": [_published(figure) for figure in spec.published],
        "explanations": _explanations(spec),
    }
    shown = {one["count"] for variant in document["variants"] for one in variant["components"]}
    shown |= {variant["readings"]["total"] for variant in document["variants"]}
    return {**document, "polynomials": terms.document(), "formulas": terms.factored(shown)}


def _variant(one: Variant, spec: Spec, terms: Terms) -> dict[str, Any]:
    model, layer = one.model, one.model.per_layer()
    return {
        "set": one.set,
        "readings": {name: terms.of(model.read(reading)) for name, reading in READINGS.items()},
        "components": [
            {"name": name, "count": terms.of(count), "layer": terms.of(layer[name]) if name in layer else None}
            for name, count in model.by_component().items()
        ],
        "printed": [terms.of(_read(model, figure)) for figure in spec.published],
        "costs": {name: terms.of(formula) for name, formula in one.costs().items()},
    }


def _read(model: Model, figure: Published) -> Any:
    return model.read(figure.reading)


def _tensors(found: list[Variant], terms: Terms) -> list[dict[str, Any]]:
    """Each tensor with parameters of its own, and the variants it is *in* unless it is in all."""
    seen: dict[str, tuple[dict[str, Any], list[int]]] = {}
    for place, one in enumerate(found):
        for entry in one.model.ledger():
            if not entry.tensor.shares:
                tensor = _tensor(entry, terms)
                seen.setdefault(json.dumps(tensor), (tensor, []))[1].append(place)
    return [tensor if len(places) == len(found) else {**tensor, "in": places} for tensor, places in seen.values()]


def _tensor(entry: Entry, terms: Terms) -> dict[str, Any]:
    return {
        "name": entry.name,
        "component": entry.component,
        "shape": [terms.of(side) for side in entry.tensor.shape],
        "times": terms.of(entry.times),
        "count": terms.of(entry.params),
    }


def _published(figure: Published) -> dict[str, Any]:
    return {
        "source": figure.source,
        "place": figure.place,
        "printed": figure.printed,
        "reading": figure.reading if isinstance(figure.reading, str) else "as its source counts",
        "admits": str(figure.claim),
        **{end: str(getattr(figure.claim, end)) for end in ("low", "high", "nominal")},
    }


def _explanations(spec: Spec) -> list[dict[str, Any]]:
    """Explanations of the published figures, with an edit for a button to try if the page has its sizes."""
    found = [] if spec.overridden else explain(spec)
    fields = set(spec.sizes)
    return [
        {
            "text": one.text,
            "edit": {field: _value(value) for field, value in one.edit.items()} if fields >= set(one.edit) else {},
            "command": one.command or "",
            "may_be_chance": one.may_be_chance,
        }
        for one in found
    ]


def _value(value: Any) -> Any:
    return value if isinstance(value, bool) else str(value)
