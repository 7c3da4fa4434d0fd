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
    from paramcount.library.formulas import closed_form, formulas
    from paramcount.library.listing import list_families, list_models, list_tables
    from paramcount.library.pages import page, serve
    from paramcount.library.training import ask_laws, fit_law, train
    from paramcount.library.verbs import (
        audit,
        audits,
        compare,
        comparisons,
        derive,
        guess_head,
        reconcile,
        table,
        verify,
        verify_costs,
        verify_on_gpu,
    )
    from paramcount.report.page.site import site
    from paramcount.scaling.laws import optimum
    from paramcount.solver import solve
    from paramcount.solver.asked import solve_within
    from paramcount.solver.compute import solve_flops
    from paramcount.solver.sweep import sweep

_VERBS = "paramcount.library.verbs"
_LISTING = "paramcount.library.listing"
_TRAINING = "paramcount.library.training"
_HOMES = {
    "LoadedModel": "paramcount.library",
    "ask_laws": _TRAINING,
    "audit": _VERBS,
    "audits": _VERBS,
    "closed_form": "paramcount.library.formulas",
    "compare": _VERBS,
    "comparisons": _VERBS,
    "derive": _VERBS,
    "fit_law": _TRAINING,
    "formulas": "paramcount.library.formulas",
    "guess_head": _VERBS,
    "list_families": _LISTING,
    "list_models": _LISTING,
    "list_tables": _LISTING,
    "load": "paramcount.library",
    "optimum": "paramcount.scaling.laws",
    "page": "paramcount.library.pages",
    "plot": "paramcount.library.figures",
    "reconcile": _VERBS,
    "serve": "paramcount.library.pages",
    "site": "paramcount.report.page.site",
    "solve": "paramcount.solver",
    "solve_flops": "paramcount.solver.compute",
    "solve_within": "paramcount.solver.asked",
    "sweep": "paramcount.solver.sweep",
    "table": _VERBS,
    "train": _TRAINING,
    "verify": _VERBS,
    "verify_costs": _VERBS,
    "verify_on_gpu": _VERBS,
}

__all__ = [
    "LoadedModel",
    "ask_laws",
    "audit",
    "audits",
    "closed_form",
    "compare",
    "comparisons",
    "derive",
    "fit_law",
    "formulas",
    "guess_head",
    "list_families",
    "list_models",
    "list_tables",
    "load",
    "optimum",
    "page",
    "plot",
    "reconcile",
    "serve",
    "site",
    "solve",
    "solve_flops",
    "solve_within",
    "sweep",
    "table",
    "train",
    "verify",
    "verify_costs",
    "verify_on_gpu",
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
