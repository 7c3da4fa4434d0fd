"""The formula of a model that no family describes, found from counts of the class itself on the meta device.

torch, transformers and sympy are imported when a model is derived, not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramcount.errors import InputError
from paramcount.hub.endpoint import check

if TYPE_CHECKING:
    from paramcount.derivation.result import Derived

SECONDS = 60.0  # a model; a class that takes longer is refused


def derive(target: str, config: str = "") -> Derived:
    """The formula of the transformers class of a model type, or of the user's own class *module:Class*.

    *config* is a file with a real config.json, whose fields are then held and on which the formula is proven too.
    Raises InputError where there is no such class, it cannot be built, or it takes longer than SECONDS.
    """
    check()
    for library in ("torch", *(() if ":" in target else ("transformers",))):
        _need(library)
    from paramcount.derivation.derived import derived

    return derived(target, config, SECONDS)


def _need(library: str) -> None:
    from importlib import import_module

    try:
        import_module(library)
    except ModuleNotFoundError as error:
        if error.name != library:
            raise
        raise InputError(f"derive needs {library}, which is not installed; run: pip install {library}") from None


__all__ = ["derive"]
