"""Where a transformer language model's parameters are, whether a printed count is right, and which shape fits.

>>> import paramcount
>>> paramcount.load("gpt3-xl").total()
1517123584

Heavy libraries are imported only when used: sympy for a formula, pandas for a frame, torch for `verify`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from paramcount.library import LoadedModel, load
    from paramcount.library.figures import plot
    from paramcount.library.verbs import (
        ask_laws,
        audit,
        compare,
        derive,
        fit_law,
        list_models,
        list_tables,
        table,
        train,
        verify,
    )
    from paramcount.scaling.laws import optimum
    from paramcount.solver import solve
    from paramcount.solver.asked import solve_within
    from paramcount.solver.compute import solve_flops
    from paramcount.solver.sweep import sweep

_VERBS = "paramcount.library.verbs"
_HOMES = {
    "LoadedModel": "paramcount.library",
    "ask_laws": _VERBS,
    "audit": _VERBS,
    "compare": _VERBS,
    "derive": _VERBS,
    "fit_law": _VERBS,
    "list_models": _VERBS,
    "list_tables": _VERBS,
    "load": "paramcount.library",
    "optimum": "paramcount.scaling.laws",
    "plot": "paramcount.library.figures",
    "solve": "paramcount.solver",
    "solve_flops": "paramcount.solver.compute",
    "solve_within": "paramcount.solver.asked",
    "sweep": "paramcount.solver.sweep",
    "table": _VERBS,
    "train": _VERBS,
    "verify": _VERBS,
}

__all__ = [
    "LoadedModel",
    "ask_laws",
    "audit",
    "compare",
    "derive",
    "fit_law",
    "list_models",
    "list_tables",
    "load",
    "optimum",
    "plot",
    "solve",
    "solve_flops",
    "solve_within",
    "sweep",
    "table",
    "train",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("paramcount")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'paramcount' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__", "errors", "quantity"]
