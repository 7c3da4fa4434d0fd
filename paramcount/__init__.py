"""Where a transformer language model's parameters are, whether a printed count is right, and which shape fits.

>>> import paramcount
>>> paramcount.load("gpt3-xl").total()
1517123584

Nothing heavy is imported before it is used: sympy with a formula, pandas with a frame, torch with `verify`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from paramcount.library import (
        LoadedModel,
        ask_laws,
        fit_law,
        list_models,
        load,
        optimum,
        solve,
        solve_flops,
        solve_within,
        sweep,
        train,
        verify,
    )

__all__ = [
    "LoadedModel",
    "ask_laws",
    "fit_law",
    "list_models",
    "load",
    "optimum",
    "solve",
    "solve_flops",
    "solve_within",
    "sweep",
    "train",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("paramcount")
    if name in __all__:
        return getattr(import_module("paramcount.library"), name)
    raise AttributeError(f"module 'paramcount' has no attribute {name!r}")
