"""Phi: parallel attention and feed-forward, Phi-3 with fused maps, and Phi-3.5-MoE."""

from __future__ import annotations

from paramcount.blocks.attention import attention, even_heads, fused_attention, heads
from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.experts import wide_experts
from paramcount.blocks.feedforward import gate_and_up, plain
from paramcount.blocks.parts import layer_norm
from paramcount.blocks.task_heads import DECODER_HEADS, lm_head, lm_head_with
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.llama import LIKE_LLAMA
from paramcount.models.decoders.mixtral import MIXTRAL


def phi3(c: Config) -> Parts:
    """Abdin et al. 2024, sec. 2: Llama's decoder with queries, keys and values in one map."""
    attends = fused_attention(heads(c), "self_attn", ("qkv_proj", "o_proj"))
    return decoder(c, attends, gate_and_up(c), pre_norms(c))


def phimoe(c: Config) -> Parts:
    """Abdin et al. 2024, sec. 2: as Mixtral, with LayerNorm, and biases if the config says so."""
    h, bias = heads(c), c.flag("attention_bias")
    norms = layer_norm("input_layernorm", h.d_model), layer_norm("post_attention_layernorm", h.d_model)
    *body, _ = decoder(c, attention(h, bias, bias), wide_experts(c, "router"), norms)
    return (*body, layer_norm("norm", h.d_model, component="final norm"))


def phi(c: Config) -> Parts:
    """Gunasekar et al. 2023, sec. 2.3, as in transformers 5.23.0's class: biases everywhere, ungated."""
    d_model, h = c.size("hidden_size"), heads(c)
    names = ("q_proj", "k_proj", "v_proj", "dense")
    feed_forward = plain(d_model, c.size("intermediate_size"), names=("fc1", "fc2"))
    layer = (*attention(h, True, True, names=names), *feed_forward, layer_norm("input_layernorm", d_model))
    if c.flag("qk_layernorm"):
        d_head = even_heads(c).d_head
        layer += tuple(layer_norm(f"self_attn.{own}_layernorm", d_head) for own in "qk")
    return decoder(c, layer, last=(layer_norm("final_layernorm", d_model, component="final norm"),))


PHI3 = LIKE_LLAMA._replace(source="Abdin et al. 2024, sec. 2", body=phi3)
PHIMOE = MIXTRAL._replace(
    summary="Mixtral's decoder with LayerNorm",
    source="Abdin et al. 2024, sec. 2",
    body=phimoe,
    heads={**DECODER_HEADS, "causal": lm_head_with("lm_head_bias")},
)
PHI = LIKE_LLAMA._replace(
    summary="decoder with parallel attention and feed-forward, rotary positions and biases",
    source="Gunasekar et al. 2023, sec. 2.3",
    body=phi,
    heads={**LIKE_LLAMA.heads, "causal": lm_head(bias=True)},
)
