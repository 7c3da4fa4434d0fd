"""The lattice: every shape that a request allows, as one grid for each recipe."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

from paramcount.config.rules import Rule, in_order
from paramcount.errors import InputError
from paramcount.ledger.polynomial import Polynomial
from paramcount.solver.choice import LONGEST, Choice, Span, admits
from paramcount.solver.grid import Axis, Bound, Follow, Grid
from paramcount.solver.problem import AT_MOST, Problem, Recipe, beside, recipes, unit_of
from paramcount.solver.proportions import Proportion

USED = "used"  # the symbol for a meter's reading
DIVIDED = ("n_vocab", "d_ff")  # axes that tp must divide


def grids(problem: Problem, high: int) -> Iterator[Grid]:
    """The non-empty grids of *problem*; open-ended axes reach to the first value whose count exceeds *high*."""
    for recipe in recipes(problem):
        grid = _grid(problem, recipe, high)
        if all(grid.axes.values()):
            yield grid._replace(bounds=tuple(_bounds(problem, grid)))


def distinct(lattice: list[Grid], problem: Problem) -> list[Grid]:
    """*lattice* without grids whose counts another grid has too: heads of 128 add none to heads of 64."""
    if problem.n_heads != Span():
        return lattice
    kept: list[Grid] = []
    for grid in sorted(lattice, key=lambda grid: grid.unit):
        if not any(_within(grid, other) for other in kept):
            kept.append(grid)
    return kept


def _within(grid: Grid, other: Grid) -> bool:
    """Whether *other* has the widths of *grid* at every d_model of *grid*."""
    if grid.unit % other.unit or grid.recipe.widths != other.recipe.widths:
        return False
    (d_head, sharing, _), (other_head, other_sharing, _) = grid.recipe, other.recipe
    return sharing.number * d_head == other_sharing.number * other_head and sharing.group == other_sharing.group


def _grid(problem: Problem, recipe: Recipe, high: int) -> Grid:
    unit = unit_of(problem, recipe)
    heads = int(unit * problem.attention / recipe.d_head)
    widths = _meet(_parts(problem.d_model, unit), _parts(problem.n_heads, heads))
    choices = {"n_layers": problem.n_layers, "width": widths, **problem.others}
    polynomial = _count(problem, recipe, unit, heads)
    follows = _follows(problem, recipe, unit, heads)
    grid = Grid(recipe, unit, heads, beside(problem.family), polynomial, {}, follows=follows)
    for name, choice in choices.items():
        powers = problem.powers and name in ("n_layers", "width")
        whole = unit if name == "width" else 1
        grid.axes[name] = _axis(choice, problem.tp if name in DIVIDED else 1, powers, whole)
    for name, choice in choices.items():
        if all(grid.axes.values()) and isinstance(choice, Span) and choice.high is None:
            grid.axes[name] = _until(grid, name, high)
    return grid


def _count(problem: Problem, recipe: Recipe, unit: int, heads: int) -> Polynomial:
    """The count in terms of the axes, or a meter's reading; sizes that are rounded or follow by a rule stay symbols."""
    if problem.meter is not None:
        return Polynomial.symbol(USED)
    width = Polynomial.symbol("width")
    sizes = {"n_layers": Polynomial.symbol("n_layers"), **_of_width(recipe, unit, heads, width)}
    named = {name: sizes[role] for role, name in problem.family.roles.items()}
    exact = {field: rule.of(unit) * width for field, rule in recipe.widths.items() if not rule.multiple}
    return problem.family.count(problem.reading, problem.switches).subs({**named, **exact})


def _follows(problem: Problem, recipe: Recipe, unit: int, heads: int) -> dict[str, Follow]:
    """The sizes that follow from the axes other than in exact proportion to the width, in order of dependence."""
    roles = problem.family.roles
    exact = {field: rule.of(unit) for field, rule in recipe.widths.items() if not rule.multiple}

    def every(values: Mapping[str, int]) -> dict[str, int]:
        own = {"n_layers": values["n_layers"], **_of_width(recipe, unit, heads, values["width"])}
        named = {name: own[role] for role, name in roles.items()}
        return {**values, **named, **{field: times * values["width"] for field, times in exact.items()}}

    def by_rule(rule: Rule) -> Follow:
        return lambda values: rule.value(every(values)) or 0

    found: dict[str, Follow] = {
        field: partial(_rounded, rule, unit) for field, rule in recipe.widths.items() if rule.multiple
    }
    found |= {field: partial(_in_proportion, rule) for field, rule in problem.depths.items()}
    found |= {field: by_rule(rule) for field, rule in in_order(problem.family.rules).items()}
    if (meter := problem.meter) is not None:
        found[USED] = lambda values: meter.at(every(values))
    return found


