"""The witness: torch modules written by hand from the papers, and the comparison of a ledger with them.

torch is imported when a model is verified, not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramcount.errors import InputError
from paramcount.verification.result import Verified

if TYPE_CHECKING:
    from paramcount.spec import Spec


class MissingTorchError(InputError):
    """torch is not installed; the message is the pip line that installs it."""

    def __init__(self) -> None:
        super().__init__("verify needs torch, which is not installed; run: pip install 'paramcount[verify]'")


def verify(spec: Spec) -> Verified:
    """Hold the ledger of *spec* against its torch witness, on the meta device, which holds no data.

    Raises MissingTorchError, or InputError where the family has no witness or its tensors are too many or too large.
    """
    try:
        import torch  # noqa: F401  # to tell a missing torch from a broken paramcount
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise MissingTorchError from None
    from paramcount.verification.compare import compare

    return compare(spec)


__all__ = ["MissingTorchError", "Verified", "verify"]
