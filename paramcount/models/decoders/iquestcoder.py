"""IQuest-Coder: Llama."""

from __future__ import annotations

from paramcount.models.decoders.llama import LIKE_LLAMA

IQUESTCODER = LIKE_LLAMA
