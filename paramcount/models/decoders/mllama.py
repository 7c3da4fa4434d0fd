"""Llama 3.2's vision models: layers that attend to the image among the text layers."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, across, attention, even_heads
from paramcount.blocks.decoder import pre_norms
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.parts import bare, rms_norm, table
from paramcount.blocks.stacks import stacks
from paramcount.blocks.task_heads import no_head, untied
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.llama import INSIDE

IMAGE_TOKENS = 8  # beyond n_vocab in Mllama's embedding, hard-coded in transformers 5.23.0


def mllama(c: Config) -> Parts:
    """Llama team 2024, sec. 7.2: Llama's decoder with layers that attend to the image among its own."""
    n_layers, d_model = c.layers(), c.size("hidden_size")
    crossing = c.get("cross_attention_layers")
    crossing = [3, 8, 13, 18, 23, 28, 33, 38] if crossing is None else crossing
    if not isinstance(crossing, list) or not all(type(at) is int for at in crossing):
        raise c.refuse("cross_attention_layers", "valid: a list of layer numbers")
    c.goes_on, h = False, even_heads(c)
    common = (*gated_feed_forward(c), *pre_norms(c))
    layer = {"self-attention": (*attention(h), *common), "cross-attention": (*_crossing(h), *common)}
    kinds = ["cross-attention" if at in crossing else "self-attention" for at in range(n_layers)]
    return (
        table("embed_tokens", c.size("vocab_size") + IMAGE_TOKENS, d_model),
        *stacks(c, "layers", kinds, layer.__getitem__, n_layers),
        rms_norm("norm", d_model, "final norm"),
    )


def _crossing(h: Heads) -> Parts:
    """Attention to the image, with norms like Qwen3's, and a gate on each half of the layer."""
    return (
        *across(h, name="cross_attn"),
        rms_norm("cross_attn.q_norm", h.d_head),
        rms_norm("cross_attn.k_norm", h.d_head),
        bare("cross_attn_attn_gate", "cross-attention", 1),
        bare("cross_attn_mlp_gate", "cross-attention", 1),
    )


MLLAMA = INSIDE._replace(
    summary="Llama's decoder with layers that attend to an image",
    source="Llama team 2024, sec. 7.2",
    body=mllama,
    heads={"base": no_head, "causal": untied},
)
