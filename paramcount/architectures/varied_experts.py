"""Decoders with experts that each have ways of their own: in their norms, their attention or their shared experts."""

from __future__ import annotations

from paramcount.architectures.architecture import DECODER_HEADS, Architecture
from paramcount.architectures.experts import (
    after_the_first,
    all_but_one,
    feed_forward,
    layered,
    listed,
    mixture,
    numbers,
    routing,
    shared,
    sparse,
    without_prediction,
)
from paramcount.architectures.llama import pre_norms
from paramcount.architectures.parts import Parts, attention, bare, dense, gated, head_norms, heads, layer_norm, rms_norm
from paramcount.blocks.stored import StackedExperts
from paramcount.config import Config
from paramcount.model import Part


def afmoe(c: Config) -> Parts:
    """Four norms a layer, gated attention, and a bias that balances the experts."""
    h, bias = heads(c), c.flag("attention_bias")
    gate = (dense("self_attn.gate_proj", "attention", h.d_model, h.n_heads * h.d_head),)
    norms = rms_norm("pre_mlp_layernorm", h.d_model), rms_norm("post_mlp_layernorm", h.d_model)

    def ours(c: Config) -> Parts:
        d_expert, to = c.size("moe_intermediate_size"), routing(c)
        routed = (*mixture(c, to, d_expert, router="router.gate"), bare("mlp.expert_bias", "router", to.n_experts))
        return (*routed, *shared(c, d_expert * c.size("num_shared_experts", least=0)))

    feeds = {"dense": feed_forward, "sparse": ours}
    common = (attention(h, bias, bias), gate, head_norms(h), pre_norms(c), norms)
    return sparse(c, after_the_first(c, "num_dense_layers"), feeds, *common)


def cohere2_moe(c: Config) -> Parts:
    """Attention and feed-forward side by side after one norm, which has no bias."""
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


def llama4(c: Config) -> Parts:
    """Some layers with experts beside a shared one, the others with a wider feed-forward; norms without weights."""
    bias, d_model = c.flag("attention_bias"), c.size("hidden_size")
    feeds = {"dense": lambda c: gated(d_model, c.size("intermediate_size_mlp"), name="feed_forward"), "sparse": _llama4}
    return sparse(c, _interleaved(c), feeds, attention(heads(c), bias, bias), pre_norms(c))


def _llama4(c: Config) -> Parts:
    to, d_model, d_ff = routing(c, "num_local_experts"), c.size("hidden_size"), c.size("intermediate_size")
    up = StackedExperts("gate_up_proj", to.n_experts, to.n_active, (d_model, 2 * d_ff))
    down = StackedExperts("down_proj", to.n_experts, to.n_active, (d_ff, d_model))
    return (
        dense("feed_forward.router", "router", d_model, to.n_experts),
        Part("feed_forward.experts", "experts", up),
        Part("feed_forward.experts", "experts", down),
        *shared(c, d_ff, "feed_forward.shared_expert"),
    )


def _interleaved(c: Config) -> list[str]:
    n_layers, step = c.layers(), c.size("interleave_moe_layer_step")
    named = numbers(c, "moe_layers")
    with_experts = set(range(step - 1, n_layers, step)) if c.get("moe_layers") is None else named
    return ["sparse" if at in with_experts else "dense" for at in range(n_layers)]


def laguna(c: Config) -> Parts:
    """As many heads in a layer as the config lists for it, and gated attention."""
    bias, every_n = c.flag("attention_bias"), c.list_of("num_attention_heads_per_layer", c.layers())
    kinds = listed(c, all_but_one)
    if every_n is not None:
        if not all(type(n_heads) is int and n_heads > 0 for n_heads in every_n):
            raise c.refuse("num_attention_heads_per_layer", "valid: whole numbers from 1 up")
        kinds = [f"{kind} {n_heads}" for kind, n_heads in zip(kinds, every_n, strict=True)]

    def layer(kind: str) -> Parts:
        feed, _, n_heads = kind.partition(" ")
        h = heads(c)
        if n_heads:
            h = h._replace(n_heads=c.named(f"n_heads_{n_heads}", int(n_heads), "num_attention_heads_per_layer"))
        by_head = c.get("gating") is True or c.get("gating") == "per-head"
        gate = dense("self_attn.g_proj", "attention", h.d_model, h.n_heads if by_head else h.n_heads * h.d_head)
        own = _laguna(c) if feed == "sparse" else feed_forward(c)
        return (*attention(h, bias, bias), gate, *head_norms(h), *own, *pre_norms(c))

    return layered(c, kinds, layer)


def _laguna(c: Config) -> Parts:
    to = routing(c)
    balance = bare("mlp.gate.e_score_correction_bias", "router", to.n_experts)
    beside = shared(c, c.size("shared_expert_intermediate_size", least=0))
    return (*mixture(c, to, c.size("moe_intermediate_size")), balance, *beside)


def mimo(c: Config) -> Parts:
    """Values narrower than keys; layers with a window have twice the keys and values, and a sink for each head."""
    without_prediction(c)
    attends = listed(c, _five_of_six, "layer_types", ("full_attention", "sliding_attention"))
    kinds = [
        f"{one.removesuffix('_attention')} {other}" for one, other in zip(attends, listed(c, all_but_one), strict=True)
    ]
    bias = c.flag("attention_bias")

    def layer(kind: str) -> Parts:
        attend, feed = kind.split()
        h, d_v = heads(c), c.size("v_head_dim")
        n_kv_heads = 2 * h.n_kv_heads if attend == "sliding" else h.n_kv_heads
        own = mixture(c, routing(c, "n_routed_experts"), c.size("moe_intermediate_size"))
        return (
            dense("self_attn.q_proj", "attention", h.d_model, h.n_heads * h.d_head, bias),
            dense("self_attn.k_proj", "attention", h.d_model, n_kv_heads * h.d_head, bias),
            dense("self_attn.v_proj", "attention", h.d_model, n_kv_heads * d_v, bias),
            dense("self_attn.o_proj", "attention", h.n_heads * d_v, h.d_model),
            *((bare("self_attn.sinks", "attention", h.n_heads),) if attend == "sliding" else ()),
            *(own if feed == "sparse" else feed_forward(c)),
            *pre_norms(c),
        )

    return layered(c, kinds, layer)


def _five_of_six(c: Config) -> list[str]:
    full = (at == 0 or (at + 1) % 6 == 0 for at in range(c.layers()))
    return ["full_attention" if own else "sliding_attention" for own in full]


AFMOE = Architecture(
    summary="routed experts beside shared ones, with gated attention and four norms a layer",
    source="transformers 5.23.0, models/afmoe",
    body=afmoe,
    heads=DECODER_HEADS,
)
COHERE2_MOE = AFMOE._replace(
    summary="attention and experts side by side after one norm",
    source="transformers 5.23.0, models/cohere2_moe",
    body=cohere2_moe,
)
LLAMA4_TEXT = AFMOE._replace(
    summary="routed experts beside a shared one in some layers",
    source="transformers 5.23.0, models/llama4",
    body=llama4,
)
LAGUNA = AFMOE._replace(
    summary="routed experts beside a shared one, with gated attention whose heads differ by layer",
    source="transformers 5.23.0, models/laguna",
    body=laguna,
)
MIMO_V2_FLASH = AFMOE._replace(
    summary="a mixture of experts with keys and values that differ by layer",
    source="transformers 5.23.0, models/mimo_v2_flash",
    body=mimo,
)
