"""The notes on an answer: what was searched, what was assumed, and why there are no shapes if there are none."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, log10

from paramcount.papers.tables import read
from paramcount.quantity import short
from paramcount.solver.choice import Choice, Span
from paramcount.solver.defaults import N_LAYERS, Defaults
from paramcount.solver.grid import Axis, Grid
from paramcount.solver.problem import Problem
from paramcount.solver.request import Asks
from paramcount.solver.solution import Candidate

COUNTS = {"total": "total", "non-embedding": "non-embedding count", "active": "active parameters"}
TABLES = ("n_vocab", "n_ctx")  # the numbers of rows of the embeddings


def notes(
    shapes: int, lattice: list[Grid], share: Fraction, asks: Asks, defaults: Defaults, problem: Problem
) -> list[str]:
    """One line each on the shapes searched, the constraints, the assumptions and the padding."""
    lines = [_coverage(shapes, lattice, problem), _constraints(share, problem)]
    if assumed := _assumed(asks, defaults, problem):
        lines.append(f"Assumed, as in {defaults.where}: {'; '.join(assumed)}.")
    if "n_vocab" not in asks.sizes and problem.others.get("n_vocab") != defaults.others.get("n_vocab"):
        padded = f"{_choice(defaults.others['n_vocab'])} to {_choice(problem.others['n_vocab'])}"
        lines.append(f"n_vocab is padded from {padded} to be a multiple of --tp {problem.tp}.")
    return lines


def of_today(budget: int | None, asks: Asks) -> str:
    """The options that give a modern decoder for *budget*, a number of parameters, instead of GPT-3's design."""
    rows = read("solve_today.csv")
    fitting = rows if budget is None else [row for row in rows if int(row["from_params"]) <= budget]
    if not fitting:
        first = rows[0]
        return f"Modern decoders (--like {first['like']}) start at {short(int(first['from_params']))} parameters."
    row = fitting[-1]
    options = [option.split("=") for option in row["with"].split()]
    open_ = {"n_vocab", "d_head", "aspect"} - asks.sizes.keys() - ({"aspect"} if asks.aspect else set())
    given = "".join(f" --{name.replace('_', '-')} {value}" for name, value in options if name in open_)
    return f"For a modern decoder instead of GPT-3's design: --like {row['like']}{given}"


def _coverage(shapes: int, lattice: list[Grid], problem: Problem) -> str:
    units = sorted({grid.unit for grid in lattice})
    widths = sorted(
        {grid.unit * width for grid in lattice for width in (grid.axes["width"][0], grid.axes["width"][-1])}
    )
    layers = lattice[0].axes["n_layers"]
    if isinstance(lattice[0].axes["width"], range):
        every = f"d_model in multiples of {_or(units)} from" if units[0] > 1 else "d_model"
        d_model = f"{every} {widths[0]:,} to {widths[-1]:,}" if len(widths) > 1 else f"d_model {widths[0]:,}"
    else:
        values = sorted({grid.unit * width for grid in lattice for width in grid.axes["width"]})
        d_model = f"d_model {_values(tuple(values))}"
    open_ended = problem.d_model == Span() and problem.n_heads == Span()
    end = " (anything wider exceeds the budget)" if open_ended else ""
    sizes = [f"n_layers {_values(layers)}", d_model + end]
    sizes += [f"d_head {_or(problem.d_head)}"] if "d_head" in problem.family.roles else []
    if len(problem.sharing) > 1:
        sizes.append(f"n_kv_heads {_or([sharing.number for sharing in problem.sharing])}")
    sizes += [f"{name} {_values(axis)}" for name in problem.others if len(axis := lattice[0].axes[name]) > 1]
    return f"Searched {shapes:,} shapes by bisection on exact integers: {'; '.join(sizes)}."


def _constraints(share: Fraction, problem: Problem) -> str:
    what = COUNTS[problem.reading]
    if problem.meter is not None:
        within = f"Constraints: no budget exceeded, and at most {percent(share)} of the binding one left unused"
    elif not share:
        return f"Constraints: {what} exactly equal to the budget."
    else:
        within = f"Constraints: {what} within {percent(share)} of the budget"
    aspect = ""
    if problem.aspect is not None:
        low, high = problem.aspect
        upper = "" if high is None else f" to {float(high):.4g}"
        aspect = "; d_model/n_layers " + (f"= {float(low):.4g}" if low == high else f"from {float(low):.4g}{upper}")
    return f"{within}{aspect}."


