"""Decoders of full and of linear attention by a delta rule: Qwen3-Next, Qwen3.5, Kimi Linear and OLMo Hybrid."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from paramcount.architectures.architecture import DECODER_HEADS, HEADS_WITH_SPANS, Architecture, no_head, untied
from paramcount.architectures.experts import (
    after_the_first,
    all_but_one,
    feed_forward,
    layered,
    listed,
    numbers,
    periodic,
)
from paramcount.architectures.latent import experts, latent, latent_attention
from paramcount.architectures.llama import pre_norms
from paramcount.architectures.mixers import FULL_OR_LINEAR, Delta, delta_of, depthwise, gated_delta, short, typed
from paramcount.architectures.parts import Parts, attention, bare, dense, full_norms, head_norms, heads, rms_norm
from paramcount.architectures.qwen_moe import with_gated_shared
from paramcount.config import Config
from paramcount.tensor import Size

Make = Callable[[Config], Parts]


def qwen3_next(c: Config) -> Parts:
    """Yang et al. 2025, sec. 3, in three layers of four, gated attention in the fourth; experts by a period."""
    return _mixed(c, periodic(c), {"full": gated_attention, "linear": _next_delta}, _QWEN_FEEDS)


def qwen3_5(c: Config) -> Parts:
    """As Qwen3-Next, without experts; the maps into the delta net are separate."""
    return _mixed(c, ["dense"] * c.layers(), _QWEN3_5, _QWEN_FEEDS)


def qwen3_5_moe(c: Config) -> Parts:
    """The same with experts in every layer."""
    return _mixed(c, ["sparse"] * c.layers(), _QWEN3_5, _QWEN_FEEDS)


def _mixed(c: Config, feeds: list[str], mixers: Mapping[str, Make], makes: Mapping[str, Make]) -> Parts:
    """A layer of each pair of a mixer, as layer_types lists them, and a feed-forward of *feeds*."""

    attends = short(typed(c, _by_interval))
    kinds = [" ".join(pair) for pair in zip(attends, feeds, strict=True)] if len(set(feeds)) > 1 else attends

    def layer(kind: str) -> Parts:
        mixer, _, feed = kind.partition(" ")
        return (*mixers[mixer](c), *makes[feed or feeds[0]](c), *pre_norms(c))

    return layered(c, kinds, layer)


def _by_interval(c: Config) -> list[str]:
    period = c.size("full_attention_interval") if "full_attention_interval" in c.given else 4
    return ["linear_attention" if (at + 1) % period else "full_attention" for at in range(c.layers())]


def gated_attention(c: Config) -> Parts:
    """Attention with norms over each head's query and key; queries come with a gate as wide."""
    h, bias = heads(c), c.flag("attention_bias")
    query = dense("self_attn.q_proj", "attention", h.d_model, 2 * h.n_heads * h.d_head, bias)
    return (query, *attention(h, bias, bias)[1:], *head_norms(h))


def _next_delta(c: Config) -> Parts:
    m = delta_of(c)
    maps = {"in_proj_qkvz": 2 * m.keys + 2 * m.values, "in_proj_ba": 2 * m.n_v_heads}
    return gated_delta(m, maps, ("norm", "out_proj"))


def delta_net(c: Config) -> Parts:
    """A gated delta net (Yang et al. 2025, sec. 3), with a map for each of what its layer reads."""
    m = delta_of(c)
    maps = {
        "in_proj_qkv": 2 * m.keys + m.values,
        "in_proj_z": m.values,
        "in_proj_b": m.n_v_heads,
        "in_proj_a": m.n_v_heads,
    }
    return gated_delta(m, maps, ("norm", "out_proj"))


_QWEN_FEEDS = {"dense": feed_forward, "sparse": with_gated_shared}
_QWEN3_5 = {"full": gated_attention, "linear": delta_net}


def kimi_linear(c: Config) -> Parts:
    """Kimi team 2025: latent attention in some layers, in the others delta attention by channel."""
    m, bias, inner = latent(c, q_rank=False), c.flag("attention_bias"), _linear_config(c)
    attends = short(typed(c, lambda c: _numbered(c, inner)))
    kinds = [" ".join(pair) for pair in zip(attends, listed(c, _first_dense), strict=True)]

    def layer(kind: str) -> Parts:
        attend, feed = kind.split()
        mixer = latent_attention(m, bias) if attend == "full" else _channels(c, inner)
        ours = experts(c, n_experts="num_local_experts") if feed == "sparse" else feed_forward(c)
        return (*mixer, *ours, *pre_norms(c))

    return layered(c, kinds, layer)


def _linear_config(c: Config) -> Config:
    """What first versions had as an object of its own, which rules."""
    if "linear_attn_config" in c.given and c.get("linear_attn_config") is None:
        raise c.refuse("linear_attn_config", "valid: an object of keys and values")
    return c.nested("linear_attn_config")


def _first_dense(c: Config) -> list[str]:
    return after_the_first(c) if "first_k_dense_replace" in c.given else all_but_one(c)


def _numbered(c: Config, inner: Config) -> list[str]:
    """The layers as linear_attn_config numbers them, from 1; by default every fourth but the first is full."""
    n_layers = c.layers()
    if not {"full_attn_layers", "kda_layers"} <= set(inner.given):
        return ["full_attention" if at and at % 4 == 0 else "linear_attention" for at in range(n_layers)]
    full, linear = numbers(inner, "full_attn_layers"), numbers(inner, "kda_layers")
    if full & linear or full | linear != set(range(1, n_layers + 1)):
        raise inner.refuse("kda_layers", f"valid: each layer from 1 to {n_layers} here or in full_attn_layers")
    return ["full_attention" if at + 1 in full else "linear_attention" for at in range(n_layers)]


