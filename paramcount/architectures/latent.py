"""Decoders of DeepSeek's make: latent attention, and routed experts beside shared ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from paramcount.architectures.architecture import DECODER_HEADS, Architecture
from paramcount.architectures.experts import (
    Make,
    after_the_first,
    all_but_one,
    feed_forward,
    layered,
    listed,
    mixture,
    routing,
    shared,
    sparse,
    without_prediction,
)
from paramcount.architectures.llama import pre_norms
from paramcount.architectures.parts import Parts, dense, gated, layer_norm, rms_norm
from paramcount.config import Config
from paramcount.tensor import Size


class Latent(NamedTuple):
    """The widths of latent attention: of the model, of the narrow vectors *r_q* and *r_kv*, and of the heads.

    DeepSeek-AI 2024, sec. 2.1.2 and 2.1.3: a query or key has d_nope numbers, and d_rope more that are rotated. *r_q*
    is None where queries come straight from the model's width.
    """

    d_model: Size
    n_heads: Size
    r_q: Size | None
    r_kv: Size
    d_nope: Size
    d_rope: Size
    d_v: Size


def latent(c: Config, q_rank: bool = True) -> Latent:
    """The widths as DeepSeek's config states them; *q_rank* says that q_lora_rank is no choice."""
    d_model, n_heads = c.size("hidden_size"), c.size("num_attention_heads")
    r_q = c.size("q_lora_rank") if q_rank else c.size_or_none("q_lora_rank")
    d_nope, d_rope, d_v = c.size("qk_nope_head_dim"), c.size("qk_rope_head_dim"), c.size("v_head_dim")
    return Latent(d_model, n_heads, r_q, c.size("kv_lora_rank"), d_nope, d_rope, d_v)


def latent_attention(m: Latent, bias: bool, name: str = "self_attn") -> Parts:
    """Keys and values of all heads out of one narrow vector, queries out of another where there is one."""
    return (*latent_queries(m, bias, name), *latent_values(m, bias, name))


def latent_queries(m: Latent, bias: bool, name: str = "self_attn") -> Parts:
    """The queries' half."""
    width = m.n_heads * (m.d_nope + m.d_rope)
    if m.r_q is None:
        return (dense(f"{name}.q_proj", "attention", m.d_model, width),)
    return (*narrow_query(m, m.r_q, bias, name), dense(f"{name}.q_b_proj", "attention", m.r_q, width))


def narrow_query(m: Latent, r_q: Size, bias: bool, name: str = "self_attn") -> Parts:
    """The narrow vector that queries come from."""
    return (
        dense(f"{name}.q_a_proj", "attention", m.d_model, r_q, bias),
        rms_norm(f"{name}.q_a_layernorm", r_q),
    )


def latent_values(m: Latent, bias: bool, name: str = "self_attn") -> Parts:
    """The half of keys and values, and the way back."""
    return (
        dense(f"{name}.kv_a_proj_with_mqa", "attention", m.d_model, m.r_kv + m.d_rope, bias),
        rms_norm(f"{name}.kv_a_layernorm", m.r_kv),
        dense(f"{name}.kv_b_proj", "attention", m.r_kv, m.n_heads * (m.d_nope + m.d_v)),
        dense(f"{name}.o_proj", "attention", m.n_heads * m.d_v, m.d_model, bias),
    )


def _attention(c: Config, q_rank: bool = True) -> Parts:
    return latent_attention(latent(c, q_rank), c.flag("attention_bias"))


def indexer(c: Config) -> Parts:
    """Which positions attention looks at, scored by narrow heads of their own (DeepSeek-AI 2025, sec. 2.1)."""
    d_model, n_heads, d_head = c.size("hidden_size"), c.size("index_n_heads"), c.size("index_head_dim")
    name = "self_attn.indexer"
    return (
        dense(f"{name}.wq_b", "attention", c.size("q_lora_rank"), n_heads * d_head),
        dense(f"{name}.wk", "attention", d_model, d_head),
        layer_norm(f"{name}.k_norm", d_head),
        dense(f"{name}.weights_proj", "attention", d_model, n_heads),
    )


def experts(
    c: Config, bias: bool = False, n_shared: str = "n_shared_experts", n_experts: str = "n_routed_experts"
) -> Parts:
    """DeepSeek-AI 2024, sec. 2.2: fine-grained routed experts, and shared ones of the same width."""
    d_expert = c.size("moe_intermediate_size")
    return (
        *mixture(c, routing(c, n_experts), d_expert),
        *shared(c, d_expert * c.size(n_shared, least=0), bias=bias),
    )


def deepseek_v2(c: Config) -> Parts:
    """DeepSeek-AI 2024, sec. 2; the shared experts and the dense layers may have biases."""
    bias = c.flag("mlp_bias")
    feeds = {
        "dense": lambda c: gated(c.size("hidden_size"), c.size("intermediate_size"), bias),
        "sparse": lambda c: experts(c, bias),
    }
    return sparse(c, after_the_first(c), feeds, _attention(c, q_rank=False), pre_norms(c))


