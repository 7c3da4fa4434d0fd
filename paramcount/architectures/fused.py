"""Decoders of Llama's make whose matrices are stored as one: Phi-3, GLM-4."""

from __future__ import annotations

from paramcount.architectures.architecture import Parts
from paramcount.architectures.llama import LIKE_LLAMA, decoder, norms, pre_norms
from paramcount.architectures.parts import attention, dense, heads
from paramcount.config import Config


def gate_and_up(c: Config) -> Parts:
    """Gate and up in one map, and down."""
    d_model, d_ff = c.size("hidden_size"), c.size("intermediate_size")
    gate_up = dense("mlp.gate_up_proj", "feed-forward", d_model, 2 * d_ff)
    return gate_up, dense("mlp.down_proj", "feed-forward", d_ff, d_model)


def phi3(c: Config) -> Parts:
    """Abdin et al. 2024, sec. 2: Llama's decoder, queries, keys and values in one map."""
    h = heads(c)
    width = h.n_heads * h.d_head
    attends = (
        dense("self_attn.qkv_proj", "attention", h.d_model, width + 2 * (h.n_kv_heads * h.d_head)),
        dense("self_attn.o_proj", "attention", width, h.d_model),
    )
    return decoder(c, attends, gate_and_up(c), pre_norms(c))


def glm(c: Config) -> Parts:
    """GLM-4 as transformers 5.23.0's class has it: a switch for the bias on queries, keys and values."""
    return decoder(c, attention(heads(c), c.flag("attention_bias")), gate_and_up(c), pre_norms(c))


def glm4(c: Config) -> Parts:
    """GLM-4-0414 as transformers 5.23.0's class has it: norms behind attention and feed-forward too."""
    post = norms(c, "post_self_attn_layernorm", "post_mlp_layernorm")
    return decoder(c, attention(heads(c), c.flag("attention_bias")), gate_and_up(c), pre_norms(c), post)


PHI3 = LIKE_LLAMA._replace(source="Abdin et al. 2024, sec. 2", body=phi3)
GLM = LIKE_LLAMA._replace(source="transformers 5.23.0", body=glm)
GLM4 = GLM._replace(summary="Llama's decoder with norms before and behind", body=glm4)
