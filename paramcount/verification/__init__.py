"""Verification: torch modules written by hand from the papers, and comparison of a ledger with them.

torch is imported only when a model is verified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramcount.errors import InputError
from paramcount.extras import need
from paramcount.verification.result import NotBuiltError, Verified

if TYPE_CHECKING:
    from paramcount.catalog.spec import Spec


def verify(spec: Spec, against: str = "") -> Verified:
    """Compare the ledger of *spec* with a witness on the meta device, which holds no data.

    The witness is the torch module written by hand from its paper, or transformers' class: *against* is "papers" or
    "transformers", by default the latter for a config. Raises MissingLibraryError if torch is not installed, and
    InputError if there is no such witness, or its tensors are too many or too large.
    """
    need("verify", "torch")
    if against not in ("", "papers", "transformers"):
        raise InputError(f"against {against}: unknown witness; valid: papers, transformers")
    if (against or ("transformers" if spec.family.configured(spec.sizes) else "papers")) == "transformers":
        return _against_transformers(spec)
    from paramcount.verification.compare import compare

    return compare(spec)


def _against_transformers(spec: Spec) -> Verified:
    need("verify", "transformers")
    from paramcount.verification.against import against_transformers

    return against_transformers(spec)


__all__ = ["NotBuiltError", "Verified", "verify"]
