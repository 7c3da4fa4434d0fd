"""The formula of a model that no family describes, found from counts of the class itself on the meta device.

torch, transformers and sympy are imported when a model is derived, not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramcount.extras import need
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
    need_libraries(target)
    from paramcount.derivation.derived import derived

    return derived(target, config, SECONDS)


def need_libraries(target: str) -> None:
    """Raise MissingLibraryError where something is not installed that deriving *target* needs."""
    need("derive", "torch", *(() if ":" in target else ("transformers",)), "sympy")


__all__ = ["derive", "need_libraries"]
