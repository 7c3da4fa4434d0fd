"""Text models that stand inside models of images or sound alone, and have no language model of their own."""

from __future__ import annotations

from paramcount.architectures.architecture import Architecture, lm_head, no_head, untied
from paramcount.architectures.experts import after_the_first, feed_forward, sparse
from paramcount.architectures.fused import gate_and_up
from paramcount.architectures.latent import experts
from paramcount.architectures.llama import decoder, ernie4_5, gated_feed_forward, llama, norms, pre_norms, qwen2
from paramcount.architectures.parts import (
    Heads,
    Parts,
    attention,
    bare,
    full_norms,
    head_norms,
    heads,
    rms_norm,
    stacks,
    table,
)
from paramcount.architectures.qk_norm import qwen3
from paramcount.architectures.qwen_moe import qwen3_moe
from paramcount.config import Config
from paramcount.model import Stack

IMAGE_TOKENS = 8  # that Mllama's embedding has beside n_vocab, a number in transformers 5.23.0's class


def even_heads(c: Config) -> Heads:
    """Heads of d_model / n_heads each, whatever the config says of their width."""
    n_heads, d_head = c.size("num_attention_heads"), c.quotient("d_head", "hidden_size", "num_attention_heads")
    return Heads(c.size("hidden_size"), n_heads, c.size_or_none("num_key_value_heads") or n_heads, d_head)


def qwen2_vl(c: Config) -> Parts:
    """Wang et al. 2024, sec. 2.1: Qwen2's decoder."""
    return decoder(c, attention(even_heads(c), qkv_bias=True), gated_feed_forward(c), pre_norms(c))


def glm4v(c: Config) -> Parts:
    """GLM-4's decoder with a bias on queries, keys and values."""
    return decoder(c, attention(even_heads(c), qkv_bias=True), gate_and_up(c), pre_norms(c), _behind(c))


def glm_ocr(c: Config) -> Parts:
    """GLM-4's decoder without biases."""
    return decoder(c, attention(heads(c)), gate_and_up(c), pre_norms(c), _behind(c))


def _behind(c: Config) -> Parts:
    return norms(c, "post_self_attn_layernorm", "post_mlp_layernorm")


def glm4v_moe(c: Config) -> Parts:
    """GLM-4.5's decoder without norms over queries and keys."""
    attends = attention(heads(c), c.flag("attention_bias"))
    return sparse(c, after_the_first(c), {"dense": feed_forward, "sparse": experts}, attends, pre_norms(c))


def molmo2(c: Config) -> Parts:
    """Qwen3's decoder, its embedding wider than its head; norms over each head or over all at once."""
    h, d_model = heads(c), c.size("hidden_size")
    kind = c.get("qk_norm_type")
    if kind not in ("qwen3", "olmo"):
        raise c.refuse("qk_norm_type", "valid: qwen3 or olmo")
    qk_norms = head_norms(h) if kind == "qwen3" else full_norms(h)
    layer = (*attention(h, c.flag("attention_bias")), *qk_norms, *gated_feed_forward(c), *pre_norms(c))
    return (
        table("embed_tokens", c.size("vocab_size") + c.size("additional_vocab_size", least=0), d_model),
        Stack("layers", c.size("num_hidden_layers"), layer),
        rms_norm("norm", d_model, "final norm"),
    )


def mllama(c: Config) -> Parts:
    """Llama team 2024, sec. 7.2: Llama's decoder with layers that attend to the image between its own."""
    n_layers, d_model = c.layers(), c.size("hidden_size")
    crossing = c.get("cross_attention_layers")
    crossing = [3, 8, 13, 18, 23, 28, 33, 38] if crossing is None else crossing
    if not isinstance(crossing, list) or not all(type(at) is int for at in crossing):
        raise c.refuse("cross_attention_layers", "valid: a list of the layers' numbers")
    h = even_heads(c)
    common = (*gated_feed_forward(c), *pre_norms(c))
    layer = {"self-attention": (*attention(h), *common), "cross-attention": (*_crossing(h), *common)}
    kinds = ["cross-attention" if at in crossing else "self-attention" for at in range(n_layers)]
    return (
        table("embed_tokens", c.size("vocab_size") + IMAGE_TOKENS, d_model),
        *stacks(c, "layers", kinds, layer.__getitem__, n_layers),
        rms_norm("norm", d_model, "final norm"),
    )


def _crossing(h: Heads) -> Parts:
    """Attention to the image, normed like Qwen3's, and a gate on each half of the layer."""
    return (
        *attention(h, name="cross_attn", component="cross-attention"),
        rms_norm("cross_attn.q_norm", h.d_head),
        rms_norm("cross_attn.k_norm", h.d_head),
        bare("cross_attn_attn_gate", "cross-attention", 1),
        bare("cross_attn_mlp_gate", "cross-attention", 1),
    )


QWEN2_VL = Architecture(
    summary="Qwen2's decoder inside a model of images",
    source="Wang et al. 2024, sec. 2.1",
    body=qwen2_vl,
    heads={"base": no_head, "causal": lm_head()},
)
INSIDE = QWEN2_VL._replace(source="transformers 5.23.0")
QWEN2_5_OMNI = QWEN2_VL._replace(source="transformers 5.23.0", body=qwen2)
QWEN3_VL = INSIDE._replace(summary="Qwen3's decoder inside a model of images", body=qwen3)
QWEN3_VL_MOE = INSIDE._replace(summary="Qwen3's mixture of experts inside a model of images", body=qwen3_moe)
GLM4V = INSIDE._replace(summary="GLM-4's decoder inside a model of images", body=glm4v)
GLM_OCR = GLM4V._replace(body=glm_ocr)
GLM4V_MOE = INSIDE._replace(summary="GLM-4.5's mixture of experts inside a model of images", body=glm4v_moe)
LLAMA_INSIDE = INSIDE._replace(summary="Llama's decoder inside a model of images", body=llama)
PADDLEOCR_VL = INSIDE._replace(summary="ERNIE 4.5's decoder inside a model of images", body=ernie4_5)
MOLMO2 = INSIDE._replace(
    summary="Qwen3's decoder inside a model of images", body=molmo2, heads={"base": no_head, "causal": untied}
)
MLLAMA = INSIDE._replace(
    summary="Llama's decoder with layers that attend to an image",
    source="Llama team 2024, sec. 7.2",
    body=mllama,
    heads={"base": no_head, "causal": untied},
)
