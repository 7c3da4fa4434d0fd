"""What architectures are composed of, under the names that most checkpoints use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from paramcount.blocks.embedding import Embedding
from paramcount.blocks.stored import Bare, Dense, Norm, StackedExperts
from paramcount.config import Config
from paramcount.model import Part, Stack
from paramcount.sized import Sized
from paramcount.tensor import Size

Parts = tuple[Part | Stack, ...]


class Heads(NamedTuple):
    """The widths of attention: of the model, and of its heads."""

    d_model: Size
    n_heads: Size
    n_kv_heads: Size
    d_head: Size


def heads(c: Config) -> Heads:
    """As llama's config states them: n_kv_heads is n_heads, and d_head is d_model / n_heads, unless given."""
    n_heads = c.size("num_attention_heads")
    return Heads(c.size("hidden_size"), n_heads, c.size_or_none("num_key_value_heads") or n_heads, head_width(c))


def heads_stating(c: Config, key: str) -> Heads:
    """As `heads`, for a type whose class needs *key* though its default is null."""
    c.size(key)
    return heads(c)


def head_width(c: Config) -> Size:
    """d_head as given, or d_model / n_heads; null means the latter only where it is the type's own default."""
    is_open = "head_dim" not in c.given or c.about["defaults"].get("head_dim", 0) is None
    if c.get("head_dim") is None and is_open:
        return c.quotient("d_head", "hidden_size", "num_attention_heads")
    return c.size("head_dim")


def whole_heads(c: Config, width: str = "hidden_size", n_heads: str = "num_attention_heads") -> Sized:
    """The model's width, which the heads divide without rest, keys and values having as many; raises ConfigError."""
    c.quotient("d_head", width, n_heads)
    return c.size(width)


def attention(
    h: Heads,
    qkv_bias: bool = False,
    out_bias: bool = False,
    name: str = "self_attn",
    names: tuple[str, str, str, str] = ("q_proj", "k_proj", "v_proj", "o_proj"),
    component: str = "attention",
) -> Parts:
    """Queries for n_heads, keys and values for n_kv_heads, and the way back (Ainslie et al. 2023, sec. 2)."""
    width, shared = h.n_heads * h.d_head, h.n_kv_heads * h.d_head
    q, k, v, o = (f"{name}.{own}" if name else own for own in names)
    return (
        dense(q, component, h.d_model, width, qkv_bias),
        dense(k, component, h.d_model, shared, qkv_bias),
        dense(v, component, h.d_model, shared, qkv_bias),
        dense(o, component, width, h.d_model, out_bias),
    )


def gated(
    d_model: Size,
    d_ff: Size,
    bias: bool = False,
    name: str = "mlp",
    names: tuple[str, str, str] = ("gate_proj", "up_proj", "down_proj"),
    component: str = "feed-forward",
) -> Parts:
    """Gate, up and down (Shazeer 2020, eq. 6)."""
    gate, up, down = (f"{name}.{own}" for own in names)
    return (
        dense(gate, component, d_model, d_ff, bias),
        dense(up, component, d_model, d_ff, bias),
        dense(down, component, d_ff, d_model, bias),
    )


def plain(
    d_model: Size,
    d_ff: Size,
    bias: bool = True,
    name: str = "mlp",
    names: tuple[str, str] = ("up_proj", "down_proj"),
    component: str = "feed-forward",
) -> Parts:
    """Up and down (Vaswani et al. 2017, sec. 3.3)."""
    up, down = (f"{name}.{own}" if name else own for own in names)
    return (dense(up, component, d_model, d_ff, bias), dense(down, component, d_ff, d_model, bias))


def stacked_experts(d_model: Size, d_expert: Size, n_experts: Size, n_active: Size, name: str = "mlp.experts") -> Parts:
    """Gated experts as transformers 5 stores them: gate and up in one tensor, all experts' in one."""
    up = StackedExperts("gate_up_proj", n_experts, n_active, (2 * d_expert, d_model))
    down = StackedExperts("down_proj", n_experts, n_active, (d_model, d_expert))
    return (Part(name, "experts", up), Part(name, "experts", down))


def dense(name: str, component: str, d_in: Size, d_out: Size, bias: bool = False) -> Part:
    """A linear map."""
    return Part(name, component, Dense(d_in, d_out, bias))


def rms_norm(name: str, n: Size, component: str = "norm") -> Part:
    """A norm with a weight alone (Zhang and Sennrich 2019)."""
    return Part(name, component, Norm(n))


def layer_norm(name: str, n: Size, bias: bool = True, component: str = "layer norm") -> Part:
    """LayerNorm (Ba et al. 2016), with a bias or without."""
    return Part(name, component, Norm(n, bias))


def last_norm(c: Config, name: str = "norm", bias: bool = True) -> Parts:
    """LayerNorm behind the last layer."""
    return (layer_norm(name, c.size("hidden_size"), bias, "final norm"),)


def head_norms(h: Heads, q: str = "q_norm", k: str = "k_norm") -> Parts:
    """A norm over each head's query and one over its key, shared by the heads (Henry et al. 2020)."""
    return rms_norm(f"self_attn.{q}", h.d_head), rms_norm(f"self_attn.{k}", h.d_head)


def full_norms(h: Heads) -> Parts:
    """A norm over the queries of all heads at once and one over their keys."""
    q = rms_norm("self_attn.q_norm", h.n_heads * h.d_head)
    return q, rms_norm("self_attn.k_norm", h.n_kv_heads * h.d_head)


def table(name: str, rows: Size, width: Size, component: str = "token embedding", shares: str = "") -> Part:
    """An embedding of so many rows, which may be another tensor of the body."""
    return Part(name, component, Embedding(rows, width, shares))


def bare(name: str, component: str, *shape: Size) -> Part:
    """A parameter without a module of its own: `self_attn.sinks`."""
    owner, _, own = name.rpartition(".")
    return Part(owner, component, Bare(own, shape))


def stacks(c: Config, name: str, kinds: Sequence[str], layer: Callable[[str], Parts], n_layers: Size) -> Parts:
    """Layers of several *kinds*, one of them a layer in order; each kind is a stack of its own.

    Their numbers are sizes of their own in formulas, n_sparse_layers for kind "sparse"; the first kind has the layers
    that remain, so that what all layers have in common is stated once, with n_layers.
    """
    first, *others = dict.fromkeys(kinds)
    numbers = {kind: c.named(_number(kind), kinds.count(kind), f"layers that are {kind}") for kind in others}
    depths = {first: n_layers + -1 * sum(numbers.values()) if others else n_layers, **numbers}
    return tuple(Stack(name, depths[kind], layer(kind), _places(kinds, kind)) for kind in depths)


def _number(kind: str) -> str:
    return f"n_{kind.replace('-', '_').replace(' ', '_')}_layers"


def _places(kinds: Sequence[str], kind: str) -> tuple[int, ...]:
    found = tuple(place for place, one in enumerate(kinds) if one == kind)
    return found if len(found) < len(kinds) else ()