def _channels(c: Config, inner: Config) -> Parts:
    """Delta attention with a decay for every channel, which a narrow vector leads to, as to the gate."""

    def own(older: str, key: str) -> Size:
        return inner.size(older) if older in inner.given else c.size(key)

    n_heads, d_head = own("num_heads", "linear_num_heads"), own("head_dim", "linear_head_dim")
    d_model, width = c.size("hidden_size"), n_heads * d_head
    maps = {"q_proj": width, "k_proj": width, "v_proj": width, "b_proj": n_heads, "g_a_proj": d_head}
    return (
        *(dense(f"self_attn.{name}", "mixer", d_model, d_out) for name, d_out in maps.items()),
        depthwise("self_attn.conv1d", 3 * width, own("short_conv_kernel_size", "linear_conv_kernel_dim")),
        dense("self_attn.forget_gate.f_a_proj", "mixer", d_model, d_head),
        dense("self_attn.forget_gate.f_b_proj", "mixer", d_head, width),
        bare("self_attn.forget_gate.dt_bias", "mixer", width),
        bare("self_attn.forget_gate.A_log", "mixer", 1, 1, n_heads, 1),
        dense("self_attn.g_b_proj", "mixer", d_head, width),
        rms_norm("self_attn.o_norm", d_head),
        dense("self_attn.o_proj", "mixer", width, d_model),
    )


def olmo_hybrid(c: Config) -> Parts:
    """As OLMo 2, with norms after attention, and a delta net with norms before it in most layers."""
    kinds, d_model = short(typed(c, _with_one_full)), c.size("hidden_size")
    if len(set(kinds)) < 2:
        raise c.refuse("layer_types", f"valid: both kinds of layers, {' and '.join(FULL_OR_LINEAR)}")

    def layer(kind: str) -> Parts:
        first, second = (
            ("post_attention_layernorm", "post_feedforward_layernorm")
            if kind == "full"
            else ("input_layernorm", "post_attention_layernorm")
        )
        mixer = _wide_normed(c) if kind == "full" else _olmo_delta(c)
        return (*mixer, *feed_forward(c), rms_norm(first, d_model), rms_norm(second, d_model))

    return layered(c, kinds, layer)


def _with_one_full(c: Config) -> list[str]:
    kinds = ["full_attention" if at % 4 == 3 else "linear_attention" for at in range(c.layers())]
    return kinds if "full_attention" in kinds else [*kinds[:-1], "full_attention"]


def _wide_normed(c: Config) -> Parts:
    h, bias = heads(c), c.flag("attention_bias")
    return (*attention(h, bias, bias), *full_norms(h))


def _olmo_delta(c: Config) -> Parts:
    d_model, n_heads = c.size("hidden_size"), c.size("num_attention_heads")
    n_k_heads = c.size_or_none("linear_num_key_heads") or n_heads
    d_k = c.size_or_none("linear_key_head_dim") or _narrow(c, n_k_heads)
    n_v_heads = c.size_or_none("linear_num_value_heads") or n_heads
    d_v = c.size_or_none("linear_value_head_dim") or 2 * d_k
    m = Delta(d_model, n_k_heads, n_v_heads, d_k, d_v, c.size("linear_conv_kernel_dim"))
    maps = {
        "q_proj": m.keys,
        "k_proj": m.keys,
        "v_proj": m.values,
        "a_proj": n_v_heads,
        "b_proj": n_v_heads,
        "g_proj": m.values,
    }
    return gated_delta(m, maps, ("o_norm", "o_proj"))


def _narrow(c: Config, n_k_heads: int) -> Size:
    width = int(0.75 * c.size("hidden_size") / n_k_heads)  # in floats, as the class has it
    if not width:
        raise c.refuse("linear_key_head_dim", "valid: a whole number, where hidden_size is this small")
    return c.named("d_linear_k", width, "0.75 · hidden_size / key heads, rounded down")


QWEN3_NEXT = Architecture(
    summary="gated delta nets, gated attention in every fourth layer, and experts beside a shared one",
    source="Yang et al. 2025, sec. 3; transformers 5.23.0, models/qwen3_next",
    body=qwen3_next,
    heads=HEADS_WITH_SPANS,
    prefixes={"question": "transformer"},
)
QWEN3_5 = QWEN3_NEXT._replace(
    summary="gated delta nets, and gated attention in every fourth layer",
    source="transformers 5.23.0, models/qwen3_5",
    body=qwen3_5,
    heads=DECODER_HEADS,
)
QWEN3_5_MOE = QWEN3_NEXT._replace(
    source="transformers 5.23.0, models/qwen3_5_moe", body=qwen3_5_moe, heads=DECODER_HEADS
)
KIMI_LINEAR = QWEN3_NEXT._replace(
    summary="delta attention, latent attention in some layers, and routed experts beside shared ones",
    source="Kimi team 2025; transformers 5.23.0, models/kimi_linear",
    body=kimi_linear,
    heads={"base": no_head, "causal": untied},
)
OLMO_HYBRID = QWEN3_NEXT._replace(
    summary="gated delta nets, and attention with norms over all queries and keys in every fourth layer",
    source="transformers 5.23.0, models/olmo_hybrid",
    body=olmo_hybrid,
    heads=DECODER_HEADS,
)