def _of_width(recipe: Recipe, unit: int, heads: int, width: Any) -> dict[str, Any]:
    """d_model, n_heads, n_kv_heads and d_head for d_model = unit·width, where *width* is a number or a symbol."""
    shared = recipe.sharing.number or heads // recipe.sharing.group * width
    return {"d_model": unit * width, "n_heads": heads * width, "n_kv_heads": shared, "d_head": recipe.d_head}


def _rounded(rule: Proportion, unit: int, values: Mapping[str, int]) -> int:
    return rule.of(unit * values["width"])


def _in_proportion(rule: Proportion, values: Mapping[str, int]) -> int:
    return rule.of(values["n_layers"])


def _bounds(problem: Problem, grid: Grid) -> Iterator[Bound]:
    if problem.aspect is not None:
        low, high = problem.aspect
        yield Bound("width", "n_layers", low / grid.unit, None if high is None else high / grid.unit)
    for less, more in AT_MOST.items():
        if less in grid.axes and grid.axes[less][-1] > grid.axes[more][0]:
            yield Bound(more, less, Fraction(1), None)


def _parts(choice: Choice, part: int) -> Choice:
    """*choice* in units of *part*, without the values that are not multiples of it."""
    if isinstance(choice, Span):
        return Span(-(-choice.low // part), None if choice.high is None else choice.high // part)
    return tuple(value // part for value in choice if value % part == 0)


def _meet(a: Choice, b: Choice) -> Choice:
    if isinstance(a, Span) and isinstance(b, Span):
        highs = [span.high for span in (a, b) if span.high is not None]
        return Span(max(a.low, b.low), min(highs, default=None))
    listed, other = (b, a) if isinstance(a, Span) else (a, b)
    assert not isinstance(listed, Span)
    return tuple(value for value in listed if admits(other, value))


def _axis(choice: Choice, step: int, powers: bool, whole: int) -> Axis:
    """The values of *choice*, only the first if it is open-ended. With *powers*, value·whole is a power of two."""
    if not isinstance(choice, Span):
        return tuple(v for v in choice if v % step == 0 and (not powers or is_power(v * whole)))
    first = -(-choice.low // step) * step
    if powers:
        if not is_power(whole):
            return ()
        first = 1 << max(first - 1, 0).bit_length()
        top = first if choice.high is None else choice.high
        return tuple(1 << k for k in range(first.bit_length() - 1, top.bit_length()) if 1 << k <= top)
    return range(first, (first if choice.high is None else choice.high) + 1, step)


def _until(grid: Grid, name: str, high: int) -> Axis:
    """The axis, which so far has only its first value, continued to the first value with a count above *high*."""
    axis = grid.axes[name]
    first = axis[0]
    count = partial(grid.counter(name), *(values[0] for other, values in grid.axes.items() if other != name))
    end = first
    steps = USED in grid.follows  # a meter's reading may stay constant for a while, as it can depend on rounded sizes
    while count(end) <= high and ((grown := count(2 * end)) > count(end) or (steps and end - first <= LONGEST)):
        end *= 2
        if grown > high:
            break
    if not isinstance(axis, range):
        return tuple(first << k for k in range((end // first).bit_length()))
    if end - first > LONGEST:
        also = ", or a second budget" if steps else ""
        raise InputError(
            f"{name.replace('width', 'd_model')}: more than 10^18 values fit the budget; valid: a range{also}"
        )
    values = range(first, end + 1, axis.step)
    return values[: bisect_right(values, high, key=count) + 1]


def is_power(value: int) -> bool:
    """Whether *value* is a power of two."""
    return value & (value - 1) == 0
