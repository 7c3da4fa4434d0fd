"""Kolibri: routed experts and a shared one in every layer, and four norms per layer."""

from __future__ import annotations

from paramcount.blocks.attention import attention, head_norms, heads
from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.experts import shared
from paramcount.blocks.parts import rms_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.qwen import QWEN3_MOE, fine_grained


def kolibri(c: Config) -> Parts:
    """Routed experts and a shared one in every layer, and a norm before and after each half of it."""
    h = heads(c)
    ours = (*fine_grained(c), *shared(c, c.size("shared_expert_intermediate_size", least=0)))
    post = rms_norm("post_self_attn_layernorm", h.d_model), rms_norm("post_mlp_layernorm", h.d_model)
    return decoder(c, attention(h), head_norms(h), ours, pre_norms(c), post)


KOLIBRI = QWEN3_MOE._replace(source="transformers 5.23.0, models/kolibri1", body=kolibri)
