"""Attention: its widths from a config, its four maps, and norms over queries and keys."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.blocks.parts import dense, fused, rms_norm
from paramcount.blocks.products import Attend
from paramcount.blocks.roles import KEY, OUTPUT, QUERY, VALUE, Map
from paramcount.blocks.wrapped import Each, OfSource
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.operation import CROSS_PAIR, SOURCE
from paramcount.ledger.tensor import Size


class Heads(NamedTuple):
    """The widths of attention: the model's and the heads'."""

    d_model: Size
    n_heads: Size
    n_kv_heads: Size
    d_head: Size


def heads(c: Config) -> Heads:
    """As in llama's config: n_kv_heads defaults to n_heads, and d_head to d_model / n_heads."""
    n_heads = c.size("num_attention_heads")
    return Heads(c.size("hidden_size"), n_heads, c.size_or_none("num_key_value_heads") or n_heads, head_width(c))


def heads_stating(c: Config, key: str) -> Heads:
    """As `heads`, for a type whose class requires *key* though its default is null."""
    c.size(key)
    return heads(c)


def head_width(c: Config) -> Size:
    """d_head as given, or d_model / n_heads; null means the latter only if it is the type's own default.

    The quotient is rounded down if the type's class does that.
    """
    is_open = "head_dim" not in c.given or c.about["defaults"].get("head_dim", 0) is None
    if c.get("head_dim") is None and is_open:
        return c.quotient("d_head", "hidden_size", "num_attention_heads", rest=c.about.get("rest", False))
    return c.size("head_dim")


def whole_heads(c: Config, width: str = "hidden_size", n_heads: str = "num_attention_heads") -> Heads:
    """Heads of d_model / n_heads each, which must divide evenly, with as many key-value heads; raises ConfigError."""
    d_head, heads = c.quotient("d_head", width, n_heads), c.size(n_heads)
    return Heads(c.size(width), heads, heads, d_head)


def attention(
    h: Heads,
    qkv_bias: bool = False,
    out_bias: bool = False,
    name: str = "self_attn",
    names: tuple[str, str, str, str] = ("q_proj", "k_proj", "v_proj", "o_proj"),
    component: str = "attention",
) -> Parts:
    """Queries for n_heads, keys and values for n_kv_heads, and the output map (Ainslie et al. 2023, sec. 2)."""
    q, k, v, o = (f"{name}.{own}" if name else own for own in names)
    into = projections(h, (q, k, v), qkv_bias, component)
    return (*into, dense(o, component, h.n_heads * h.d_head, h.d_model, out_bias, OUTPUT), attend(h, component))


def attend(h: Heads, component: str = "attention") -> Part:
    """Attention between queries and keys of d_head; per token the keys and values of n_kv_heads are cached."""
    width = h.n_heads * h.d_head
    return Part("", component, Attend(width, width, 2 * (h.n_kv_heads * h.d_head), n_heads=h.n_heads))


def across(
    h: Heads,
    bias: bool = False,
    name: str = "encoder_attn",
    names: tuple[str, str, str, str] = ("q_proj", "k_proj", "v_proj", "o_proj"),
    d_source: Size | None = None,
) -> Parts:
    """Attention with keys and values from an encoder's output (Vaswani et al. 2017, sec. 3.2.3), *d_source* wide."""
    q, k, v, o = (f"{name}.{own}" for own in names)
    d_in = h.d_model if d_source is None else d_source
    width, shared, component = h.n_heads * h.d_head, h.n_kv_heads * h.d_head, "cross-attention"
    return (
        dense(q, component, h.d_model, width, bias, QUERY),
        at_source(dense(k, component, d_in, shared, bias, KEY)),
        at_source(dense(v, component, d_in, shared, bias, VALUE)),
        dense(o, component, width, h.d_model, bias, OUTPUT),
        attend_across(h),
    )


def attend_across(h: Heads) -> Part:
    """Attention to an encoder's output, caching keys and values for each of its tokens."""
    width = h.n_heads * h.d_head
    return Part("", "cross-attention", Attend(width, width, 2 * (h.n_kv_heads * h.d_head), CROSS_PAIR))


def at_source(part: Part) -> Part:
    """*part*, multiplied for source tokens, beside parts multiplied for a decoder's tokens."""
    return part._replace(block=Each(part.block, SOURCE))


def of_source(parts: Parts) -> Parts:
    """The *parts* of an encoder that a decoder attends to."""
    return tuple(
        part._replace(layer=of_source(part.layer))
        if isinstance(part, Stack)
        else part._replace(block=OfSource(part.block))
        for part in parts
    )


def projections(h: Heads, names: tuple[str, str, str], bias: bool = False, component: str = "attention") -> Parts:
    """The maps to queries, keys and values."""
    return tuple(
        dense(name, component, h.d_model, width, bias, role) for name, (role, width) in zip(names, qkv(h), strict=True)
    )


def qkv(h: Heads) -> tuple[Map, Map, Map]:
    """Queries, keys and values, and the width of each over all heads."""
    shared = h.n_kv_heads * h.d_head
    return (QUERY, h.n_heads * h.d_head), (KEY, shared), (VALUE, shared)


def fused_attention(
    h: Heads,
    name: str,
    names: tuple[str, str] = ("query_key_value", "dense"),
    qkv_bias: bool = False,
    out_bias: bool = False,
) -> Parts:
    """Queries, keys and values in one map, and the output map."""
    into, out = (f"{name}.{own}" for own in names)
    return (
        fused(into, "attention", h.d_model, qkv(h), qkv_bias),
        dense(out, "attention", h.n_heads * h.d_head, h.d_model, out_bias, OUTPUT),
        attend(h),
    )


def head_norms(h: Heads, q: str = "q_norm", k: str = "k_norm") -> Parts:
    """A norm over each head's query and one over its key, shared by the heads (Henry et al. 2020)."""
    return rms_norm(f"self_attn.{q}", h.d_head), rms_norm(f"self_attn.{k}", h.d_head)


def full_norms(h: Heads) -> Parts:
    """A norm over the queries of all heads together and one over their keys."""
    q = rms_norm("self_attn.q_norm", h.n_heads * h.d_head)
    return q, rms_norm("self_attn.k_norm", h.n_kv_heads * h.d_head)


def even_heads(c: Config) -> Heads:
    """Heads of d_model / n_heads each, whatever width the config gives."""
    n_heads, d_head = c.size("num_attention_heads"), c.quotient("d_head", "hidden_size", "num_attention_heads")
    return Heads(c.size("hidden_size"), n_heads, c.size_or_none("num_key_value_heads") or n_heads, d_head)
