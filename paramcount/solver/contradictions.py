"""Errors on requests that contradict themselves: what was asked, why no shape has it, what would be valid."""

from __future__ import annotations

from fractions import Fraction

from paramcount.errors import InputError
from paramcount.solver.choice import Choice, Span, admits, as_asked
from paramcount.solver.lattice import DIVIDED, is_power
from paramcount.solver.problem import AT_MOST, Problem, Recipe, recipes, unit_of


def check(problem: Problem) -> None:
    """Raise InputError if the sizes of *problem* contradict each other, whatever the budget."""
    if problem.powers:
        _powers(problem)
    for name in ("n_heads", *DIVIDED):
        for value in _listed(problem, name):
            _divides(name, value, problem.tp, f"--tp {problem.tp}")
    _shared(problem)
    for less, more in AT_MOST.items():
        if less in problem.others:
            _at_most(less, problem.others[less], more, problem.others[more])
    for d_model in _listed(problem, "d_model"):
        _divides("d_model", d_model, problem.multiple_of, f"--multiple-of {problem.multiple_of}")
        _fits(problem, d_model)


def nothing_admitted(problem: Problem) -> InputError:
    """The error for a request whose lattice is empty."""
    recipe = next(recipes(problem))
    unit = unit_of(problem, recipe)
    if problem.powers and not is_power(unit):
        return InputError(
            f"--powers-of-two: d_model must be a multiple of {unit} to fit {_whole(recipe)} and "
            f"--multiple-of {problem.multiple_of}, and no power of two is; "
            "valid: a d_head, d_ff ratio and multiple that are powers of two"
        )
    stated = {"n_layers": problem.n_layers, "d_model": problem.d_model, "n_heads": problem.n_heads}
    stated |= {"d_head": problem.d_head, **problem.others}
    asked = ", ".join(f"{name} = {as_asked(choice)}" for name, choice in stated.items() if choice != Span())
    also = [f"multiples of {unit} for d_model", f"n_heads = {Fraction(problem.attention, recipe.d_head)}·d_model"]
    also += [f"multiples of {recipe.sharing.step} for n_heads"] if recipe.sharing.step > 1 else []
    also += [f"multiples of {problem.tp} for n_vocab"] if problem.tp > 1 else []
    also += ["powers of two for n_layers and d_model"] if problem.powers else []
    if problem.aspect is not None:
        also.append("d_model/n_layers from {} to {}".format(*(f"{float(end or 0):g}" for end in problem.aspect)))
    return InputError(f"{asked}: no shape meets all of this; valid: {', '.join(also)}")


def _listed(problem: Problem, name: str) -> tuple[int, ...]:
    """The values listed for a size; none for a range."""
    choice: Choice = problem.others.get(name, Span()) if name not in Problem._fields else getattr(problem, name)
    return () if isinstance(choice, Span) else choice


def _powers(problem: Problem) -> None:
    for name in ("n_layers", "d_model", "n_heads", "d_head"):
        for value in _listed(problem, name):
            if not is_power(value) and (name != "n_heads" or problem.attention == 1):
                below = 1 << value.bit_length() - 1
                raise InputError(f"{name} = {value}: not a power of two (--powers-of-two); valid: {below}, {2 * below}")


def _divides(name: str, value: int, divisor: int, why: str) -> None:
    if value % divisor:
        below = value // divisor * divisor
        valid = ", ".join(str(near) for near in (below, below + divisor) if near)
        raise InputError(f"{name} = {value}: not a multiple of {divisor} ({why}); valid: {valid}")


def _shared(problem: Problem) -> None:
    """Raise InputError if heads are listed and none of the numbers can share keys and values evenly."""
    heads, steps = _listed(problem, "n_heads"), [sharing.step for sharing in problem.sharing]
    if heads and all(n_heads % step for n_heads in heads for step in steps):
        _divides("n_heads", heads[0], steps[0], f"n_kv_heads = {problem.sharing[0]}")


def _at_most(less: str, few: Choice, more: str, many: Choice) -> None:
    """Raise InputError if the least value asked for one size exceeds the largest of the other."""
    lowest = few.low if isinstance(few, Span) else few[0]
    highest = many.high if isinstance(many, Span) else many[-1]
    if highest is not None and lowest > highest:
        raise InputError(
            f"{less} = {as_asked(few)}: more than {more} = {as_asked(many)}; valid: at most {highest} for {less}"
        )


def _fits(problem: Problem, d_model: int) -> None:
    """Raise InputError if no n_heads, d_head and d_ff go with this d_model."""
    units = [(unit_of(problem, recipe), recipe) for recipe in recipes(problem)]
    if all(d_model % unit for unit, _ in units):
        unit, recipe = min(units, key=lambda pair: pair[0])
        why = _whole(recipe) + (f", --tp {problem.tp}" if problem.tp > 1 else "")
        _divides("d_model", d_model, unit, f"for {why}")
    widths = {problem.attention * d_model / d_head for d_head in problem.d_head}
    heads = sorted(int(width) for width in widths if width.denominator == 1)
    if not any(admits(problem.n_heads, n_heads) for n_heads in heads):
        asked, d_heads = as_asked(problem.n_heads), as_asked(problem.d_head)
        raise InputError(
            f"n_heads = {asked}, d_head = {d_heads}: n_heads·d_head must be {problem.attention * d_model} "
            f"for d_model = {d_model}; valid: n_heads = {as_asked(tuple(heads))}"
        )


def _whole(recipe: Recipe) -> str:
    """The quantities that must be whole numbers for a given d_model."""
    groups = f" in groups of {recipe.sharing.step}" if recipe.sharing.step > 1 else ""
    widths = [f"{field} = {rule}" for field, rule in recipe.widths.items() if not rule.multiple]
    return ", ".join([f"heads of {recipe.d_head}{groups}", *widths])
