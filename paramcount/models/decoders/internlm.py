"""InternLM 3: Llama."""

from __future__ import annotations

from paramcount.models.decoders.llama import LIKE_LLAMA

INTERNLM3 = LIKE_LLAMA
