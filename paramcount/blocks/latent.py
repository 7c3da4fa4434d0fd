"""DeepSeek's latent attention, its indexer, and its experts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from paramcount.blocks.decoder import Make
from paramcount.blocks.experts import mixture, routing, shared
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.leaves import Dense, Fused
from paramcount.blocks.parts import dense, fused, layer_norm, rms_norm
from paramcount.blocks.products import Attend
from paramcount.blocks.roles import OUTPUT, QUERY, Role, together
from paramcount.blocks.wrapped import Each
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.ledger.operation import SCORED, SEEN
from paramcount.ledger.tensor import Size

# DeepSeek-AI 2024, sec. 2.1.2 and 2.1.3: the maps down to a latent vector and up from it, and the rotated ones.
QUERY_DOWN, QUERY_UP, QUERY_ROTATED = Role("query down", "DQ"), Role("query up", "UQ"), Role("rotated query", "QR")
DOWN, KEY_UP, VALUE_UP = Role("key and value down", "DKV"), Role("key up", "UK"), Role("value up", "UV")
KEY_ROTATED = Role("rotated key", "KR")


class Latent(NamedTuple):
    """The widths of latent attention: the model's, the latent vectors *r_q* and *r_kv*, and the heads'.

    DeepSeek-AI 2024, sec. 2.1.2 and 2.1.3: a query or key has d_nope numbers, and d_rope more that are rotated. *r_q*
    is None if queries come straight from the model's width.
    """

    d_model: Size
    n_heads: Size
    r_q: Size | None
    r_kv: Size
    d_nope: Size
    d_rope: Size
    d_v: Size


def latent(c: Config, q_rank: bool = True) -> Latent:
    """The widths in DeepSeek's config; *q_rank* says that q_lora_rank is required."""
    d_model, n_heads = c.size("hidden_size"), c.size("num_attention_heads")
    r_q = c.size("q_lora_rank") if q_rank else c.size_or_none("q_lora_rank")
    d_nope, d_rope, d_v = c.size("qk_nope_head_dim"), c.size("qk_rope_head_dim"), c.size("v_head_dim")
    return Latent(d_model, n_heads, r_q, c.size("kv_lora_rank"), d_nope, d_rope, d_v)


def latent_attention(m: Latent, bias: bool, name: str = "self_attn") -> Parts:
    """Keys and values of all heads from one latent vector, queries from another if there is one."""
    return (*latent_queries(m, bias, name), *latent_values(m, bias, name))


def latent_queries(m: Latent, bias: bool, name: str = "self_attn") -> Parts:
    """The half for queries."""
    if m.r_q is None:
        width = m.n_heads * (m.d_nope + m.d_rope)
        return (dense(f"{name}.q_proj", "attention", m.d_model, width, role=QUERY),)
    maps = ((QUERY_UP, m.n_heads * m.d_nope), (QUERY_ROTATED, m.n_heads * m.d_rope))
    return (*narrow_query(m, m.r_q, bias, name), fused(f"{name}.q_b_proj", "attention", m.r_q, maps))


def narrow_query(m: Latent, r_q: Size, bias: bool, name: str = "self_attn") -> Parts:
    """The latent vector for queries."""
    return (
        dense(f"{name}.q_a_proj", "attention", m.d_model, r_q, bias, QUERY_DOWN),
        rms_norm(f"{name}.q_a_layernorm", r_q),
    )


def latent_values(m: Latent, bias: bool, name: str = "self_attn") -> Parts:
    """The half for keys and values, and the output map."""
    ups = ((KEY_UP, m.n_heads * m.d_nope), (VALUE_UP, m.n_heads * m.d_v))
    return (
        fused(f"{name}.kv_a_proj_with_mqa", "attention", m.d_model, ((DOWN, m.r_kv), (KEY_ROTATED, m.d_rope)), bias),
        rms_norm(f"{name}.kv_a_layernorm", m.r_kv),
        Part(f"{name}.kv_b_proj", "attention", Each(Fused(Dense(m.r_kv, together(ups)), ups), SEEN)),
        Part("", "attention", Attend(m.n_heads * (m.d_nope + m.d_rope), m.n_heads * m.d_v, m.r_kv + m.d_rope)),
        dense(f"{name}.o_proj", "attention", m.n_heads * m.d_v, m.d_model, bias, OUTPUT),
    )


def attention_of(c: Config, q_rank: bool = True) -> Parts:
    return latent_attention(latent(c, q_rank), c.flag("attention_bias"))


def indexer(c: Config) -> Parts:
    """Which positions attention looks at, scored by small heads of its own (DeepSeek-AI 2025, sec. 2.1)."""
    d_model, n_heads, d_head = c.size("hidden_size"), c.size("index_n_heads"), c.size("index_head_dim")
    name = "self_attn.indexer"
    return (
        dense(f"{name}.wq_b", "attention", c.size("q_lora_rank"), n_heads * d_head),
        dense(f"{name}.wk", "attention", d_model, d_head),
        layer_norm(f"{name}.k_norm", d_head),
        dense(f"{name}.weights_proj", "attention", d_model, n_heads),
        Part("", "indexer", Attend(n_heads * d_head, n_heads, d_head, SCORED)),
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


FEEDS: Mapping[str, Make] = {"dense": gated_feed_forward, "sparse": experts}
