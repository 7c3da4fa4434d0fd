"""Formulas: rewritten under assumptions, their leading terms, and sizes in closed form.

sympy is imported only when one of the names below is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramcount.extras import need

if TYPE_CHECKING:
    from paramcount.formula.symbolic import assume, from_sympy, solve_for, symbol, to_sympy

__all__ = ["assume", "from_sympy", "solve_for", "symbol", "to_sympy"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    need("a sympy expression", "sympy")
    from paramcount.formula import symbolic

    return getattr(symbolic, name)
