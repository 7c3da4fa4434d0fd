"""The audit: printed rows held against recomputed ones, and the search for what explains a difference."""

from paramcount.audit.explain import explain
from paramcount.audit.explanation import Explanation

__all__ = ["Explanation", "explain"]
