"""Derives the parameter formula of any model class from counts of the class itself on the meta device.

torch, transformers and sympy are imported only when a model is derived.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramcount.extras import need
from paramcount.hub.endpoint import check

if TYPE_CHECKING:
    from paramcount.derivation.result import Derived

SECONDS = 60.0  # per model; a class that takes longer is refused


def derive(target: str, config: str = "") -> Derived:
    """Derive the formula of the transformers class of a model type, or of a user's own class *module:Class*.

    *config* is a file with a real config.json: the formula then starts from its values and is checked against it too.
    Raises InputError if there is no such class, if it can't be built, or if it takes longer than SECONDS.
    """
    check()
    need_libraries(target)
    from paramcount.derivation.derived import derived

    return derived(target, config, SECONDS)


def need_libraries(target: str) -> None:
    """Raise MissingLibraryError if a library needed for deriving *target* is not installed."""
    need("derive", "torch", *(() if ":" in target else ("transformers",)), "sympy")


__all__ = ["derive", "need_libraries"]
