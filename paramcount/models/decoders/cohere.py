"""Cohere's Command: parallel attention and feed-forward on one LayerNorm, and a mixture of experts."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, attention, heads
from paramcount.blocks.decoder import decoder, layered
from paramcount.blocks.experts import mixture, routing, shared
from paramcount.blocks.feedforward import gated, gated_feed_forward
from paramcount.blocks.parts import bare, last_norm, layer_norm, rms_norm
from paramcount.blocks.stacks import after_the_first, listed
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture
from paramcount.models.decoders.afmoe import AFMOE
from paramcount.models.decoders.llama import LIKE_LLAMA


def side_by_side(c: Config, h: Heads) -> Parts:
    """Cohere's layer: attention and a gated feed-forward on one LayerNorm without a bias."""
    bias = c.flag("attention_bias")
    norm = layer_norm("input_layernorm", c.size("hidden_size"), bias=False)
    return (*attention(h, bias, bias), *gated_feed_forward(c), norm)


def cohere(c: Config) -> Parts:
    """Command R, as in transformers 5.23.0's class, with an optional separate norm for every head."""
    h = heads(c)
    layer = side_by_side(c, h)
    if c.flag("use_qk_norm"):
        q = bare("self_attn.q_norm.weight", "layer norm", h.n_heads, h.d_head)
        layer += (q, bare("self_attn.k_norm.weight", "layer norm", h.n_kv_heads, h.d_head))
    return decoder(c, layer, last=last_norm(c, bias=False))


def cohere2(c: Config) -> Parts:
    """Command A, as in transformers 5.23.0's class: as Command R, without norms over queries and keys."""
    return decoder(c, side_by_side(c, heads(c)), last=last_norm(c, bias=False))


def cohere2_moe(c: Config) -> Parts:
    """Parallel attention and feed-forward after one norm without a bias."""
    h, bias, d_ff = heads(c), c.flag("attention_bias"), c.size("intermediate_size")
    is_rms = c.get("rms_norm_eps") is not None

    def norm(name: str, component: str) -> Parts:
        return (rms_norm(name, h.d_model, component) if is_rms else layer_norm(name, h.d_model, False, component),)

    def layer(kind: str) -> Parts:
        feed = gated(h.d_model, c.size_or_none("prefix_dense_intermediate_size") or d_ff) if kind == "dense" else ours()
        return (*attention(h, bias, bias), *feed, *norm("input_layernorm", "norm" if is_rms else "layer norm"))

    def ours() -> Parts:
        n_shared = c.size("num_shared_experts", least=0)
        return (*mixture(c, routing(c), d_ff), *(shared(c, d_ff * n_shared) if n_shared else ()))

    *body, _ = layered(c, listed(c, _first_or_none), layer)
    return (*body, *norm("norm", "final norm"))


def _first_or_none(c: Config) -> list[str]:
    return after_the_first(c) if "first_k_dense_replace" in c.given else ["sparse"] * c.layers()


COHERE = Architecture(
    summary="decoder with parallel attention and gated feed-forward",
    source="transformers 5.23.0",
    body=cohere,
    heads=LIKE_LLAMA.heads,
)
COHERE2 = COHERE._replace(body=cohere2)
COHERE2_MOE = AFMOE._replace(
    summary="parallel attention and experts after one norm",
    source="transformers 5.23.0, models/cohere2_moe",
    body=cohere2_moe,
)
