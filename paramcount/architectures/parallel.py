"""Decoders with attention and feed-forward side by side on one LayerNorm: Phi, Cohere's, and StableLM at choice."""

from __future__ import annotations

from paramcount.architectures.architecture import Architecture, Parts, lm_head
from paramcount.architectures.llama import LIKE_LLAMA, decoder, gated_feed_forward
from paramcount.architectures.parts import Heads, attention, bare, heads, last_norm, layer_norm, plain
from paramcount.config import Config
from paramcount.model import Stack
from paramcount.tensor import Size


def own_width(c: Config) -> Heads:
    """The heads of types whose d_head is d_model / n_heads whatever else the config says."""
    n_heads = c.size("num_attention_heads")
    d_head = c.quotient("d_head", "hidden_size", "num_attention_heads")
    return Heads(c.size("hidden_size"), n_heads, c.size_or_none("num_key_value_heads") or n_heads, d_head)


def phi(c: Config) -> Parts:
    """Gunasekar et al. 2023, sec. 2.3, as transformers 5.23.0's class has it: biases everywhere, no gate."""
    d_model, h = c.size("hidden_size"), heads(c)
    names = ("q_proj", "k_proj", "v_proj", "dense")
    feed_forward = plain(d_model, c.size("intermediate_size"), names=("fc1", "fc2"))
    layer = (*attention(h, True, True, names=names), *feed_forward, layer_norm("input_layernorm", d_model))
    if c.flag("qk_layernorm"):
        d_head = own_width(c).d_head
        layer += tuple(layer_norm(f"self_attn.{own}_layernorm", d_head) for own in "qk")
    return decoder(c, layer, last=(layer_norm("final_layernorm", d_model, component="final norm"),))


def side_by_side(c: Config, h: Heads) -> Parts:
    """Cohere's layer: attention and a gated feed-forward on one LayerNorm without a bias."""
    bias = c.flag("attention_bias")
    norm = layer_norm("input_layernorm", c.size("hidden_size"), bias=False)
    return (*attention(h, bias, bias), *gated_feed_forward(c), norm)


def cohere(c: Config) -> Parts:
    """Command R, as transformers 5.23.0's class has it: where asked for, a norm of its own for every head."""
    h = heads(c)
    layer = side_by_side(c, h)
    if c.flag("use_qk_norm"):
        q = bare("self_attn.q_norm.weight", "layer norm", h.n_heads, h.d_head)
        layer += (q, bare("self_attn.k_norm.weight", "layer norm", h.n_kv_heads, h.d_head))
    return decoder(c, layer, last=last_norm(c, bias=False))


def cohere2(c: Config) -> Parts:
    """Command A, as transformers 5.23.0's class has it: as Command R, without norms over queries and keys."""
    return decoder(c, side_by_side(c, heads(c)), last=last_norm(c, bias=False))


def stablelm(c: Config) -> Parts:
    """Bellagente et al. 2024, sec. 3: one LayerNorm where the halves are side by side, two where they are not."""
    d_model, h = c.size("hidden_size"), own_width(c)
    layer = (*attention(h, c.flag("use_qkv_bias")), *gated_feed_forward(c), layer_norm("input_layernorm", d_model))
    if not c.flag("use_parallel_residual"):
        layer += (layer_norm("post_attention_layernorm", d_model),)
    if c.flag("qk_layernorm"):
        layer += (_norm_a_head("q", h.n_heads, h.d_head), _norm_a_head("k", h.n_kv_heads, h.d_head))
    return decoder(c, layer, last=last_norm(c))


def _norm_a_head(own: str, n_heads: Size, d_head: Size) -> Stack:
    return Stack(f"self_attn.{own}_layernorm.norms", n_heads, (layer_norm("", d_head, bias=False),))


PHI = LIKE_LLAMA._replace(
    summary="decoder with attention and feed-forward side by side, rotary positions and biases",
    source="Gunasekar et al. 2023, sec. 2.3",
    body=phi,
    heads={**LIKE_LLAMA.heads, "causal": lm_head(bias=True)},
)
COHERE = Architecture(
    summary="decoder with attention and a gated feed-forward side by side",
    source="transformers 5.23.0",
    body=cohere,
    heads=LIKE_LLAMA.heads,
)
COHERE2 = COHERE._replace(body=cohere2)
STABLELM = LIKE_LLAMA._replace(
    summary="Llama's decoder with LayerNorm",
    source="Bellagente et al. 2024, sec. 3",
    body=stablelm,
)