def _assumed(asks: Asks, defaults: Defaults, problem: Problem) -> list[str]:
    said = [f"{name} = {_choice(choice)}" for name, choice in problem.others.items() if name not in asks.sizes]
    if "d_head" not in asks.sizes and "d_head" in problem.family.roles:
        said.append(f"d_head = {_or(problem.d_head)}")
    if "n_kv_heads" in problem.family.roles and "n_kv_heads" not in asks.sizes:
        said.append(f"n_kv_heads = {defaults.sharing}")
    widths = {field: rule for field, (rule, *_) in problem.widths.items()}
    said += [f"{field} = {rule}" for field, rule in widths.items() if field != "d_ff" or asks.d_ff_ratio is None]
    if defaults.n_layers != N_LAYERS and "n_layers" not in asks.sizes:
        said.append(f"n_layers = {_choice(defaults.n_layers)}, as its layers do not repeat regularly")
    said += [f"{field} = {_of_depth(rule.ratio)}" for field, rule in problem.depths.items()]
    if defaults.attention != 1 and "n_heads" in problem.family.roles:
        said.append(_attention(problem, defaults))
    if asks.tied is None and "tied" in problem.switches:
        said.append("tied embeddings" if problem.switches["tied"] else "untied embeddings")
    return said


def _of_depth(ratio: Fraction) -> str:
    return "n_layers" if ratio == 1 else f"{ratio}·n_layers"


def _attention(problem: Problem, defaults: Defaults) -> str:
    width = "n_heads·d_head" if "d_head" in problem.family.roles else "n_heads"
    return f"{width} = {defaults.attention}·d_model"


def stop(nearest: Candidate, counted: int, budget: int, share: Fraction, lattice: list[Grid], problem: Problem) -> str:
    """The constraint that rules out the *nearest* shape, and what would allow one.

    *counted* is its count, of the kind that the budget is for.
    """
    if budget < counted == min(grid.corner(0) for grid in lattice):
        return _too_small(nearest, counted, problem)
    if all(counted == grid.corner(-1) for grid in lattice) and counted < budget:
        return f"no shape in these ranges is larger than {counted:,} ({short(counted)}); widen them"
    off = Fraction(abs(counted - budget), budget)
    if not share:
        differs = f"no shape has exactly this count (the nearest differs by {counted - budget:+,})"
        return f"{differs}; --tolerance {_enough(off)} in place of --exactly allows it"
    return f"tolerance {percent(share)}: the nearest shape is {percent(off)} off; --tolerance {_enough(off)} allows it"


def _too_small(smallest: Candidate, counted: int, problem: Problem) -> str:
    text = f"no shape in these ranges is smaller than {counted:,} ({short(counted)})"
    tables = smallest.total - smallest.non_embedding
    if 2 * tables < counted or problem.reading == "non-embedding":
        return f"{text}; allow fewer layers, or a smaller --d-head for a smaller d_model"
    rows = [field for field in TABLES if field in smallest.sizes]
    stated = " and ".join(f"{field} = {smallest.sizes[field]}" for field in rows)
    options = ", ".join("--" + field.replace("_", "-") for field in rows)
    return (
        f"{text}; {stated} alone take{'s' * (len(rows) == 1)} {tables:,} at d_model = {smallest.d_model}; "
        f"allow a smaller {options} or --d-head"
    )


def percent(share: Fraction) -> str:
    """A share of the budget as a percentage: 3.2 %."""
    return f"{float(100 * share):.3g} %"


def _enough(off: Fraction) -> str:
    """*off* rounded up to two digits, in a form that --tolerance accepts."""
    places = max(0, 1 - int(log10(float(100 * off)) // 1)) if off else 0
    rounded = Fraction(ceil(100 * off * 10**places), 10**places)
    return f"{float(rounded):.{places}f}%"


def _values(axis: Axis) -> str:
    if isinstance(axis, range) and len(axis) > 1:
        return f"{axis[0]:,} to {axis[-1]:,}" + (f" in steps of {axis.step}" if axis.step > 1 else "")
    shown = list(axis) if len(axis) <= 6 else [*axis[:3], axis[-1]]
    texts = [f"{value:,}" for value in shown]
    return ", ".join(texts) if len(axis) <= 6 else f"{', '.join(texts[:3])}, …, {texts[3]}"


def _choice(choice: Choice) -> str:
    if isinstance(choice, Span):
        return f"{choice.low} to {choice.high}" if choice.high is not None else f"{choice.low} or more"
    return _or(choice)


def _or(values: tuple[int, ...] | list[int]) -> str:
    if len(values) > 3 and values[-1] - values[0] == len(values) - 1:
        return f"{values[0]} to {values[-1]}"
    *most, last = map(str, values)
    return f"{', '.join(most)} or {last}" if most else last
