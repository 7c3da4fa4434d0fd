"""Moved: paramcount.transformers_class."""

from paramcount.transformers_class import *  # noqa: F403
from paramcount.transformers_class import build, counted, differences, found, stated  # noqa: F401
