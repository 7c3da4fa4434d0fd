"""The witness: torch modules written by hand from the papers, and the comparison of a ledger with them.

torch is imported when a model is verified, not before.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from paramcount.errors import InputError
from paramcount.verification.result import NotBuiltError, Verified

if TYPE_CHECKING:
    from paramcount.catalog.spec import Spec


NEEDS = "verify needs {}, which is not installed; run: pip install 'paramcount[verify]'"


class MissingTorchError(InputError):
    """torch is not installed; the message is the pip line that installs it."""

    def __init__(self) -> None:
        super().__init__(NEEDS.format("torch"))


def need_torch() -> None:
    """Raise MissingTorchError where torch is not installed."""
    try:
        import torch  # noqa: F401  # to tell a missing torch from a broken paramcount
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise MissingTorchError from None


def verify(spec: Spec, against: str = "") -> Verified:
    """Hold the ledger of *spec* against a witness, on the meta device, which holds no data.

    The witness is the torch module written by hand from its paper, or transformers' class: *against* "papers" or
    "transformers", by default the latter for what a config states. Raises MissingTorchError, or InputError where there
    is no such witness, or its tensors are too many or too large.
    """
    need_torch()
    if against not in ("", "papers", "transformers"):
        raise InputError(f"against {against}: no such witness; valid: papers, transformers")
    if (against or ("transformers" if spec.family.configured(spec.sizes) else "papers")) == "transformers":
        return _against_transformers(spec)
    from paramcount.verification.compare import compare

    return compare(spec)


def _against_transformers(spec: Spec) -> Verified:
    if find_spec("transformers") is None:
        raise InputError(NEEDS.format("transformers"))
    from paramcount.verification.against import against_transformers

    return against_transformers(spec)


__all__ = ["MissingTorchError", "NotBuiltError", "Verified", "need_torch", "verify"]
