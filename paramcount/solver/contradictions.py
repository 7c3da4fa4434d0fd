"""What contradicts what in a request: a line that says what was asked, why no shape has it, what would be valid."""

from __future__ import annotations

from fractions import Fraction

from paramcount.errors import InputError
from paramcount.solver.choice import Choice, Span, admits, written
from paramcount.solver.lattice import DIVIDED, is_power
from paramcount.solver.problem import AT_MOST, Recipe, Wishes, recipes, unit_of


def check(wishes: Wishes) -> None:
    """Raise InputError where the sizes of *wishes* contradict each other, whatever the budget."""
    if wishes.powers:
        _powers(wishes)
    for name in ("n_heads", *DIVIDED):
        for value in _listed(wishes, name):
            _divides(name, value, wishes.tp, f"--tp {wishes.tp}")
    _shared(wishes)
    for less, more in AT_MOST.items():
        if less in wishes.others:
            _at_most(less, wishes.others[less], more, wishes.others[more])
    for d_model in _listed(wishes, "d_model"):
        _divides("d_model", d_model, wishes.multiple_of, f"--multiple-of {wishes.multiple_of}")
        _fits(wishes, d_model)


def nothing_admitted(wishes: Wishes) -> InputError:
    """The error on a request whose lattice is empty."""
    recipe = next(recipes(wishes))
    unit = unit_of(wishes, recipe)
    if wishes.powers and not is_power(unit):
        return InputError(
            f"--powers-of-two: d_model is a multiple of {unit} where {_whole(recipe)} and "
            f"--multiple-of {wishes.multiple_of} are whole, and no power of two is; "
            "valid: a d_head, d_ff ratio and multiple that are powers of two"
        )
    stated = {"n_layers": wishes.n_layers, "d_model": wishes.d_model, "n_heads": wishes.n_heads}
    stated |= {"d_head": wishes.d_head, **wishes.others}
    asked = ", ".join(f"{name} = {written(choice)}" for name, choice in stated.items() if choice != Span())
    also = [f"multiples of {unit} for d_model", f"n_heads = {Fraction(wishes.attention, recipe.d_head)}·d_model"]
    also += [f"multiples of {recipe.sharing.step} for n_heads"] if recipe.sharing.step > 1 else []
    also += [f"multiples of {wishes.tp} for n_vocab"] if wishes.tp > 1 else []
    also += ["powers of two for n_layers and d_model"] if wishes.powers else []
    if wishes.aspect is not None:
        also.append("d_model/n_layers from {} to {}".format(*(f"{float(end or 0):g}" for end in wishes.aspect)))
    return InputError(f"{asked}: no shape has all of this; valid: {', '.join(also)}")


def _listed(wishes: Wishes, name: str) -> tuple[int, ...]:
    """The values that were asked of a size one by one; none for a range."""
    choice: Choice = wishes.others.get(name, Span()) if name not in Wishes._fields else getattr(wishes, name)
    return () if isinstance(choice, Span) else choice


def _powers(wishes: Wishes) -> None:
    for name in ("n_layers", "d_model", "n_heads", "d_head"):
        for value in _listed(wishes, name):
            if not is_power(value) and (name != "n_heads" or wishes.attention == 1):
                below = 1 << value.bit_length() - 1
                raise InputError(f"{name} = {value}: no power of two (--powers-of-two); valid: {below}, {2 * below}")


def _divides(name: str, value: int, divisor: int, why: str) -> None:
    if value % divisor:
        below = value // divisor * divisor
        valid = ", ".join(str(near) for near in (below, below + divisor) if near)
        raise InputError(f"{name} = {value}: no multiple of {divisor} ({why}); valid: {valid}")


def _shared(wishes: Wishes) -> None:
    """Raise InputError where heads were listed and none of them can share keys and values evenly."""
    heads, steps = _listed(wishes, "n_heads"), [sharing.step for sharing in wishes.sharing]
    if heads and all(n_heads % step for n_heads in heads for step in steps):
        _divides("n_heads", heads[0], steps[0], f"n_kv_heads = {wishes.sharing[0]}")


def _at_most(less: str, few: Choice, more: str, many: Choice) -> None:
    """Raise InputError where the least that is asked of the one size exceeds the most of the other."""
    lowest = few.low if isinstance(few, Span) else few[0]
    highest = many.high if isinstance(many, Span) else many[-1]
    if highest is not None and lowest > highest:
        raise InputError(
            f"{less} = {written(few)}: more than {more} = {written(many)}; valid: at most {highest} for {less}"
        )


def _fits(wishes: Wishes, d_model: int) -> None:
    """Raise InputError where no n_heads, d_head and d_ff go with this d_model."""
    units = [(unit_of(wishes, recipe), recipe) for recipe in recipes(wishes)]
    if all(d_model % unit for unit, _ in units):
        unit, recipe = min(units, key=lambda pair: pair[0])
        why = _whole(recipe) + (f", --tp {wishes.tp}" if wishes.tp > 1 else "")
        _divides("d_model", d_model, unit, f"{why}, all whole")
    widths = {wishes.attention * d_model / d_head for d_head in wishes.d_head}
    heads = sorted(int(width) for width in widths if width.denominator == 1)
    if not any(admits(wishes.n_heads, n_heads) for n_heads in heads):
        asked, d_heads = written(wishes.n_heads), written(wishes.d_head)
        raise InputError(
            f"n_heads = {asked}, d_head = {d_heads}: attention would not be {wishes.attention * d_model} wide, "
            f"as it is for d_model = {d_model}; valid: n_heads = {written(tuple(heads))}"
        )


def _whole(recipe: Recipe) -> str:
    """What has to be whole for a d_model to be admitted."""
    groups = f" in {recipe.sharing.step}s" if recipe.sharing.step > 1 else ""
    widths = [f"{field} = {rule}" for field, rule in recipe.widths.items() if not rule.multiple]
    return ", ".join([f"heads of {recipe.d_head}{groups}", *widths])
