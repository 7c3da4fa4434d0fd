"""Formulas as Python functions: the exact count of a model or family, and a size in closed form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from paramcount.arguments import checked
from paramcount.catalog.spec import WHOLE
from paramcount.library.loading import as_change, load

if TYPE_CHECKING:
    from paramcount.formula.roots import Root
    from paramcount.formula.statement import Statement
    from paramcount.library.loading import Named


@checked
def formulas(model: Named, *, part: str = WHOLE, assume: str | Sequence[str] = (), **sizes: Any) -> Statement:
    """The exact count of a model, or of a family with free sizes, as formulas in the sizes.

    The result has `components` and `total`, which print as formulas, and `leading()`, the leading terms. *assume* are
    equations such as "n_heads*d_head=d_model,d_ff=4*d_model", whose left side is replaced by the right; they need
    sympy. *part* and *sizes* are as in `load`. Raises paramcount.errors.InputError on an unknown model or size, and on
    anything else than an equation.

    >>> print(formulas("gpt").components["attention"])
    4·d_model·d_head·n_heads·n_layers + 3·d_head·n_heads·n_layers + d_model·n_layers
    >>> print(formulas("gpt", assume="n_heads*d_head=d_model,d_ff=4*d_model").leading()[0].terms)
    12·d_model²·n_layers
    """
    return _stated(model, part, assume, "", sizes)


@checked
def closed_form(model: Named, size: str, *, part: str = WHOLE, assume: str | Sequence[str] = (), **sizes: Any) -> Root:
    """The *size* at which the model has N parameters, in closed form: prints as a formula in N and the other sizes.

    Its `value(total, sizes)` is an exact fraction, None if it is irrational. The other options are those of `formulas`.
    Raises paramcount.errors.InputError on an unknown size, and if it occurs to a power above 2.

    >>> closed_form("gpt3-xl", "n_layers").value(1_517_123_584, load("gpt3-xl").hyperparameters)
    Fraction(24, 1)
    """
    from paramcount.errors import InputError
    from paramcount.formula.roots import solve

    statement = _stated(model, part, assume, size, sizes)
    valid = statement.subject.family.sizes
    if size not in valid:
        raise InputError(f"size = {size}: not a size of {statement.subject.family.name}; valid: {', '.join(valid)}")
    return solve(statement.total, size)


def _stated(model: Named, part: str, assume: str | Sequence[str], free: str, sizes: dict[str, Any]) -> Statement:
    from paramcount.formula.relations import read_relations
    from paramcount.formula.statement import read_subject, state, subject_of

    if isinstance(model, str):
        subject = read_subject(model, [as_change(*size) for size in sizes.items()], part)
    else:
        subject = subject_of(load(model, part=part, **sizes).spec)
    relations = read_relations([assume] if isinstance(assume, str) else assume, subject.family.sizes)
    return state(subject, relations, free)