_FEEDS: Mapping[str, Make] = {"dense": feed_forward, "sparse": experts}


def deepseek_v3(c: Config) -> Parts:
    """DeepSeek-AI 2024b, sec. 2.1: the router's bias is a buffer and no parameter."""
    without_prediction(c, "num_nextn_predict_layers")
    return sparse(c, after_the_first(c), _FEEDS, _attention(c, q_rank=False), pre_norms(c))


def glm4_moe_lite(c: Config) -> Parts:
    """As DeepSeek-V3, the layers that have experts in a list."""
    without_prediction(c)
    return sparse(c, listed(c, all_but_one), _FEEDS, _attention(c, q_rank=False), pre_norms(c))


def deepseek_v32(c: Config) -> Parts:
    """DeepSeek-AI 2025, sec. 2: as DeepSeek-V3, with an indexer in every layer."""
    without_prediction(c)
    kinds = listed(c, after_the_first)
    return sparse(c, kinds, _feeds(c), _attention(c), indexer(c), pre_norms(c))


def _feeds(c: Config) -> Mapping[str, Make]:
    """A key num_experts goes before n_routed_experts, which it may not contradict."""
    if c.get("num_experts") is None:
        return _FEEDS
    if c.given.get("n_routed_experts", c.get("num_experts")) != c.get("num_experts"):
        raise c.refuse(
            "num_experts", f"n_routed_experts = {c.get('n_routed_experts')} contradicts it; valid: one of them"
        )
    return {**_FEEDS, "sparse": lambda c: experts(c, n_experts="num_experts")}


def glm_moe_dsa(c: Config) -> Parts:
    """As DeepSeek-V3.2, with an indexer in some layers, whose choice the next ones share."""
    without_prediction(c)
    kinds = [" ".join(both) for both in zip(_indexers(c), listed(c, after_the_first), strict=True)]

    def layer(kind: str) -> Parts:
        indexing, feed = kind.split()
        own = indexer(c) if indexing == "full" else ()
        return (*_attention(c), *own, *_feeds(c)[feed](c), *pre_norms(c))

    return layered(c, kinds, layer)


def _indexers(c: Config) -> list[str]:
    """The list of indexer_types, or what index_topk_pattern, or a period and an offset, make of it."""
    if c.get("indexer_types") is not None:
        return listed(c, lambda _: [], "indexer_types", ("full", "shared"))
    if isinstance(pattern := c.get("index_topk_pattern"), str):
        if len(pattern) != c.layers() or set(pattern) - {"F", "S"}:
            raise c.refuse("index_topk_pattern", "valid: F or S for every layer")
        return [{"F": "full", "S": "shared"}[letter] for letter in pattern]
    if pattern is not None:
        return listed(c, lambda _: [], "index_topk_pattern", ("full", "shared"))
    period, first = whole(c, "index_topk_freq", 1), whole(c, "index_skip_topk_offset", 2)
    full = (max(at - first + 1, 0) % max(period, 1) == 0 for at in range(c.layers()))
    return ["full" if own else "shared" for own in full]


def whole(c: Config, key: str, otherwise: int) -> int:
    """The number under a key that the type's defaults lack, or *otherwise* where it is absent."""
    return otherwise if key not in c.values else c.size(key, least=0)


def axk1(c: Config) -> Parts:
    """As DeepSeek-V3, with a norm after the experts."""
    after = rms_norm("mlp.post_mlp_layernorm", c.size("hidden_size"))
    feeds = {"dense": feed_forward, "sparse": lambda c: (*experts(c), after)}
    return sparse(c, listed(c, by_frequency), feeds, _attention(c), pre_norms(c))


def by_frequency(c: Config) -> list[str]:
    """Every moe_layer_freq-th layer has experts, but for the first_k_dense_replace first."""
    first, period = whole(c, "first_k_dense_replace", 1), whole(c, "moe_layer_freq", 1)
    if period == 0:
        raise c.refuse("moe_layer_freq", "valid: a whole number from 1 up")
    return ["sparse" if at >= first and at % period == 0 else "dense" for at in range(c.layers())]


DEEPSEEK_V3 = Architecture(
    summary="latent attention, and routed experts beside shared ones",
    source="DeepSeek-AI 2024b, sec. 2.1",
    body=deepseek_v3,
    heads=DECODER_HEADS,
)
DEEPSEEK_V2 = DEEPSEEK_V3._replace(source="DeepSeek-AI 2024, sec. 2", body=deepseek_v2)
DEEPSEEK_V32 = DEEPSEEK_V3._replace(
    summary="DeepSeek-V3 with an indexer that picks positions", source="DeepSeek-AI 2025, sec. 2", body=deepseek_v32
)
GLM_MOE_DSA = DEEPSEEK_V32._replace(source="transformers 5.23.0, models/glm_moe_dsa", body=glm_moe_dsa)
GLM4_MOE_LITE = DEEPSEEK_V3._replace(source="transformers 5.23.0, models/glm4_moe_lite", body=glm4_moe_lite)
AXK1 = DEEPSEEK_V3._replace(source="transformers 5.23.0, models/axk1", body=axk1)
