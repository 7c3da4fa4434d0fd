"""Latent attention with gates of its own: A.X-K2, Dots 3 and Bailing's hybrid with linear attention."""

from __future__ import annotations

from paramcount.architectures.architecture import DECODER_HEADS, Architecture, untied
from paramcount.architectures.experts import (
    after_the_first,
    feed_forward,
    layered,
    listed,
    mixture,
    routing,
    shared,
    without_prediction,
)
from paramcount.architectures.latent import (
    Latent,
    by_frequency,
    experts,
    indexer,
    latent,
    latent_attention,
    latent_values,
    narrow_query,
    whole,
)
from paramcount.architectures.llama import pre_norms
from paramcount.architectures.parts import Parts, bare, dense, rms_norm
from paramcount.blocks.stored import Convolution
from paramcount.config import Config
from paramcount.model import Part
from paramcount.sized import Sized


def axk2(c: Config) -> Parts:
    """DeepSeek-V3.2's layers; one map gives queries and the gate, and norms before attention and experts are gated."""
    m, bias, r_q = latent(c), c.flag("attention_bias"), c.size("q_lora_rank")
    d_query = m.d_nope + m.d_rope + m.d_v
    attend = (
        *narrow_query(m, r_q, bias),
        dense("self_attn.q_gate_proj", "attention", 2 * r_q, m.n_heads * d_query),
        *latent_values(m, bias),
        *indexer(c),
        *_gated_norm(c, "input_layernorm"),
    )

    def layer(kind: str) -> Parts:
        if kind == "sparse":
            return (*attend, *experts(c), *_gated_norm(c, "post_attention_layernorm"))
        return (*attend, *feed_forward(c), rms_norm("post_attention_layernorm", m.d_model))

    return layered(c, listed(c, by_frequency), layer)


def _gated_norm(c: Config, name: str) -> Parts:
    d_model, r_gate = c.size("hidden_size"), c.size("gated_norm_rank")
    return (
        rms_norm(f"{name}.norm", d_model),
        dense(f"{name}.mlp.fc1", "norm", d_model, r_gate),
        dense(f"{name}.mlp.fc2", "norm", r_gate, d_model),
    )


def dots3(c: Config) -> Parts:
    """Latent attention gated by head; layers with a window have widths of their own, the others an indexer."""
    without_prediction(c)
    kinds = [f"{one.removesuffix('_attention')} {feed}" for one, feed in zip(_windows(c), _feeds(c), strict=True)]
    wide = c.get("moe_shared_expert_intermediate_size") is not None
    d_shared = c.size("moe_shared_expert_intermediate_size" if wide else "shared_experts_intermediate_size")
    bias = c.flag("attention_bias")

    def layer(kind: str) -> Parts:
        attend, feed = kind.split()
        m = _windowed(c) if attend == "sliding" else latent(c)
        ours = (
            *mixture(c, routing(c, "n_routed_experts"), c.size("moe_intermediate_size")),
            *shared(c, d_shared * c.size("n_shared_experts")),
        )
        return (
            *latent_attention(m, bias),
            rms_norm("self_attn.k_rope_only_layernorm", m.d_rope),
            dense("self_attn.g_proj", "attention", m.d_model, m.n_heads),
            *(indexer(c) if attend == "indexed" else ()),
            *(ours if feed == "sparse" else feed_forward(c)),
            *pre_norms(c),
        )

    return layered(c, kinds, layer)


def _feeds(c: Config) -> list[str]:
    period, first = c.get("moe_layer_freq"), whole(c, "first_k_dense_replace", 1)
    if c.get("mlp_layer_types") is not None or not isinstance(period, list):
        return listed(c, by_frequency)
    is_sparse = c.list_of("moe_layer_freq", c.layers()) or []
    return ["sparse" if at >= first and own else "dense" for at, own in enumerate(is_sparse)]


def _windows(c: Config) -> list[str]:
    indexed = "use_dsa" not in c.given or c.flag("use_dsa")
    windows = "use_sliding_window" not in c.given or c.flag("use_sliding_window")
    full = "indexed_attention" if indexed else "full_attention"

    def by_default(c: Config) -> list[str]:
        return ["sliding_attention" if windows and at > 1 and at % 4 != 1 else full for at in range(c.layers())]

    kinds = listed(c, by_default, "layer_types", ("full_attention", "indexed_attention", "sliding_attention"))
    return [kind if kind == "sliding_attention" else full for kind in kinds]


