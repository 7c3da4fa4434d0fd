"""The audit: printed rows compared with recomputed ones, and the search for what explains a difference."""

from paramcount.auditing.explain import explain
from paramcount.auditing.explanation import Explanation

__all__ = ["Explanation", "explain"]
