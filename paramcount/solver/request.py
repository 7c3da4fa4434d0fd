"""Turns a request's options into a problem with every default filled in, or an error if they contradict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from paramcount.errors import InputError
from paramcount.solver.choice import (
    Asked,
    Aspect,
    Choice,
    Ratio,
    Span,
    read_aspect,
    read_choice,
    read_ratios,
    values_of,
)
from paramcount.solver.contradictions import check
from paramcount.solver.defaults import Defaults
from paramcount.solver.lattice import is_power
from paramcount.solver.problem import Problem, beside
from paramcount.solver.proportions import Proportion, Sharing


class Asks(NamedTuple):
    """The options of a request as given, None if not given; see paramcount.solver.solve."""

    sizes: Mapping[str, Asked]
    d_ff_ratio: Ratio | Iterable[Ratio] | None
    aspect: Ratio | tuple[Ratio, Ratio] | None
    multiple_of: int
    powers_of_two: bool
    tied: bool | None
    tp: int
    reading: str


def settle(asks: Asks, defaults: Defaults) -> Problem:
    """*asks* completed with *defaults*; raises InputError if they contradict each other."""
    for name in ("multiple_of", "tp"):
        if getattr(asks, name) < 1:
            raise InputError(f"{name} = {getattr(asks, name)}: not a positive whole number; valid: 8, 128")
    _known(asks, defaults)
    asked = {name: read_choice(size, name) for name, size in asks.sizes.items()}
    problem = Problem(
        family=defaults.family,
        switches=defaults.switches | ({} if asks.tied is None else {"tied": asks.tied}),
        n_layers=asked.get("n_layers") or (Span() if asks.powers_of_two else defaults.n_layers),
        d_model=asked.get("d_model") or Span(),
        n_heads=asked.get("n_heads") or Span(),
        d_head=(),
        others=_others(asks, asked, defaults),
        widths=_widths(asks, defaults),
        depths={field: rule for field, rule in defaults.depths.items() if field not in asks.sizes},
        sharing=_sharing(asked, defaults),
        attention=defaults.attention,
        multiple_of=asks.multiple_of,
        tp=asks.tp,
        powers=asks.powers_of_two,
        aspect=_aspect(asks, defaults),
        reading=asks.reading,
        like=defaults.where,
    )
    problem = problem._replace(d_head=_heads(asked, defaults, problem))
    check(problem)
    return problem


def _known(asks: Asks, defaults: Defaults) -> None:
    """Raise InputError if the family lacks something that is asked for, or if d_ff is asked for twice."""
    family = defaults.family
    fields = {"d_ff": asks.d_ff_ratio, "tied": asks.tied}
    for name in (*asks.sizes, *(field for field, asked in fields.items() if asked is not None)):
        if name not in (*family.fields, *family.roles):
            raise InputError(f"{name}: not a hyperparameter of {family.name}; valid: {', '.join(family.fields)}")
    if asks.reading == "active" and "n_active_experts" not in family.sizes:
        raise InputError(f"--active: {family.name} is not a mixture of experts; valid: --like mixtral-8x7b")
    if "d_ff" in asks.sizes and asks.d_ff_ratio is not None:
        raise InputError(
            f"d_ff = {asks.sizes['d_ff']} with d_ff_ratio = {asks.d_ff_ratio}: one follows from the other; "
            "valid: one of the two"
        )


def _aspect(asks: Asks, defaults: Defaults) -> Aspect | None:
    if asks.aspect is not None:
        return read_aspect(asks.aspect)
    return None if {"n_layers", "d_model"} & asks.sizes.keys() else defaults.aspect


def _others(asks: Asks, asked: Mapping[str, Choice], defaults: Defaults) -> dict[str, Choice]:
    """The sizes that do not follow d_model, in the family's order; n_vocab is padded for tp if it is not given."""
    choices: dict[str, Choice] = dict(defaults.others)
    if "n_vocab" in choices:
        choices["n_vocab"] = tuple(sorted({-(-value // asks.tp) * asks.tp for value in defaults.others["n_vocab"]}))
    choices |= asked
    return {field: choices[field] for field in beside(defaults.family) if field in choices}


def _widths(asks: Asks, defaults: Defaults) -> dict[str, tuple[Proportion, ...]]:
    """The widths that follow d_model; a ratio given by the user holds exactly."""
    widths: dict[str, tuple[Proportion, ...]] = {
        field: (rule.divided(asks.tp),) for field, rule in defaults.widths.items() if field not in asks.sizes
    }
    if asks.d_ff_ratio is not None:
        widths["d_ff"] = tuple(map(Proportion, read_ratios(asks.d_ff_ratio, "d_ff_ratio")))
    return widths


def _sharing(asked: Mapping[str, Choice], defaults: Defaults) -> tuple[Sharing, ...]:
    if "n_kv_heads" not in asked:
        return (defaults.sharing,)
    return tuple(Sharing(number=number) for number in values_of(asked["n_kv_heads"], "n_kv_heads"))


def _heads(asked: Mapping[str, Choice], defaults: Defaults, problem: Problem) -> tuple[int, ...]:
    if (choice := asked.get("d_head")) is not None:
        heads = values_of(choice, "d_head")
        powers = tuple(filter(is_power, heads))
        return powers if problem.powers and isinstance(choice, Span) else heads
    if not isinstance(problem.d_model, Span) and not isinstance(problem.n_heads, Span):
        wide = {problem.attention * d_model / n_heads for d_model in problem.d_model for n_heads in problem.n_heads}
        return tuple(sorted(int(d_head) for d_head in wide if d_head.denominator == 1)) or defaults.d_head
    return tuple(d_head for d_head in defaults.d_head if not problem.powers or is_power(d_head)) or defaults.d_head