def _windowed(c: Config) -> Latent:
    def own(key: str, otherwise: int) -> Sized:
        key = f"swa_{key}"
        return c.size(key) if key in c.given else c.named(key, otherwise, f"{key} by default")

    d_head, d_nope = own("head_dim", 256), own("qk_nope_head_dim", 192)
    if d_head <= d_nope:
        raise c.refuse("swa_head_dim", f"valid: more than swa_qk_nope_head_dim = {d_nope}")
    return Latent(
        c.size("hidden_size"),
        own("num_attention_heads", 64),
        own("q_lora_rank", 1024),
        own("kv_lora_rank", 1024),
        d_nope,
        d_head - d_nope,
        own("v_head_dim", 128),
    )


def bailing(c: Config) -> Parts:
    """Every layer_group_size-th layer has latent attention gated by head, the others Kimi's delta attention."""
    without_prediction(c)
    attends = listed(c, _grouped, "layer_types", ("full_attention", "linear_attention"))
    kinds = [
        f"{one.removesuffix('_attention')} {feed}"
        for one, feed in zip(attends, listed(c, after_the_first), strict=True)
    ]

    def layer(kind: str) -> Parts:
        attend, feed = kind.split()
        ours = experts(c, n_experts="num_local_experts") if feed == "sparse" else feed_forward(c)
        return (*(_by_head(c) if attend == "full" else _delta(c)), *ours, *pre_norms(c))

    return layered(c, kinds, layer)


def _grouped(c: Config) -> list[str]:
    size = c.size("layer_group_size")
    return ["linear_attention" if (at + 1) % size else "full_attention" for at in range(c.layers())]


def _by_head(c: Config) -> Parts:
    m = latent(c, q_rank=False)._replace(r_q=None)
    gate = dense("self_attn.g_proj", "attention", m.d_model, m.n_heads)
    return (*latent_attention(m, c.flag("attention_bias")), gate)


def _delta(c: Config) -> Parts:
    d_model = c.size("hidden_size")
    n_heads, d_head = _own(c, "linear_num_heads", "num_attention_heads"), _own(c, "linear_head_dim", "head_dim")
    width = n_heads * d_head
    maps = {
        "q_proj": width,
        "k_proj": width,
        "v_proj": width,
        "g_proj": width,
        "b_proj": n_heads,
        "forget_gate.f_proj": width,
    }
    return (
        *(dense(f"self_attn.{name}", "mixer", d_model, d_out) for name, d_out in maps.items()),
        Part(
            "self_attn.conv1d",
            "mixer",
            Convolution(3 * width, 1, _own(c, "linear_conv_kernel_dim", "short_conv_kernel_size")),
        ),
        bare("self_attn.forget_gate.A_log", "mixer", n_heads),
        bare("self_attn.forget_gate.dt_bias", "mixer", width),
        rms_norm("self_attn.o_norm", d_head),
        dense("self_attn.o_proj", "mixer", width, d_model),
    )


def _own(c: Config, key: str, otherwise: str) -> Sized:
    """The size under *key*, which transformers adds on saving, or under the key that it is made of."""
    return c.size(otherwise if c.get(key) is None else key)


AXK2 = Architecture(
    summary="latent attention with an indexer and gated norms, and routed experts beside shared ones",
    source="transformers 5.23.0, models/axk2",
    body=axk2,
    heads=DECODER_HEADS,
)
DOTS3_TEXT = AXK2._replace(
    summary="gated latent attention, with an indexer or a window, and routed experts beside shared ones",
    source="transformers 5.23.0, models/dots3_note",
    body=dots3,
)
BAILING_HYBRID = AXK2._replace(
    summary="latent and delta attention, and routed experts beside shared ones",
    source="transformers 5.23.0, models/bailing_hybrid",
    body=bailing,
    heads={**DECODER_HEADS, "causal": untied},
)
