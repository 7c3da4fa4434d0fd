"""Curves of equal count over layers and width, for models of one kind: exact counts with lines between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from math import exp, log
from typing import NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.errors import InputError
from paramcount.solver.choice import Span
from paramcount.solver.defaults import Defaults, by_spec
from paramcount.solver.grid import Grid
from paramcount.solver.lattice import grids
from paramcount.solver.problem import Problem
from paramcount.solver.request import Asks, settle

NEAR = 0.1  # a model further from its curves has its count beside its name
WITHIN = 0.3  # one further still is of another kind
ALIKE = 1.25  # the largest ratio of vocabularies within a kind
KINDS = 3  # in one picture
OPEN = Asks({}, None, None, 1, False, None, 1, "total")
ROOM = 10**13  # any budget large enough for a grid's smallest shapes


class Kind(NamedTuple):
    """Models of one family with similar proportions: how a depth and a width are counted, on which assumptions."""

    family: str
    of: str
    grid: Grid
    said: str

    def params(self, n_layers: int, d_model: float) -> float:
        """Parameters at that depth and width; interpolated in logarithms between two widths that exist."""
        units = d_model / self.grid.unit
        counter = self._counter(n_layers)
        if units < 1:
            return counter(1) * units
        low = int(units)
        if low == units:
            return counter(low)
        share = log(units / low) / log((low + 1) / low)
        return float(exp((1 - share) * log(counter(low)) + share * log(counter(low + 1))))

    def width(self, count: float, n_layers: int) -> float:
        """The d_model, as a real number, at which *n_layers* have *count* parameters."""
        counter = self._counter(n_layers)
        high = 1
        while counter(high) < count:
            high *= 2
        if high == 1:
            return self.grid.unit * count / counter(1)
        low = high // 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if counter(middle) < count else (low, middle)
        below, above = counter(low), counter(high)
        share = log(count / below) / log(above / below)
        return float(self.grid.unit * low * (high / low) ** share)

    def _counter(self, n_layers: int) -> Callable[[int], int]:
        fixed = [axis[0] for name, axis in self.grid.axes.items() if name not in ("n_layers", "width")]
        order = [name for name in self.grid.axes if name != "width"]
        values = {"n_layers": n_layers, **dict(zip((n for n in order if n != "n_layers"), fixed, strict=True))}
        return partial(self.grid.counter("width"), *(values[name] for name in order))


def kind_of(spec: Spec) -> Kind:
    """The kind that *spec* belongs to; raises InputError if it can't be scaled."""
    defaults = by_spec(spec, spec.name)
    if not isinstance(defaults.n_layers, Span):
        raise InputError(f"{spec.name}: its layers do not repeat; valid: models whose number of layers can change")
    return of_defaults(defaults, spec.name)


def of_defaults(defaults: Defaults, of: str) -> Kind:
    """The kind of models that *defaults* describe."""
    smooth = {field: rule._replace(multiple=0) for field, rule in defaults.widths.items()}  # rounding makes steps
    problem = settle(OPEN, defaults._replace(aspect=None, widths=smooth))
    [grid, *_] = sorted(grids(problem, ROOM), key=lambda grid: grid.unit)
    return Kind(problem.family.name, of, grid, _said(problem, grid))


def _said(problem: Problem, grid: Grid) -> str:
    """What the curves assume besides layers and width, in one line."""
    widths = [f"{field} = {rule}" for field, (rule, *_) in problem.widths.items()][:2]
    fixed = [f"{name} = {axis[0]:,}" for name, axis in grid.axes.items() if name in ("n_vocab", "n_ctx", "n_experts")]
    return ", ".join([*widths, *fixed, *(["tied"] if problem.switches.get("tied") else [])])


def kinds(specs: Iterable[Spec], also: Sequence[Kind] = ()) -> list[tuple[Kind, list[Spec]]]:
    """The models by kind, each with the curves of its largest model; raises InputError on too many kinds.

    A model belongs to a kind if the kind's count at its depth and width is within WITHIN of its own.
    """
    found: list[tuple[Kind, list[Spec]]] = [(kind, []) for kind in also]
    for spec in sorted(specs, key=lambda spec: -spec.model().total()):
        if not {"n_layers", "d_model"} <= spec.sizes.keys():
            raise InputError(f"{spec.name}: has no single n_layers and d_model; valid: models that have")
        members = next((members for kind, members in found if _fits(kind, spec)), None)
        if members is None:
            found.append((kind_of(spec), members := []))
        members.append(spec)
    if len(found) > KINDS:
        named = ", ".join(f"{kind.family} as {kind.of}" for kind, _ in found)
        raise InputError(
            f"plot budget: models of {len(found)} kinds, each with curves of its own: {named}; "
            f"valid: models of up to {KINDS} kinds"
        )
    return found


def _fits(kind: Kind, spec: Spec) -> bool:
    if kind.family != spec.family.name:
        return False
    [vocabulary] = kind.grid.axes.get("n_vocab", (1,))
    if not 1 / ALIKE <= spec.sizes.get("n_vocab", vocabulary) / vocabulary <= ALIKE:
        return False
    return off(kind, spec) <= WITHIN


def off(kind: Kind, spec: Spec) -> float:
    """The relative difference between the curves and a model's own count at its depth and width."""
    return float(abs(kind.params(spec.sizes["n_layers"], spec.sizes["d_model"]) / spec.model().total() - 1))
