"""SmolLM 3: Llama with a fourth of its layers without rotary positions."""

from __future__ import annotations

from paramcount.models.decoders.llama import LIKE_LLAMA

SMOLLM3 = LIKE_LLAMA
